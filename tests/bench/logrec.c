/* What a log record costs in memory, and what reading one costs among few and many. */
#include "tests/bench/bench.h"

#include "base/log.h"
#include "base/redact.h"
#include "tests/bench/pty.h"

enum { FEW = 10, READS = 200000, ROUNDS = 25, OVER = 1000 };

static const char *const outcomes[] = {"200 application/json", "401 application/json", "429"};

static void
add(struct log *l, int n)
{
	for (int i = 0; i < n; i++)
		log_add(l, LOG_INFO, LOGC_HTTP, (uint32_t)i,
			"\xe2\x86\x90 %s %d ms (dns 1 tcp 4 tls 31 wait 29)",
			outcomes[(unsigned)i % ARRAY_SIZE(outcomes)], i % 977);
}

static size_t
text_bytes(const struct log *l)
{
	struct log_rec rec;
	size_t sum = 0;

	for (size_t i = 0; i < log_count(l); i++) {
		if (log_get(l, i, &rec))
			sum += rec.text_len;
	}
	return sum;
}

/* Nanoseconds for one log_get, at indexes spread over the ring. */
static double
read_cost(const struct log *l)
{
	size_t count = log_count(l), at = 0, sum = 0;
	struct log_rec rec;
	double began = now_ms();

	for (int i = 0; i < READS; i++) {
		at = (at + 7919) % count;
		if (log_get(l, at, &rec))
			sum += rec.seq;
	}
	return sum > 0 ? (now_ms() - began) * 1e6 / READS : -1;
}

/* Text (with its NUL) and count may not exceed what the ring was made for. */
static void
bounds(const struct redactor *r)
{
	enum { RECORDS = 500, BYTES = 10000 };
	struct log *by_count = log_new(&clock_system, r, RECORDS, 1 << 20);
	struct log *by_bytes = log_new(&clock_system, r, 100000, BYTES);

	add(by_count, RECORDS + OVER);
	add(by_bytes, RECORDS + OVER);
	row_ours(ROW_LOG_BOUND, (log_count(by_count) > RECORDS) + (text_bytes(by_bytes) > BYTES));
	log_free(by_count);
	log_free(by_bytes);
}

void
bench_log(const struct options *o)
{
	struct redactor *r = redactor_new();
	struct log *few = log_new(&clock_system, r, FEW, 1 << 16), *many;
	long before, after;
	double text;

	add(few, FEW);
	before = proc_rss_kib(getpid());
	many = log_new(&clock_system, r, (size_t)o->records, (size_t)o->records * 128);
	add(many, o->records);
	after = proc_rss_kib(getpid());
	text = (double)text_bytes(many);
	if (log_count(many) != (size_t)o->records || before < 0) {
		row_missing(ROW_LOG_RECORD, "%zu of %d records were kept", log_count(many), o->records);
	} else {
		row_ours(ROW_LOG_RECORD, ((double)(after - before) * 1024 - text) / o->records);
		row_note(ROW_LOG_RECORD, "%d records, %.0f B of text each", o->records,
			text / o->records);
		for (int i = 0; i < ROUNDS; i++) {
			row_theirs(ROW_LOG_GET, read_cost(few));
			row_ours(ROW_LOG_GET, read_cost(many));
		}
	}
	log_free(many);
	log_free(few);
	bounds(r);
	redactor_free(r);
}
