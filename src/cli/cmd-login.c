/* login: new tokens without the wizard, proven and written where --tokens-out says. */
#include "cli/login.h"

#include "base/text.h"
#include "base/tr.h"
#include "cli/modules.h"
#include "engine/browser.h"
#include "engine/listen.h"
#include "oauth/url.h"
#include "ui/canvas.h"

enum { SAID_WIDTH = 79 };

static bool
wants_report(const struct options *o)
{
	return opt_given(o, OPT_FORMAT) || opt_given(o, OPT_OUTPUT);
}

static enum res
check_usage(const struct options *o, struct err *e)
{
	if (!opt_given(o, OPT_TOKENS_OUT))
		return err_set(e, RES_SYNTAX,
			"login needs --tokens-out FILE: the new tokens would be lost when it ends");
	if (opt_given(o, OPT_ACCESS_TOKEN_FILE) && opt_given(o, OPT_ACCESS_TOKEN_ENV))
		return err_set(e, RES_SYNTAX,
			"--access-token-file and --access-token-env exclude one another");
	return app_check_output(o, e);
}

static bool
is_flow(const struct options *o, enum flow_kind k)
{
	return opt_given(o, OPT_FLOW) && (enum flow_kind)opt_choice(o, OPT_FLOW) == k;
}

/* A scheme and something behind it (RFC 6749 §3.1.2), also of private use (RFC 8252 §7.1). */
static bool
redirect_possible(const char *uri)
{
	struct span s = span_of(uri);
	struct url u;

	if (span_starts_nocase(s, "http:") || span_starts_nocase(s, "https:"))
		return url_parse(&u, s, NULL) == RES_OK;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", *uri) && *uri &&
		strcspn(uri, ":/?#") < s.n && uri[strcspn(uri, ":/?#")] == ':' &&
		uri[strcspn(uri, ":/?#") + 1];
}

static enum res
check_profile(const struct profile *p, const struct options *o, struct err *e)
{
	if (!p->issuer && !p->token_endpoint)
		return err_set(e, RES_NOTFOUND,
			"no server to ask: give --profile, --issuer or the endpoints");
	if (p->redirect_uri && !redirect_possible(p->redirect_uri))
		return err_set(e, RES_SYNTAX,
			"--redirect-uri %s: it is no absolute URI (http://127.0.0.1/callback, "
			"https://app.example/callback, com.example.app:/callback)",
			p->redirect_uri);
	if (is_flow(o, FLOW_EXCHANGE) && !p->access_token_file &&
		!opt_given(o, OPT_ACCESS_TOKEN_ENV))
		return err_set(e, RES_NOTFOUND,
			"--flow token-exchange: no access token to exchange: give "
			"--access-token-file FILE or --access-token-env VAR");
	if (!p->client_id)
		return err_set(
			e, RES_NOTFOUND, "no client: give --client-id or a profile that has one");
	return RES_OK;
}

/* Words are kept whole; an address is one word, which the terminal breaks where it must. */
static void
on_stderr(void *ctx, const char *text)
{
	const struct app *a = ctx;
	struct span rest = span_of(text), line, part;
	struct buf out;

	buf_init_wiping(&out, 256 << 10);
	while (rest.n && span_next(&rest, '\n', &line)) {
		if (span_find(line, ' ') == SIZE_MAX)
			buf_add_span(&out, line);
		else
			for (bool first = true; wrap_next(&line, SAID_WIDTH, &part); first = false)
				buf_printf(&out, "%s%.*s", first ? "" : "\n", SPAN_ARG(part));
		buf_putc(&out, '\n');
	}
	if (app_ascii(a->opt)) {
		struct buf ascii;

		buf_init_wiping(&ascii, 256 << 10);
		text_ascii(&ascii, buf_span(&out));
		fputs(buf_str(&ascii), stderr);
		buf_release(&ascii);
	} else {
		fputs(buf_str(&out), stderr);
	}
	buf_release(&out);
}

/* --- which way -------------------------------------------------------------------------------- */

static bool
may_open(const struct options *o)
{
	return !opt_given(o, OPT_NO_BROWSER) && browser_available();
}

/* By a way that ends at a redirect URI where nothing listens. */
static bool
needs_paste(const struct app *a, enum flow_kind k)
{
	const char *uri = a->profile.redirect_uri;

	return uri && !listen_possible(span_of(uri)) && (k == FLOW_CODE || k == FLOW_SILENT);
}

static enum res
prepare(struct app *a, const struct login_talk *t, enum flow_kind k, struct err *e)
{
	const struct flow_wish wish = {
		.open_browser = may_open(a->opt) && flow_needs_browser(k),
		.push = opt_given(a->opt, OPT_PAR),
	};
	char why[LIMIT_MESSAGE];
	enum res r;

	if (needs_paste(a, k) && t->in_fd < 0)
		return err_set(e, RES_SYNTAX,
			"--redirect-uri %s cannot be listened on, and its answer cannot be pasted "
			"without a terminal on stdin: nothing could end this login; give one on "
			"loopback (http://127.0.0.1/callback)",
			a->profile.redirect_uri);
	if (wizard_can_login(a->wizard, k, why, sizeof why) && *why)
		app_warn("%s", why);
	r = wizard_login_prepare(a->wizard, k, &wish, e);
	return r == RES_OK ? login_run(a, t, FLOW_PREPARED, e) : r;
}

/* A browser here: the code flow.  None: a device's, where the server has it; else the address is
 * printed. */
static enum res
prepare_some(struct app *a, const struct login_talk *t, struct err *e)
{
	bool device;
	enum res r;

	if (opt_given(a->opt, OPT_FLOW))
		return prepare(a, t, (enum flow_kind)opt_choice(a->opt, OPT_FLOW), e);
	if (may_open(a->opt) || opt_given(a->opt, OPT_PAR))
		return prepare(a, t, FLOW_CODE, e);
	r = prepare(a, t, FLOW_DEVICE, e);
	device = r == RES_OK && wizard_login_view(a->wizard)->phase == FLOW_PREPARED;
	if (device || (r != RES_OK && r != RES_REFUSED))
		return r;
	*e = (struct err)ERR_INIT;
	return prepare(a, t, FLOW_CODE, e);
}

/* --- how it went ------------------------------------------------------------------------------ */

static int
print_result(const struct app *a)
{
	const struct flow_view *v = wizard_login_view(a->wizard);
	const struct verdict *d = &wizard_diagnosis(a->wizard)->verdict;
	char next[LIMIT_MESSAGE];
	struct buf out, ascii;
	int status;

	buf_init(&out, 8192);
	buf_init(&ascii, 16384);
	buf_printf(&out, "%s\n", v->words);
	if (*d->summary)
		buf_printf(&out, "%s\n", d->summary);
	if (*d->next && d->state != STATE_OK)
		buf_printf(&out, _("Next: %s\n"),
			say_where(AUDIENCE_COMMANDS, d->next, next, sizeof next));
	if (app_ascii(a->opt))
		text_ascii(&ascii, buf_span(&out));
	status = app_print(buf_span(ascii.len ? &ascii : &out));
	buf_release(&out);
	buf_release(&ascii);
	return status;
}

/*
 * 0: the tokens are there, and nothing was found wrong with them (some are for no user information,
 * so that a verdict on it is not waited for).
 */
static int
status_of(const struct app *a)
{
	const struct flow_view *v = wizard_login_view(a->wizard);
	int verdict = app_verdict_status(a);

	if (opt_choice(a->opt, OPT_FORMAT) == REPORT_NAGIOS)
		return verdict; /* what its line says */
	if (wizard_tokens_misplaced(a->wizard))
		return STATUS_INTERNAL;
	if (v->phase != FLOW_DONE)
		return *v->error && strcmp(v->error, "timeout") ? STATUS_PROBLEM
			: verdict == STATUS_OK                  ? STATUS_UNDETERMINED
								: verdict;
	return verdict == STATUS_UNDETERMINED && !wizard_login_asks_user(a->wizard) ? STATUS_OK
										    : verdict;
}

static int
give_result(struct app *a)
{
	bool report = wants_report(a->opt);
	int beside = report ? STATUS_OK : app_write_beside(a);
	int status = report ? app_report(a) : print_result(a);
	const char *kept = wizard_tokens_kept(a->wizard), *before = wizard_tokens_before(a->wizard);

	if (*kept && (status != STATUS_OK || beside != STATUS_OK))
		app_tell("the new tokens are safe in %s", kept);
	if (*before && (report || status != STATUS_OK))
		app_tell("the tokens that were in %s are in %s now", kept, before);
	return status == STATUS_OK ? beside : status;
}

static int
run(struct app *a)
{
	const struct login_talk t = {on_stderr, a, isatty(STDIN_FILENO) ? STDIN_FILENO : -1, false};
	struct err e = ERR_INIT;
	int status;

	if (isatty(STDERR_FILENO)) /* somebody reads what is asked there */
		app_speak(a);
	if (!modules_transport(&e)) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	if (prepare_some(a, &t, &e) != RES_OK)
		return app_fail(&e);
	if (wizard_login_view(a->wizard)->phase == FLOW_PREPARED &&
		(wizard_login_go(a->wizard, &e) != RES_OK ||
			login_run(a, &t, FLOW_IDLE, &e) != RES_OK)) {
		app_fail(&e);
		return STATUS_INTERNAL;
	}
	status = give_result(a);
	return status == STATUS_OK ? status_of(a) : status;
}

int
cmd_login(const struct options *o)
{
	struct app a;
	struct err e = ERR_INIT;
	int status;

	app_init(&a, o);
	if (check_usage(o, &e) != RES_OK)
		status = app_usage(CMD_LOGIN, &e);
	else if (app_pick_profile(&a, &e) != RES_OK)
		status = app_fail(&e);
	else if (check_profile(&a.profile, o, &e) != RES_OK)
		status = app_usage(CMD_LOGIN, &e);
	else if (app_fetch_secrets(&a, &a.profile, &e) != RES_OK ||
		app_start(&a, false, &e) != RES_OK || app_give(&a, &e) != RES_OK ||
		wizard_set_token_place(a.wizard, PLACE_FILE, opt_str(o, OPT_TOKENS_OUT), &e) !=
			RES_OK)
		status = app_fail(&e);
	else
		status = run(&a);
	app_release(&a);
	return status;
}
