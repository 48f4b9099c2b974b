#include "unit.h"

#include "base/encode.h"
#include "oauth/token.h"

/* "header.payload.signature" with a signature of so many bytes. */
static char *
make_jwt(const char *header, const char *payload, size_t sig_len)
{
	char sig[600];
	struct buf b;

	memset(sig, 'S', sizeof(sig));
	buf_init(&b, 1 << 16);
	base64url_encode(&b, span_of(header));
	buf_putc(&b, '.');
	base64url_encode(&b, span_of(payload));
	buf_putc(&b, '.');
	base64url_encode(&b, span_make(sig, sig_len));
	return buf_take(&b);
}

static char *
good_jwt(void)
{
	return make_jwt("{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}",
		"{\"iss\":\"https://"
		"idp.example\",\"sub\":\"u\",\"scope\":\"openid\",\"exp\":4102444800}",
		256);
}

static struct token_info
read_token(const char *value)
{
	struct token_info t;

	token_info_init(&t);
	token_info_read(&t, span_of(value));
	return t;
}

static void
test_jwt(void **state)
{
	char *v = good_jwt();
	struct token_info t = read_token(v);

	(void)state;
	assert_int_equal(t.kind, TOKEN_JWT);
	assert_int_equal(t.role, ROLE_ACCESS);
	assert_int_equal(t.odd, 0);
	assert_int_equal(t.len, strlen(v));
	assert_string_equal(t.alg, "RS256");
	assert_string_equal(t.kid, "k1");
	assert_string_equal(t.typ, "at+jwt");
	assert_int_equal(t.sig, SIG_NOT_CHECKED);
	assert_int_equal(t.sig_len, 256);
	assert_int_equal(t.claims.exp.at, 4102444800);
	assert_ptr_equal(t.claims.root, t.payload);
	assert_null(strstr(t.mask, v + 20));
	token_info_release(&t);
	free(v);
}

static void
test_jws_shapes(void **state)
{
	static const struct {
		const char *header;
		size_t sig;
		unsigned odd;
		enum sig_state state;
	} t[] = {
		{"{\"alg\":\"none\"}", 0, 0, SIG_ALG_NONE}, /* not cut short */
		{"{\"alg\":\"RS256\"}", 0, ODD_TRUNCATED, SIG_NOT_CHECKED},
		{"{\"alg\":\"RS256\"}", 250, ODD_TRUNCATED, SIG_NOT_CHECKED},
		{"{\"alg\":\"PS512\"}", 512, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"ES256\"}", 64, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"ES256\"}", 63, ODD_TRUNCATED, SIG_NOT_CHECKED},
		{"{\"alg\":\"ES384\"}", 96, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"ES512\"}", 132, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"HS256\"}", 32, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"HS256\"}", 20, ODD_TRUNCATED, SIG_NOT_CHECKED},
		{"{\"alg\":\"EdDSA\"}", 64, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"EdDSA\"}", 114, 0, SIG_NOT_CHECKED},
		{"{\"alg\":\"XX99\"}", 7, 0, SIG_NOT_CHECKED},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		char *v = make_jwt(t[i].header, "{\"sub\":\"x\"}", t[i].sig);
		struct token_info info = read_token(v);

		assert_int_equal(info.kind, TOKEN_JWT);
		if (info.odd != t[i].odd || info.sig != t[i].state)
			fail_msg(
				"%s %zu: odd %x sig %d", t[i].header, t[i].sig, info.odd, info.sig);
		token_info_release(&info);
		free(v);
	}
}

static void
test_truncated(void **state)
{
	char *v = good_jwt(), *dot = strchr(v, '.'), *dot2 = strchr(dot + 1, '.');
	struct token_info t;

	(void)state;
	/* every cut behind the header is seen, and what can be decoded is */
	for (char *end = dot + 1; end < v + strlen(v) - 1; end++) {
		char *cut = strndup(v, (size_t)(end - v));

		t = read_token(cut);
		if (!(t.odd & ODD_TRUNCATED) && t.sig_len != 128) /* which 1024-bit keys make */
			fail_msg("not seen: cut at %zu", (size_t)(end - v));
		assert_int_equal(t.kind, TOKEN_JWT);
		assert_string_equal(t.kid, "k1");
		if (end > dot2)
			assert_true(span_is(t.claims.sub, "u"));
		token_info_release(&t);
		free(cut);
	}
	dot2[1] = '\0'; /* two segments and a point */
	t = read_token(v);
	assert_true(t.odd & ODD_TRUNCATED);
	token_info_release(&t);
	t = read_token("eyJhbGciOiJSUzI1NiIsImtpZCI6Im...");
	assert_true(t.odd & ODD_TRUNCATED);
	token_info_release(&t);
	t = read_token("eyJhbGciOiJSUzI1NiIsImtpZCI6Im\xe2\x80\xa6");
	assert_true((t.odd & ODD_CONTROL) && t.odd_cp == 0x2026 && t.odd_at == 30);
	token_info_release(&t);
	free(v);
}

static void
test_jwe(void **state)
{
	struct buf b;
	struct token_info t;

	(void)state;
	buf_init(&b, 4096);
	base64url_encode(&b, SPAN_LIT("{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"k\"}"));
	buf_puts(&b, "..MTIzNDU2Nzg5MDEy.Y2lwaGVydGV4dA.MTIzNDU2Nzg5MDEyMzQ1Ng");
	t = read_token(buf_str(&b));
	assert_int_equal(t.kind, TOKEN_JWE);
	assert_int_equal(t.sig, SIG_ENCRYPTED);
	assert_int_equal(t.odd, 0);
	assert_null(t.payload);
	assert_int_equal(t.claims.exp.form, NUM_ABSENT);
	token_info_release(&t);
	buf_truncate(&b, b.len - 23); /* the tag is gone */
	t = read_token(buf_str(&b));
	assert_int_equal(t.kind, TOKEN_JWE);
	assert_true(t.odd & ODD_TRUNCATED);
	token_info_release(&t);
	buf_release(&b);
}

/* JSON in base64 that is no JOSE header: opaque, and nothing is missing. */
/* A JWT inside a JWT (RFC 7519 §5.2, RFC 7520 §6): not cut short, whatever is inside. */
static void
test_nested(void **state)
{
	static const char header[] = "{\"alg\":\"HS256\",\"cty\":\"JWT\"}";
	static const char sig[] = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
	static const char *const inner[] = {"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y3Q.dGFn",
		"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.", "eyJhbGciOiJub25lIn0.no"};
	struct token_info t, copy;
	struct json *j;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(inner); i++) {
		buf_clear(&b);
		base64url_encode(&b, span_of(header));
		buf_putc(&b, '.');
		base64url_encode(&b, span_of(inner[i]));
		buf_printf(&b, ".%s", sig);
		t = read_token(buf_str(&b));
		assert_int_equal(t.kind, TOKEN_JWT);
		assert_int_equal(t.nested, i < 2);
		assert_int_equal((t.odd & ODD_TRUNCATED) != 0, i == 2);
		assert_int_equal(span_is(t.claims.sub, "u"), i == 1);
		token_info_release(&t);
	}
	buf_clear(&b);
	base64url_encode(&b, SPAN_LIT("{\"alg\":\"RSA-OAEP\",\"enc\":\"A128CBC-HS256\",\"cty\":\"JWT\"}"));
	buf_puts(&b, ".a2V5.aXY.Y3Q.dGFn");
	t = read_token(buf_str(&b));
	assert_int_equal(t.kind, TOKEN_JWE);
	assert_true(t.nested && !t.payload && t.claims.exp.form == NUM_ABSENT);
	j = token_info_to_json(&t);
	token_info_init(&copy);
	assert_int_equal(token_info_from_json(&copy, j, NULL), RES_OK);
	assert_true(copy.nested && copy.sig == SIG_ENCRYPTED);
	json_free(j);
	token_info_release(&copy);
	token_info_release(&t);
	buf_release(&b);
}

static void
test_opaque_json(void **state)
{
	static const char *const values[] = {"eyJpdiI6IngiLCJ2YWx1ZSI6InkiLCJtYWMiOiJ6In0=",
		"eyJ1c2VyIjoxfQ.aYbCdE.c2lnbmF0dXJl", "eyJ1c2VyIjoxfQ.aYbCdE"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		struct token_info t = read_token(values[i]);

		assert_int_equal(t.kind, TOKEN_OPAQUE);
		assert_int_equal(t.odd, 0);
		assert_null(t.header);
		token_info_release(&t);
	}
}

static void
test_roles(void **state)
{
	static const struct {
		const char *header, *payload;
		enum token_role role;
	} t[] = {
		{"{\"alg\":\"none\",\"typ\":\"at+jwt\"}", "{\"nonce\":\"x\"}", ROLE_ACCESS},
		{"{\"alg\":\"none\",\"typ\":\"application/at+jwt\"}", "{}", ROLE_ACCESS},
		{"{\"alg\":\"none\"}", "{\"typ\":\"ID\",\"scope\":\"x\"}", ROLE_ID},
		{"{\"alg\":\"none\"}", "{\"typ\":\"Bearer\",\"nonce\":\"x\"}", ROLE_ACCESS},
		{"{\"alg\":\"none\"}", "{\"typ\":\"Refresh\"}", ROLE_REFRESH},
		{"{\"alg\":\"none\"}", "{\"typ\":\"Offline\"}", ROLE_REFRESH},
		{"{\"alg\":\"none\"}", "{\"token_use\":\"id\"}", ROLE_ID},
		{"{\"alg\":\"none\"}", "{\"token_use\":\"access\"}", ROLE_ACCESS},
		{"{\"alg\":\"none\"}", "{\"at_hash\":\"x\",\"aud\":\"c\"}", ROLE_ID},
		{"{\"alg\":\"none\"}", "{\"c_hash\":\"x\"}", ROLE_ID},
		{"{\"alg\":\"none\"}", "{\"nonce\":\"x\"}", ROLE_ID},
		{"{\"alg\":\"none\",\"nonce\":\"graph\"}", "{\"scp\":\"User.Read\"}", ROLE_ACCESS},
		{"{\"alg\":\"none\"}", "{\"permissions\":[]}", ROLE_ACCESS},
		{"{\"alg\":\"none\"}", "{\"sub\":\"x\"}", ROLE_UNKNOWN},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		char *v = make_jwt(t[i].header, t[i].payload, 0);
		struct token_info info = read_token(v);

		if (info.role != t[i].role)
			fail_msg("%s %s: %s", t[i].header, t[i].payload, token_role_id(info.role));
		token_info_release(&info);
		free(v);
	}
}

static void
test_vendors(void **state)
{
	static const struct {
		const char *value, *vendor;
		enum token_role role;
	} t[] = {{"ya29.a0AfH6SMBx", "google", ROLE_ACCESS}, {"1//0gxyz", "google", ROLE_REFRESH},
		{"ghp_0123456789abcdef", "github", ROLE_ACCESS},
		{"ghr_0123", "github", ROLE_REFRESH},
		{"00Dxx0000001gPL!AR8AQJ", "salesforce", ROLE_ACCESS},
		{"00Dxx0000001gPL", "", ROLE_UNKNOWN}, {"ory_at_abc.def", "ory", ROLE_ACCESS},
		{"mF_9.B5f-4.1JqM", "", ROLE_UNKNOWN}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct token_info info = read_token(t[i].value);

		assert_int_equal(info.kind, TOKEN_OPAQUE);
		assert_string_equal(info.vendor, t[i].vendor);
		assert_int_equal(info.role, t[i].role);
		assert_int_equal(info.odd, 0);
		token_info_release(&info);
	}
}

struct odd_case {
	const char *value;
	unsigned odd;
	size_t at;
	uint32_t cp;
	const char *repaired; /* NULL: as it is */
};

static const struct odd_case odd_cases[] = {
	{"mF_9.B5f-4.1JqM", 0, 15, 0, NULL},
	{"abc+/~-._==", 0, 11, 0, NULL},
	{"Bearer mF_9.B5f", ODD_BEARER_PREFIX, 6, ' ', "mF_9.B5f"},
	{"bearer  mF_9.B5f", ODD_BEARER_PREFIX, 6, ' ', "mF_9.B5f"},
	{"Bearer: mF_9.B5f", ODD_BEARER_PREFIX, 6, ':', "mF_9.B5f"},
	{"DPoP mF_9.B5f", ODD_BEARER_PREFIX, 4, ' ', "mF_9.B5f"},
	{"token mF_9.B5f", ODD_BEARER_PREFIX, 5, ' ', "mF_9.B5f"},
	{"Authorization: Bearer mF_9.B5f", ODD_BEARER_PREFIX, 13, ':', "mF_9.B5f"},
	{"bearer_x", 0, 8, 0, NULL},
	{"tokenization", 0, 12, 0, NULL},
	{"\"mF_9.B5f\"", ODD_QUOTED, 0, '"', "mF_9.B5f"},
	{"'mF_9.B5f'", ODD_QUOTED, 0, '\'', "mF_9.B5f"},
	{"\xe2\x80\x9cmF_9.B5f\xe2\x80\x9d", ODD_QUOTED, 0, 0x201c, "mF_9.B5f"},
	{"\"Bearer mF_9.B5f\"", ODD_QUOTED | ODD_BEARER_PREFIX, 0, '"', "mF_9.B5f"},
	{"Bearer \"mF_9.B5f\"", ODD_QUOTED | ODD_BEARER_PREFIX, 6, ' ', "mF_9.B5f"},
	{"{\"access_token\":\"mF_9.B5f\",\"token_type\":\"Bearer\"}", ODD_JSON, 0, '{', "mF_9.B5f"},
	{"{\"other\":\"mF_9.B5f\"}", ODD_JSON, 0, '{', NULL},
	{"mF_9.B5f\n", ODD_BLANK_EDGE, 8, '\n', "mF_9.B5f"},
	{" mF_9.B5f\r\n", ODD_BLANK_EDGE, 0, ' ', "mF_9.B5f"},
	{"mF_9 B5f", ODD_BLANK_INSIDE, 4, ' ', NULL},
	{"mF_9\tB5f", ODD_BLANK_INSIDE, 4, '\t', NULL},
	{"mF_9\r\nB5f", ODD_BLANK_INSIDE, 4, '\r', NULL},
	{"mF_9\x01"
	 "B5f",
		ODD_CONTROL, 4, 1, NULL},
	{"mF_9\xc2\xa0"
	 "B5f",
		ODD_CONTROL, 4, 0xa0, NULL},
	{"mF_9\xe2\x80\x8b"
	 "B5f",
		ODD_CONTROL, 4, 0x200b, NULL},
	{"\xef\xbb\xbfmF_9.B5f", ODD_CONTROL, 0, 0xfeff, "mF_9.B5f"},
	{"mF_9\xe2\x80\xa6", ODD_CONTROL, 4, 0x2026, NULL},
	{"mF%2B9%2FB5f%3D", ODD_PERCENT, 2, '%', "mF+9/B5f="},
	{"mF%252B9%25252FB5f", ODD_PERCENT, 2, '%', "mF+9/B5f"},
	{"mF%2525252B9", ODD_NOT_B64TOKEN, 2, '%', NULL},
	{"mF%2520B5f", ODD_NOT_B64TOKEN, 2, '%', NULL},
	{"mF%9", ODD_NOT_B64TOKEN, 2, '%', NULL},
	{"mF_9*B5f", ODD_NOT_B64TOKEN, 4, '*', NULL},
	{"mF=9", ODD_NOT_B64TOKEN, 2, '=', NULL},
	{"mF_\xff", ODD_NOT_B64TOKEN, 3, UINT32_MAX, NULL},
	{"mF_\xc3\xa9", ODD_NOT_B64TOKEN, 3, 0xe9, NULL},
	{"", ODD_EMPTY, 0, 0, NULL},
	{" \n", ODD_EMPTY, 0, ' ', NULL},
	{"undefined", ODD_PLACEHOLDER, 9, 0, NULL},
	{"null", ODD_PLACEHOLDER, 4, 0, NULL},
	{"[object Object]", ODD_PLACEHOLDER, 0, '[', NULL},
	{"<token>", ODD_PLACEHOLDER, 0, '<', NULL},
	{"<your access token here>", ODD_PLACEHOLDER, 0, '<', NULL},
	{"{{access_token}}", ODD_PLACEHOLDER, 0, '{', NULL},
	{"$TOKEN", ODD_PLACEHOLDER, 0, '$', NULL},
	{"${TOKEN}", ODD_PLACEHOLDER, 0, '$', NULL},
	{"xxxxxxxx", ODD_PLACEHOLDER, 8, 0, NULL},
	{"********", ODD_PLACEHOLDER, 0, '*', NULL},
	{"eyJh\xe2\x80\xa6[redacted 812 B]", ODD_PLACEHOLDER, 4, 0x2026, NULL},
	{"Bearer undefined", ODD_BEARER_PREFIX | ODD_PLACEHOLDER, 6, ' ', "undefined"},
};

static void
test_oddities(void **state)
{
	char words[200];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(odd_cases); i++) {
		const struct odd_case *c = &odd_cases[i];
		struct token_info t = read_token(c->value);

		if (t.odd != c->odd || t.odd_at != c->at || t.odd_cp != c->cp)
			fail_msg("\"%s\": odd %x at %zu U+%04X", c->value, t.odd, t.odd_at,
				t.odd_cp);
		token_oddity_words(&t, words, sizeof(words));
		assert_int_equal(words[0] != '\0', c->odd != 0);
		token_info_release(&t);
	}
}

static void
test_repair(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init_wiping(&b, 1 << 16);
	for (i = 0; i < ARRAY_SIZE(odd_cases); i++) {
		const struct odd_case *c = &odd_cases[i];
		unsigned done;

		buf_clear(&b);
		done = token_repair(&b, span_of(c->value), NULL);
		if (strcmp(buf_str(&b), c->repaired ? c->repaired : c->value))
			fail_msg("\"%s\" gives \"%s\"", c->value, buf_str(&b));
		assert_int_equal(done != 0, c->repaired != NULL);
		/* what is repaired needs no further repair */
		if (c->repaired) {
			char *once = strdup(buf_str(&b));

			buf_clear(&b);
			assert_int_equal(token_repair(&b, span_of(once), NULL), 0);
			assert_string_equal(buf_str(&b), once);
			free(once);
		}
	}
	buf_release(&b);
}

static void
test_repair_jwt(void **state)
{
	char *v = good_jwt(), wrapped[2048];
	struct buf b;
	size_t n = 0, i;

	(void)state;
	for (i = 0; v[i]; i++) { /* as a terminal wraps it */
		wrapped[n++] = v[i];
		if (i % 76 == 75) {
			wrapped[n++] = '\r';
			wrapped[n++] = '\n';
			wrapped[n++] = ' ';
		}
	}
	wrapped[n] = '\0';
	buf_init_wiping(&b, 1 << 16);
	assert_int_equal(token_repair(&b, span_of(wrapped), NULL), ODD_BLANK_INSIDE);
	assert_string_equal(buf_str(&b), v);
	buf_clear(&b);
	snprintf(wrapped, sizeof(wrapped),
		"{\"refresh_token\":\"Bearer %s\\n\",\"access_token\":\"a\"}", v);
	assert_int_equal(token_repair(&b, span_of(wrapped), "refresh_token"),
		ODD_JSON | ODD_BLANK_EDGE | ODD_BEARER_PREFIX);
	assert_string_equal(buf_str(&b), v);
	buf_clear(&b);
	snprintf(wrapped, sizeof(wrapped), "%.*s\xe2\x80\x8b%s", 40, v, v + 40);
	assert_int_not_equal(token_repair(&b, span_of(wrapped), NULL), 0);
	assert_string_equal(buf_str(&b), v);
	buf_release(&b);
	free(v);
}

/* A token sent with its wrapping still shows what is inside. */
static void
test_wrapped_claims(void **state)
{
	char *v = good_jwt(), wrapped[2048];
	struct token_info t;

	(void)state;
	snprintf(wrapped, sizeof(wrapped), "Bearer %s", v);
	t = read_token(wrapped);
	assert_int_equal(t.odd, ODD_BEARER_PREFIX);
	assert_int_equal(t.kind, TOKEN_JWT);
	assert_int_equal(t.len, strlen(wrapped));
	assert_true(span_is(t.claims.iss, "https://idp.example"));
	token_info_release(&t);
	free(v);
}

static void
test_words(void **state)
{
	static const struct {
		const char *value, *words;
	} t[] = {{"abc\ndef", "a line break at byte 4"},
		{"abc\xc2\xa0x", "a no-break space (U+00A0) at byte 4"},
		{"Bearer abc", "a scheme word in front of the token"},
		{"abc\x05", "a control character (U+0005) at byte 4"},
		{"\"abc\"", "quotes around the token"}, {"abc*d", "the character \"*\" at byte 4"},
		{"null", "a placeholder instead of a token"}, {"abc\n", "a line break at byte 4"},
		{"abcdef", ""}};
	char out[200];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		struct token_info info = read_token(t[i].value);

		assert_string_equal(token_oddity_words(&info, out, sizeof(out)), t[i].words);
		assert_true(strlen(token_oddity_words(&info, out, 8)) < 8);
		token_info_release(&info);
	}
}

static void
test_copy_and_case_file(void **state)
{
	char *v = good_jwt(), value[2048];
	struct token_info a, b, c;
	struct json *j;
	struct buf text;
	struct err e = ERR_INIT;

	(void)state;
	snprintf(value, sizeof(value), " Bearer %s\n", v);
	a = read_token(value);
	a.sig = SIG_NO_KEY;
	token_info_init(&b);
	token_info_init(&c);
	token_info_copy(&b, &a);
	j = token_info_to_json(&a);
	buf_init(&text, 1 << 16);
	assert_int_equal(json_print(j, &text, false), RES_OK);
	assert_null(strstr(buf_str(&text), v)); /* never the value, nor its signature */
	assert_null(strstr(buf_str(&text), strrchr(v, '.') + 1));
	json_free(j);
	token_info_release(&a); /* nothing may borrow from it */
	assert_true(span_is(b.claims.iss, "https://idp.example"));
	assert_ptr_equal(b.claims.root, b.payload);
	assert_int_equal(json_parse(&j, buf_span(&text), &e), RES_OK);
	assert_int_equal(token_info_from_json(&c, j, &e), RES_OK);
	json_free(j);
	assert_int_equal(c.kind, b.kind);
	assert_int_equal(c.role, b.role);
	assert_int_equal(c.odd, ODD_BEARER_PREFIX | ODD_BLANK_EDGE);
	assert_int_equal(c.odd_at, b.odd_at);
	assert_int_equal(c.odd_cp, ' ');
	assert_int_equal(c.len, strlen(value));
	assert_int_equal(c.sig, SIG_NO_KEY);
	assert_int_equal(c.sig_len, 256);
	assert_string_equal(c.mask, b.mask);
	assert_string_equal(c.fingerprint, b.fingerprint);
	assert_string_equal(c.alg, "RS256");
	assert_string_equal(c.kid, "k1");
	assert_true(span_is(c.claims.sub, "u"));
	assert_int_equal(c.claims.exp.at, 4102444800);
	assert_int_equal(json_parse(&j, SPAN_LIT("{\"kind\":\"thing\"}"), &e), RES_OK);
	assert_int_equal(token_info_from_json(&c, j, &e), RES_SYNTAX);
	json_free(j);
	token_info_release(&b);
	token_info_release(&c);
	buf_release(&text);
	free(v);
}

/* Whatever the bytes are, the copy and the case file hold; nothing crashes. */
static void
test_any_bytes(void **state)
{
	unsigned seed = 1;
	int round, i;

	(void)state;
	for (round = 0; round < 3000; round++) {
		static const char alphabet[] = "eyJ.{\"}: =%2BearerB\n\xc2\xa0\xff\\u0,";
		char text[64];
		struct token_info t;
		struct buf b;
		int n = round % 60;

		for (i = 0; i < n; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		token_info_init(&t);
		token_info_read(&t, span_make(text, (size_t)n));
		buf_init_wiping(&b, 4096);
		token_repair(&b, span_make(text, (size_t)n), NULL);
		assert_true(b.len <= (size_t)n);
		buf_release(&b);
		token_info_release(&t);
	}
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(token_kind_id(TOKEN_JWE), "jwe");
	assert_string_equal(token_role_id(ROLE_REFRESH), "refresh");
	assert_string_equal(sig_state_words(SIG_NOT_CHECKED), "not checked");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_jws_shapes),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_jwe),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_opaque_json),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_oddities),
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_repair_jwt),
		cmocka_unit_test(test_wrapped_claims),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_copy_and_case_file),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
