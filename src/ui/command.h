/*
 * The command line: an action by its name, and behind it what it takes (arguments.def).  Inside the
 * ui room.
 */
#ifndef TT_UI_COMMAND_H
#define TT_UI_COMMAND_H

#include "ui/state.h"

/* What a word is one of; Tab completes all of them. */
enum word_kind {
	WORD_NONE,
	WORD_STEP,   /* "verify" */
	WORD_FLOW,   /* "device": a way to log in */
	WORD_ENTRY,  /* "token-expired", "invalid_grant": of the catalogue */
	WORD_FORMAT, /* "html": of a report */
	WORD_FILE,   /* a path; the rest of the line, blanks and all */
	WORD_THEME,
};

struct argument {
	enum word_kind kinds[2];
	const char *names, *help;
};
/* NULL: the action takes nothing. */
const struct argument *action_argument(enum action a);

/* One of the lines that a line may become; all of it safe text, owned. */
struct candidate {
	char *line, *name; /* "theme nord", "nord" */
	char *keys;        /* of an action; "" */
	char *words;       /* in one line what it is; "" */
};
struct candidates {
	struct candidate *v;
	size_t n, cap;
	/* each begins with the line; else it stands somewhere in the name or the words */
	bool prefix;
};

enum { COMMAND_CANDIDATES = 300 }; /* at most */

void candidates_release(struct candidates *c);
/* contexts: of the screen that the action is for.  Reads a folder where a file is named. */
void command_candidates(
	const struct ui *ui, unsigned contexts, struct span line, struct candidates *out);
/* How many bytes all of them begin with. */
size_t candidates_common(const struct candidates *c);

/*
 * The action of a line (by its name, or the only one that begins so) and what stands behind it,
 * borrowed.  False: e names the nearest.
 */
bool command_parse(
	unsigned contexts, struct span line, enum action *a, struct span *argument, struct err *e);
/*
 * Checks the words before anything is done: closed sets only, so that a line that ran is no secret.
 * Then does it, on the layer that is on top.  False: e says why, and nothing was done.
 */
bool command_run(struct ui *ui, enum action a, struct span argument, struct err *e);

/* The nearest of those words, for "did you mean"; NULL: none is near.  Into out. */
const char *command_nearest(
	const struct ui *ui, enum word_kind kind, struct span word, char *out, size_t size);
/* Is it one of them?  Any path is a file. */
bool command_knows(const struct ui *ui, enum word_kind kind, struct span word);

void screen_command_push(struct ui *ui);
void command_history_forget(struct ui *ui);

#endif
