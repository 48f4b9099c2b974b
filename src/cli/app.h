/*
 * One run of the program: options, configuration and the objects that the commands share.
 */
#ifndef TT_CLI_APP_H
#define TT_CLI_APP_H

#include "base/log.h"
#include "cli/conf.h"
#include "cli/options.h"
#include "report/report.h"
#include "wizard/wizard.h"

struct autosave;

/* A goal, and a check that it was reached: true once it is, with words for it. */
struct lesson {
	const char *goal; /* NULL: none */
	bool (*reached)(void *ctx, char *words, size_t size);
	void *ctx;
};

struct app {
	struct lesson lesson; /* the demo's */
	const struct options *opt;
	struct conf conf;
	bool conf_loaded;
	bool on_screen; /* the wizard has the terminal: nothing goes to stderr */
	bool read_only; /* recorded evidence: nothing is sent */
	struct autosave *autosave; /* of the wizard; NULL */
	char notice[LIMIT_MESSAGE]; /* what the screen says first; "" */
	char lacks[ERR_TEXT_MAX];   /* what the profile names and is not there, said by the screen; "" */
	size_t warned; /* warnings of conf that were printed */
	struct profile profile; /* the one in use, options applied */
	struct secret_fetch fetch; /* of the case's profile, while the wizard has the terminal */
	struct redactor *redactor;
	struct log *log;
	struct case_file c;
	struct engine *engine;
	struct journal *journal; /* not of the demo, whose tokens end with it; NULL */
	struct wizard *wizard;
};

void app_init(struct app *a, const struct options *o);
void app_release(struct app *a);

/* Reads the configuration (once) and prints its warnings to stderr. */
enum res app_load_conf(struct app *a, struct err *e) MUST_USE;
/* Picks the profile and puts the options over it; fetches nothing yet. */
enum res app_pick_profile(struct app *a, struct err *e) MUST_USE;
/*
 * The profile's secrets from their sources.  May run a command and wait for it, but not where a screen
 * has the terminal: there the command is begun by app_begin_secrets(), once the wizard has the profile.
 */
enum res app_fetch_secrets(struct app *a, struct profile *p, struct err *e) MUST_USE;
enum res app_begin_secrets(struct app *a, struct err *e) MUST_USE;
/* Gives the wizard what has come; the loop calls it each turn.  False: it failed, e says why. */
bool app_turn_secrets(struct app *a, struct err *e);
/* Was any address of a server given on the command line? */
bool app_server_given(const struct options *o);
/* Log (sinks by the options), engine, wizard.  offline: whatever is asked for is not sent. */
enum res app_start(struct app *a, bool offline, struct err *e) MUST_USE;
/* Can the token files be read?  The error names the option, or the profile and its key. */
enum res app_check_tokens(const struct app *a, const struct profile *p, struct err *e) MUST_USE;
/* Gives the wizard the profile and the tokens of files and environment. */
enum res app_give(struct app *a, struct err *e) MUST_USE;
/* --max-body over what the wizard set; after each change of the profile. */
void app_raise_limits(struct app *a);
/* Turns the engine until the wizard is idle; progress on stderr where that is a terminal. */
enum res app_run(struct app *a, struct err *e) MUST_USE;
/*
 * Is every output a file of its own, neither one that is read nor another output (also by way of links)?  The
 * profile's options are in a->profile.  Done by app_pick_profile().
 */
enum res app_outputs_apart(const struct app *a, struct err *e) MUST_USE;
/* Can --output be written?  Asked before anything is sent. */
enum res app_check_output(const struct options *o, struct err *e) MUST_USE;
/* What every report of this run has in common: the wizard's case, --claims. */
struct report_input app_report_input(const struct app *a);
/* Writes one form of the report into a file (the wizard's export, --har). */
enum res app_write_report(const struct app *a, enum report_format form, const char *path, struct err *e) MUST_USE;
/* Writes the HAR file and the case, then the report where the options say, each tried: STATUS_OK or STATUS_INTERNAL. */
int app_report(struct app *a);
/* What is written beside a report, each tried, failures said: --har, --save.  STATUS_OK or STATUS_INTERNAL. */
int app_write_beside(struct app *a);
/* Writes the case where --save says (case-io.c); RES_OK without that option. */
enum res app_save_case(struct app *a, struct err *e) MUST_USE;
/* May --save write the tokens themselves?  Warns and asks on the terminal; RES_OK without --with-secrets. */
enum res app_ask_secrets(const struct options *o, struct err *e) MUST_USE;
/* Writes the case, secrets masked, mode 0600. */
enum res app_write_case(struct app *a, const char *path, bool with_secrets, struct err *e) MUST_USE;
/*
 * What a case or any evidence starts with: a profile that was named (of the configuration, never the default one),
 * without its tokens, and the app started offline.
 */
enum res app_start_offline(struct app *a, struct err *e) MUST_USE;
/*
 * Reads a file ("-": stdin) into the app's case: a saved case becomes it, anything else is evidence for one.  What it
 * was taken for and what of it was lost goes to stderr, or where a screen has the terminal into the log and a->notice.
 */
struct import;
enum res app_read_evidence(struct app *a, const char *path, enum purpose purpose, struct import *im,
	struct err *e) MUST_USE;
/* What --step says a lone response answers; PURPOSE_COUNT without it. */
enum purpose app_asked_purpose(const struct options *o);
/* The status of CONTRACT §3 by the verdict; with --format nagios the plugin's. */
int app_verdict_status(const struct app *a);

/* "tokentriage: TEXT" on stderr (sanitised); app_usage also points at --help.  Both return
 * STATUS_USAGE. */
int app_fail(const struct err *e);
int app_usage(enum command c, const struct err *e);
/*
 * A plugin must say what kept it from an answer on stdout, and end with 3 (UNKNOWN): whatever app_fail() said last, if
 * it said anything.  status: otherwise.
 */
int app_plugin_status(int status);
/* The line is out already: no other one is to say what failed besides. */
void app_forget_failure(void);
void app_warn(const char *fmt, ...) PRINTF(1, 2);
void app_tell(const char *fmt, ...) PRINTF(1, 2); /* the same, and no warning */
/* stdout, checked to the last byte: STATUS_OK or STATUS_INTERNAL. */
int app_print(struct span text);
/* Colour and character set by the options, the environment and what fd is. */
bool app_color(const struct options *o, int fd);
bool app_ascii(const struct options *o);
/* From here on the user's language, if there is a catalogue for it and it can be drawn; else English. */
void app_speak(const struct app *a);

#define COMMAND(sym, name, args, most, fn, summary) int fn(const struct options *o);
#include "cli/commands.def"
#undef COMMAND
/* The text of --version. */
void version_text(struct buf *out);

#endif
