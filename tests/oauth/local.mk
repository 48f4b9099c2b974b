# tests/oauth
OAUTH_TEST_LIBS = src/libttoauth.a src/libttbase.a $(CJSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/oauth/test_json tests/oauth/test_url tests/oauth/test_http \
	tests/oauth/test_challenge tests/oauth/test_claims tests/oauth/test_clientauth \
	tests/oauth/test_token tests/oauth/test_words tests/oauth/test_answer tests/oauth/test_jose \
	tests/oauth/test_jws_keys tests/oauth/test_proofs

UNIT_TESTS += tests/oauth/test_login
tests_oauth_test_login_SOURCES = tests/oauth/test_login.c
tests_oauth_test_login_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_login_LDADD = src/libttcrypto.a $(OAUTH_TEST_LIBS) $(CRYPTO_LIBS)

tests_oauth_test_json_SOURCES = tests/oauth/test_json.c
tests_oauth_test_json_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_json_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_url_SOURCES = tests/oauth/test_url.c
tests_oauth_test_url_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_url_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_http_SOURCES = tests/oauth/test_http.c
tests_oauth_test_http_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_http_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_challenge_SOURCES = tests/oauth/test_challenge.c
tests_oauth_test_challenge_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_challenge_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_claims_SOURCES = tests/oauth/test_claims.c
tests_oauth_test_claims_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_claims_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_clientauth_SOURCES = tests/oauth/test_clientauth.c
tests_oauth_test_clientauth_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_clientauth_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_token_SOURCES = tests/oauth/test_token.c
tests_oauth_test_token_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_token_LDADD = $(OAUTH_TEST_LIBS)

tests_oauth_test_words_SOURCES = tests/oauth/test_words.c
tests_oauth_test_words_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_words_LDADD = $(OAUTH_TEST_LIBS)
tests_oauth_test_answer_SOURCES = tests/oauth/test_answer.c
tests_oauth_test_answer_CPPFLAGS = $(AM_CPPFLAGS) $(TEST_CFLAGS)
tests_oauth_test_answer_LDADD = $(OAUTH_TEST_LIBS)

# Makes keys of every kind with the library itself, so that none stands in the repository.
tests_oauth_test_jose_SOURCES = tests/oauth/test_jose.c
tests_oauth_test_jose_CPPFLAGS = $(AM_CPPFLAGS) -DTT_READS_OPENSSL $(TEST_CFLAGS) $(CRYPTO_CFLAGS)
tests_oauth_test_jose_LDADD = src/libttcrypto.a $(OAUTH_TEST_LIBS) $(CRYPTO_LIBS)

tests_oauth_test_jws_keys_SOURCES = tests/oauth/test_jws_keys.c
tests_oauth_test_jws_keys_CPPFLAGS = $(AM_CPPFLAGS) -DTT_READS_OPENSSL $(TEST_CFLAGS) $(CRYPTO_CFLAGS)
tests_oauth_test_jws_keys_LDADD = src/libttcrypto.a $(OAUTH_TEST_LIBS) $(CRYPTO_LIBS)

tests_oauth_test_proofs_SOURCES = tests/oauth/test_proofs.c
tests_oauth_test_proofs_CPPFLAGS = $(AM_CPPFLAGS) -DTT_READS_OPENSSL $(TEST_CFLAGS) $(CRYPTO_CFLAGS)
tests_oauth_test_proofs_LDADD = src/libttcrypto.a $(OAUTH_TEST_LIBS) $(CRYPTO_LIBS)
