/*
 * Who asks: the address for it, where credentials may go, and how the client authenticates at an
 * endpoint.
 */
#include "wizard/steps.h"

#include "base/text.h"

struct span
wizard_endpoint(const struct wizard *w, enum endpoint e)
{
	const struct profile *p = &w->c->profile;
	struct span configured = profile_endpoint(p, e);

	if (configured.n)
		return configured;
	/* RFC 8705 §5: who means to use a certificate asks there, where one is asked for */
	if (p->client_cert_file && w->c->metadata.mtls[e].n)
		return w->c->metadata.mtls[e];
	return w->c->metadata.url[e];
}

/* Metadata fetched over https that names a place in clear gets no credentials there. */
static bool
downgraded(const struct profile *p, struct span url)
{
	return p->issuer && span_starts_nocase(span_of(p->issuer), "https:") &&
		span_starts_nocase(url, "http:");
}

void
wizard_confirm_origins(struct wizard *w)
{
	const struct profile *p = &w->c->profile;

	if (p->issuer)
		engine_confirm_origin(w->deps.engine, span_of(p->issuer));
	if (p->resource_url)
		engine_confirm_origin(w->deps.engine, span_of(p->resource_url));
	for (int e = 0; e < EP_COUNT; e++) {
		struct span url = wizard_endpoint(w, (enum endpoint)e);

		if (url.n && (profile_endpoint(p, (enum endpoint)e).n || !downgraded(p, url)))
			engine_confirm_origin(w->deps.engine, url);
	}
}

static bool
introspects_as_resource(const struct wizard *w, enum endpoint e)
{
	return e == EP_INTROSPECTION && w->c->profile.introspection_client_id;
}

/*
 * A member of the metadata that has a form for each of three endpoints (RFC 8414 §2): the one of e,
 * else the token endpoint's.
 */
static const struct json *
list_for(const struct wizard *w, enum endpoint e, const char *what)
{
	const struct json *doc = w->c->metadata.doc, *list = NULL;
	char name[80];

	if (e == EP_INTROSPECTION || e == EP_REVOCATION) {
		text_format(name, sizeof name, "%s_%s", endpoint_name(e), what);
		list = json_get(doc, name);
	}
	if (!list || json_type(list) != JSON_ARRAY) {
		text_format(name, sizeof name, "%s_%s", endpoint_name(EP_TOKEN), what);
		list = json_get(doc, name);
	}
	return list && json_type(list) == JSON_ARRAY ? list : NULL;
}

/*
 * What the client could authenticate with, the most telling first: a key that is good for nothing
 * else, then the secret, then a certificate, which may be for the tokens or a gateway alone.
 */
static size_t
possible(const struct profile *p, bool own, enum client_auth *out)
{
	bool cert = p->client_cert_file && p->client_key_file;
	size_t n = 0;

	if (!own && (p->client_assertion_key_file || (p->client_key_file && !cert)))
		out[n++] = AUTH_PRIVATE_KEY_JWT;
	if (own ? p->introspection_client_secret : p->client_secret) {
		out[n++] = AUTH_BASIC;
		out[n++] = AUTH_POST;
		out[n++] = AUTH_SECRET_JWT;
	}
	if (!own && cert) {
		out[n++] = AUTH_TLS;
		out[n++] = AUTH_TLS_SELF;
		if (!p->client_assertion_key_file)
			out[n++] = AUTH_PRIVATE_KEY_JWT;
	}
	return n;
}

enum client_auth
wizard_auth_method(const struct wizard *w, enum endpoint e)
{
	const struct profile *p = &w->c->profile;
	bool own = introspects_as_resource(w, e);
	const struct json *list = list_for(w, e, "auth_methods_supported");
	enum client_auth can[AUTH_COUNT], a;
	size_t n;

	if (!own && p->client_auth && client_auth_from_id(span_of(p->client_auth), &a))
		return a;
	n = possible(p, own, can);
	for (size_t i = 0; i < n; i++)
		if (json_lists(list, client_auth_id(can[i])))
			return can[i];
	return n ? can[0] : AUTH_NONE;
}

static void
credentials_for(const struct wizard *w, enum endpoint e, struct client_credentials *out)
{
	const struct profile *p = &w->c->profile;
	bool own = introspects_as_resource(w, e);

	out->client_id = span_of(own ? p->introspection_client_id : p->client_id);
	out->secret = own ? p->introspection_client_secret : p->client_secret;
	out->method = wizard_auth_method(w, e);
	out->raw_basic = p->client_basic_raw;
}

/* --- assertions --- */

/*
 * aud.  The issuer identifier is what servers of today take everywhere, and the one value that no
 * other server can be meant by (RFC 7523 §3 names it, FAPI 2.0 and its successor ask for it); some
 * older ones want the token endpoint, or the very address that is asked.
 */
static struct span
audience_of(const struct wizard *w, const struct engine_call *call)
{
	const struct profile *p = &w->c->profile;
	struct span word = span_of(p->client_assertion_audience);
	struct span token = profile_endpoint(p, EP_TOKEN), asked = span_of(call->http.url);

	if (w->audience.n)
		return w->audience;
	if (!token.n)
		token = w->c->metadata.url[EP_TOKEN];
	if (!token.n)
		token = asked;
	if (!word.n || span_is(word, "issuer"))
		return p->issuer ? span_of(p->issuer) : token;
	if (span_is(word, "token_endpoint"))
		return token;
	return span_is(word, "endpoint") ? asked : word;
}

static const char *
alg_for(struct wizard *w, enum endpoint e, const struct sign_key *k)
{
	const struct json *list = list_for(w, e, "auth_signing_alg_values_supported");
	const char *wanted = w->c->profile.client_assertion_alg;

	if (!wanted)
		return k ? sign_key_alg(k, list) : assertion_hmac_alg(list);
	return (k ? sign_key_can(k, wanted) : assertion_is_hmac(wanted)) ? wanted : NULL;
}

static void
explain_alg(struct wizard *w, struct engine_call *call, enum endpoint e, const struct sign_key *k)
{
	const struct json *list = list_for(w, e, "auth_signing_alg_values_supported");
	const char *wanted = w->c->profile.client_assertion_alg;
	struct buf words;
	struct span s;

	buf_init(&words, 100);
	for (const struct json *v = json_first(list); v; v = json_next(v))
		if (json_to_span(v, &s))
			buf_printf(&words, "%s%.*s", words.len ? ", " : "", SPAN_ARG(s));
	if (wanted)
		text_format(call->no_auth, sizeof call->no_auth,
			"the client's %s cannot sign with %s", k ? "key" : "secret", wanted);
	else
		text_format(call->no_auth, sizeof call->no_auth,
			"the client's %s signs with none of what the server takes: %s",
			k ? "key" : "secret", buf_str(&words));
	buf_release(&words);
}

/* The engine signs it as it goes out; whether it can is known now. */
static void
add_assertion(struct wizard *w, struct engine_call *call, enum endpoint e,
	const struct client_credentials *cc)
{
	const char *kid = w->c->profile.client_assertion_kid, *why = "";
	bool by_key = cc->method == AUTH_PRIVATE_KEY_JWT;
	struct sign_key *k = by_key ? own_assertion_key(w, &why) : NULL;
	struct assertion_wish wish = {.client_id = cc->client_id, .key = k, .kid = span_of(kid)};

	if (by_key ? !k : !cc->secret) {
		text_format(call->no_auth, sizeof call->no_auth, "%s: %s",
			client_auth_id(cc->method),
			by_key ? why : "there is no client secret");
		return;
	}
	wish.alg = alg_for(w, e, k);
	if (!wish.alg) {
		explain_alg(w, call, e, k);
		return;
	}
	if (!by_key)
		wish.secret = (struct secret *)(uintptr_t)cc->secret;
	else if (!kid)
		wish.kid = span_of(k->kid);
	else if (!strcmp(kid, "thumbprint"))
		wish.kid = span_of(k->thumbprint);
	/* the certificate's key signs, unless there is one for assertions alone */
	if (by_key && !w->c->profile.client_assertion_key_file)
		wish.x5t_s256 = span_of(own_certificate(w));
	wish.audience = audience_of(w, call);
	call->assertion = assertion_new(&wish);
	call->ahead_s = wizard_ahead_s(w, span_of(call->http.url));
	log_add(w->deps.log, LOG_DEBUG, LOGC_STEP, 0, "client assertion: %s, aud %.*s%s%.*s",
		wish.alg, SPAN_ARG(wish.audience), wish.kid.n ? ", kid " : "", SPAN_ARG(wish.kid));
}

/* --- the call --- */

/* What cannot be authenticated as configured is not sent; the exchange says why, and a finding what
 * to do. */
static void
authenticate(struct wizard *w, struct engine_call *call, enum endpoint e,
	const struct client_credentials *cc)
{
	const struct profile *p = &w->c->profile;
	bool by_certificate = cc->method == AUTH_TLS || cc->method == AUTH_TLS_SELF;
	struct err err = ERR_INIT;

	call->credentials = true;
	call->auth = cc->method;
	call->auth_client_id = cc->client_id;
	call->auth_has_reserved = client_auth_has_reserved(cc);
	call->auth_raw_basic = cc->raw_basic && cc->method == AUTH_BASIC;
	own_certificate(w);
	if (by_certificate && !(p->client_cert_file && p->client_key_file))
		text_format(call->no_auth, sizeof call->no_auth,
			"%s needs client_cert_file and client_key_file",
			client_auth_id(cc->method));
	else if (cc->method == AUTH_PRIVATE_KEY_JWT || cc->method == AUTH_SECRET_JWT)
		add_assertion(w, call, e, cc);
	else if (client_auth_apply(&call->http, cc, &err) != RES_OK)
		text_format(call->no_auth, sizeof call->no_auth, "%s", err.text);
}

void
wizard_authenticate(struct wizard *w, enum endpoint e, struct engine_call *call)
{
	struct client_credentials cc;

	credentials_for(w, e, &cc);
	authenticate(w, call, e, &cc);
	if (!call->no_auth[0] && (e == EP_TOKEN || e == EP_PAR))
		wizard_prove_possession(w, call);
}

void
wizard_authenticate_as(struct wizard *w, struct engine_call *call, enum endpoint e,
	enum client_auth auth, bool raw_basic)
{
	struct client_credentials cc;

	credentials_for(w, e, &cc);
	if (auth != AUTH_UNSET)
		cc.method = auth;
	if (auth == AUTH_NONE)
		cc.client_id = SPAN_EMPTY;
	if (auth != AUTH_UNSET)
		cc.raw_basic = raw_basic;
	authenticate(w, call, e, &cc);
}
