/* Step 5's exchanges: as they were sent and decoded, two side by side, and the jumps to what proves something. */
#include "unit.h"

#include "ui/user.h"

static struct ui *
begin(enum step step)
{
	fake_init(FAKE_PROBLEM);
	return fake_ui(step);
}

static void
done(struct ui *ui)
{
	fake_ui_free(ui);
	fake_release();
}

/* Step 5 with the row of that name marked. */
static void
go_row(struct ui *ui, const char *name)
{
	act(ui, ACT_STEP_5);
	act(ui, ACT_HOME);
	for (int i = 0; i < 20 && strcmp(step_marked(ui)->name, name) != 0; i++)
		act(ui, ACT_DOWN);
	assert_string_equal(step_marked(ui)->name, name);
}

static bool
says(const struct ui *ui, const char *text)
{
	return shows(ui, 60, 80, text);
}

/* --- how an exchange is shown -------------------------------------------------------------------- */

/* One key turns the message into its members with what they mean, and back; the next one opened is shown alike. */
static void
test_raw_and_decoded(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	go_row(ui, "2 introspection");
	act(ui, ACT_ENTER);
	assert_true(says(ui, "── 2 introspection ── as it was sent"));
	assert_true(says(ui, "HTTP/1.1 200 OK"));
	assert_true(says(ui, " \"active\": false"));
	assert_false(says(ui, "whether the server accepts"));
	act(ui, ACT_DECODE);
	assert_true(says(ui, "── 2 introspection ── decoded"));
	assert_true(says(ui, "D as sent"));
	assert_true(says(ui, "active         false"));
	assert_true(says(ui, "whether the server accepts the token now"));
	assert_false(says(ui, " \"active\": false"));
	act(ui, ACT_BACK);
	go_row(ui, "3 userinfo");
	act(ui, ACT_ENTER);
	assert_true(says(ui, "WWW-Authenticate error\n") && says(ui, "invalid_token\n"));
	assert_true(says(ui, "why the token was refused"));
	act(ui, ACT_DECODE);
	assert_true(says(ui, "WWW-Authenticate: Bearer error=\"invalid_token\""));
	/* what is above the exchange stays: of a finding's row its words */
	act(ui, ACT_BACK);
	go_row(ui, "token-expired");
	act(ui, ACT_ENTER);
	assert_true(says(ui, "exp = 2026-01-31 11:57:03Z"));
	act(ui, ACT_DECODE);
	assert_true(says(ui, "exp = 2026-01-31 11:57:03Z"));
	assert_true(says(ui, "whether the server accepts the token now"));
	/* a page without an exchange has nothing to decode */
	act(ui, ACT_BACK);
	act(ui, ACT_FINDINGS);
	act(ui, ACT_DECODE);
	assert_false(says(ui, "── decoded"));
	done(ui);
}

/* Does the pager's first row begin a line of the help, and not go on with one? */
static bool
begins_a_line(const struct ui *ui)
{
	struct canvas c;
	struct buf row;
	bool begins;

	canvas_init(&c);
	canvas_resize(&c, 24, 80);
	buf_init(&row, 1 << 12);
	ui_draw(ui, &c);
	canvas_row_text(&c, 5, &row);
	begins = row.len > 3 && row.p[3] != ' ';
	buf_release(&row);
	canvas_release(&c);
	return begins;
}

/* A long line stands whole over several rows, or on one that Left and Right scroll; the place stays. */
static void
test_wrap(void **state)
{
	static const char text[] = "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
		"0123456789 the end of it";
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	log_add(fake.log, LOG_INFO, LOGC_NET, 0, "%s", text);
	act(ui, ACT_LOG);
	act(ui, ACT_ENTER);
	assert_true(shows(ui, 24, 80, "the end of it"));
	act(ui, ACT_WRAP);
	assert_false(shows(ui, 24, 80, "the end of it"));
	assert_true(shows(ui, 24, 80, "0123456…"));
	for (int i = 0; i < 4; i++)
		act(ui, ACT_RIGHT);
	assert_true(shows(ui, 24, 80, "the end of it"));
	act(ui, ACT_HOME);
	assert_false(shows(ui, 24, 80, "the end of it"));
	/* a search scrolls sideways, too */
	act(ui, ACT_SEARCH);
	type(ui, "END OF");
	act(ui, ACT_ACCEPT);
	assert_true(shows(ui, 24, 80, "the end of it"));
	act(ui, ACT_WRAP);
	assert_true(shows(ui, 24, 80, "0123456789 0123456789"));
	assert_true(shows(ui, 24, 80, "the end of it"));
	/* in the help, the line at the top stays at the top; one that begins there, behind many that wrap */
	act(ui, ACT_BACK);
	act(ui, ACT_HELP);
	for (int i = 0; i < 6; i++)
		act(ui, ACT_PAGE_DOWN);
	while (!begins_a_line(ui))
		act(ui, ACT_DOWN);
	for (int i = 0; i < 2; i++) {
		struct canvas c;
		struct buf top;

		canvas_init(&c);
		canvas_resize(&c, 24, 80);
		buf_init(&top, 1 << 12);
		ui_draw(ui, &c);
		canvas_row_text(&c, 5, &top);
		act(ui, ACT_WRAP);
		ui_draw(ui, &c);
		buf_putc(&top, '\n');
		canvas_row_text(&c, 5, &top);
		/* at least as far as the narrower of both shows it */
		assert_memory_equal(buf_str(&top), strchr(buf_str(&top), '\n') + 1, 30);
		buf_release(&top);
		canvas_release(&c);
	}
	done(ui);
}

/* Every match is gone to, in its order, marked, and coming round is said. */
static void
test_pager_search(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	go_row(ui, "2 introspection");
	act(ui, ACT_ENTER);
	act(ui, ACT_SEARCH);
	type(ui, "TLS");
	act(ui, ACT_ACCEPT);
	assert_true(says(ui, "▸   dns 1 tcp 4 tls 31"));
	act(ui, ACT_SEARCH_NEXT);
	assert_true(says(ui, "▸   total 67 ms"));
	assert_string_equal(ui->notice, "");
	act(ui, ACT_SEARCH_NEXT);
	assert_true(says(ui, "▸ TLS"));
	act(ui, ACT_SEARCH_NEXT);
	assert_true(says(ui, "▸   TLSv1.3"));
	assert_string_equal(ui->notice, "");
	act(ui, ACT_SEARCH_NEXT);
	assert_true(says(ui, "▸   dns 1 tcp 4 tls 31"));
	assert_non_null(strstr(ui->notice, "went on from the beginning"));
	act(ui, ACT_SEARCH_PREV);
	assert_true(says(ui, "▸   TLSv1.3"));
	assert_non_null(strstr(ui->notice, "went on from the end"));
	act(ui, ACT_SEARCH_PREV);
	assert_true(says(ui, "▸ TLS"));
	assert_string_equal(ui->notice, "");
	act(ui, ACT_SEARCH);
	act(ui, ACT_ERASE_ALL);
	type(ui, "nowhere at all");
	act(ui, ACT_ACCEPT);
	assert_non_null(strstr(ui->notice, "\"nowhere at all\" does not stand here."));
	done(ui);
}

/* --- two of them ---------------------------------------------------------------------------------------- */

static void
test_compare(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	/* the first one has none before it */
	go_row(ui, "1 discovery");
	act(ui, ACT_DIFF);
	assert_int_equal(ui->n_layers, 1);
	assert_non_null(strstr(ui->notice, "no other exchange"));
	/* without a mark the one before */
	go_row(ui, "3 userinfo");
	act(ui, ACT_DIFF);
	assert_true(says(ui, "── Exchanges 2 and 3 ──"));
	assert_true(says(ui, "method              2  POST\n"));
	assert_true(says(ui, "                        3  GET\n"));
	assert_true(says(ui, "status              2  200 OK\n"));
	assert_true(says(ui, "active              2  false\n"));
	assert_true(says(ui, "                        3  (not there)\n"));
	assert_true(says(ui, "Headers of the request: Authorization"));
	assert_true(says(ui, "Time: sent, to, dns, connect, tls, wait, receive, total, reused"));
	act(ui, ACT_BACK);
	/* the marked one, whichever comes first, and it is seen in the list */
	go_row(ui, "3 userinfo");
	act(ui, ACT_MARK);
	assert_non_null(strstr(ui->notice, "d on another one"));
	go_row(ui, "1 discovery");
	assert_true(shows(ui, 24, 80, "●3 userinfo"));
	act(ui, ACT_DIFF);
	assert_true(says(ui, "── Exchanges 1 and 3 ──"));
	/* from what stands over the list, too, and the mark goes with the same key */
	act(ui, ACT_BACK);
	act(ui, ACT_ENTER);
	act(ui, ACT_DIFF);
	assert_int_equal(ui->n_layers, 2);
	assert_true(says(ui, "── Exchanges 1 and 3 ──"));
	act(ui, ACT_BACK);
	go_row(ui, "3 userinfo");
	act(ui, ACT_MARK);
	assert_non_null(strstr(ui->notice, "not marked any more"));
	assert_false(shows(ui, 24, 80, "●"));
	done(ui);
}

/* Of several that asked the same, the one before; what is the same is said, and what differs within a value shown. */
static void
test_compare_alike(void **state)
{
	struct exchange *x = exchange_new();
	struct ui *ui = begin(STEP_VERIFY);
	const struct exchange *was = fake.c.exchanges[1];
	struct canvas c;
	struct buf b;

	(void)state;
	x->step = was->step;
	x->purpose = was->purpose;
	http_request_copy(&x->request, &was->request);
	http_response_copy(&x->result.response, &was->result.response);
	x->result.timings = was->result.timings;
	x->result.tls = was->result.tls;
	x->result.sent_wall_us = was->result.sent_wall_us;
	snprintf(x->result.remote, sizeof(x->result.remote), "%s", was->result.remote);
	case_add(&fake.c, x);
	/* nothing marked: the newest one is meant */
	act(ui, ACT_STEP_5);
	act(ui, ACT_DIFF);
	assert_true(says(ui, "── Exchanges 2 and 4 ──"));
	assert_true(says(ui, "Nothing differs between the two."));
	act(ui, ACT_BACK);
	http_headers_set(&x->request.headers, "Authorization", SPAN_LIT("Bearer eyJh…[redacted 815 B]"));
	act(ui, ACT_DIFF);
	assert_true(says(ui, "4  Bearer eyJh…[redacted 815 B]"));
	canvas_init(&c);
	canvas_resize(&c, 24, 80);
	buf_init(&b, 1 << 16);
	ui_draw(ui, &c);
	write_canvas(&c, true, &b);
	/* "812" and "815": the last digit alone */
	assert_non_null(strstr(buf_str(&b), "VVVHVV"));
	buf_release(&b);
	canvas_release(&c);
	done(ui);
}

/* Of long values that differ far behind, the place where they do. */
static void
test_compare_long(void **state)
{
	static const char tails[2][8] = {"作!", "業!"};
	struct ui *ui = begin(STEP_VERIFY);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct exchange *x = (struct exchange *)(uintptr_t)fake.c.exchanges[1 + i];
		struct buf *b = &x->result.response.body;

		buf_clear(b);
		buf_puts(b, "{\"scope\":\"");
		for (int k = 0; k < 1000; k++)
			buf_puts(b, "openid ");
		buf_printf(b, "%s", tails[i]);
		for (int k = 0; k < 1000; k++)
			buf_puts(b, " profile");
		buf_puts(b, "\"}");
	}
	act(ui, ACT_STEP_5);
	act(ui, ACT_END);
	act(ui, ACT_DIFF);
	assert_true(says(ui, "2  …"));
	assert_true(says(ui, "作!"));
	assert_true(says(ui, "業!"));
	assert_true(says(ui, "bytes more)"));
	act(ui, ACT_BACK);
	act(ui, ACT_ENTER);
	act(ui, ACT_DECODE);
	assert_true(says(ui, "bytes more)"));
	assert_false(says(ui, "業"));
	done(ui);
}

/* --- jumps --------------------------------------------------------------------------------------------------- */

/* From a finding to the field, its exchange, the log, the exchange again; and back the whole way. */
static void
test_jumps(void **state)
{
	struct ui *ui = begin(STEP_VERIFY);
	struct log_rec rec;

	(void)state;
	go_row(ui, "token-expired");
	act(ui, ACT_JUMP);
	assert_int_equal(ui->step, STEP_VERIFY);
	assert_string_equal(step_marked(ui)->name, "exp");
	act(ui, ACT_JUMP);
	assert_int_equal(ui->step, STEP_DEBUG);
	assert_string_equal(step_marked(ui)->name, "2 introspection");
	assert_true(shows(ui, 18, 60, "2 introspection") || shows(ui, 18, 60, "2 introspecti…"));
	act(ui, ACT_JUMP);
	assert_int_equal(ui->pane, PANE_LOG);
	assert_true(logpane_marked(ui->records, &ui->log, step_log_pane(ui).rows - 1, &rec));
	assert_int_equal(rec.exchange, 2);
	assert_int_equal(rec.seq, 3);
	assert_string_equal(ui->notice, "");
	act(ui, ACT_JUMP);
	assert_int_equal(ui->pane, PANE_FIELDS);
	assert_string_equal(step_marked(ui)->name, "2 introspection");
	act(ui, ACT_JUMP_BACK);
	assert_int_equal(ui->pane, PANE_LOG);
	assert_true(logpane_marked(ui->records, &ui->log, step_log_pane(ui).rows - 1, &rec));
	assert_int_equal(rec.seq, 3);
	act(ui, ACT_JUMP_BACK);
	assert_int_equal(ui->pane, PANE_FIELDS);
	assert_true(ui->log.follow);
	assert_string_equal(step_marked(ui)->name, "2 introspection");
	act(ui, ACT_JUMP_BACK);
	assert_string_equal(step_marked(ui)->name, "exp");
	act(ui, ACT_JUMP_BACK);
	assert_int_equal(ui->step, STEP_DEBUG);
	assert_string_equal(step_marked(ui)->name, "token-expired");
	act(ui, ACT_JUMP_BACK);
	assert_non_null(strstr(ui->notice, "Nowhere to go back to"));
	done(ui);
}

/* On the page of all findings the one at the top is meant, or the one that a search found. */
static void
test_jumps_from_the_page(void **state)
{
	struct ui *ui = begin(STEP_HANDLE);

	(void)state;
	snprintf(fake.d.findings[1].evidence[0].fact, sizeof(fake.d.findings[1].evidence[0].fact), "scope");
	act(ui, ACT_FINDINGS);
	act(ui, ACT_JUMP);
	assert_int_equal(ui->n_layers, 1);
	assert_string_equal(step_marked(ui)->name, "exp");
	act(ui, ACT_JUMP_BACK);
	assert_int_equal(ui->step, STEP_HANDLE);
	act(ui, ACT_FINDINGS);
	act(ui, ACT_SEARCH);
	type(ui, "clock-skew");
	act(ui, ACT_ACCEPT);
	act(ui, ACT_JUMP);
	assert_int_equal(ui->n_layers, 1);
	assert_string_equal(step_marked(ui)->name, "scope");
	done(ui);
	/* scrolled to */
	fake_init(FAKE_CHAIN);
	ui = fake_ui(STEP_HANDLE);
	for (size_t i = 1; i < fake.d.n; i++)
		snprintf(fake.d.findings[i].evidence[0].fact, sizeof(fake.d.findings[i].evidence[0].fact), "scope");
	canvas_resize(&ui->canvas, 18, 60);
	act(ui, ACT_FINDINGS);
	act(ui, ACT_END);
	act(ui, ACT_JUMP);
	assert_string_equal(step_marked(ui)->name, "scope");
	done(ui);
}

/* With nothing marked the verdict is asked; what an opened page is about jumps, too; what leads nowhere says so. */
static void
test_jumps_from_elsewhere(void **state)
{
	struct ui *ui = begin(STEP_HANDLE);

	(void)state;
	act(ui, ACT_JUMP);
	assert_int_equal(ui->step, STEP_VERIFY);
	assert_string_equal(step_marked(ui)->name, "exp");
	act(ui, ACT_ENTER);
	assert_int_equal(ui->n_layers, 2);
	act(ui, ACT_JUMP);
	assert_int_equal(ui->n_layers, 1);
	assert_string_equal(step_marked(ui)->name, "2 introspection");
	/* evidence without a field leads to its exchange */
	snprintf(fake.d.findings[0].evidence[0].fact, sizeof(fake.d.findings[0].evidence[0].fact), "status");
	fake.d.findings[0].evidence[0].from = 1;
	go_row(ui, "token-expired");
	act(ui, ACT_JUMP);
	assert_string_equal(step_marked(ui)->name, "1 discovery");
	/* evidence of neither stays, and says so */
	fake.d.findings[0].evidence[0].from = FROM_PROFILE;
	go_row(ui, "token-expired");
	act(ui, ACT_JUMP);
	assert_string_equal(step_marked(ui)->name, "token-expired");
	assert_non_null(strstr(ui->notice, "neither a field nor an exchange"));
	/* a field of the token's own leads to what else proves its finding, or says whence it is */
	act(ui, ACT_STEP_1);
	act(ui, ACT_HOME);
	assert_string_equal(step_marked(ui)->name, "token");
	act(ui, ACT_JUMP);
	assert_int_equal(ui->step, STEP_VERIFY);
	assert_non_null(strstr(ui->notice, "read from the token itself"));
	snprintf(fake.d.findings[1].evidence[0].fact, sizeof(fake.d.findings[1].evidence[0].fact), "token");
	act(ui, ACT_JUMP);
	assert_string_equal(step_marked(ui)->name, "2 introspection");
	/* a record of no exchange, and an exchange whose records are not shown */
	act(ui, ACT_LOG);
	act(ui, ACT_UP);
	act(ui, ACT_JUMP);
	assert_int_equal(ui->pane, PANE_LOG);
	assert_non_null(strstr(ui->notice, "belongs to no exchange"));
	act(ui, ACT_LOG_LEVEL);
	act(ui, ACT_LOG);
	act(ui, ACT_LOG);
	go_row(ui, "1 discovery");
	act(ui, ACT_JUMP);
	assert_non_null(strstr(ui->notice, "no record of exchange 1"));
	done(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw_and_decoded),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_pager_search),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_compare_alike),
		cmocka_unit_test(test_compare_long),
		cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_jumps_from_the_page),
		cmocka_unit_test(test_jumps_from_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
