/* The answers of a login: the redirect in the first line, an ID token behind it. */
#include "fuzz/fuzz.h"

#include "oauth/authorization.h"
#include "oauth/idtoken.h"

static void
try_redirect(struct span text)
{
	struct secret *state = secret_new(SPAN_LIT("xyz"));
	struct auth_expect x = {state, SPAN_LIT("https://idp.example"), text.n % 2};
	struct auth_response r;

	auth_response_init(&r);
	if (auth_response_read(&r, text, NULL) == RES_OK &&
		auth_response_check(&r, &x) == AUTH_FINE) {
		/* nothing passes but what is ours, once, and of the issuer that was asked */
		HOLDS(span_is(buf_span(&r.state), "xyz"));
		HOLDS(!r.repeated && (r.code.len || r.error.len));
		HOLDS(r.iss.len ? span_eq(buf_span(&r.iss), x.issuer) : !x.iss_promised);
	}
	auth_response_release(&r);
	secret_unref(state);
}

static void
try_id_token(struct span text)
{
	struct secret *nonce = secret_new(SPAN_LIT("n-0S6_WzA2Mj"));
	struct id_expect x = {.issuer = SPAN_LIT("https://idp.example"), .client_id = SPAN_LIT("app"), .nonce = nonce,
		.sig = SIG_NOT_CHECKED, .now_s = 1769860800, .leeway_s = 60};
	struct id_result r;
	struct token_info t;

	token_info_init(&t);
	token_info_read(&t, text);
	id_token_check(&r, &t, &x);
	HOLDS(!(r.passed & r.failed));
	if (t.kind != TOKEN_JWE && !r.failed)
		HOLDS(r.passed & check_bit(CHECK_ID_ISS) && r.passed & check_bit(CHECK_ID_AUD) &&
			r.passed & check_bit(CHECK_ID_EXP) && r.passed & check_bit(CHECK_ID_NONCE));
	token_info_release(&t);
	secret_unref(nonce);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size), line;

	if (span_next(&text, '\n', &line))
		try_redirect(line);
	try_id_token(text);
	return 0;
}
