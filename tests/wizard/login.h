/* A login over the replay transport: what the tests of the flows have in common. */
#ifndef TT_TESTS_WIZARD_LOGIN_H
#define TT_TESTS_WIZARD_LOGIN_H

#include "wizard/world.h"

#include "wizard/flow.h"

#define LOGIN_METADATA \
	"{\"issuer\":\"" ISSUER "\",\"introspection_endpoint\":\"https://idp.test/introspect\"," \
	"\"token_endpoint\":\"https://idp.test/token\",\"userinfo_endpoint\":\"https://idp.test/me\"," \
	"\"authorization_endpoint\":\"https://idp.test/authorize\"," \
	"\"device_authorization_endpoint\":\"https://idp.test/device\"," \
	"\"pushed_authorization_request_endpoint\":\"https://idp.test/par\""
#define TOKENS(more) JSON_HEAD "{\"access_token\":\"a-new-access-token-0123456789\"," \
	"\"token_type\":\"Bearer\",\"expires_in\":3600" more "}"
#define ERROR_HEAD "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n" DATE "\r\n"
#define DEVICE_CODES JSON_HEAD "{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\"," \
	"\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://example.com/device\"," \
	"\"verification_uri_complete\":\"https://example.com/device?user_code=WDJB-MJHT\"," \
	"\"expires_in\":1800,\"interval\":5}"

/* The server, whose metadata has these members, too; a place for the tokens. */
void begin_login(struct world *t, const char *more);
const struct flow_view *view(struct world *t);
/* Prepares, and nothing but metadata was asked for. */
void prepare(struct world *t, enum flow_kind k, const struct flow_wish *wish);
void go(struct world *t);
void wait_s(struct world *t, int64_t seconds);
void is_logged_in(struct world *t);
void failed_with(struct world *t, const char *error, const char *finding);
/* Nothing that was recorded, logged or shown to be sent has this value. */
void is_masked(struct world *t, const char *value);

/* A parameter of the authorization URL, decoded; owned by the caller. */
char *param(struct world *t, const char *name);
/* Sends one request to the listener; what it answered, with a NUL. */
void request(struct world *t, const char *method, const char *target, char *answer, size_t size);
/* The redirect with this query ($: the state that was sent), answered by a page with these words. */
void redirect(struct world *t, const char *query, const char *page);
/* The code is answered with an ID token of these claims ($: the nonce that was sent). */
void reply_tokens(struct world *t, const char *claims);

#define GOOD_ID "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"app\",\"nonce\":\"$\"," \
	"\"exp\":1769864400,\"iat\":1769860800}"
#define GOOD_QUERY "code=SplxlOBeZQQYbYS6WxSbIA&state=$"
#define BACK "Back to tokentriage"

#endif
