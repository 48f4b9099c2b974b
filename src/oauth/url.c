#include "oauth/url.h"

#include <arpa/inet.h>

#include "base/limits.h"

static bool
alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of a leading "scheme:" without the colon; 0 if there is none. */
static size_t
scheme_len(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ':')
			return i;
		if (!alpha(c) && (i == 0 || !memchr("0123456789+-.", c, 13)))
			return 0;
	}
	return 0;
}

/* RFC 3986 §2: neither reserved nor unreserved, nor a byte of UTF-8, which people paste. */
static bool
is_never_in_url(unsigned char c)
{
	switch (c) {
	case '"':
	case '<':
	case '>':
	case '\\':
	case '^':
	case '`':
	case '{':
	case '|':
	case '}':
	case 0x7f:
		return true;
	default:
		return c <= ' ';
	}
}

static enum res
check_bytes(struct span text, struct err *e)
{
	size_t i;

	for (i = 0; i < text.n; i++) {
		if (is_never_in_url((unsigned char)text.p[i])) {
			err_set(e, RES_SYNTAX, "a character that no URL may hold, at byte %zu", i);
			if (e)
				e->offset = i;
			return RES_SYNTAX;
		}
	}
	return RES_OK;
}

static enum res
parse_port(struct url *u, struct span s, struct err *e)
{
	int64_t v;

	if (!s.n)
		return RES_OK;
	if (s.p[0] < '0' || s.p[0] > '9' || span_to_i64(s, &v) != RES_OK || v < 1 || v > 65535)
		return err_set(e, RES_SYNTAX, "a port that is no number from 1 to 65535");
	u->port = (int)v;
	u->port_written = true;
	return RES_OK;
}

static enum res
parse_authority(struct url *u, struct span a, struct err *e)
{
	size_t at = SIZE_MAX, i, end;
	struct in6_addr v6;
	char text[64];

	for (i = 0; i < a.n; i++)
		if (a.p[i] == '@')
			at = i;
	if (at != SIZE_MAX) {
		u->userinfo = span_sub(a, 0, at);
		a = span_from(a, at + 1);
	}
	if (a.n && a.p[0] == '[') {
		end = span_find(a, ']');
		if (end == SIZE_MAX || end - 1 >= sizeof(text))
			return err_set(
				e, RES_SYNTAX, "an IPv6 address without its closing bracket");
		u->host = span_sub(a, 1, end - 1);
		u->ipv6 = true;
		memcpy(text, u->host.p, u->host.n);
		text[u->host.n] = '\0';
		if (inet_pton(AF_INET6, text, &v6) != 1)
			return err_set(e, RES_SYNTAX, "no IPv6 address between the brackets");
		a = span_from(a, end + 1);
		if (a.n && a.p[0] != ':')
			return err_set(e, RES_SYNTAX, "text behind the address in brackets");
	} else {
		end = span_find(a, ':');
		u->host = span_sub(a, 0, end == SIZE_MAX ? a.n : end);
		a = span_from(a, u->host.n);
	}
	if (!u->host.n)
		return err_set(e, RES_SYNTAX, "a URL without a host");
	if (u->host.n > 255 || memchr(u->host.p, '[', u->host.n) ||
		memchr(u->host.p, ']', u->host.n))
		return err_set(e, RES_SYNTAX, "a host that is no name");
	return a.n ? parse_port(u, span_from(a, 1), e) : RES_OK;
}

enum res
url_parse(struct url *out, struct span text, struct err *e)
{
	struct span rest;
	size_t n;
	enum res r;

	memset(out, 0, sizeof(*out));
	if (text.n > LIMIT_URL)
		return err_set(e, RES_LIMIT, "a URL of %zu bytes, more than %d", text.n, LIMIT_URL);
	r = check_bytes(text, e);
	if (r != RES_OK)
		return r;
	n = scheme_len(text);
	out->scheme = span_sub(text, 0, n);
	if (!span_is_nocase(out->scheme, "https") && !span_is_nocase(out->scheme, "http"))
		return err_set(e, RES_SYNTAX, "no http:// or https:// URL");
	out->port = span_is_nocase(out->scheme, "https") ? 443 : 80;
	rest = span_from(text, n + 1);
	if (!span_starts(rest, "//"))
		return err_set(e, RES_SYNTAX, "no // behind the scheme");
	rest = span_from(rest, 2);
	n = span_find(rest, '#');
	if (n != SIZE_MAX) {
		out->fragment = span_from(rest, n + 1);
		rest = span_sub(rest, 0, n);
	}
	n = span_find(rest, '?');
	if (n != SIZE_MAX) {
		out->query = span_from(rest, n + 1);
		rest = span_sub(rest, 0, n);
	}
	n = span_find(rest, '/');
	if (n != SIZE_MAX)
		out->path = span_from(rest, n);
	return parse_authority(out, span_sub(rest, 0, n == SIZE_MAX ? rest.n : n), e);
}

static bool
proxy_scheme(struct span s)
{
	static const char *const known[] = {
		"http", "https", "socks4", "socks4a", "socks5", "socks5h"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (span_is_nocase(s, known[i]))
			return true;
	return false;
}

enum res
url_parse_proxy(struct url *out, struct span text, struct err *e)
{
	struct span rest = text;
	size_t n = span_find_str(text, "://");
	enum res r;

	memset(out, 0, sizeof(*out));
	if (text.n > LIMIT_URL)
		return err_set(e, RES_LIMIT, "a URL of %zu bytes, more than %d", text.n, LIMIT_URL);
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			return err_set(
				e, RES_SYNTAX, "a blank or control character, at byte %zu", i);
	out->scheme = SPAN_LIT("http");
	if (n != SIZE_MAX) {
		out->scheme = span_sub(text, 0, n);
		rest = span_from(text, n + 3);
	}
	if (!proxy_scheme(out->scheme))
		return err_set(e, RES_SYNTAX, "a scheme that no proxy has");
	out->port = span_is_nocase(out->scheme, "https") ? 443 : 1080;
	out->path = span_from(rest, span_find(rest, '/'));
	r = parse_authority(out, span_sub(rest, 0, span_find(rest, '/')), e);
	if (r != RES_OK)
		return r;
	if (span_find(out->host, '%') != SIZE_MAX || check_bytes(out->host, NULL) != RES_OK)
		return err_set(e, RES_SYNTAX, "a host that is no name");
	if (n == SIZE_MAX && !out->port_written)
		return err_set(e, RES_SYNTAX, "neither a scheme nor a port");
	return RES_OK;
}

bool
url_same_host(const struct url *a, const struct url *b)
{
	return span_eq_nocase(a->host, b->host) && a->port == b->port;
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	return span_eq_nocase(a->scheme, b->scheme) && url_same_host(a, b);
}

/* The address written as host: 4 or 6, and its bytes; 0 for a name. */
static int
address(const struct url *u, unsigned char out[16])
{
	char text[64];

	if (u->host.n >= sizeof(text))
		return 0;
	memcpy(text, u->host.p, u->host.n);
	text[u->host.n] = '\0';
	if (u->ipv6)
		return inet_pton(AF_INET6, text, out) == 1 ? 6 : 0;
	return inet_pton(AF_INET, text, out) == 1 ? 4 : 0;
}

static bool
all_zero(const unsigned char *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

/* An IPv4 address in IPv6 clothing (::ffff:10.0.0.1) counts as the former. */
static int
plain_address(const struct url *u, unsigned char a[16])
{
	int v = address(u, a);

	if (v == 6 && all_zero(a, 10) && a[10] == 0xff && a[11] == 0xff) {
		memmove(a, a + 12, 4);
		v = 4;
	}
	return v;
}

/* The host without the dot that ends a fully qualified name. */
static struct span
host_name(const struct url *u)
{
	struct span h = u->host;

	if (h.n > 1 && h.p[h.n - 1] == '.')
		h.n--;
	return h;
}

static bool
ends_nocase(struct span s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && span_is_nocase(span_from(s, s.n - n), suffix);
}

bool
url_is_loopback(const struct url *u)
{
	unsigned char a[16];
	int v = plain_address(u, a);

	if (v == 4)
		return a[0] == 127;
	if (v == 6)
		return all_zero(a, 15) && a[15] == 1;
	return span_is_nocase(host_name(u), "localhost") || ends_nocase(host_name(u), ".localhost");
}

bool
url_is_private(const struct url *u)
{
	unsigned char a[16];
	int v = plain_address(u, a);

	if (url_is_loopback(u))
		return true;
	if (v == 4)
		return a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
			(a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254);
	if (v == 6)
		return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
	return span_find(host_name(u), '.') == SIZE_MAX || ends_nocase(host_name(u), ".local");
}

static void
add_lower(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_putc(out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i]);
}

enum res
url_origin(const struct url *u, struct buf *out)
{
	add_lower(out, u->scheme);
	buf_puts(out, u->ipv6 ? "://[" : "://");
	add_lower(out, u->host);
	if (u->ipv6)
		buf_putc(out, ']');
	if (u->port != (span_is_nocase(u->scheme, "https") ? 443 : 80))
		buf_printf(out, ":%d", u->port);
	return out->status;
}

char *
url_origin_dup(struct span url)
{
	struct url u;
	struct buf b;

	if (url_parse(&u, url, NULL) != RES_OK)
		return NULL;
	buf_init(&b, LIMIT_URL);
	if (url_origin(&u, &b) != RES_OK) {
		buf_release(&b);
		return NULL;
	}
	return buf_take(&b);
}

/* RFC 3986 §5.2.4, over the path only; appended. */
static void
add_without_dots(struct buf *out, struct span path)
{
	size_t base = out->len, at = path.n && path.p[0] == '/' ? 1 : 0, end;

	do {
		struct span part = span_from(path, at);
		size_t slash = span_find(part, '/');
		bool dots;

		part = span_sub(part, 0, slash);
		end = at + part.n;
		dots = span_is(part, "..");
		if (dots) {
			size_t cut = out->len;

			while (cut > base && out->p[--cut] != '/')
				;
			buf_truncate(out, cut);
		}
		if (dots || span_is(part, ".")) {
			if (end == path.n)
				buf_putc(out, '/');
		} else {
			buf_putc(out, '/');
			buf_add_span(out, part);
		}
		at = end + 1;
	} while (end < path.n);
}

/* Everything of u up to the path, as it was written. */
static void
add_head(struct buf *out, const struct url *u)
{
	const char *end = u->host.p + u->host.n + (u->ipv6 ? 1 : 0);

	buf_add(out, u->scheme.p, (size_t)(end - u->scheme.p));
	if (u->port_written)
		buf_printf(out, ":%d", u->port);
}

enum res
url_resolve(struct buf *out, struct span base, struct span ref)
{
	struct buf path;
	struct span tail, p;
	struct url b;
	size_t n, i;
	enum res r;

	ref = span_trim(ref);
	if (ref.n > LIMIT_URL)
		return RES_LIMIT;
	if (scheme_len(ref))
		return buf_add_span(out, ref);
	r = url_parse(&b, base, NULL);
	if (r != RES_OK)
		return r;
	if (span_starts(ref, "//")) {
		buf_add_span(out, b.scheme);
		buf_putc(out, ':');
		return buf_add_span(out, ref);
	}
	for (n = 0; n < ref.n && ref.p[n] != '?' && ref.p[n] != '#'; n++)
		;
	p = span_sub(ref, 0, n);
	tail = span_from(ref, n);
	add_head(out, &b);
	if (!p.n) {
		buf_add_span(out, b.path);
		if (b.query.p && (!tail.n || tail.p[0] != '?')) {
			buf_putc(out, '?');
			buf_add_span(out, b.query);
		}
		return buf_add_span(out, tail);
	}
	if (p.p[0] == '/') {
		add_without_dots(out, p);
		return buf_add_span(out, tail);
	}
	buf_init(&path, 2 * LIMIT_URL);
	for (i = b.path.n; i > 0 && b.path.p[i - 1] != '/'; i--)
		;
	buf_add_span(&path, span_sub(b.path, 0, i));
	if (!path.len)
		buf_putc(&path, '/');
	buf_add_span(&path, p);
	add_without_dots(out, buf_span(&path));
	buf_release(&path);
	return buf_add_span(out, tail);
}

/* The issuer's path without what the specifications have removed from its end. */
static struct span
issuer_path(const struct url *u)
{
	struct span p = u->path;

	while (p.n && p.p[p.n - 1] == '/')
		p.n--;
	return p;
}

enum res
url_well_known_openid(struct buf *out, struct span issuer)
{
	struct url u;
	enum res r = url_parse(&u, span_trim(issuer), NULL);

	if (r != RES_OK)
		return r;
	url_origin(&u, out);
	buf_add_span(out, issuer_path(&u));
	return buf_puts(out, "/.well-known/openid-configuration");
}

enum res
url_well_known_oauth(struct buf *out, struct span issuer)
{
	struct url u;
	enum res r = url_parse(&u, span_trim(issuer), NULL);

	if (r != RES_OK)
		return r;
	url_origin(&u, out);
	buf_puts(out, "/.well-known/oauth-authorization-server");
	return buf_add_span(out, issuer_path(&u));
}

static bool
is_slash_more(struct span longer, struct span shorter)
{
	return longer.n == shorter.n + 1 && longer.p[shorter.n] == '/' &&
		span_eq(span_sub(longer, 0, shorter.n), shorter);
}

struct span
url_issuer_of_endpoint(struct span url)
{
	static const char okta[] = "/oauth2/";
	size_t at;
	struct url u;

	if (url_parse(&u, url, NULL) != RES_OK)
		return SPAN_EMPTY;
	at = span_find_str(u.path, "/protocol/openid-connect/");
	if (at != SIZE_MAX && span_find_str(u.path, "/realms/") < at)
		return span_make(url.p, (size_t)(u.path.p - url.p) + at);
	at = span_find_str(u.path, "/v1/");
	if (at == SIZE_MAX || !span_starts(u.path, okta))
		return SPAN_EMPTY;
	if (at < strlen(okta)) /* "/oauth2/v1/" */
		return span_make(url.p, (size_t)(u.path.p - url.p));
	if (span_find(span_sub(u.path, strlen(okta), at - strlen(okta)), '/') != SIZE_MAX)
		return SPAN_EMPTY;
	return span_make(url.p, (size_t)(u.path.p - url.p) + at);
}

char *
url_difference(char *out, size_t size, struct span a, struct span b)
{
	struct url x, y;

	out[0] = '\0';
	if (span_eq(a, b))
		return out;
	if (is_slash_more(a, b) || is_slash_more(b, a))
		snprintf(out, size, "only in the trailing slash");
	else if (span_eq(span_trim(a), span_trim(b)))
		snprintf(out, size, "only in blanks at the ends");
	else if (span_eq_nocase(a, b))
		snprintf(out, size, "only in upper and lower case");
	else if (url_parse(&x, span_trim(a), NULL) != RES_OK ||
		url_parse(&y, span_trim(b), NULL) != RES_OK)
		snprintf(out, size, "in their form: one is no URL");
	else if (!span_eq_nocase(x.host, y.host))
		snprintf(out, size, "in the host (%.*s / %.*s)", SPAN_ARG(span_sub(x.host, 0, 64)),
			SPAN_ARG(span_sub(y.host, 0, 64)));
	else if (!span_eq_nocase(x.scheme, y.scheme))
		snprintf(out, size, "in the scheme (%.*s / %.*s)", SPAN_ARG(x.scheme),
			SPAN_ARG(y.scheme));
	else if (x.port != y.port)
		snprintf(out, size, "in the port (%d / %d)", x.port, y.port);
	else if (!span_eq(x.path, y.path))
		snprintf(out, size,
			span_eq(issuer_path(&x), issuer_path(&y))
				? "only in the slash at the end of the path"
				: "in the path");
	else if (x.port_written != y.port_written)
		snprintf(out, size, "only in a default port that one writes out");
	else
		snprintf(out, size, "in the query or fragment");
	return out;
}
