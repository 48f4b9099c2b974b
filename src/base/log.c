#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	FILE_BUFFER = 64 << 10, /* bytes gathered before they are written */
	RAW_MAX = LIMIT_BODY + LIMIT_HEADERS,
	STACK_RAW = 1024,
};

/* What the ring keeps of a record besides its text; the sequence number is the position. */
struct head {
	int64_t wall_us;
	size_t at; /* of the text */
	uint32_t exchange;
	uint16_t text_len;
	uint8_t level, cat;
};
static_assert(sizeof(struct head) <= 64, "a log record costs at most 64 bytes and its text");

struct log {
	const struct clock *clock;
	const struct redactor *redactor;
	/*
	 * Two rings: heads, and the texts one behind the other, each in one piece.  Both are
	 * reserved once; the system gives pages only for what is used.
	 */
	struct head *heads;
	char *text;
	size_t max_records, max_bytes;
	size_t oldest, count; /* of heads */
	size_t next;          /* where the next text goes */
	uint64_t made;        /* records ever */
	uint8_t min[LOGC_COUNT];
	bool named[LOGC_COUNT]; /* min comes from log_set_trace */
	bool to_stderr;
	int fd; /* -1: none */
	struct buf pending;
};

static const char *const cat_ids[LOGC_COUNT] = {
#define LOG_CAT(sym, id, help) [LOGC_##sym] = id,
#include "base/logcats.def"
#undef LOG_CAT
};

const char *
log_level_id(enum log_level v)
{
	static const char *const ids[] = {"trace", "debug", "info", "warn", "error"};

	return (unsigned)v < ARRAY_SIZE(ids) ? ids[v] : "?";
}

const char *
log_cat_id(enum log_cat c)
{
	return (unsigned)c < LOGC_COUNT ? cat_ids[c] : "?";
}

struct log *
log_new(const struct clock *clock, const struct redactor *r, size_t max_records, size_t max_bytes)
{
	struct log *l = xcalloc(1, sizeof *l);

	l->clock = clock;
	l->redactor = r;
	l->max_records = max_records > 0 ? max_records : 1;
	l->max_bytes = max_bytes > 16 ? max_bytes : 16;
	l->heads = xreallocarray(NULL, l->max_records, sizeof *l->heads);
	l->text = xmalloc(l->max_bytes);
	l->fd = -1;
	log_set_level(l, LOG_INFO);
	buf_init(&l->pending, 2 * FILE_BUFFER);
	return l;
}

void
log_free(struct log *l)
{
	if (l == NULL)
		return;
	log_flush(l);
	if (l->fd >= 0)
		close(l->fd);
	buf_release(&l->pending);
	free(l->heads);
	free(l->text);
	free(l);
}

/* --- who wants what ----------------------------------------------------------------------- */

void
log_set_level(struct log *l, enum log_level min)
{
	for (int i = 0; i < LOGC_COUNT; i++)
		if (!l->named[i])
			l->min[i] = (uint8_t)min;
}

/* One word of a trace list: "http", "-ui" (warnings alone are left), "all". */
static bool
trace_word(struct span word, uint8_t min[], bool named[])
{
	bool off = span_starts(word, "-"), any = false;

	if (off)
		word = span_from(word, 1);
	for (int i = 0; i < LOGC_COUNT; i++) {
		if (!span_is(word, "all") && !span_is(word, cat_ids[i]))
			continue;
		min[i] = off ? LOG_WARN : LOG_TRACE;
		named[i] = true;
		any = true;
	}
	return any;
}

enum res
log_set_trace(struct log *l, struct span spec, struct err *e)
{
	uint8_t min[LOGC_COUNT];
	bool named[LOGC_COUNT];
	struct span word;

	memcpy(min, l->min, sizeof min);
	memcpy(named, l->named, sizeof named);
	while (span_next(&spec, ',', &word)) {
		word = span_trim(word);
		if (word.n > 0 && !trace_word(word, min, named))
			return err_set(e, RES_SYNTAX, "no such trace category: %.*s",
				SPAN_ARG(word));
	}
	memcpy(l->min, min, sizeof min);
	memcpy(l->named, named, sizeof named);
	return RES_OK;
}

bool
log_wants(const struct log *l, enum log_level level, enum log_cat cat)
{
	return l != NULL && (unsigned)cat < LOGC_COUNT && (unsigned)level >= l->min[cat];
}

/* --- the ring ----------------------------------------------------------------------------- */

static struct head *
head_at(const struct log *l, size_t index)
{
	size_t at = l->oldest + index;

	return &l->heads[at < l->max_records ? at : at - l->max_records];
}

static void
drop_oldest(struct log *l)
{
	l->oldest = l->oldest + 1 < l->max_records ? l->oldest + 1 : 0;
	if (--l->count == 0)
		l->next = 0;
}

/* Finds n bytes in one piece, dropping the oldest records as needed; n <= max_bytes. */
static size_t
place_text(struct log *l, size_t n)
{
	for (;;) {
		size_t tail, at;

		if (l->count == 0)
			return 0;
		tail = head_at(l, 0)->at;
		if (l->next > tail) { /* used: [tail, next) */
			at = n <= l->max_bytes - l->next ? l->next : n <= tail ? 0 : SIZE_MAX;
			/* Wrapped to exactly the tail it is full; next == tail means no more. */
		} else { /* used: [tail, end) and [0, next) */
			at = n <= tail - l->next ? l->next : SIZE_MAX;
		}
		if (at != SIZE_MAX)
			return at;
		drop_oldest(l);
	}
}

static void
ring_add(struct log *l, const struct log_rec *rec)
{
	size_t n = (size_t)rec->text_len + 1, at;

	if (l->count == l->max_records)
		drop_oldest(l);
	at = place_text(l, n);
	memcpy(l->text + at, rec->text, n);
	l->next = at + n;
	l->count++;
	*head_at(l, l->count - 1) = (struct head){rec->wall_us, at, rec->exchange, rec->text_len,
		rec->level, rec->cat};
}

size_t
log_count(const struct log *l)
{
	return l->count;
}

uint64_t
log_first_seq(const struct log *l)
{
	return l->made - l->count + 1;
}

bool
log_get(const struct log *l, size_t index, struct log_rec *out)
{
	const struct head *h;

	if (index >= l->count)
		return false;
	h = head_at(l, index);
	*out = (struct log_rec){log_first_seq(l) + index, h->wall_us, h->level, h->cat, h->text_len,
		h->exchange, l->text + h->at};
	return true;
}

uint64_t
log_generation(const struct log *l)
{
	return l->made;
}

/* --- the other sinks ---------------------------------------------------------------------- */

enum res
log_open_file(struct log *l, const char *path, struct err *e)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
	int fd = open(path, flags, 0600);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return err_set(e, RES_REFUSED, "%s: is a symbolic link", path);
	if (fd < 0)
		return err_errno(e, "%s", path);
	/* A file of an earlier run, perhaps made by other means. */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		(void)fchmod(fd, 0600);
	log_flush(l);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = fd;
	return RES_OK;
}

void
log_set_stderr(struct log *l, bool on)
{
	l->to_stderr = on;
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

void
log_flush(struct log *l)
{
	int fd = l->fd;

	if (fd < 0 || l->pending.len == 0)
		return;
	if (write_all(fd, l->pending.p, l->pending.len)) {
		buf_clear(&l->pending);
		return;
	}
	buf_clear(&l->pending);
	l->fd = -1; /* first, so that the next record does not come back here */
	log_add(l, LOG_WARN, LOGC_CONF, 0, "the log file cannot be written: %m");
	close(fd);
}

/* The text is safe already: only quotes and backslashes are left to escape. */
static void
file_add(struct log *l, const struct log_rec *rec)
{
	struct buf *b = &l->pending;
	char day[32];

	time_rfc3339(day, rec->wall_us / 1000000);
	buf_printf(b, "{\"seq\":%llu,\"time\":\"%.*s.%03dZ\",\"level\":\"%s\",\"category\":\"%s\"",
		(unsigned long long)rec->seq, (int)strcspn(day, "Z"), day,
		(int)(rec->wall_us / 1000 % 1000), log_level_id(rec->level), log_cat_id(rec->cat));
	if (rec->exchange != 0)
		buf_printf(b, ",\"exchange\":%u", (unsigned)rec->exchange);
	buf_puts(b, ",\"text\":\"");
	for (size_t i = 0; i < rec->text_len; i++) {
		if (rec->text[i] == '"' || rec->text[i] == '\\')
			buf_putc(b, '\\');
		buf_putc(b, rec->text[i]);
	}
	buf_puts(b, "\"}\n");
	if (b->len >= FILE_BUFFER)
		log_flush(l);
}

static void
stderr_add(const struct log_rec *rec)
{
	char time[16], line[LIMIT_LOG_TEXT + 64];
	int n = snprintf(line, sizeof line, "%s %s %s %s\n", time_of_day(time, rec->wall_us),
		log_level_id(rec->level), log_cat_id(rec->cat), rec->text);

	if (n > 0)
		(void)write_all(STDERR_FILENO, line, strlen(line));
}

/* --- making a record ---------------------------------------------------------------------- */

static void
add_raw(struct log *l, enum log_level level, enum log_cat cat, uint32_t exchange, struct span raw)
{
	struct buf clean;
	size_t max = l->max_bytes - 1 < LIMIT_LOG_TEXT ? l->max_bytes - 1 : LIMIT_LOG_TEXT;
	struct log_rec rec;
	char *text;

	/* Redacted whole, and only then cut: a value cut in two would not be known again. */
	buf_init_wiping(&clean, 2 * (size_t)RAW_MAX);
	if (redact_text(l->redactor, &clean, raw) == RES_OK)
		text = text_safe_dup(buf_span(&clean), max);
	else
		text = xstrdup("(a text too long for the log)");
	buf_release(&clean);
	rec = (struct log_rec){++l->made, clock_wall_us(l->clock), (uint8_t)level, (uint8_t)cat,
		(uint16_t)strlen(text), exchange, text};
	ring_add(l, &rec);
	if (l->fd >= 0)
		file_add(l, &rec);
	if (l->to_stderr)
		stderr_add(&rec);
	free(text);
}

void
log_add(struct log *l, enum log_level level, enum log_cat cat, uint32_t exchange,
	const char *fmt, ...)
{
	char raw[STACK_RAW];
	va_list ap, again;
	int n;

	if (!log_wants(l, level, cat))
		return;
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof raw) {
		add_raw(l, level, cat, exchange, span_make(raw, (size_t)n));
	} else {
		struct buf b;

		buf_init_wiping(&b, RAW_MAX);
		if (n < 0 || buf_vprintf(&b, fmt, again) != RES_OK) {
			buf_clear(&b);
			buf_puts(&b, "(a text too long for the log)");
		}
		add_raw(l, level, cat, exchange, buf_span(&b));
		buf_release(&b);
	}
	va_end(again);
	wipe(raw, sizeof raw);
}
