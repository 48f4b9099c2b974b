#include "ui/command.h"

#include <dirent.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "diagnose/diagnose.h"
#include "oauth/oautherror.h"
#include "wizard/flow.h"

enum { FILES = 1000 };

static const struct argument arguments[ACT_COUNT] = {
#define ARGUMENT(action, take, first, second, names, help)                                         \
	[ACT_##action] = {{WORD_##first, WORD_##second}, names, help},
#include "ui/arguments.def"
#undef ARGUMENT
};

const struct argument *
action_argument(enum action a)
{
	return arguments[a].names ? &arguments[a] : NULL;
}

/* --- the words of a kind ---------------------------------------------------------------------- */

/* words: what it is, in one line; "": no more than its name says. */
typedef void word_sink(void *ctx, const char *word, const char *words);

static void
step_words(word_sink *each, void *ctx)
{
	for (int s = 0; s < STEP_COUNT; s++)
		each(ctx, step_id((enum step)s), tr(step_question((enum step)s)));
}

static void
flow_words(word_sink *each, void *ctx)
{
	for (int k = 0; k < FLOW_COUNT; k++)
		each(ctx, flow_row((enum flow_kind)k)->id, tr(flow_row((enum flow_kind)k)->words));
}

static void
entry_words(word_sink *each, void *ctx)
{
	for (size_t i = 0; i < catalogue_count; i++)
		each(ctx, catalogue[i].id, tr(catalogue[i].title));
	for (size_t i = 0; i < oauth_error_count; i++)
		each(ctx, oauth_errors[i].code, tr(oauth_errors[i].meaning));
}

static void
format_words(const struct ui *ui, word_sink *each, void *ctx)
{
	for (size_t i = 0; i < ui->d->n_formats; i++)
		each(ctx, ui->d->formats[i].id, tr(ui->d->formats[i].label));
}

static void
theme_words(const struct ui *ui, word_sink *each, void *ctx)
{
	char(*names)[UI_THEME_NAME] = xcalloc(UI_THEMES, sizeof(*names));
	size_t n = ui->d->list_themes ? ui->d->list_themes(ui->d->ctx, names, UI_THEMES) : 0;

	for (size_t i = 0; i < n; i++)
		each(ctx, names[i], "");
	free(names);
}

/* The entries of the folder that the path is in; hidden ones only where a dot was typed. */
static void
file_words(struct span typed, word_sink *each, void *ctx)
{
	struct err e = ERR_INIT;
	size_t dir = typed.n;
	struct dirent *entry;
	struct span base;
	char *folder;
	DIR *d;

	while (dir > 0 && typed.p[dir - 1] != '/')
		dir--;
	base = span_from(typed, dir);
	folder = dir ? typed_path(span_sub(typed, 0, dir), &e) : xstrdup(".");
	d = folder ? opendir(folder) : NULL;
	for (int n = 0; d && n < FILES && (entry = readdir(d)) != NULL; n++) {
		const char *name = entry->d_name;
		bool folds = entry->d_type == DT_DIR;
		char *word;

		if ((name[0] == '.' && !base.n) || !strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (!span_eq(span_sub(span_of(name), 0, base.n), base))
			continue;
		word = xasprintf("%.*s%s%s", (int)dir, dir ? typed.p : "", name, folds ? "/" : "");
		each(ctx, word, folds ? _("folder") : "");
		free(word);
	}
	if (d)
		closedir(d);
	free(folder);
}

static void
all_words(const struct ui *ui, enum word_kind kind, struct span typed, word_sink *each, void *ctx)
{
	switch (kind) {
	case WORD_STEP:
		step_words(each, ctx);
		break;
	case WORD_FLOW:
		flow_words(each, ctx);
		break;
	case WORD_ENTRY:
		entry_words(each, ctx);
		break;
	case WORD_FORMAT:
		format_words(ui, each, ctx);
		break;
	case WORD_THEME:
		theme_words(ui, each, ctx);
		break;
	case WORD_FILE:
		file_words(typed, each, ctx);
		break;
	case WORD_NONE:
		break;
	}
}

/* --- the nearest ------------------------------------------------------------------------------ */

struct nearest {
	const char *word; /* as typed, safe */
	size_t distance;
	bool same;
	char *out;
	size_t size;
};

static void
look_nearer(void *ctx, const char *word, const char *words)
{
	struct nearest *n = ctx;
	size_t d = word_distance(n->word, word);

	(void)words;
	n->same |= !strcmp(n->word, word);
	if (d >= n->distance)
		return;
	n->distance = d;
	snprintf(n->out, n->size, "%s", word);
}

const char *
command_nearest(const struct ui *ui, enum word_kind kind, struct span word, char *out, size_t size)
{
	char safe[64];
	struct nearest n = {text_safe_into(safe, sizeof(safe), word), 0, false, out, size};

	n.distance = word_near(safe);
	out[0] = '\0';
	all_words(ui, kind, word, look_nearer, &n);
	return out[0] ? out : NULL;
}

bool
command_knows(const struct ui *ui, enum word_kind kind, struct span word)
{
	char safe[64], near[64];
	struct nearest n = {
		text_safe_into(safe, sizeof(safe), word), 1, false, near, sizeof(near)};

	if (kind == WORD_FILE)
		return word.n > 0;
	all_words(ui, kind, word, look_nearer, &n);
	return n.same;
}

/* --- candidates ------------------------------------------------------------------------------- */

void
candidates_release(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].line);
		free(c->v[i].name);
		free(c->v[i].keys);
		free(c->v[i].words);
	}
	free(c->v);
	*c = (struct candidates){NULL, 0, 0, true};
}

static void
add(struct candidates *c, struct candidate one_take)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 32;
		c->v = xreallocarray(c->v, c->cap, sizeof(*c->v));
	}
	c->v[c->n++] = one_take;
}

/* Can it be named on the command line of a screen with these contexts? */
static bool
reachable(enum action a, unsigned contexts)
{
	return ((contexts | CONTEXT_ANY) & action_infos[a].context) != 0;
}

static void
add_action(const struct ui *ui, enum action a, struct candidates *out)
{
	char keys[80];

	add(out,
		(struct candidate){xstrdup(action_infos[a].id), xstrdup(action_infos[a].id),
			xstrdup(keymap_names(&ui->keymap, a, keys, sizeof(keys))),
			xstrdup(tr(action_infos[a].help))});
}

static void
action_candidates(const struct ui *ui, unsigned contexts, struct span name, struct candidates *out)
{
	char *word;

	for (int a = 1; a < ACT_COUNT; a++)
		if (reachable((enum action)a, contexts) &&
			span_eq(span_sub(span_of(action_infos[a].id), 0, name.n), name))
			add_action(ui, (enum action)a, out);
	if (out->n)
		return;
	/* none is called so; perhaps one does what was typed */
	out->prefix = false;
	word = span_dup(name);
	for (int a = 1; a < ACT_COUNT; a++)
		if (reachable((enum action)a, contexts) &&
			(span_contains_nocase(span_of(action_infos[a].id), word) ||
				span_contains_nocase(span_of(tr(action_infos[a].help)), word)))
			add_action(ui, (enum action)a, out);
	free(word);
}

struct wanted {
	struct span before, word; /* of the line */
	struct candidates *out;
};

static void
take_word(void *ctx, const char *word, const char *words)
{
	struct wanted *w = ctx;

	if (w->out->n >= COMMAND_CANDIDATES || !text_is_safe(span_of(word)) ||
		!span_eq(span_sub(span_of(word), 0, w->word.n), w->word))
		return;
	add(w->out,
		(struct candidate){xasprintf("%.*s%s", SPAN_ARG(w->before), word), xstrdup(word),
			xstrdup(""), xstrdup(words)});
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct candidate *)a)->name, ((const struct candidate *)b)->name);
}

/* Takes the first word and the blanks behind it off the line; false: there are none behind it. */
static bool
next_word(struct span *line, struct span *word)
{
	size_t n = 0;

	while (n < line->n && line->p[n] != ' ')
		n++;
	*word = span_sub(*line, 0, n);
	if (n == line->n)
		return false;
	while (n < line->n && line->p[n] == ' ')
		n++;
	*line = span_from(*line, n);
	return true;
}

void
command_candidates(const struct ui *ui, unsigned contexts, struct span line, struct candidates *out)
{
	struct span rest = line, word, second;
	const struct argument *arg;
	struct wanted w;
	enum word_kind kind;
	enum action a;

	*out = (struct candidates){NULL, 0, 0, true};
	if (!next_word(&rest, &word)) {
		action_candidates(ui, contexts, word, out);
		return;
	}
	if (!action_find(word, &a) || !reachable(a, contexts)) {
		action_candidates(ui, contexts, span_trim(line), out);
		return;
	}
	arg = action_argument(a);
	if (!arg)
		return;
	kind = arg->kinds[0];
	w = (struct wanted){span_sub(line, 0, line.n - rest.n), rest, out};
	if (arg->kinds[1] != WORD_NONE && next_word(&rest, &second)) {
		kind = arg->kinds[1];
		w = (struct wanted){span_sub(line, 0, line.n - rest.n), rest, out};
	}
	all_words(ui, kind, w.word, take_word, &w);
	if (kind == WORD_FILE && out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
}

size_t
candidates_common(const struct candidates *c)
{
	size_t n = c->n ? strlen(c->v[0].line) : 0;

	for (size_t i = 1; i < c->n; i++) {
		size_t k = 0;

		while (k < n && c->v[0].line[k] == c->v[i].line[k])
			k++;
		n = k;
	}
	/* whole characters */
	while (n > 0 && ((unsigned char)c->v[0].line[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* --- a whole line ----------------------------------------------------------------------------- */

/* The action that alone begins so; ACT_NONE. */
static enum action
only_one(unsigned contexts, struct span name)
{
	enum action found = ACT_NONE;

	for (int a = 1; a < ACT_COUNT; a++) {
		if (!reachable((enum action)a, contexts) ||
			!span_eq(span_sub(span_of(action_infos[a].id), 0, name.n), name))
			continue;
		if (found != ACT_NONE)
			return ACT_NONE;
		found = (enum action)a;
	}
	return found;
}

static void
say_unknown(unsigned contexts, struct span name, struct err *e)
{
	char safe[48];
	const char *near = NULL;
	size_t best;

	best = word_near(text_safe_into(safe, sizeof(safe), name));
	for (int a = 1; a < ACT_COUNT; a++) {
		size_t d = word_distance(safe, action_infos[a].id);

		if (reachable((enum action)a, contexts) && d < best) {
			best = d;
			near = action_infos[a].id;
		}
	}
	if (near)
		err_set(e, RES_NOTFOUND, _("There is no action \"%s\"; did you mean %s?"), safe,
			near);
	else
		err_set(e, RES_NOTFOUND, _("There is no action \"%s\"; Tab lists them."), safe);
}

bool
command_parse(
	unsigned contexts, struct span line, enum action *a, struct span *argument, struct err *e)
{
	struct span rest = span_trim(line), name;

	*argument = next_word(&rest, &name) ? rest : SPAN_EMPTY;
	if (!action_find(name, a))
		*a = only_one(contexts, name);
	if (*a == ACT_NONE) {
		say_unknown(contexts, name, e);
		return false;
	}
	if (reachable(*a, contexts))
		return true;
	err_set(e, RES_REFUSED,
		_("\"%s\" is for another place: here there is nothing for it to do."),
		action_infos[*a].id);
	return false;
}
