/* Copying what is marked, whatever it is, and what a masked value's key says where there is none behind it. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "diagnose/reply.h"
#include "ui/user.h"

static char clipped[4096];

static void
clip(struct terminal *t, struct span text)
{
	(void)t;
	snprintf(clipped, sizeof(clipped), "%.*s", SPAN_ARG(text));
}

static const struct term_ops terminal = {.clip = clip};

static struct ui *
begin(enum step step)
{
	struct ui *ui;

	clipped[0] = '\0';
	fake_init(FAKE_PROBLEM);
	fake_deps.term = &terminal;
	ui = fake_ui(step);
	return ui;
}

static void
end(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

/* Marks the first row of that name. */
static void
mark(struct ui *ui, const char *name)
{
	for (int i = 0; i < 40; i++) {
		const struct field *f = step_marked(ui);

		if (f && strcmp(f->name, name) == 0)
			return;
		act(ui, ACT_DOWN);
	}
	fail_msg("there is no row %s", name);
}

static void
test_value(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	mark(ui, "aud");
	act(ui, ACT_COPY);
	assert_true(shows(ui, 18, 60, "3 the marked value to the terminal's clipboard"));
	type(ui, "3");
	assert_string_equal(clipped, "作業 https://api.example/with/a/rather/long/path");
	assert_non_null(strstr(ui->notice, "cannot be known"));
	/* a secret's mask, never the secret */
	act(ui, ACT_HOME);
	mark(ui, "token");
	act(ui, ACT_COPY);
	type(ui, "3");
	assert_string_equal(clipped, "opaq…[redacted 42 B, sha256:1f3a]");
	end(ui);
}

static void
test_finding(void **state)
{
	struct ui *ui = begin(STEP_DEBUG);

	(void)state;
	mark(ui, "token-expired");
	act(ui, ACT_COPY);
	assert_true(shows(ui, 18, 60, "the marked finding to the terminal's clipboard"));
	type(ui, "3");
	assert_string_equal(clipped, "token-expired: The access token expired 3 min ago by the server's clock.\n"
		"Refresh the token, then ask again.");
	end(ui);
}

static void
test_exchange(void **state)
{
	struct ui *ui = begin(STEP_DEBUG);

	(void)state;
	mark(ui, "2 introspection");
	act(ui, ACT_COPY);
	type(ui, "1");
	assert_string_equal(clipped, "curl 'https://idp.example/introspect'");
	act(ui, ACT_COPY);
	type(ui, "3");
	assert_string_equal(clipped, "POST /introspect → 200");
	end(ui);
}

/* What can be sent back as it stands: from any step, with nothing marked. */
static void
test_reply(void **state)
{
	struct ui *ui = begin(STEP_EXPIRY);
	struct buf words;

	(void)state;
	buf_init(&words, 4096);
	assert_int_equal(reply_text(ui->m.diagnosis, &words), RES_OK);
	assert_true(words.len > 0);
	act(ui, ACT_COPY);
	for (int i = 1; i < 10 && !clipped[0]; i++) {
		char line[80], digit[2] = {(char)('0' + i), '\0'};

		snprintf(line, sizeof(line), "%d the reply for the user to the clipboard", i);
		if (shows(ui, 18, 60, line))
			type(ui, digit);
	}
	assert_string_equal(clipped, buf_str(&words));
	buf_release(&words);
	end(ui);
}

/* The record that was marked when the question came up, whatever was logged since. */
static void
test_record(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	act(ui, ACT_LOG);
	act(ui, ACT_COPY);
	assert_true(shows(ui, 18, 60, "the marked record to the terminal's clipboard"));
	log_add(fake.log, LOG_INFO, LOGC_HTTP, 1, "another one");
	type(ui, "3");
	assert_true(span_starts(span_of(clipped), "2026-01-31T12:00:00Z error net exchange 3: a hostile "));
	assert_null(strchr(clipped, '\033'));
	assert_null(strstr(clipped, "another one"));
	act(ui, ACT_COPY);
	type(ui, "1");
	assert_true(span_starts(span_of(clipped), "curl '"));
	end(ui);
}

static void
test_into_a_file(void **state)
{
	char path[] = "/tmp/tt-XXXXXX";
	struct ui *ui = begin(STEP_DEBUG);
	struct buf b;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	mark(ui, "token-expired");
	act(ui, ACT_COPY);
	type(ui, "4");
	assert_true(shows(ui, 18, 60, "tokentriage-copy.txt"));
	act(ui, ACT_ERASE_ALL);
	type(ui, path);
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 18, 60, "This file is there already"));
	act(ui, ACT_ACCEPT);
	assert_non_null(strstr(ui->notice, "secrets are masked"));
	buf_init(&b, 4096);
	assert_int_equal(file_read(path, &b, NULL), RES_OK);
	assert_true(span_starts(buf_span(&b), "token-expired: "));
	assert_true(span_ends(buf_span(&b), "then ask again.\n"));
	buf_release(&b);
	unlink(path);
	assert_string_equal(clipped, "");
	end(ui);
}

/* Before anything was sent, a value can be copied; with nothing marked there is nothing. */
static void
test_without_a_request(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);
	size_t n = fake.c.n_exchanges;

	(void)state;
	fake.c.n_exchanges = 0;
	ui->m.walked = false;
	act(ui, ACT_COPY);
	assert_non_null(strstr(ui->notice, "Nothing was sent yet"));
	/* of what was given alone there is a reply all the same */
	ui->m.walked = true;
	act(ui, ACT_COPY);
	assert_true(shows(ui, 18, 60, "1 the reply for the user to the clipboard"));
	act(ui, ACT_BACK);
	mark(ui, "token");
	act(ui, ACT_COPY);
	assert_true(shows(ui, 18, 60, "1 the marked value to the terminal's clipboard"));
	type(ui, "1");
	assert_string_equal(clipped, "opaq…[redacted 42 B, sha256:1f3a]");
	fake.c.n_exchanges = n;
	end(ui);
}

/* Five seconds for a token's own row; for every other kind it says why there is nothing to show. */
static void
test_showing(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	mark(ui, "token");
	act(ui, ACT_SHOW);
	assert_true(shows(ui, 18, 60, "opaque-token-of-the-tests"));
	clock_advance_us(&fake.clock, 5000000);
	ui_timeout(ui, clock_mono_us(&fake.clock));
	assert_false(shows(ui, 18, 60, "opaque-token-of-the-tests"));
	mark(ui, "exp");
	act(ui, ACT_SHOW);
	assert_non_null(strstr(ui->notice, "not masked"));
	act(ui, ACT_STEP_5);
	mark(ui, "token-expired");
	act(ui, ACT_SHOW);
	assert_non_null(strstr(ui->notice, "masked for good"));
	mark(ui, "2 introspection");
	act(ui, ACT_SHOW);
	assert_non_null(strstr(ui->notice, "masked for good"));
	act(ui, ACT_LOG);
	act(ui, ACT_SHOW);
	assert_non_null(strstr(ui->notice, "masked when it is written"));
	end(ui);
}

/* Enter shows each of them whole. */
static void
test_pager(void **state)
{
	static const char *const rows[][2] = {{"token-expired", "Refresh the token, then ask again."},
		{"2 introspection", "POST https://idp.example/introspect"}};
	struct ui *ui;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ui = begin(STEP_DEBUG);
		mark(ui, rows[i][0]);
		act(ui, ACT_ENTER);
		assert_int_equal(ui->n_layers, 2);
		assert_true(shows(ui, 60, 120, rows[i][1]));
		/* copying goes on from here */
		act(ui, ACT_COPY);
		type(ui, "1");
		assert_true(span_starts(span_of(clipped), "curl '"));
		end(ui);
	}
	ui = begin(STEP_VERIFY);
	mark(ui, "aud");
	act(ui, ACT_ENTER);
	assert_true(shows(ui, 40, 120, "https://api.example/with/a/rather/long/path"));
	act(ui, ACT_BACK);
	act(ui, ACT_LOG);
	act(ui, ACT_ENTER);
	assert_true(shows(ui, 40, 120, "a hostile "));
	end(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_into_a_file),
		cmocka_unit_test(test_without_a_request),
		cmocka_unit_test(test_showing),
		cmocka_unit_test(test_pager),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
