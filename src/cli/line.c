#include "cli/line.h"

#include <ctype.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "cli/line-parts.h"
#include "ui/canvas.h"
#include "wizard/fields.h"
#include "wizard/handle.h"

enum { LINE_LEAST = 20 }; /* cells: a narrower terminal breaks the lines itself */

/* Cells of a line: the terminal's, else COLUMNS, else 80; one less, since not every terminal waits
 * at its edge. */
static int
width(const struct line *l)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	int64_t n = 80;

	if (ioctl(fileno(l->out), TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		n = w.ws_col;
	else if (!columns || span_to_i64(span_of(columns), &n) != RES_OK || n > CANVAS_MAX_COLS)
		n = 80;
	return n < LINE_LEAST ? LINE_LEAST : (int)n - 1;
}

/*
 * Words are kept whole; what goes on in the next line stands two cells deeper than where it began.
 */
static void
put_wrapped(struct line *l, struct span text)
{
	int most = width(l);

	for (struct span line, part; text.n;) {
		bool ended = span_find(text, '\n') != SIZE_MAX;
		int indent = 0, in = 0;

		span_next(&text, '\n', &line);
		while ((size_t)indent < line.n && line.p[indent] == ' ' && indent < most / 2)
			indent++;
		line = span_from(line, (size_t)indent);
		for (in = indent; wrap_next(&line, most - in, &part); in = indent + 2)
			fprintf(l->out, "%s%*s%.*s", in > indent ? "\n" : "", in, "",
				SPAN_ARG(part));
		if (ended)
			putc('\n', l->out);
	}
}

void
line_put(struct line *l, const char *fmt, ...)
{
	struct buf text, ascii;
	va_list ap;

	buf_init(&text, LIMIT_REPORT);
	buf_init(&ascii, LIMIT_REPORT);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (app_ascii(l->a->opt)) {
		text_ascii(&ascii, buf_span(&text));
		put_wrapped(l, buf_span(&ascii));
	} else {
		put_wrapped(l, buf_span(&text));
	}
	buf_release(&text);
	buf_release(&ascii);
}

bool
line_ask(struct line *l, const char *prompt)
{
	struct span s;

	line_put(l, "%s", prompt);
	putc(' ', l->out);
	fflush(l->out);
	if (!fgets(l->answer, sizeof l->answer, l->in)) {
		line_put(l, "\n");
		return false;
	}
	s = span_trim(span_of(l->answer));
	memmove(l->answer, s.p, s.n);
	l->answer[s.n] = '\0';
	return true;
}

bool
line_agrees(struct line *l, const char *question)
{
	char prompt[120];

	snprintf(prompt, sizeof prompt, "%s [y/N]", question);
	return line_ask(l, prompt) && tolower((unsigned char)l->answer[0]) == 'y';
}

static void
put_verdict(struct line *l)
{
	const struct verdict *v = &wizard_diagnosis(l->a->wizard)->verdict;
	char next[LIMIT_MESSAGE];

	if (*v->summary)
		line_put(l, _("Verdict, %s: %s\n"), tr(state_word(v->state)), v->summary);
	if (*v->next)
		line_put(l, _("Next: %s\n"),
			say_where(AUDIENCE_CHOICES, v->next, next, sizeof(next)));
}

static void
put_field(struct line *l, const struct field *f)
{
	const char *state = f->state == STATE_OK ? "" : tr(state_word(f->state));

	switch (f->kind) {
	case FIELD_HEADING:
		line_put(l, "\n%s%s%s\n", f->name, *f->value ? ", " : "", f->value);
		break;
	case FIELD_NOTE:
		line_put(l, "  %s\n", f->value);
		break;
	case FIELD_FINDING: /* the chain in words: strokes say nothing to who listens */
	case FIELD_VALUE:
	default:
		line_put(l, "  %s: %s%s%s%s%s%s%s\n", f->name, f->value, *f->meaning ? " - " : "",
			f->offers_refresh ? _("r refreshes: ") : "", f->meaning, *state ? " (" : "",
			state, *state ? ")" : "");
	}
}

static void
put_lesson(struct line *l)
{
	const struct lesson *lesson = &l->a->lesson;
	char words[160];

	if (lesson->reached && lesson->reached(lesson->ctx, words, sizeof(words)))
		line_put(l, "%s\n", words);
}

void
line_put_step(struct line *l)
{
	struct field_list fields;

	line_put(l, _("\nStep %d, %s. %s\n"), (int)l->step + 1, tr(step_title(l->step)),
		tr(step_question(l->step)));
	field_list_init(&fields);
	step_fields(&fields, l->a->wizard, l->step, false);
	for (size_t i = 0; i < fields.n; i++)
		put_field(l, &fields.v[i]);
	field_list_release(&fields);
	line_put(l, "\n");
	put_verdict(l);
	put_lesson(l);
}

static void
put_steps(struct line *l)
{
	for (int s = 0; s < STEP_COUNT; s++) {
		enum state state = wizard_step_state(l->a->wizard, (enum step)s);

		line_put(l, "%d %s: %s%s\n", s + 1, tr(step_title((enum step)s)),
			state == STATE_PENDING ? _("not walked yet") : tr(state_word(state)),
			(enum step)s == l->step ? _(" (this step)") : "");
	}
}

static void
put_help(struct line *l)
{
	line_put(l,
		_("Enter  run this step\n"
		  "1-5    go to a step and show it\n"
		  "n      run this step, then go to the next\n"
		  "s      the states of the steps\n"
		  "p      further probes, where the verdict is open\n"
		  "r      refresh the tokens\n"
		  "v      revoke a token\n"
		  "i      log in again: choose how\n"
		  "e      edit the profile, or save what the command line gave as one\n"
		  "a      your application: what it does with this answer, and the HTTP\n"
		  "g      the guide: what this step does, its request and answers\n"
		  "?      questions people ask; k  the glossary; /WORD  finds a word in both\n"
		  "d      do not mention interrupted refreshes again\n"
		  "x      write the report to a file\n"
		  "w      write the case to a file; 'tokentriage open' shows it again\n"
		  "l      the log\n"
		  "q      leave\n"));
}

void
line_finish(struct line *l)
{
	struct err e = ERR_INIT;

	if (app_run(l->a, &e) != RES_OK)
		line_put(l, _("Error: %s\n"), e.text);
	wizard_update(l->a->wizard);
}

static void
run_step(struct line *l)
{
	if (!l->a->read_only) {
		line_put(l, _("Running step %d, %s ...\n"), (int)l->step + 1,
			tr(step_title(l->step)));
		wizard_run_step(l->a->wizard, l->step);
		line_finish(l);
	}
	line_put_step(l);
}

bool
line_choose_place(struct line *l, struct err *e)
{
	if (wizard_token_place(l->a->wizard, NULL) != PLACE_UNCHOSEN)
		return true;
	line_put(l,
		_("Where shall the new tokens be kept?\n  1  in a file\n  2  in memory only: gone "
		"when the program ends\n"
		"  0  nowhere: send nothing\n"));
	if (!line_ask(l, _("Choice:")))
		return false;
	if (!strcmp(l->answer, "2"))
		return wizard_set_token_place(l->a->wizard, PLACE_MEMORY, NULL, e) == RES_OK;
	if (strcmp(l->answer, "1") != 0) {
		if (*l->answer && strcmp(l->answer, "0") != 0)
			line_put(l, _("That is none of the choices.\n"));
		return false;
	}
	while (line_ask(l, _("File (empty: send nothing):")) && *l->answer) {
		if (wizard_set_token_place(l->a->wizard, PLACE_FILE, l->answer, e) == RES_OK)
			return true;
		line_put(l, _("Error: %s.\n"), e->text);
		*e = (struct err)ERR_INIT;
	}
	return false;
}

/* Yes to a refresh, for the scope of before or a narrower one. */
static bool
agreed(struct line *l, struct err *e)
{
	char c = (char)tolower((unsigned char)l->answer[0]);

	if (c == 's' && (!line_ask(l, _("Scopes (empty: do not refresh):")) || !*l->answer))
		return false;
	return (c == 'y' || c == 's') && wizard_set_refresh_scope(l->a->wizard,
		c == 's' ? l->answer : NULL, e) == RES_OK;
}

void
line_offer_files(struct line *l, size_t was)
{
	const struct profile *p = &l->a->c.profile;
	struct err e = ERR_INIT;

	if (l->a->c.n_generations == was ||
		!(p->access_token_file || p->refresh_token_file || p->id_token_file))
		return;
	line_put(l, _("The profile's token files still hold the tokens of before.\n"));
	if (!line_agrees(l, _("Write the new ones over them?")))
		line_put(l, _("They are left as they are.\n"));
	else if (wizard_replace_token_files(l->a->wizard, &e) == RES_OK)
		line_put(l, _("Written.\n"));
	else
		line_put(l, _("Not written: %s.\n"), e.text);
}

static void
refresh(struct line *l)
{
	struct err e = ERR_INIT;
	size_t was = l->a->c.n_generations;
	char why[LIMIT_MESSAGE];

	if (!wizard_can_refresh(l->a->wizard, why, sizeof why)) {
		line_put(l, _("It cannot be refreshed: %s.\n"), why);
		return;
	}
	line_put(l,
		_("The refresh token is sent to the token endpoint. Most servers replace it: the "
		  "old one is dead then.\n"));
	if (!line_choose_place(l, &e)) {
		line_put(l, _("Nothing was sent.%s%s\n"), *e.text ? " " : "", e.text);
		return;
	}
	if (!line_ask(l, _("Refresh now? [y, s: for a narrower scope, N]")) || !agreed(l, &e)) {
		line_put(l, _("Nothing was sent.%s%s\n"), *e.text ? " " : "", e.text);
		return;
	}
	if (wizard_refresh(l->a->wizard, &e) != RES_OK) {
		line_put(l, _("It cannot be refreshed: %s.\n"), e.text);
		return;
	}
	line_finish(l);
	l->step = STEP_REFRESH;
	line_put_step(l);
	line_offer_files(l, was);
}

/* False: none of them. */
static bool
which_token(struct line *l, enum token_slot *slot)
{
	const struct case_token *access = case_token(&l->a->c, SLOT_ACCESS);
	const struct case_token *refresh = case_token(&l->a->c, SLOT_REFRESH);

	*slot = refresh->present && !access->present ? SLOT_REFRESH : SLOT_ACCESS;
	if (!access->present || !refresh->present)
		return true;
	line_put(l,
		_("Revoke which token?\n  1  the access token, %s\n  2  the refresh token, %s\n"
		"  0  none\n"),
		access->info.mask, refresh->info.mask);
	if (!line_ask(l, _("Choice:")))
		return false;
	*slot = !strcmp(l->answer, "2") ? SLOT_REFRESH : SLOT_ACCESS;
	if (!strcmp(l->answer, "1") || !strcmp(l->answer, "2"))
		return true;
	line_put(l, _("Nothing was sent.\n"));
	return false;
}

static void
revoke_token(struct line *l)
{
	struct err e = ERR_INIT;
	enum token_slot slot;
	char why[LIMIT_MESSAGE];

	if (!which_token(l, &slot))
		return;
	if (!wizard_can_revoke(l->a->wizard, slot, why, sizeof why)) {
		line_put(l, _("It cannot be revoked: %s.\n"), why);
		return;
	}
	line_put(l,
		_("It is sent with token_type_hint=%s_token: %s. This cannot be undone. Then the "
		"access token is verified and used again, as proof.\n"),
		slot == SLOT_REFRESH ? "refresh" : "access", why);
	if (!line_agrees(l, _("Revoke now?"))) {
		line_put(l, _("Nothing was sent.\n"));
		return;
	}
	if (wizard_revoke(l->a->wizard, slot, &e) != RES_OK) {
		line_put(l, _("It cannot be revoked: %s.\n"), e.text);
		return;
	}
	line_finish(l);
	l->step = STEP_HANDLE;
	line_put_step(l);
}

/* Step 4 for who builds an application: the table, and the rows that are asked for. */
static void
application(struct line *l)
{
	size_t here = decision_here(l->a->wizard), row = here;
	struct buf text;
	int64_t n;

	for (size_t i = 0; i < decision_count; i++)
		line_put(l, "%zu %s: %s%s\n", i + 1, decisions[i].answer,
			tr(advice_words(decisions[i].kind)), i == here ? _(" (this answer)") : "");
	do {
		buf_init(&text, LIMIT_REPORT);
		decision_text(l->a->wizard, row, &text);
		line_put(l, "\n%s", buf_str(&text));
		buf_release(&text);
		if (!line_ask(l, _("Row (empty: back):")) || !*l->answer)
			return;
		row = span_to_i64(span_of(l->answer), &n) == RES_OK && n > 0 ? (size_t)n - 1
									     : decision_count;
	} while (row < decision_count);
	line_put(l, _("That is none of the rows.\n"));
}

/* Refreshes of earlier runs whose answer was not kept.  seen: they are not mentioned again. */
static void
interrupted(struct line *l, bool seen)
{
	struct journal_entry marks[LIMIT_MARKS];
	size_t n = wizard_interrupted(l->a->wizard, marks, LIMIT_MARKS);
	char words[LIMIT_MESSAGE];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < n && !*e.text; i++) {
		if (!seen)
			line_put(l, _("Note: %s\n"),
				interrupted_words(&marks[i], words, sizeof words));
		else if (wizard_dismiss(l->a->wizard, &marks[i], &e) != RES_OK)
			line_put(l, _("Error: %s.\n"), e.text);
	}
	if (!seen && n)
		line_put(l, _("d: do not mention it again.\n"));
	else if (seen && !*e.text)
		line_put(l, n ? _("It is not mentioned again; the token is not sent again.\n")
			 : _("There is no interrupted refresh.\n"));
}

static void
probe(struct line *l)
{
	const struct probe_row *open[WIZARD_PROBES];
	size_t n = wizard_open_probes(l->a->wizard, open);
	struct err e = ERR_INIT;

	if (!n) {
		line_put(l, _("Nothing is open that a further question would settle.\n"));
		return;
	}
	line_put(l,
		_("Asked one after the other, each once, and only as long as something is "
		  "open:\n"));
	for (size_t i = 0; i < n; i++) {
		char cost[LIMIT_MESSAGE];

		probe_cost(open[i], cost, sizeof cost);
		line_put(l, "  %s %s.\n", tr(open[i]->question), cost);
	}
	if (!line_agrees(l, _("Ask them now?"))) {
		line_put(l, _("Nothing was sent.\n"));
		return;
	}
	if (wizard_run_probes(l->a->wizard, &e) != RES_OK) {
		line_put(l, _("Nothing was sent: %s.\n"), e.text);
		return;
	}
	line_finish(l);
	line_put_step(l);
}

/* The form whose proposed name ends as the path does; JSON for any other. */
static enum report_format
form_of(const char *path)
{
	const char *end = strrchr(path, '.');

	for (int f = 0; end && f < REPORT_FORMATS; f++)
		if (report_forms[f].file && !strcmp(strrchr(report_forms[f].file, '.'), end))
			return (enum report_format)f;
	return REPORT_JSON;
}

/* The name of a file that may be written to, the caller's; NULL: none. */
static char *
file_to_write(struct line *l, const char *question)
{
	char *path;

	if (!line_ask(l, question) || !*l->answer)
		return NULL;
	path = xstrdup(l->answer);
	if (access(path, F_OK) == 0 &&
		!line_agrees(l, _("This file is there already. Write over it?"))) {
		free(path);
		path = NULL;
	}
	return path;
}

static void export(struct line *l)
{
	struct report_input in = app_report_input(l->a);
	struct err e = ERR_INIT;
	char words[600], *path;

	line_put(l, _("%s\nIts name says the form:"),
		report_masked_words(&in, words, sizeof(words)));
	for (int f = 0; f < REPORT_FORMATS; f++)
		if (report_forms[f].label)
			line_put(l, " %s", strrchr(report_forms[f].file, '.'));
	line_put(l, "\n");
	path = file_to_write(l, _("File for the report (secrets are masked):"));
	if (!path)
		return;
	if (app_write_report(l->a, form_of(path), path, &e) != RES_OK)
		line_put(l, _("Error: %s\n"), e.text);
	else
		line_put(l, _("Written.\n"));
	free(path);
}

static void
save_case(struct line *l)
{
	struct err e = ERR_INIT;
	char *path = file_to_write(l, _("File for the case (secrets are masked):"));

	if (!path)
		return;
	if (app_write_case(l->a, path, false, &e) != RES_OK)
		line_put(l, _("Error: %s\n"), e.text);
	else
		line_put(l, _("Written.\n"));
	free(path);
}

static void
put_log(struct line *l)
{
	struct log_rec rec;
	char when[16];

	for (size_t i = 0; log_get(l->a->log, i, &rec); i++)
		line_put(l, "%s %s %s\n", time_of_day(when, rec.wall_us),
			log_cat_id((enum log_cat)rec.cat), rec.text);
}

static void
next_step(struct line *l)
{
	run_step(l);
	l->step = l->step + 1 < STEP_COUNT ? l->step + 1 : STEP_VERIFY;
	line_put(l, _("Now at step %d, %s. Enter runs it.\n"), (int)l->step + 1,
		tr(step_title(l->step)));
}

static void
seen(struct line *l)
{
	interrupted(l, true);
}

/* False: leave. */
static bool
choose(struct line *l)
{
	static const struct {
		char letter;
		void (*run)(struct line *l);
	} choices[] = {{'\0', run_step}, {'n', next_step}, {'s', put_steps}, {'p', probe},
		{'r', refresh}, {'v', revoke_token}, {'i', line_login}, {'e', line_profile},
		{'a', application}, {'d', seen},
		{'g', line_guide}, {'?', line_faq}, {'k', line_glossary},
		{'x', export}, {'w', save_case}, {'l', put_log}, {'h', put_help}};
	char c = l->answer[0] && l->answer[1] ? '-' : l->answer[0];

	if (l->answer[0] == '/') {
		line_look_up(l, l->answer + 1);
		return true;
	}

	if (l->a->read_only && c && strchr("priv", c)) {
		line_put(l,
			_("Read-only: this was recorded before, and nothing is sent from here.\n"));
		return true;
	}
	if (c >= '1' && c < '1' + STEP_COUNT) {
		l->step = (enum step)(c - '1');
		line_put_step(l);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		if (choices[i].letter == c) {
			choices[i].run(l);
			return true;
		}
	}
	if (c == 'q')
		return false;
	/* not repeated: it may have been a token, pasted here */
	line_put(l, _("That is none of the choices, which are:\n"));
	put_help(l);
	return true;
}

/* A recording has its verdict from the start, and nothing that would change it. */
static void
put_opening(struct line *l)
{
	const struct app *a = l->a;
	const struct profile *p = a->read_only ? &a->c.profile : &a->profile;
	char when[32];

	line_put(l, _("tokentriage: %s, %s\n"), p->name ? p->name : _("no profile"),
		p->issuer ? p->issuer : _("no issuer"));
	if (a->read_only)
		line_put(l, _("Recorded, read-only, judged by the clock of %s: nothing is sent.\n"),
			time_rfc3339(when, a->c.as_of_wall_us / 1000000));
	if (*a->notice)
		line_put(l, "%s\n", a->notice);
	if (a->lesson.goal)
		line_put(l, _("This scenario: %s\n"), a->lesson.goal);
	put_steps(l);
	if (a->read_only)
		put_verdict(l);
	else
		interrupted(l, false);
	line_put(l, a->read_only ? _("Enter shows step 1. h lists the choices.\n")
			    : _("Enter runs step 1. h lists the choices.\n"));
}

int
line_wizard(struct app *a, FILE *in, FILE *out)
{
	struct line l = {.a = a, .in = in, .out = out};
	struct buf farewell;

	wizard_update(a->wizard);
	put_opening(&l);
	while (line_ask(&l, _("Choice:")) && choose(&l))
		;
	/* lines behind the one that ended it are not for the shell */
	tcflush(fileno(in), TCIFLUSH);
	buf_init(&farewell, LIMIT_REPORT);
	wizard_farewell(a->wizard, &farewell);
	line_put(&l, "%s", buf_str(&farewell));
	buf_release(&farewell);
	return ferror(out) ? STATUS_INTERNAL : STATUS_OK;
}
