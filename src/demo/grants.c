/* The token endpoint (RFC 6749 §5, §6) and revocation (RFC 7009). */
#include "demo/endpoints.h"

#include "base/limits.h"

/* The tokens of a grant as a token response (RFC 6749 §5.1, RFC 8693 §2.2.1). */
static struct json *
token_document(struct demo_call *c, const struct issue *i, struct err *e)
{
	const struct binding *bound = &c->shown;
	const struct token_wish access_wish = {i->scope, ACCESS_LIFE_S, i->audience, bound};
	/* the refresh token of a client with credentials is bound to these (RFC 9449 §5) */
	const struct token_wish refresh_wish = {.left_s = REFRESH_LIFE_S,
		.bound = store_has_fault(c->s, FAULT_PUBLIC_CLIENT) ? bound : NULL};
	struct minted access = {NULL}, refresh = {NULL};
	struct secret *id = NULL;
	struct json *doc = NULL;

	if (store_access(c->s, i->grant, &access_wish, &access, e) != RES_OK)
		goto out;
	if (i->refresh && store_refresh(c->s, i->grant, &refresh_wish, &refresh, e) != RES_OK)
		goto out;
	if (!i->exchanged && !i->grant->no_user && span_has_word(i->scope, "openid") &&
		store_id_token(c->s, i->grant, &access, &id, e) != RES_OK)
		goto out;
	doc = json_new_object();
	json_set_span(doc, "access_token", secret_reveal(access.value));
	json_set_str(doc, "token_type", bound->jkt[0] ? "DPoP" : "Bearer");
	json_set_i64(doc, "expires_in",
		store_has_quirk(c->s, QUIRK_EXPIRES_IN) ? 24 * ACCESS_LIFE_S : ACCESS_LIFE_S);
	if (refresh.value)
		json_set_span(doc, "refresh_token", secret_reveal(refresh.value));
	if (id)
		json_set_span(doc, "id_token", secret_reveal(id));
	if (i->exchanged)
		json_set_str(doc, "issued_token_type",
			"urn:ietf:params:oauth:token-type:access_token");
	json_set_span(doc, "scope", i->scope);
out:
	secret_unref(access.value);
	secret_unref(refresh.value);
	secret_unref(id);
	return doc;
}

void
reply_tokens(struct demo_call *c, const struct issue *i)
{
	struct err e = ERR_INIT;
	struct json *doc = token_document(c, i, &e);

	if (doc)
		reply_json(c, 200, doc);
	else
		reply_oauth_error(c, 500, "server_error", e.text);
}

bool
target_known(const struct store *s, struct span target)
{
	return span_is(target, s->api_id) || span_is(target, s->issuer) ||
		span_is(target, s->origin) ||
		(s->cfg.scenario->audience && span_is(target, s->cfg.scenario->audience));
}

/* An address within the API: a token is for the API as a whole (RFC 8707 §2). */
static bool
within_api(const struct store *s, struct span target)
{
	return span_starts(target, s->api_id) && target.n > strlen(s->api_id) &&
		target.p[strlen(s->api_id)] == '/';
}

/* How often a member is in the form. */
static size_t
count_members(struct span form, const char *name)
{
	struct span part;
	size_t n = 0, len = strlen(name);

	while (span_next(&form, '&', &part))
		n += span_starts(part, name) && part.n > len && part.p[len] == '=';
	return n;
}

bool
resource_wanted(struct demo_call *c, const char *member, char *out, size_t size)
{
	bool one = count_members(buf_span(&c->req->body), member) < 2, ok = true;
	struct buf b;

	out[0] = '\0';
	buf_init(&b, LIMIT_URL);
	if (form_member(c, member, &b)) {
		/* a token here has one audience (RFC 8707 §2 leaves that to the server) */
		bool within = within_api(c->s, buf_span(&b));

		ok = one && (within || target_known(c->s, buf_span(&b))) && b.len < size;
		if (ok)
			snprintf(out, size, "%s", within ? c->s->api_id : buf_str(&b));
		else
			reply_oauth_error(c, 400, "invalid_target",
				"Not a resource that this server issues tokens for");
	}
	buf_release(&b);
	return ok;
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

/* The refresh token of the request, if it may be used; else NULL, and the refusal is made. */
static struct token_row *
refresh_row(struct demo_call *c, struct span value)
{
	struct token_row *row;
	enum fate fate;

	row = store_judge(c->s, value, store_now(c->s, false), &fate);
	if (row && row->use != USE_REFRESH)
		row = NULL, fate = FATE_UNKNOWN;
	if (row && strcmp(row->grant->client_id, c->s->client_id) != 0) {
		reply_oauth_error(c, 400, "invalid_grant",
			"The refresh token was issued to another client");
		return NULL;
	}
	if (!row || fate != FATE_GOOD) {
		if (row && fate == FATE_SPENT)
			row->grant->dead = true;
		reply_oauth_error(c, 400, "invalid_grant", refresh_trouble(fate));
		return NULL;
	}
	if (!binding_shown(&row->bound, &c->shown)) {
		reply_oauth_error(c, 400, "invalid_grant",
			"The refresh token is bound to another key");
		return NULL;
	}
	return row;
}

/* The scopes of a refresh: those asked for, else the grant's; or what the server is willing to. */
static struct span
refresh_scope(const struct demo_call *c, const struct grant *g, struct buf *text)
{
	if (form_member(c, "scope", text))
		return buf_span(text);
	return span_of(c->s->cfg.scenario->narrows ? c->s->cfg.scenario->narrows : g->scope);
}

/* Rotation: each refresh token serves once; a second use kills the family (RFC 9700 §4.14.2). */
static void
grant_refresh(struct demo_call *c, struct buf *text)
{
	char resource[192];
	struct issue issue = {.refresh = !store_has_quirk(c->s, QUIRK_KEEPS_REFRESH)};
	const struct saying *no;
	struct token_row *row;

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
	row = refresh_row(c, buf_span(text));
	if (!row)
		return;
	no = says_instead(c, OF_TOKEN, AT_TOKEN);
	if (no) {
		reply_oauth_error(c, no->status, no->error, no->description);
		return;
	}
	issue.grant = row->grant;
	issue.scope = refresh_scope(c, row->grant, text);
	if (!scope_within(issue.scope, span_of(row->grant->scope))) {
		reply_oauth_error(c, 400, "invalid_scope", "More than was granted");
		return;
	}
	if (!resource_wanted(c, "resource", resource, sizeof(resource)))
		return;
	issue.audience = resource;
	row->spent = issue.refresh;
	reply_tokens(c, &issue);
}

static void
grant_client(struct demo_call *c, struct buf *text)
{
	struct span scope = form_member(c, "scope", text) ? buf_span(text) : SPAN_LIT("profile");
	char resource[192];

	if (store_has_fault(c->s, FAULT_PUBLIC_CLIENT)) {
		reply_oauth_error(c, 400, "unauthorized_client",
			"Only a client with credentials may use this grant type");
		return;
	}
	if (!scope_within(scope, SPAN_LIT(DEMO_SCOPE))) {
		reply_oauth_error(c, 400, "invalid_scope", "The client may not ask for this scope");
		return;
	}
	if (!resource_wanted(c, "resource", resource, sizeof(resource)))
		return;
	store_make_room(c->s);
	reply_tokens(c, &(struct issue){.grant = store_grant(c->s, c->s->client_id, scope, true),
		.scope = scope, .audience = resource});
}

/* Proof and certificate of the request; what is issued is bound to them.  False: refused. */
static bool
possession_shown(struct demo_call *c)
{
	struct proof_trouble t =
		proof_check(c, SPAN_EMPTY, store_has_fault(c->s, FAULT_DPOP_BOUND));

	proof_nonce_header(c);
	if (t.error) {
		reply_oauth_error(c, 400, t.error, t.why);
		return false;
	}
	if (store_has_fault(c->s, FAULT_MTLS_BOUND) && !c->shown.x5t[0]) {
		reply_oauth_error(c, 400, "invalid_request",
			"The client must show its certificate: its tokens are bound to it");
		return false;
	}
	return true;
}

static const struct {
	const char *type;
	void (*handler)(struct demo_call *c, struct buf *text);
} grant_types[] = {
	{"refresh_token", grant_refresh},
	{"authorization_code", grant_code},
	{"client_credentials", grant_client},
	{"urn:ietf:params:oauth:grant-type:device_code", grant_device},
	{"urn:ietf:params:oauth:grant-type:token-exchange", grant_exchange},
};

void
endpoint_token(struct demo_call *c)
{
	struct buf text;
	size_t i = 0;

	if (!client_admit(c, AT_TOKEN) || !possession_shown(c))
		return;
	buf_init_wiping(&text, LIMIT_DEMO_TOKEN);
	if (!form_member(c, "grant_type", &text)) {
		reply_oauth_error(c, 400, "invalid_request", "The parameter grant_type is missing");
	} else {
		while (i < ARRAY_SIZE(grant_types) &&
			!span_is(buf_span(&text), grant_types[i].type))
			i++;
		if (i < ARRAY_SIZE(grant_types))
			grant_types[i].handler(c, &text);
		else
			reply_oauth_error(c, 400, "unsupported_grant_type",
				"Not a grant type of this server");
	}
	reply_header(c, "Pragma", "no-cache");
	buf_release(&text);
}

/* --- revocation (RFC 7009 §2) --- */

void
endpoint_revoke(struct demo_call *c)
{
	const struct saying *no = says_instead(c, OF_TOKEN, AT_REVOCATION);
	struct token_row *row;
	struct buf token;
	enum fate fate;

	if (!client_admit(c, AT_REVOCATION))
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
	if (row && row->use == USE_ACCESS && no) {
		reply_oauth_error(c, no->status, no->error, no->description);
		return;
	}
	if (row && !store_has_quirk(c->s, QUIRK_REVOKE_NOOP)) {
		row->revoked = true;
		if (row->use == USE_REFRESH)
			row->grant->dead = true;
	}
	/* An unknown token is no error (§2.2). */
	reply_text(c, 200, "application/json", "");
	reply_header(c, "Cache-Control", "no-store");
}
