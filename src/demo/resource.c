#include "demo/endpoints.h"

/* Everything a WWW-Authenticate challenge may say (RFC 6750 §3); NULL: left out. */
struct refusal {
	int status;
	const char *error, *description, *scope;
	const char *extra; /* more parameters, as they stand in the challenge */
};

/* Is it a matter of DPoP: the tokens here are bound, or a proof came? */
static bool
speaks_dpop(const struct demo_call *c)
{
	return !store_has_quirk(c->s, QUIRK_BEARER_ONLY) &&
		(store_has_fault(c->s, FAULT_DPOP_BOUND) ||
			http_has_header(&c->req->headers, "DPoP"));
}

static void
refuse(struct demo_call *c, const struct refusal *r, bool api)
{
	bool dpop = speaks_dpop(c);
	struct json *doc;
	struct buf b;

	buf_init(&b, 1024);
	buf_printf(&b, "%s realm=\"tokentriage-demo\"", dpop ? "DPoP" : "Bearer");
	if (r->error)
		buf_printf(&b, ", error=\"%s\", error_description=\"%s\"", r->error,
			r->description);
	if (r->scope)
		buf_printf(&b, ", scope=\"%s\"", r->scope);
	if (r->extra)
		buf_printf(&b, ", %s", r->extra);
	if (dpop)
		buf_puts(&b, ", algs=\"ES256 ES384 ES512 RS256 PS256 EdDSA\"");
	if (api)
		buf_printf(&b, ", resource_metadata=\"%s%s\"", c->s->api_origin,
			"/.well-known/oauth-protected-resource/api");
	if (r->error) {
		doc = json_new_object();
		json_set_str(doc, "error", r->error);
		json_set_str(doc, "error_description", r->description);
		reply_json(c, r->status, doc);
	} else {
		reply_text(c, r->status, "text/plain", "");
	}
	reply_header(c, "WWW-Authenticate", buf_str(&b));
	buf_release(&b);
}

/* A token shown under the scheme DPoP comes with a proof (RFC 9449 §7.1). */
static bool
proved(struct demo_call *c, struct span token, bool api)
{
	struct proof_trouble t = proof_check(c, token, true);

	proof_nonce_header(c);
	if (t.error)
		refuse(c, &(struct refusal){401, t.error, t.why, NULL, NULL}, api);
	return !t.error;
}

/*
 * The token shown (RFC 6750 §2): in the header, or in a form body where post is allowed.  False:
 * the refusal is made, or nothing was shown and a bare challenge is.
 */
static bool
shown_token(struct demo_call *c, struct buf *token, bool api)
{
	static const struct refusal none = {.status = 401};
	static const struct refusal twice = {400, "invalid_request",
		"More than one access token in the request", NULL, NULL};
	struct span auth = SPAN_EMPTY;
	bool in_body = false, in_header, dpop;

	if (!c->stripped)
		auth = http_header(&c->req->headers, "Authorization");
	if (!api && strcmp(c->req->method, "POST") == 0)
		in_body = form_member(c, "access_token", token);
	dpop = span_starts_nocase(auth, "DPoP ") && !store_has_quirk(c->s, QUIRK_BEARER_ONLY);
	in_header = dpop || span_starts_nocase(auth, "Bearer ");
	if (in_header && in_body) {
		refuse(c, &twice, api);
		return false;
	}
	if (in_body)
		return true;
	if (!in_header) {
		refuse(c, &none, api);
		return false;
	}
	buf_clear(token);
	buf_add_span(token, span_trim(span_from(auth, dpop ? 5 : 7)));
	return !dpop || proved(c, buf_span(token), api);
}

/* What the endpoint makes of it, beyond what the store says. */
static enum fate
fate_here(const struct demo_call *c, const struct token_row *row, enum fate fate, bool api)
{
	if (row && row->use != USE_ACCESS)
		return FATE_UNKNOWN;
	if (fate == FATE_EXPIRED && !api && store_has_quirk(c->s, QUIRK_SKIPS_EXPIRY))
		return FATE_GOOD;
	if (fate == FATE_REVOKED && api && store_has_quirk(c->s, QUIRK_LOCAL_API))
		return FATE_GOOD;
	return fate;
}

/* What is against a token that is good in itself; NULL: nothing. */
static const char *
not_bound_so(const struct demo_call *c, const struct token_row *row)
{
	if (store_has_quirk(c->s, QUIRK_BEARER_ONLY))
		return NULL;
	if (row->bound.jkt[0] && !c->shown.jkt[0])
		return "The access token is bound to a key, and no proof came with it";
	if (strcmp(row->bound.jkt, c->shown.jkt) != 0)
		return "The key of the DPoP proof is not the one of the access token";
	if (!binding_shown(&row->bound, &c->shown))
		return "The access token is bound to another client certificate";
	return NULL;
}

/* The row of a token that is good here, or NULL and the refusal is made. */
static struct token_row *
good_token(struct demo_call *c, bool api)
{
	static const struct refusal expired = {401, "invalid_token",
		"The access token expired", NULL, NULL};
	static const struct refusal invalid = {401, "invalid_token",
		"The access token is not valid", NULL, NULL};
	const struct saying *no = says_instead(c, OF_TOKEN, api ? AT_API : AT_USERINFO);
	struct token_row *row = NULL;
	const char *why = NULL;
	struct buf token;
	enum fate fate;

	buf_init_wiping(&token, LIMIT_DEMO_TOKEN);
	if (shown_token(c, &token, api)) {
		row = judge_token(c, buf_span(&token), api, &fate);
		fate = fate_here(c, row, fate, api);
		if (fate == FATE_GOOD)
			why = not_bound_so(c, row);
		if (fate != FATE_GOOD)
			refuse(c, fate == FATE_EXPIRED ? &expired : &invalid, api);
		else if (why)
			refuse(c, &(struct refusal){401, "invalid_token", why, NULL, NULL}, api);
		else if (no)
			refuse(c, &(struct refusal){no->status, no->error, no->description, NULL,
				no->extra}, api);
		if (fate != FATE_GOOD || why || no)
			row = NULL;
	}
	buf_release(&token);
	return row;
}

/* The user's claims by scope (OpenID Connect Core §5.4). */
static struct json *
user_claims(const struct store *s, const struct token_row *row)
{
	struct json *doc = json_new_object();
	char sub[64];

	snprintf(sub, sizeof(sub), "%s%s", row->grant->sub,
		store_has_fault(s, FAULT_SUB_MISMATCH) ? "-2" : "");
	json_set_str(doc, "sub", sub);
	if (store_has_quirk(s, QUIRK_SUB_ONLY))
		return doc;
	if (span_has_word(span_of(row->scope), "profile")) {
		json_set_str(doc, "name", "Demo User");
		json_set_str(doc, "preferred_username", "demo");
	}
	if (span_has_word(span_of(row->scope), "email")) {
		json_set_str(doc, "email", "demo@user.example");
		json_set_bool(doc, "email_verified", true);
	}
	return doc;
}

static void
reply_signed(struct demo_call *c, const struct token_row *row, struct json *claims)
{
	struct buf jwt;
	struct err e = ERR_INIT;

	json_set_str(claims, "iss", c->s->issuer);
	json_set_str(claims, "aud", row->grant->client_id);
	buf_init_wiping(&jwt, LIMIT_DEMO_TOKEN);
	if (store_sign(c->s, "JWT", claims, &jwt, &e) == RES_OK)
		reply_text(c, 200, "application/jwt", buf_str(&jwt));
	else
		reply_oauth_error(c, 500, "server_error", e.text);
	buf_release(&jwt);
	json_free(claims);
}

void
endpoint_userinfo(struct demo_call *c)
{
	static const struct refusal no_user = {401, "invalid_token",
		"The access token was not issued for an end user", NULL, NULL};
	static const struct refusal no_openid = {403, "insufficient_scope",
		"The access token lacks the scope openid", "openid", NULL};
	const struct token_row *row = good_token(c, false);
	struct json *claims;

	if (!row)
		return;
	if (row->grant->no_user) {
		refuse(c, &no_user, false);
		return;
	}
	if (!span_has_word(span_of(row->scope), "openid")) {
		refuse(c, &no_openid, false);
		return;
	}
	claims = user_claims(c->s, row);
	if (store_has_quirk(c->s, QUIRK_SIGNED_USERINFO))
		reply_signed(c, row, claims);
	else
		reply_json(c, 200, claims);
}

/* The API looks at audience and scope, not at who logged in where. */
void
endpoint_api_me(struct demo_call *c)
{
	static const struct refusal audience = {401, "invalid_token",
		"The access token is not for this resource", NULL, NULL};
	static const struct refusal scope = {403, "insufficient_scope",
		"The access token lacks the scope profile", "profile", NULL};
	const struct token_row *row = good_token(c, true);

	if (!row)
		return;
	if (row->audience[0] && strcmp(row->audience, c->s->api_id) != 0)
		refuse(c, &audience, true);
	else if (!span_has_word(span_of(row->scope), "profile"))
		refuse(c, &scope, true);
	else
		reply_json(c, 200, user_claims(c->s, row));
}
