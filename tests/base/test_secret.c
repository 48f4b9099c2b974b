#include "unit.h"

#include <malloc.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/secret.h"

/*
 * The program is linked with --wrap=free: while a stretch of memory is watched, it is looked
 * at in the moment its block is given back.
 */
void __real_free(void *p);
void __wrap_free(void *p);

static const char *watched;
static size_t watched_len;
static int freed_clean, freed_dirty;

void
__wrap_free(void *p)
{
	const char *block = p;

	if (watched != NULL && block != NULL && watched >= block &&
		watched < block + malloc_usable_size(p)) {
		bool clean = true;

		for (size_t i = 0; i < watched_len; i++)
			clean = clean && watched[i] == '\0';
		freed_clean += clean;
		freed_dirty += !clean;
		watched = NULL;
	}
	__real_free(p);
}

static void
watch(const void *p, size_t n)
{
	watched = p;
	watched_len = n;
	freed_clean = freed_dirty = 0;
}

/* Not SHA-256, but as long, and it depends on every byte. */
static bool
fake_digest(const void *p, size_t n, unsigned char out[32])
{
	struct rng r;
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ ((const unsigned char *)p)[i]) * 1099511628211u;
	rng_init_seeded(&r, h);
	rng_fill(&r, out, 32);
	return true;
}

static void
test_value(void **state)
{
	struct secret *s = secret_new(SPAN_LIT("a\0b")), *t = secret_ref(s),
		      *empty = secret_new(SPAN_EMPTY);

	(void)state;
	assert_ptr_equal(s, t);
	assert_int_equal(secret_len(s), 3);
	assert_true(span_eq(secret_reveal(s), SPAN_LIT("a\0b")));
	assert_int_equal(secret_reveal(s).p[3], '\0');
	secret_unref(t);
	assert_true(span_eq(secret_reveal(s), SPAN_LIT("a\0b")));
	secret_unref(s);
	assert_int_equal(secret_len(empty), 0);
	assert_string_equal(secret_reveal(empty).p, "");
	secret_unref(empty);
	assert_null(secret_ref(NULL));
	assert_int_equal(secret_len(NULL), 0);
	assert_int_equal(secret_reveal(NULL).n, 0);
	secret_unref(NULL);
}

static void
test_equal(void **state)
{
	struct secret *a = secret_new(SPAN_LIT("abc")), *b = secret_new(SPAN_LIT("abc")),
		      *c = secret_new(SPAN_LIT("abd")), *d = secret_new(SPAN_LIT("abcd"));

	(void)state;
	assert_true(secret_equal(a, b));
	assert_true(secret_equal(a, a));
	assert_false(secret_equal(a, c));
	assert_false(secret_equal(a, d));
	assert_false(secret_equal(a, NULL));
	assert_false(secret_equal(NULL, NULL));
	secret_unref(a);
	secret_unref(b);
	secret_unref(c);
	secret_unref(d);
}

static void
test_wiped(void **state)
{
	struct secret *s = secret_new(SPAN_LIT("not to be found again")), *t = secret_ref(s);
	struct buf b;
	char *p;

	(void)state;
	watch(secret_reveal(s).p, secret_len(s));
	secret_unref(t);
	assert_int_equal(freed_clean + freed_dirty, 0);
	secret_unref(s);
	assert_int_equal(freed_clean, 1);
	assert_int_equal(freed_dirty, 0);

	/* A wiping buffer leaves nothing behind where it grows, nor where it ends. */
	buf_init_wiping(&b, 10000);
	buf_puts(&b, "secret");
	watch(b.p, 6);
	for (int i = 0; i < 5000; i++)
		buf_putc(&b, 'x');
	assert_int_equal(freed_clean, 1);
	watch(b.p, b.len);
	buf_release(&b);
	assert_int_equal(freed_clean, 1);

	/* An ordinary one does: the test can tell. */
	buf_init(&b, 10000);
	buf_puts(&b, "public");
	watch(b.p, 6);
	buf_release(&b);
	assert_int_equal(freed_dirty, 1);

	buf_init_wiping(&b, 100);
	buf_puts(&b, "keep, drop");
	buf_truncate(&b, 4);
	assert_memory_equal(b.p + 4, "\0\0\0\0\0\0", 6);
	buf_puts(&b, "more");
	buf_clear(&b);
	assert_memory_equal(b.p, "\0\0\0\0\0\0\0\0", 8);
	buf_release(&b);

	p = wiping_malloc(100);
	memset(p, 'x', 100);
	watch(p, 100);
	p = wiping_realloc(p, 20);
	assert_int_equal(freed_clean, 1);
	assert_int_equal(p[19], 'x');
	watch(p, 20);
	p = wiping_realloc(p, 2000);
	assert_int_equal(freed_clean, 1);
	assert_int_equal(p[19], 'x');
	watch(p, 2000);
	wiping_free(p);
	assert_int_equal(freed_clean, 1);
}

static void
test_wiping_allocators(void **state)
{
	unsigned char *p;
	char *s;

	(void)state;
	for (size_t n = 0; n < 70; n++) {
		p = wiping_malloc(n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		wiping_free(p);
	}
	p = wiping_calloc(10, 10);
	for (int i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	wiping_free(p);
	assert_null(wiping_calloc(SIZE_MAX / 2, 3));
	assert_null(wiping_malloc(SIZE_MAX - 4));
	s = wiping_strdup("text");
	assert_string_equal(s, "text");
	wiping_free(s);
	wiping_free(NULL);
	p = wiping_realloc(NULL, 5);
	assert_non_null(p);
	assert_null(wiping_realloc(p, SIZE_MAX - 4));
	wiping_free(p); /* still there */
}

static void
check_mask(const char *value, const char *want)
{
	char out[MASK_MAX];
	struct secret *s = secret_new(span_of(value));

	assert_string_equal(secret_mask_span(span_of(value), out), want);
	assert_string_equal(secret_mask(s, out), want);
	secret_unref(s);
}

static void
test_mask_without_digest(void **state)
{
	(void)state;
	secret_set_digest(NULL);
	check_mask("", "[redacted]");
	check_mask("hunter2", "[redacted]");
	check_mask("Tr0ub4dor&3-19chars", "[redacted]");
	check_mask("8f3A9c2Eb71D06fa5Ce4", "[redacted 20 B]");
	/* What people make up shows not even its length, up to where the first characters go. */
	check_mask("correct horse battery staple", "[redacted]");
	check_mask("aaaaaaaaaaaaaaaaaaaaaaaa", "[redacted]");
	check_mask("8f3A9c2Eb71D06fa5Ce4d9B8a7C6f53", "[redacted 31 B]");
	check_mask("8f3A9c2Eb71D06fa5Ce4d9B8a7C6f5312", "8f3A…[redacted 33 B]");
	check_mask("correct horse battery staple and more", "corr…[redacted 37 B]");
	/* First characters that could not be shown as they are are not shown. */
	check_mask("\033[1mA9c2Eb71D06fa5Ce4d9B8a7C6f5312", "[redacted 34 B]");
	check_mask("作A9c2Eb71D06fa5Ce4d9B8a7C6f531234", "[redacted 35 B]");
}

static void
test_mask_with_digest(void **state)
{
	static const char *const people[] = {
		"hunter2", "password", "0123456789", "correct horse battery staple",
		"correct-horse-battery-staple-is-long-enough",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"abababababababababababababababababababab",
		"12345678901234567890123456789012345678901234",
		"TheQuickBrownFoxJumpsOverTheLazyDog", "TheQuickBrown2FoxesJump4Lazy3Dogs",
		"Summer2024!Winter2025!Portal", "this_is_my_client_secret_for_the_portal",
		"8f3A9c2Eb71D06fa5Ce", /* 19 bytes */
	};
	static const char *const machines[] = {
		"8f3A9c2Eb71D06fa5Ce4",
		"550e8400-e29b-41d4-a716-446655440000",
		"q7Xk2Lp9Vz4Rt8Nw1Yb6Hd3Js5Gf",
		"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkEifQ."
		"TJVA95OrM7E2cBab30",
	};
	char out[MASK_MAX], mask[MASK_MAX];

	(void)state;
	secret_set_digest(fake_digest);
	for (size_t i = 0; i < ARRAY_SIZE(people); i++) {
		assert_string_equal(secret_fingerprint(span_of(people[i]), out), "");
		assert_null(strstr(secret_mask_span(span_of(people[i]), mask), "sha256"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct span s = span_of(machines[i]);
		char *found;

		secret_fingerprint(s, out);
		assert_int_equal(strlen(out), 7 + 16);
		secret_mask_span(s, mask);
		found = strstr(mask, out);
		assert_non_null(found);
		assert_string_equal(found + strlen(out), "]");
		if (s.n >= 32)
			assert_memory_equal(mask, s.p, 4);
		else
			assert_memory_equal(mask, "[redacted ", 10);
	}
	secret_set_digest(NULL);
}

/* Whatever the value, no more than its first four characters can be read from the mask. */
static void
test_mask_shows_no_more(void **state)
{
	struct rng r;

	(void)state;
	secret_set_digest(fake_digest);
	rng_init_seeded(&r, 99);
	for (size_t n = 5; n < 400; n++) {
		char value[400], mask[MASK_MAX];

		for (size_t i = 0; i < n; i++) /* letters that no mask is made of */
			value[i] = "GHIJKLMNOPQRSTUVWXYZgijkloqwyz"[rng_below(&r, 30)];
		secret_mask_span(span_make(value, n), mask);
		assert_true(strlen(mask) < MASK_MAX);
		for (size_t i = 0; i + 2 <= n; i++)
			if (i != 0 && i != 1 && i != 2 &&
				span_find_str(span_of(mask),
					(char[]){value[i], value[i + 1], '\0'}) != SIZE_MAX &&
				memmem(value, 4, value + i, 2) == NULL)
				fail_msg("%s shows bytes %zu of %.*s", mask, i, (int)n, value);
		if (n < 32)
			assert_int_equal(mask[0], '[');
	}
	secret_set_digest(NULL);
}

static bool
failing_digest(const void *p, size_t n, unsigned char out[32])
{
	(void)p;
	(void)n;
	(void)out;
	return false;
}

static void
test_digest_fails(void **state)
{
	unsigned char sum[32];

	(void)state;
	secret_set_digest(NULL);
	assert_false(secret_sha256("x", 1, sum));
	secret_set_digest(failing_digest);
	assert_false(secret_sha256("x", 1, sum));
	check_mask("8f3A9c2Eb71D06fa5Ce4", "[redacted 20 B]");
	secret_set_digest(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_wiped),
		cmocka_unit_test(test_wiping_allocators),
		cmocka_unit_test(test_mask_without_digest),
		cmocka_unit_test(test_mask_with_digest),
		cmocka_unit_test(test_mask_shows_no_more),
		cmocka_unit_test(test_digest_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
