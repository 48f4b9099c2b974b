#include "base/log-sinks.h"

#ifndef PACKAGE_VERSION
#error "config.h was not included"
#endif

/* Of the OpenTelemetry data model: 1 TRACE … 17 ERROR. */
static int
severity_number(enum log_level v)
{
	static const int numbers[] = {[LOG_TRACE] = 1,
		[LOG_DEBUG] = 5,
		[LOG_INFO] = 9,
		[LOG_WARN] = 13,
		[LOG_ERROR] = 17};

	return numbers[v];
}

int
log_syslog_priority(enum log_level v)
{
	static const int priorities[] = {
		[LOG_TRACE] = 7, [LOG_DEBUG] = 7, [LOG_INFO] = 6, [LOG_WARN] = 4, [LOG_ERROR] = 3};

	return priorities[v];
}

static const char *
severity_text(enum log_level v)
{
	static const char *const texts[] = {[LOG_TRACE] = "TRACE",
		[LOG_DEBUG] = "DEBUG",
		[LOG_INFO] = "INFO",
		[LOG_WARN] = "WARN",
		[LOG_ERROR] = "ERROR"};

	return texts[v];
}

void
log_otel_line(struct buf *out, const struct log_rec *rec, const char *trace_id, const char *span_id)
{
	char day[32];

	time_rfc3339(day, rec->wall_us / 1000000);
	buf_printf(out,
		"{\"Timestamp\":\"%.*s.%06dZ\",\"SeverityText\":\"%s\",\"SeverityNumber\":%d,"
		"\"Body\":\"",
		(int)strcspn(day, "Z"), day, (int)(rec->wall_us % 1000000),
		severity_text(rec->level), severity_number(rec->level));
	/* the text is safe already: only quotes and backslashes are left to escape */
	for (size_t i = 0; i < rec->text_len; i++) {
		if (rec->text[i] == '"' || rec->text[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, rec->text[i]);
	}
	buf_printf(out, "\",\"Attributes\":{\"category\":\"%s\",\"sequence\":%llu",
		log_cat_id(rec->cat), (unsigned long long)rec->seq);
	if (rec->exchange != 0)
		buf_printf(out, ",\"exchange\":%u", (unsigned)rec->exchange);
	buf_putc(out, '}');
	if (*trace_id)
		buf_printf(out, ",\"TraceId\":\"%s\"", trace_id);
	if (*span_id)
		buf_printf(out, ",\"SpanId\":\"%s\"", span_id);
	buf_puts(out,
		",\"Resource\":{\"service.name\":\"tokentriage\",\"service.version\":"
		"\"" PACKAGE_VERSION "\"}}\n");
}
