#include "engine/trace.h"

#include "base/redact.h"
#include "base/text.h"
#include "oauth/url.h"

enum { TRACE_URL_MAX = 200, TRACE_BODY_MAX = 240 };

/* "idp.example/introspect?x=1", https left out, secrets masked. */
static void
url_words(char *out, size_t size, const struct redactor *r, const char *url)
{
	struct buf b;
	struct span s;

	buf_init(&b, 4 * LIMIT_URL);
	if (r)
		redact_url(r, &b, span_of(url));
	else
		buf_puts(&b, url ? url : "");
	s = buf_span(&b);
	if (span_starts_nocase(s, "https://"))
		s = span_from(s, 8);
	text_safe_into(out, size, s);
	buf_release(&b);
}

uint64_t
trace_request(struct log *log, const struct redactor *r, const struct http_request *req)
{
	char url[TRACE_URL_MAX], body[TRACE_BODY_MAX] = "", type[64];
	struct buf b;

	if (!log_wants(log, LOG_INFO, LOGC_HTTP))
		return 0;
	url_words(url, sizeof(url), r, req->url);
	http_media_type(&req->headers, type, sizeof(type));
	if (req->body.len && r && strcmp(type, "application/x-www-form-urlencoded") == 0) {
		buf_init(&b, 2 * LIMIT_TOKEN);
		if (redact_form(r, &b, buf_span(&req->body)) == RES_OK)
			text_safe_into(body, sizeof(body), buf_span(&b));
		buf_release(&b);
	}
	log_add(log, LOG_INFO, LOGC_HTTP, 0, "→ %s %s%s%s", req->method, url, *body ? " " : "",
		body);
	return log_generation(log);
}

/* Cut, not rounded, as time_span_us() does: one request has one time, here and in every table. */
static int64_t
ms(int64_t us)
{
	return us < 0 ? 0 : us / 1000;
}

static void
phases(char *out, size_t size, const struct timings *t)
{
	size_t n = 0;
	const struct {
		const char *name;
		int64_t us;
	} p[] = {{"dns", t->dns}, {"tcp", t->connect}, {"tls", t->tls}, {"wait", t->wait}};

	*out = '\0';
	if (t->reused)
		n = (size_t)snprintf(out, size, "reused");
	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		if (p[i].us >= 0 && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s %lld", n ? " " : "",
				p[i].name, (long long)ms(p[i].us));
}

static void
trace_tls(struct log *log, const struct exchange *x)
{
	const struct tls_info *t = &x->result.tls;
	const struct cert_info *c = t->n_certs ? &t->certs[0] : NULL;
	enum log_level level = t->verified ? LOG_DEBUG : LOG_WARN;
	char until[32] = "?";

	if (!*t->version && !c)
		return;
	if (x->result.timings.reused)
		level = LOG_TRACE;
	if (c)
		time_rfc3339(until, c->not_after);
	log_add(log, level, LOGC_TLS, x->n, "%s %s, certificate %s (%s), issuer %s, until %s%s%s",
		*t->version ? t->version : "no TLS version", t->cipher,
		c && c->subject ? c->subject : "?", c && c->names ? c->names : "",
		c && c->issuer ? c->issuer : "?", until,
		t->verified ? "" : ": not verified: ", t->verified ? "" : t->verify_words);
}

void
trace_result(struct log *log, const struct exchange *x)
{
	const struct net_result *r = &x->result;
	char type[64], ph[96], took[32], url[TRACE_URL_MAX];

	if (*r->remote)
		log_add(log, LOG_DEBUG, LOGC_NET, x->n, "%s %s%s",
			r->timings.reused ? "open connection to" : "connected to", r->remote,
			r->via_proxy ? " (proxy)" : "");
	trace_tls(log, x);
	phases(ph, sizeof(ph), &r->timings);
	if (r->response.status) {
		http_media_type(&r->response.headers, type, sizeof(type));
		log_add(log, LOG_INFO, LOGC_HTTP, x->n, "← %d %s%s%s%s%s%s",
			r->response.status, type, *type ? " " : "",
			time_span_us(took, r->timings.total > 0 ? r->timings.total : 0),
			*ph ? " (" : "", ph, *ph ? ")" : "");
	}
	if (r->error != NETERR_NONE) {
		enum log_cat cat = r->error >= NETERR_TLS_UNKNOWN_CA && r->error <= NETERR_TLS_OTHER
			? LOGC_TLS
			: LOGC_NET;

		url_words(url, sizeof(url), NULL, x->request.url);
		log_add(log, r->error == NETERR_CANCELLED ? LOG_INFO : LOG_WARN, cat, x->n,
			"✗ %s %s: %s%s%s%s", x->request.method, url, net_error_words(r->error),
			*r->error_text ? " (" : "", r->error_text, *r->error_text ? ")" : "");
	}
}

void
trace_note(struct log *log, uint32_t n, const char *what, const struct http_request *req)
{
	char url[TRACE_URL_MAX];

	url_words(url, sizeof(url), NULL, req->url);
	log_add(log, LOG_INFO, LOGC_NET, n, "%s: %s", what, url);
}
