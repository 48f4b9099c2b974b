/* The interface over the made-up case on a real terminal: for looking at it, and for the bench of the screen alone. */
#include "ui/fake.h"

#include "base/mem.h"

/* ncurses 6.4 loses a block where newterm() does not know the terminal; nothing of ours. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:new_prescr\n";
}

static bool
prepare(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return true;
}

static enum res
export_report(void *ctx, const char *format, const char *path, struct err *e)
{
	(void)ctx;
	(void)format;
	(void)path;
	(void)e;
	return RES_OK;
}

int
main(int argc, char **argv)
{
	static const struct ui_format formats[] = {{"json", "JSON report", "tokentriage-report.json"}};
	int64_t state = FAKE_PROBLEM, records = 0;
	int status;

	if (argc > 1 && span_to_i64(span_of(argv[1]), &state) != RES_OK)
		return 2;
	if (argc > 2 && span_to_i64(span_of(argv[2]), &records) != RES_OK)
		return 2;
	fake_init((enum fake_state)state);
	fake.real = true;
	if (records) {
		log_free(fake.log);
		fake.log = log_new(&fake.clock, fake.redactor, (size_t)records, (size_t)records * 200);
		for (int64_t i = 0; i < records; i++)
			log_add(fake.log, LOG_INFO, LOGC_HTTP, 0, "record %lld of many, as long as they are", (long long)i);
		fake_deps.log = fake.log;
	}
	if (fake.exp_us && state == FAKE_OK)
		fake.exp_us = clock_wall_us(&clock_system) + 299000000;
	fake_deps.term = &term_curses;
	fake_deps.clock = &clock_system;
	fake_deps.prepare = prepare;
	fake_deps.formats = formats;
	fake_deps.n_formats = 1;
	fake_deps.export_report = export_report;
	fake_deps.choose = argc > 3;
	status = ui_run(&fake_deps);
	fake_release();
	return status;
}
