#include "ui/keys.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

static const char paste_end[] = "\033[201~";
enum { PASTE_END = sizeof(paste_end) - 1 };

void
keydec_init(struct keydec *d, int64_t esc_us)
{
	memset(d, 0, sizeof(*d));
	d->esc_us = esc_us;
	d->deadline_us = INT64_MAX;
	/* more than LIMIT_PASTE: line breaks are stripped from what is pasted into a field */
	buf_init_wiping(&d->paste, LIMIT_TOKEN + PASTE_END);
}

void
keydec_release(struct keydec *d)
{
	wipe(d->seq, sizeof(d->seq));
	buf_release(&d->paste);
}

static void
reset(struct keydec *d)
{
	d->n = 0;
	d->deadline_us = INT64_MAX;
}

static bool
give(struct keydec *d, struct key_event *out, uint32_t code, unsigned mods)
{
	reset(d);
	*out = (struct key_event){.kind = EVENT_KEY, .key = {code, (uint8_t)mods}};
	return true;
}

static bool
give_paste(struct keydec *d, struct key_event *out, size_t len)
{
	reset(d);
	d->pasting = false;
	*out = (struct key_event){.kind = EVENT_PASTE,
		.paste = span_sub(buf_span(&d->paste), 0, len),
		.cut = d->cut};
	return true;
}

enum { WHEEL = 64, MODS = 4 | 8 | 16 /* Shift, Alt, Control */ };

/* button: as xterm numbers it; row, col: from 1.  The left button going down, and the wheel. */
static bool
give_mouse(struct keydec *d, struct key_event *out, unsigned button, unsigned col, unsigned row)
{
	enum mouse_kind kind = MOUSE_CLICK;

	reset(d);
	button &= ~(unsigned)MODS;
	if (!row || !col || !(button == 0 || button == WHEEL || button == WHEEL + 1))
		return false;
	if (button & WHEEL)
		kind = button & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
	*out = (struct key_event){
		.kind = EVENT_MOUSE, .mouse = {kind, (int)row - 1, (int)col - 1}};
	return true;
}

/* A byte that stands alone: a control, DEL or an ASCII character. */
static bool
plain(struct keydec *d, unsigned char b, unsigned mods, struct key_event *out)
{
	switch (b) {
	case '\r':
	case '\n':
		return give(d, out, KC_ENTER, mods);
	case '\t':
		return give(d, out, KC_TAB, mods);
	case 0x7f:
	case '\b':
		return give(d, out, KC_BACKSPACE, mods);
	case 0x1b:
		return give(d, out, KC_ESC, mods);
	case 0:
		return give(d, out, ' ', mods | MOD_CTRL);
	default:
		break;
	}
	if (b < 0x1b)
		return give(d, out, b + 'a' - 1u, mods | MOD_CTRL);
	if (b < 0x20)
		return give(d, out, b + 0x40u, mods | MOD_CTRL);
	return give(d, out, b, mods);
}

static uint32_t
csi_letter(unsigned char b)
{
	switch (b) {
	case 'A':
		return KC_UP;
	case 'B':
		return KC_DOWN;
	case 'C':
		return KC_RIGHT;
	case 'D':
		return KC_LEFT;
	case 'H':
		return KC_HOME;
	case 'F':
		return KC_END;
	case 'Z':
		return KC_TAB;
	case 'M':
		return KC_ENTER; /* SS3 M: the keypad's */
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return KC_F1 + (uint32_t)(b - 'P');
	default:
		return 0;
	}
}

static uint32_t
csi_tilde(unsigned number)
{
	switch (number) {
	case 1:
	case 7:
		return KC_HOME;
	case 2:
		return KC_INSERT;
	case 3:
		return KC_DELETE;
	case 4:
	case 8:
		return KC_END;
	case 5:
		return KC_PGUP;
	case 6:
		return KC_PGDN;
	default:
		break;
	}
	if (number >= 11 && number <= 15)
		return KC_F1 + number - 11;
	if (number >= 17 && number <= 21)
		return KC_F1 + number - 12;
	if (number == 23 || number == 24)
		return KC_F1 + number - 13;
	return 0;
}

/* A whole CSI or SS3 sequence stands in seq. */
static bool
sequence(struct keydec *d, struct key_event *out)
{
	unsigned char final = d->seq[d->n - 1];
	unsigned par[3] = {0, 0, 0}, k = 0, mods = 0;
	uint32_t code;
	bool odd = false;

	for (size_t i = 2; i + 1 < d->n; i++) {
		unsigned char b = d->seq[i];

		if (b >= '0' && b <= '9' && k < ARRAY_SIZE(par) && par[k] < 10000)
			par[k] = par[k] * 10 + (unsigned)(b - '0');
		else if (b == ';')
			k++;
		else
			odd |= i > 2;
	}
	if (d->seq[1] == '[' && final == '~' && par[0] == 200) {
		reset(d);
		d->pasting = true;
		d->cut = false;
		buf_clear(&d->paste);
		return false;
	}
	if (d->seq[1] == '[' && d->seq[2] == '<') {
		if (d->mouse && final == 'M' && k == 2 && !odd)
			return give_mouse(d, out, par[0], par[1], par[2]);
		reset(d);
		return false;
	}
	if (par[1] > 1 && par[1] <= 8)
		mods = (par[1] - 1) & 7u; /* xterm: 1 + shift 1, alt 2, control 4 */
	code = d->seq[1] == '[' && final == '~' ? csi_tilde(par[0]) : csi_letter(final);
	if (d->seq[1] == '[' && final == 'M')
		code = 0;
	if (d->seq[2] == '[') /* the Linux console's F1 to F5 */
		code = final >= 'A' && final <= 'E' ? KC_F1 + (uint32_t)(final - 'A') : 0;
	if (final == 'Z')
		mods |= MOD_SHIFT;
	reset(d);
	return code ? give(d, out, code, mods) : false;
}

/* "CSI M" and three bytes, each 32 more than it says: the form before SGR's, up to column 223. */
static bool
old_mouse(struct keydec *d, unsigned char byte, int64_t now_us, struct key_event *out)
{
	d->seq[d->n++] = byte;
	d->deadline_us = now_us + KEYDEC_SEQ_US;
	if (d->n < 6)
		return false;
	for (size_t i = 3; i < 6; i++)
		if (d->seq[i] < 32) {
			reset(d);
			return false;
		}
	return give_mouse(d, out, d->seq[3] - 32u, d->seq[4] - 32u, d->seq[5] - 32u);
}

static bool
paste_byte(struct keydec *d, unsigned char byte, int64_t now_us, struct key_event *out)
{
	struct span s;

	if (d->paste.len >= LIMIT_TOKEN + PASTE_END) {
		/* keep only what may be the end of the end mark */
		d->cut = true;
		buf_truncate(&d->paste, LIMIT_TOKEN + PASTE_END);
		memmove(d->paste.p + LIMIT_TOKEN, d->paste.p + LIMIT_TOKEN + 1, PASTE_END - 1);
		d->paste.p[LIMIT_TOKEN + PASTE_END - 1] = (char)byte;
	} else {
		buf_putc(&d->paste, (char)byte);
	}
	d->deadline_us = now_us + KEYDEC_PASTE_US;
	s = buf_span(&d->paste);
	if (byte == '~' && span_ends(s, paste_end))
		return give_paste(d, out, s.n - PASTE_END);
	return false;
}

static size_t
utf8_need(unsigned char lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 1;
}

static bool
utf8_byte(
	struct keydec *d, unsigned char byte, unsigned mods, int64_t now_us, struct key_event *out)
{
	size_t at = d->n && d->seq[0] == 0x1b ? 1 : 0;
	uint32_t cp;

	if (d->n < sizeof(d->seq))
		d->seq[d->n++] = byte;
	d->deadline_us = now_us + KEYDEC_SEQ_US;
	if (d->n - at < utf8_need(d->seq[at]))
		return false;
	if (utf8_decode(span_make(d->seq + at, d->n - at), &cp) != d->n - at || cp == UINT32_MAX ||
		utf8_width(cp) < 0) {
		reset(d);
		return false;
	}
	return give(d, out, cp, mods);
}

/* After an ESC. */
static bool
after_esc(struct keydec *d, unsigned char byte, int64_t now_us, struct key_event *out)
{
	if (byte == 0x1b) {
		/* two: the first was a key, the second may begin something */
		give(d, out, KC_ESC, 0);
		d->seq[0] = 0x1b;
		d->n = 1;
		d->deadline_us = now_us + d->esc_us;
		return true;
	}
	if (byte == '[' || byte == 'O') {
		d->seq[d->n++] = byte;
		d->deadline_us = now_us + (byte == 'O' ? d->esc_us : KEYDEC_SEQ_US);
		return false;
	}
	if (byte >= 0x80)
		return utf8_byte(d, byte, MOD_ALT, now_us, out);
	return plain(d, byte, MOD_ALT, out);
}

bool
keydec_push(struct keydec *d, unsigned char byte, int64_t now_us, struct key_event *out)
{
	if (d->pasting)
		return paste_byte(d, byte, now_us, out);
	if (d->n == 0) {
		if (byte == 0x1b) {
			d->seq[d->n++] = byte;
			d->deadline_us = now_us + d->esc_us;
			return false;
		}
		return byte >= 0x80 ? utf8_byte(d, byte, 0, now_us, out) : plain(d, byte, 0, out);
	}
	if (d->seq[0] != 0x1b) {
		/* inside a UTF-8 character */
		if ((byte & 0xc0) == 0x80)
			return utf8_byte(d, byte, 0, now_us, out);
		reset(d);
		return keydec_push(d, byte, now_us, out);
	}
	if (d->n == 1)
		return after_esc(d, byte, now_us, out);
	if (d->seq[1] != '[' && d->seq[1] != 'O') {
		if ((byte & 0xc0) == 0x80)
			return utf8_byte(d, byte, MOD_ALT, now_us, out);
		reset(d);
		return keydec_push(d, byte, now_us, out);
	}
	if (d->mouse && d->n >= 3 && d->seq[1] == '[' && d->seq[2] == 'M')
		return old_mouse(d, byte, now_us, out);
	if (d->mouse && d->n == 2 && d->seq[1] == '[' && byte == 'M') {
		d->seq[d->n++] = byte;
		d->deadline_us = now_us + KEYDEC_SEQ_US;
		return false;
	}
	if (byte == 0x1b || byte < 0x20 || byte > 0x7e) {
		/* the sequence was broken off */
		reset(d);
		return keydec_push(d, byte, now_us, out);
	}
	if (d->n < sizeof(d->seq))
		d->seq[d->n++] = byte;
	else
		d->seq[sizeof(d->seq) - 1] = byte;
	/* parameters and intermediates go on; SS3 may carry digits, too */
	if (byte >= 0x40 && !(byte == '[' && d->n == 3)) {
		bool event = sequence(d, out);

		if (d->pasting)
			d->deadline_us = now_us + KEYDEC_PASTE_US;
		return event;
	}
	d->deadline_us = now_us + KEYDEC_SEQ_US;
	return false;
}

bool
keydec_timeout(struct keydec *d, int64_t now_us, struct key_event *out)
{
	if (now_us < d->deadline_us)
		return false;
	if (d->pasting) /* the end mark never came */
		return give_paste(d, out, d->paste.len < LIMIT_TOKEN ? d->paste.len : LIMIT_TOKEN);
	if (d->n == 1 && d->seq[0] == 0x1b)
		return give(d, out, KC_ESC, 0);
	if (d->n == 2 && d->seq[0] == 0x1b && (d->seq[1] == 'O' || d->seq[1] == '['))
		return give(d, out, d->seq[1], MOD_ALT);
	reset(d);
	return false;
}
