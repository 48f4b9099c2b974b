/*
 * False alarms: healthy tokens and answers in the forms that servers in the field use, put together
 * at random (seeded), must never give an error, and always the verdict ok.
 */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "diagnose/diagnose.h"
#include "diagnose/fixture.h"

enum { VARIATIONS = 1000 };

static struct rng rng;

#define PICK(...)                                                                                  \
	pick((const char *const[]){__VA_ARGS__},                                                   \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static const char *
pick(const char *const *of, size_t n)
{
	return of[rng_below(&rng, (uint32_t)n)];
}

static bool
maybe(uint32_t percent)
{
	return rng_below(&rng, 100) < percent;
}

struct world {
	const char *iss, *scope, *sub, *aud;
	bool jwt, introspects, typed_client;
};

/* Members in any order: each is added with its comma, shuffled, and joined. */
struct members {
	char v[24][200];
	size_t n;
};

static void PRINTF(2, 3) member(struct members *m, const char *fmt, ...)
{
	va_list ap;

	assert_true(m->n < ARRAY_SIZE(m->v));
	va_start(ap, fmt);
	(void)vsnprintf(m->v[m->n++], sizeof(m->v[0]), fmt, ap);
	va_end(ap);
}

static void
join(struct buf *out, struct members *m)
{
	(void)buf_putc(out, '{');
	for (size_t i = 0; i < m->n; i++) {
		size_t k = i + rng_below(&rng, (uint32_t)(m->n - i));
		char swap[200];

		memcpy(swap, m->v[i], sizeof(swap));
		memcpy(m->v[i], m->v[k], sizeof(swap));
		memcpy(m->v[k], swap, sizeof(swap));
		(void)buf_printf(out, "%s%s%s", i ? "," : "", maybe(20) ? " " : "", m->v[i]);
	}
	(void)buf_putc(out, '}');
}

static void
times(struct members *m, bool strings)
{
	const char *form = !strings
		? PICK("\"%s\":{now%+d}", "\"%s\":{now%+d}", "\"%s\":{now%+d}.25")
		: PICK("\"%s\":{now%+d}", "\"%s\":\"{now%+d}\"", "\"%s\":{now%+d}000");

	member(m, form, "exp", 90 + (int)rng_below(&rng, 90000));
	if (maybe(80))
		member(m, form, "iat", -(int)rng_below(&rng, 90000) - 25);
	if (maybe(30))
		member(m, form, "nbf", -(int)rng_below(&rng, 90000) - 25);
}

static void
scopes(struct members *m, const struct world *w, bool introspection)
{
	if (!w->scope)
		return;
	switch (rng_below(&rng, introspection ? 3 : 4)) {
	case 0:
		member(m, "\"scope\":[\"%s\",\"profile\"]", w->scope);
		break;
	case 1:
		member(m, "\"scp\":[\"%s\",\"email\"]", w->scope);
		break;
	case 2:
		member(m, "\"scope\":\"%s profile email\"", w->scope);
		break;
	default:
		member(m, "\"scp\":\"%s User.Read\"", w->scope);
		break;
	}
}

static void
extras(struct members *m)
{
	if (maybe(40))
		member(m, "\"jti\":\"%s\"", PICK("7c1e-22", "AT.abc", "0"));
	if (maybe(30))
		member(m, "\"sid\":\"1b2c-3d4e\"");
	if (maybe(30))
		member(m, "\"realm_access\":{\"roles\":[\"a\",\"b\"]}");
	if (maybe(30))
		member(m, "\"acr\":\"1\"");
	if (maybe(20))
		member(m, "\"permissions\":[]");
	if (maybe(20))
		member(m, "\"https://acme.example/claims\":{\"x\":null}");
	if (maybe(20))
		member(m, "\"preferred_username\":\"Zo\\u00eb \\ud83d\\ude00\"");
	if (maybe(10))
		member(m, "\"auth_time\":{now-500}");
}

static void
token(struct buf *out, const struct world *w)
{
	struct members m = {.n = 0};

	if (!w->jwt) {
		(void)buf_printf(out, "access: value %s\n",
			PICK("7Qm2vX9rTz4LkPw8sYbN1cDfG5hJ0aEu",
				"ya29.a0AfH6SMBx1234567890abcdefghijk",
				"gho_16C7e42F292c6912E7710c838347Ae178B4a",
				"0c4c5d6e-7f80-4192-a3b4-c5d6e7f80912",
				"AAAA+bbb/ccc==", "00Dxx!AQcAQH.ab_c"));
		return;
	}
	member(&m, "\"iss\":\"%s\"", w->iss);
	member(&m, "\"sub\":\"%s\"", w->sub);
	if (w->aud)
		member(&m, "\"aud\":%s", w->aud);
	if (maybe(60))
		member(&m, "\"%s\":\"app\"", PICK("azp", "client_id", "cid", "appid"));
	if (maybe(40))
		member(&m, "\"typ\":\"Bearer\"");
	times(&m, false);
	scopes(&m, w, false);
	extras(&m);
	(void)buf_puts(out, "access: jwt ");
	join(out, &m);
	(void)buf_printf(out, " header {\"alg\":\"%s\",\"typ\":\"%s\",\"kid\":\"%s\"}\n",
		PICK("RS256", "ES256", "PS256"), PICK("JWT", "at+jwt", "application/at+jwt"),
		PICK("k1", "k2"));
	if (maybe(30))
		(void)buf_printf(out, "sig: %s\n", PICK("valid", "no-key", "bad"));
}

static void
introspection(struct buf *out, const struct world *w)
{
	struct members m = {.n = 0};

	(void)buf_puts(out,
		"== introspection\n> POST https://idp.example/introspect\n"
		"> Authorization: Basic {basic:app:9f2c71e0d4b86a35}\n>\n> token={access}\n");
	if (w->jwt && maybe(15)) {
		(void)buf_puts(out,
			"< HTTP/1.1 400 Bad Request\n< Date: {date}\n<\n"
			"< {\"error\":\"unsupported_token_type\"}\n");
		return;
	}
	member(&m, "\"active\":true");
	if (maybe(80))
		member(&m, "\"sub\":\"%s\"", w->sub);
	else
		member(&m, "\"username\":\"ann\"");
	if (maybe(60))
		member(&m, "\"client_id\":\"%s\"", maybe(80) ? "app" : "spa");
	if (maybe(60))
		member(&m, "\"token_type\":\"%s\"",
			PICK("Bearer", "bearer", "access_token", "Access Token"));
	if (maybe(50))
		member(&m, "\"iss\":\"%s\"", w->iss);
	if (w->aud && maybe(50))
		member(&m, "\"aud\":%s", w->aud);
	if (maybe(70))
		times(&m, true);
	if (maybe(80))
		scopes(&m, w, true);
	extras(&m);
	(void)buf_printf(out, "< HTTP/1.1 200 OK\n%s< Content-Type: %s\n<\n< ",
		maybe(85) ? "< Date: {date}\n" : "",
		PICK("application/json", "application/json;charset=UTF-8", "text/plain",
			"application/jwt"));
	join(out, &m);
	(void)buf_putc(out, '\n');
}

static void
userinfo(struct buf *out, const struct world *w)
{
	struct members m = {.n = 0};

	(void)buf_puts(out,
		"== userinfo\n> GET https://idp.example/userinfo\n> Authorization: Bearer "
		"{access}\n>\n"
		"< HTTP/1.1 200 OK\n");
	if (maybe(85))
		(void)buf_puts(out, "< Date: {date}\n");
	if (maybe(8)) {
		(void)buf_puts(out,
			"< Content-Type: application/jwt\n<\n< eyJhbGciOiJSUzI1NiJ9."
			"eyJzdWIiOiJ1LTE3In0.c2lnbmF0dXJlc2lnbmF0dXJl\n");
		return;
	}
	member(&m, "\"sub\":\"%s\"", w->sub);
	if (maybe(70))
		member(&m, "\"name\":\"Ann\"");
	if (maybe(50))
		member(&m, "\"email\":\"ann@example.com\"");
	if (maybe(50))
		member(&m, "\"email_verified\":%s", PICK("true", "\"true\"", "false", "null"));
	if (maybe(30))
		member(&m, "\"address\":{\"country\":\"DE\"}");
	if (maybe(10))
		member(&m, "\"error\":null");
	(void)buf_printf(out, "< Content-Type: %s\n<\n< ",
		PICK("application/json", "application/json; charset=utf-8",
			"application/scim+json"));
	join(out, &m);
	(void)buf_putc(out, '\n');
}

static void
compose(struct buf *out)
{
	static const char *const issuers[] = {"https://idp.example", "https://idp.example/",
		"https://idp.example/realms/acme", "https://idp.example/oauth2/default",
		"https://other.example/t/1/v2.0"};
	struct world w = {.iss = issuers[rng_below(&rng, ARRAY_SIZE(issuers))]};

	w.jwt = maybe(60);
	w.introspects = maybe(75);
	w.sub = PICK("u-17");
	w.scope = maybe(85) ? "openid" : NULL;
	w.aud = maybe(80)
		? PICK("\"app\"", "[\"app\",\"account\"]", "\"https://api.example\"",
			  "[\"https://api.example\",\"https://idp.example/userinfo\"]",
			  "\"api://default\"", "\"00000003-0000-0000-c000-000000000000\"", "[]")
		: NULL;
	(void)buf_printf(out, "profile: issuer = %s\nprofile: client_id = app\n", w.iss);
	token(out, &w);
	if (maybe(40))
		(void)buf_puts(out,
			"== jwks\n> GET https://idp.example/keys\n>\n< HTTP/1.1 200 OK\n<\n"
			"< "
			"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]"
			"}\n");
	if (w.introspects)
		introspection(out, &w);
	userinfo(out, &w);
}

static void
healthy_variations_give_no_error(void **state)
{
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct walk walk = {{STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK}};

	(void)state;
	rng_init_seeded(&rng, 20260131);
	for (int i = 0; i < VARIATIONS; i++) {
		struct buf text;
		struct fixture fx;
		struct facts facts;

		buf_init(&text, LIMIT_BODY);
		compose(&text);
		fixture_read_text(&fx, "variation", buf_span(&text));
		facts_derive(&facts, &fx.c, &fx.clock);
		diagnose(d, &facts, &walk);
		for (size_t k = 0; k < d->n; k++) {
			if (d->findings[k].severity == SEV_ERROR)
				fail_msg("%s: %s\n%s", d->findings[k].rule->id,
					d->findings[k].summary, buf_str(&text));
		}
		if (d->verdict.state != STATE_OK)
			fail_msg("%s: %s\n%s", state_id(d->verdict.state), d->verdict.summary,
				buf_str(&text));
		fixture_release(&fx);
		buf_release(&text);
	}
	free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_variations_give_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
