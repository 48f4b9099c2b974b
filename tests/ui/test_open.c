/* The opening screen: the list narrows as one types, what lies about is offered and not taken, and cases come back. */
#include "unit.h"

#include <unistd.h>

#include "base/file.h"
#include "ui/user.h"

static struct ui *
begin(void)
{
	struct ui *ui;

	fake_init(FAKE_EMPTY);
	ui = fake_ui(STEP_VERIFY);
	opening_full(ui);
	return ui;
}

static void
end(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

/* Typed at once, by name or by host; Enter starts with what is left. */
static void
test_filter(void **state)
{
	struct ui *ui = begin();

	(void)state;
	assert_true(shows(ui, 24, 80, "▸ acme  acme.example"));
	type(ui, "Q-b");
	assert_true(shows(ui, 24, 80, "▸ q-bank  login.example"));
	assert_false(shows(ui, 24, 80, "gamma"));
	assert_true(shows(ui, 24, 80, "another server"));
	act(ui, ACT_ERASE_ALL);
	type(ui, "south.ex");
	assert_true(shows(ui, 24, 80, "▸ customer-south"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.used, "customer-south");
	assert_int_equal(fake.ran, 1);
	assert_int_equal(ui->n_layers, 1);
	end(ui);
}

/* Nothing passes: a server can be typed in, and the filter can be mended. */
static void
test_filter_without_match(void **state)
{
	struct ui *ui = begin();

	(void)state;
	type(ui, "nobody");
	assert_true(shows(ui, 24, 80, "▸ another server"));
	assert_true(shows(ui, 24, 80, "Issuer"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.used, "");
	assert_true(shows(ui, 24, 80, "missing: the address"));
	press(ui, KC_UP);
	act(ui, ACT_ERASE_ALL);
	assert_true(shows(ui, 24, 80, "▸ acme"));
	end(ui);
}

/* Arrows go through the rows, Tab over the whole list. */
static void
test_tab_passes_the_list(void **state)
{
	struct ui *ui = begin();

	(void)state;
	press(ui, KC_DOWN);
	assert_true(shows(ui, 24, 80, "▸ acme.test"));
	press(ui, KC_DOWN);
	press(ui, KC_UP);
	assert_true(shows(ui, 24, 80, "▸ acme.test"));
	press(ui, KC_TAB);
	type(ui, "x");
	assert_true(shows(ui, 24, 80, "▸ Access token   [hidden, 1 byte"));
	assert_true(shows(ui, 24, 80, "▸ acme.test"));
	end(ui);
}

/* An offer is shown by what is known of it, and taken when it is picked: into its field, whence it can go again. */
static void
test_offers(void **state)
{
	struct ui *ui = begin();

	(void)state;
	assert_true(shows(ui, 18, 60, "JWT, 812 bytes, of idp.example"));
	assert_false(shows(ui, 24, 120, "must-not-be-seen"));
	act(ui, ACT_ACCEPT); /* not picked */
	assert_int_equal(fake.gave, 0);
	end(ui);

	ui = begin();
	press(ui, KC_TAB);
	press(ui, KC_TAB);
	press(ui, KC_TAB);
	assert_true(shows(ui, 18, 60, "env TOKENTRIAGE_ACCESS_TOKEN: Enter puts"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.gave, 0);
	assert_true(shows(ui, 24, 80, "[hidden, 40 bytes]      from env TOKENTRIAGE_ACCESS_TOKEN"));
	act(ui, ACT_ACCEPT);
	assert_int_equal(fake.gave, 1);
	assert_string_equal(fake.given, OFFERED_TOKEN);
	assert_string_equal(fake.source, "env TOKENTRIAGE_ACCESS_TOKEN");
	end(ui);
}

/* Whoever types or erases in it means another token: no part of the one that was picked stays. */
static void
test_offer_replaced(void **state)
{
	static const enum action erase[] = {ACT_ERASE, ACT_ERASE_NEXT, ACT_ERASE_ALL};

	(void)state;
	for (size_t i = 0; i <= ARRAY_SIZE(erase); i++) {
		struct ui *ui = begin();

		for (int k = 0; k < 3; k++)
			press(ui, KC_TAB);
		act(ui, ACT_ACCEPT);
		if (i < ARRAY_SIZE(erase))
			act(ui, erase[i]);
		assert_int_equal(shows(ui, 24, 80, "from env"), i == ARRAY_SIZE(erase));
		type(ui, "my-own-token");
		assert_false(shows(ui, 24, 80, "from env"));
		act(ui, ACT_ACCEPT);
		assert_string_equal(fake.given, "my-own-token");
		assert_string_equal(fake.source, "the paste");
		end(ui);
	}
}

/* What the command line gave stands in its field from the start. */
static size_t
given(void *ctx, struct ui_offer *out, size_t most)
{
	(void)ctx;
	(void)most;
	out[0] = (struct ui_offer){"env ACME", "opaque token, 40 bytes", SLOT_ACCESS, true,
		secret_new(SPAN_LIT(OFFERED_TOKEN))};
	return 1;
}

static void
test_given_by_option(void **state)
{
	struct ui *ui = begin();

	(void)state;
	ui_pop(ui);
	fake_deps.offers = given;
	screen_open_push(ui);
	assert_true(shows(ui, 18, 60, "[hidden, 40 bytes]      from env ACME"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.given, OFFERED_TOKEN);
	assert_string_equal(fake.source, "env ACME");
	end(ui);
}

static void
test_recent(void **state)
{
	struct ui *ui = begin();

	(void)state;
	assert_true(shows(ui, 18, 60, "a run of the wizard"));
	for (int k = 0; k < 4; k++)
		press(ui, KC_TAB);
	press(ui, KC_DOWN);
	assert_true(shows(ui, 18, 60, "▸ acme-ticket-4711.case"));
	assert_true(shows(ui, 18, 60, "saved 2026-01-31 11:58Z: Enter opens it"));
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.shown, "/home/u/acme-ticket-4711.case");
	assert_true(ui->quit && ui->silent);
	assert_int_equal(fake.ran + fake.gave, 0);
	end(ui);

	/* not while there is a case that would be lost */
	ui = begin();
	ui_pop(ui);
	act(ui, ACT_STEP_2);
	act(ui, ACT_TOKENS);
	assert_true(ui->m.c->n_exchanges > 0);
	assert_false(shows(ui, 24, 80, "acme-ticket-4711.case"));
	end(ui);
}

/* The name of a file where the token belongs: it is opened; of one that is not there, it is text as any other. */
static void
test_file_name(void **state)
{
	char path[] = "/tmp/tt-XXXXXX", text[64];
	struct ui *ui = begin();
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	snprintf(text, sizeof(text), "'%s' \n", path);
	paste(ui, text);
	assert_int_equal(fake.gave, 0);
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.shown, path);
	end(ui);

	unlink(path);
	ui = begin();
	paste(ui, path);
	act(ui, ACT_ACCEPT);
	assert_string_equal(fake.shown, "");
	assert_string_equal(fake.given, path);
	end(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_without_match),
		cmocka_unit_test(test_tab_passes_the_list),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_offer_replaced),
		cmocka_unit_test(test_given_by_option),
		cmocka_unit_test(test_recent),
		cmocka_unit_test(test_file_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
