#include "unit.h"

#include "base/buf.h"

static void
test_grows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_span(&b).n, 0);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(buf_printf(&b, "%04d,", i), RES_OK);
		assert_int_equal(b.p[b.len], '\0');
	}
	assert_int_equal(b.len, 5000);
	assert_memory_equal(b.p + 4995, "0999,", 5);
	buf_truncate(&b, 9999);
	assert_int_equal(b.len, 5000);
	buf_truncate(&b, 4);
	assert_string_equal(buf_str(&b), "0000");
	buf_clear(&b);
	assert_string_equal(buf_str(&b), "");
	buf_release(&b);
	assert_null(b.p);
	buf_release(&b);
}

static void
test_limit(void **state)
{
	struct buf b;

	(void)state;
	for (size_t max = 0; max < 200; max++) {
		buf_init(&b, max);
		for (size_t i = 0; i < max; i++)
			assert_int_equal(buf_putc(&b, 'x'), RES_OK);
		assert_int_equal(buf_status(&b), RES_OK);
		assert_int_equal(buf_putc(&b, 'y'), RES_LIMIT);
		assert_int_equal(b.len, max);
		assert_true(b.cap <= max + 1);
		/* Remembered: what would fit is refused, too, until the buffer is cleared. */
		buf_truncate(&b, 0);
		assert_int_equal(buf_puts(&b, max > 0 ? "z" : ""), RES_LIMIT);
		assert_int_equal(buf_printf(&b, "%s", ""), RES_LIMIT);
		assert_int_equal(b.len, 0);
		buf_clear(&b);
		assert_int_equal(buf_status(&b), RES_OK);
		buf_release(&b);
	}
}

static void
test_whole_or_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_int_equal(buf_puts(&b, "12345678"), RES_OK);
	assert_int_equal(buf_puts(&b, "abc"), RES_LIMIT);
	assert_string_equal(buf_str(&b), "12345678");
	buf_clear(&b);
	assert_int_equal(buf_printf(&b, "%d", 1234567890), RES_OK);
	assert_string_equal(buf_str(&b), "1234567890");
	assert_int_equal(buf_printf(&b, "%d", 1), RES_LIMIT);
	buf_release(&b);
}

static void
test_overflow(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	assert_int_equal(buf_puts(&b, "x"), RES_OK);
	/* Sizes that would wrap around are refused before anything is read. */
	assert_int_equal(buf_add(&b, "y", SIZE_MAX), RES_LIMIT);
	buf_clear(&b);
	assert_int_equal(buf_puts(&b, "x"), RES_OK);
	assert_int_equal(buf_add(&b, "y", SIZE_MAX - 1), RES_LIMIT);
	buf_release(&b);
}

static void
test_bytes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_int_equal(buf_add(&b, "a\0b", 3), RES_OK);
	assert_int_equal(buf_add_span(&b, SPAN_EMPTY), RES_OK);
	assert_int_equal(buf_add(&b, NULL, 0), RES_OK);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.p, "a\0b", 4);
	buf_release(&b);
}

static void
test_take(void **state)
{
	struct buf b;
	char *p;

	(void)state;
	buf_init(&b, 10);
	p = buf_take(&b);
	assert_string_equal(p, "");
	free(p);
	buf_puts(&b, "mine");
	p = buf_take(&b);
	assert_string_equal(p, "mine");
	assert_int_equal(b.len, 0);
	assert_null(b.p);
	free(p);
	/* Still usable, with the same limit. */
	assert_int_equal(buf_puts(&b, "0123456789"), RES_OK);
	assert_int_equal(buf_putc(&b, 'x'), RES_LIMIT);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_whole_or_nothing),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
