#include "base/text.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MARKS_MAX = 4, UNIT_MAX = 12, TAB = 8 };

/* One step of the sanitiser: what was read, and what it became. */
struct unit {
	size_t taken, n;
	char out[UNIT_MAX];
	const char *p; /* into the input or to out */
};

/* Characters that are not controls but would move, hide or reorder what stands around them. */
static bool
is_hidden(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x80, 0x9F},         /* C1 */
		{0x61C, 0x61C},       /* Arabic letter mark */
		{0x180E, 0x180E},     /* Mongolian vowel separator */
		{0x200B, 0x200F},     /* zero-width, direction marks */
		{0x2028, 0x202E},     /* line and paragraph separator, bidi embedding */
		{0x2060, 0x206F},     /* word joiner, invisible operators, bidi isolates */
		{0xFDD0, 0xFDEF},     /* noncharacters */
		{0xFEFF, 0xFEFF},     /* byte order mark */
		{0xFFF9, 0xFFFB},     /* interlinear annotation */
		{0xE0000, 0xE007F},   /* tags */
	};

	if (cp < 0x80)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (cp >= hidden[i].first && cp <= hidden[i].last)
			return true;
	return (cp & 0xFFFE) == 0xFFFE;
}

static void
unit_escape(struct unit *u, uint32_t cp, unsigned char byte)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;
	int shift = 20;

	u->p = u->out;
	u->out[n++] = '\\';
	if (cp == '\n' || cp == '\t' || cp == '\r' || cp == 0x1B) {
		u->out[n++] = cp == '\n' ? 'n' : cp == '\t' ? 't' : cp == '\r' ? 'r' : 'e';
	} else if (cp < 0x80 || cp == UINT32_MAX) {
		u->out[n++] = 'x';
		u->out[n++] = hex[byte >> 4];
		u->out[n++] = hex[byte & 15];
	} else {
		u->out[n++] = 'u';
		u->out[n++] = '{';
		while (shift > 0 && cp >> shift == 0)
			shift -= 4;
		for (; shift >= 0; shift -= 4)
			u->out[n++] = hex[cp >> shift & 15];
		u->out[n++] = '}';
	}
	u->n = n;
}

/* Reads one unit at the front of s, which is not empty; *marks counts combining ones. */
static void
unit_read(struct unit *u, struct span s, int *marks)
{
	uint32_t cp;

	u->taken = u->n = utf8_decode(s, &cp);
	u->p = s.p;
	if (cp < 0x20 || cp == 0x7F || cp == UINT32_MAX || is_hidden(cp)) {
		unit_escape(u, cp, (unsigned char)s.p[0]);
		*marks = 0;
	} else if (cp >= 0x300 && utf8_width(cp) == 0) {
		if (++*marks > MARKS_MAX)
			u->n = 0;
	} else {
		*marks = 0;
	}
}

/* The length of the run of printable ASCII at the front. */
static size_t
plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7F)
		n++;
	return n;
}

enum res
text_safe(struct buf *out, struct span s)
{
	int marks = 0;

	while (s.n > 0) {
		size_t run = plain_run(s);
		struct unit u;

		if (run > 0) {
			buf_add(out, s.p, run);
			s = span_from(s, run);
			marks = 0;
			continue;
		}
		unit_read(&u, s, &marks);
		buf_add(out, u.p, u.n);
		s = span_from(s, u.taken);
	}
	return out->status;
}

enum res
text_safe_lines(struct buf *out, struct span s)
{
	size_t column = 0;
	int marks = 0;

	while (s.n > 0) {
		struct unit u;

		if (s.p[0] == '\n') {
			buf_putc(out, '\n');
			column = 0;
			marks = 0;
			s = span_from(s, 1);
			continue;
		}
		if (s.p[0] == '\t') {
			size_t n = TAB - column % TAB;

			buf_add(out, "        ", n);
			column += n;
			marks = 0;
			s = span_from(s, 1);
			continue;
		}
		unit_read(&u, s, &marks);
		buf_add(out, u.p, u.n);
		column += utf8_cells(span_make(u.p, u.n));
		s = span_from(s, u.taken);
	}
	return out->status;
}

/*
 * Writes the safe form into out, at most max bytes and no NUL; false if it did not fit, and
 * then the longest beginning that leaves room for `reserve` more bytes was written.
 */
static bool
safe_upto(char *out, size_t max, size_t reserve, struct span s, size_t *len)
{
	size_t n = 0, fit = 0;
	int marks = 0;

	while (s.n > 0) {
		struct unit u;

		unit_read(&u, s, &marks);
		if (u.n > max - n) {
			*len = fit;
			return false;
		}
		memcpy(out + n, u.p, u.n);
		n += u.n;
		if (n + reserve <= max)
			fit = n;
		s = span_from(s, u.taken);
	}
	*len = n;
	return true;
}

char *
text_safe_dup(struct span s, size_t max_bytes)
{
	static const char dots[] = "…";
	size_t room, n, reserve = max_bytes >= sizeof dots - 1 ? sizeof dots - 1 : 0;
	char *out;

	/* No byte becomes more than UNIT_MAX. */
	room = s.n < max_bytes / UNIT_MAX ? s.n * UNIT_MAX : max_bytes;
	out = xmalloc(room + 1);
	if (!safe_upto(out, room, reserve, s, &n)) {
		memcpy(out + n, dots, reserve);
		n += reserve;
	}
	out[n] = '\0';
	return out;
}

char *
text_safe_into(char *out, size_t size, struct span s)
{
	size_t n;

	if (size == 0)
		return out;
	(void)safe_upto(out, size - 1, 0, s, &n);
	out[n] = '\0';
	return out;
}

bool
text_is_safe(struct span s)
{
	int marks = 0;

	while (s.n > 0) {
		size_t run = plain_run(s);
		struct unit u;

		if (run > 0) {
			s = span_from(s, run);
			marks = 0;
			continue;
		}
		unit_read(&u, s, &marks);
		if (u.p != s.p || u.n != u.taken)
			return false;
		s = span_from(s, u.taken);
	}
	return true;
}

static const char *
ascii_for(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *s;
	} table[] = {
		{0xA0, " "}, {0xA7, "sec. "}, {0xB0, "o"}, {0xB1, "+/-"}, {0xB5, "u"}, {0xB7, "."},
		{0xC4, "Ae"}, {0xD6, "Oe"}, {0xD7, "x"}, {0xDC, "Ue"}, {0xDF, "ss"}, {0xE4, "ae"},
		{0xE9, "e"}, {0xF6, "oe"}, {0xFC, "ue"}, {0x2010, "-"}, {0x2011, "-"},
		{0x2012, "-"},
		{0x2013, "-"}, {0x2014, "-"}, {0x2018, "'"}, {0x2019, "'"}, {0x201C, "\""},
		{0x201D, "\""}, {0x201E, "\""}, {0x2022, "*"}, {0x2026, "..."}, {0x202F, " "},
		{0x2190, "<-"}, {0x2191, "^"}, {0x2192, "->"}, {0x2193, "v"}, {0x21B5, "<-"},
		{0x2212, "-"}, {0x2248, "~"}, {0x2260, "!="}, {0x2264, "<="}, {0x2265, ">="},
		{0x25B2, "^"}, {0x25B6, ">"}, {0x25B8, ">"}, {0x25BC, "v"}, {0x25BE, "v"},
		{0x25C0, "<"}, {0x25C2, "<"}, {0x25CB, "o"}, {0x25CF, "*"}, {0x26A0, "!"},
		{0x2713, "+"}, {0x2714, "+"}, {0x2717, "x"}, {0x2718, "x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].cp == cp)
			return table[i].s;
	if (cp >= 0x2500 && cp <= 0x257F) /* box drawing */
		return cp <= 0x2501 || cp == 0x2550 || (cp >= 0x2504 && cp <= 0x2505) ? "-"
			: cp <= 0x2503 || cp == 0x2551 || (cp >= 0x2506 && cp <= 0x2507) ? "|"
			: "+";
	if (cp >= 0x2580 && cp <= 0x259F) /* blocks: the low ones are what is empty of a bar */
		return cp == 0x2581 || cp == 0x2591 ? "." : "#";
	return "?";
}

enum res
text_ascii(struct buf *out, struct span s)
{
	while (s.n > 0) {
		size_t run = plain_run(s);
		uint32_t cp;

		if (run > 0) {
			buf_add(out, s.p, run);
			s = span_from(s, run);
			continue;
		}
		s = span_from(s, utf8_decode(s, &cp));
		if (cp == '\n')
			buf_putc(out, '\n');
		else if (cp == UINT32_MAX || utf8_width(cp) != 0)
			buf_puts(out, ascii_for(cp));
		/* What has no cell of its own leaves none behind. */
	}
	return out->status;
}

char *
text_format(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vformat(out, size, fmt, ap);
	va_end(ap);
	return out;
}

char *
text_vformat(char *out, size_t size, const char *fmt, va_list ap)
{
	size_t n, back;

	vsnprintf(out, size, fmt, ap);
	n = strlen(out);
	/* back over an incomplete last character: at most three bytes of it */
	for (back = 1; back <= 4 && back <= n; back++)
		if (((unsigned char)out[n - back] & 0xC0) != 0x80)
			break;
	if (back <= n && back <= 4) {
		uint32_t cp;

		if (utf8_decode(span_make(out + n - back, back), &cp) != back)
			out[n - back] = '\0';
	}
	return out;
}

enum res
text_shell_word(struct buf *out, struct span s, bool lines)
{
	struct buf safe;

	buf_init(&safe, LIMIT_REPORT);
	if (lines)
		text_safe_lines(&safe, s);
	else
		text_safe(&safe, s);
	buf_putc(out, '\'');
	for (size_t i = 0; i < safe.len; i++) {
		if (safe.p[i] == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, safe.p[i]);
	}
	buf_release(&safe);
	return buf_putc(out, '\'');
}

size_t
word_near(const char *typed)
{
	size_t n = strlen(typed);

	return n < 6 ? n / 3 + 1 : 3;
}

size_t
word_distance(const char *a, const char *b)
{
	size_t rows[3][48], *two = rows[0], *before = rows[1], *row = rows[2], n = strlen(b);

	if (n >= ARRAY_SIZE(rows[0]))
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *spare = two;

		two = before;
		before = row;
		row = spare;
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = before[j - 1] + (a[i - 1] != b[j - 1]);

			if (before[j] + 1 < best)
				best = before[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			row[j] = best;
		}
	}
	return row[n];
}
