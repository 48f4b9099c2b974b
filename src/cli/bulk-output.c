#include "cli/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"

enum { FLUSH_AT = 64 << 10, SYNC_US = 1000000, PART = 64 << 10, STOP_MS = 1000 };

struct place {
	bool whole;
	char *text;
	size_t n;
};

struct bulk_output {
	int fd;
	const char *path;
	struct place *ring;
	size_t window;
	uint64_t base, next; /* the first place not written; the next one to be given */
	struct buf text;     /* in order, to be written */
	int64_t synced_us;
	struct buf before;   /* of the results of a run before: read and not yet compared */
	size_t before_at;    /* of those */
	off_t read, kept;    /* bytes read; of whole lines */
	bool resumes;        /* what is behind those is still to be cut off */
	const volatile sig_atomic_t *stop; /* NULL: never */
};

/* --- opening ------ */

/* Bytes up to the last line end; -1 with errno: cannot be read. */
static off_t
whole_lines(int fd, off_t size)
{
	char part[4096];

	for (off_t end = size; end > 0;) {
		off_t from = end > (off_t)sizeof(part) ? end - (off_t)sizeof(part) : 0;
		ssize_t n = pread(fd, part, (size_t)(end - from), from);

		if (n != end - from)
			return -1;
		while (n > 0 && part[n - 1] != '\n')
			n--;
		if (n > 0)
			return from + n;
		end = from;
	}
	return 0;
}

/* Does it begin as results do, however little of the first is there?  RES_IO: it cannot be read. */
static enum res
check_ours(const struct bulk_output *o, off_t at, struct err *e)
{
	char head[sizeof(BULK_RESULT_HEAD) - 1];
	ssize_t n = pread(o->fd, head, sizeof(head), at);

	if (n < 0)
		return err_errno(e, "%s", o->path);
	if (memcmp(head, BULK_RESULT_HEAD, (size_t)n) != 0)
		return err_set(e, RES_SYNTAX,
			"%s does not hold results of bulk; it is left as it is", o->path);
	return RES_OK;
}

static enum res
open_file(struct bulk_output *o, bool resume, struct err *e)
{
	struct stat st;
	off_t whole;
	enum res r;

	o->fd = open(o->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (o->fd < 0 || fstat(o->fd, &st) != 0)
		return err_errno(e, "%s", o->path);
	if (!S_ISREG(st.st_mode))
		return resume ? err_set(e, RES_UNSUPPORTED, "%s: only a file can be resumed",
					o->path)
			      : RES_OK;
	if (flock(o->fd, LOCK_EX | LOCK_NB) != 0)
		return err_set(e, RES_REFUSED, "%s: another run writes to it", o->path);
	if (st.st_size && !resume)
		return err_set(e, RES_REFUSED,
			"%s holds something already; if that is results, --resume goes on with "
			"them",
			o->path);
	whole = whole_lines(o->fd, st.st_size);
	if (whole < 0 || lseek(o->fd, whole, SEEK_SET) < 0)
		return err_errno(e, "%s", o->path);
	r = check_ours(o, 0, e);
	if (r == RES_OK)
		r = check_ours(o, whole, e);
	if (r != RES_OK)
		return r;
	o->kept = whole;
	o->resumes = true;
	return RES_OK;
}

struct bulk_output *
bulk_output_open(const char *path, bool resume, size_t window, struct err *e)
{
	struct bulk_output *o = xcalloc(1, sizeof(*o));

	o->path = path;
	o->fd = STDOUT_FILENO;
	o->window = window;
	o->ring = xcalloc(window, sizeof(*o->ring));
	buf_init(&o->text, 2 * (size_t)BULK_RESULT_MAX + FLUSH_AT);
	buf_init(&o->before, BULK_RESULT_MAX + PART);
	if (path && open_file(o, resume, e) != RES_OK) {
		struct err ignored = ERR_INIT;

		(void)!bulk_output_close(o, &ignored);
		return NULL;
	}
	return o;
}

/* --- resuming ------ */

static enum state
state_of(struct span id)
{
	return span_is(id, state_id(STATE_OK))        ? STATE_OK
		: span_is(id, state_id(STATE_PROBLEM)) ? STATE_PROBLEM
						       : STATE_UNDETERMINED;
}

static void
count_result(const struct json *j, uint64_t line, struct bulk_summary *s)
{
	const struct json *v = json_get(j, "verdict");
	struct span primary = json_get_str(v, "primary"), words = json_get_str(v, "summary");
	enum state state = state_of(json_get_str(v, "state"));
	char id[64], summary[LIMIT_MESSAGE];
	int64_t at = 0;

	if (!primary.n)
		primary = json_get_str(j, "error");
	if (time_parse_rfc3339(json_get_str(j, "checked"), &at) != RES_OK)
		at = 0;
	text_safe_into(id, sizeof(id), primary);
	text_safe_into(summary, sizeof(summary), words);
	bulk_summary_add(s, id, state, summary, line, at);
	s->resumed++;
}

/* Is the result that of this token? */
static bool
is_of(const struct json *j, const struct bulk_item *i)
{
	const struct json *t = json_get(j, "token");
	char print[32] = "";
	int64_t line = 0;
	enum num_form form;

	if (!json_to_i64(json_get(j, "line"), &line, &form) || (uint64_t)line != i->line)
		return false;
	if (!i->token)
		return json_get(j, "error") != NULL;
	secret_fingerprint(secret_reveal(i->token), print);
	return span_is(json_get_str(t, "fingerprint"), print);
}

/*
 * All that was there is of this input: only now the line that is cut off goes.  RES_NOTFOUND: what
 * comes is new.
 */
static enum res
end_of_before(struct bulk_output *o, struct err *e)
{
	buf_release(&o->before);
	if (o->resumes && ftruncate(o->fd, o->kept) != 0)
		return err_errno(e, "%s", o->path);
	o->resumes = false;
	return RES_NOTFOUND;
}

/* Reads on; what was compared goes.  RES_NOTFOUND: that was all. */
static enum res
read_before(struct bulk_output *o, struct err *e)
{
	char part[PART];
	off_t left = o->kept - o->read;
	size_t rest = o->before.len - o->before_at;
	ssize_t n;

	if (left <= 0)
		return RES_NOTFOUND;
	n = pread(o->fd, part, left < PART ? (size_t)left : PART, o->read);
	if (n < 0)
		return err_errno(e, "%s", o->path);
	if (o->before_at) {
		memmove(o->before.p, o->before.p + o->before_at, rest);
		buf_truncate(&o->before, rest);
		o->before_at = 0;
	}
	(void)buf_add(&o->before, part, (size_t)n);
	o->read += n;
	return n ? RES_OK : RES_NOTFOUND;
}

/* The next result of the run before, line `number` of the file. */
static enum res
next_before(struct bulk_output *o, uint64_t number, struct span *line, struct err *e)
{
	for (;;) {
		struct span rest = span_from(buf_span(&o->before), o->before_at);
		size_t n = span_find(rest, '\n');
		enum res r;

		if (n != SIZE_MAX) {
			*line = span_sub(rest, 0, n);
			o->before_at += n + 1;
			return RES_OK;
		}
		if (rest.n > BULK_RESULT_MAX)
			return err_set(e, RES_SYNTAX,
				"%s:%llu: the line is longer than %d KiB, and no result of bulk; "
				"the file is left as it is",
				o->path, (unsigned long long)number, BULK_RESULT_MAX >> 10);
		r = read_before(o, e);
		if (r != RES_OK)
			return r;
	}
}

enum res
bulk_output_resume(struct bulk_output *o, const struct bulk_item *i, struct bulk_summary *s,
	struct err *e)
{
	uint64_t number = s->resumed + 1;
	struct json *j = NULL;
	struct span line;
	enum res r = next_before(o, number, &line, e);

	if (r == RES_NOTFOUND)
		return end_of_before(o, e);
	if (r != RES_OK)
		return r;
	r = json_parse(&j, line, NULL);
	if (r == RES_OK && is_of(j, i))
		count_result(j, i->line, s);
	else
		r = err_set(e, RES_SYNTAX,
			"%s:%llu: this result is not of line %llu of the input: of another input "
			"or shard, or the file was changed",
			o->path, (unsigned long long)number, (unsigned long long)i->line);
	json_free(j);
	return r;
}

enum res
bulk_output_resumed_all(struct bulk_output *o, const struct bulk_summary *s, struct err *e)
{
	uint64_t number = s->resumed + 1;
	struct span line;
	enum res r;

	if (!o->resumes)
		return RES_OK;
	r = next_before(o, number, &line, e);
	if (r == RES_OK)
		return err_set(e, RES_SYNTAX,
			"%s:%llu: there are more results than the input has lines for: they are of "
			"another input or shard, or it was changed; the file is left as it is",
			o->path, (unsigned long long)number);
	r = r == RES_NOTFOUND ? end_of_before(o, e) : r;
	return r == RES_NOTFOUND ? RES_OK : r;
}

/* --- writing ------ */

void
bulk_output_stop_by(struct bulk_output *o, const volatile sig_atomic_t *stop)
{
	o->stop = stop;
}

bool
bulk_output_room(const struct bulk_output *o)
{
	return o->next - o->base < o->window;
}

bool
bulk_output_place(struct bulk_output *o, uint64_t *place)
{
	if (o->next - o->base >= o->window)
		return false;
	*place = o->next++;
	return true;
}

void
bulk_output_put(struct bulk_output *o, uint64_t place, struct span line)
{
	struct place *p = &o->ring[place % o->window];

	p->whole = true;
	p->text = span_dup(line);
	p->n = line.n;
}

static enum res
write_all(struct bulk_output *o, struct err *e)
{
	struct pollfd f = {.fd = o->fd, .events = POLLOUT};
	const char *p = o->text.p;
	size_t left = o->text.len;

	while (left) {
		bool stops = o->stop && *o->stop;
		ssize_t n;

		if (stops && poll(&f, 1, STOP_MS) == 0)
			return err_set(e, RES_IO, "%s is not read; what is left is not written",
				o->path ? o->path : "standard output");
		/* so much a pipe takes at once that takes anything */
		n = write(o->fd, p, stops && left > PIPE_BUF ? PIPE_BUF : left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) { /* a pipe that its other end made so */
			(void)poll(&f, 1, STOP_MS);
			continue;
		}
		if (n < 0)
			return err_errno(e, "%s", o->path ? o->path : "standard output");
		p += n;
		left -= (size_t)n;
	}
	buf_clear(&o->text);
	return RES_OK;
}

enum res
bulk_output_flush(struct bulk_output *o, struct err *e)
{
	int64_t now = clock_mono_us(&clock_system);
	enum res r = RES_OK;

	while (r == RES_OK && o->base < o->next && o->ring[o->base % o->window].whole) {
		struct place *p = &o->ring[o->base++ % o->window];

		(void)buf_add(&o->text, p->text, p->n);
		free(p->text);
		*p = (struct place){0};
		if (o->text.len >= FLUSH_AT)
			r = write_all(o, e);
	}
	if (r == RES_OK && o->text.len)
		r = write_all(o, e);
	/* a machine that stops loses a second of results, not the file */
	if (r == RES_OK && o->path && now - o->synced_us > SYNC_US) {
		(void)fdatasync(o->fd);
		o->synced_us = now;
	}
	return r;
}

enum res
bulk_output_close(struct bulk_output *o, struct err *e)
{
	enum res r;

	if (!o)
		return RES_OK;
	r = o->fd >= 0 ? bulk_output_flush(o, e) : RES_OK;
	if (o->path && o->fd >= 0) {
		if (r == RES_OK && fdatasync(o->fd) != 0 && errno != EINVAL && errno != EROFS)
			r = err_errno(e, "%s", o->path);
		if (close(o->fd) != 0 && r == RES_OK)
			r = err_errno(e, "%s", o->path);
	}
	for (size_t i = 0; i < o->window; i++)
		free(o->ring[i].text);
	buf_release(&o->before);
	free(o->ring);
	buf_release(&o->text);
	free(o);
	return r;
}
