/*
 * Who asks: the address for it, where credentials may go, and how the client authenticates at an
 * endpoint.
 */
#include "wizard/steps.h"

#include "base/text.h"

struct span
wizard_endpoint(const struct wizard *w, enum endpoint e)
{
	struct span configured = profile_endpoint(&w->c->profile, e);

	return configured.n ? configured : w->c->metadata.url[e];
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

static void
credentials_for(const struct wizard *w, enum endpoint e, struct client_credentials *out)
{
	const struct profile *p = &w->c->profile;
	bool own = introspects_as_resource(w, e);

	out->client_id = span_of(own ? p->introspection_client_id : p->client_id);
	out->secret = own ? p->introspection_client_secret : p->client_secret;
	out->method = wizard_auth_method(w, e);
	out->raw_basic = false;
}

/* The member of the metadata that lists an endpoint's methods (RFC 8414 §2). */
static const char *
methods_member(enum endpoint e)
{
	if (e == EP_INTROSPECTION)
		return "introspection_endpoint_auth_methods_supported";
	if (e == EP_REVOCATION)
		return "revocation_endpoint_auth_methods_supported";
	return "token_endpoint_auth_methods_supported";
}

static enum tri
method_allowed(const struct wizard *w, enum endpoint e, enum client_auth a)
{
	const char *token = "token_endpoint_auth_methods_supported";
	enum tri t = metadata_supports(&w->c->metadata, methods_member(e), client_auth_id(a));

	/* an endpoint without a list of its own takes what the token endpoint takes */
	return t == TRI_UNKNOWN ? metadata_supports(&w->c->metadata, token, client_auth_id(a)) : t;
}

enum client_auth
wizard_auth_method(const struct wizard *w, enum endpoint e)
{
	const struct profile *p = &w->c->profile;
	bool own = introspects_as_resource(w, e);
	enum client_auth a;

	if (!own && p->client_auth && client_auth_from_id(span_of(p->client_auth), &a))
		return a;
	if (!(own ? p->introspection_client_secret : p->client_secret))
		return AUTH_NONE;
	if (method_allowed(w, e, AUTH_BASIC) == TRI_NO &&
		method_allowed(w, e, AUTH_POST) == TRI_YES)
		return AUTH_POST;
	return AUTH_BASIC;
}

/* What cannot be authenticated as configured is not sent; the exchange says why, and a finding what
 * to do. */
static void
authenticate(const struct wizard *w, struct engine_call *call, const struct client_credentials *cc)
{
	const struct profile *p = &w->c->profile;
	bool by_certificate = cc->method == AUTH_TLS || cc->method == AUTH_TLS_SELF;
	struct err e = ERR_INIT;

	if (by_certificate && !(p->client_cert_file && p->client_key_file))
		text_format(call->no_auth, sizeof call->no_auth,
			"%s needs client_cert_file and client_key_file",
			client_auth_id(cc->method));
	else if (client_auth_apply(&call->http, cc, &e) != RES_OK)
		text_format(call->no_auth, sizeof call->no_auth, "%s", e.text);
	call->credentials = true;
	call->auth = cc->method;
	call->auth_client_id = cc->client_id;
	call->auth_has_reserved = client_auth_has_reserved(cc);
	call->auth_raw_basic = cc->raw_basic;
}

void
wizard_authenticate(struct wizard *w, enum endpoint e, struct engine_call *call)
{
	struct client_credentials cc;

	credentials_for(w, e, &cc);
	authenticate(w, call, &cc);
}

/* As the client of an endpoint, but by this method; AUTH_NONE: as nobody at all. */
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
	cc.raw_basic = raw_basic;
	authenticate(w, call, &cc);
}
