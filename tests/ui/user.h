/* A user at the screens, without a terminal: what the tests of this folder have in common. */
#ifndef TT_TESTS_UI_USER_H
#define TT_TESTS_UI_USER_H

#include "ui/fake.h"

void act(struct ui *ui, enum action a);
void type(struct ui *ui, const char *text);
void paste(struct ui *ui, const char *text);
void press(struct ui *ui, uint32_t code); /* a key with a name */
/* The opening screen with two profiles, and an issuer being typed. */
void opening_typed(struct ui *ui);
/* Profiles to pick from, two tokens that lie where the user said, and three files used lately. */
void opening_full(struct ui *ui);
#define OFFERED_TOKEN "offered-token-that-must-not-be-seen-0123"
/* A masked value in clear. */
void peek(struct ui *ui);
/* Rows of characters; with roles, rows of role letters (roles.def) and the cursor, too. */
void write_canvas(const struct canvas *c, bool roles, struct buf *out);
/* Does the text stand on the screen at this size? */
bool shows(const struct ui *ui, int rows, int cols, const char *text);

#endif
