#include "ui/keys.h"

#include "base/utf8.h"

static const struct {
	const char *name;
	uint32_t code;
} names[] = {{"Enter", KC_ENTER}, {"Tab", KC_TAB}, {"Esc", KC_ESC}, {"Backspace", KC_BACKSPACE},
	{"Delete", KC_DELETE}, {"Insert", KC_INSERT}, {"Up", KC_UP}, {"Down", KC_DOWN},
	{"Left", KC_LEFT}, {"Right", KC_RIGHT}, {"Home", KC_HOME}, {"End", KC_END},
	{"PgUp", KC_PGUP}, {"PgDn", KC_PGDN}, {"Space", ' '}};

char *
key_words(char *out, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s ", names[i].name);
	if (at < size)
		snprintf(out + at, size - at, "F1 to F12, or a character; C- M- S- before it");
	return out;
}

bool
key_eq(struct key a, struct key b)
{
	return a.code == b.code && a.mods == b.mods;
}

bool
key_parse(struct span s, struct key *out)
{
	uint32_t cp;
	int64_t n;

	*out = (struct key){0, 0};
	while (s.n > 2 && s.p[1] == '-' && (s.p[0] == 'S' || s.p[0] == 'C' || s.p[0] == 'M')) {
		out->mods |= s.p[0] == 'S' ? MOD_SHIFT : s.p[0] == 'C' ? MOD_CTRL : MOD_ALT;
		s = span_from(s, 2);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (span_is(s, names[i].name)) {
			out->code = names[i].code;
			return true;
		}
	}
	if (s.n >= 2 && s.p[0] == 'F' && span_to_i64(span_from(s, 1), &n) == RES_OK && n >= 1 &&
		n <= 12) {
		out->code = KC_F1 + (uint32_t)n - 1;
		return true;
	}
	if (s.n == 0 || utf8_decode(s, &cp) != s.n || utf8_width(cp) < 1 || cp == ' ')
		return false;
	out->code = cp;
	return !(out->mods & MOD_SHIFT);
}

/* Without its modifiers; 10 bytes at most, no NUL. */
static size_t
key_body(uint32_t code, char *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i].name);

		if (names[i].code == code) {
			memcpy(out, names[i].name, n);
			return n;
		}
	}
	if (code < KC_F1 || code > KC_F12)
		return utf8_encode(code, out);
	code -= KC_F1 - 1;
	out[0] = 'F';
	out[1] = (char)('0' + (code < 10 ? code : code / 10));
	out[2] = (char)('0' + code % 10);
	return code < 10 ? 2 : 3;
}

char *
key_name(struct key k, char *out, size_t size)
{
	char text[32] = "", *at = text; /* the footer has some on every frame: no printf */
	static const struct {
		unsigned mod;
		char letter;
	} mods[] = {{MOD_CTRL, 'C'}, {MOD_ALT, 'M'}, {MOD_SHIFT, 'S'}};
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(mods); i++) {
		if (k.mods & mods[i].mod) {
			*at++ = mods[i].letter;
			*at++ = '-';
		}
	}
	at += key_body(k.code, at);
	n = (size_t)(at - text) < size ? (size_t)(at - text) : size - 1;
	memcpy(out, text, n);
	out[n] = '\0';
	return out;
}
