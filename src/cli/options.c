#include "cli/options.h"

#include <getopt.h>

#include "base/mem.h"
#include "base/text.h"
#include "oauth/url.h"

static const char client_auth_help[] =
#define CLIENT_AUTH(sym, name, words) name ", "
#include "oauth/clientauth.def"
#undef CLIENT_AUTH
	"or without it what the server's metadata allows";

const struct option_row option_rows[OPT_COUNT] = {
#define OPTION(sym, name, c, kind, arg, dflt, lo, hi, group, cmds, key, help)                      \
	[OPT_##sym] = {                                                                            \
		name, c, OPT_KIND_##kind, arg, dflt, lo, hi, OPT_GROUP_##group, cmds, key, help},
#include "cli/options.def"
#undef OPTION
};

const struct command_row command_rows[CMD_COUNT] = {
#define COMMAND(sym, name, args, most, fn, summary) [CMD_##sym] = {name, args, most, summary},
#include "cli/commands.def"
#undef COMMAND
};

void
options_init(struct options *o)
{
	memset(o, 0, sizeof(*o));
}

void
options_release(struct options *o)
{
	for (size_t i = 0; i < OPT_COUNT; i++) {
		for (size_t k = 0; k < o->v[i].list.n; k++)
			free(o->v[i].list.v[k]);
		free(o->v[i].list.v);
	}
	options_init(o);
}

const char *
command_title(enum command c)
{
	switch (c) {
#define COMMAND(sym, name, args, most, fn, summary)                                                \
	case CMD_##sym:                                                                            \
		return sizeof(name) > 1 ? "tokentriage " name : "tokentriage";
#include "cli/commands.def"
#undef COMMAND
	case CMD_COUNT:
		break;
	}
	return "tokentriage";
}

int
word_index(const char *words, struct span word)
{
	struct span rest = span_of(words), w;

	for (int i = 0; span_next(&rest, '|', &w); i++)
		if (span_eq(w, word))
			return i;
	return -1;
}

static bool
applies(enum opt id, enum command c)
{
	return option_rows[id].commands & (1u << c);
}

/* The commands that take an option, for the hint. */
static void
commands_of(enum opt id, char *out, size_t size)
{
	size_t used = 0;

	*out = '\0';
	for (int c = 0; c < CMD_COUNT; c++) {
		const char *name = *command_rows[c].name ? command_rows[c].name : "the wizard";

		if (applies(id, c) && used + strlen(name) + 3 < size)
			used += (size_t)snprintf(
				out + used, size - used, "%s%s", used ? ", " : "", name);
	}
}

/* An option that getopt does not know; word is "--name", "--name=value" or "-x". */
static enum res
unknown_option(const char *word, char letter, enum command c, struct err *e)
{
	char name[48], where[120];
	size_t best;
	int near = -1;

	if (letter) {
		for (int i = 0; i < OPT_COUNT; i++) {
			if (option_rows[i].letter == letter &&
				option_rows[i].kind != OPT_KIND_REFUSED) {
				commands_of(i, where, sizeof(where));
				return err_set(e, RES_SYNTAX,
					"-%c does not apply to %s; it belongs to: %s", letter,
					command_title(c), where);
			}
		}
		return err_set(e, RES_SYNTAX, "unknown option -%c", letter);
	}
	/* The value behind "=" may be a secret: it is never repeated. */
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	best = word_near(name);
	for (int i = 0; i < OPT_COUNT; i++) {
		size_t d = word_distance(name, option_rows[i].name);

		if (d == 0) {
			commands_of(i, where, sizeof(where));
			return err_set(e, RES_SYNTAX,
				"--%s does not apply to %s; it belongs to: %s", name,
				command_title(c), where);
		}
		if (d < best && applies(i, c) && option_rows[i].kind != OPT_KIND_REFUSED) {
			best = d;
			near = i;
		}
	}
	if (looks_secret(name))
		return err_set(e, RES_SYNTAX, "unknown option");
	if (near >= 0)
		return err_set(e, RES_SYNTAX, "unknown option --%s; did you mean --%s?", name,
			option_rows[near].name);
	return err_set(e, RES_SYNTAX, "unknown option --%s", name);
}

static enum res
set_int(struct options *o, enum opt id, const char *value, struct err *e)
{
	const struct option_row *row = &option_rows[id];
	int64_t n = 0;
	enum res r = span_to_i64(span_of(value), &n);

	if (r == RES_OK && n >= row->min && n <= row->max) {
		o->v[id].num = (int)n;
		return RES_OK;
	}
	return err_set(e, r == RES_SYNTAX ? RES_SYNTAX : RES_RANGE, "--%s: %s; allowed: %d to %d",
		row->name, r == RES_SYNTAX ? "not a whole number" : "out of range", row->min,
		row->max);
}

static enum res
set_option(struct options *o, enum opt id, char *value, struct err *e)
{
	const struct option_row *row = &option_rows[id];
	struct url u;

	if (row->kind == OPT_KIND_REFUSED) {
		if (value)
			wipe(value, strlen(value));
		return err_set(e, RES_REFUSED,
			"--%s: a secret is not taken as an argument, because other users "
			"can read a process's arguments; use %s",
			row->name, row->help);
	}
	if (value && option_value_secret(row, value, e) != RES_OK) {
		wipe(value, strlen(value));
		return RES_REFUSED;
	}
	o->v[id].given = true;
	o->v[id].str = value;
	switch (row->kind) {
	case OPT_KIND_INT:
		return set_int(o, id, value, e);
	case OPT_KIND_ENUM:
		if (word_index(row->arg, span_of(value)) < 0) {
			return err_set(e, RES_SYNTAX, "--%s: not one of %s", row->name, row->arg);
		}
		return RES_OK;
	case OPT_KIND_URL:
		if (url_parse(&u, span_of(value), NULL) != RES_OK)
			return err_set(e, RES_SYNTAX, "--%s: not an absolute http or https URL",
				row->name);
		if (u.userinfo.n) /* it would stand in every report */
			return err_set(e, RES_SYNTAX,
				"--%s: a URL with a user name or password in it", row->name);
		return RES_OK;
	case OPT_KIND_LIST:
		str_list_add(&o->v[id].list, span_of(value));
		return RES_OK;
	case OPT_KIND_STRING:
	case OPT_KIND_FILE:
		if (!*value)
			return err_set(e, RES_SYNTAX, "--%s: empty", row->name);
		return RES_OK;
	case OPT_KIND_FLAG:
	case OPT_KIND_REFUSED:
		break;
	}
	return RES_OK;
}

/*
 * The command is the first argument; before any option, so that it decides which options there are.
 */
static enum res
find_command(struct options *o, int argc, char **argv, struct err *e)
{
	o->command = CMD_WIZARD;
	if (argc < 2 || argv[1][0] == '-')
		return RES_OK;
	for (int c = 0; c < CMD_COUNT; c++) {
		if (*command_rows[c].name && !strcmp(argv[1], command_rows[c].name)) {
			o->command = c;
			return RES_OK;
		}
	}
	if (looks_secret(argv[1])) {
		wipe(argv[1], strlen(argv[1]));
		return err_set(e, RES_REFUSED,
			"the first argument looks like a token; other users can read a "
			"process's arguments: give it to 'tokentriage inspect -' on stdin");
	}
	return err_set(e, RES_SYNTAX, "unknown command '%s'", argv[1]);
}

/* getopt's tables of what applies to the command; val is the option's number + 256. */
static void
getopt_tables(enum command c, struct option *longs, char *shorts)
{
	size_t n = 0, k = 0;

	shorts[k++] = ':';
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		bool arg = row->kind != OPT_KIND_FLAG;

		if (!applies(i, c))
			continue;
		longs[n++] = (struct option){
			row->name, arg ? required_argument : no_argument, NULL, 256 + i};
		if (row->letter) {
			shorts[k++] = row->letter;
			if (arg)
				shorts[k++] = ':';
		}
	}
	longs[n] = (struct option){0};
	shorts[k] = '\0';
}

static int
option_by_letter(int letter, enum command c)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_rows[i].letter == letter && applies(i, c))
			return i;
	return -1;
}

/* One more than the command takes: perhaps it is the command, behind an option. */
static enum res
unexpected(enum command c, const char *arg, struct err *e)
{
	for (int k = 1; k < CMD_COUNT && c == CMD_WIZARD; k++)
		if (strcmp(arg, command_rows[k].name) == 0)
			return err_set(e, RES_SYNTAX,
				"the command comes first: tokentriage %s [options]", arg);
	return err_set(e, RES_SYNTAX, "unexpected argument '%s'", arg);
}

static enum res
take_args(struct options *o, int argc, char **argv, int from, struct err *e)
{
	for (int i = from; i < argc; i++) {
		if (looks_secret(argv[i])) {
			wipe(argv[i], strlen(argv[i]));
			return err_set(e, RES_REFUSED,
				"an argument looks like a token; other users can read a "
				"process's arguments: put it into a file or on stdin");
		}
		if (o->n_args >= command_rows[o->command].most_args)
			return unexpected(o->command, argv[i], e);
		o->args[o->n_args++] = argv[i];
	}
	return RES_OK;
}

enum res
options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 2];
	enum res r = find_command(o, argc, argv, e);
	int skip = o->command != CMD_WIZARD, c;

	if (r != RES_OK)
		return r;
	argc -= skip;
	argv += skip;
	getopt_tables(o->command, longs, shorts);
	opterr = 0;
	optind = 0; /* glibc: start afresh */
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const char *word = argv[optind - 1];
		int id = c >= 256 ? c - 256 : option_by_letter(c, o->command);

		if (c == ':')
			return optopt >= 256 ? err_set(e, RES_SYNTAX, "--%s needs a value",
						       option_rows[optopt - 256].name)
					     : err_set(e, RES_SYNTAX, "-%c needs a value", optopt);
		if (c == '?' && optopt >= 256)
			return err_set(e, RES_SYNTAX, "--%s takes no value",
				option_rows[optopt - 256].name);
		if (c == '?' || id < 0)
			return unknown_option(word, (char)optopt, o->command, e);
		r = set_option(o, id, optarg, e);
		if (r != RES_OK)
			return r;
	}
	return take_args(o, argc, argv, optind, e);
}

bool
opt_given(const struct options *o, enum opt id)
{
	return o->v[id].given;
}

const char *
opt_str(const struct options *o, enum opt id)
{
	return o->v[id].given ? o->v[id].str : option_rows[id].dflt;
}

int
opt_int(const struct options *o, enum opt id)
{
	int64_t n = 0;

	if (o->v[id].given)
		return o->v[id].num;
	if (option_rows[id].dflt && span_to_i64(span_of(option_rows[id].dflt), &n) == RES_OK)
		return (int)n;
	return 0;
}

int
opt_choice(const struct options *o, enum opt id)
{
	return word_index(option_rows[id].arg, span_of(opt_str(o, id)));
}
