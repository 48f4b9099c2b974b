/* A recorded exchange as the curl command that repeats it; secrets stand as shell variables. */
#include "engine/engine.h"

#include "base/encode.h"
#include "base/redact.h"
#include "base/text.h"
#include "oauth/url.h"

enum { VAR_MAX = 64 };

static void
put_quoted(struct buf *out, struct span s)
{
	(void)text_shell_word(out, s, false);
}

static const char *
token_variable(const struct exchange *x)
{
	switch (x->slot) {
	case SLOT_ACCESS:
		return "ACCESS_TOKEN";
	case SLOT_REFRESH:
		return "REFRESH_TOKEN";
	case SLOT_ID:
		return "ID_TOKEN";
	case SLOT_MADE_UP:
		return "MADE_UP_TOKEN";
	case SLOT_NONE:
		break;
	}
	return "TOKEN";
}

/* The variable for a secret by the name it goes under: "client_secret" gives CLIENT_SECRET. */
static void
variable(char out[VAR_MAX], const struct exchange *x, struct span name)
{
	size_t n = 0;

	if (span_is_nocase(name, "token") || span_is_nocase(name, "authorization")) {
		snprintf(out, VAR_MAX, "%s", token_variable(x));
		return;
	}
	for (size_t i = 0; i < name.n && n < VAR_MAX - 1; i++) {
		char c = name.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		else if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9' && n > 0))
			c = '_';
		out[n++] = c;
	}
	out[n] = '\0';
	if (!n)
		snprintf(out, VAR_MAX, "SECRET");
}

static bool
is_masked(struct span value)
{
	return span_find_str(value, "[redacted") != SIZE_MAX;
}

static bool
header_is_left_out(struct span name)
{
	static const char *const names[] = {
		"Host", "Content-Length", "User-Agent", "Accept-Encoding"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

/* The user name of Basic: form-encoded (RFC 6749 §2.3.1), unless that was left out on purpose. */
static void
put_client_id(struct buf *out, const struct exchange *x)
{
	struct buf id;

	if (!*x->auth_client_id) {
		buf_puts(out, "\"$CLIENT_ID\"");
		return;
	}
	buf_init(&id, LIMIT_URL);
	if (x->auth_raw_basic)
		buf_puts(&id, x->auth_client_id);
	else
		form_encode(&id, span_of(x->auth_client_id));
	put_quoted(out, buf_span(&id));
	buf_release(&id);
}

static void
put_header(struct buf *out, const struct exchange *x, struct span name, struct span value)
{
	char var[VAR_MAX];
	struct buf line;

	if (header_is_left_out(name))
		return;
	buf_puts(out, " \\\n  ");
	if (span_is_nocase(name, "Authorization") && span_starts_nocase(value, "Basic")) {
		buf_puts(out, "-u ");
		put_client_id(out, x);
		buf_puts(out, ":\"$CLIENT_SECRET\"");
		return;
	}
	buf_init(&line, LIMIT_HEADERS);
	buf_add_span(&line, name);
	buf_puts(&line, ": ");
	if (!is_masked(value)) {
		buf_add_span(&line, value);
		buf_puts(out, "-H ");
		put_quoted(out, buf_span(&line));
		buf_release(&line);
		return;
	}
	if (span_is_nocase(name, "Authorization")) {
		size_t blank = span_find(value, ' ');

		/* the scheme stays, also one that is not ours */
		if (blank != SIZE_MAX && !is_masked(span_sub(value, 0, blank)))
			buf_add_span(&line, span_sub(value, 0, blank + 1));
	}
	variable(var, x, name);
	buf_puts(out, "-H ");
	put_quoted(out, buf_span(&line));
	buf_printf(out, "\"$%s\"", var);
	buf_release(&line);
}

/* One member of a form as --data-urlencode, decoded, so that it can be read. */
static void
put_member(struct buf *out, const struct exchange *x, struct span member)
{
	size_t eq = span_find(member, '=');
	struct span name = span_sub(member, 0, eq == SIZE_MAX ? member.n : eq);
	struct span raw = eq == SIZE_MAX ? SPAN_EMPTY : span_from(member, eq + 1);
	struct buf value, text;
	char var[VAR_MAX];

	buf_init(&value, LIMIT_BODY);
	buf_init(&text, LIMIT_BODY);
	form_decode(&value, raw);
	form_decode(&text, name);
	buf_puts(out, " \\\n  --data-urlencode ");
	if (is_masked(buf_span(&value)) || (raw.n && redact_name_is_secret(buf_span(&text)))) {
		variable(var, x, buf_span(&text));
		buf_putc(&text, '=');
		put_quoted(out, buf_span(&text));
		buf_printf(out, "\"$%s\"", var);
	} else {
		buf_putc(&text, '=');
		buf_add_span(&text, buf_span(&value));
		put_quoted(out, buf_span(&text));
	}
	buf_release(&value);
	buf_release(&text);
}

static void
put_body(struct buf *out, const struct exchange *x)
{
	struct span body = buf_span(&x->request.body), rest = body, member;
	char type[80];

	if (!body.n)
		return;
	http_media_type(&x->request.headers, type, sizeof(type));
	if (strcmp(type, "application/x-www-form-urlencoded") == 0) {
		while (span_next(&rest, '&', &member))
			if (member.n)
				put_member(out, x, member);
		return;
	}
	buf_puts(out, " \\\n  --data-raw ");
	(void)text_shell_word(out, body, true);
}

/* The URL; masked query values become variables between the quoted parts. */
static void
put_url(struct buf *out, const struct exchange *x)
{
	struct span url = span_of(x->request.url), rest, member, part;
	size_t q = span_find(url, '?');
	struct buf value;
	char var[VAR_MAX], sep = '?';

	if (q == SIZE_MAX) {
		put_quoted(out, url);
		return;
	}
	put_quoted(out, span_sub(url, 0, q));
	rest = span_from(url, q + 1);
	while (span_next(&rest, '&', &member)) {
		size_t eq = span_find(member, '=');

		part = span_sub(member, 0, eq == SIZE_MAX ? member.n : eq + 1);
		buf_init(&value, LIMIT_BODY);
		percent_decode(&value, span_from(member, part.n));
		buf_printf(out, "'%c'", sep);
		if (is_masked(buf_span(&value))) {
			put_quoted(out, part);
			variable(var, x, span_sub(part, 0, part.n ? part.n - 1 : 0));
			buf_printf(out, "\"$%s\"", var);
		} else {
			put_quoted(out, member);
		}
		buf_release(&value);
		sep = '&';
	}
}

/* What a repetition needs that no variable can hold twice. */
static void
put_advice(struct buf *out, const struct exchange *x)
{
	if (x->auth == AUTH_BASIC && x->auth_has_reserved && !x->auth_raw_basic)
		buf_puts(out, "# CLIENT_SECRET must be form-encoded here (RFC 6749 2.3.1)\n");
	if (x->auth == AUTH_PRIVATE_KEY_JWT || x->auth == AUTH_SECRET_JWT)
		buf_puts(out, "# CLIENT_ASSERTION: a new JWT for each request (RFC 7523 3)\n");
	if (http_has_header(&x->request.headers, "DPoP"))
		buf_puts(out, "# DPOP: a new proof for each request (RFC 9449 4.2)\n");
}

enum res
exchange_curl_command(const struct exchange *x, struct buf *out)
{
	const struct http_request *r = &x->request;
	bool has_body = r->body.len > 0;

	put_advice(out, x);
	buf_puts(out, "curl -sS -i");
	if (strcmp(r->method, "HEAD") == 0) {
		buf_puts(out, " --head");
	} else if (strcmp(r->method, has_body ? "POST" : "GET") != 0) {
		buf_puts(out, " -X ");
		put_quoted(out, span_of(r->method));
	}
	buf_putc(out, ' ');
	put_url(out, x);
	for (size_t i = 0; i < r->headers.n; i++)
		put_header(out, x, span_of(r->headers.v[i].name), span_of(r->headers.v[i].value));
	put_body(out, x);
	if (x->result.tls.client_subject[0])
		buf_puts(out, " \\\n  --cert \"$CLIENT_CERT\" --key \"$CLIENT_KEY\"");
	buf_putc(out, '\n');
	return buf_status(out);
}
