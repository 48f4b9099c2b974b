/* The request editor: rows, what is not shown, what is asked before it is sent. */
#include "unit.h"

#include "ui/user.h"

static struct ui *
begin(enum purpose as)
{
	struct ui *ui;

	fake_init(FAKE_PROBLEM);
	fake.resend_as = as;
	ui = fake_ui(STEP_HANDLE);
	act(ui, ACT_EDIT_REQUEST);
	return ui;
}

static void
end(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

static bool
seen(struct ui *ui, const char *text)
{
	return shows(ui, 18, 60, text) || shows(ui, 24, 80, text) || shows(ui, 40, 200, text);
}

static void
test_sent_as_it_is(void **state)
{
	struct ui *ui = begin(0);

	(void)state;
	assert_true(shows(ui, 18, 60, "Request, edited by hand"));
	assert_true(shows(ui, 18, 60, "exchange 3 · userinfo"));
	assert_true(shows(ui, 18, 60, "▸ GET"));
	assert_false(seen(ui, "must-not-be-seen"));
	act(ui, ACT_BACK);
	assert_string_equal(fake.resent, "");
	act(ui, ACT_EDIT_REQUEST);
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.resent, "GET https://idp.example/userinfo|Accept: application/json|"
		"Authorization: Bearer must-not-be-seen-0123456789");
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "Sent as it was edited"));
	end(ui);
}

/* Changed, emptied, added; a secret left out and taken back, then replaced unseen. */
static void
test_rows(void **state)
{
	struct ui *ui = begin(0);

	(void)state;
	act(ui, ACT_CURSOR_END);
	type(ui, "?x=1");
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_ERASE_ALL);
	act(ui, ACT_FORM_NEXT);
	assert_true(shows(ui, 18, 60, "(left out)"));
	act(ui, ACT_ERASE);
	act(ui, ACT_ERASE);
	assert_true(shows(ui, 24, 80, "[redacted 42 B"));
	paste(ui, "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl");
	assert_false(seen(ui, "c2lnbm"));
	assert_true(shows(ui, 18, 60, "[hidden, "));
	act(ui, ACT_FORM_NEXT);
	type(ui, "X-Tenant: acme");
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.resent, "GET https://idp.example/userinfo?x=1|"
		"Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl|X-Tenant: acme");
	end(ui);
}

static void
test_secret_left_out(void **state)
{
	struct ui *ui = begin(0);

	(void)state;
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_ERASE);
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.resent, "GET https://idp.example/userinfo|Accept: application/json");
	end(ui);
}

/* A secret is not shown while it is typed behind a name that says so, nor taken where it would be. */
static void
test_typed_secret(void **state)
{
	struct ui *ui = begin(0);

	(void)state;
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_ERASE_ALL);
	paste(ui, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl");
	assert_non_null(strstr(ui->notice, "Not taken"));
	assert_false(seen(ui, "eyJ"));
	act(ui, ACT_FORM_NEXT);
	act(ui, ACT_FORM_NEXT);
	type(ui, "X-Api-Key:");
	paste(ui, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2lnbmF0dXJl");
	assert_false(seen(ui, "c2lnbm"));
	act(ui, ACT_FORM_NEXT);
	assert_false(seen(ui, "c2lnbm"));
	end(ui);
}

static void
test_wrong(void **state)
{
	struct ui *ui = begin(0);

	(void)state;
	act(ui, ACT_ERASE_ALL);
	type(ui, "idp.example");
	act(ui, ACT_FORM_NEXT);
	assert_true(shows(ui, 18, 60, "✗ not an absolute http"));
	act(ui, ACT_ERASE_ALL);
	type(ui, "https://evil.test/");
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 18, 60, "✗ nothing is sent to evil.test"));
	assert_string_equal(fake.resent, "");
	end(ui);
}

/* A refresh asks for a place, then once more; Enter alone sends nothing, and the form is there again. */
static void
test_refresh_asks(void **state)
{
	struct ui *ui = begin(PURPOSE_REFRESH);

	(void)state;
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 18, 60, "Where do the new tokens go?"));
	type(ui, "2");
	assert_true(shows(ui, 18, 60, "Refresh the tokens?"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.resent, "");
	assert_true(shows(ui, 18, 60, "Request, edited by hand"));
	act(ui, ACT_ACCEPT);
	type(ui, "1");
	assert_non_null(strstr(fake.resent, "refresh_token"));
	end(ui);
}

static void
test_revocation_asks(void **state)
{
	struct ui *ui = begin(PURPOSE_REVOCATION);

	(void)state;
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 18, 60, "Revoke the token?"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.resent, "");
	act(ui, ACT_ACCEPT);
	type(ui, "1");
	assert_non_null(strstr(fake.resent, "POST"));
	end(ui);
}

static void
test_not_this_one(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	ui = fake_ui(STEP_DEBUG);
	for (int i = 0; i < 6 && (!step_marked(ui) || step_marked(ui)->from != 1); i++)
		act(ui, ACT_DOWN);
	act(ui, ACT_EDIT_REQUEST);
	assert_true(shows(ui, 18, 60, "This request is not sent by hand"));
	act(ui, ACT_BACK);
	fake_deps.offline = true;
	act(ui, ACT_EDIT_REQUEST);
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "Read-only"));
	end(ui);
}

/* The key set is fetched last, to verify with; the step's request is the introspection all the same. */
static void
test_not_the_key_set(void **state)
{
	struct ui *ui;

	(void)state;
	fake_init(FAKE_PROBLEM);
	fake.c.exchanges[0]->purpose = PURPOSE_INTROSPECTION;
	fake.c.exchanges[1]->purpose = PURPOSE_JWKS;
	ui = fake_ui(STEP_VERIFY);
	assert_int_equal(step_exchange(ui)->n, 1);
	fake.c.exchanges[0]->purpose = PURPOSE_DISCOVERY;
	assert_int_equal(step_exchange(ui)->n, 2);
	end(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent_as_it_is),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_secret_left_out),
		cmocka_unit_test(test_typed_secret),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_refresh_asks),
		cmocka_unit_test(test_revocation_asks),
		cmocka_unit_test(test_not_this_one),
		cmocka_unit_test(test_not_the_key_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
