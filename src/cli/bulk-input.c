#include "cli/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"

struct bulk_input {
	int fd;
	struct bulk_shard shard;
	struct buf text;         /* read and not taken; wiping */
	size_t at;               /* of text */
	uint64_t line, used, taken, size;
	bool end, skipping;      /* nothing more comes; the rest of a line that is too long */
	bool exposed;
};

void
bulk_item_release(struct bulk_item *i)
{
	secret_unref(i->token);
	json_free(i->labels);
	memset(i, 0, sizeof(*i));
}

enum res
bulk_shard_parse(struct bulk_shard *out, const char *text, struct err *e)
{
	struct span s = span_of(text), k, n;
	size_t slash = span_find(s, '/');
	int64_t a = 0, b = 0;

	*out = (struct bulk_shard){1, 1};
	if (!text)
		return RES_OK;
	k = span_sub(s, 0, slash == SIZE_MAX ? 0 : slash);
	n = span_from(s, slash == SIZE_MAX ? s.n : slash + 1);
	if (span_to_i64(k, &a) != RES_OK || span_to_i64(n, &b) != RES_OK || b < 1 || b > 1000000 ||
		a < 1 || a > b)
		return err_set(e, RES_SYNTAX,
			"--shard: K/N with K from 1 to N, for example 3/8 for the third of eight");
	*out = (struct bulk_shard){(unsigned)a, (unsigned)b};
	return RES_OK;
}

struct bulk_input *
bulk_input_open(const char *path, struct bulk_shard shard, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct bulk_input *in;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		if (fd >= 0 && S_ISDIR(st.st_mode))
			errno = EISDIR;
		err_errno(e, "%s", path);
		if (fd > 0 && !is_stdin)
			close(fd);
		return NULL;
	}
	in = xcalloc(1, sizeof(*in));
	in->fd = fd;
	in->shard = shard;
	in->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	in->exposed = S_ISREG(st.st_mode) && (st.st_mode & 077) != 0;
	buf_init_wiping(&in->text, 2 * (size_t)BULK_LINE_MAX);
	return in;
}

void
bulk_input_close(struct bulk_input *in)
{
	if (!in)
		return;
	if (in->fd != STDIN_FILENO)
		close(in->fd);
	buf_release(&in->text);
	free(in);
}

bool
bulk_input_exposed(const struct bulk_input *in)
{
	return in->exposed;
}

int
bulk_input_fd(const struct bulk_input *in)
{
	return in->end ? -1 : in->fd;
}

void
bulk_input_bytes(const struct bulk_input *in, uint64_t *taken, uint64_t *all)
{
	*taken = in->taken;
	*all = in->size;
}

/* RES_OK: more is there, or the end; RES_NOTFOUND: not now. */
static enum res
fill(struct bulk_input *in, struct err *e)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};
	char part[32 << 10];
	ssize_t n;

	if (in->at) { /* what was taken goes */
		size_t left = in->text.len - in->at;

		memmove(in->text.p, in->text.p + in->at, left);
		wipe(in->text.p + left, in->at);
		buf_truncate(&in->text, left);
		in->at = 0;
	}
	if (!in->size && poll(&p, 1, 0) == 0)
		return RES_NOTFOUND;
	do
		n = read(in->fd, part, sizeof(part));
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return RES_NOTFOUND;
	if (n < 0)
		return err_errno(e, "reading the tokens");
	in->end = n == 0;
	(void)buf_add(&in->text, part, (size_t)n);
	wipe(part, (size_t)n);
	return RES_OK;
}

/* The next line without its end.  RES_NOTFOUND: not now; RES_LIMIT: it is too long, and gone. */
static enum res
next_line(struct bulk_input *in, struct span *line, bool *ended, struct err *e)
{
	for (;;) {
		struct span rest = span_from(buf_span(&in->text), in->at);
		size_t n = span_find(rest, '\n');
		bool skipped = in->skipping;
		enum res r;

		if (n != SIZE_MAX || (in->end && rest.n)) {
			*line = span_sub(rest, 0, n == SIZE_MAX ? rest.n : n);
			in->at += line->n + (n != SIZE_MAX);
			in->taken += line->n + (n != SIZE_MAX);
			in->skipping = false;
			in->line++;
			return skipped ? RES_LIMIT : RES_OK;
		}
		if (in->end) {
			*ended = !skipped;
			in->skipping = false;
			in->line += skipped;
			return skipped ? RES_LIMIT : RES_OK;
		}
		if (rest.n >= BULK_LINE_MAX) { /* the rest of it is read and dropped */
			in->taken += rest.n;
			in->at = in->text.len;
			in->skipping = true;
		}
		r = fill(in, e);
		if (r != RES_OK)
			return r;
	}
}

/* The member's token; empty, with why: it is no string, or given twice with values that differ. */
static struct span
token_member(const struct json *object, const char *name, struct bulk_item *out)
{
	struct span token = json_get_str(object, name), other;

	for (const struct json *m = json_first(object); m; m = json_next(m)) {
		if (!span_is(json_name(m), name))
			continue;
		if (!json_to_span(m, &other))
			text_format(out->error, sizeof(out->error),
				"\"%s\" in the object is not a string", name);
		else if (!span_eq(other, token))
			text_format(out->error, sizeof(out->error),
				"\"%s\" is twice in the object, with values that differ", name);
	}
	return *out->error ? SPAN_EMPTY : token;
}

static void
read_object(struct bulk_item *out, struct span line)
{
	struct err why = ERR_INIT;
	struct json *j = NULL;
	struct span token;

	if (json_parse(&j, line, &why) != RES_OK) {
		text_format(out->error, sizeof(out->error), "not JSON: %s", why.text);
		return;
	}
	token = token_member(j, "token", out);
	if (!token.n && !*out->error)
		token = token_member(j, "access_token", out);
	if (*out->error)
		token = SPAN_EMPTY;
	else if (!token.n)
		text_format(out->error, sizeof(out->error),
			"there is no \"token\" (or \"access_token\") in the object");
	else if (token.n > LIMIT_TOKEN)
		text_format(out->error, sizeof(out->error), "the token is longer than %d KiB",
			LIMIT_TOKEN >> 10);
	else
		out->token = secret_new(token);
	if (json_get(j, "labels"))
		out->labels = json_dup(json_get(j, "labels"));
	json_free(j);
}

/*
 * The byte-order mark that some editors begin a file with is none of the first token's; text of two
 * bytes a character has no tokens in it.
 */
static enum res
skip_mark(struct span *line, struct err *e)
{
	if (span_starts(*line, "\xff\xfe") || span_starts(*line, "\xfe\xff"))
		return err_set(e, RES_SYNTAX,
			"the tokens are UTF-16 text (as PowerShell's > writes it): give them as "
			"UTF-8");
	if (span_starts(*line, "\xef\xbb\xbf"))
		*line = span_from(*line, 3);
	return RES_OK;
}

/* False: another shard's. */
static bool
is_ours(struct bulk_input *in)
{
	return in->used++ % in->shard.n == in->shard.k - 1;
}

enum feed
bulk_input_next(struct bulk_input *in, struct bulk_item *out, struct err *e)
{
	struct span line = SPAN_EMPTY;
	bool ended = false;
	enum res r;

	memset(out, 0, sizeof(*out));
	for (;;) {
		r = next_line(in, &line, &ended, e);
		if (r == RES_NOTFOUND)
			return FEED_AGAIN;
		if (r != RES_OK && r != RES_LIMIT)
			return FEED_ERROR;
		if (ended)
			return FEED_END;
		if (in->line == 1 && skip_mark(&line, e) != RES_OK)
			return FEED_ERROR;
		line = span_trim(line);
		/* no bearer token begins so (RFC 6750 §2.1) */
		if (r == RES_OK && (!line.n || line.p[0] == '#'))
			continue;
		if (is_ours(in))
			break;
	}
	out->line = in->line;
	if (r == RES_LIMIT)
		text_format(out->error, sizeof(out->error), "the line is longer than %d KiB",
			BULK_LINE_MAX >> 10);
	else if (span_starts(line, "{"))
		read_object(out, line);
	else if (line.n > LIMIT_TOKEN)
		text_format(out->error, sizeof(out->error), "the token is longer than %d KiB",
			LIMIT_TOKEN >> 10);
	else
		out->token = secret_new(line);
	return FEED_ITEM;
}
