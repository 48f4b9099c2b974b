#include "engine/policy.h"

#include "base/mem.h"
#include "base/redact.h"
#include "oauth/url.h"

enum { FORM_NAME_MAX = 128 };

/* Is there a secret member in a form or query text? */
static bool
form_has_secret(struct span form)
{
	struct span rest = form, member;

	while (span_next(&rest, '&', &member)) {
		struct span name = span_sub(member, 0, span_find(member, '='));

		if (name.n > 0 && name.n < FORM_NAME_MAX && redact_name_is_secret(name))
			return true;
		/* RFC 7662 §2.1, RFC 7009 §2.1 */
		if (span_is(name, "token"))
			return true;
	}
	return false;
}

static bool
headers_have_secret(const struct http_headers *h)
{
	static const char *const names[] = {
		"Authorization", "Proxy-Authorization", "Cookie", "DPoP"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (http_has_header(h, names[i]))
			return true;
	for (size_t i = 0; i < h->n; i++)
		if (redact_name_is_secret(span_of(h->v[i].name)))
			return true;
	return false;
}

bool
policy_has_credentials(const struct engine_call *c)
{
	struct url u;

	if (c->credentials || c->assertion || c->dpop || headers_have_secret(&c->http.headers) ||
	    form_has_secret(buf_span(&c->http.body)))
		return true;
	if (!c->http.url || url_parse(&u, span_of(c->http.url), NULL) != RES_OK)
		return false;
	return u.userinfo.n > 0 || form_has_secret(u.query);
}

bool
policy_retry(const struct net_result *r, unsigned attempt, int64_t wall_s, struct rng *rng,
	int64_t *delay_us)
{
	int status = r->response.status;
	int64_t after, backoff;

	if (attempt >= POLICY_ATTEMPTS)
		return false;
	if (r->error == NETERR_RESET)
		after = -1;
	else if (r->error == NETERR_NONE && (status == 429 || (status >= 502 && status <= 504)))
		after = http_retry_after(&r->response.headers, wall_s);
	else
		return false;
	if (after > POLICY_RETRY_AFTER_S || (after < 0 && status == 429))
		return false;
	backoff = (int64_t)POLICY_BACKOFF_MS * 1000 << (attempt - 1);
	/* Half of it fixed, half by chance, so that several callers do not come back together. */
	backoff = backoff / 2 + rng_below(rng, (uint32_t)backoff / 2 + 1);
	if (after >= 0)
		backoff = after * 1000000 + rng_below(rng, 100000);
	*delay_us = backoff;
	return true;
}

enum silence
policy_silence(const struct net_result *r)
{
	switch (r->error) {
	case NETERR_READ_TIMEOUT:
		return SILENCE_ANSWER;
	case NETERR_CONNECT_TIMEOUT:
	case NETERR_UNREACHABLE:
	case NETERR_DNS:
	case NETERR_PROXY_DNS:
	case NETERR_PROXY_UNREACHABLE:
		return r->timings.total > POLICY_QUICK_US ? SILENCE_ORIGIN : SILENCE_NONE;
	default:
		return SILENCE_NONE;
	}
}

bool
policy_redirect(const struct http_request *req, const struct http_response *r, struct buf *target,
	const char **why)
{
	struct span location = http_header(&r->headers, "Location");
	struct url from, to;
	int s = r->status;

	*why = NULL;
	if ((s < 301 || s > 303) && s != 307 && s != 308)
		return false;
	if (!location.n) {
		*why = "redirect without Location";
		return false;
	}
	if (strcmp(req->method, "GET") != 0 && strcmp(req->method, "HEAD") != 0) {
		*why = "redirect of a request that is not GET";
		return false;
	}
	if (url_resolve(target, span_of(req->url), location) != RES_OK ||
	    url_parse(&to, buf_span(target), NULL) != RES_OK ||
	    url_parse(&from, span_of(req->url), NULL) != RES_OK) {
		*why = "redirect to what is no http or https URL";
		return false;
	}
	if (span_is_nocase(from.scheme, "https") && !span_is_nocase(to.scheme, "https")) {
		*why = "redirect from https to http";
		return false;
	}
	if (to.userinfo.n) {
		*why = "redirect with user information in the URL";
		return false;
	}
	return true;
}

static void
options_init(struct net_options *o)
{
	*o = (struct net_options){
		.connect_timeout_ms = 5000,
		.first_byte_timeout_ms = 10000,
		.total_timeout_ms = 10000,
		.max_body = LIMIT_BODY,
		.max_headers = LIMIT_HEADERS,
	};
}

static void
list_copy(struct str_list *dst, const struct str_list *src)
{
	for (size_t i = 0; src && i < src->n; i++)
		str_list_add(dst, span_of(src->v[i]));
}

static void
list_release(struct str_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		wipe(l->v[i], strlen(l->v[i])); /* a header may hold an API key */
		free(l->v[i]);
	}
	free(l->v);
	*l = (struct str_list){0};
}

struct option_set *
option_set_new(const struct net_options *o, const struct str_list *headers)
{
	struct option_set *s = xcalloc(1, sizeof(*s));
	struct net_options dflt;
	const char **slot[ARRAY_SIZE(s->strings)];

	options_init(&dflt);
	s->refs = 1;
	s->o = o ? *o : dflt;
	if (s->o.connect_timeout_ms <= 0)
		s->o.connect_timeout_ms = dflt.connect_timeout_ms;
	if (s->o.total_timeout_ms <= 0)
		s->o.total_timeout_ms = dflt.total_timeout_ms;
	if (s->o.first_byte_timeout_ms <= 0)
		s->o.first_byte_timeout_ms = s->o.total_timeout_ms;
	if (!s->o.max_body)
		s->o.max_body = dflt.max_body;
	if (!s->o.max_headers)
		s->o.max_headers = dflt.max_headers;
	slot[0] = &s->o.ca_file;
	slot[1] = &s->o.client_cert_file;
	slot[2] = &s->o.client_key_file;
	slot[3] = &s->o.proxy;
	for (size_t i = 0; i < ARRAY_SIZE(slot); i++)
		if (*slot[i])
			*slot[i] = s->strings[i] = xstrdup(*slot[i]);
	list_copy(&s->resolve, s->o.resolve);
	s->o.resolve = &s->resolve;
	list_copy(&s->headers, headers);
	return s;
}

struct option_set *
option_set_ref(struct option_set *s)
{
	s->refs++;
	return s;
}

void
option_set_unref(struct option_set *s)
{
	if (!s || --s->refs)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(s->strings); i++) {
		if (s->strings[i])
			wipe(s->strings[i],
				strlen(s->strings[i])); /* a proxy URL may hold a password */
		free(s->strings[i]);
	}
	list_release(&s->resolve);
	list_release(&s->headers);
	free(s);
}
