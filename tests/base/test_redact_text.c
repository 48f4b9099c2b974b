/* Secrets as people, pages and programs write them: in sentences, markup, encodings, other languages. */
#include "redacting.h"

/* What a sentence names without a sign between; and the sentences in which nothing is named. */
static void
test_prose(void **state)
{
	static const char *const secret[][2] = {
		{"secret hunter2hunter", "secret [redacted]"},
		{"client_secret hunter3hunter", "client_secret [redacted]"},
		{"the client-secret is hunter3hunter", "the client-secret is [redacted]"},
		{"refresh_token 8xLOxBtZp8Kq2mWv5rT9", "refresh_token [redacted 20 B]"},
		{"Token 8xLOxBtZp8Kq2mWv5rT9 is not active, secret hunter2hunter.",
			"Token [redacted 20 B] is not active, secret [redacted]."},
		{"request with api key 8xLOxBtZp8Kq2mWv5rT9 failed", "request with api key [redacted 20 B] failed"},
		{"the password is 'tr0ub4dor&3'", "the password is '[redacted]'"},
		{"Token \"3f2b8c1e-0d4a-4b6e-9a57-c2d1e0f9a8b7\" unknown", "Token \"3f2b…[redacted 36 B]\" unknown"},
	};
	static const char *const harmless[] = {"Token is not active", "the token expired at 2026-11-27",
		"client secret expired", "token endpoint idp.example", "secret AADSTS7000215 is wrong",
		"Invalid token org.springframework.security.oauth2.jwt.JwtValidationException",
		"error code 0x80070005", "signing key rsa-2024-11-key1 not found", "code was already used",
		"token of user 1234567890123456", "password incorrect"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(secret); i++)
		check(redact_text, none, secret[i][0], secret[i][1]);
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		check(redact_text, none, harmless[i], harmless[i]);
}

/* "token: TokenExpiredException" is what went wrong, and must be read; a token of letters alone is none such. */
static void
test_names_of_errors(void **state)
{
	static const char *const read[] = {"token: TokenExpiredException", "JWT: JWTExpiredError: at 3",
		"token: token_expired_or_revoked", "token: InvalidTokenException, sorry",
		"token: RefreshTokenNotFound.", "token: invalid-token-signature",
		"token: io.jsonwebtoken.ExpiredJwtException: JWT expired"};
	static const char *const masked[][2] = {
		{"token: AbCdEfGhIjKlMnOpQrStUvWx", "token: [redacted]"},
		{"token: qwertzuiopasdfghjklyxcvb", "token: [redacted]"},
		{"token: TokenExpiredExceptionA1b2C3d4", "token: [redacted 29 B]"},
		{"password: InvalidPasswordError", "password: [redacted]"},
		{"client_secret: secret_expired_today", "client_secret: [redacted]"},
		{"token=TokenExpiredException", "token=[redacted]"},
		{"access_token: token_expired_or_revoked", "access_token: [redacted]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(read); i++)
		check(redact_text, none, read[i], read[i]);
	for (size_t i = 0; i < ARRAY_SIZE(masked); i++)
		check(redact_text, none, masked[i][0], masked[i][1]);
}

/* Elements, fields of a form in either order, a private key; also where the page stands in a JSON string. */
static void
test_markup(void **state)
{
	static const char *const secret[][2] = {
		{"<a><password>hunter2hunter</password>", "<a><password>[redacted]</password>"},
		{"<ns:clientSecret xml:lang='x'> hunter2hunter </ns:clientSecret>",
			"<ns:clientSecret xml:lang='x'> [redacted] </ns:clientSecret>"},
		{"<token>8xLOxBtZp8Kq2mWv5rT9</token>", "<token>[redacted 20 B]</token>"},
		{"<input type=\"password\" name=\"password\" value=\"hunter2hunter\">",
			"<input type=\"password\" name=\"password\" value=\"[redacted]\">"},
		{"<input value='hunter2hunter' class=x id='client_secret'/>",
			"<input value='[redacted]' class=x id='client_secret'/>"},
		{"{\"page\":\"<input name=\\\"password\\\" value=\\\"hunter2hunter\\\">\"}",
			"{\"page\":\"<input name=\\\"password\\\" value=\\\"[redacted]\\\">\"}"},
		{"<meta name=\"csrf-token\" content=\"" DRAWN "\">",
			"<meta name=\"csrf-token\" content=\"" DRAWN_MASK "\">"},
		{"<input type=\"password\" id=\"f1\" value=\"hunter2\">",
			"<input type=\"password\" id=\"f1\" value=\"[redacted]\">"},
		{"<input type=hidden name=\"code\" value=\"" DRAWN "\">",
			"<input type=hidden name=\"code\" value=\"" DRAWN_MASK "\">"},
		{"<add key='ClientSecret' value='hunter2'/>", "<add key='ClientSecret' value='[redacted]'/>"},
		{"<password><![CDATA[a<b>c]d]]></password>", "<password><![CDATA[[redacted]]]></password>"},
		{"<password><![CDATA[hunter2]]></password>", "<password><![CDATA[[redacted]]]></password>"},
		{"<key>refresh_token</key>\n <string>hunter2</string>",
			"<key>refresh_token</key>\n <string>[redacted]</string>"},
		{"form-data; name=\"client_secret\"\r\nContent-Type: text/plain\r\n\r\nhunter2\r\n--B",
			"form-data; name=\"client_secret\"\r\nContent-Type: text/plain\r\n\r\n[redacted]\r\n--B"},
		{"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nAbCd\n-----END EC PRIVATE KEY-----\n",
			"-----BEGIN EC PRIVATE KEY-----[redacted]-----END EC PRIVATE KEY-----\n"},
		{"-----BEGIN PRIVATE KEY-----\nMHcCAQEEcut", "-----BEGIN PRIVATE KEY-----[redacted]"},
	};
	static const char *const harmless[] = {"<token>expired</token>", "<code>8xLOxBtZp8Kq2mWv5rT9</code>",
		"<password/>text<b>", "<input name=\"user\" value=\"hunter2hunter\">",
		"<input name=\"password\"> <input name=\"user\" value=\"x\">", "<password></password>",
		"a < password > 3 <", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(secret); i++) {
		check(redact_text, none, secret[i][0], secret[i][1]);
		check(redact_text, none, secret[i][1], secret[i][1]); /* once is enough */
	}
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		check(redact_text, none, harmless[i], harmless[i]);
}

/* Names and signs that are written otherwise: percent-encoded, as references, beside a comma, in other languages. */
static void
test_written_otherwise(void **state)
{
	static const char *const cases[][2] = {
		{"c=%7B%22a%22%3A1%2C%20%22client_secret%22%3A%20%22abc%22%7D",
			"c=%7B%22a%22%3A1%2C%20%22client_secret%22%3A%20%22[redacted]%22%7D"},
		{"u=https%253A%252F%252Fa%253Faccess_token%253Dabc%2526b%253D1",
			"u=https%253A%252F%252Fa%253Faccess_token%253D[redacted]%2526b%253D1"},
		{"{%22token%22:%22abc%22}", "{%22token%22:%22[redacted]%22}"},
		{"&quot;access_token&quot;:&quot;abc&quot;", "&quot;access_token&quot;:&quot;[redacted]&quot;"},
		{"access_token&#61;abc&amp;b=1", "access_token&#61;[redacted]&amp;b=1"},
		{"&lt;password&gt;abc&lt;/password&gt;", "&lt;password&gt;[redacted]&lt;/password&gt;"},
		{"setItem('access_token', '" DRAWN "')", "setItem('access_token', '" DRAWN_MASK "')"},
		{"[\"access_token\", \"refresh_token\"]", "[\"access_token\", \"refresh_token\"]"},
		{"refresh_token: Some(\"abc\")", "refresh_token: Some(\"[redacted]\")"},
		{"Passwort: abc", "Passwort: [redacted]"},
		{"das Kennwort lautet abcd12", "das Kennwort lautet [redacted]"},
		{"密码：abcd12", "密码：[redacted]"},
		{"令牌是“" DRAWN "”", "令牌是“" DRAWN_MASK "”"},
		{"密码错误，请重试", "密码错误，请重试"},
		{"client_secret：abc", "client_secret：[redacted]"},
		{"API-Schlüssel: " DRAWN, "API-Schlüssel: " DRAWN_MASK},
		{"The client secret is: " DRAWN, "The client secret is: " DRAWN_MASK},
		{"Bad client secret provided: " DRAWN, "Bad client secret provided: " DRAWN_MASK},
		{"token «" DRAWN "» rejected", "token «" DRAWN_MASK "» rejected"},
		{"refresh_token -> " DRAWN, "refresh_token -> " DRAWN_MASK},
		{"AccessToken[tokenValue=" DRAWN ", x]", "AccessToken[tokenValue=[redacted 25 B] x]"},
		{"tokens are checked: 12", "tokens are checked: 12"},
		{"Session " DRAWN " not found", "Session " DRAWN_MASK " not found"},
		{"das Zugriffstoken " DRAWN, "das Zugriffstoken " DRAWN_MASK},
		{"app -ClientSecret hunter2 -Tenant a", "app -ClientSecret [redacted] -Tenant a"},
		{"\"curl -u joe:hunter2 https://a\"", "\"curl -u joe:[redacted] https://a\""},
		{"curl -b sid=" DRAWN " -u joe", "curl -b sid=" DRAWN_MASK " -u joe"},
		{"docker run -u 1000:1000 a", "docker run -u 1000:1000 a"},
		/* wrapped: "client_secret=hunter2hunter2&a=b", "Authorization: Bearer abcdefgh12345678" */
		{"x Y2xpZW50X3NlY3JldD1odW50ZXIyaHVudGVyMiZhPWI= y", "x [redacted] y"},
		{"x QXV0aG9yaXphdGlvbjogQmVhcmVyIGFiY2RlZmdoMTIzNDU2Nzg y", "x [redacted] y"},
		{"x 6163636573735f746f6b656e3d6162636465666768 y", "x [redacted] y"},
		/* … and what wraps no secret: "the quick brown fox jumps" */
		{"x dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcw== y", "x dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcw== y"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(redact_text, none, cases[i][0], cases[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prose),
		cmocka_unit_test(test_names_of_errors),
		cmocka_unit_test(test_markup),
		cmocka_unit_test(test_written_otherwise),
	};

	return cmocka_run_group_tests(tests, redacting_setup, redacting_teardown);
}
