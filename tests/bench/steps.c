/*
 * The five steps as one `check` process against one curl process that sends the very same
 * requests, and the single request on the open connection against a bare round trip.
 */
#include "tests/bench/steps.h"

#include <cjson/cJSON.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "tests/bench/trip.h"
#include "tests/bench/world.h"

/* The steps' own requests, with the refresh; its tokens go where the run keeps them. */
enum { CHECK_ARGS = 20, AWAY_MS = 10 };

struct check {
	char conf[512], access[512], refresh[512], tokens[512], report[512];
	char *argv[CHECK_ARGS];
};

static void
check_init(struct check *c, const struct options *o, bool report)
{
	size_t n = 0;

	snprintf(c->conf, sizeof(c->conf), "%s/bench.conf", o->dir);
	snprintf(c->access, sizeof(c->access), "%s/access", o->dir);
	snprintf(c->refresh, sizeof(c->refresh), "%s/refresh", o->dir);
	snprintf(c->tokens, sizeof(c->tokens), "%s/tokens", o->dir);
	snprintf(c->report, sizeof(c->report), "%s/report.json", o->dir);
	for (const char *const *a = (const char *const[]){o->program, "check", "--config",
			c->conf, "--profile", "bench", "--access-token-file", c->access,
			"--refresh-token-file", c->refresh, "--refresh", "--tokens-out", c->tokens,
			"--probes", "none", NULL};
		*a; a++)
		c->argv[n++] = word(*a);
	if (report) {
		c->argv[n++] = word("--format");
		c->argv[n++] = word("json");
		c->argv[n++] = word("--output");
		c->argv[n++] = c->report;
	}
	c->argv[n] = NULL;
}

/* One timed run; the requests it made must be `requests` on at most `connections`. */
static bool
timed_pair_half(struct world *w, char *const *argv, int requests, void (*sample)(enum row, double),
	const char *name)
{
	int before = atomic_load(&w->server.shared->requests), status = -1;
	double ms = run_timed(argv, &status);
	int made = atomic_load(&w->server.shared->requests) - before;

	if (ms < 0 || made != requests || (status != 0 && status != 1)) {
		row_missing(ROW_STEPS, "%s made %d of %d requests, status %d", name, made, requests,
			status);
		return false;
	}
	sample(ROW_STEPS, ms);
	return true;
}

/* The server takes the refresh token every time; the program would not send one twice. */
static void
forget_spent(const struct options *o)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/state/tokentriage/spent", o->dir);
	unlink(path);
}

static void
five_steps(struct world *w, const struct options *o, int requests)
{
	char conf[512];
	char *curl[] = {word("curl"), word("-q"), word("-K"), conf, NULL};
	struct check check;
	int before, connections;

	snprintf(conf, sizeof(conf), "%s/curl.conf", o->dir);
	check_init(&check, o, false);
	before = atomic_load(&w->server.shared->connections);
	for (int i = 0; i < o->pairs; i++) {
		bool ok;

		forget_spent(o);
		if (i % 2)
			ok = timed_pair_half(w, check.argv, requests, row_ours, "check") &&
				timed_pair_half(w, curl, requests, row_theirs, "curl");
		else
			ok = timed_pair_half(w, curl, requests, row_theirs, "curl") &&
				timed_pair_half(w, check.argv, requests, row_ours, "check");
		if (!ok)
			return;
	}
	connections = atomic_load(&w->server.shared->connections) - before;
	row_note(ROW_STEPS, "%d requests; %.1f connections a check, 1 a curl", requests,
		(double)connections / o->pairs - 1);
}

/* The total of every exchange on an open connection, from one report. */
static int
take_timings(const char *path, enum row row)
{
	struct buf b;
	struct err e;
	cJSON *report, *x;
	int taken = 0;

	buf_init(&b, LIMIT_REPORT);
	if (file_read(path, &b, &e) != RES_OK) {
		buf_release(&b);
		return 0;
	}
	report = cJSON_Parse(buf_str(&b));
	cJSON_ArrayForEach(x, cJSON_GetObjectItemCaseSensitive(report, "exchanges")) {
		const cJSON *t = cJSON_GetObjectItemCaseSensitive(x, "timings");
		const cJSON *total = cJSON_GetObjectItemCaseSensitive(t, "total");

		if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(t, "reused")) ||
			!cJSON_IsNumber(total))
			continue;
		row_ours(row, total->valuedouble);
		taken++;
	}
	cJSON_Delete(report);
	buf_release(&b);
	return taken;
}

/* In turn: a check with a report, and as many bare round trips with its last request. */
static void
next_request(const struct options *o, struct world *w, const struct recorded *last, enum row row)
{
	struct check check;
	struct trip *trip = trip_open(w->server.ca_file, w->server.port);
	int status;

	if (!trip) {
		row_missing(row, "no connection to the server");
		return;
	}
	check_init(&check, o, true);
	for (int i = 0; i < o->pairs; i++) {
		int taken = 0;

		forget_spent(o);

		if (run_timed(check.argv, &status) >= 0)
			taken = take_timings(check.report, row);
		if (taken == 0) {
			row_missing(row, "no exchange on an open connection in the report");
			break;
		}
		for (int j = 0; j < taken; j++) {
			double ms = trip_once(trip, last->raw, last->n);

			if (ms >= 0)
				row_theirs(row, ms);
		}
	}
	trip_close(trip);
}

void
bench_steps(const struct options *o, struct world *w)
{
	struct recorded requests[SERVER_RECORDED] = {0};
	struct check check;
	int status = -1;
	size_t n;

	if (!w->up)
		return;
	check_init(&check, o, false);
	if (run_timed(check.argv, &status) < 0) {
		row_missing(ROW_STEPS, "check does not start");
		return;
	}
	n = recorded_read(o->dir, requests, SERVER_RECORDED);
	if (n == 0)
		row_missing(ROW_STEPS, "check sent no request (status %d)", status);
	else if (!recorded_curl_config(o->dir, w->server.port, requests, n))
		row_missing(ROW_STEPS, "curl's configuration could not be written");
	else
		five_steps(w, o, (int)n);
	if (n > 1) {
		next_request(o, w, &requests[n - 1], ROW_NEXT_LOCAL);
		atomic_store(&w->server.shared->delay_ms, AWAY_MS);
		next_request(o, w, &requests[n - 1], ROW_NEXT);
		atomic_store(&w->server.shared->delay_ms, 0);
	} else {
		row_missing(ROW_NEXT, "check sent no second request");
	}
	recorded_release(requests, n);
}
