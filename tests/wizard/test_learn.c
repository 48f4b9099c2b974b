/* What there is to learn: whole, in order, filled from the case, and without a secret. */
#include "wizard/world.h"

#include <strings.h>

#include "base/utf8.h"
#include "demo/demo.h"
#include "wizard/learn.h"

#define ACCESS "opaque-access-token-0123456789"
#define REFRESH "opaque-refresh-token-0123456789"

/* The guide of a step as lines. */
static void
guide_of(struct world *t, enum step s, struct buf *out)
{
	for (size_t i = 0; i < guide_count; i++)
		if (guide_rows[i].step == s && guide_line(t->w, &guide_rows[i], out))
			buf_puts(out, "\n");
}

/* A name that fill.c does not know is nothing there: the names are the ones it documents. */
static void
every_name_is_known(void **state)
{
	static const char *const ends[] = {
		"userinfo.", "token.", "authorize.", "introspection.", "revocation."};
	static const char *const parts[] = {"path", "host", "url", "header", "form"};

	(void)state;
	for (size_t i = 0; i < guide_count; i++) {
		for (const char *p = strchr(guide_rows[i].text, '{'); p; p = strchr(p + 1, '{')) {
			size_t n = strcspn(p + 1, "}");
			struct span name = {p + 1, n};
			bool known = p[1] == '"' || span_is(name, "token") ||
				span_is(name, "refresh") || span_is(name, "client");

			for (size_t e = 0; e < ARRAY_SIZE(ends) && !known; e++)
				for (size_t k = 0; k < ARRAY_SIZE(parts) && !known; k++)
					known = span_starts(name, ends[e]) &&
						span_is(span_from(name, strlen(ends[e])), parts[k]);
			if (!known)
				fail_msg("{%.*s}", SPAN_ARG(name));
		}
	}
}

static void
every_step_has_its_guide(void **state)
{
	struct world *t = *state;
	unsigned of[STEP_COUNT][GUIDE_DEMO + 1] = {0};

	for (size_t i = 0; i < guide_count; i++)
		of[guide_rows[i].step][guide_rows[i].kind]++;
	begin(t, ACCESS, REFRESH);
	for (int s = 0; s < STEP_COUNT; s++) {
		struct buf b;

		for (int k = 0; k <= GUIDE_DEMO; k++)
			assert_true(of[s][k] > 0);
		buf_init(&b, 1 << 16);
		guide_of(t, (enum step)s, &b);
		assert_non_null(strstr(buf_str(&b), "Try next\n"));
		assert_non_null(strstr(
			buf_str(&b), s == STEP_DEBUG ? "application should log\n" : "In your app"));
		/* every name was one */
		for (const char *p = strchr(buf_str(&b), '{'); p; p = strchr(p + 1, '{'))
			assert_int_equal(p[1], '"');
		assert_null(strstr(buf_str(&b), ACCESS));
		assert_null(strstr(buf_str(&b), REFRESH));
		buf_release(&b);
	}
}

/* The client says who it is as it does in the requests of this case. */
static void
the_request_is_this_clients(void **state)
{
	static const struct {
		const char *method, *has, *has_not;
	} rows[] = {
		{"client_secret_basic", "Authorization: Basic base64(", "client_id="},
		{"client_secret_post", "&client_secret=…\n", "Authorization:"},
		{"private_key_jwt", "jwt-bearer&client_assertion=…\n", "Authorization:"},
		{"none", "&client_id=", "Authorization:"},
	};
	struct world *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf b;

		begin(t, ACCESS, REFRESH);
		free(t->c.profile.client_auth);
		t->c.profile.client_auth = strdup(rows[i].method);
		buf_init(&b, 1 << 16);
		guide_of(t, STEP_REFRESH, &b);
		assert_non_null(strstr(buf_str(&b), "grant_type=refresh_token&refresh_token="));
		assert_non_null(strstr(buf_str(&b), rows[i].has));
		assert_null(strstr(buf_str(&b), rows[i].has_not));
		buf_release(&b);
	}
}

static void
the_scenarios_to_try_exist(void **state)
{
	(void)state;
	for (size_t i = 0; i < guide_count; i++) {
		struct span names = span_of(guide_rows[i].text), name;

		while (guide_rows[i].kind == GUIDE_DEMO && span_word(&names, &name))
			if (!scenario_find(name))
				fail_msg("no scenario %.*s", SPAN_ARG(name));
	}
}

static void
the_glossary_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < glossary_count; i++) {
		const struct learn_row *r = &glossary[i];

		assert_true(*r->name && *r->text && *r->defined);
		if (i && strcasecmp(glossary[i - 1].name, r->name) >= 0)
			fail_msg("%s stands before %s", glossary[i - 1].name, r->name);
	}
	assert_int_equal(faq_count, 5);
}

static void
a_word_finds_its_rows(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < faq_count; i++)
		n += learn_matches(&faq[i], "AUDIENCE");
	assert_int_equal(n, 1);
	for (size_t i = 0; i < glossary_count; i++)
		if (learn_matches(&glossary[i], "rfc 7009"))
			assert_string_equal(glossary[i].name, "revocation");
	assert_false(learn_matches(&faq[0], "no such words"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_name_is_known),
		T(every_step_has_its_guide),
		T(the_request_is_this_clients),
		T(the_scenarios_to_try_exist),
		T(the_glossary_is_in_order),
		T(a_word_finds_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
