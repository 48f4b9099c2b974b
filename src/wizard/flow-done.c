/* What comes back to a login: the redirect, the device's codes, tokens or an error. */
#include "wizard/flow-parts.h"

#include "base/text.h"
#include "engine/browser.h"
#include "oauth/oautherror.h"

/* --- words -------------------------------------------------------------------------------- */

static void
fail_with_error(struct flow *f, enum endpoint who, const char *code, const char *said)
{
	const char *meaning = oauth_error_meaning(span_of(code));
	char reason[LIMIT_MESSAGE];

	text_format(reason, sizeof reason, "%s%s%s%s%s%s", code, *said ? " (\"" : "", said,
		*said ? "\")" : "", meaning ? ": " : "", meaning ? tr(meaning) : "");
	flow_fail(f, code, "The %s answered %s.", tr(endpoint_words(who)), reason);
}

/* The protocol's own code where an alias took its place. */
static const char *
code_of(const struct exchange *x)
{
	return oauth_error_of_device(span_of(x->answer.vendor_code)) ? x->answer.vendor_code
								     : x->answer.error;
}

static void
fail_without(struct flow *f, const struct exchange *x)
{
	int status = x->result.response.status;

	if (x->purpose == PURPOSE_TOKEN)
		flow_fail(f, "", "The token endpoint answered %d without a token.", status);
	else if (x->purpose == PURPOSE_PAR)
		flow_fail(f, "",
			"The pushed authorization request endpoint answered %d without a "
			"request_uri.",
			status);
	else
		flow_fail(f, "",
			"The device authorization endpoint answered %d without a device code and "
			"a user code.",
			status);
}

static void
fail_with_answer(struct flow *f, const struct exchange *x)
{
	const struct net_result *r = &x->result;
	enum endpoint who = purpose_endpoint(x->purpose);

	if (x->answer.error[0])
		fail_with_error(f, who, code_of(x), x->answer.description);
	else if (r->error != NETERR_NONE)
		flow_fail(f, net_error_id(r->error), "The request to the %s failed: %s.",
			tr(endpoint_words(who)),
			r->error_text[0] ? r->error_text : tr(net_error_words(r->error)));
	else
		fail_without(f, x);
}

/* --- the redirect ------------------------------------------------------------------------- */

static const char *
log_in_words(const struct flow *f)
{
	return f->opened ? _("A browser was started with the address; log in there.")
			 : _("Open the address in a browser, and log in there.");
}

void
flow_wait_for_browser(struct flow *f)
{
	struct err e = ERR_INIT;

	f->expires_us = clock_mono_us(f->w->deps.clock) + FLOW_PATIENCE_S * 1000000LL;
	if (f->open_browser)
		f->opened = browser_open(buf_span(&f->url), &e) == RES_OK;
	if (*e.text)
		log_add(f->w->deps.log, LOG_INFO, LOGC_STEP, 0, "login: %s", e.text);
	flow_enter(f, FLOW_WAITING, "%s%s", log_in_words(f),
		f->listener ? _(" On another machine: paste back the address the browser ends at.")
			    : _(" Then paste back the address that the browser ends at."));
}

/* The whole address that the browser was sent to. */
static void
whole_address(const struct flow *f, struct span given, struct buf *out)
{
	size_t mark = span_find(given, '?');

	if (span_find_str(span_sub(given, 0, mark), "://") != SIZE_MAX) {
		(void)buf_add_span(out, given);
		return;
	}
	(void)buf_add_span(out, buf_span(&f->redirect_uri));
	(void)buf_putc(out, '?');
	(void)buf_add_span(out, mark == SIZE_MAX ? given : span_from(given, mark + 1));
}

/*
 * The redirect as an exchange: the request is the one the browser was given, the response what sent
 * it back.  Only its Location was seen here; 302 stands for whatever brought it.
 */
static uint32_t
record_redirect(struct flow *f, struct span given)
{
	struct wizard *w = f->w;
	struct http_request req;
	struct net_result raw;
	struct buf address;
	struct exchange *x;

	http_request_init(&req);
	net_result_init(&raw);
	buf_init_wiping(&address, 4 * LIMIT_URL);
	http_request_set(&req, "GET", buf_span(&f->url));
	whole_address(f, given, &address);
	raw.response.status = 302;
	(void)http_headers_add(&raw.response.headers, SPAN_LIT("Location"), buf_span(&address));
	raw.sent_wall_us = raw.answered_wall_us = clock_wall_us(w->deps.clock);
	x = case_add(w->c,
		exchange_record(&req, &raw, STEP_HANDLE, PURPOSE_AUTHORIZATION, w->deps.redactor));
	x->attempt = 1;
	http_request_release(&req);
	net_result_release(&raw);
	buf_release(&address);
	return x->n;
}

static enum login_check
check_of(enum auth_fault fault)
{
	switch (fault) {
	case AUTH_REPEATED:
		return CHECK_RESPONSE_REPEATED;
	case AUTH_NO_ISS:
		return CHECK_RESPONSE_NO_ISS;
	case AUTH_OTHER_ISS:
		return CHECK_RESPONSE_ISS;
	case AUTH_EMPTY:
	case AUTH_NO_STATE:
	case AUTH_OTHER_STATE:
	case AUTH_FINE:
		break;
	}
	return CHECK_RESPONSE_EMPTY;
}

/* The redirect's answer was checked to be ours (state); goes on or fails. */
static void
take_response(
	struct flow *f, const struct auth_response *r, struct span address, enum auth_fault fault)
{
	struct wizard *w = f->w;
	struct secret *code = r->code.len ? secret_new(buf_span(&r->code)) : NULL;
	char error[64], said[200];
	uint32_t n;

	redactor_add(w->deps.redactor, code);
	n = record_redirect(f, address);
	text_safe_into(error, sizeof error, buf_span(&r->error));
	text_safe_into(said, sizeof said, buf_span(&r->description));
	if (fault != AUTH_FINE) {
		case_set_checks(w->c, n, check_bit(check_of(fault)), "");
		flow_fail(f, "authorization_response", "The answer of the login is not used: %s.",
			tr(auth_fault_words(fault)));
	} else if (*error) {
		fail_with_error(f, EP_AUTHORIZATION, error, said);
	} else {
		secret_unref(f->code);
		f->code = secret_ref(code);
		flow_send(f, SEND_TOKEN);
	}
	secret_unref(code);
}

static enum auth_fault
check_response(const struct flow *f, const struct auth_response *r)
{
	bool promised = false;
	struct auth_expect x = {.state = f->state, .issuer = flow_issuer(f)};

	(void)json_to_bool(
		json_get(f->w->c->metadata.doc, "authorization_response_iss_parameter_supported"),
		&promised);
	x.iss_promised = promised;
	return auth_response_check(r, &x);
}

static bool
is_foreign(enum auth_fault fault)
{
	return fault == AUTH_NO_STATE || fault == AUTH_OTHER_STATE;
}

static void
ignore(struct flow *f, const char *how, const char *why)
{
	f->ignored++;
	log_add(f->w->deps.log, LOG_WARN, LOGC_STEP, 0, "login: %s is ignored: %s", how, why);
	flow_show(f);
}

enum res
wizard_login_paste(struct wizard *w, struct span redirect, struct err *e)
{
	struct flow *f = w->flow;
	struct auth_response r;
	enum auth_fault fault;
	enum res res;

	if (!f || f->phase != FLOW_WAITING || !flow_is_redirect(f->kind))
		return err_set(e, RES_REFUSED, "no login waits for an address");
	auth_response_init(&r);
	res = auth_response_read(&r, redirect, e);
	if (res != RES_OK)
		goto out;
	fault = check_response(f, &r);
	if (is_foreign(fault)) {
		ignore(f, "a pasted address", auth_fault_words(fault));
		res = err_set(e, RES_REFUSED, "this is not the answer to this login: %s",
			auth_fault_words(fault));
		goto out;
	}
	take_response(f, &r, span_trim(redirect), fault);
out:
	auth_response_release(&r);
	return res;
}

static void
answer_page(struct flow *f, const struct auth_response *r, enum auth_fault fault)
{
	struct listener *l = f->listener;

	if (is_foreign(fault))
		listener_answer(l, 400, "Not the answer to this login",
			"tokentriage did not ask for this, and takes nothing from it.");
	else if (fault != AUTH_FINE)
		listener_answer(l, 400, "This answer is not used",
			"tokentriage says why. You can close this page.");
	else if (r->error.len)
		listener_answer(l, 200, "The login did not succeed",
			"tokentriage shows what the server said. You can close this page.");
	else
		listener_answer(l, 200, "Back to tokentriage",
			"The answer of the login has arrived. You can close this page.");
}

static void
turn_listener(struct flow *f)
{
	struct span target;

	while (f->listener && listener_next(f->listener, &target)) {
		struct auth_response r;
		enum auth_fault fault = AUTH_NO_STATE;
		struct buf copy;

		auth_response_init(&r);
		buf_init_wiping(&copy, LISTEN_REQUEST_MAX);
		(void)buf_add_span(&copy, target);
		if (auth_response_read(&r, target, NULL) == RES_OK)
			fault = check_response(f, &r);
		answer_page(f, &r, fault);
		if (is_foreign(fault) || f->phase != FLOW_WAITING)
			ignore(f, "a request to the redirect URI", auth_fault_words(fault));
		else
			take_response(f, &r, buf_span(&copy), fault);
		auth_response_release(&r);
		buf_release(&copy);
	}
}

void
flow_turn(struct flow *f)
{
	int64_t now = clock_mono_us(f->w->deps.clock);

	if (f->listener)
		turn_listener(f);
	if (f->phase != FLOW_WAITING || f->id)
		return;
	if (f->next_us && now >= f->next_us)
		flow_send(f, SEND_TOKEN);
	else if (f->expires_us && now >= f->expires_us)
		flow_fail(f, "timeout",
			"No answer came back from the browser in ten minutes: begin again.");
}

/* --- pushed ------------------------------------------------------------------------------- */

static void
pushed(struct flow *f, const struct json *doc, const struct exchange *x)
{
	struct span uri = json_get_str(doc, "request_uri");
	int64_t seconds;
	enum num_form form;

	if (x->answer.error[0] || x->result.response.status / 100 != 2 || !uri.n) {
		fail_with_answer(f, x);
		return;
	}
	free(f->request_uri);
	f->request_uri = span_dup(uri);
	if (flow_authorization_url(f) != RES_OK) {
		flow_fail(f, "", "The request_uri is longer than an address can be.");
		return;
	}
	flow_wait_for_browser(f);
	if (!json_to_i64(json_get(doc, "expires_in"), &seconds, &form) || seconds <= 0)
		return;
	flow_enter(f, FLOW_WAITING,
		"The request was pushed, and its address is good for %lld s. %s%s",
		(long long)seconds, log_in_words(f),
		f->listener ? "" : _(" Then paste back the address that the browser ends at."));
}

/* --- the device's codes ------------------------------------------------------------------- */

static int64_t
seconds_of(const struct json *doc, const char *name, int64_t otherwise, int64_t most)
{
	int64_t v;
	enum num_form form;

	if (!json_to_i64(json_get(doc, name), &v, &form) || v < 0)
		return otherwise;
	return v < most ? v : most;
}

static void
take_uri(char out[FLOW_URI_MAX], struct span uri)
{
	out[0] = '\0';
	if ((span_starts_nocase(uri, "https://") || span_starts_nocase(uri, "http://")) &&
		uri.n < FLOW_URI_MAX)
		text_safe_into(out, FLOW_URI_MAX, uri);
}

static void
got_codes(struct flow *f, const struct json *doc, const struct exchange *x)
{
	struct span device = json_get_str(doc, "device_code"),
		    user = json_get_str(doc, "user_code"),
		    uri = json_get_str(doc, "verification_uri");
	int64_t now = clock_mono_us(f->w->deps.clock), interval;
	struct secret *s;

	/* as Google wrote it before there was a standard */
	take_uri(f->verification_uri, uri.n ? uri : json_get_str(doc, "verification_url"));
	if (x->result.response.status / 100 != 2 || !device.n || !user.n ||
		!f->verification_uri[0]) {
		fail_with_answer(f, x);
		return;
	}
	take_uri(f->verification_uri_complete, json_get_str(doc, "verification_uri_complete"));
	text_safe_into(f->user_code, sizeof f->user_code, user);
	s = secret_new(user);
	redactor_add(f->w->deps.redactor, s);
	secret_unref(s);
	f->device_code = secret_new(device);
	redactor_add(f->w->deps.redactor, f->device_code);
	interval = seconds_of(doc, "interval", FLOW_POLL_S, FLOW_POLL_MOST_S);
	f->interval_us = (interval ? interval : 1) * 1000000;
	f->expires_us = now + seconds_of(doc, "expires_in", FLOW_PATIENCE_S, 86400) * 1000000;
	f->next_us = now + f->interval_us;
	if (f->open_browser)
		f->opened = browser_open(span_of(*f->verification_uri_complete
							 ? f->verification_uri_complete
							 : f->verification_uri),
				    NULL) == RES_OK;
	flow_enter(f, FLOW_WAITING, "Open the address on any device, and enter the code there.");
}

/*
 * The last question is put when the time is over: then the server itself says so.  False: it was,
 * and the login has ended.
 */
static bool
poll_again(struct flow *f)
{
	int64_t now = clock_mono_us(f->w->deps.clock);

	if (now >= f->expires_us) {
		flow_fail(f, "expired_token",
			"The codes are expired, and nobody entered the user code in time: begin "
			"again.");
		return false;
	}
	f->next_us = now + f->interval_us;
	if (f->next_us > f->expires_us)
		f->next_us = f->expires_us;
	return true;
}

static void
poll_later(struct flow *f, const char *words)
{
	if (poll_again(f))
		flow_enter(f, FLOW_WAITING, "%s", tr(words));
}

static void
slower(struct flow *f, int64_t by_us)
{
	f->interval_us += by_us;
	if (f->interval_us > FLOW_POLL_MOST_S * 1000000LL)
		f->interval_us = FLOW_POLL_MOST_S * 1000000LL;
}

/* RFC 8628 §3.5.  True: it is asked again. */
static bool
not_yet(struct flow *f, const struct exchange *x)
{
	const char *code = code_of(x);
	int status = x->result.response.status;

	if (f->kind != FLOW_DEVICE)
		return false;
	if (!strcmp(code, "authorization_pending")) {
		poll_later(f, "Open the address on any device, and enter the code there.");
	} else if (!strcmp(code, "slow_down")) {
		slower(f, FLOW_SLOW_DOWN_S * 1000000);
		poll_later(f,
			"The server wants to be asked less often (slow_down): 5 s more "
			"between two questions from now on.");
	} else if (exchange_unanswered(x) || status == 429 || status >= 500) {
		slower(f, f->interval_us); /* twice as long (§3.5) */
		poll_later(f,
			"The token endpoint did not answer as it should; it is asked again, "
			"less often.");
	} else {
		return false;
	}
	return true;
}

/* --- what a request brought --------------------------------------------------------------- */

static void
token_answered(struct flow *f, const struct net_result *raw, const struct exchange *x)
{
	struct token_response t = {0};

	if (x->answer.outcome == OUTCOME_SUCCESS &&
		token_response_read(&t, buf_span(&raw->response.body), NULL) == RES_OK) {
		if (f->phase == FLOW_WAITING)
			flow_enter(f, FLOW_REDEEMING, "The tokens are there.");
		flow_take_tokens(f, &t, x);
	} else if (!not_yet(f, x)) {
		fail_with_answer(f, x);
	}
	token_response_release(&t);
}

static void
answered(struct flow *f, const struct net_result *raw, const struct exchange *x)
{
	struct json *doc = NULL;

	if (x->purpose == PURPOSE_TOKEN) {
		token_answered(f, raw, x);
		return;
	}
	if (json_parse(&doc, span_trim(buf_span(&raw->response.body)), NULL) != RES_OK)
		doc = NULL;
	if (x->purpose == PURPOSE_PAR)
		pushed(f, doc, x);
	else
		got_codes(f, doc, x);
	json_free(doc);
}

void
flow_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct flow *f = ctx;
	struct wizard *w = f->w;
	bool mine = w->flow == f && flow_active(f->phase) && f->id;

	w->outstanding--;
	f->id = 0;
	if (f->redeems && (!x || exchange_unanswered(x))) {
		w->n_login_open++;
		w->n_unrecorded += !x;
	}
	if (mine && x && x->result.error != NETERR_CANCELLED) {
		answered(f, raw, x);
	} else if (mine && f->phase == FLOW_WAITING) {
		if (poll_again(f))
			flow_show(f);
	} else if (mine) {
		flow_enter(f, FLOW_CANCELLED, "The login was cancelled.");
	}
	flow_unref(f);
}
