/*
 * Step 5 by keys, at both design sizes: from a finding to what proves it and back, an exchange as it was sent and
 * decoded, two side by side, and the log filtered, searched, gone through by time, and paused while requests go out.
 */
#include "unit.h"

#include "pty/play.h"

static const struct vt_options sizes[] = {{.rows = 18, .cols = 60}, {.rows = 24, .cols = 80}};

/* An expired token, all five steps walked, step 5 shown. */
static struct vt *
start(const struct vt_options *o)
{
	const char *args[] = {"demo", "expired", NULL};
	struct vt *t = play_start(o, args);

	play_walk(t);
	play_shows(t, "[5 Debug ");
	return t;
}

/* The marked row has this text. */
static bool
marked(struct vt *t, const char *text)
{
	for (int row = 0; row < t->rows; row++) {
		const char *words = vt_row(t, row);

		if (strncmp(words, "▸", strlen("▸")) == 0 && strstr(words, text))
			return true;
	}
	return false;
}

/* … which is an exchange's: whose Date header was the clock differs from run to run. */
static bool
exchange_marked(struct vt *t)
{
	return marked(t, " 1 discovery ") || marked(t, " 2 introspecti") || marked(t, " 3 jwks ") ||
		marked(t, " 4 userinfo ");
}

static void
test_proof(void **state)
{
	struct vt *t = start(*state);

	play_keys(t, "j");
	assert_true(marked(t, " token-expired "));
	play_keys(t, "J");
	play_shows(t, "[2 Expiration ");
	assert_true(marked(t, " exp "));
	play_keys(t, "J");
	play_shows(t, "[5 Debug ");
	assert_true(exchange_marked(t));
	play_keys(t, "J");
	assert_true(marked(t, " http → "));
	play_keys(t, "J");
	assert_true(exchange_marked(t));
	play_keys(t, "B");
	play_keys(t, "B");
	play_keys(t, "B");
	play_shows(t, "[2 Expiration ");
	play_keys(t, "B");
	assert_true(marked(t, " token-expired "));
	play_keys(t, "B");
	play_shows(t, "Nowhere to go back to");
	play_quit(t);
}

static void
test_exchanges(void **state)
{
	struct vt *t = start(*state);

	/* the last row: the query that was refused */
	play_keys(t, "G");
	play_shows(t, "4 userinfo");
	play_keys(t, "m");
	play_shows(t, "Exchange 4 is marked");
	play_keys(t, "k");
	play_keys(t, "k");
	play_keys(t, "d");
	play_shows(t, "── Exchanges 2 and 4 ");
	play_shows(t, "2  POST");
	play_shows(t, "4  GET");
	play_keys(t, "/");
	play_keys(t, "status\r");
	play_shows(t, "401 Unauthorized");
	play_keys(t, "\007");
	play_keys(t, "G");
	play_keys(t, "\r");
	play_shows(t, "── as it was sent ");
	play_keys(t, "/");
	play_keys(t, "WWW-\r");
	play_shows(t, "WWW-Authenticate: Bearer ");
	play_keys(t, "D");
	play_shows(t, "── decoded ");
	play_keys(t, "n");
	play_keys(t, "z");
	play_shows(t, "WWW-Authenticate error");
	play_keys(t, "z");
	play_keys(t, "D");
	play_shows(t, "── as it was sent ");
	play_keys(t, "\007");
	play_quit(t);
}

static void
test_log(void **state)
{
	struct vt *t = start(*state);

	play_keys(t, "L");
	play_shows(t, " follow ");
	play_keys(t, "&");
	play_keys(t, "STEP 5\r");
	play_shows(t, "Log (1 of ");
	play_shows(t, " step step 5 Debug");
	assert_false(vt_has(t, " http ← 401 "));
	play_keys(t, "*");
	play_shows(t, " http ← 401 ");
	play_keys(t, "C");
	play_keys(t, "step\r");
	play_shows(t, "Log (5 of ");
	play_shows(t, "── step ");
	/* what comes is let through or not at once */
	play_keys(t, "w");
	play_shows(t, "Log (10 of ");
	play_keys(t, "!");
	play_shows(t, "No record passes the filter.");
	play_keys(t, "*");
	play_keys(t, "@");
	play_keys(t, "-1h\r");
	play_shows(t, " step step 1 Verify");
	play_keys(t, "F");
	play_shows(t, " follow ");
	play_keys(t, "F");
	play_shows(t, "paused");
	/* what a walk adds is counted, and not seen */
	play_keys(t, "w");
	play_shows(t, " new ");
	play_keys(t, "F");
	play_shows(t, " follow ");
	play_keys(t, "/");
	play_keys(t, "introsp\r");
	play_shows(t, "/introspect");
	play_keys(t, "n");
	play_shows(t, "The search went on from the beginning.");
	play_quit(t);
}

#define BOTH(f) \
	cmocka_unit_test_prestate_setup_teardown(f, NULL, play_teardown, (void *)(uintptr_t)&sizes[0]), \
	cmocka_unit_test_prestate_setup_teardown(f, NULL, play_teardown, (void *)(uintptr_t)&sizes[1])

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_proof),
		BOTH(test_exchanges),
		BOTH(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
