#include "redacting.h"

#include "base/encode.h"
#include "base/rng.h"
#include "base/text.h"

static void
check_header(const char *name, const char *value, const char *want)
{
	struct buf b, again;

	buf_init(&b, 10000);
	buf_init(&again, 10000);
	assert_int_equal(redact_header(none, &b, span_of(name), span_of(value)), RES_OK);
	assert_string_equal(buf_str(&b), want);
	assert_int_equal(redact_header(none, &again, span_of(name), buf_span(&b)), RES_OK);
	assert_string_equal(buf_str(&again), want);
	buf_release(&b);
	buf_release(&again);
}

#define JWT "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
#define JWT_MASK "eyJh…[redacted 54 B]"

static void
test_names(void **state)
{
	static const char *const secret[] = {"access_token", "refresh_token", "id_token", "token",
		"client_secret", "clientSecret", "CLIENT-SECRET", "password", "client_assertion",
		"assertion", "code_verifier", "device_code", "Authorization", "Proxy-Authorization",
		"Cookie", "Set-Cookie", "X-Api-Key", "X-Amz-Security-Token", "DPoP",
		"subject_token", "id_token_hint", "db_password", "registration_access_token",
		"accessToken"};
	static const char *const open[] = {"", "token_type", "expires_in", "scope", "client_id",
		"iss", "sub", "error", "error_description", "invalid_token", "token_endpoint",
		"grant_type", "state", "code", "d", "k", "client_secret_expires_at",
		"token_type_hint", "expired_token", "Content-Type", "WWW-Authenticate", "username",
		"introspection_endpoint", "code_challenge", "jwks_uri",
		"a_very_long_name_that_goes_on_and_on_and_ends_in_nothing_of_the_kind"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(secret); i++)
		if (!redact_name_is_secret(span_of(secret[i])))
			fail_msg("%s", secret[i]);
	for (size_t i = 0; i < ARRAY_SIZE(open); i++)
		if (redact_name_is_secret(span_of(open[i])))
			fail_msg("%s", open[i]);
	assert_true(redact_pair_is_secret(SPAN_LIT("code"), SPAN_LIT("SplxlOBeZQQYbYS6WxSbIA")));
	assert_false(
		redact_pair_is_secret(SPAN_LIT("code"), SPAN_LIT("InvalidAuthenticationToken")));
	assert_false(redact_pair_is_secret(SPAN_LIT("code"), SPAN_LIT("401")));
	assert_true(redact_pair_is_secret(SPAN_LIT("password"), SPAN_LIT("x")));
	assert_false(redact_pair_is_secret(SPAN_LIT("access_token"), SPAN_LIT("null")));
	assert_false(redact_pair_is_secret(SPAN_LIT("access_token"), SPAN_EMPTY));
}

static void
test_text_names(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"nothing to see", "nothing to see"},
		{"access_token=abc", "access_token=[redacted]"},
		{"a=1&access_token=abc&b=2", "a=1&access_token=[redacted]&b=2"},
		{"next=%2F%3Faccess_token%3Dabc%26b%3D2",
			"next=%2F%3Faccess_token%3D[redacted]%26b%3D2"},
		{"{\"access_token\":\"abc\",\"b\":2}", "{\"access_token\":\"[redacted]\",\"b\":2}"},
		{"{\"client_secret\" : \"a\\\"b\", \"c\":1}",
			"{\"client_secret\" : \"[redacted]\", \"c\":1}"},
		{"{\"password\":123,\"b\":[{\"token\":7}]}",
			"{\"password\":[redacted],\"b\":[{\"token\":[redacted]}]}"},
		{"{\\\"token\\\":\\\"abc\\\",\\\"b\\\":1}",
			"{\\\"token\\\":\\\"[redacted]\\\",\\\"b\\\":1}"},
		{"{\"authorization\": [\"Bearer abcdefgh1\"]}",
			"{\"authorization\": [\"Bearer [redacted]\"]}"},
		{"{\"name\": \"access_token\", \"value\": \"abc\"}",
			"{\"name\": \"access_token\", \"value\": \"[redacted]\"}"},
		{"{'refresh_token': 'abc'}", "{'refresh_token': '[redacted]'}"},
		{"client-secret: \"x y\" z", "client-secret: \"[redacted]\" z"},
		{"user[password]=abc", "user[password]=[redacted]"},
		{"{\"token\":\"cut off", "{\"token\":\"[redacted]"},
		{"password = abc", "password = [redacted]"},
		/* evidence stays */
		{"{\"access_token\":null,\"refresh_token\":\"\",\"id_token\":\"undefined\"}",
			"{\"access_token\":null,\"refresh_token\":\"\",\"id_token\":"
			"\"undefined\"}"},
		{"{\"error\":\"invalid_token\",\"code\":401,\"d\":\"x\"}",
			"{\"error\":\"invalid_token\",\"code\":401,\"d\":\"x\"}"},
		{"{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}",
			"{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}"},
		{"invalid token: expired", "invalid token: expired"},
		{"invalid_token: The access token expired",
			"invalid_token: The access token expired"},
		{"grant_type=password&x=1", "grant_type=password&x=1"},
		{"urn:ietf:params:oauth:token-type:access_token",
			"urn:ietf:params:oauth:token-type:access_token"},
		{"Authorization: Bearer token is missing",
			"Authorization: Bearer token is missing"},
		{"Access-Control-Allow-Headers: Authorization, Cookie",
			"Access-Control-Allow-Headers: Authorization, Cookie"},
		{"Bearer realm=\"a\", error=\"invalid_token\"",
			"Bearer realm=\"a\", error=\"invalid_token\""},
		{"Authorization: Bearer null", "Authorization: Bearer null"},
		{"{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVM\"}",
			"{\"kty\":\"oct\",\"k\":\"[redacted 30 B]\"}"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(redact_text, none, cases[i][0], cases[i][1]);
}

static void
test_text_headers(void **state)
{
	(void)state;
	check(redact_text, none, "Authorization: Bearer abc\r\nAccept: x",
		"Authorization: Bearer [redacted]\r\nAccept: x");
	check(redact_text, none, "> authorization: basic dXNlcjpwYXNz\n> x",
		"> authorization: basic [redacted]\n> x");
	check(redact_text, none, "Authorization: Bearer broken by blanks",
		"Authorization: Bearer broken by blanks");
	check(redact_text, none, "Authorization: Bearer br0ken by blanks",
		"Authorization: Bearer [redacted]");
	check(redact_text, none, "Authorization: abc def", "Authorization: [redacted]");
	check(redact_text, none, "Authorization: Digest username=\"a\", response=\"b\"\nX: y",
		"Authorization: Digest [redacted]\nX: y");
	check(redact_text, none, "curl -H 'Authorization: Bearer abc' https://x",
		"curl -H 'Authorization: Bearer [redacted]' https://x");
	check(redact_text, none, "curl -H \"Cookie: a=b; c=d\" https://x",
		"curl -H \"Cookie: a=[redacted]; c=[redacted]\" https://x");
	check(redact_text, none, "Cookie: a=b; c=d\r\nX: y",
		"Cookie: a=[redacted]; c=[redacted]\r\nX: y");
	check(redact_text, none, "set-cookie: s=abc; Path=/; HttpOnly",
		"set-cookie: s=[redacted]; Path=/; HttpOnly");
	check(redact_text, none, "sent Bearer abcdefgh12345 away", "sent Bearer [redacted] away");
	check(redact_text, none, "sent Basic dXNlcjpwYXNz away", "sent Basic [redacted] away");
	check(redact_text, none, "https://me:pw@host/x", "https://[redacted]@host/x");
	check(redact_text, none, "https://host/@me", "https://host/@me");
}

static void
test_shapes(void **state)
{
	static const char *const kept[] = {
		"eyJ is how they begin",
		"version 1.2.3",
		"sk-learn",
		"ghp_short",
		"www.example.org",
		"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"550e8400-e29b-41d4-a716-446655440000",
	};
	static const char *const gone[] = {
		"ghp_abcdefghijklmnop1234",
		"github_pat_11ABCDEFG0123456789",
		"glpat-abcdefghijkl1234",
		"ya29.a0AfH6SMBx-abcdef_1",
		"GOCSPX-abcdefghijkl12",
		"xoxb-123456789012-abc",
		"sk_live_abcdef123456",
		"npm_abcdefghijklmnopqrstuvwx",
	};

	(void)state;
	check(redact_text, none, "got " JWT ", bad", "got " JWT_MASK ", bad");
	check(redact_text, none, "%22" JWT "%22", "%22" JWT_MASK "%22");
	check(redact_text, none, "x" JWT, "x" JWT_MASK);
	check(redact_text, none, "example-eyelet-" JWT, "example-eyelet-" JWT_MASK);
	check(redact_text, none, "eyJ-x " JWT, "eyJ-x " JWT_MASK);
	check(redact_text, none, "eyJhbGciOiJkaXIifQ..iv123456.ct123456.tag12345 x",
		"eyJh…[redacted 46 B] x");
	check(redact_text, none, "eyJzdWIiOiJhbGljZSIsIm5hbWUiOiJBbGljZSBMaWRkZWxsIn0 x",
		"eyJz…[redacted 51 B] x");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		check(redact_text, none, kept[i], kept[i]);
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		char in[100], *out;

		snprintf(in, sizeof in, "<%s> end", gone[i]);
		out = apply(redact_text, none, in);
		assert_null(strstr(out, gone[i] + 5));
		assert_non_null(strstr(out, "redacted"));
		assert_non_null(strstr(out, "> end"));
		free(out);
	}
}

/* A mail program broke it: the rest on the next lines is the token's, and what else follows is not. */
static void
test_broken_over_lines(void **state)
{
#define LINE "Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE5uXo0ViC"
	static const char *const ends[] = {"\n", "\r\n", "\n> ", "\\n", "\n   "};
	static const char *const begins[] = {"mine: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.", "Bearer ", "access_token=",
		"access_token: ", "Authorization: Bearer "};
	/* what stands on the line below a whole token and is to be read */
	static const char *const others[] = {"expired", "TokenExpiredException", "X-Request-Id: 7Fq2Lx9Zr4Tn",
		"HTTP/1.1 401 Unauthorized", "2026-01-31T12:00:00Z", "invalid_token_of_another_audience", "AT=x", "Thanks 4 Reading"};
	char in[400], *out;

	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(begins); b++) {
		for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
			snprintf(in, sizeof in, "%s" LINE "%sQ7wLine2aB%s9xLast3Cd\nthe end", begins[b], ends[i], ends[i]);
			out = apply(redact_text, none, in);
			if (strstr(out, LINE) || strstr(out, "Q7w") || strstr(out, "9xL") || !strstr(out, "the end"))
				fail_msg("%s: %s", in, out);
			free(out);
		}
		for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
			snprintf(in, sizeof in, "%s" LINE "\n%s", begins[b], others[i]);
			out = apply(redact_text, none, in);
			if (strstr(out, LINE) || !strstr(out, others[i]))
				fail_msg("%s: %s", in, out);
			free(out);
		}
	}
#undef LINE
}

static void
test_masks_stay(void **state)
{
	static const char *const masks[] = {
		"token=eyJh…[redacted 812 B, sha256:0123456789abcdef] (dns 1)",
		"client_secret=[redacted]&a=b",
		"Authorization: Bearer eyJh…[redacted 812 B] HTTP/1.1",
		"{\"token\":\"[redacted 24 B]\"}",
		"Cookie: a=[redacted]; b=abcd…[redacted 40 B]",
		"Authorization: Basic [redacted]",
	};
	char *out;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
		check(redact_text, none, masks[i], masks[i]);
	/* What only looks like one hides nothing. */
	out = apply(redact_text, none, "client_secret=[redacted-hunter2]");
	assert_null(strstr(out, "hunter2"));
	free(out);
	out = apply(redact_text, none, "client_secret=[redacted8B,sha256:hunter2]");
	assert_null(strstr(out, "hunter2"));
	free(out);
}

/* The value in every dress it may come in, among other text; none of it may be left. */
static void
check_gone(const struct redactor *r, const char *value)
{
	struct buf in, dress;

	buf_init(&in, 100000);
	buf_init(&dress, 100000);
	for (int way = 0; way < 12; way++) {
		char *out;

		buf_clear(&in);
		buf_clear(&dress);
		if (way == 0) {
			buf_puts(&dress, value);
		} else if (way == 1) {
			percent_encode(&dress, span_of(value));
		} else if (way == 2) {
			form_encode(&dress, span_of(value));
		} else { /* base64 and base64url, behind 0 to 3 other bytes, with others after it */
			buf_add(&in, "uv:", (size_t)(way - 3) % 4);
			buf_puts(&in, value);
			buf_add(&in, "xyz", (size_t)way % 3);
			(way < 8 ? base64_encode : base64url_encode)(&dress, buf_span(&in));
			buf_clear(&in);
		}
		buf_puts(&in, "before ");
		buf_add_span(&in, buf_span(&dress));
		buf_puts(&in, " after");
		out = apply(redact_text, r, buf_str(&in));
		if (strncmp(out, "before ", 7) != 0 || strcmp(out + strlen(out) - 6, " after") != 0)
			fail_msg("too much is gone: %s", out);
		for (size_t i = 4; i + 4 <= dress.len; i++) /* the first four may be shown */
			if (memmem(out, strlen(out), dress.p + i, 4) != NULL)
				fail_msg("way %d: %s in %s", way, dress.p + i, out);
		free(out);
	}
	buf_release(&in);
	buf_release(&dress);
}

static void
test_registered(void **state)
{
	static const char *const values[] = {
		"hunter",
		"p@ss word/12+3&x=y",
		"S3cr3t-Value~with.Unreserved_ones",
		"a\"quote\\and/slash",
		"\xC3\xA4\xC3\xB6\xC3\xBC umlauts",
		"0K8x3Qm5Zt7Vb1Nc9Lf2Hd4Js6Gp8Wr0Ye",
	};
	struct redactor *r = redactor_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct secret *s = secret_new(span_of(values[i]));

		redactor_add(r, s);
		redactor_add(r, s); /* once is enough, twice is no harm */
		secret_unref(s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		check_gone(r, values[i]);
	check(redact_text, r, "xhunterx p%40ss%20word%2f12%2b3%26x%3dy", "x[redacted]x [redacted]");
	check(redact_text, r, "{\"v\":\"a\\\"quote\\\\and\\/slash\"}", "{\"v\":\"[redacted]\"}");
	/* Cut off, as long lines are. */
	check(redact_text, r, "0K8x3Qm5Zt7Vb1Nc9Lf2Hd4Js6 cut", "[redacted] cut");
	/* A value does not end where its name's syntax says when it is known to be longer. */
	check(redact_text, r, "client_secret=p@ss word/12+3&x=y&z=1",
		"client_secret=[redacted]&z=1");
	check(redact_form, r, "client_secret=p@ss word/12+3&x=y&z=1",
		"client_secret=[redacted]&z=1");
	redactor_free(r);
	redactor_free(NULL);
}

static void
test_many_registered(void **state)
{
	struct redactor *r = redactor_new();
	struct rng rng;
	char values[300][48];

	(void)state;
	rng_init_seeded(&rng, 5);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct secret *s;

		for (size_t k = 0; k < 47; k++)
			values[i][k] = (char)('!' + rng_below(&rng, 94));
		values[i][6 + i % 41] = '\0';
		s = secret_new(span_of(values[i]));
		redactor_add(r, s);
		secret_unref(s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char in[100], *out;

		snprintf(in, sizeof in, "a %s b", values[i]);
		out = apply(redact_text, r, in);
		assert_null(strstr(out, values[i]));
		assert_memory_equal(out, "a ", 2);
		assert_string_equal(out + strlen(out) - 2, " b");
		free(out);
	}
	redactor_free(r);
}

static void
test_short_are_not_searched(void **state)
{
	struct redactor *r = redactor_new();
	struct secret *s = secret_new(SPAN_LIT("error"));

	(void)state;
	redactor_add(r, s);
	secret_unref(s);
	check(redact_text, r, "an error occurred", "an error occurred");
	check(redact_text, r, "client_secret=error",
		"client_secret=[redacted]"); /* by its name it is */
	redactor_free(r);
}

static void
test_form(void **state)
{
	(void)state;
	check(redact_form, none, "", "");
	check(redact_form, none, "a&b=&=c&", "a&b=&=c&");
	check(redact_form, none,
		"grant_type=authorization_code&code=abc&client_id=acme&client_secret=x%20y",
		"grant_type=authorization_code&code=[redacted]&client_id=acme&client_secret=["
		"redacted]");
	check(redact_form, none, "access%5Ftoken=abc", "access%5Ftoken=[redacted]");
	check(redact_form, none, "token=" JWT "&token_type_hint=access_token",
		"token=" JWT_MASK "&token_type_hint=access_token");
	check(redact_form, none, "token=&refresh_token=undefined",
		"token=&refresh_token=undefined");
	/* The mask is that of the value itself, not of its encoding. */
	check(redact_form, none, "token=%31234567890123456789012345678901+",
		"token=1234…[redacted 32 B]");
	check(redact_form, none, "x=" JWT, "x=" JWT_MASK);
}

static void
test_url(void **state)
{
	(void)state;
	check(redact_url, none, "https://host:8443/a/b?c=d#e", "https://host:8443/a/b?c=d#e");
	check(redact_url, none, "https://u:p@host/a?code=x&state=y",
		"https://[redacted]@host/a?code=[redacted]&state=y");
	check(redact_url, none, "app://cb#access_token=abc&token_type=Bearer",
		"app://cb#access_token=[redacted]&token_type=Bearer");
	check(redact_url, none, "/cb?id_token=" JWT "#x", "/cb?id_token=" JWT_MASK "#x");
	check(redact_url, none, "https://host/" JWT "/x", "https://host/" JWT_MASK "/x");
	check(redact_url, none, "", "");
}

static void
test_header(void **state)
{
	(void)state;
	check_header("Authorization", "Bearer " JWT, "Bearer " JWT_MASK);
	check_header("authorization", "  DPoP " JWT " ", "DPoP " JWT_MASK);
	/* "Bearer Bearer …" is a finding; the second one stays to be seen. */
	check_header("Authorization", "Bearer Bearer " JWT, "Bearer Bear…[redacted 61 B]");
	/* No hash and no size of what people choose, though its base64 looks random. */
	check_header("Authorization",
		"Basic YWNtZTpjb3JyZWN0IGhvcnNlIGJhdHRlcnkgc3RhcGxlIDEyMw==", "Basic [redacted]");
	check_header("Authorization", "Bearer", "Bearer");
	check_header("Authorization", "", "");
	check_header("Authorization", "abcdef", "[redacted]");
	check_header("Authorization", "abcdef ghijkl", "[redacted]");
	check_header("Proxy-Authorization", "Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa+gJDAi",
		"Negotiate [redacted]");
	check_header("Cookie", "a=b; c=\"d\";e", "a=[redacted]; c=[redacted]; [redacted]");
	check_header("Set-Cookie", "sid=abc; Path=/; Secure", "sid=[redacted]; Path=/; Secure");
	check_header("X-Api-Key", "abc", "[redacted]");
	check_header("PRIVATE-TOKEN", "abc", "[redacted]");
	check_header("Ocp-Apim-Subscription-Key", "abc", "[redacted]");
	check_header("X-Acme-Token", "abc", "[redacted]");
	check_header("X-Tenant", "acme", "acme");
	check_header("DPoP", JWT, JWT_MASK);
	check_header("Location", "https://app/cb?code=abc#access_token=x",
		"https://app/cb?code=[redacted]#access_token=[redacted]");
	check_header("Content-Type", "application/json", "application/json");
	check_header("WWW-Authenticate",
		"Bearer realm=\"x\", error=\"invalid_token\", error_description=\"Token expired: 3 "
		"min\"",
		"Bearer realm=\"x\", error=\"invalid_token\", error_description=\"Token expired: 3 "
		"min\"");
	check_header("ETag", "\"" JWT "\"", "\"" JWT_MASK "\"");
}

/* Whatever comes in: it ends, within the limit or with RES_LIMIT, and it is idempotent. */
static void
test_random_text(void **state)
{
	static const char *const pieces[] = {"token", "=", ":", "\"", " ", "\\", "Bearer ",
		"[redacted", "]", " 8 B", "eyJ", ".", "&", "abcdefgh1", "Cookie", "\n", "…", "://",
		"@", "%3D", "hunter2", "aHVudGVyM", "ghp_", "{", "'", ";", "Authorization", "code",
		"\0"};
	struct redactor *r = redactor_new();
	struct secret *s = secret_new(SPAN_LIT("hunter2"));
	struct rng rng;

	(void)state;
	redactor_add(r, s);
	secret_unref(s);
	rng_init_seeded(&rng, 11);
	for (int i = 0; i < 30000; i++) {
		struct buf in, out, small;

		buf_init(&in, 10000);
		buf_init(&out, 10000);
		buf_init(&small, 20);
		for (uint32_t n = rng_below(&rng, 20); n > 0; n--) {
			const char *p = pieces[rng_below(&rng, ARRAY_SIZE(pieces))];

			buf_add(&in, p, strlen(p) > 0 ? strlen(p) : 1);
		}
		if (redact_text(r, &out, buf_span(&in)) != RES_OK)
			fail_msg("%s -> %zu", buf_str(&in), out.len);
		if (span_find_str(buf_span(&out), "hunter2") != SIZE_MAX) {
			char *from = text_safe_dup(buf_span(&in), 1000),
			     *to = text_safe_dup(buf_span(&out), 1000);

			fail_msg("%s -> %s", from, to);
		}
		buf_clear(&out);
		assert_int_equal(redact_url(r, &out, buf_span(&in)), RES_OK);
		assert_true(span_find_str(buf_span(&out), "hunter2") == SIZE_MAX);
		if (redact_text(r, &small, buf_span(&in)) != RES_OK)
			assert_int_equal(small.status, RES_LIMIT);
		buf_release(&in);
		buf_release(&out);
		buf_release(&small);
	}
	redactor_free(r);
}

/* Processor time of redacting `size` bytes of one piece again and again. */
static int64_t
cost_us(const struct redactor *r, const char *piece, size_t size, bool tail)
{
	struct timespec from, to;
	struct buf in, out;

	buf_init(&in, 2 * size);
	buf_init(&out, 16 * size);
	while (in.len < size)
		buf_puts(&in, piece);
	buf_puts(&in, tail ? ".x" : "");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	assert_int_equal(redact_text(r, &out, buf_span(&in)), RES_OK);
	buf_clear(&out);
	assert_int_equal(redact_url(r, &out, buf_span(&in)), RES_OK);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	buf_release(&in);
	buf_release(&out);
	return (int64_t)(to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
}

/*
 * Bodies made to be slow: whatever is looked at ahead must not be looked at again and again.
 * Eight times the bytes may cost some eight times the work, not sixty-four times.
 */
static void
test_hostile_repetition(void **state)
{
	static const char *const pieces[] = {"code=", "code%3D", "eyJ", "ewo",
		"k=", "\"k\":", "token:", "Bearer%20=x",
		"Authorization: ", "Authorization: Bearer [redacted] ", "Set-Cookie: a=b; ",
		"Cookie: a;", "Cookie: a=b;", "[redacted 1", "://", "://a@", "\"token\",", "\\",
		"\"", "'code=", "%", "Bearer ", "a", "[", "authorization: is so ", "basic a=b ",
		"eyJ.", "token=[redacted]", "aHVudGVyM", "hunter", "token ", "token\"",
		"key:", "key=a", "\"key\":", "tokens=", "otp:", "token%22", "%2522", "token&quot;", "&#34;", "token:a(",
		"aaaa+", "aaaa/", "7061737364", "密码", "密码：", "密码是", "\"token\",\"", "form-data; name=a ", "<token><![CDATA[",
		"schl\xc3\xbcssel=", "token ->", "-u a:", "-u ", "-", "--token ", "session ", "-b a=b", "<key>a", "name=\"a\" "};
	struct redactor *r = redactor_new();
	struct secret *s = secret_new(SPAN_LIT("hunter2"));

	(void)state;
	redactor_add(r, s);
	secret_unref(s);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		for (int tail = 0; tail < 2; tail++) {
			int64_t few = cost_us(r, pieces[i], 16000, tail),
				many = cost_us(r, pieces[i], 128000, tail);

			if (many > 30 * few + 30000)
				fail_msg("%s: %lld us, then %lld us", pieces[i], (long long)few,
					(long long)many);
		}
	redactor_free(r);
}

/* Names whose value decides: "token": "expired" is an answer, "mfa_token": "Zk3v…" none. */
static void
test_judged_by_value(void **state)
{
	static const char *const names[] = {"mfa_token", "X-Acme-Key", "sessionKey", "Signature", "sig", "hmac",
		"ticket", "x-session", "credential", "tokens", "key", "backup_code", "smsCode", "userPass",
		"password2", "LtpaToken2", "X-Acme-Sig", "usr_pw", "invite_code", "用户密码"};
	static const char *const open[][2] = {{"next_token", "17"}, {"session", "2026-01-31T12:00:00Z"},
		{"ticket", "https://help.example/t/12345678"}, {"public_key", DRAWN}, {"kid", DRAWN}, {"sub", DRAWN},
		{"sid", DRAWN}, {"jti", DRAWN}, {"nonce", DRAWN}, {"client_id", DRAWN}, {"code", "E1001"},
		{"auth", "client_secret_basic"}, {"keys", "3"}, {"bypass", "no"}, {"aud", DRAWN},
		{"credential", "OAuth2ClientConfiguration"}, {"session_state", DRAWN}, {"x-request-id", DRAWN}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!redact_pair_is_secret(span_of(names[i]), SPAN_LIT(DRAWN)))
			fail_msg("%s", names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(open); i++)
		if (redact_pair_is_secret(span_of(open[i][0]), span_of(open[i][1])))
			fail_msg("%s=%s", open[i][0], open[i][1]);
	check_header("X-Session", DRAWN, DRAWN_MASK);
	check_header("X-Original-Authorization", "Bearer " DRAWN, "Bearer " DRAWN_MASK);
	check_header("Set-Cookie2", "a=" DRAWN "; Version=1", "a=" DRAWN_MASK "; Version=1");
	check_header("Sec-WebSocket-Protocol", "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io." DRAWN,
		"v4.channel.k8s.io, base64url.bearer.authorization.k8s.io." DRAWN_MASK);
	check_header("Sec-WebSocket-Protocol", "graphql-transport-ws, ocpp1.6", "graphql-transport-ws, ocpp1.6");
	check(redact_form, none, "tokens[0]=" DRAWN "&auth[password]=x&page[key]=2",
		"tokens[0]=" DRAWN_MASK "&auth[password]=[redacted]&page[key]=2");
}

static void
test_changes(void **state)
{
	static const struct {
		const char *in, *out;
		bool changed;
	} cases[] = {
		{"", "", false},
		{"token: expired, code: 17", "token: expired, code: 17", false},
		{"password=[redacted] x", "password=[redacted] x", false}, /* an earlier run's */
		{"password=hunter2 x", "password=[redacted] x", true},
	};
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		assert_int_equal(
			redact_changes(none, &b, span_of(cases[i].in)), cases[i].changed);
		assert_string_equal(buf_str(&b), cases[i].out);
		buf_clear(&b);
		assert_int_equal(
			redact_changes(NULL, &b, span_of(cases[i].in)), cases[i].changed);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_text_names),
		cmocka_unit_test(test_text_headers),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_broken_over_lines),
		cmocka_unit_test(test_masks_stay),
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_many_registered),
		cmocka_unit_test(test_short_are_not_searched),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_judged_by_value),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_random_text),
		cmocka_unit_test(test_hostile_repetition),
	};

	return cmocka_run_group_tests(tests, redacting_setup, redacting_teardown);
}
