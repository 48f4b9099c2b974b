/* inspect: offline diagnosis of what a user sent. */
#include "cli/app.h"

#include "base/file.h"

static const struct {
	enum purpose purpose;
	enum step step;
	enum token_slot slot;
} asked[] = {
	/* in the order of --step's words */
	{PURPOSE_INTROSPECTION, STEP_VERIFY, SLOT_ACCESS},
	{PURPOSE_USERINFO, STEP_HANDLE, SLOT_ACCESS},
	{PURPOSE_REFRESH, STEP_REFRESH, SLOT_REFRESH},
	{PURPOSE_REVOCATION, STEP_HANDLE, SLOT_ACCESS},
};

struct inspection {
	struct app *app;
	unsigned walked; /* steps of which there is evidence */
	bool not_understood; /* an answer that is neither success nor a named error */
};

/* Which question a response without a --step answers, by its content; index into asked. */
static int
guess_question(const struct http_response *r)
{
	struct json *doc = NULL;
	struct span error;
	bool active, answer = false;
	int q = 1;

	if (json_parse(&doc, buf_span(&r->body), NULL) != RES_OK)
		doc = NULL;
	error = json_get_str(doc, "error");
	if (json_to_bool(json_get(doc, "active"), &active))
		q = 0;
	else if (json_get_str(doc, "access_token").n)
		q = 2;
	else if (json_get_str(doc, "sub").n || http_has_header(&r->headers, "www-authenticate"))
		answer = true;
	if (!answer &&
		(span_is(error, "invalid_grant") || span_is(error, "unsupported_grant_type") ||
			span_is(error, "invalid_client") || span_is(error, "unauthorized_client") ||
			span_is(error, "invalid_scope")))
		q = 2;
	json_free(doc);
	return q;
}

static void
add_response(struct inspection *in, struct http_response *take)
{
	struct app *a = in->app;
	int q = opt_given(a->opt, OPT_STEP) ? opt_choice(a->opt, OPT_STEP) : guess_question(take);
	struct http_request req;
	struct net_result raw;
	struct exchange *x;

	http_request_init(&req);
	http_request_set(&req, q == 1 ? "GET" : "POST", SPAN_EMPTY);
	net_result_init(&raw);
	http_response_release(&raw.response);
	raw.response = *take;
	x = exchange_record(&req, &raw, asked[q].step, asked[q].purpose, a->redactor);
	x->imported = true;
	x->slot = asked[q].slot;
	in->not_understood = x->answer.outcome == OUTCOME_OTHER;
	in->walked |= 1u << asked[q].step;
	case_add(&a->c, x);
	net_result_release(&raw);
	http_request_release(&req);
}

/* A body alone, or header lines alone: what a response of that content would have been. */
static enum res
add_bare(struct inspection *in, const char *status, const char *header, struct span body,
	struct err *e)
{
	struct http_response r;
	struct buf text;
	enum res res;

	http_response_init(&r);
	buf_init_wiping(&text, LIMIT_INPUT_FILE);
	buf_printf(&text, "HTTP/1.1 %s\r\n%s\r\n", status, header);
	buf_add_span(&text, body);
	res = http_parse_response(&r, buf_span(&text), e);
	if (res == RES_OK)
		add_response(in, &r);
	else
		http_response_release(&r);
	buf_release(&text);
	return res;
}

static const char *
status_of_error(struct span error)
{
	if (span_is(error, "invalid_token") || span_is(error, "invalid_client"))
		return "401 Unauthorized";
	return span_is(error, "insufficient_scope") ? "403 Forbidden" : "400 Bad Request";
}

static enum res
read_json(struct inspection *in, const struct json *doc, struct span text, struct err *e)
{
	struct wizard *w = in->app->wizard;
	struct span error = json_get_str(doc, "error"),
		    refresh = json_get_str(doc, "refresh_token");
	bool active = json_get(doc, "active") != NULL, sub = json_get_str(doc, "sub").n > 0;

	if (json_get_str(doc, "access_token").n) {
		wizard_give_token(w, SLOT_ACCESS, text, "the token response");
		in->walked |= 1u << STEP_VERIFY | 1u << STEP_EXPIRY;
		return RES_OK;
	}
	if (refresh.n || json_get_str(doc, "id_token").n) {
		wizard_give_token(
			w, refresh.n ? SLOT_REFRESH : SLOT_ID, text, "the token response");
		in->walked |= 1u << STEP_EXPIRY;
		return RES_OK;
	}
	if (error.n || active || sub || opt_given(in->app->opt, OPT_STEP)) {
		if (error.n)
			app_warn("no status line was given: taken as HTTP %s",
				status_of_error(error));
		return add_bare(in, error.n ? status_of_error(error) : "200 OK",
			"Content-Type: application/json\r\n", text, e);
	}
	return err_set(e, RES_SYNTAX,
		"this JSON is neither a token response nor an answer of an introspection or "
		"userinfo endpoint; --step says what it answers");
}

/* Several words that are no token with a scheme in front: prose. */
static bool
is_prose(struct span text)
{
	struct span rest = text, word, longest = SPAN_EMPTY;
	size_t words = 0;

	while (span_word(&rest, &word)) {
		words++;
		if (word.n > longest.n)
			longest = word;
	}
	return words > 3 && longest.n < 40;
}

static enum res
read_token(struct inspection *in, struct span text, struct err *e)
{
	if (text.n > LIMIT_TOKEN)
		return err_set(e, RES_LIMIT,
			"this is neither an HTTP response nor JSON, and too long for a token "
			"(%zu bytes; the limit is %d)",
			text.n, LIMIT_TOKEN);
	if (is_prose(text))
		return err_set(e, RES_SYNTAX,
			"not understood: this version reads a token, a token response, an "
			"Authorization header or an HTTP response with its status line");
	wizard_give_token(in->app->wizard, SLOT_ACCESS, text, "what was given");
	in->walked |= 1u << STEP_VERIFY | 1u << STEP_EXPIRY;
	return RES_OK;
}

static enum res
read_text(struct inspection *in, struct span text, struct err *e)
{
	struct span body = span_trim(text);
	struct json *doc = NULL;
	enum res r;

	if (!body.n)
		return err_set(e, RES_NOTFOUND, "nothing was given: the input is empty");
	if (span_starts(body, "HTTP/")) {
		struct http_response p;

		http_response_init(&p);
		r = http_parse_response(&p, body, e);
		if (r == RES_OK)
			add_response(in, &p);
		else
			http_response_release(&p);
		return r;
	}
	if (span_starts_nocase(body, "www-authenticate:")) {
		struct buf header;

		buf_init(&header, LIMIT_HEADERS);
		buf_add_span(&header, body);
		buf_puts(&header, "\r\n");
		r = buf_status(&header) == RES_OK
			? add_bare(in, "401 Unauthorized", buf_str(&header), SPAN_EMPTY, e)
			: err_set(e, RES_LIMIT, "the header is too long");
		buf_release(&header);
		return r;
	}
	if (span_starts_nocase(body, "authorization:"))
		return read_token(in, span_trim(span_from(body, strlen("authorization:"))), e);
	if (json_parse(&doc, body, NULL) == RES_OK && json_type(doc) == JSON_OBJECT) {
		r = read_json(in, doc, body, e);
		json_free(doc);
		return r;
	}
	json_free(doc);
	/* As it was given: blanks at the ends are findings too, but for the last line's end. */
	if (text.n && text.p[text.n - 1] == '\n')
		text.n -= text.n > 1 && text.p[text.n - 2] == '\r' ? 2 : 1;
	return read_token(in, text, e);
}

static int
inspect_status(const struct inspection *in)
{
	const struct diagnosis *d = wizard_diagnosis(in->app->wizard);

	if (d->verdict.state == STATE_PROBLEM)
		return STATUS_PROBLEM;
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].severity == SEV_ERROR)
			return STATUS_PROBLEM;
	return in->not_understood ? STATUS_UNDETERMINED : STATUS_OK;
}

static enum res
prepare(struct app *a, struct err *e)
{
	enum res r = app_pick_profile(a, e);

	if (r != RES_OK)
		return r;
	/* The profile tells issuer and client; its own tokens are not what was sent. */
	profile_set(&a->profile.access_token_file, SPAN_EMPTY);
	profile_set(&a->profile.refresh_token_file, SPAN_EMPTY);
	profile_set(&a->profile.id_token_file, SPAN_EMPTY);
	r = app_start(a, true, e);
	return r == RES_OK ? wizard_use_profile(a->wizard, &a->profile, e) : r;
}

int
cmd_inspect(const struct options *o)
{
	const char *path = o->n_args ? o->args[0] : "-";
	struct app a;
	struct inspection in = {&a, 0, false};
	struct err e = ERR_INIT;
	struct buf text;
	int status;

	app_init(&a, o);
	buf_init_wiping(&text, LIMIT_INPUT_FILE);
	if (!o->n_args && isatty(STDIN_FILENO))
		fputs("tokentriage: reading from the terminal; end with Ctrl-D\n", stderr);
	if (app_check_output(o, &e) != RES_OK || prepare(&a, &e) != RES_OK ||
		file_read(path, &text, &e) != RES_OK ||
		read_text(&in, buf_span(&text), &e) != RES_OK) {
		status = app_fail(&e);
	} else {
		wizard_mark_walked(a.wizard, in.walked);
		wizard_update(a.wizard);
		status = app_report(&a);
		if (status == STATUS_OK)
			status = inspect_status(&in);
	}
	app_release(&a);
	buf_release(&text);
	return status;
}
