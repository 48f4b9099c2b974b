/*
 * Log records: formatted, redacted and sanitised once, when they are made, then handed to the
 * sinks.  A record never holds a secret, whatever the sink.
 */
#ifndef TT_BASE_LOG_H
#define TT_BASE_LOG_H

#include "base/clock.h"
#include "base/redact.h"

enum log_level { LOG_TRACE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_cat {
#define LOG_CAT(sym, id, help) LOGC_##sym,
#include "base/logcats.def"
#undef LOG_CAT
	LOGC_COUNT
};

struct log_rec {
	uint64_t seq;     /* 1, 2, 3 … over the whole run */
	int64_t wall_us;
	uint8_t level, cat;
	uint16_t text_len;
	uint32_t exchange; /* its number; 0: none */
	const char *text;  /* NUL-terminated, safe, redacted */
};

struct log;

/* Ring bounded by records and bytes; the oldest go first.  clock and redactor are borrowed. */
struct log *log_new(const struct clock *clock, const struct redactor *r, size_t max_records,
	size_t max_bytes);
void log_free(struct log *l);
/* "http,tls,-ui", "all"; default level of named ones becomes TRACE. RES_SYNTAX names the word. */
enum res log_set_trace(struct log *l, struct span spec, struct err *e) MUST_USE;
void log_set_level(struct log *l, enum log_level min); /* default LOG_INFO */
bool log_wants(const struct log *l, enum log_level level, enum log_cat cat);
/* No-op for a NULL log, and formats nothing that no one wants. */
void log_add(struct log *l, enum log_level level, enum log_cat cat, uint32_t exchange,
	const char *fmt, ...) PRINTF(5, 6);

/*
 * What the records of a run have in common (W3C Trace Context: 16 bytes, not all zero), and which
 * span a record belongs to: that of its exchange, else the one that is open.  Ids are lower-case
 * hexadecimal, "" for none.
 */
enum { LOG_TRACE_BYTES = 16, LOG_TRACE_HEX = 32, LOG_SPAN_HEX = 16 };
void log_set_run(struct log *l, const unsigned char trace_id[LOG_TRACE_BYTES]);
const char *log_trace_id(const struct log *l); /* NULL-safe */
/* A new span's id; "" without a run. */
void log_new_span(struct log *l, char out[LOG_SPAN_HEX + 1]);
void log_open_span(struct log *l, const char *span); /* NULL: none is open */
void log_name_span(struct log *l, uint32_t exchange, const char *span);
const char *log_span_of(const struct log *l, uint32_t exchange); /* NULL-safe */
/* For one of several logs of the same run, so that no span's id is in two of them. */
void log_seed_spans(struct log *l, uint64_t seed);

/*
 * Sinks besides the ring.  JSON lines (doc/log.schema.json) into a file 0600, opened O_NOFOLLOW,
 * appended.  A file that was moved away is noticed at the next flush, and opened anew under its
 * name.
 */
enum res log_open_file(struct log *l, const char *path, struct err *e) MUST_USE;
/*
 * Before a record that would make the file longer than that, it becomes FILE.1, that FILE.2 … up to
 * keep; 0: never.
 */
void log_set_rotation(struct log *l, uint64_t max_bytes, unsigned keep);
/* Closes and opens the file at once; RES_NOTFOUND if there is none. */
enum res log_reopen(struct log *l, struct err *e) MUST_USE;
/* The system's own log.  socket_path NULL: the usual one. */
enum log_system_kind { LOG_SYSLOG, LOG_JOURNAL };
enum res log_open_system(
	struct log *l, enum log_system_kind kind, const char *socket_path, struct err *e) MUST_USE;
void log_set_stderr(struct log *l, bool on);
/* Why the log file was given up; "" while it is written. */
const char *log_file_failure(const struct log *l);
/* Writes what is buffered; called when the loop is idle and at the end. */
void log_flush(struct log *l);

/* The ring.  Index 0 is the oldest kept; get is O(1). */
size_t log_count(const struct log *l);
uint64_t log_first_seq(const struct log *l);
bool log_get(const struct log *l, size_t index, struct log_rec *out); /* text: until the next add */
/* changes with every record: the number of the last one */
uint64_t log_generation(const struct log *l);
/*
 * Of a record in the ring that was made before its exchange had a number; seq 0, and one that has
 * gone: nothing.
 */
void log_set_exchange(struct log *l, uint64_t seq, uint32_t exchange);

const char *log_level_id(enum log_level v); /* "info" */
const char *log_cat_id(enum log_cat c);     /* "http" */

#endif
