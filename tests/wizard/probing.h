/* What the tests of the probe ladder share: a server's answers, a walk at a level, and what it asked. */
#ifndef TT_TESTS_WIZARD_PROBING_H
#define TT_TESTS_WIZARD_PROBING_H

#include "world.h"

#define WITH_METHODS(methods) JSON_HEAD \
	"{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":\"https://idp.test/introspect\"," \
	"\"token_endpoint\":\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"," \
	"\"token_endpoint_auth_methods_supported\":[" methods "]}"
#define BOTH WITH_METHODS("\"client_secret_basic\",\"client_secret_post\"")
#define BASIC_ONLY WITH_METHODS("\"client_secret_basic\"")
#define STATUS(line, body) "HTTP/1.1 " line "\r\nContent-Type: application/json\r\n" DATE "\r\n" body
#define REFUSED STATUS("401 Unauthorized", "{\"error\":\"invalid_client\"}")
#define NO_SUCH_CODE STATUS("400 Bad Request", "{\"error\":\"invalid_grant\"}")
#define USER JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}"
#define INVALID_TOKEN "HTTP/1.1 401 Unauthorized\r\n" DATE "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n"
#define BARE_CHALLENGE "HTTP/1.1 401 Unauthorized\r\n" DATE "WWW-Authenticate: Bearer realm=\"x\"\r\n\r\n"
#define PAGE_403 "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n" DATE "\r\n<html>Forbidden</html>"
#define OPAQUE "opaque-access-token-0123456789"

/* What was asked, as words: "discovery introspection:basic userinfo". */
void assert_asked(const struct world *t, const char *want);
/* An access token as a JWT, issued age_s ago, valid for an hour; the caller frees it. */
char *jwt(const char *iss, const char *aud, int64_t age_s, size_t padding);
/* All steps on fresh ground, to their end. */
void walk(struct world *t, enum probe_level level, const char *access);
/* The id of the primary finding; "": none. */
const char *primary(const struct world *t);
enum state verdict(const struct world *t);

/* A situation on fresh ground, at a level. */
#define AT(level, access, want) \
	do { \
		walk(t, level, access); \
		assert_asked(t, want); \
	} while (0)

#endif
