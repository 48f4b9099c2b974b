/* Token introspection (RFC 7662 §2). */
#include "demo/endpoints.h"

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
		json_set_str(doc, "token_type", row->bound.jkt[0] ? "DPoP" : "Bearer");
	store_set_cnf(doc, &row->bound);
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
