/*
 * The wizard on a terminal: what the program hands in, and the loop.
 *
 * Order: the terminal is taken and a first frame drawn before anything of the network is touched; then
 * prepare() is called once; then the loop turns until the user leaves: signals, timers, engine_turn(),
 * wizard_update(), input, one frame if something changed, one wait.
 */
#ifndef TT_UI_UI_H
#define TT_UI_UI_H

#include "ui/keymap.h"
#include "ui/qr.h"
#include "ui/term.h"
#include "wizard/fields.h"

/* One way to write the case down. */
struct ui_format {
	const char *id;    /* what export_report gets: "json", "har" */
	const char *label; /* "JSON report" */
	const char *file;  /* proposed file name */
	bool clear;        /* secrets are written as they are: the user is asked first */
};

enum { UI_THEME_NAME = 32 };

#define UI_FORMAT_CASE "case" /* the id of the one that save-case writes */
#define UI_FORMAT_CLEAR_CASE "case-with-secrets"

/* What the profile editor needs of the configuration (cli/conf-write.h), and a test of the connection. */
struct ui_profiles {
	/* A key's value as one line, and back; of a secret, where it comes from. */
	void (*text)(const struct profile *p, const struct profile_key *k, struct buf *out);
	enum res (*set)(struct profile *p, const struct profile_key *k, struct span text, struct err *e);
	/* Where a profile of that name is kept (owned); NULL: it cannot be, and e says why. */
	char *(*where)(void *ctx, const char *name, struct err *e);
	/* Writes it there (*path, owned), and puts it among the profiles to pick from. */
	enum res (*save)(void *ctx, const struct profile *p, char **path, struct err *e);
	/* Asks the profile's issuer for its metadata, beside everything else. */
	enum res (*test)(void *ctx, const struct profile *p, struct err *e);
	/* Has it ended?  Then *good and words say how.  Never waits. */
	bool (*tested)(void *ctx, bool *good, char *words, size_t size);
	void (*test_end)(void *ctx);
};

/*
 * A token that lies where the user said.  The opening screen says what is known of it and takes it only when
 * it is picked; one that the command line gave stands in its field from the start.
 */
struct ui_offer {
	char from[120]; /* "env ACME_TOKEN", "file /run/user/1000/clip": its source in the case, too; safe */
	char what[120]; /* first letters, kind, size, issuer's host; safe, and never the value */
	enum token_slot slot;
	bool given;
	struct secret *value;
};

/* A saved case or a HAR file that was used lately. */
struct ui_recent {
	char *path;
	char name[120];  /* the file's; safe */
	char words[100]; /* what was done with it, and when */
};

enum { UI_OFFERS = 4, UI_RECENT = 8 };

struct ui_deps {
	const struct term_ops *term;
	struct term_options term_options;
	const struct theme *theme;     /* NULL: the default */
	const struct keymap *keymap;   /* NULL: the defaults; checked by the caller */
	struct wizard *wizard;
	struct engine *engine;
	const struct clock *clock;     /* of the engine: deadlines are its monotonic time */
	struct log *log;
	const char *title;             /* beside the program's name: "demo: expired"; NULL: the profile's name */
	const char *lesson;            /* a sentence over the guide of every step (the scenario's goal); NULL */
	/* Was its goal reached?  Then words say so, and how to go on.  Asked while nothing runs; NULL: never. */
	bool (*lesson_reached)(void *ctx, char *words, size_t size);
	bool mouse;                    /* take it, where the terminal has one */
	bool guide;                    /* the guide stands beside the fields where there is room */
	bool offline;                  /* a saved case: nothing can be sent */
	const char *notice;            /* said first; NULL or "" */
	const char *lacks;             /* after prepare(): what the profile names and is not there: the opening screen, too; "" */
	bool choose;                   /* no profile or token yet: begin with the opening screen */
	bool walk;                     /* begin by walking the five steps */

	const struct profile *profiles; /* to pick from, borrowed */
	size_t n_profiles;
	/* What the opening screen offers beside them; may be NULL, each.  What they return is the caller's. */
	size_t (*offers)(void *ctx, struct ui_offer *out, size_t most);
	size_t (*recent)(void *ctx, struct ui_recent *out, size_t most);
	/* The user wants to see that file: it is shown once ui_run(), which ends without a farewell, has returned. */
	void (*show_case)(void *ctx, const char *path);

	void *ctx;                     /* of the functions below */
	/* After the first frame, once; may block.  False: e is shown, and the program ends with status 2. */
	bool (*prepare)(void *ctx, struct err *e);
	/*
	 * The user picked this profile (one of the list, or typed in): wizard_use_profile() and what belongs to it (token
	 * files, engine options).  Tokens that were typed or pasted are given to the wizard afterwards.  May be NULL.
	 */
	enum res (*use_profile)(void *ctx, const struct profile *p, struct err *e);
	/*
	 * Work beside the loop (a client secret's command): what to poll for (-1: nothing) and when to look at the
	 * latest, in monotonic microseconds; and the look, each turn, which never waits.  False: e is shown.  May be NULL.
	 */
	int (*aside_wait)(void *ctx, int64_t *due_us);
	bool (*aside)(void *ctx, struct err *e);
	/* Loads what makes QR codes; NULL with e set: there is none.  May be NULL. */
	const struct qr_ops *(*qr)(void *ctx, struct err *e);
	const struct ui_profiles *editor; /* NULL: none */
	bool unsaved; /* the profile came from the command line: it can be saved as one */
	const struct ui_format *formats;
	size_t n_formats;
	/* The themes by name, and one of them; may be NULL, both. */
	size_t (*list_themes)(void *ctx, char (*names)[UI_THEME_NAME], size_t most);
	enum res (*load_theme)(void *ctx, const char *name, struct theme *t, struct err *e);
	enum res (*export_report)(void *ctx, const char *format, const char *path, struct err *e);
	/* What an export does not show, one sentence for the dialog.  May be NULL. */
	void (*export_masked)(void *ctx, char *out, size_t size);
};

/*
 * Returns the program's status: 0, 2 (no terminal, or prepare failed; words on stderr), 4, 128 + signal.
 * On leaving, the farewell is printed to stdout.
 */
int ui_run(const struct ui_deps *deps);

#endif
