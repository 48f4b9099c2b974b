#include "ui/state.h"

#include "base/redact.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/utf8.h"

void
textfield_init(struct textfield *f, bool secret)
{
	buf_init_wiping(&f->text, LIMIT_TOKEN);
	buf_init_wiping(&f->cut, LIMIT_TOKEN);
	f->at = 0;
	f->secret = secret;
	f->proposed = false;
}

void
textfield_release(struct textfield *f)
{
	buf_release(&f->text);
	buf_release(&f->cut);
	f->at = 0;
}

void
textfield_set(struct textfield *f, struct span s)
{
	buf_clear(&f->text);
	buf_add_span(&f->text, span_sub(s, 0, LIMIT_TOKEN));
	f->at = f->text.len;
}

static size_t
before(const struct textfield *f, size_t at)
{
	while (at > 0 && ((unsigned char)f->text.p[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
after(const struct textfield *f, size_t at)
{
	if (at < f->text.len)
		at++;
	while (at < f->text.len && ((unsigned char)f->text.p[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void
cut(struct textfield *f, size_t from, size_t to)
{
	size_t len = f->text.len;

	if (from >= to)
		return;
	memmove(f->text.p + from, f->text.p + to, len - to);
	memset(f->text.p + len - (to - from), 0, to - from);
	buf_truncate(&f->text, len - (to - from));
	f->at = from;
}

/* Erases, and keeps it for ACT_PUT_BACK. */
static void
kill_text(struct textfield *f, size_t from, size_t to)
{
	if (from >= to)
		return;
	buf_clear(&f->cut);
	buf_add(&f->cut, f->text.p + from, to - from);
	cut(f, from, to);
}

/* Letters, digits and all beyond ASCII. */
static bool
in_word(const struct textfield *f, size_t at)
{
	unsigned char b = (unsigned char)f->text.p[at];

	return b >= 0x80 || (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') ||
		(b >= 'a' && b <= 'z');
}

static size_t
word_before(const struct textfield *f)
{
	size_t at = f->at;

	while (at > 0 && !in_word(f, at - 1))
		at--;
	while (at > 0 && in_word(f, at - 1))
		at--;
	return at;
}

static size_t
word_after(const struct textfield *f)
{
	size_t at = f->at;

	while (at < f->text.len && !in_word(f, at))
		at++;
	while (at < f->text.len && in_word(f, at))
		at++;
	return at;
}

static bool
insert(struct textfield *f, struct span s)
{
	size_t tail;

	if (s.n == 0)
		return true;
	if (f->proposed)
		cut(f, 0, f->text.len);
	f->proposed = false;
	tail = f->text.len - f->at;
	if (f->text.len + s.n > LIMIT_TOKEN || buf_add(&f->text, s.p, s.n) != RES_OK)
		return false;
	memmove(f->text.p + f->at + s.n, f->text.p + f->at, tail);
	memcpy(f->text.p + f->at, s.p, s.n);
	f->at += s.n;
	return true;
}

/* The same by words and more. */
static bool
word_action(struct textfield *f, enum action a)
{
	switch (a) {
	case ACT_WORD_LEFT:
		f->at = word_before(f);
		return true;
	case ACT_WORD_RIGHT:
		f->at = word_after(f);
		return true;
	case ACT_ERASE_WORD:
		kill_text(f, word_before(f), f->at);
		return true;
	case ACT_ERASE_WORD_NEXT:
		kill_text(f, f->at, word_after(f));
		return true;
	case ACT_ERASE_END:
		kill_text(f, f->at, f->text.len);
		return true;
	case ACT_PUT_BACK:
		insert(f, buf_span(&f->cut));
		return true;
	default:
		return false;
	}
}

bool
textfield_action(struct textfield *f, enum action a)
{
	f->proposed = false; /* whoever moves in it means to mend it */
	switch (a) {
	case ACT_CURSOR_LEFT:
		f->at = before(f, f->at);
		return true;
	case ACT_CURSOR_RIGHT:
		f->at = after(f, f->at);
		return true;
	case ACT_CURSOR_HOME:
		f->at = 0;
		return true;
	case ACT_CURSOR_END:
		f->at = f->text.len;
		return true;
	case ACT_ERASE:
		cut(f, before(f, f->at), f->at);
		return true;
	case ACT_ERASE_NEXT:
		cut(f, f->at, after(f, f->at));
		return true;
	case ACT_ERASE_ALL:
		kill_text(f, 0, f->text.len);
		return true;
	default:
		return word_action(f, a);
	}
}

bool
text_holds_token(struct span s)
{
	struct buf masked;
	bool is;

	buf_init_wiping(&masked, 2 * LIMIT_TOKEN);
	is = redact_changes(NULL, &masked, s) || buf_status(&masked) != RES_OK;
	buf_release(&masked);
	return is;
}

/*
 * A token is kept as it was pasted, with what is wrong with it: line breaks inside it are a
 * finding.  Only the terminal's CR for a line break, and the break behind the last line, are
 * undone.
 */
static bool
paste_secret(struct textfield *f, struct span s)
{
	bool ok = true;

	while (s.n && (s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
		s.n--;
	while (ok && s.n) {
		size_t k = span_find(s, '\r');
		struct span part = k == SIZE_MAX ? s : span_sub(s, 0, k);

		ok = insert(f, part);
		s = span_from(s, part.n);
		if (ok && s.n) {
			ok = insert(f, SPAN_LIT("\n"));
			s = span_from(s, s.n > 1 && s.p[1] == '\n' ? 2 : 1);
		}
	}
	return ok;
}

static bool
paste_line(struct textfield *f, struct span s)
{
	struct buf b;
	bool ok;

	buf_init_wiping(&b, 8 * LIMIT_TOKEN);
	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f)
			buf_putc(&b, s.p[i]);
	}
	if (utf8_valid(buf_span(&b)) && text_is_safe(buf_span(&b))) {
		ok = insert(f, buf_span(&b));
	} else {
		struct buf safe;

		buf_init_wiping(&safe, 8 * LIMIT_TOKEN);
		text_safe(&safe, buf_span(&b));
		ok = insert(f, buf_span(&safe));
		buf_release(&safe);
	}
	buf_release(&b);
	return ok;
}

bool
textfield_event(struct textfield *f, const struct key_event *ev, char *notice, size_t size)
{
	char utf8[4];

	if (ev->kind == EVENT_PASTE) {
		if (ev->cut || !(f->secret ? paste_secret(f, ev->paste) : paste_line(f, ev->paste)))
			snprintf(notice, size,
				_("The paste is longer than %d bytes and was left out; use a "
				  "file."),
				LIMIT_TOKEN);
		else
			snprintf(notice, size, _("Pasted %zu bytes."), ev->paste.n);
		return true;
	}
	if (ev->key.mods || ev->key.code >= KC_ENTER)
		return false;
	if (!insert(f, span_make(utf8, utf8_encode(ev->key.code, utf8))))
		snprintf(notice, size, _("A field takes at most %d bytes."), LIMIT_TOKEN);
	return true;
}

void
textfield_draw(const struct textfield *f, bool focus, const char *hint, int row, int col, int cols,
	struct canvas *c)
{
	struct span s = buf_span(&f->text);
	int used = 0, cursor;

	canvas_fill(c, (struct rect){row, col, 1, cols}, ' ', UIR_INPUT);
	if (s.n == 0) {
		canvas_text_cut(c, row, col, cols, UIR_INPUT_HINT, span_of(hint ? hint : ""));
		cursor = 0;
	} else if (f->secret) {
		/* its size alone: the value never reaches the screen */
		used = canvas_printf(
			c, row, col, cols - 1, UIR_INPUT, _("[hidden, %zu bytes]"), s.n);
		cursor = used;
	} else {
		/* the part around the cursor */
		size_t from = 0;

		while (from < f->at &&
			text_cells(span_sub(s, from, f->at - from)) >
				(size_t)(cols > 1 ? cols - 1 : 0))
			from = after(f, from);
		canvas_text(c, row, col, cols, f->proposed ? UIR_INPUT_HINT : UIR_INPUT,
			span_from(s, from));
		cursor = (int)text_cells(span_sub(s, from, f->at - from));
	}
	if (focus)
		canvas_cursor(c, row, col + cursor);
}
