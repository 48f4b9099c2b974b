/* What curl writes with --trace-ascii and --trace: blocks of bytes under headings. */
#include "case/import-verbose.h"

/* "== Info: …", "=> Send header, 120 bytes (0x78)" */
bool
trace_is_line(struct span s)
{
	return span_starts(s, "== Info: ") || span_starts(s, "=> Send ") ||
		span_starts(s, "<= Recv ");
}

void
trace_init(struct trace *t, struct verbose *v)
{
	*t = (struct trace){.v = v};
	buf_init_wiping(&t->bytes, LIMIT_BODY);
}

static void
end_block(struct trace *t)
{
	struct span rest = buf_span(&t->bytes), line;

	switch (t->block) {
	case BLOCK_SEND_HEADER:
		while (import_line(&rest, &line))
			verbose_request_line(t->v, line);
		break;
	case BLOCK_RECV_HEADER:
		while (import_line(&rest, &line))
			verbose_response_line(t->v, line);
		break;
	case BLOCK_SEND_DATA:
		(void)buf_add_span(&t->v->sent, rest);
		break;
	case BLOCK_RECV_DATA:
		(void)buf_add_span(&t->v->body, rest);
		break;
	case BLOCK_NONE:
		break;
	}
	t->block = BLOCK_NONE;
	t->at = 0;
	buf_clear(&t->bytes);
}

static bool
trace_heading(struct trace *t, struct span s)
{
	static const struct {
		const char *words;
		enum block block;
	} headings[] = {{"=> Send header", BLOCK_SEND_HEADER},
		{"<= Recv header", BLOCK_RECV_HEADER}, {"=> Send data", BLOCK_SEND_DATA},
		{"<= Recv data", BLOCK_RECV_DATA}, {"=> Send SSL data", BLOCK_NONE},
		{"<= Recv SSL data", BLOCK_NONE}};

	if (span_starts(s, "== Info: ")) {
		end_block(t);
		verbose_info(t->v, span_from(s, 9));
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(headings); i++) {
		if (!span_starts(s, headings[i].words))
			continue;
		end_block(t);
		t->block = headings[i].block;
		return true;
	}
	return false;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10
				       : -1;
}

/* "47 45 54 20 2f …  GET /": the bytes; false: it is no line of --trace. */
static bool
hex_line(struct buf *out, struct span s)
{
	size_t i, n = 0;
	char bytes[16];

	for (i = 0; i + 2 < s.n && n < 16; i += 3, n++) {
		int a = hex_digit(s.p[i]), b = hex_digit(s.p[i + 1]);

		if (a < 0 || b < 0 || s.p[i + 2] != ' ')
			break;
		bytes[n] = (char)(a * 16 + b);
	}
	/* as wide as --trace is, whatever the last line holds */
	if (!n || s.n < 16 * 3 || (n < 16 && s.p[i] != ' '))
		return false;
	(void)buf_add(out, bytes, n);
	return true;
}

/* "0040: text" */
static void
trace_data(struct trace *t, struct span s)
{
	size_t offset = 0, i = 0;

	while (i < s.n && hex_digit(s.p[i]) >= 0 && i < 8)
		offset = offset * 16 + (size_t)hex_digit(s.p[i++]);
	if (i < 4 || i + 1 >= s.n + 1 || s.p[i] != ':')
		return;
	s = span_from(s, i + 2);
	if (t->block == BLOCK_NONE)
		return;
	if (hex_line(&t->bytes, s))
		return;
	if (t->at && offset != t->at)
		(void)buf_puts(&t->bytes, "\r\n");
	(void)buf_add_span(&t->bytes, s);
	t->at = offset + s.n;
	/* an empty line at the end of a header block */
	if (!s.n && (t->block == BLOCK_SEND_HEADER || t->block == BLOCK_RECV_HEADER))
		(void)buf_puts(&t->bytes, "\r\n");
}

void
trace_line(struct trace *t, struct span s, struct span line)
{
	if (span_starts(s, "curl: (")) {
		end_block(t);
		verbose_failure(t->v, s, true);
	} else if (!trace_heading(t, s)) {
		trace_data(t, line);
	}
}

void
trace_end(struct trace *t)
{
	end_block(t);
	buf_release(&t->bytes);
}
