/* Sentences by their words. */
#include "unit.h"

#include "oauth/words.h"

static bool
says(const char *text, const char *pattern)
{
	struct words w;

	words_read(&w, span_of(text));
	return words_match(&w, pattern);
}

static void
words_are_cut_where_a_reader_would(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} all[] = {{"", 0}, {"  .,;  ", 0}, {"expired_accessToken", 3}, {"REVOKED_ACCESS_TOKEN", 3},
		{"TokenExpired: token expired at 02/26/2020", 8}, {"575dd7eb-50b9-441e-9bc7-ee62cf42d721", 1},
		{"well-formed", 2}, {"client_id", 2}, {"IDX10503", 1}, {"OpenID", 1}, {"DPoP", 1}, {"OAuth", 1},
		{"JWTExpired", 2}, {"JWSInvalidSignature", 3}, {"JWTs", 1}, {"IDToken", 2}, {"a-", 1}, {"7-", 1}};
	struct words w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		words_read(&w, span_of(all[i].text));
		if (w.n != all[i].n)
			fail_msg("'%s' is %zu words, not %zu", all[i].text, w.n, all[i].n);
	}
}

static void
order_and_case_do_not_count(void **state)
{
	(void)state;
	assert_true(says("Token is missing", "token missing"));
	assert_true(says("MISSING_TOKEN", "token missing"));
	assert_true(says("no bearer token was provided", "no|not token provided|sent"));
	assert_true(says("expires soon", "expire*"));
	assert_false(says("unexpired", "expire*"));
	assert_false(says("invalid token", "id"));
}

/* Each group by a word of its own, near the others; what must not be there counts anywhere. */
static void
groups_are_met_apart_and_near(void **state)
{
	(void)state;
	assert_false(says("client", "client client"));
	assert_true(says("the client of this client", "client client"));
	assert_true(says("a b", "a|b b|a")); /* whichever way round it fits */
	assert_true(says("b a", "a|b a"));
	assert_true(says("one 2 3 4 5 6 7 two", "one two"));
	assert_false(says("one 2 3 4 5 6 7 8 two", "one two"));
	assert_false(says("key not found 1 2 3 4 5 6 7 8 9 api", "key not found !api"));
	assert_true(says("key not found", "key not found !api"));
}

/* Longer than any sentence: cut off, not overrun. */
static void
long_texts_end(void **state)
{
	struct words w;
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text));
	words_read(&w, span_make(text, sizeof(text)));
	assert_int_equal(w.n, 1);
	assert_true(w.v[0].n <= WORDS_BYTES);
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = ' ';
	words_read(&w, span_make(text, sizeof(text)));
	assert_int_equal(w.n, WORDS_MAX);
	assert_true(words_all(&w, "a"));
	assert_false(words_all(&w, "b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_where_a_reader_would),
		cmocka_unit_test(order_and_case_do_not_count),
		cmocka_unit_test(groups_are_met_apart_and_near),
		cmocka_unit_test(long_texts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
