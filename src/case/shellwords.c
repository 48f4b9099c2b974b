#include "case/shellwords.h"

#include "base/limits.h"
#include "base/utf8.h"

struct lexer {
	struct shell_words *w;
	struct span s;
	size_t at;
	bool in_word, cmd;
};

void
shell_words_init(struct shell_words *w)
{
	memset(w, 0, sizeof(*w));
	buf_init_wiping(&w->text, LIMIT_BODY);
}

void
shell_words_release(struct shell_words *w)
{
	buf_release(&w->text);
	shell_words_init(w);
}

struct span
shell_word(const struct shell_words *w, size_t i)
{
	return i < w->n ? span_sub(buf_span(&w->text), w->v[i].at, w->v[i].n) : SPAN_EMPTY;
}

static void
begin(struct lexer *l)
{
	if (l->in_word || l->w->n == SHELL_WORDS)
		return;
	l->in_word = true;
	l->w->v[l->w->n] = (struct shell_word){l->w->text.len, 0, false};
}

static void
end(struct lexer *l)
{
	if (!l->in_word)
		return;
	l->in_word = false;
	l->w->v[l->w->n].n = l->w->text.len - l->w->v[l->w->n].at;
	l->w->n++;
}

static void
put(struct lexer *l, const char *p, size_t n)
{
	begin(l);
	if (l->in_word)
		(void)buf_add(&l->w->text, p, n);
}

static char
peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->s.n ? l->s.p[l->at + ahead] : '\0';
}

/* A line's end at `at`, blanks before it allowed: how far behind it; 0: none. */
static size_t
line_end(const struct lexer *l, size_t at, bool *blanks)
{
	size_t i = at;

	while (i < l->s.n && (l->s.p[i] == ' ' || l->s.p[i] == '\t'))
		i++;
	*blanks = i > at;
	if (i < l->s.n && l->s.p[i] == '\r')
		i++;
	return i < l->s.n && l->s.p[i] == '\n' ? i + 1 : 0;
}

static void
single_quoted(struct lexer *l)
{
	struct span rest = span_from(l->s, l->at + 1);
	size_t n = span_find(rest, '\'');

	l->w->unclosed = l->w->unclosed || n == SIZE_MAX;
	n = n == SIZE_MAX ? rest.n : n;
	put(l, rest.p, n);
	l->at += n + 2;
}

/* $NAME, ${…}, $(…), `…`: kept as written, its value unknown. */
static size_t
expansion_len(const struct lexer *l)
{
	char open = peek(l, 1), close = open == '{' ? '}' : ')';
	size_t n = 1;
	int depth = 0;

	if (open == '{' || open == '(') {
		for (; l->at + n < l->s.n; n++) {
			depth += peek(l, n) == open;
			depth -= peek(l, n) == close;
			if (!depth)
				return n + 1;
		}
		return n;
	}
	while ((peek(l, n) >= 'A' && peek(l, n) <= 'Z') ||
		(peek(l, n) >= 'a' && peek(l, n) <= 'z') ||
		(n > 1 && peek(l, n) >= '0' && peek(l, n) <= '9') || peek(l, n) == '_')
		n++;
	return n > 1 ? n : 0;
}

static bool
expansion(struct lexer *l)
{
	size_t n = l->cmd ? 0 : expansion_len(l);

	if (!n)
		return false;
	put(l, l->s.p + l->at, n);
	if (l->in_word)
		l->w->v[l->w->n].expanded = true;
	l->at += n;
	return true;
}

static void
double_quoted(struct lexer *l)
{
	begin(l);
	l->at++;
	while (l->at < l->s.n && peek(l, 0) != '"') {
		char c = peek(l, 0), next = peek(l, 1);

		if (c == '\\' && next == '\n') {
			l->at += 2;
		} else if (c == '\\' && next && strchr(l->cmd ? "\"\\" : "\"\\$`", next)) {
			put(l, &next, 1);
			l->at += 2;
		} else if (c != '$' || !expansion(l)) {
			put(l, &c, 1);
			l->at++;
		}
	}
	l->w->unclosed = l->w->unclosed || l->at >= l->s.n;
	l->at++;
}

static unsigned
hex_at(const struct lexer *l, size_t ahead, size_t most, size_t *n)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	unsigned v = 0;

	for (*n = 0; *n < most; (*n)++) {
		char c = peek(l, ahead + *n);
		const char *at = c ? strchr(digits, c) : NULL;

		if (!at)
			break;
		v = v * 16 + (unsigned)((at - digits) % 16);
	}
	return v;
}

/* One escape of $'…' at the backslash. */
static void
ansi_escape(struct lexer *l)
{
	static const char from[] = "ntrabfve\\'\"?", to[] = "\n\t\r\a\b\f\v\033\\'\"?";
	char c = peek(l, 1), bytes[4];
	const char *at = c ? strchr(from, c) : NULL;
	size_t digits, n;
	unsigned v;

	if (at) {
		put(l, to + (at - from), 1);
		l->at += 2;
		return;
	}
	if (c != 'x' && c != 'u' && c != 'U') {
		put(l, "\\", 1);
		l->at++;
		return;
	}
	v = hex_at(l, 2, c == 'x' ? 2 : c == 'u' ? 4 : 8, &digits);
	l->at += 2 + digits;
	if (c == 'x') {
		bytes[0] = (char)v;
		put(l, bytes, digits ? 1 : 0);
		return;
	}
	n = utf8_encode(v, bytes);
	put(l, bytes, n);
}

static void
ansi_quoted(struct lexer *l)
{
	begin(l);
	l->at += 2;
	while (l->at < l->s.n && peek(l, 0) != '\'') {
		if (peek(l, 0) == '\\') {
			ansi_escape(l);
		} else {
			put(l, l->s.p + l->at, 1);
			l->at++;
		}
	}
	l->w->unclosed = l->w->unclosed || l->at >= l->s.n;
	l->at++;
}

/* “…” and ‘…’ as word processors make of quotes. */
static bool
smart_quoted(struct lexer *l)
{
	static const char *const marks[] = {
		"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x98", "\xe2\x80\x99"};
	struct span rest = span_from(l->s, l->at + 3);
	size_t which = 0, n, other;

	while (which < 4 && !span_starts(span_from(l->s, l->at), marks[which]))
		which++;
	if (which == 4)
		return false;
	n = span_find_str(rest, marks[which | 1]);
	other = span_find_str(rest, marks[which & 2]);
	n = n < other ? n : other;
	if (n == SIZE_MAX)
		return false;
	if (!l->w->smart_quotes) {
		l->w->smart_quotes = true;
		l->w->line = 1;
		for (size_t i = 0; i < l->at; i++)
			l->w->line += l->s.p[i] == '\n';
	}
	put(l, rest.p, n);
	l->at += 3 + n + 3;
	return true;
}

/* Backslash, cmd's ^ and PowerShell's ` before a line's end: it goes on.  False:
 * it is none of that. */
static bool
continuation(struct lexer *l)
{
	bool blanks;
	size_t to = line_end(l, l->at + 1, &blanks);

	if (!to)
		return false;
	l->w->blank_after_backslash = l->w->blank_after_backslash || blanks;
	end(l);
	l->at = to;
	return true;
}

/* Ends the command at a list or pipe operator, or its line; false: c is none. */
static bool
operator_at(struct lexer *l)
{
	char c = peek(l, 0);
	size_t nl;

	if (c == '\n') {
		l->at++;
		return true;
	}
	if (!strchr("|;&<>", c))
		return false;
	if (c == '&' && peek(l, 1) != '&' && (unsigned char)peek(l, 1) > ' ')
		l->w->cut_at_amp = true;
	nl = span_find(span_from(l->s, l->at), '\n');
	l->at = nl == SIZE_MAX ? l->s.n : l->at + nl + 1;
	return true;
}

static bool
comment(struct lexer *l)
{
	size_t nl;

	if (l->in_word || peek(l, 0) != '#')
		return false;
	nl = span_find(span_from(l->s, l->at), '\n');
	l->at = nl == SIZE_MAX ? l->s.n : l->at + nl;
	return true;
}

/* One step; false: the command ends here. */
static bool
step(struct lexer *l)
{
	char c = peek(l, 0);

	if (c == ' ' || c == '\t' || c == '\r') {
		end(l);
		l->at++;
	} else if (c == '\'' && !l->cmd) {
		single_quoted(l);
	} else if (c == '"') {
		double_quoted(l);
	} else if (c == '$' && peek(l, 1) == '\'' && !l->cmd) {
		ansi_quoted(l);
	} else if (c == '$' && expansion(l)) {
		;
	} else if ((c == '\\' || c == '^' || c == '`') && continuation(l)) {
		;
	} else if (c == '\\' && !l->cmd && peek(l, 1)) {
		put(l, l->s.p + l->at + 1, 1);
		l->at += 2;
	} else if (comment(l) || (c == '\xe2' && smart_quoted(l))) {
		;
	} else if (operator_at(l)) {
		return false;
	} else {
		put(l, &c, 1);
		l->at++;
	}
	return true;
}

/* cmd's ^ before anything but a line's end: only the character behind it counts. */
static void
without_carets(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '^' && i + 1 < s.n && s.p[i + 1] != '\r' && s.p[i + 1] != '\n')
			i++;
		(void)buf_putc(out, s.p[i]);
	}
}

size_t
shell_words_split(struct shell_words *w, struct span text)
{
	struct lexer l = {.w = w, .s = text};
	struct buf plain;
	size_t lines = 0;

	buf_init_wiping(&plain, text.n);
	if (span_find_str(span_sub(text, 0, 4096), "^\"") != SIZE_MAX) {
		without_carets(&plain, text);
		l.s = buf_span(&plain);
		l.cmd = true;
	}
	while (l.at < l.s.n && w->n < SHELL_WORDS && step(&l))
		;
	end(&l);
	if (l.at > l.s.n)
		l.at = l.s.n;
	if (l.cmd) { /* back in the text as it was: by lines */
		size_t at = 0;

		for (size_t i = 0; i < l.at; i++)
			lines += l.s.p[i] == '\n';
		while (at < text.n && lines)
			lines -= text.p[at++] == '\n';
		l.at = l.at == l.s.n ? text.n : at;
	}
	buf_release(&plain);
	return l.at;
}
