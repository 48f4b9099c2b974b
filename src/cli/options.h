/*
 * Commands and options, from two tables (commands.def, options.def): parser, help, and whatever
 * else needs to know them.
 */
#ifndef TT_CLI_OPTIONS_H
#define TT_CLI_OPTIONS_H

#include "base/limits.h"
#include "case/profile.h"

enum command {
#define COMMAND(sym, name, args, most, fn, summary) CMD_##sym,
#include "cli/commands.def"
#undef COMMAND
	CMD_COUNT
};
#define CMD_BIT(sym) (1u << CMD_##sym)

enum opt {
#define OPTION(sym, name, c, kind, arg, dflt, lo, hi, group, cmds, key, help) OPT_##sym,
#include "cli/options.def"
#undef OPTION
	OPT_COUNT
};

enum opt_kind {
	OPT_KIND_FLAG,
	OPT_KIND_STRING,
	OPT_KIND_FILE,
	OPT_KIND_URL,
	OPT_KIND_INT,
	OPT_KIND_ENUM,
	OPT_KIND_LIST,
	OPT_KIND_REFUSED,
};
enum opt_group {
	OPT_GROUP_SERVER,
	OPT_GROUP_TOKENS,
	OPT_GROUP_WALK,
	OPT_GROUP_OUTPUT,
	OPT_GROUP_COUNT
};

struct option_row {
	const char *name;
	char letter; /* 0: none */
	enum opt_kind kind;
	const char *arg, *dflt;
	int min, max;
	enum opt_group group;
	unsigned commands; /* CMD_BIT */
	const char *key; /* of the profile, or NULL */
	const char *help;
};
extern const struct option_row option_rows[OPT_COUNT];

struct command_row {
	const char *name, *args;
	int most_args;
	const char *summary;
};
extern const struct command_row command_rows[CMD_COUNT];

/* What was given.  Strings are argv's. */
struct options {
	enum command command;
	struct {
		bool given;
		const char *str; /* the last one */
		int num;
		struct str_list list;
	} v[OPT_COUNT];
	const char *args[2];
	int n_args;
};

/* Statuses of CONTRACT §3. */
enum { STATUS_OK, STATUS_PROBLEM, STATUS_USAGE, STATUS_UNDETERMINED, STATUS_INTERNAL };

void options_init(struct options *o);
void options_release(struct options *o);
/*
 * Parses argv (permuted; the values of refused options are wiped in it).  The error text says which
 * option, what is allowed and what to do instead; it never holds a value that may be secret.
 */
enum res options_parse(struct options *o, int argc, char **argv, struct err *e) MUST_USE;

bool opt_given(const struct options *o, enum opt id);
/* The value given, else the default of the table, else NULL. */
const char *opt_str(const struct options *o, enum opt id);
int opt_int(const struct options *o, enum opt id);
/* The index of the value among the words of an ENUM's argument; -1: not given and no default. */
int opt_choice(const struct options *o, enum opt id);
/* Is it one of the words of "a|b|c"?  Its index, or -1. */
int word_index(const char *words, struct span word);

/* The text of --help; of the program for CMD_WIZARD. */
void options_help(struct buf *out, enum command c);
/* "tokentriage check" */
const char *command_title(enum command c);
/* Does an argument look like a token or a secret (then it is never echoed)? */
bool looks_secret(const char *arg);
/*
 * RES_REFUSED, with the way that works, if a token or secret was given where the option takes a
 * name.
 */
enum res option_value_secret(
	const struct option_row *row, const char *value, struct err *e) MUST_USE;

#endif
