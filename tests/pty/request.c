/*
 * A request edited by hand and sent again, by keys at both design sizes: another header, another host that is
 * refused, and a refresh that asks first and keeps its tokens.  No secret stands on the screen after any key.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "pty/play.h"

static const char *const demo[] = {"demo", "healthy", NULL};

static void
test_user_information(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		const struct vt_options o = {.rows = play_sizes[i][0], .cols = play_sizes[i][1]};
		struct vt *t = play_start(&o, demo);
		char glyph[8];

		assert_true(vt_idle(t));
		play_keys(t, "w");
		free(play_verdict(t, glyph));
		play_keys(t, "4H");
		assert_true(vt_has(t, "Request, edited by hand"));
		assert_true(vt_has(t, "/userinfo"));
		assert_true(vt_has(t, "[redacted "));
		/* another host: refused, and still there to be mended */
		play_keys(t, "\025");
		play_letters(t, "http://127.0.0.2/");
		play_keys(t, "\r");
		assert_true(vt_has(t, "nothing is sent to 127.0.0.2"));
		play_keys(t, "\033");
		play_keys(t, "H");
		play_keys(t, "\t\t\t");
		play_letters(t, "X-Tenant: acme");
		play_keys(t, "\r");
		assert_true(vt_see(t, "Sent as it was edited"));
		/* the newest of step 5's rows */
		play_keys(t, "5G\r");
		assert_true(vt_has(t, "edited by hand"));
		assert_true(vt_has(t, "X-Tenant: acme"));
		play_keys(t, "\033");
		free(play_verdict(t, glyph));
		assert_string_equal(glyph, "✓");
		play_quit(t);
	}
}

static void
test_refresh(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_sizes); i++) {
		const struct vt_options o = {.rows = play_sizes[i][0], .cols = play_sizes[i][1]};
		struct vt *t = play_start(&o, demo);
		char glyph[8];

		assert_true(vt_idle(t));
		play_keys(t, "w");
		play_refresh(t);
		play_keys(t, "3H");
		assert_true(vt_has(t, "POST"));
		/* the token that it is about stays */
		play_keys(t, "\033[Z\033[Z\033[Z");
		assert_true(vt_has(t, "This row stays as it is"));
		play_keys(t, "\r");
		assert_true(vt_has(t, "Refresh the tokens?"));
		play_keys(t, "\r");
		assert_true(vt_has(t, "Request, edited by hand"));
		play_keys(t, "\r1");
		assert_true(vt_see(t, "Refreshed: "));
		free(play_verdict(t, glyph));
		assert_string_equal(glyph, "✓");
		/* the second refresh, and not the first, is the edited one */
		play_keys(t, "5/");
		play_letters(t, "edited by hand");
		play_keys(t, "\r");
		play_keys(t, "\r");
		assert_true(vt_has(t, "refresh, edited by hand"));
		play_keys(t, "\033");
		play_quit(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_user_information, play_teardown),
		cmocka_unit_test_teardown(test_refresh, play_teardown),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
