/* The case as a file, and what somebody sent as a case: --save, inspect, open. */
#include "cli/app.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "case/case-file.h"
#include "case/import.h"
#include "cli/recent.h"
#include "cli/screen.h"

/* --- out ------------------------------------------------------------------------------------ */

enum res
app_write_case(struct app *a, const char *path, bool with_secrets, struct err *e)
{
	struct case_story story;
	struct buf text;
	enum res r;

	wizard_story(a->wizard, &story);
	story.with_secrets = with_secrets;
	buf_init_wiping(&text, LIMIT_REPORT);
	r = case_file_write(&text, &a->c, &story, a->redactor);
	if (r != RES_OK)
		err_set(e, r, "%s: the case is larger than %d MiB", path, LIMIT_REPORT >> 20);
	else
		r = file_write_private(path, buf_span(&text), e);
	buf_release(&text);
	return r;
}

enum res
app_save_case(struct app *a, struct err *e)
{
	const char *path = opt_str(a->opt, OPT_SAVE);
	enum res r = RES_OK;

	if (path)
		r = app_write_case(a, path, opt_given(a->opt, OPT_WITH_SECRETS), e);
	/* a monitor's files are not somebody's */
	if (path && r == RES_OK && isatty(STDERR_FILENO))
		recent_note(a, path, RECENT_SAVED);
	return r;
}

/* The answer comes from the terminal itself: stdin may be a token. */
static enum res
ask_terminal(const char *question, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char answer[16] = "";
	ssize_t n = -1;

	if (fd < 0)
		return err_set(e, RES_REFUSED,
			"--with-secrets asks on the terminal before it writes tokens, and there is "
			"none; without it the case is saved masked");
	if (write(fd, question, strlen(question)) == (ssize_t)strlen(question))
		n = read(fd, answer, sizeof(answer) - 1);
	close(fd);
	return n > 0 && (answer[0] == 'y' || answer[0] == 'Y')
		? RES_OK
		: err_set(e, RES_REFUSED, "not agreed to: nothing was sent or written");
}

enum res
app_ask_secrets(const struct options *o, struct err *e)
{
	char *question;
	enum res r;

	if (!opt_given(o, OPT_WITH_SECRETS))
		return RES_OK;
	if (!opt_given(o, OPT_SAVE))
		return err_set(e, RES_SYNTAX, "--with-secrets is for --save CASE");
	question = xasprintf("tokentriage: warning: %s will hold the tokens in clear (mode 0600). "
			     "Whoever has the file can use them.\nWrite them? [y/N] ",
		opt_str(o, OPT_SAVE));
	r = ask_terminal(question, e);
	free(question);
	return r;
}

/* --- in ------------------------------------------------------------------------------------- */

/* stdout has the result alone: to stderr, or into the log where a screen has the terminal. */
static void
tell(struct app *a, bool warning, const char *text)
{
	if (a->on_screen && !screen_plain(a->opt)) {
		log_add(a->log, warning ? LOG_WARN : LOG_INFO, LOGC_STEP, 0, "%s", text);
		if (warning)
			text_format(a->notice, sizeof(a->notice), "%s", text);
	} else if (warning) {
		app_warn("%s", text);
	} else {
		app_tell("%s", text);
	}
}

static void
register_tokens(struct app *a)
{
	for (size_t g = 0; g < a->c.n_generations; g++) {
		const struct case_token *all[] = {&a->c.generations[g].access,
			&a->c.generations[g].refresh, &a->c.generations[g].id};

		for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
			redactor_add(a->redactor, all[i]->given);
			redactor_add(a->redactor, all[i]->value);
		}
	}
}

static enum res
load_case(struct app *a, struct span text, struct err *e)
{
	struct case_story story;
	char when[32], line[LIMIT_MESSAGE];
	enum res r;

	case_release(&a->c);
	case_init(&a->c);
	r = case_file_read(&a->c, &story, text, e);
	if (r != RES_OK)
		return r;
	register_tokens(a);
	wizard_resume(a->wizard, &story);
	text_format(line, sizeof(line), "taken as a saved case of %s: %zu exchange%s",
		time_rfc3339(when, story.saved_wall_us / 1000000), a->c.n_exchanges,
		a->c.n_exchanges == 1 ? "" : "s");
	tell(a, false, line);
	if (!story.damaged)
		return RES_OK;
	text_format(line, sizeof(line),
		"%zu record%s could not be read; the first: %s; %.0zu%s%s", story.damaged,
		story.damaged == 1 ? "" : "s", story.first_damage, a->c.n_exchanges,
		a->c.n_exchanges ? " exchange" : "no exchange is left",
		a->c.n_exchanges == 1     ? " could"
			: a->c.n_exchanges ? "s could"
					   : "");
	tell(a, true, line);
	return RES_OK;
}

static void
tell_import(struct app *a, const struct import *im)
{
	char line[LIMIT_MESSAGE];

	text_format(line, sizeof(line), "taken as %s", im->taken_as);
	tell(a, false, line);
	for (size_t i = 0; i < im->n_notes; i++)
		tell(a, false, im->notes[i]);
}

static void
take_import(struct app *a, struct import *im)
{
	wizard_mark_walked(a->wizard, import_apply(im, &a->c, a->redactor));
	tell_import(a, im);
}

/* A saved case is the case; anything else is evidence for one. */
static enum res
read_text(struct app *a, struct import *im, struct span text, enum purpose purpose, struct err *e)
{
	struct buf saved;
	enum res r;

	buf_init_wiping(&saved, 2 * (size_t)LIMIT_INPUT_FILE);
	if (import_case(&saved, text)) {
		r = load_case(a, buf_span(&saved), e);
	} else {
		r = import_read(im, text, purpose, e);
		if (r == RES_OK)
			take_import(a, im);
	}
	buf_release(&saved);
	return r;
}

enum { PIECE = 4 << 20, PROGRESS_AFTER_US = 500000, PROGRESS_US = 200000 };

struct piece {
	int fd;
	const char *path;
	uint64_t read, size; /* size 0: not known */
	int64_t began_us, told_us;
	bool told;
};

static void
tell_read(struct piece *p, const struct import_har *h, bool last)
{
	int64_t now = clock_mono_us(&clock_system);
	size_t entries, kept;

	if (!isatty(STDERR_FILENO) || now - p->began_us < PROGRESS_AFTER_US ||
		(!last && now - p->told_us < PROGRESS_US) || (last && !p->told))
		return;
	p->told_us = now;
	p->told = true;
	import_har_counts(h, &entries, &kept);
	if (last)
		fputs("\r\033[K", stderr);
	else if (p->size)
		fprintf(stderr, "\r\033[Kreading: %u %%, %zu entries, %zu about tokens",
			(unsigned)(p->read * 100 / p->size), entries, kept);
	else
		fprintf(stderr, "\r\033[Kreading: %llu MiB, %zu entries, %zu about tokens",
			(unsigned long long)(p->read >> 20), entries, kept);
	fflush(stderr);
}

/* A HAR file may be longer than memory: it is read piece by piece. */
static enum res
read_har(struct app *a, struct import *im, struct piece *p, struct buf *head, struct err *e)
{
	struct import_har *h = import_har_new(im);
	bool more = import_har_feed(h, buf_span(head));
	enum res r = RES_OK, done;

	p->began_us = clock_mono_us(&clock_system);
	while (more && r == RES_OK) {
		ssize_t n;

		n = read(p->fd, head->p, head->cap);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = err_errno(e, "reading");
		if (n <= 0)
			break;
		p->read += (uint64_t)n;
		more = import_har_feed(h, span_make(head->p, (size_t)n));
		tell_read(p, h, false);
	}
	tell_read(p, h, true);
	done = import_har_end(h, r == RES_OK ? e : NULL);
	if (r == RES_OK && done == RES_NOTFOUND)
		err_set(e, RES_SYNTAX, "it begins like a HAR file, and has no entries");
	r = r == RES_OK ? done == RES_NOTFOUND ? RES_SYNTAX : done : r;
	if (r == RES_OK)
		take_import(a, im);
	return r;
}

/* The first piece; false: the file ended in it. */
static enum res
read_head(struct piece *p, struct buf *head, bool *ended, struct err *e)
{
	struct stat st;

	*ended = false;
	if (fstat(p->fd, &st) == 0 && S_ISREG(st.st_mode))
		p->size = (uint64_t)st.st_size;
	while (head->len < PIECE && !*ended) {
		char part[16 << 10];
		ssize_t n = read(p->fd, part, sizeof(part));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(
				e, "%s", strcmp(p->path, "-") ? p->path : "standard input");
		(void)buf_add(head, part, (size_t)n);
		wipe(part, sizeof(part));
		p->read += (uint64_t)n;
		*ended = n == 0;
	}
	return RES_OK;
}

enum res
app_read_evidence(struct app *a, const char *path, enum purpose purpose, struct import *im,
	struct err *e)
{
	struct piece p = {.path = path};
	struct err inner = ERR_INIT;
	struct buf text;
	bool ended;
	enum res r = file_open(path, &p.fd, e);

	if (r != RES_OK)
		return r;
	buf_init_wiping(&text, LIMIT_INPUT_FILE);
	r = read_head(&p, &text, &ended, e);
	if (r == RES_OK && !ended && import_har_is(buf_span(&text)) &&
		!case_file_is(buf_span(&text))) {
		r = read_har(a, im, &p, &text, &inner);
	} else if (r == RES_OK) {
		r = ended ? RES_OK : file_read_rest(p.fd, path, &text, e);
		if (r == RES_OK)
			r = read_text(a, im, buf_span(&text), purpose, &inner);
	}
	if (*inner.text) {
		err_set(e, r, "%s: %s", strcmp(path, "-") ? path : "standard input", inner.text);
		e->line = inner.line;
	}
	buf_release(&text);
	file_close(p.fd);
	return r;
}

enum res
app_start_offline(struct app *a, struct err *e)
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

enum purpose
app_asked_purpose(const struct options *o)
{
	/* in the order of --step's words */
	static const enum purpose asked[] = {
		PURPOSE_INTROSPECTION, PURPOSE_USERINFO, PURPOSE_REFRESH, PURPOSE_REVOCATION};

	return opt_given(o, OPT_STEP) ? asked[opt_choice(o, OPT_STEP)] : PURPOSE_COUNT;
}
