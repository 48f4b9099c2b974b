/* Mail replies: the marks of quoting come off before anything is looked for; so do the colours of a
 * terminal. */
#include "case/import-parts.h"

enum { LEVELS = 8 };

/* Behind the mark, if the line has one. */
static bool
quoted_line(struct span line, struct span *inner)
{
	struct span s = line;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_from(s, 1);
	if (!s.n || s.p[0] != '>')
		return false;
	*inner = span_from(s, s.n > 1 && s.p[1] == ' ' ? 2 : 1);
	return true;
}

/* "> GET /path HTTP/1.1", "< HTTP/2 401": curl's own marks, which mean something else. */
static bool
is_verbose_line(struct span line)
{
	struct span s = span_trim(line), inner;

	if (span_starts(s, "< HTTP/"))
		return true;
	return quoted_line(line, &inner) && http_start_line(inner) != HTTP_NO_START;
}

/* Markup and JSON have lines that begin so, too. */
static bool
is_marked(struct span text)
{
	struct span rest = text, line, inner, s = span_trim(text);
	size_t marked = 0;

	if (!s.n || memchr("{[<", s.p[0], 3) || span_find_str_nocase(s, "<html") != SIZE_MAX ||
		(import_line(&rest, &line) && http_start_line(line) != HTTP_NO_START))
		return false;
	for (rest = text; import_line(&rest, &line);) {
		if (is_verbose_line(line))
			return false;
		marked += quoted_line(line, &inner);
	}
	return marked > 0;
}

/* ESC [ … m (colours) or K (grep's and gcc's "to the end of the line"): its length, or 0. */
static size_t
colour_len(struct span s)
{
	size_t n = 2;

	if (!span_starts(s, "\033["))
		return 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == ';'))
		n++;
	return n < s.n && (s.p[n] == 'm' || s.p[n] == 'K') ? n + 1 : 0;
}

void
import_uncolour(struct import *im, struct buf *out, struct span *text)
{
	struct span s = *text;
	bool any = false;

	if (!memchr(s.p, '\033', s.n))
		return;
	for (size_t at = 0; at < s.n;) {
		size_t n = colour_len(span_from(s, at));

		any = any || n > 0;
		if (n == 0)
			(void)buf_putc(out, s.p[at]);
		at += n > 0 ? n : 1;
	}
	if (!any)
		return;
	import_note(im, "the colours of a terminal were taken off");
	*text = buf_span(out);
}

void
import_unquote(struct import *im, struct buf *out, struct span *text)
{
	struct span s = *text;
	int level = 0;

	for (; level < LEVELS && is_marked(s); level++) {
		struct buf next;
		struct span rest = s, line;

		buf_init_wiping(&next, out->max);
		while (import_line(&rest, &line)) {
			(void)quoted_line(line, &line);
			(void)buf_add_span(&next, line);
			(void)buf_putc(&next, '\n');
		}
		buf_clear(out);
		(void)buf_add_span(out, buf_span(&next));
		buf_release(&next);
		s = buf_span(out);
	}
	if (!level)
		return;
	import_note(im, "a quoted mail: the marks before its lines were taken off");
	*text = s;
}

/* A line that only fences code in (Markdown, Slack, Jira), or folds it away. */
static bool
is_fence(struct span line)
{
	static const char *const jira[] = {"{code", "{noformat"};
	struct span s = span_trim(line), rest;

	for (size_t i = 0; i < ARRAY_SIZE(jira); i++)
		if (span_starts(s, jira[i]) && span_ends(s, "}") && s.n < 60)
			return true;
	if (!span_starts(s, "```") && !span_starts(s, "~~~"))
		return false;
	rest = span_from(s, 3); /* "```http", and no text between two */
	return rest.n < 30 && span_find_str(rest, "```") == SIZE_MAX &&
		span_find(rest, ' ') == SIZE_MAX;
}

void
import_unfence(struct buf *out, struct span *text)
{
	struct span rest = *text, line;
	bool fenced = false;

	while (!fenced && import_line(&rest, &line))
		fenced = is_fence(line);
	if (!fenced)
		return;
	for (rest = *text; import_line(&rest, &line);) {
		if (!is_fence(line))
			(void)buf_add_span(out, line);
		(void)buf_putc(out, '\n');
	}
	*text = buf_span(out);
}
