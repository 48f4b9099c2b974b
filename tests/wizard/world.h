/* The wizard over the replay transport and a manual clock, for the tests of this folder. */
#ifndef TT_TESTS_WIZARD_WORLD_H
#define TT_TESTS_WIZARD_WORLD_H

#include "unit.h"

#include "engine/replay.h"
#include "wizard/wizard.h"

#define ISSUER "https://idp.test/realm"
#define NOW_S 1769860800LL /* 2026-01-31T12:00:00Z */
#define DATE "Date: Sat, 31 Jan 2026 12:00:00 GMT\r\n"
#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" DATE "\r\n"
#define METADATA_OF(iss) \
	"{\"issuer\":\"" iss "\",\"introspection_endpoint\":\"https://idp.test/introspect\"," \
	"\"token_endpoint\":\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"," \
	"\"revocation_endpoint\":\"https://idp.test/revoke\",\"jwks_uri\":\"https://idp.test/jwks\"}"

struct world {
	struct clock clock;
	struct rng rng;
	struct redactor *redactor;
	struct log *log;
	struct case_file c;
	struct engine *engine;
	struct journal *journal; /* NULL: none */
	struct wizard *w;
	struct profile profile;
};

#define ACTIVE JSON_HEAD "{\"active\":true,\"scope\":\"openid profile\",\"client_id\":\"app\"," \
	"\"sub\":\"u1\",\"exp\":1769864400,\"iat\":1769857200}"
#define INACTIVE JSON_HEAD "{\"active\":false}"

/* The transport of the test under way. */
extern struct transport *transport;

int setup(void **state);
int teardown(void **state);
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Answers, tried in order; NULL: any.  reply_once: used up by its first request. */
void reply(const char *method, const char *url, const char *body_has, const char *response);
void reply_once(const char *method, const char *url, const char *response);
void healthy_server(void);
/* Takes the world's profile and these tokens. */
void begin(struct world *t, const char *access, const char *refresh);
/* Another run of the program: a new wizard with this journal (taken; NULL: none). */
void new_run(struct world *t, struct journal *journal_take);
/* Turns the engine and the wizard until nothing is left, as the callers' loops do. */
void run(struct world *t);
/* The finding of that id in the wizard's diagnosis; NULL: there is none. */
const struct finding *finding(const struct world *t, const char *id);
bool found(const struct world *t, const char *id);
/* How many requests hold this text. */
size_t sent_to(const char *part);

#endif
