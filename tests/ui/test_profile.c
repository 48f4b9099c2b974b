/* The profile editor: what is no value is not taken, a secret is not shown, and nothing is saved unasked. */
#include "unit.h"

#include "ui/user.h"

static struct ui *
begin(void)
{
	fake_init(FAKE_PROBLEM);
	fake_deps.editor = &fake_editor;
	return fake_ui(STEP_VERIFY);
}

static void
end(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

/* To the row of a key, from the first one. */
static void
go_to(struct ui *ui, const char *key)
{
	for (size_t i = 0; strcmp(profile_keys[i].name, key) != 0; i++)
		act(ui, ACT_FORM_NEXT);
}

static void
test_saving(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_PROFILE);
	assert_true(shows(ui, 24, 80, "Profile acme"));
	act(ui, ACT_ERASE_ALL);
	type(ui, "acme2");
	go_to(ui, "timeout");
	act(ui, ACT_ERASE_ALL);
	type(ui, "30");
	act(ui, ACT_ACCEPT);
	/* where it goes is said first */
	for (int cols = 60; cols <= 120; cols += 20) {
		assert_true(shows(ui, 18, cols, "Save the profile?"));
		assert_true(shows(ui, 18, cols, "acme2.conf"));
	}
	assert_string_equal(fake.saved, "");
	act(ui, ACT_BACK);
	assert_string_equal(fake.saved, "");
	act(ui, ACT_ACCEPT);
	type(ui, "1");
	assert_string_equal(fake.saved, "acme2 https://user@idp.example/realms/acme 30");
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "profiles.d/acme2.conf"));
	end(ui);
}

/* A value that is none stays as it was typed, is marked, and gets the keys before anything is saved. */
static void
test_what_is_no_value(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_PROFILE);
	go_to(ui, "leeway");
	act(ui, ACT_ERASE_ALL);
	type(ui, "soon");
	act(ui, ACT_FORM_NEXT);
	assert_true(shows(ui, 24, 80, "✗leeway"));
	act(ui, ACT_HOME);
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 2);
	for (int cols = 60; cols <= 120; cols += 20)
		assert_true(shows(ui, 18, cols, "✗ leeway: allowed: a whole number from 0 to 3600 (s)"));
	assert_true(shows(ui, 18, 60, "soon"));
	act(ui, ACT_ERASE_ALL);
	type(ui, "5");
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 3);
	end(ui);
}

static void
test_a_hand_written_one_is_left_alone(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_PROFILE);
	act(ui, ACT_ERASE_ALL);
	type(ui, "hand");
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 2);
	assert_true(shows(ui, 18, 60, "written by hand in"));
	end(ui);
}

/* Where a secret comes from is shown; the secret itself is neither taken nor drawn. */
static void
test_secrets_by_reference(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_PROFILE);
	go_to(ui, "client_secret");
	paste(ui, "must-not-be-seen");
	assert_false(shows(ui, 24, 80, "must-not-be-seen"));
	assert_non_null(strstr(ui->notice, "Not taken"));
	type(ui, "must-not-be-seen");
	assert_false(shows(ui, 24, 80, "must-not"));
	act(ui, ACT_FORM_NEXT);
	assert_false(shows(ui, 24, 80, "must-not"));
	assert_true(shows(ui, 24, 80, "[hidden]"));
	act(ui, ACT_FORM_PREV);
	act(ui, ACT_ERASE_ALL);
	type(ui, "env ACME_SECRET");
	assert_true(shows(ui, 18, 60, "env ACME_SECRET"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 3);
	end(ui);
}

/* One that was typed in on the opening screen is not kept, and that is said. */
static void
test_a_typed_secret_is_not_kept(void **state)
{
	struct ui *ui = begin();

	(void)state;
	profile_set(&fake.c.profile.client_secret_source, SPAN_LIT("typed in"));
	profile_set(&fake.c.profile.name, SPAN_LIT("typed in"));
	act(ui, ACT_PROFILE);
	assert_non_null(strstr(ui->notice, "client_secret"));
	ui->notice[0] = '\0';
	assert_true(shows(ui, 24, 80, "Profile without a name"));
	assert_false(shows(ui, 24, 80, "typed in"));
	end(ui);
}

static void
test_the_test(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_PROFILE);
	act(ui, ACT_ACCEPT);
	type(ui, "3");
	assert_true(shows(ui, 24, 80, "Asking the issuer"));
	for (int i = 0; i < 3; i++) {
		int64_t at = ui_deadline(ui);

		if (at == INT64_MAX)
			break;
		clock_advance_us(&fake.clock, at - clock_mono_us(&fake.clock));
		ui_timeout(ui, at);
	}
	assert_int_equal(ui_deadline(ui), INT64_MAX);
	assert_true(shows(ui, 18, 60, "✓ The issuer answers"));
	assert_string_equal(fake.saved, "");
	end(ui);
}

/* What was changed is not lost by one key. */
static void
test_leaving(void **state)
{
	struct ui *ui = begin();

	(void)state;
	act(ui, ACT_PROFILE);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_BACK);
	assert_int_equal(ui->n_layers, 1);
	act(ui, ACT_PROFILE);
	type(ui, "x");
	act(ui, ACT_BACK);
	assert_true(shows(ui, 18, 60, "Leave without saving?"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(ui->n_layers, 2);
	act(ui, ACT_BACK);
	type(ui, "2");
	assert_int_equal(ui->n_layers, 1);
	assert_string_equal(fake.saved, "");
	end(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saving),
		cmocka_unit_test(test_what_is_no_value),
		cmocka_unit_test(test_a_hand_written_one_is_left_alone),
		cmocka_unit_test(test_secrets_by_reference),
		cmocka_unit_test(test_a_typed_secret_is_not_kept),
		cmocka_unit_test(test_the_test),
		cmocka_unit_test(test_leaving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
