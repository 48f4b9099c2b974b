/* Clients with keys and certificates: what the tests of them have in common. */
#ifndef TT_TESTS_WIZARD_CLIENTS_H
#define TT_TESTS_WIZARD_CLIENTS_H

#include "wizard/world.h"

#include "oauth/signkey.h"

#define DPOP_METADATA(more)                                                                        \
	JSON_HEAD "{\"issuer\":\"" ISSUER                                                          \
		  "\",\"introspection_endpoint\":\"https://idp.test/introspect\","                 \
		  "\"token_endpoint\":\"https://idp.test/token\","                                 \
		  "\"userinfo_endpoint\":\"https://idp.test/me\","                                 \
		  "\"revocation_endpoint\":\"https://idp.test/revoke\"" more "}"
#define USER JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}"
#define ACCESS "an-opaque-access-token-0123456789"
#define REFRESH "an-opaque-refresh-token-987654321"

/* Two keys and certificates, made for the run of the test program; the files' names. */
extern char folder[], key_file[64], cert_file[64], other_key_file[64], other_cert_file[64];
extern struct sign_key *key, *other_key;
extern char x5t[THUMBPRINT_MAX]; /* of the first certificate */

/* The group's set-up and tear-down. */
int make_files(void **state);
int remove_files(void **state);

void no_secret(struct world *t);
/* All steps: neither refresh nor revocation. */
void walk(struct world *t);
/* Introspection says: active, and bound to the key of this thumbprint. */
void reply_bound_to(const char *jkt);
/* The nth (from 0) request that went to a URL (without its query); fails if there is none. */
void request_to(const char *url, size_t nth, struct http_request *out);
/* The claims (k = 1) or the header (0) of a JWT; owned by the caller, as are those below. */
struct json *jwt_part(struct span token, int k);
/* The claims of the assertion in a request, and its header; it was signed by k (NULL: not looked at). */
struct json *assertion_of(const struct http_request *r, const struct sign_key *k, struct json **header);
/* The claims of the one DPoP proof in a request, which was signed by k (NULL: not looked at). */
struct json *proof_of(const struct http_request *r, const struct sign_key *k);
/* This secret stands neither in what was recorded or logged nor in the curl commands. */
void assert_nothing_recorded(struct world *t, const char *secret);

#endif
