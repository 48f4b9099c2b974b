/*
 * syslog (the lines of RFC 3164, as the C library writes them) and systemd's journal (its native
 * protocol: NAME=value lines in one datagram), over their sockets.
 */
#include "base/log-sinks.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { FACILITY_USER = 1 << 3, LINE_MAX_BYTES = LIMIT_LOG_TEXT + 400 };

static const char *const sockets[] = {
	[LOG_SYSLOG] = "/dev/log",
	[LOG_JOURNAL] = "/run/systemd/journal/socket",
};

enum res
log_system_open(
	struct log_system *s, enum log_system_kind kind, const char *socket_path, struct err *e)
{
	static const char *const names[] = {[LOG_SYSLOG] = "syslog", [LOG_JOURNAL] = "the journal"};
	const char *path = socket_path ? socket_path : sockets[kind];
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(e, RES_LIMIT, "%s: the path is too long for a socket", path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		enum res r = err_errno(e, "%s cannot be reached at %s", names[kind], path);

		if (fd >= 0)
			close(fd);
		return r;
	}
	log_system_close(s);
	s->fd = fd;
	s->kind = kind;
	return RES_OK;
}

void
log_system_close(struct log_system *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void
syslog_line(struct buf *out, const struct log_rec *rec)
{
	time_t at = (time_t)(rec->wall_us / 1000000);
	struct tm tm;
	char when[32] = "";

	if (localtime_r(&at, &tm))
		(void)strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm);
	buf_printf(out, "<%d>%s tokentriage[%d]: %s: %s",
		FACILITY_USER | log_syslog_priority(rec->level), when, (int)getpid(),
		log_cat_id(rec->cat), rec->text);
}

/* The text is one line: it can be a field's value as it is. */
static void
journal_fields(
	struct buf *out, const struct log_rec *rec, const char *trace_id, const char *span_id)
{
	buf_printf(out,
		"PRIORITY=%d\nSYSLOG_IDENTIFIER=tokentriage\nMESSAGE=%s\nTOKENTRIAGE_CATEGORY=%s\n"
		"TOKENTRIAGE_SEQUENCE=%llu\n",
		log_syslog_priority(rec->level), rec->text, log_cat_id(rec->cat),
		(unsigned long long)rec->seq);
	if (rec->exchange)
		buf_printf(out, "TOKENTRIAGE_EXCHANGE=%u\n", (unsigned)rec->exchange);
	if (*trace_id)
		buf_printf(out, "TRACE_ID=%s\n", trace_id);
	if (*span_id)
		buf_printf(out, "SPAN_ID=%s\n", span_id);
}

void
log_system_send(const struct log_system *s, const struct log_rec *rec, const char *trace_id,
	const char *span_id)
{
	struct buf out;
	ssize_t sent;

	buf_init(&out, LINE_MAX_BYTES);
	if (s->kind == LOG_JOURNAL)
		journal_fields(&out, rec, trace_id, span_id);
	else
		syslog_line(&out, rec);
	do
		sent = send(s->fd, out.p, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	buf_release(&out);
}
