/* The server's pages: plain HTML that a text browser shows, too. */
#include "demo/endpoints.h"

#include "base/limits.h"
#include "base/mem.h"

#define COOKIE "tokentriage_demo"

void
page_text(struct buf *b, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		switch (text.p[i]) {
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '>':
			buf_puts(b, "&gt;");
			break;
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '"':
			buf_puts(b, "&quot;");
			break;
		case '\'':
			buf_puts(b, "&#39;");
			break;
		default:
			buf_putc(b, text.p[i]);
		}
}

void
page_begin(struct buf *b, const char *title)
{
	buf_init_wiping(b, LIMIT_BODY);
	buf_printf(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<title>%s: tokentriage demo</title>\n"
		"<style>body { font: 1.1em sans-serif; max-width: 36em; margin: 2em auto; "
		"padding: 0 1em } button, input { font: inherit; padding: .4em .8em }</style>\n"
		"</head>\n<body>\n<h1>%s</h1>\n", title, title);
}

void
page_send(struct demo_call *c, int status, struct buf *b)
{
	buf_puts(b, "</body>\n</html>\n");
	reply_text(c, status, "text/html; charset=utf-8", buf_str(b));
	reply_header(c, "Cache-Control", "no-store");
	reply_header(c, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
	reply_header(c, "Referrer-Policy", "no-referrer");
	buf_release(b);
}

void
page_say(struct demo_call *c, int status, const char *title, const char *words)
{
	struct buf b;

	page_begin(&b, title);
	buf_puts(&b, "<p>");
	page_text(&b, span_of(words));
	buf_puts(&b, "</p>\n");
	page_send(c, status, &b);
}

struct span
page_cookie(const struct demo_call *c)
{
	struct span rest = http_header(&c->req->headers, "Cookie"), part;

	while (span_next(&rest, ';', &part)) {
		part = span_trim(part);
		if (span_starts(part, COOKIE "="))
			return span_from(part, strlen(COOKIE "="));
	}
	return SPAN_EMPTY;
}

void
page_log_in(struct demo_call *c, const char *scope)
{
	char value[HANDLE_SIZE], cookie[HANDLE_SIZE + 80];

	session_open(c->s, scope, value);
	snprintf(cookie, sizeof(cookie), COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax", value);
	reply_header(c, "Set-Cookie", cookie);
	wipe(cookie, sizeof(cookie));
}
