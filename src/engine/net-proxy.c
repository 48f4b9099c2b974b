#include "engine/net-proxy.h"

#include <arpa/inet.h>

#include "oauth/url.h"

enum { ADDRESS_MAX = 64 };

/* 4 or 16 bytes of an address; 0: it is a name. */
static size_t
address_bytes(struct span s, unsigned char out[16])
{
	char text[ADDRESS_MAX];

	if (!s.n || s.n >= sizeof(text))
		return 0;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, out) == 1)
		return 4;
	return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

static bool
in_network(struct span host, struct span item)
{
	unsigned char a[16], b[16];
	size_t slash = span_find(item, '/'), n = address_bytes(host, a);
	int64_t bits;

	if (!n || address_bytes(span_sub(item, 0, slash), b) != n)
		return false;
	if (slash == SIZE_MAX)
		return memcmp(a, b, n) == 0;
	if (span_to_i64(span_from(item, slash + 1), &bits) != RES_OK || bits < 0 ||
		bits > (int64_t)n * 8)
		return false;
	for (size_t i = 0; i < n && bits > 0; i++, bits -= 8) {
		unsigned mask = bits >= 8 ? 0xff : (0xff00u >> bits) & 0xff;

		if ((a[i] ^ b[i]) & mask)
			return false;
	}
	return true;
}

/* Is host the domain, or a name below it? */
static bool
in_domain(struct span host, struct span domain)
{
	struct span end;

	while (domain.n && domain.p[0] == '.')
		domain = span_from(domain, 1);
	if (domain.n && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (!domain.n || host.n < domain.n)
		return false;
	end = span_from(host, host.n - domain.n);
	return span_eq_nocase(end, domain) &&
		(end.n == host.n || host.p[host.n - domain.n - 1] == '.');
}

bool
net_proxy_exempt(struct span list, struct span host)
{
	struct span item, word;

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	while (span_next(&list, ',', &item))
		while (span_word(&item, &word)) {
			if (span_is(word, "*") || in_network(host, word) || in_domain(host, word))
				return true;
			/* "[::1]", as in a URL */
			if (word.n > 2 && word.p[0] == '[' &&
				in_network(host, span_sub(word, 1, word.n - 2)))
				return true;
		}
	return false;
}

/* An environment variable that is set and not empty. */
static const char *
env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

const char *
net_proxy_for(const char *url, const char *option)
{
	const char *proxy = option, *none;
	struct url u;

	if (proxy && !*proxy)
		return NULL;
	if (url_parse(&u, span_of(url), NULL) != RES_OK)
		return NULL;
	if (!proxy) {
		bool tls = span_is_nocase(u.scheme, "https");

		if (url_is_loopback(&u))
			return NULL;
		proxy = env(tls ? "https_proxy" : "http_proxy");
		if (!proxy && tls)
			proxy = env("HTTPS_PROXY");
		if (!proxy)
			proxy = env("all_proxy");
		if (!proxy)
			proxy = env("ALL_PROXY");
	}
	none = env("no_proxy");
	if (!none)
		none = env("NO_PROXY");
	if (proxy && none && net_proxy_exempt(span_of(none), u.host))
		return NULL;
	return proxy;
}
