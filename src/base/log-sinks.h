/* Where log records go besides the ring; inside base, between log.c and log-*.c. */
#ifndef TT_BASE_LOG_SINKS_H
#define TT_BASE_LOG_SINKS_H

#include <sys/stat.h>

#include "base/limits.h"
#include "base/log.h"

/* --- log-file.c: JSON lines --------------------------------------------------------------- */
struct log_file {
	int fd; /* -1: none */
	char *path;
	struct buf pending; /* whole lines */
	bool regular;       /* a file that can be rotated, and not a device */
	dev_t dev;
	ino_t ino;
	uint64_t size;      /* of the file, without what is pending */
	uint64_t max_bytes; /* 0: it grows as it likes */
	unsigned keep;
	bool stuck; /* it could not be rotated: not tried again */
	bool torn;  /* it ends in the midst of a line */
};

void log_file_init(struct log_file *f);
void log_file_release(struct log_file *f); /* what is pending is lost: flush before */
enum res log_file_open(struct log_file *f, const char *path, struct err *e) MUST_USE;
/* One line, which ends with its newline; rotates before it where it would not fit. */
enum res log_file_add(struct log_file *f, struct span line, struct err *e) MUST_USE;
/* Opens the path anew where the file was moved away under it. */
enum res log_file_flush(struct log_file *f, struct err *e) MUST_USE;
bool log_write_all(int fd, const char *p, size_t n); /* false: errno says why */

/*
 * --- log-record.c: a record in others' terms -----------------------------------------------------
 */
/* One line by the OpenTelemetry log data model's names (doc/log.schema.json). */
void log_otel_line(
	struct buf *out, const struct log_rec *rec, const char *trace_id, const char *span_id);
int log_syslog_priority(enum log_level v); /* 7 debug … 3 error */

/* --- log-system.c: syslog and the journal ------------------------------------------------- */
struct log_system {
	int fd; /* -1: none */
	enum log_system_kind kind;
};

enum res log_system_open(struct log_system *s, enum log_system_kind kind, const char *socket_path,
	struct err *e) MUST_USE;
void log_system_close(struct log_system *s);
/* Never waits: what the socket does not take at once is dropped. */
void log_system_send(const struct log_system *s, const struct log_rec *rec, const char *trace_id,
	const char *span_id);

#endif
