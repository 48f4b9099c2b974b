/*
 * The configuration (CONTRACT §4): tokentriage.conf, then profiles.d/NAME.conf beside it.  conf.c
 * alone knows libconfig.  Unknown keys, wrong types and values out of range are errors with file,
 * line, key and what is allowed.
 */
#ifndef TT_CLI_CONF_H
#define TT_CLI_CONF_H

#include "base/limits.h"
#include "case/profile.h"
#include "cli/child.h"
#include "ui/keymap.h"
#include "ui/theme.h"

struct conf_ui {
#define UI_STR(key, dflt, help) char *key;
#define UI_BOOL(key, dflt, help) bool key;
#define UI_INT(key, dflt, lo, hi, help) int key;
#include "cli/uikeys.def"
#undef UI_STR
#undef UI_BOOL
#undef UI_INT
};

struct conf {
	struct str_list files; /* that were read */
	struct str_list warnings;
	char *default_profile;
	struct conf_ui ui;
	char *theme_where; /* "FILE:LINE" of ui.theme; NULL: not given */
	struct keymap keymap; /* the group keys over the defaults */
	struct profile *profiles;
	char **profile_where; /* "FILE:LINE" */
	size_t n_profiles;
};

void conf_init(struct conf *c);
void conf_release(struct conf *c);
/*
 * Reads path and profiles.d beside it; NULL: the first found of $XDG_CONFIG_HOME (or ~/.config) and
 * /etc; none there is no error.  Secrets are not fetched here: profiles hold their sources.
 * Relative file names are taken from the configuration file's folder, "~/" from the home folder.
 */
enum res conf_load(struct conf *c, const char *path, struct err *e) MUST_USE;
/*
 * The folder of --config's file (path), or of what conf_load() finds, or of what it would: owned;
 * NULL: no home.
 */
char *conf_folder(const char *path);
/* One text of that form, as read from `file` (tests, fuzzing); main: not from profiles.d. */
enum res conf_read(
	struct conf *c, struct span text, const char *file, bool main, struct err *e) MUST_USE;
const struct profile *conf_profile(const struct conf *c, const char *name); /* NULL */
/* The configuration as understood, every default shown, secrets masked; p: the profile in use, or
 * NULL. */
void conf_print(const struct conf *c, const struct profile *p, struct buf *out);

/*
 * What libconfig lets pass: integers that wrap, @include, NUL.  Names the line and the key.
 * (conf-scan.c)
 */
enum res conf_scan(struct span text, const char *file, struct err *e) MUST_USE;
/* What a key of a profile takes, "a whole number from 1 to 600 (s)"; "" for an unknown key. */
void conf_allowed(struct span key, char *out, size_t size);

/*
 * Is v a value that the profile key takes?  *allowed: the form that values of this key have; not
 * set for a key that takes any string.  (conf-values.c)
 */
bool conf_value_ok(const char *key, struct span v, const char **allowed);

/*
 * A theme by its name (a file NAME.conf in $XDG_CONFIG_HOME/tokentriage/themes or the installed
 * themes) or by its path, on top of the one it inherits from.  "default" is compiled in.
 */
enum res conf_theme(struct theme *t, const char *name, struct err *e) MUST_USE;
enum { CONF_THEME_NAME = 32 };
/* The names that conf_theme() takes, the default first; longer ones are left out. */
size_t conf_theme_names(char (*names)[CONF_THEME_NAME], size_t most);
/* Is ui.theme one?  The error names the line that asks for it. */
enum res conf_theme_check(const struct conf *c, struct err *e) MUST_USE;
/* Its two halves (conf.c): the name it inherits from, and its members over t. */
enum res conf_theme_parent(
	struct span text, const char *file, char out[32], struct err *e) MUST_USE;
enum res conf_theme_read(
	struct theme *t, struct span text, const char *file, struct err *e) MUST_USE;

/*
 * Fetches the secrets of a profile from their sources ("env VAR", "file PATH", "command TEXT",
 * "keyring NAME").  A command runs by /bin/sh -c for 10 s at most; its output is the secret.
 */
enum res conf_fetch_secrets(struct profile *p, struct str_list *warnings, struct err *e) MUST_USE;
/* Those alone that need no command. */
enum res conf_fetch_ready_secrets(
	struct profile *p, struct str_list *warnings, struct err *e) MUST_USE;
/* A secret's command that runs beside the loop: one at a time. */
struct secret_fetch {
	const struct profile_key *key; /* whose; NULL: none runs */
	struct child command;
};
void secret_fetch_init(struct secret_fetch *f);
void secret_fetch_release(struct secret_fetch *f); /* what still runs is killed */
/*
 * Starts the command of the first secret of p that has no value yet; f->key is NULL when there is
 * none.
 */
enum res secret_fetch_begin(
	struct secret_fetch *f, const struct profile *p, struct err *e) MUST_USE;
/* True: the command is over; *out is the secret, the caller's, or NULL with e set.  Never waits. */
bool secret_fetch_turn(struct secret_fetch *f, const struct profile *p, struct secret **out,
	struct err *e);
/* One source. */
enum res conf_fetch_secret(
	const char *source, struct secret **out, struct str_list *warnings, struct err *e) MUST_USE;
/*
 * Runs a command by /bin/sh -c and appends its stdout to out; when the time is up its whole process
 * group is killed (RES_CANCELLED).  The first line of its stderr is in the error.
 */
enum res conf_run_command(
	const char *command, int limit_ms, struct buf *out, struct err *e) MUST_USE;
void conf_warn(struct str_list *warnings, const char *fmt, ...) PRINTF(2, 3);

#endif
