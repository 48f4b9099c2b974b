/* Step 4's decision table: whole, true to the case, and without a secret. */
#include "wizard/world.h"

#include "base/utf8.h"
#include "wizard/fields.h"
#include "wizard/handle.h"

#define ACCESS "opaque-access-token-0123456789"
#define REFRESH "opaque-refresh-token-0123456789"

/* What is decided has one row, and each row a sample exchange. */
static void
every_decision_has_its_row(void **state)
{
	struct world *t = *state;
	unsigned rows[ADVICE_COUNT] = {0};
	struct buf b;

	begin(t, ACCESS, REFRESH);
	for (size_t i = 0; i < decision_count; i++) {
		rows[decisions[i].kind]++;
		assert_in_range(utf8_cells(span_of(decisions[i].answer)), 1, 20);
		buf_init(&b, 1 << 16);
		decision_sample(t->w, i, &b);
		assert_true(b.len > 0);
		assert_non_null(strstr(buf_str(&b), "HTTP/1.1"));
		/* every name was one */
		for (const char *p = strchr(buf_str(&b), '{'); p; p = strchr(p + 1, '{'))
			assert_int_equal(p[1], '"');
		assert_null(strstr(buf_str(&b), ACCESS));
		assert_null(strstr(buf_str(&b), REFRESH));
		assert_null(strstr(buf_str(&b), "0123456789"));
		buf_release(&b);
	}
	for (int k = 0; k < ADVICE_COUNT; k++)
		assert_int_equal(rows[k], k != ADVICE_UNKNOWN);
}

static size_t
marked_row(struct world *t)
{
	struct field_list l;
	size_t at = 0, rows = 0;

	field_list_init(&l);
	step_fields(&l, t->w, STEP_HANDLE, false);
	for (size_t i = 0; i < l.n; i++) {
		rows += l.v[i].decision > 0;
		if (!strcmp(l.v[i].key, "decision"))
			at = (size_t)l.v[i].decision;
	}
	assert_int_equal(rows, decision_count);
	field_list_release(&l);
	return at;
}

/* Before anything is known no row is marked; then the one whose words the advice has. */
static void
the_row_of_this_answer_is_marked(void **state)
{
	struct world *t = *state;
	struct advice a;
	struct buf b;

	reply("GET", "openid-configuration", NULL, JSON_HEAD METADATA_OF(ISSUER));
	reply("POST", "/introspect", NULL, INACTIVE);
	reply("GET", "/me", NULL, "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", "
		"scope=\"openid email\"\r\n" DATE "\r\n");
	begin(t, ACCESS, REFRESH);
	wizard_update(t->w);
	assert_int_equal(decision_here(t->w), decision_count);
	assert_int_equal(marked_row(t), 0);
	wizard_run_step(t->w, STEP_HANDLE);
	run(t);
	wizard_advice(t->w, &a);
	assert_int_equal(a.kind, ADVICE_ASK_SCOPE);
	assert_int_equal(decisions[decision_here(t->w)].kind, ADVICE_ASK_SCOPE);
	assert_int_equal(marked_row(t), decision_here(t->w) + 1);
	/* the scope that the challenge names is asked for, beside the profile's; the endpoints are the server's */
	buf_init(&b, 1 << 16);
	decision_text(t->w, decision_here(t->w), &b);
	assert_non_null(strstr(buf_str(&b), "email"));
	buf_release(&b);
	buf_init(&b, 1 << 16);
	decision_text(t->w, 1, &b);
	assert_non_null(strstr(buf_str(&b), "POST /token HTTP/1.1\n  Host: idp.test\n"));
	assert_non_null(strstr(buf_str(&b), "client_id=app"));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_decision_has_its_row),
		T(the_row_of_this_answer_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
