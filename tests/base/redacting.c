#include "redacting.h"

struct redactor *none;

char *
apply(redact_fn *f, const struct redactor *r, const char *in)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(f(r, &b, span_of(in)), RES_OK);
	return buf_take(&b);
}

void
check(redact_fn *f, const struct redactor *r, const char *in, const char *want)
{
	char *once = apply(f, r, in), *twice = apply(f, r, once);

	assert_string_equal(once, want);
	assert_string_equal(twice, want);
	free(once);
	free(twice);
}

int
redacting_setup(void **state)
{
	(void)state;
	none = redactor_new();
	return 0;
}

int
redacting_teardown(void **state)
{
	(void)state;
	redactor_free(none);
	return 0;
}
