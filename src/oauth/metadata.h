/* Authorization server metadata: OpenID Connect Discovery 1.0 §3, RFC 8414 §2. */
#ifndef TT_OAUTH_METADATA_H
#define TT_OAUTH_METADATA_H

#include "base/ids.h"
#include "oauth/json.h"

/* The members that are URLs, by the names of the specifications. */
enum endpoint {
#define ENDPOINT(sym, name, words) EP_##sym,
#include "oauth/endpoints.def"
#undef ENDPOINT
	EP_COUNT
};

struct metadata {
	struct json *doc; /* owned */
	struct span issuer;
	struct span url[EP_COUNT]; /* empty: not stated */
	struct span mtls[EP_COUNT]; /* mtls_endpoint_aliases (RFC 8705 §5); empty: no other address */
};

void metadata_init(struct metadata *m);
void metadata_release(struct metadata *m);
/* RES_SYNTAX: no JSON object. */
enum res metadata_parse(struct metadata *out, struct span body, struct err *e) MUST_USE;
/*
 * Is it the metadata of this issuer?  The same text (RFC 8414 §3.3), or Microsoft's template for
 * many tenants, in which {tenantid} stands where the issuer has common, organizations or consumers.
 */
bool metadata_is_of(const struct metadata *m, struct span issuer) MUST_USE;
/* Does the string array `member` hold value?  UNKNOWN if the member is absent. */
enum tri metadata_supports(const struct metadata *m, const char *member, const char *value);

const char *endpoint_name(enum endpoint e);  /* "introspection_endpoint" */
const char *endpoint_words(enum endpoint e); /* "introspection endpoint" */

#endif
