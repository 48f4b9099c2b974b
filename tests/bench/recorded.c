#include "tests/bench/steps.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"

size_t
recorded_read(const char *dir, struct recorded *out, size_t max)
{
	size_t n;

	for (n = 0; n < max; n++) {
		char path[600];
		struct err e;
		struct buf b;

		snprintf(path, sizeof(path), "%s/request-%zu", dir, n + 1);
		buf_init(&b, LIMIT_BODY);
		if (access(path, R_OK) != 0 || file_read(path, &b, &e) != RES_OK) {
			buf_release(&b);
			break;
		}
		out[n].n = b.len;
		out[n].raw = buf_take(&b);
	}
	return n;
}

void
recorded_release(struct recorded *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(r[i].raw);
}

/* A value within quotes, as curl's configuration reads it. */
static void
add_quoted(struct buf *out, const char *s, size_t n)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, s[i]);
	}
	buf_puts(out, "\"\n");
}

/* curl makes these itself. */
static bool
is_curls_own(const char *line)
{
	return strncasecmp(line, "Host:", 5) == 0 || strncasecmp(line, "Content-Length:", 15) == 0;
}

static void
add_headers(struct buf *out, const char *line, const char *end)
{
	while (line < end) {
		size_t n = strcspn(line, "\r\n");

		if (n == 0)
			return;
		if (!is_curls_own(line)) {
			buf_puts(out, "header = ");
			add_quoted(out, line, n);
		}
		line += n + 2;
	}
}

static void
add_request(struct buf *out, const char *ca_file, int port, const struct recorded *r)
{
	const char *path = strchr(r->raw, ' '), *headers = strstr(r->raw, "\r\n");
	const char *body = strstr(r->raw, "\r\n\r\n");
	char url[64];

	if (!path || !headers || !body)
		return;
	path++;
	snprintf(url, sizeof(url), "https://127.0.0.1:%d", port);
	buf_printf(out, "url = \"%s%.*s\"\n", url, (int)strcspn(path, " "), path);
	buf_printf(out, "request = \"%.*s\"\n", (int)strcspn(r->raw, " "), r->raw);
	buf_printf(out, "output = \"/dev/null\"\nsilent\ncacert = \"%s\"\n", ca_file);
	add_headers(out, headers + 2, body);
	body += 4;
	if (*body) {
		buf_puts(out, "data-raw = ");
		add_quoted(out, body, r->n - (size_t)(body - r->raw));
	}
}

bool
recorded_curl_config(const char *dir, int port, const struct recorded *r, size_t n)
{
	char path[600], ca_file[600];
	struct err e;
	struct buf b;
	bool ok;

	snprintf(path, sizeof(path), "%s/curl.conf", dir);
	snprintf(ca_file, sizeof(ca_file), "%s/ca.pem", dir);
	buf_init(&b, LIMIT_BODY);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(&b, "next\n");
		add_request(&b, ca_file, port, &r[i]);
	}
	ok = buf_status(&b) == RES_OK && file_write_private(path, buf_span(&b), &e) == RES_OK;
	buf_release(&b);
	return ok;
}
