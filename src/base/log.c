#include "base/log.h"

#include <stdarg.h>

#include "base/encode.h"
#include "base/limits.h"
#include "base/log-sinks.h"
#include "base/mem.h"
#include "base/text.h"

enum {
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
	struct log_file file;
	char file_failure[ERR_TEXT_MAX]; /* why it was given up; "" */
	struct log_system sys;
	char trace_id[LOG_TRACE_HEX + 1], open_span[LOG_SPAN_HEX + 1];
	uint64_t span_seed;
	char (*spans)[LOG_SPAN_HEX + 1]; /* by the exchange's number, from 1 */
	size_t n_spans;
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
	log_file_init(&l->file);
	l->sys.fd = -1;
	log_set_level(l, LOG_INFO);
	return l;
}

void
log_free(struct log *l)
{
	if (l == NULL)
		return;
	log_flush(l);
	log_file_release(&l->file);
	log_system_close(&l->sys);
	free(l->spans);
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

void
log_set_exchange(struct log *l, uint64_t seq, uint32_t exchange)
{
	if (l && seq >= log_first_seq(l) && seq <= l->made)
		head_at(l, (size_t)(seq - log_first_seq(l)))->exchange = exchange;
}

/* --- the other sinks ---------------------------------------------------------------------- */

/* A sink that fails is given up, which the ring says once. */
static void
give_up_file(struct log *l, const struct err *e)
{
	int fd = l->file.fd;

	text_format(l->file_failure, sizeof(l->file_failure), "%s", e->text);
	l->file.fd = -1; /* first, so that the next record does not come back here */
	log_add(l, LOG_WARN, LOGC_CONF, 0, "%s", e->text);
	close(fd);
}

const char *
log_file_failure(const struct log *l)
{
	return l->file_failure;
}

enum res
log_open_file(struct log *l, const char *path, struct err *e)
{
	log_flush(l);
	return log_file_open(&l->file, path, e);
}

void
log_set_rotation(struct log *l, uint64_t max_bytes, unsigned keep)
{
	l->file.max_bytes = max_bytes;
	l->file.keep = keep;
}

enum res
log_reopen(struct log *l, struct err *e)
{
	if (!l->file.path) /* one that was given up has its path still */
		return err_set(e, RES_NOTFOUND, "there is no log file (--log-file)");
	log_flush(l);
	return log_file_open(&l->file, l->file.path, e);
}

enum res
log_open_system(
	struct log *l, enum log_system_kind kind, const char *socket_path, struct err *e)
{
	return log_system_open(&l->sys, kind, socket_path, e);
}

void
log_set_stderr(struct log *l, bool on)
{
	l->to_stderr = on;
}

void
log_flush(struct log *l)
{
	struct err e = ERR_INIT;

	if (l->file.fd >= 0 && log_file_flush(&l->file, &e) != RES_OK)
		give_up_file(l, &e);
}

/* The span of the record's exchange, else the one that is open. */
static const char *
span_of_record(const struct log *l, const struct log_rec *rec)
{
	const char *span = rec->exchange && rec->exchange <= l->n_spans
		? l->spans[rec->exchange - 1]
		: "";

	return *span ? span : rec->exchange ? "" : l->open_span;
}

static void
file_add(struct log *l, const struct log_rec *rec)
{
	struct err e = ERR_INIT;
	struct buf line;
	enum res r;

	buf_init(&line, 4 * LIMIT_LOG_TEXT);
	log_otel_line(&line, rec, l->trace_id, span_of_record(l, rec));
	r = log_file_add(&l->file, buf_span(&line), &e);
	buf_release(&line);
	if (r == RES_LIMIT) /* it grows on */
		log_add(l, LOG_WARN, LOGC_CONF, 0, "the log file is not rotated: %s", e.text);
	else if (r != RES_OK)
		give_up_file(l, &e);
}

/* --- runs and spans ----------------------------------------------------------------------- */

void
log_set_run(struct log *l, const unsigned char trace_id[LOG_TRACE_BYTES])
{
	struct buf hex;

	buf_init(&hex, LOG_TRACE_HEX);
	(void)hex_encode(&hex, span_make((const char *)trace_id, LOG_TRACE_BYTES));
	text_format(l->trace_id, sizeof(l->trace_id), "%s", buf_str(&hex));
	buf_release(&hex);
	memcpy(&l->span_seed, trace_id, sizeof(l->span_seed));
}

const char *
log_trace_id(const struct log *l)
{
	return l ? l->trace_id : "";
}

/* Different for each, and of no use to guess anything by: the run's id is in the record, too. */
void
log_new_span(struct log *l, char out[LOG_SPAN_HEX + 1])
{
	uint64_t z;

	out[0] = '\0';
	if (!l || !l->trace_id[0])
		return;
	/* splitmix64: a permutation, so that none comes twice */
	z = l->span_seed += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	z ^= z >> 31;
	(void)snprintf(out, LOG_SPAN_HEX + 1, "%016llx", (unsigned long long)(z ? z : 1));
}

void
log_open_span(struct log *l, const char *span)
{
	if (l)
		text_format(l->open_span, sizeof(l->open_span), "%s", span ? span : "");
}

void
log_name_span(struct log *l, uint32_t exchange, const char *span)
{
	if (!l || !exchange || exchange > LIMIT_EXCHANGES)
		return;
	if (exchange > l->n_spans) {
		l->spans = xreallocarray(l->spans, exchange, sizeof(*l->spans));
		memset(l->spans + l->n_spans, 0, (exchange - l->n_spans) * sizeof(*l->spans));
		l->n_spans = exchange;
	}
	text_format(l->spans[exchange - 1], sizeof(*l->spans), "%s", span);
}

const char *
log_span_of(const struct log *l, uint32_t exchange)
{
	return l && exchange && exchange <= l->n_spans ? l->spans[exchange - 1] : "";
}

void
log_seed_spans(struct log *l, uint64_t seed)
{
	l->span_seed = seed;
}

/* --- stderr ------------------------------------------------------------------------------- */

static void
stderr_add(const struct log_rec *rec)
{
	char time[16], line[LIMIT_LOG_TEXT + 64];
	int n = snprintf(line, sizeof line, "%s %s %s %s\n", time_of_day(time, rec->wall_us),
		log_level_id(rec->level), log_cat_id(rec->cat), rec->text);

	if (n > 0)
		(void)log_write_all(STDERR_FILENO, line, strlen(line));
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
	if (l->file.fd >= 0)
		file_add(l, &rec);
	if (l->sys.fd >= 0)
		log_system_send(&l->sys, &rec, l->trace_id, span_of_record(l, &rec));
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
