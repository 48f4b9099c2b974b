/* Logging in on another device (RFC 8628): the codes, the page to confirm one, and the polls. */
#include "demo/endpoints.h"

#include "base/limits.h"
#include "base/mem.h"

enum {
	DEVICE_LIFE_S = 600,
	SLOWER_S = 5,      /* §3.5 */
	GRACE_S = 1,       /* these clocks count whole seconds */
	CODE_LETTERS = 8,
};

/* §6.1: no vowels, so that no words come out; 20^8. */
static void
make_user_code(const struct store *s, char out[12])
{
	static const char set[] = "BCDFGHJKLMNPQRSTVWXZ";
	unsigned char raw;
	size_t n = 0;

	for (size_t i = 0; i < CODE_LETTERS; i++) {
		do
			s->cfg.fill_random(&raw, 1);
		while (raw >= 240); /* a multiple of 20: all letters are as likely */
		if (i == CODE_LETTERS / 2)
			out[n++] = '-';
		out[n++] = set[raw % 20];
	}
	out[n] = '\0';
}

static void
reply_device(struct demo_call *c, const struct waits *row, const char *device_code)
{
	struct json *doc = json_new_object();
	char uri[128];

	json_set_str(doc, "device_code", device_code);
	json_set_str(doc, "user_code", row->user_code);
	snprintf(uri, sizeof(uri), "%s/device", c->s->origin);
	json_set_str(doc, "verification_uri", uri);
	snprintf(uri, sizeof(uri), "%s/device?user_code=%s", c->s->origin, row->user_code);
	json_set_str(doc, "verification_uri_complete", uri);
	json_set_i64(doc, "expires_in", DEVICE_LIFE_S);
	json_set_i64(doc, "interval", row->interval_s);
	reply_json(c, 200, doc);
}

void
endpoint_device(struct demo_call *c)
{
	const struct scenario *sc = c->s->cfg.scenario;
	char code[HANDLE_SIZE], resource[192];
	struct waits *row;
	struct buf scope;

	if (!client_admit(c, AT_TOKEN) ||
		!resource_wanted(c, "resource", resource, sizeof(resource)))
		return;
	buf_init(&scope, LIMIT_URL);
	if (!form_member(c, "scope", &scope))
		buf_puts(&scope, "openid");
	if (!scope_within(buf_span(&scope), SPAN_LIT(DEMO_SCOPE " offline_access"))) {
		reply_oauth_error(c, 400, "invalid_scope", "A scope is not known");
	} else {
		row = waiting_add(c->s, WAITS_DEVICE, DEVICE_LIFE_S, code);
		snprintf(row->login.scope, sizeof(row->login.scope), "%s", buf_str(&scope));
		snprintf(row->login.resource, sizeof(row->login.resource), "%s", resource);
		row->interval_s = sc->interval_s ? sc->interval_s : DEMO_INTERVAL_S;
		make_user_code(c->s, row->user_code);
		reply_device(c, row, code);
		wipe(code, sizeof(code));
	}
	buf_release(&scope);
}

/* --- the page (§3.3) --- */

static void
ask_code(struct demo_call *c, int status, const char *trouble, struct span code)
{
	struct buf b;

	page_begin(&b, "Connect a device");
	if (trouble)
		buf_printf(&b, "<p><b>%s</b></p>\n", trouble);
	buf_puts(&b, "<p>Confirm only if your device or program shows this very code.</p>\n"
		"<form method=\"post\" action=\"/device\">\n"
		"<p><label>Code <input name=\"user_code\" autocomplete=\"off\" value=\"");
	page_text(&b, code);
	buf_puts(&b, "\"></label>\n<button type=\"submit\">Log in as Demo User and allow</button>"
		"</p>\n");
	buf_puts(&b, "<p><button type=\"submit\" name=\"answer\" value=\"no\">Refuse</button></p>\n"
		"</form>\n");
	page_send(c, status, &b);
}

void
endpoint_device_page(struct demo_call *c)
{
	bool post = strcmp(c->req->method, "POST") == 0;
	char answer[8] = "", text[32] = "";
	struct waits *row;

	if (!call_text(c, "user_code", text, sizeof(text)) ||
		!call_text(c, "answer", answer, sizeof(answer)))
		text[0] = '\0';
	if (!post) {
		ask_code(c, 200, NULL, span_of(text));
		return;
	}
	row = waiting_device(c->s, span_of(text));
	if (!row || row->device != DEVICE_OPEN) {
		ask_code(c, 400, "This code is not known, was used before, or is too old.",
			span_of(text));
		return;
	}
	row->device = strcmp(answer, "no") == 0 || says_instead(c, OF_TOKEN, AT_LOGIN)
		? DEVICE_REFUSED : DEVICE_ALLOWED;
	if (row->device == DEVICE_REFUSED) {
		page_say(c, 200, "Refused", "The device gets no access. You can close this page.");
		return;
	}
	page_say(c, 200, "Connected", "The device is logged in. You can close this page.");
	page_log_in(c, row->login.scope);
}

/* --- the poll (§3.4, §3.5) --- */

/* The error that a poll is answered; NULL: the user has allowed it. */
static const char *
poll_error(const struct store *s, struct waits *row, const char **why)
{
	const int64_t now = store_now(s, false), last = row->asked_s;

	row->asked_s = now;
	*why = "The device code has expired";
	if (waiting_over(s, row))
		return "expired_token";
	*why = "The user has refused";
	if (row->device == DEVICE_REFUSED)
		return "access_denied";
	if (row->device == DEVICE_ALLOWED)
		return NULL;
	if (last && now - last < row->interval_s - GRACE_S) {
		row->interval_s += SLOWER_S;
		*why = "Asked again too soon: wait 5 seconds longer from now on";
		return "slow_down";
	}
	*why = "The user has not finished yet";
	return "authorization_pending";
}

void
grant_device(struct demo_call *c, struct buf *text)
{
	struct waits *row = NULL;
	const char *error, *why;
	struct grant *g;

	if (!form_member(c, "device_code", text)) {
		reply_oauth_error(
			c, 400, "invalid_request", "The parameter device_code is missing");
		return;
	}
	row = waiting_find(c->s, WAITS_DEVICE, buf_span(text));
	if (!row) {
		reply_oauth_error(c, 400, "invalid_grant", "The device code is not known");
		return;
	}
	error = poll_error(c->s, row, &why);
	if (error) {
		reply_oauth_error(c, 400, error, why);
		return;
	}
	store_make_room(c->s);
	g = store_grant(c->s, c->s->client_id, span_of(row->login.scope), false);
	snprintf(g->audience, sizeof(g->audience), "%s", row->login.resource);
	waiting_drop(c->s, row);
	reply_tokens(c, &(struct issue){.grant = g, .scope = span_of(g->scope), .refresh = true});
}
