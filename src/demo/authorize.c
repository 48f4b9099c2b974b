/*
 * The authorization endpoint: code flow with PKCE (RFC 6749 §4.1, RFC 7636, RFC 9207, OpenID
 * Connect Core §3.1.2), pushed requests (RFC 9126), the page of consent, and the code's exchange.
 */
#include "demo/endpoints.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/mem.h"
#include "oauth/url.h"

enum {
	PUSHED_LIFE_S = 60,
	CONSENT_LIFE_S = 600,
	CODE_LIFE_S = 60,
	CHALLENGE_LEN = 43,
};

#define REQUEST_URI_PREFIX "urn:ietf:params:oauth:request_uri:"
#define LOGIN_SCOPES DEMO_SCOPE " offline_access"

/* What is wrong with a request; error NULL: nothing. */
struct login_trouble {
	const char *error, *why;
};

/* Any port of the loopback interface is the client's (RFC 8252 §7.3). */
static bool
redirect_allowed(struct span uri)
{
	struct url u;

	return url_parse(&u, uri, NULL) == RES_OK && span_is(u.scheme, "http") &&
		url_is_loopback(&u) && !u.fragment.n && !u.userinfo.n;
}

static bool
is_challenge(const char *text)
{
	struct buf raw;
	bool ok;

	buf_init(&raw, 64);
	ok = strlen(text) == CHALLENGE_LEN && base64url_decode(&raw, span_of(text), NULL) == RES_OK;
	buf_release(&raw);
	return ok;
}

/* The scopes that are known, each once; the others are passed over (RFC 6749 §3.3). */
static void
read_scope(const struct demo_call *c, char *out, size_t size)
{
	struct span known = SPAN_LIT(LOGIN_SCOPES), word;
	char name[32];
	struct buf asked;

	buf_init(&asked, LIMIT_URL);
	out[0] = '\0';
	if (call_member(c, "scope", &asked))
		while (span_word(&known, &word)) {
			size_t n = strlen(out);

			snprintf(name, sizeof(name), "%.*s", SPAN_ARG(word));
			if (span_has_word(buf_span(&asked), name))
				snprintf(out + n, size - n, "%s%s", n ? " " : "", name);
		}
	buf_release(&asked);
}

static struct login_trouble
read_pkce(const struct demo_call *c, struct login *l)
{
	char method[16] = "";

	if (!call_text(c, "code_challenge", l->challenge, sizeof(l->challenge)) ||
		!call_text(c, "code_challenge_method", method, sizeof(method)))
		return (struct login_trouble){
			"invalid_request", "The PKCE parameters are too long"};
	if (!l->challenge[0])
		return (struct login_trouble){"invalid_request",
			"PKCE is required: the parameter code_challenge is missing"};
	if (strcmp(method, "S256") != 0 || !is_challenge(l->challenge))
		return (struct login_trouble){"invalid_request",
			"Only PKCE with code_challenge_method=S256 is taken"};
	return (struct login_trouble){NULL, NULL};
}

/* All but redirect_uri and state, which the caller has read. */
static struct login_trouble
read_login(const struct demo_call *c, struct login *l)
{
	char type[32] = "", age[16] = "";
	struct buf b;
	bool object;

	buf_init(&b, LIMIT_DEMO_TOKEN);
	object = call_member(c, "request", &b);
	buf_release(&b);
	l->max_age = -1;
	if (object)
		return (struct login_trouble){"request_not_supported", "No request objects here"};
	if (!call_text(c, "response_type", type, sizeof(type)) || strcmp(type, "code") != 0)
		return (struct login_trouble){
			type[0] ? "unsupported_response_type" : "invalid_request",
			"The response_type must be code"};
	read_scope(c, l->scope, sizeof(l->scope));
	if (!l->scope[0])
		return (struct login_trouble){"invalid_scope", "None of the scopes is known"};
	if (!call_text(c, "nonce", l->nonce, sizeof(l->nonce)) ||
		!call_text(c, "prompt", l->prompt, sizeof(l->prompt)) ||
		!call_text(c, "dpop_jkt", l->jkt, sizeof(l->jkt)) ||
		!call_text(c, "max_age", age, sizeof(age)) ||
		(age[0] && span_to_i64(span_of(age), &l->max_age) != RES_OK))
		return (struct login_trouble){"invalid_request", "A parameter is malformed"};
	if (!call_text(c, "resource", l->resource, sizeof(l->resource)) ||
		(l->resource[0] && !target_known(c->s, span_of(l->resource))))
		return (struct login_trouble){"invalid_target",
			"Not a resource that this server issues tokens for"};
	if (c->s->cfg.scenario->demands & DEMAND_DEVICE)
		return (struct login_trouble){"unauthorized_client",
			"This client may log in by device only"};
	return read_pkce(c, l);
}

static bool
is_our_client(const struct demo_call *c)
{
	char id[64] = "";

	return call_text(c, "client_id", id, sizeof(id)) && strcmp(id, c->s->client_id) == 0;
}

/* redirect_uri and state: where any answer goes.  NULL, or why there is none. */
static const char *
read_return(const struct demo_call *c, struct login *l)
{
	if (!call_text(c, "redirect_uri", l->redirect_uri, sizeof(l->redirect_uri)) ||
		!redirect_allowed(span_of(l->redirect_uri)))
		return "The redirect_uri is not registered: it must be http to this machine itself "
		       "(127.0.0.1, [::1] or localhost, any port and path).";
	if (!call_text(c, "state", l->state, sizeof(l->state)))
		return "The state is too long.";
	return NULL;
}

/* --- the way back --- */

/* name and value, and with them state and iss (RFC 9207), at the redirect_uri. */
static void
send_back(struct demo_call *c, const struct login *l, const char *name, const char *value,
	const char *description)
{
	struct buf to, form;

	buf_init_wiping(&to, LIMIT_URL);
	buf_init_wiping(&form, LIMIT_URL);
	form_add(&form, name, span_of(value));
	if (description)
		form_add(&form, "error_description", span_of(description));
	if (l->state[0])
		form_add(&form, "state", span_of(l->state));
	form_add(&form, "iss", span_of(c->s->issuer));
	buf_printf(&to, "%s%c%s", l->redirect_uri, strchr(l->redirect_uri, '?') ? '&' : '?',
		buf_str(&form));
	reply_text(c, 303, "text/plain", "");
	reply_header(c, "Location", buf_str(&to));
	reply_header(c, "Cache-Control", "no-store");
	buf_release(&form);
	buf_release(&to);
}

static void
send_code(struct demo_call *c, const struct login *l)
{
	char code[HANDLE_SIZE];
	struct waits *row = waiting_add(c->s, WAITS_CODE, CODE_LIFE_S, code);

	row->login = *l;
	send_back(c, l, "code", code, NULL);
	wipe(code, sizeof(code));
}

/* --- the page --- */

static void
put_scopes(struct buf *b, const char *scope)
{
	struct span rest = span_of(scope), word;

	buf_puts(b, "<ul>\n");
	while (span_word(&rest, &word)) {
		buf_puts(b, "<li>");
		page_text(b, word);
		buf_puts(b, "</li>\n");
	}
	buf_puts(b, "</ul>\n");
}

static void
ask_consent(struct demo_call *c, const struct login *l)
{
	char handle[HANDLE_SIZE];
	struct waits *row = waiting_add(c->s, WAITS_CONSENT, CONSENT_LIFE_S, handle);
	struct buf b;

	row->login = *l;
	page_begin(&b, "Log in");
	buf_puts(&b, "<p>The client <b>");
	page_text(&b, span_of(c->s->client_id));
	buf_puts(&b, "</b> asks for</p>\n");
	put_scopes(&b, l->scope);
	buf_puts(&b, "<p>The answer goes to ");
	page_text(&b, span_of(l->redirect_uri));
	buf_printf(&b, ".</p>\n<form method=\"post\" action=\"/consent\">\n"
		"<input type=\"hidden\" name=\"request\" value=\"%s\">\n"
		"<p><button type=\"submit\" name=\"answer\" value=\"yes\">"
		"Log in as Demo User and allow</button></p>\n</form>\n"
		"<p><a href=\"/consent?request=%s\">Refuse</a></p>\n", handle, handle);
	page_send(c, 200, &b);
}

void
endpoint_consent(struct demo_call *c)
{
	bool yes = strcmp(c->req->method, "POST") == 0;
	char handle[HANDLE_SIZE] = "";
	struct waits *row = NULL;
	struct login l;

	if (call_text(c, "request", handle, sizeof(handle)))
		row = waiting_find(c->s, WAITS_CONSENT, span_of(handle));
	if (!row || waiting_over(c->s, row)) {
		page_say(c, 400, "Not known", "This login was answered before, or took too long. "
			"Begin again from the program.");
		return;
	}
	l = row->login;
	waiting_drop(c->s, row);
	if (yes) {
		send_code(c, &l);
		page_log_in(c, l.scope);
	} else {
		send_back(c, &l, "error", "access_denied", "The user refused");
	}
	wipe(&l, sizeof(l));
}

/* --- the endpoint --- */

/* prompt=none: why the user would be needed (OpenID Connect Core §3.1.2.6); NULL: he is not. */
static const char *
user_needed(const struct demo_call *c, const struct login *l)
{
	const char *always = c->s->cfg.scenario->silent;
	struct span cookie = page_cookie(c);
	int64_t since = session_since(c->s, cookie);

	if (always)
		return always;
	if (!since || (l->max_age >= 0 && store_now(c->s, false) - since > l->max_age))
		return "login_required";
	return session_consents(c->s, cookie, span_of(l->scope)) ? NULL : "consent_required";
}

static void
log_in(struct demo_call *c, const struct login *l)
{
	const struct saying *no = says_instead(c, OF_CLIENT, AT_LOGIN);
	const char *need = user_needed(c, l);
	struct span prompt = span_of(l->prompt);

	if (!no)
		no = says_instead(c, OF_TOKEN, AT_LOGIN);
	if (no)
		send_back(c, l, "error", no->error, no->description);
	else if (!need && !span_has_word(prompt, "login") && !span_has_word(prompt, "consent") &&
		!span_has_word(prompt, "select_account"))
		send_code(c, l);
	else if (!span_has_word(prompt, "none"))
		ask_consent(c, l);
	else if (!span_is(prompt, "none"))
		send_back(c, l, "error", "invalid_request", "prompt=none stands alone");
	else
		send_back(c, l, "error", need, "This cannot be done without the user");
}

/* The pushed request (RFC 9126 §4), once. */
static bool
take_pushed(struct demo_call *c, struct span uri, struct login *l)
{
	struct waits *row = NULL;

	if (span_starts(uri, REQUEST_URI_PREFIX))
		row = waiting_find(c->s, WAITS_PUSHED, span_from(uri, strlen(REQUEST_URI_PREFIX)));
	if (!row || waiting_over(c->s, row)) {
		page_say(c, 400, "invalid_request_uri",
			"The request_uri is not known, was used before or is too old.");
		return false;
	}
	*l = row->login;
	waiting_drop(c->s, row);
	return true;
}

static void
authorize_directly(struct demo_call *c, struct login *l)
{
	bool post = strcmp(c->req->method, "POST") == 0;
	const char *nowhere = form_repeats(post ? buf_span(&c->req->body) : c->query)
		? "A parameter is there twice." : read_return(c, l);
	struct login_trouble t;

	if (nowhere) {
		page_say(c, 400, "invalid_request", nowhere);
		return;
	}
	t = read_login(c, l);
	if (!t.error && (c->s->cfg.scenario->demands & DEMAND_PAR))
		t = (struct login_trouble){"invalid_request",
			"This server takes pushed authorization requests only (PAR)"};
	if (t.error)
		send_back(c, l, "error", t.error, t.why);
	else
		log_in(c, l);
}

void
endpoint_authorize(struct demo_call *c)
{
	struct login l = {.max_age = -1};
	struct buf uri;

	buf_init(&uri, LIMIT_URL);
	if (!is_our_client(c))
		page_say(c, 400, "unauthorized_client",
			"The client_id is not one that this server knows.");
	else if (!call_member(c, "request_uri", &uri))
		authorize_directly(c, &l);
	else if (take_pushed(c, buf_span(&uri), &l))
		log_in(c, &l);
	buf_release(&uri);
	wipe(&l, sizeof(l));
}

void
endpoint_par(struct demo_call *c)
{
	struct login l = {.max_age = -1};
	char handle[HANDLE_SIZE], uri[128];
	struct proof_trouble proof;
	struct login_trouble t = {NULL, NULL};
	struct json *doc;

	if (!client_admit(c, AT_TOKEN))
		return;
	proof = proof_check(c, SPAN_EMPTY, false);
	proof_nonce_header(c);
	if (proof.error) {
		reply_oauth_error(c, 400, proof.error, proof.why);
		return;
	}
	t.why = read_return(c, &l);
	t.error = t.why ? "invalid_request" : NULL;
	if (!t.error)
		t = read_login(c, &l);
	if (!t.error && l.jkt[0] && c->shown.jkt[0] && strcmp(l.jkt, c->shown.jkt) != 0)
		t = (struct login_trouble){"invalid_dpop_proof", "dpop_jkt is another key's"};
	if (t.error) {
		reply_oauth_error(c, 400, t.error, t.why);
		return;
	}
	if (c->shown.jkt[0]) /* RFC 9449 §10.1 */
		snprintf(l.jkt, sizeof(l.jkt), "%s", c->shown.jkt);
	waiting_add(c->s, WAITS_PUSHED, PUSHED_LIFE_S, handle)->login = l;
	snprintf(uri, sizeof(uri), REQUEST_URI_PREFIX "%s", handle);
	doc = json_new_object();
	json_set_str(doc, "request_uri", uri);
	json_set_i64(doc, "expires_in", PUSHED_LIFE_S);
	reply_json(c, 201, doc);
	wipe(&l, sizeof(l));
}

/* --- the code at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.6) --- */

/* Why this code buys nothing here; NULL: it does. */
static const char *
code_trouble(struct demo_call *c, struct waits *row, struct buf *text)
{
	struct grant *g;
	char hash[THUMB_SIZE];

	if (!row || waiting_over(c->s, row))
		return "The code is not known, or expired";
	if (row->used) { /* what it bought is no longer good (RFC 6749 §4.1.2) */
		g = store_find_grant(c->s, row->grant_id);
		if (g)
			g->dead = true;
		return "The code was already used; all tokens of this login are revoked";
	}
	if (!form_member(c, "redirect_uri", text) ||
		!span_is(buf_span(text), row->login.redirect_uri))
		return "The redirect_uri is not the one of the authorization request";
	if (!form_member(c, "code_verifier", text) ||
		!store_thumb(c->s, buf_span(text), hash) || strcmp(hash, row->login.challenge) != 0)
		return "The code_verifier does not fit the code_challenge";
	if (row->login.jkt[0] && strcmp(row->login.jkt, c->shown.jkt) != 0)
		return "The code is bound to another DPoP key";
	return NULL;
}

void
grant_code(struct demo_call *c, struct buf *text)
{
	char resource[192];
	const char *why;
	struct waits *row;
	struct grant *g;

	if (!form_member(c, "code", text)) {
		reply_oauth_error(c, 400, "invalid_request", "The parameter code is missing");
		return;
	}
	row = waiting_find(c->s, WAITS_CODE, buf_span(text));
	why = code_trouble(c, row, text);
	if (why) {
		reply_oauth_error(c, 400, "invalid_grant", why);
		return;
	}
	if (!resource_wanted(c, "resource", resource, sizeof(resource)))
		return;
	store_make_room(c->s);
	g = store_grant(c->s, c->s->client_id, span_of(row->login.scope), false);
	snprintf(g->nonce, sizeof(g->nonce), "%s", row->login.nonce);
	snprintf(g->audience, sizeof(g->audience), "%s", row->login.resource);
	row->used = true;
	snprintf(row->grant_id, sizeof(row->grant_id), "%s", g->id);
	reply_tokens(c, &(struct issue){.grant = g, .scope = span_of(g->scope),
		.audience = resource, .refresh = true});
	g->nonce[0] = '\0'; /* the first ID token's alone (OpenID Connect Core §12.2) */
}
