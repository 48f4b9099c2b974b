/*
 * A user at the real program ($TOKENTRIAGE) in a pseudo terminal: what the journeys have in common.  Everything
 * here asserts (cmocka), after each key that no secret stands on the screen.
 */
#ifndef TT_TESTS_PTY_PLAY_H
#define TT_TESTS_PTY_PLAY_H

#include "pty/vt.h"

/* The program that plays now; play_teardown ends what a failed test left. */
extern struct vt *playing;
int play_teardown(void **state);

/* Rows and columns: the terminal that the screens are designed for, and a small one. */
extern const int play_sizes[2][2];

/* $TOKENTRIAGE with up to five arguments, NULL-ended; o NULL: 80x24. */
struct vt *play_start(const struct vt_options *o, const char *const *args);
/* From now on this text (without blanks at its ends) may stand on no screen, not even its middle alone. */
void play_forbid(const char *secret);
/* From now on the parts of this text are no secrets (an address to be copied, a challenge), until play_forget(). */
void play_allow(const char *open);
/* Neither forbids nor allows anything any more. */
void play_forget(void);
/* Nothing secret stands on the screen. */
void play_no_secret(struct vt *t);
/* Types and waits until all of it was done. */
void play_keys(struct vt *t, const char *keys);
/* The same letter by letter: a word at once would be a paste. */
void play_letters(struct vt *t, const char *text);
/* Enter on every step from the first on. */
void play_walk(struct vt *t);
/* If it is asked whether the profile's token files are replaced: they stay, as Enter alone has it. */
void play_leave_files(struct vt *t);
/* Refreshes and keeps the new tokens in memory; asserts that it was asked. */
void play_refresh(struct vt *t);
/* This text stands on the screen (in one row). */
void play_shows(struct vt *t, const char *text);
/* q: farewell, status 0, terminal as before; frees it. */
void play_quit(struct vt *t);
/* The program has ended and has given the terminal back. */
void play_restored(struct vt *t);

/*
 * A port of loopback that is taken: with connects connections succeed, and nobody ever reads from them.  Its http
 * address goes to url; returns the socket, to be closed.
 */
int play_deaf_port(bool connects, char url[64]);
/* The wizard with a request under way there, which ends only when it is cancelled (or after ten minutes). */
struct vt *play_start_waiting(int *fd);

/* The sentence at the top, without what a refresh changed and "Next: …"; *glyph its state's glyph ("✗").  Owned. */
char *play_verdict(struct vt *t, char glyph[8]);
/* The verdict has this glyph, and these words are a part of its sentence. */
void play_says(struct vt *t, const char *glyph, const char *words);
/*
 * The sentence of the finding with this id, as the findings' page (f) has it, and whether it stands first.
 * NULL: it does not stand there.  Owned.
 */
char *play_finding(struct vt *t, const char *id, bool *first);
/* The same but for digits, blanks and where either was cut ("…"). */
bool play_same_words(const char *a, const char *b);
/* The first run that looks like a token or secret, in a static buffer; NULL: none. */
const char *play_leak(const char *text);

#endif
