#include "demo/endpoints.h"

/* Has the server something against the client himself?  True: the refusal is made. */
static bool
client_barred(struct demo_call *c, enum demo_place at)
{
	const struct saying *no = says_instead(c, OF_CLIENT, at);

	if (!no)
		return false;
	reply_oauth_error(c, no->status, no->error, no->description);
	if (no->status == 401)
		reply_header(c, "WWW-Authenticate", "Basic realm=\"tokentriage-demo\"");
	return true;
}

/* Form and client authentication; false: the refusal is made. */
static bool
admit(struct demo_call *c, enum demo_place at)
{
	enum client_state st;

	if (!form_wanted(c))
		return false;
	st = client_check(c);
	if (st != CLIENT_OK && st != CLIENT_PUBLIC) {
		client_refuse(c, st);
		return false;
	}
	return !client_barred(c, at);
}

/* --- introspection (RFC 7662 §2) --- */

/* Takes doc.  As a JWT (RFC 9701 §5) where the server is like that. */
static void
reply_introspection(struct demo_call *c, struct json *doc)
{
	struct json *p;
	struct err e = ERR_INIT;
	struct buf jwt;

	if (!store_has_quirk(c->s, QUIRK_SIGNED_INTROSPECTION)) {
		reply_json(c, 200, doc);
		return;
	}
	p = json_new_object();
	json_set_str(p, "iss", c->s->issuer);
	json_set_str(p, "aud", c->s->client_id);
	json_set_i64(p, "iat", store_now(c->s, false));
	json_set_take(p, "token_introspection", doc);
	buf_init_wiping(&jwt, LIMIT_DEMO_TOKEN);
	if (store_sign(c->s, "token-introspection+jwt", p, &jwt, &e) == RES_OK)
		reply_text(c, 200, "application/token-introspection+jwt", buf_str(&jwt));
	else
		reply_oauth_error(c, 500, "server_error", e.text);
	buf_release(&jwt);
	json_free(p);
}

static void
reply_inactive(struct demo_call *c)
{
	struct json *doc;

	if (store_has_quirk(c->s, QUIRK_DEAD_IS_ERROR)) {
		reply_oauth_error(c, 400, "invalid_token", "The token cannot be introspected");
		return;
	}
	doc = json_new_object();
	json_set_bool(doc, "active", false);
	reply_introspection(c, doc);
}

static void
reply_active(struct demo_call *c, const struct token_row *row, struct span token)
{
	const struct store *s = c->s;
	struct json *doc = json_new_object();

	json_set_bool(doc, "active", true);
	store_set_scope(s, doc, row->scope);
	json_set_str(doc, "client_id", row->grant->client_id);
	if (!row->grant->no_user)
		json_set_str(doc, "username", "demo");
	if (row->use == USE_REFRESH)
		json_set_str(doc, "token_use", "refresh_token");
	else
		json_set_str(doc, "token_type", store_has_fault(s, FAULT_DPOP_BOUND)
			? "DPoP" : "Bearer");
	store_set_time(s, doc, "exp", row->exp);
	store_set_time(s, doc, "iat", row->iat);
	if (row->nbf)
		store_set_time(s, doc, "nbf", row->nbf);
	json_set_str(doc, "sub", row->grant->sub);
	if (row->use == USE_ACCESS)
		store_set_aud(s, doc, row->audience);
	json_set_str(doc, "iss", s->token_issuer);
	json_set_str(doc, "jti", row->jti);
	if (store_has_quirk(s, QUIRK_ECHO))
		json_set_span(doc, "access_token", token);
	reply_introspection(c, doc);
}

static bool
may_see(const struct store *s, const struct token_row *row)
{
	return strcmp(row->grant->client_id, s->client_id) == 0 ||
		store_has_quirk(s, QUIRK_OPEN_INTROSPECTION);
}

void
endpoint_introspect(struct demo_call *c)
{
	struct token_row *row;
	struct buf token;
	enum client_state st;
	enum fate fate;

	if (!form_wanted(c))
		return;
	st = client_check(c);
	if (st != CLIENT_OK && store_has_quirk(c->s, QUIRK_HIDE_CLIENT)) {
		reply_inactive(c);
		return;
	}
	if (st != CLIENT_OK) {
		client_refuse(c, st);
		return;
	}
	if (client_barred(c, AT_INTROSPECTION))
		return;
	buf_init_wiping(&token, LIMIT_DEMO_TOKEN);
	if (!form_member(c, "token", &token)) {
		reply_oauth_error(c, 400, "invalid_request", "The parameter token is missing");
	} else {
		row = judge_token(c, buf_span(&token), false, &fate);
		if (row && fate == FATE_GOOD && may_see(c->s, row) &&
			!says_instead(c, OF_TOKEN, AT_INTROSPECTION))
			reply_active(c, row, buf_span(&token));
		else
			reply_inactive(c);
	}
	buf_release(&token);
}

/* --- token endpoint (RFC 6749 §5, §6) --- */

/* Is every word of asked among granted? */
static bool
scope_within(struct span asked, struct span granted)
{
	struct span word;
	char text[64];

	while (span_word(&asked, &word)) {
		if (word.n >= sizeof(text))
			return false;
		snprintf(text, sizeof(text), "%.*s", SPAN_ARG(word));
		if (!span_has_word(granted, text))
			return false;
	}
	return true;
}

/* The tokens of a grant as a token response (RFC 6749 §5.1). */
static void
reply_tokens(struct demo_call *c, struct grant *g, struct span scope, bool with_refresh)
{
	struct minted access = {NULL}, refresh = {NULL};
	struct secret *id = NULL;
	struct json *doc = NULL;
	struct err e = ERR_INIT;

	if (store_access(c->s, g, scope, ACCESS_LIFE_S, &access, &e) != RES_OK)
		goto out;
	if (with_refresh && store_refresh(c->s, g, REFRESH_LIFE_S, &refresh, &e) != RES_OK)
		goto out;
	if (!g->no_user && span_has_word(scope, "openid") &&
		store_id_token(c->s, g, &access, &id, &e) != RES_OK)
		goto out;
	doc = json_new_object();
	json_set_span(doc, "access_token", secret_reveal(access.value));
	json_set_str(doc, "token_type", store_has_fault(c->s, FAULT_DPOP_BOUND)
		? "DPoP" : "Bearer");
	json_set_i64(doc, "expires_in",
		store_has_quirk(c->s, QUIRK_EXPIRES_IN) ? 24 * ACCESS_LIFE_S : ACCESS_LIFE_S);
	if (refresh.value)
		json_set_span(doc, "refresh_token", secret_reveal(refresh.value));
	if (id)
		json_set_span(doc, "id_token", secret_reveal(id));
	json_set_span(doc, "scope", scope);
	reply_json(c, 200, doc);
out:
	if (!doc)
		reply_oauth_error(c, 500, "server_error", e.text);
	secret_unref(access.value);
	secret_unref(refresh.value);
	secret_unref(id);
}

static const char *
refresh_trouble(enum fate fate)
{
	switch (fate) {
	case FATE_SPENT:
		return "The refresh token was already used; all tokens of this login are revoked";
	case FATE_EXPIRED:
		return "The refresh token has expired";
	case FATE_REVOKED:
		return "The refresh token was revoked";
	default:
		return "The refresh token is not known";
	}
}

/* Rotation: each refresh token serves once; a second use kills the family (RFC 9700 §4.14.2). */
static void
grant_refresh(struct demo_call *c, struct buf *text)
{
	const struct saying *no;
	struct token_row *row;
	bool rotates;
	struct grant *g;
	struct span scope;
	enum fate fate;

	if (store_has_fault(c->s, FAULT_REFRESH_BARRED)) {
		reply_oauth_error(c, 400, "unauthorized_client",
			"The client may not use this grant type");
		return;
	}
	if (!form_member(c, "refresh_token", text)) {
		reply_oauth_error(c, 400, "invalid_request",
			"The parameter refresh_token is missing");
		return;
	}
	store_make_room(c->s);
	row = store_judge(c->s, buf_span(text), store_now(c->s, false), &fate);
	if (row && row->use != USE_REFRESH)
		row = NULL, fate = FATE_UNKNOWN;
	if (row && strcmp(row->grant->client_id, c->s->client_id) != 0) {
		reply_oauth_error(c, 400, "invalid_grant",
			"The refresh token was issued to another client");
		return;
	}
	if (!row || fate != FATE_GOOD) {
		if (row && fate == FATE_SPENT)
			row->grant->dead = true;
		reply_oauth_error(c, 400, "invalid_grant", refresh_trouble(fate));
		return;
	}
	no = says_instead(c, OF_TOKEN, AT_TOKEN);
	if (no) {
		reply_oauth_error(c, no->status, no->error, no->description);
		return;
	}
	g = row->grant;
	scope = form_member(c, "scope", text) ? buf_span(text) : span_of(g->scope);
	if (!scope_within(scope, span_of(g->scope))) {
		reply_oauth_error(c, 400, "invalid_scope", "More than was granted");
		return;
	}
	rotates = !store_has_quirk(c->s, QUIRK_KEEPS_REFRESH);
	row->spent = rotates;
	reply_tokens(c, g, scope, rotates);
}

static void
grant_client(struct demo_call *c, struct buf *text)
{
	struct span scope = form_member(c, "scope", text) ? buf_span(text) : SPAN_LIT("profile");

	if (!scope_within(scope, SPAN_LIT(DEMO_SCOPE))) {
		reply_oauth_error(c, 400, "invalid_scope", "The client may not ask for this scope");
		return;
	}
	store_make_room(c->s);
	reply_tokens(c, store_grant(c->s, c->s->client_id, scope, true), scope, false);
}

void
endpoint_token(struct demo_call *c)
{
	struct buf text;

	if (!admit(c, AT_TOKEN))
		return;
	buf_init_wiping(&text, LIMIT_DEMO_TOKEN);
	if (!form_member(c, "grant_type", &text))
		reply_oauth_error(c, 400, "invalid_request", "The parameter grant_type is missing");
	else if (span_is(buf_span(&text), "refresh_token"))
		grant_refresh(c, &text);
	else if (span_is(buf_span(&text), "client_credentials"))
		grant_client(c, &text);
	else if (span_is(buf_span(&text), "authorization_code")) /* nobody can log in here */
		reply_oauth_error(c, 400, "invalid_grant", "The code is not known");
	else
		reply_oauth_error(c, 400, "unsupported_grant_type",
			"Not a grant type of this server");
	reply_header(c, "Pragma", "no-cache");
	buf_release(&text);
}

/* --- revocation (RFC 7009 §2) --- */

void
endpoint_revoke(struct demo_call *c)
{
	struct token_row *row;
	struct buf token;
	enum fate fate;

	if (!admit(c, AT_REVOCATION))
		return;
	buf_init_wiping(&token, LIMIT_DEMO_TOKEN);
	if (!form_member(c, "token", &token)) {
		reply_oauth_error(c, 400, "invalid_request", "The parameter token is missing");
		buf_release(&token);
		return;
	}
	row = store_judge(c->s, buf_span(&token), store_now(c->s, false), &fate);
	buf_release(&token);
	if (row && strcmp(row->grant->client_id, c->s->client_id) != 0)
		row = NULL; /* another client's: nothing is done */
	if (row && !store_has_quirk(c->s, QUIRK_REVOKE_NOOP)) {
		row->revoked = true;
		if (row->use == USE_REFRESH)
			row->grant->dead = true;
	}
	/* An unknown token is no error (§2.2). */
	reply_text(c, 200, "application/json", "");
	reply_header(c, "Cache-Control", "no-store");
}
