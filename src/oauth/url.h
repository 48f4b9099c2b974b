/* URLs (RFC 3986), as far as http and https need. */
#ifndef TT_OAUTH_URL_H
#define TT_OAUTH_URL_H

#include "base/buf.h"

struct url {
	struct span scheme, userinfo, host, path, query, fragment; /* host without [ ] */
	int port;          /* as written, else 443 or 80 */
	bool port_written, ipv6;
};

/* Only absolute http and https URLs with a host; spans borrow from text. */
enum res url_parse(struct url *out, struct span text, struct err *e) MUST_USE;
/*
 * A proxy as curl takes it: [SCHEME://][USER:PASSWORD@]HOST[:PORT], scheme http, https, socks4, socks4a,
 * socks5 or socks5h; without a scheme it is http, and the port must be there.
 */
#define URL_PROXY_FORMS "http://HOST:PORT (or https, socks4, socks4a, socks5, socks5h), or HOST:PORT"
enum res url_parse_proxy(struct url *out, struct span text, struct err *e) MUST_USE;
bool url_same_origin(const struct url *a, const struct url *b); /* scheme, host (case ignored), port */
bool url_same_host(const struct url *a, const struct url *b);   /* host and port */
bool url_is_loopback(const struct url *u); /* localhost, 127/8, ::1 */
bool url_is_private(const struct url *u);  /* loopback, RFC 1918, link-local, a name without a dot, .local */
/* "https://host:port" without a default port. */
enum res url_origin(const struct url *u, struct buf *out);
/* The same of a URL as text, from xmalloc; NULL if it is none. */
char *url_origin_dup(struct span url);
/* Location (absolute, //host, /path or relative) against a base. */
enum res url_resolve(struct buf *out, struct span base, struct span ref) MUST_USE;
/* Discovery locations: issuer + "/.well-known/openid-configuration" (OpenID Connect Discovery
 * §4), and RFC 8414 §3's form with the well-known part put between host and path. */
enum res url_well_known_openid(struct buf *out, struct span issuer);
enum res url_well_known_oauth(struct buf *out, struct span issuer);
/*
 * The issuer that an endpoint's address names, by how servers build theirs: Keycloak (ISSUER/protocol/openid-connect/…)
 * and Okta (ISSUER/v1/… of an authorization server, HOST/oauth2/v1/… of the organisation's own).  Borrowed; empty: it
 * does not say.
 */
struct span url_issuer_of_endpoint(struct span url);
/*
 * Where do two issuers differ?  "" if equal; else a few words: "only in the trailing slash",
 * "in the scheme", "in the host (idp.example / localhost)", "in the path".  Returns out.
 */
char *url_difference(char *out, size_t size, struct span a, struct span b);

#endif
