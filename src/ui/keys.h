/*
 * Keys and the mouse: our own numbers, names for configuration and help, and the decoder of a
 * terminal's bytes.
 */
#ifndef TT_UI_KEYS_H
#define TT_UI_KEYS_H

#include "base/buf.h"

/* A code point, or one of these (beyond Unicode). */
enum {
	KC_ENTER = 0x110000, KC_TAB, KC_ESC, KC_BACKSPACE, KC_DELETE, KC_INSERT,
	KC_UP, KC_DOWN, KC_LEFT, KC_RIGHT, KC_HOME, KC_END, KC_PGUP, KC_PGDN,
	KC_F1, KC_F12 = KC_F1 + 11,
};
enum { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4 };

struct key {
	uint32_t code;
	uint8_t mods; /* SHIFT only with the named keys: a shifted letter is its own code point */
};

/* "q", "Enter", "S-Tab", "C-l", "M-x", "F8", "Space", "PgUp".  False: no such key. */
bool key_parse(struct span name, struct key *out);
/* What key_parse takes, for a complaint; all of it needs KEY_WORDS_SIZE bytes. */
enum { KEY_WORDS_SIZE = 160 };
char *key_words(char *out, size_t size);
char *key_name(struct key k, char *out, size_t size);
bool key_eq(struct key a, struct key b);

/* What is done with the mouse here; all else of it is swallowed.  row, col: from 0. */
enum mouse_kind { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse {
	enum mouse_kind kind;
	int row, col;
};

enum key_event_kind { EVENT_KEY, EVENT_PASTE, EVENT_MOUSE };
struct key_event {
	enum key_event_kind kind;
	struct key key;
	struct span paste; /* borrowed until the next call; may hold a secret */
	bool cut;          /* the paste was longer than the limit */
	struct mouse mouse;
};

enum { KEYDEC_ESC_US = 25000, KEYDEC_SEQ_US = 250000, KEYDEC_PASTE_US = 1000000 };

/*
 * A pure state machine, fed a byte at a time: UTF-8, CSI, SS3, Alt, bracketed paste, the mouse
 * (SGR, and what a terminal says that does not know SGR).  Time comes in with the bytes; a lone ESC
 * is decided by keydec_timeout(), never by blocking.  Unknown sequences are swallowed whole.
 */
struct keydec {
	int64_t esc_us;
	int64_t deadline_us; /* INT64_MAX: nothing pending */
	unsigned char seq[32];
	size_t n;
	bool pasting, cut;
	bool mouse;          /* it was asked for: three bytes behind "CSI M" are its, too */
	struct buf paste;    /* wiping */
};

void keydec_init(struct keydec *d, int64_t esc_us);
void keydec_release(struct keydec *d);
/* True: *out is an event. */
bool keydec_push(struct keydec *d, unsigned char byte, int64_t now_us, struct key_event *out);
/* Call when deadline_us has passed. */
bool keydec_timeout(struct keydec *d, int64_t now_us, struct key_event *out);

#endif
