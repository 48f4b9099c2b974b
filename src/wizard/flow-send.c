/* What the flows ask for. */
#include "wizard/flow-parts.h"

#include "base/mem.h"
#include "base/text.h"

struct span
flow_issuer(const struct flow *f)
{
	const struct case_file *c = f->w->c;

	return c->metadata.issuer.n ? c->metadata.issuer : span_of(c->profile.issuer);
}

bool
flow_pushes(const struct flow *f)
{
	bool required;

	if (!flow_is_redirect(f->kind))
		return false;
	return f->push ||
		(json_to_bool(
			 json_get(f->w->c->metadata.doc, "require_pushed_authorization_requests"),
			 &required) &&
			required);
}

enum flow_request
flow_first(const struct flow *f)
{
	return f->kind == FLOW_DEVICE ? SEND_DEVICE : SEND_TOKEN;
}

/* --- the authorization request ------------------------------------------------------------ */

/*
 * offline_access needs the user's consent each time (OpenID Connect Core §11), and is ignored
 * without it by some servers.
 */
static struct span
prompt_of(const struct flow *f)
{
	if (f->kind == FLOW_SILENT)
		return SPAN_LIT("none");
	return span_has_word(span_of(f->scope), "offline_access") ? SPAN_LIT("consent")
								  : SPAN_EMPTY;
}

/* RFC 9449 §10: the code is for the holder of our key alone. */
static enum res
bind_code(const struct flow *f, struct buf *out)
{
	const char *jkt = wizard_dpop_jkt(f->w);

	return *jkt ? form_add(out, "dpop_jkt", span_of(jkt)) : RES_OK;
}

static enum res
request_form(const struct flow *f, struct span client_id, struct buf *out)
{
	const struct case_token *id = case_token(f->w->c, SLOT_ID);
	struct auth_request r = {
		.client_id = client_id,
		.redirect_uri = buf_span(&f->redirect_uri),
		.scope = span_of(f->scope),
		.challenge = span_of(f->challenge),
		.prompt = prompt_of(f),
		.audience = span_of(f->audience),
		.resource = span_of(f->resource),
		.state = f->state,
		.nonce = span_has_word(span_of(f->scope), "openid") ? f->nonce : NULL,
	};

	enum res res;

	/*
	 * Whose session it is about, where that is known; but not in the arguments of a browser,
	 * which other users of the machine can read.
	 */
	if (f->kind == FLOW_SILENT && (!f->open_browser || flow_pushes(f)) && id->present &&
		id->value && secret_len(id->value) < LIMIT_URL / 2)
		r.id_token_hint = id->value;
	res = auth_request_form(out, &r);
	return res == RES_OK ? bind_code(f, out) : res;
}

enum res
flow_authorization_url(struct flow *f)
{
	struct span endpoint = wizard_endpoint(f->w, EP_AUTHORIZATION);
	struct buf form;
	enum res r;

	buf_init_wiping(&form, 2 * LIMIT_URL);
	buf_clear(&f->url);
	if (f->request_uri) { /* RFC 9126 §4: everything else was pushed */
		(void)form_add(&form, "client_id", span_of(f->w->c->profile.client_id));
		r = form_add(&form, "request_uri", span_of(f->request_uri));
	} else {
		r = request_form(f, span_of(f->w->c->profile.client_id), &form);
	}
	if (r == RES_OK)
		r = auth_request_url(&f->url, endpoint, buf_span(&form));
	buf_release(&form);
	return r;
}

/* --- the token request -------------------------------------------------------------------- */

static void
add_targets(const struct flow *f, struct buf *body)
{
	(void)form_add_words(body, "audience", span_of(f->audience));
	(void)form_add_words(body, "resource", span_of(f->resource));
}

static void
exchange_form(const struct flow *f, struct buf *body)
{
	static const char access[] = "urn:ietf:params:oauth:token-type:access_token";

	(void)form_add_secret(body, "subject_token", case_token(f->w->c, SLOT_ACCESS)->value);
	(void)form_add(body, "subject_token_type", span_of(access));
	(void)form_add(body, "requested_token_type", span_of(access));
	add_targets(f, body);
	if (f->scope)
		(void)form_add(body, "scope", span_of(f->scope));
}

static void
token_form(const struct flow *f, struct buf *body)
{
	(void)form_add(body, "grant_type", span_of(flow_row(f->kind)->grant));
	switch (f->kind) {
	case FLOW_CODE:
	case FLOW_SILENT:
		(void)form_add_secret(body, "code", f->code);
		(void)form_add(body, "redirect_uri", buf_span(&f->redirect_uri));
		(void)form_add_secret(body, "code_verifier", f->verifier);
		(void)form_add_words(body, "resource", span_of(f->resource));
		break;
	case FLOW_DEVICE:
		(void)form_add_secret(body, "device_code", f->device_code);
		break;
	case FLOW_CLIENT:
		if (f->scope)
			(void)form_add(body, "scope", span_of(f->scope));
		add_targets(f, body);
		break;
	case FLOW_EXCHANGE:
		exchange_form(f, body);
		break;
	case FLOW_COUNT:
		break;
	}
}

/* --- one request -------------------------------------------------------------------------- */

static const struct {
	enum purpose purpose;
	enum endpoint endpoint;
} requests[] = {
	[SEND_PUSH] = {PURPOSE_PAR, EP_PAR},
	[SEND_DEVICE] = {PURPOSE_DEVICE, EP_DEVICE},
	[SEND_TOKEN] = {PURPOSE_TOKEN, EP_TOKEN},
};

/*
 * It belongs to the pushed request however the client authenticates (RFC 9126 §2.1), does no harm
 * in a device's (RFC 8628 §3.1), and once is enough.
 */
static void
name_client(const struct flow *f, enum flow_request r, struct buf *body)
{
	struct buf there;

	buf_init(&there, LIMIT_TOKEN);
	if (r != SEND_TOKEN && !form_get(buf_span(body), "client_id", &there))
		(void)form_add(body, "client_id", span_of(f->w->c->profile.client_id));
	buf_release(&there);
}

void
flow_build(struct flow *f, enum flow_request r, struct engine_call *call)
{
	struct buf *body;

	call_form(call, f->w, STEP_HANDLE, requests[r].purpose, requests[r].endpoint);
	body = &call->http.body;
	if (r == SEND_TOKEN) {
		token_form(f, body);
	} else if (r == SEND_PUSH) {
		(void)!request_form(f, SPAN_EMPTY, body);
	} else {
		if (f->scope)
			(void)form_add(body, "scope", span_of(f->scope));
		add_targets(f, body);
	}
	if (r == SEND_TOKEN && f->kind == FLOW_EXCHANGE)
		call->slot = SLOT_ACCESS;
	wizard_authenticate(f->w, requests[r].endpoint, call);
	name_client(f, r, body);
	call->idempotent = false;
	call->done = flow_done;
	call->ctx = f;
}

void
flow_send(struct flow *f, enum flow_request r)
{
	struct engine_call call;

	if (r == SEND_TOKEN && f->kind == FLOW_DEVICE)
		f->polls++;
	else
		flow_enter(f, r == SEND_TOKEN ? FLOW_REDEEMING : FLOW_ASKING, "%s",
			r == SEND_PUSH ? _("The authorization request is pushed to the server.")
				: r == SEND_DEVICE ? _("The server is asked for the two codes.")
						   : _("The token endpoint is asked."));
	flow_build(f, r, &call);
	/* a poll for a device's tokens mostly brings none */
	f->redeems = r == SEND_TOKEN && f->kind != FLOW_DEVICE;
	f->refs++;
	f->next_us = 0;
	f->id = call_submit(f->w, &call);
}
