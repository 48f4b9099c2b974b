/* Inside the line mode: what its files have in common. */
#ifndef TT_CLI_LINE_PARTS_H
#define TT_CLI_LINE_PARTS_H

#include "cli/app.h"

struct line {
	struct app *a;
	FILE *in, *out;
	enum step step;
	char answer[16384]; /* a pasted address holds a code, and whatever the server adds */
};

/* All that goes out: sanitised where it was made, wrapped, ASCII where that is wanted. */
void line_put(struct line *l, const char *fmt, ...) PRINTF(2, 3);
/* The next line into l->answer, trimmed; false at the end of the input. */
bool line_ask(struct line *l, const char *prompt);
/* Is the answer to the question a yes?  Anything else is a no. */
bool line_agrees(struct line *l, const char *question);
void line_put_step(struct line *l);
/* Turns the engine until all that was asked for is done. */
void line_finish(struct line *l);
/* False: none was chosen, and e may say why. */
bool line_choose_place(struct line *l, struct err *e);

/*
 * New tokens came since there were `was` generations of them: offers to replace the profile's token
 * files.
 */
void line_offer_files(struct line *l, size_t was);

/* What there is to learn (line-learn.c); words: of a question, a term or what is said of them. */
void line_guide(struct line *l);
void line_faq(struct line *l);
void line_glossary(struct line *l);
void line_look_up(struct line *l, const char *words);

/* Logging in again (line-login.c); the profile editor (line-profile.c). */
void line_login(struct line *l);
void line_profile(struct line *l);

#endif
