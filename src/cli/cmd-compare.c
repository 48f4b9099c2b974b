/* compare: two tokens, replies or cases side by side; one works, one fails. */
#include "cli/app.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "case/import.h"
#include "diagnose/compare.h"
#include "oauth/json.h"

struct side {
	struct app app;
	struct import im;
	const char *path;
};

static enum res
check_usage(const struct options *o, struct err *e)
{
	if (o->n_args < 2)
		return err_set(e, RES_SYNTAX,
			"compare needs two files: a token, a reply or a case that works, and one "
			"that does not");
	if (!strcmp(o->args[0], "-") && !strcmp(o->args[1], "-"))
		return err_set(e, RES_SYNTAX, "stdin (-) can be one of the two only");
	if (opt_given(o, OPT_FORMAT) && strcmp(opt_str(o, OPT_FORMAT), "text") &&
		strcmp(opt_str(o, OPT_FORMAT), "json"))
		return err_set(e, RES_SYNTAX, "--format: compare has text and json");
	return app_check_output(o, e);
}

static enum res
read_side(struct side *s, struct err *e)
{
	enum res r = app_start_offline(&s->app, e);

	if (r != RES_OK)
		return r;
	app_tell("%s:", s->path);
	r = app_read_evidence(&s->app, s->path, app_asked_purpose(s->app.opt), &s->im, e);
	if (r == RES_OK)
		wizard_update(s->app.wizard);
	return r;
}

/* --- text ------ */

static void
put_side(struct buf *out, const char *name, const struct side *s)
{
	const struct verdict *v = &wizard_diagnosis(s->app.wizard)->verdict;

	buf_printf(out, "%s  %s\n   %s: %s\n", name, s->path, state_word(v->state), v->summary);
}

static const char *
shown(const char *value)
{
	return *value ? value : "(not said)";
}

static void
put_row(struct buf *out, const struct compared *x)
{
	buf_printf(out, "  %s\n     A  %s\n     B  %s\n", x->fact, shown(x->a), shown(x->b));
}

static void
put_rank(struct buf *out, const struct comparison *c, enum compare_rank from, enum compare_rank to,
	const char *heading)
{
	bool any = false;

	for (size_t i = 0; i < c->n_differ; i++) {
		if (&c->v[i] == c->explains || c->v[i].rank < from || c->v[i].rank > to)
			continue;
		if (!any)
			buf_printf(out, "\n%s\n", heading);
		any = true;
		put_row(out, &c->v[i]);
	}
}

static void
put_names(struct buf *out, const struct comparison *c)
{
	bool any = false;

	for (size_t i = c->n_differ; i < c->n; i++) {
		buf_printf(out, "%s%s", any ? ", " : "\nThe same in both: ", c->v[i].fact);
		any = true;
	}
	if (any)
		buf_puts(out, "\n");
}

/* Of the two that work, one has a finding that a user would want to know of. */
static bool
is_warned(const struct side *s)
{
	const struct finding *f = wizard_diagnosis(s->app.wizard)->verdict.primary;

	return f && f->severity != SEV_INFO;
}

static void
sentence(char *out, size_t size, const struct comparison *c, bool warned)
{
	switch (c->outcome) {
	case COMPARE_A_WORKS:
	case COMPARE_B_WORKS:
		text_format(out, size, "It works for %s and not for %s: %s",
			c->outcome == COMPARE_A_WORKS ? "A" : "B",
			c->outcome == COMPARE_A_WORKS ? "B" : "A",
			c->cause ? c->cause->summary
				 : "what was given does not settle why.");
		break;
	case COMPARE_BOTH_WORK:
		text_format(out, size, "%s",
			warned ? "Both work; what was found all the same stands above."
			       : "Nothing wrong was found in either.");
		break;
	case COMPARE_SAME_CAUSE:
		text_format(out, size, "Neither works, and for the same reason.");
		break;
	case COMPARE_TWO_CAUSES:
		text_format(out, size, "Neither works, each for a reason of its own.");
		break;
	}
}

static void
write_text(struct buf *out, const struct comparison *c, const struct side *a, const struct side *b)
{
	char words[2 * LIMIT_MESSAGE];

	put_side(out, "A", a);
	put_side(out, "B", b);
	sentence(words, sizeof(words), c, is_warned(a) || is_warned(b));
	buf_printf(out, "\n%s\n", words);
	if (c->explains) {
		buf_puts(out, "\nThe difference that explains it\n");
		put_row(out, c->explains);
	} else if (c->cause) {
		buf_puts(out,
			"\nNone of the differences is what this cause was told by; its "
			"evidence:\n");
		for (size_t i = 0; i < c->cause->n_evidence; i++)
			buf_printf(out, "  %s: %s\n", c->cause->evidence[i].fact,
				c->cause->evidence[i].value);
	}
	if (c->cause && *c->cause->remedy) {
		char helps[LIMIT_MESSAGE];

		buf_printf(out, "  What helps: %s\n",
			say_where(AUDIENCE_COMMANDS, c->cause->remedy, helps, sizeof(helps)));
	}
	put_rank(out, c, COMPARE_CAUSE, COMPARE_CONSULTED, "Also looked at by what was found");
	put_rank(out, c, COMPARE_OTHER, COMPARE_OTHER, "Differs, too");
	put_rank(out, c, COMPARE_EXPECTED, COMPARE_EXPECTED,
		"Two tokens or users differ in this anyway");
	put_names(out, c);
}

/* --- JSON ------ */

static void
set_value(struct json *o, const char *key, const char *value)
{
	if (*value)
		json_set_str(o, key, value);
	else
		json_set_null(o, key);
}

static struct json *
side_json(const struct side *s)
{
	const struct verdict *v = &wizard_diagnosis(s->app.wizard)->verdict;
	struct json *o = json_new_object(), *j = json_new_object();
	char safe[400];

	json_set_str(o, "file", text_safe_into(safe, sizeof(safe), span_of(s->path)));
	json_set_str(j, "state", state_id(v->state == STATE_WARNING ? STATE_OK : v->state));
	json_set_str(j, "primary", v->primary ? v->primary->rule->id : NULL);
	json_set_str(j, "summary", v->summary);
	json_set_str(j, "next", v->next);
	json_set_take(o, "verdict", j);
	return o;
}

static void
write_json(struct buf *out, const struct comparison *c, const struct side *a, const struct side *b)
{
	struct json *o = json_new_object(), *differ = json_new_array(), *same = json_new_array();
	char words[2 * LIMIT_MESSAGE];

	sentence(words, sizeof(words), c, is_warned(a) || is_warned(b));
	json_set_str(o, "schema", "tokentriage.compare/1");
	json_set_take(o, "a", side_json(a));
	json_set_take(o, "b", side_json(b));
	json_set_str(o, "outcome", compare_outcome_id(c->outcome));
	json_set_str(o, "summary", words);
	json_set_str(o, "cause", c->cause ? c->cause->rule->id : NULL);
	json_set_str(o, "explained_by", c->explains ? c->explains->fact : NULL);
	for (size_t i = 0; i < c->n; i++) {
		struct json *x = json_new_object();

		json_set_str(x, "fact", c->v[i].fact);
		if (i >= c->n_differ) {
			set_value(x, "value", c->v[i].a);
			json_append_take(same, x);
			continue;
		}
		json_set_str(x, "rank", compare_rank_id(c->v[i].rank));
		set_value(x, "a", c->v[i].a);
		set_value(x, "b", c->v[i].b);
		json_append_take(differ, x);
	}
	json_set_take(o, "differences", differ);
	json_set_take(o, "same", same);
	(void)json_print(o, out, true);
	json_free(o);
}

/* --- the command ------ */

static int
write_out(const struct options *o, struct span text)
{
	const char *path = opt_str(o, OPT_OUTPUT);
	struct err e = ERR_INIT;
	struct buf ascii;
	int status = STATUS_OK;

	buf_init(&ascii, LIMIT_REPORT);
	if (opt_given(o, OPT_ASCII) || (!path && app_ascii(o)))
		for (struct span rest = text, line; span_next(&rest, '\n', &line);) {
			text_ascii(&ascii, line);
			buf_putc(&ascii, '\n');
		}
	else
		buf_add_span(&ascii, text);
	if (!path) {
		status = app_print(buf_span(&ascii));
	} else if (file_write(path, buf_span(&ascii), &e) != RES_OK) {
		app_fail(&e);
		status = STATUS_INTERNAL;
	}
	buf_release(&ascii);
	return status;
}

static int
status_of(const struct side *a, const struct side *b)
{
	int x = app_verdict_status(&a->app), y = app_verdict_status(&b->app);

	return x == STATUS_PROBLEM || y == STATUS_PROBLEM ? STATUS_PROBLEM : x > y ? x : y;
}

static int
compare(const struct options *o, const struct side *a, const struct side *b)
{
	const struct compare_side sides[2] = {
		{wizard_facts(a->app.wizard), wizard_diagnosis(a->app.wizard)},
		{wizard_facts(b->app.wizard), wizard_diagnosis(b->app.wizard)}};
	struct comparison *c = xcalloc(1, sizeof(*c));
	struct buf out;
	int status;

	buf_init_wiping(&out, LIMIT_REPORT);
	compare_cases(c, &sides[0], &sides[1]);
	if (opt_given(o, OPT_FORMAT) && !strcmp(opt_str(o, OPT_FORMAT), "json"))
		write_json(&out, c, a, b);
	else
		write_text(&out, c, a, b);
	status = write_out(o, buf_span(&out));
	buf_release(&out);
	free(c);
	return status == STATUS_OK ? status_of(a, b) : status;
}

int
cmd_compare(const struct options *o)
{
	struct side *s = xcalloc(2, sizeof(*s));
	struct err e = ERR_INIT;
	int status;

	if (check_usage(o, &e) != RES_OK) {
		free(s);
		return app_usage(CMD_COMPARE, &e);
	}
	for (int i = 0; i < 2; i++) {
		app_init(&s[i].app, o);
		import_init(&s[i].im);
		s[i].path = o->args[i];
	}
	s[1].app.warned = SIZE_MAX; /* what is wrong with the configuration is said once */
	if (read_side(&s[0], &e) != RES_OK || read_side(&s[1], &e) != RES_OK)
		status = app_fail(&e);
	else
		status = compare(o, &s[0], &s[1]);
	for (int i = 0; i < 2; i++) {
		app_release(&s[i].app);
		import_release(&s[i].im);
	}
	free(s);
	return status;
}
