#include "unit.h"

#include "base/text.h"

static void
test_escape(void **state)
{
	char out[32];

	(void)state;
	assert_string_equal(text_safe_into(out, sizeof out, SPAN_LIT("a\033[1m")), "a\\e[1m");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
