#include "wire.h"

#include "unit.h"
#include "openssl-loader.h"

#include "base/clock.h"
#include "base/encode.h"
#include "base/mem.h"
#include "base/rng.h"

static _Atomic int64_t ahead_s; /* the server's threads read it */

int64_t
world_now(void)
{
	return clock_wall_s(&clock_system) + ahead_s;
}

void
world_set_ahead(int64_t seconds)
{
	ahead_s = seconds;
}

void
world_random(void *p, size_t n)
{
	rng_fill(&rng_system, p, n);
}

void
world_start(struct world *w, const struct scenario *sc)
{
	struct demo_config c = {.scenario = sc, .crypto = &crypto_openssl,
		.fill_random = world_random, .now_s = world_now};
	struct err e = ERR_INIT;

	crypto_set_loader(load_openssl);
	assert_non_null(sc);
	w->srv = demo_microhttpd.start(&c, &w->client, &e);
	if (!w->srv)
		fail_msg("%s: %s", sc->name, e.text);
	snprintf(w->base, sizeof(w->base), "http://127.0.0.1:%d", demo_microhttpd.port(w->srv));
}

void
world_stop(struct world *w)
{
	demo_microhttpd.stop(w->srv);
	demo_client_release(&w->client);
	w->srv = NULL;
}

/* --- one request --- */

static size_t
take(char *p, size_t size, size_t n, void *to)
{
	return buf_add(to, p, size * n) == RES_OK ? size * n : 0;
}

static void
add_header(struct curl_slist **list, const char *name, struct span value)
{
	struct buf b;

	buf_init_wiping(&b, 64 << 10);
	buf_printf(&b, "%s: %.*s", name, SPAN_ARG(value));
	*list = curl_slist_append(*list, buf_str(&b));
	buf_release(&b);
}

/* Built by hand, not by the code under test: id and secret encoded, joined, base64. */
static void
add_basic(struct curl_slist **list, const struct demo_client *c, bool raw)
{
	struct span secret = secret_reveal(c->client_secret);
	char *id = curl_easy_escape(NULL, c->client_id, 0);
	char *pw = curl_easy_escape(NULL, secret.p, (int)secret.n);
	struct buf pair, value;

	buf_init_wiping(&pair, 4096);
	buf_init_wiping(&value, 8192);
	buf_printf(&pair, "%s:%s", raw ? c->client_id : id, raw ? secret.p : pw);
	buf_puts(&value, "Basic ");
	base64_encode(&value, buf_span(&pair));
	add_header(list, "Authorization", buf_span(&value));
	curl_free(id);
	curl_free(pw);
	buf_release(&pair);
	buf_release(&value);
}

static void
add_post(struct buf *form, const struct demo_client *c)
{
	struct span secret = secret_reveal(c->client_secret);
	char *pw = curl_easy_escape(NULL, secret.p, (int)secret.n);

	buf_printf(form, "&client_id=%s&client_secret=%s", c->client_id, pw);
	curl_free(pw);
}

/* Whom the profile trusts, and the client's certificate. */
static void
set_tls(CURL *h, const struct world *w, const struct ask *a)
{
	struct curl_blob b = {.flags = CURL_BLOB_COPY};

	if (w->client.ca_pem) {
		b.data = w->client.ca_pem;
		b.len = strlen(b.data);
		curl_easy_setopt(h, CURLOPT_CAINFO_BLOB, &b);
	}
	if (!a->certificate)
		return;
	b.data = w->client.cert_pem;
	b.len = strlen(b.data);
	curl_easy_setopt(h, CURLOPT_SSLCERT_BLOB, &b);
	b.data = (void *)(uintptr_t)secret_reveal(w->client.key_pem).p;
	b.len = secret_len(w->client.key_pem);
	curl_easy_setopt(h, CURLOPT_SSLKEY_BLOB, &b);
}

void
wire_ask(const struct world *w, struct reply *r, const struct ask *a)
{
	CURL *h = curl_easy_init();
	struct curl_slist *headers = NULL;
	char *url = a->url ? xstrdup(a->url) : xasprintf("%s%s", w->base, a->path);
	struct buf form, bearer;

	assert_non_null(h);
	*r = (struct reply){.status = 0};
	buf_init(&r->head, 64 << 10);
	buf_init(&r->body, 1 << 20);
	buf_init_wiping(&form, 64 << 10);
	buf_init_wiping(&bearer, 64 << 10);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	set_tls(h, w, a);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, a->timeout_ms ? a->timeout_ms : 20000L);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, &r->body);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, &r->head);
	if (a->form) {
		buf_puts(&form, a->form);
		if (a->auth == AS_POST || a->auth == AS_BOTH)
			add_post(&form, &w->client);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, buf_str(&form));
	}
	if (a->method)
		curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, a->method);
	if (a->type)
		add_header(&headers, "Content-Type", span_of(a->type));
	if (a->host)
		add_header(&headers, "Host", span_of(a->host));
	if (a->auth == AS_BASIC || a->auth == AS_BOTH || a->auth == AS_RAW_BASIC)
		add_basic(&headers, &w->client, a->auth == AS_RAW_BASIC);
	if (a->bearer.n > 0) {
		buf_printf(&bearer, "Bearer %.*s", SPAN_ARG(a->bearer));
		add_header(&headers, "Authorization", buf_span(&bearer));
	}
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	r->code = curl_easy_perform(h);
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &r->status);
	if (json_parse(&r->doc, buf_span(&r->body), NULL) != RES_OK)
		r->doc = NULL;
	curl_slist_free_all(headers);
	curl_easy_cleanup(h);
	buf_release(&form);
	buf_release(&bearer);
	free(url);
}

void
reply_release(struct reply *r)
{
	buf_release(&r->head);
	buf_release(&r->body);
	json_free(r->doc);
	r->doc = NULL;
}

bool
reply_has(const struct reply *r, const char *name, const char *part)
{
	struct span rest = buf_span(&r->head), line;

	while (span_next(&rest, '\n', &line)) {
		size_t colon = span_find(line, ':');

		if (colon == SIZE_MAX || !span_is_nocase(span_sub(line, 0, colon), name))
			continue;
		if (span_find_str(span_from(line, colon + 1), part) != SIZE_MAX)
			return true;
	}
	return false;
}

struct span
reply_str(const struct reply *r, const char *name)
{
	return json_get_str(r->doc, name);
}

int
reply_active(const struct reply *r)
{
	bool active;

	if (!r->doc || !json_to_bool(json_get(r->doc, "active"), &active))
		return -1;
	return active;
}

/* --- the usual requests --- */

const char *
form2(const char *name, struct span value, const char *more)
{
	static char *kept[4];
	static unsigned turn;
	char *text = value.n ? curl_easy_escape(NULL, value.p, (int)value.n) : NULL;
	char **at = &kept[turn++ % 4];

	free(*at);
	*at = xasprintf("%s=%s%s", name, text ? text : "", more ? more : "");
	curl_free(text);
	return *at;
}

void
ask_introspect(const struct world *w, struct reply *r, struct span token)
{
	wire_ask(w, r, &(struct ask){.path = "/introspect", .auth = AS_BASIC,
		.form = form2("token", token, "&token_type_hint=access_token")});
}

void
ask_userinfo(const struct world *w, struct reply *r, struct span token)
{
	wire_ask(w, r, &(struct ask){.path = "/userinfo", .bearer = token});
}

void
ask_refresh(const struct world *w, struct reply *r, struct span token, const char *more)
{
	const char *form = form2("grant_type=refresh_token&refresh_token", token, more);

	wire_ask(w, r, &(struct ask){.path = "/token", .auth = AS_BASIC, .form = form});
}

int
introspect_active(const struct world *w, struct span token)
{
	struct reply r;
	int active;

	ask_introspect(w, &r, token);
	assert_int_equal(r.status, 200);
	active = reply_active(&r);
	reply_release(&r);
	return active;
}

long
userinfo_status(const struct world *w, struct span token)
{
	struct reply r;
	long status;

	ask_userinfo(w, &r, token);
	status = r.status;
	reply_release(&r);
	return status;
}

char *
metadata_url(const struct world *w, const char *member)
{
	struct reply r;
	char *url;

	wire_ask(w, &r, &(struct ask){.path = "/.well-known/openid-configuration"});
	assert_int_equal(r.status, 200);
	url = span_dup(reply_str(&r, member));
	reply_release(&r);
	return url;
}
