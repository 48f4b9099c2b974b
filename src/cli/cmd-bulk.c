/* bulk: the check for many tokens, one JSON line each, and a summary. */
#include "cli/bulk.h"

#include <signal.h>
#include <sys/ioctl.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/modules.h"

enum { PATIENCE = 12, PROGRESS_US = 200000, PROGRESS_PLAIN_US = 10000000 };
/*
 * More tokens are in hand than requests are under way: while one's answer is looked at, another's
 * request is on the connection that is free.
 */
enum { LANES_PER_REQUEST = 2 };

struct bulk {
	struct app app;
	struct shared *shared;
	struct bulk_input *in;
	struct bulk_output *out;
	struct bulk_summary summary;
	struct lane **lanes;
	size_t n_lanes, n_busy, most_lanes;
	struct lane **idle;
	size_t n_idle;
	struct buf line;
	unsigned char run[LOG_TRACE_BYTES];
	bool input_ended, waiting;  /* nothing is to be read now */
	bool learnt;                /* about the server, by the first token that was asked for */
	bool is_tty;
	int64_t began_us, told_us;
};

/* --- signals: what is whole is written, and --resume goes on ------ */

static volatile sig_atomic_t ended_by;

static void
on_signal(int sig)
{
	if (ended_by) /* twice: at once */
		_exit(128 + sig);
	ended_by = sig;
}

static void
catch_signals(void)
{
	struct sigaction a = {.sa_handler = on_signal}, before;

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	/* nohup stays what it says */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &a, NULL);
}

/* --- progress ------ */

/* By the bytes of the input that are left; what a run before had done took no time now. */
static void
eta(const struct bulk *b, double seconds, uint64_t done, char *out, size_t size)
{
	uint64_t taken, all;
	char left[32];

	out[0] = '\0';
	bulk_input_bytes(b->in, &taken, &all);
	if (!taken || taken > all || !done || seconds < 1) /* a file may grow meanwhile */
		return;
	time_span(left,
		(int64_t)((double)(all - taken) * (double)b->summary.total / (double)taken *
			seconds / (double)done));
	snprintf(out, size, ", %u %%, %s left", (unsigned)(taken * 100 / all), left);
}

/* The bar is drawn over itself: it has one row, however narrow. */
static void
draw_bar(const char *whole, const char *brief)
{
	struct winsize w;
	int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : 80;

	fprintf(stderr, "\r\033[K%.*s", columns - 1,
		strlen(whole) < (size_t)columns ? whole : brief);
}

static void
tell_progress(struct bulk *b, bool last)
{
	int64_t now = clock_mono_us(&clock_system);
	double seconds = (double)(now - b->began_us) / 1e6;
	unsigned long long total = b->summary.total;
	uint64_t done = total - b->summary.resumed;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	struct shared_counts n;
	char left[80], whole[200], brief[160];
	long long pause_s;

	if (!last && now - b->told_us < (b->is_tty ? PROGRESS_US : PROGRESS_PLAIN_US))
		return;
	b->told_us = now;
	shared_count(b->shared, &n);
	eta(b, seconds, done, left, sizeof(left));
	pause_s = (n.resume_us - now) / 1000000 + 1;
	snprintf(whole, sizeof(whole), "%llu token%s, %.0f a second%s", total,
		total == 1 ? "" : "s", rate, left);
	snprintf(brief, sizeof(brief), "%llu, %.0f/s%s", total, rate, left);
	if (n.resume_us) {
		snprintf(whole + strlen(whole), sizeof(whole) - strlen(whole),
			"; the server is given a pause, %lld s", pause_s);
		snprintf(brief, sizeof(brief), "%llu, %.0f/s; pause %lld s", total, rate, pause_s);
	}
	if (b->is_tty)
		draw_bar(whole, brief);
	else
		app_tell("%s", whole);
	if (b->is_tty && last)
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

/* --- the run ------ */

static struct lane *
idle_lane(struct bulk *b, struct err *e)
{
	struct lane *l;

	if (b->n_idle)
		return b->idle[--b->n_idle];
	/* one lane learns about the server, and the others take it over */
	if (b->n_busy && !b->learnt)
		return NULL;
	if (b->n_lanes >= b->most_lanes)
		return NULL;
	l = lane_new(&b->app, b->shared, opt_given(b->app.opt, OPT_TRACEPARENT) ? b->run : NULL, e);
	if (!l)
		return NULL;
	if (b->learnt)
		lane_adopt(l, b->lanes[0]);
	b->lanes[b->n_lanes++] = l;
	return l;
}

/* RES_IO: there is no server at all, which is no fault of the first token nor of the others. */
static enum res
turn_lane(struct bulk *b, struct lane *l, struct err *e)
{
	uint64_t place;

	if (!lane_turn(l))
		return RES_OK;
	if (!b->learnt && !shared_answered(b->shared))
		return err_set(e, RES_IO, "%s", lane_words(l));
	b->learnt = true;
	buf_clear(&b->line);
	place = lane_result(l, &b->line, &b->summary);
	bulk_output_put(b->out, place, buf_span(&b->line));
	b->idle[b->n_idle++] = l;
	b->n_busy--;
	return RES_OK;
}

static enum res
begin_item(struct bulk *b, struct lane *l, struct bulk_item *item, struct err *e)
{
	uint64_t place = 0;

	if (!bulk_output_place(b->out, &place))
		return RES_LIMIT;
	if (!item->token) {
		buf_clear(&b->line);
		lane_unreadable(l, item, &b->line, &b->summary);
		bulk_output_put(b->out, place, buf_span(&b->line));
		b->idle[b->n_idle++] = l;
		bulk_item_release(item);
		return RES_OK;
	}
	lane_begin(l, item, place);
	b->n_busy++;
	return turn_lane(b, l, e);
}

/* Gives tokens to lanes as long as there are both. */
static enum res
feed_lanes(struct bulk *b, struct err *e)
{
	struct bulk_item item;
	struct lane *l;
	enum feed f;
	enum res r = RES_OK;

	b->waiting = false;
	while (r == RES_OK && !b->input_ended && !ended_by && bulk_output_room(b->out) &&
		(l = idle_lane(b, e))) {
		f = bulk_input_next(b->in, &item, e);
		if (f == FEED_ITEM) {
			r = bulk_output_resume(b->out, &item, &b->summary, e);
			if (r == RES_NOTFOUND) {
				r = begin_item(b, l, &item, e);
				continue;
			}
			bulk_item_release(&item);
		}
		b->idle[b->n_idle++] = l;
		if (f == FEED_ERROR)
			return e->code;
		b->input_ended = f == FEED_END;
		if (b->input_ended)
			r = bulk_output_resumed_all(b->out, &b->summary, e);
		if (f == FEED_AGAIN) {
			b->waiting = true;
			break;
		}
	}
	return r == RES_OK && *e->text ? e->code : r;
}

static int
wait_ms(const struct bulk *b)
{
	int64_t now = clock_mono_us(&clock_system), at = INT64_MAX;
	int64_t most = b->is_tty ? PROGRESS_US / 1000 : 1000;

	for (size_t i = 0; i < b->n_lanes; i++) {
		int64_t due = lane_deadline_us(b->lanes[i]);

		at = due < at ? due : at;
	}
	if (at == INT64_MAX)
		return (int)most;
	at = at <= now ? 0 : (at - now) / 1000 + 1;
	return at < most ? (int)at : (int)most;
}

/* Lanes whose retries are due, which no answer wakes. */
static enum res
turn_due(struct bulk *b, struct err *e)
{
	int64_t now = clock_mono_us(&clock_system);
	enum res r = RES_OK;

	for (size_t i = 0; r == RES_OK && i < b->n_lanes; i++)
		if (lane_busy(b->lanes[i]) && lane_deadline_us(b->lanes[i]) <= now)
			r = turn_lane(b, b->lanes[i], e);
	return r;
}

/*
 * Looks at what came.  What is free goes on first, and before each look: an answer that comes
 * meanwhile frees its connection for a request that waits.
 */
static enum res
turn_ready(struct bulk *b, struct err *e)
{
	enum res r = RES_OK;
	struct lane *l;

	shared_turn(b->shared);
	while (r == RES_OK && (l = shared_next_ready(b->shared))) {
		if (shared_wait(b->shared, NULL, 0, 0) != RES_OK)
			return err_errno(e, "waiting for the network");
		shared_turn(b->shared);
		r = turn_lane(b, l, e);
	}
	return r;
}

static enum res
wait_for_more(struct bulk *b, struct err *e)
{
	struct pollfd fd = {.fd = b->waiting ? bulk_input_fd(b->in) : -1, .events = POLLIN};

	shared_turn(b->shared);
	if (shared_wait(b->shared, &fd, 1, wait_ms(b)) != RES_OK)
		return err_errno(e, "waiting for the network");
	return RES_OK;
}

static enum res
run(struct bulk *b, struct err *e)
{
	enum res r = RES_OK;

	while (r == RES_OK && !ended_by) {
		r = feed_lanes(b, e);
		if (r != RES_OK || (b->input_ended && !b->n_busy))
			break;
		r = wait_for_more(b, e);
		if (r == RES_OK)
			r = turn_ready(b, e);
		if (r == RES_OK)
			r = turn_due(b, e);
		if (r == RES_OK)
			r = bulk_output_flush(b->out, e);
		if (r == RES_OK && shared_gone(b->shared))
			r = err_set(e, RES_IO, "%s", shared_gone(b->shared));
		tell_progress(b, false);
	}
	return r;
}

/* --- beginning and end ------ */

static enum res
write_summary(struct bulk *b, struct err *e)
{
	const char *path = opt_str(b->app.opt, OPT_SUMMARY);
	struct buf text;
	enum res r = RES_OK;

	buf_init(&text, 4 << 20);
	bulk_summary_text(&b->summary, &text);
	fwrite(text.p, 1, text.len, stderr);
	buf_clear(&text);
	if (path) {
		struct json *j = bulk_summary_json(&b->summary);

		(void)json_print(j, &text, true);
		json_free(j);
		r = file_write(path, buf_span(&text), e);
	}
	buf_release(&text);
	return r;
}

static enum res
check_usage(const struct options *o, struct err *e)
{
	if (!o->n_args)
		return err_set(e, RES_SYNTAX,
			"bulk needs a file with a token a line, or JSON lines; - is stdin");
	if (opt_given(o, OPT_RESUME) && !opt_given(o, OPT_OUTPUT))
		return err_set(e, RES_SYNTAX, "--resume needs --output FILE: what it goes on with");
	return app_check_output(o, e);
}

static enum res
check_profile(const struct profile *p, struct err *e)
{
	if (p->issuer || p->introspection_endpoint || p->userinfo_endpoint || p->resource_url)
		return RES_OK;
	return err_set(e, RES_NOTFOUND,
		"no server to ask: give --profile, --issuer or an endpoint");
}

static enum res
begin(struct bulk *b, struct err *e)
{
	const struct options *o = b->app.opt;
	struct shared_limits limits = {.under_way = (unsigned)opt_int(o, OPT_CONCURRENCY),
		.rate = opt_int(o, OPT_RATE),
		.patience = PATIENCE};
	const struct transport_ops *ops;
	struct bulk_shard shard;
	size_t most = LANES_PER_REQUEST * (size_t)limits.under_way + 1;
	enum res r = bulk_shard_parse(&shard, opt_str(o, OPT_SHARD), e);

	if (r == RES_OK)
		r = app_pick_profile(&b->app, e);
	if (r == RES_OK)
		r = check_profile(&b->app.profile, e);
	if (r == RES_OK)
		r = app_fetch_secrets(&b->app, &b->app.profile, e);
	if (r != RES_OK)
		return r;
	/* The tokens are those of the list. */
	profile_set(&b->app.profile.access_token_file, SPAN_EMPTY);
	profile_set(&b->app.profile.refresh_token_file, SPAN_EMPTY);
	profile_set(&b->app.profile.id_token_file, SPAN_EMPTY);
	ops = modules_transport(e);
	b->shared = ops ? shared_new(ops, &clock_system, &rng_system, &limits, e) : NULL;
	b->in = b->shared ? bulk_input_open(o->args[0], shard, e) : NULL;
	if (b->in && bulk_input_exposed(b->in))
		app_warn("%s holds tokens and is readable by others (chmod 600)", o->args[0]);
	b->out = b->in ? bulk_output_open(opt_str(o, OPT_OUTPUT), opt_given(o, OPT_RESUME),
			       4 * most + BULK_WINDOW_MIN, e)
		       : NULL;
	rng_fill(&rng_system, b->run, sizeof(b->run));
	b->most_lanes = most;
	b->lanes = xcalloc(most, sizeof(struct lane *));
	b->idle = xcalloc(most, sizeof(struct lane *));
	b->is_tty = isatty(STDERR_FILENO);
	b->began_us = b->told_us = clock_mono_us(&clock_system);
	return b->out ? RES_OK : e->code ? e->code : RES_IO;
}

static void
end(struct bulk *b)
{
	for (size_t i = 0; i < b->n_lanes; i++)
		lane_free(b->lanes[i]);
	free(b->lanes);
	free(b->idle);
	shared_free(b->shared);
	bulk_input_close(b->in);
	buf_release(&b->line);
	app_release(&b->app);
}

static int
finish(struct bulk *b, enum res r, struct err *e)
{
	struct err late = ERR_INIT;
	int status = r == RES_OK ? bulk_summary_status(&b->summary) : STATUS_INTERNAL;

	tell_progress(b, true);
	if (r != RES_OK)
		app_fail(e);
	if (r == RES_IO && !ended_by && opt_given(b->app.opt, OPT_OUTPUT))
		app_tell("--resume goes on where this ends");
	if (r == RES_OK && !b->summary.total && !ended_by)
		app_tell("there is no token in the input%s: nothing was asked",
			opt_given(b->app.opt, OPT_SHARD) ? " for this shard" : "");
	if (r == RES_SYNTAX) /* not the results of this input: nothing was sent */
		status = STATUS_USAGE;
	if (bulk_output_close(b->out, &late) != RES_OK) {
		if (strcmp(late.text, e->text) != 0) /* a disk that stays full is said once */
			app_fail(&late);
		status = status == STATUS_USAGE ? status : STATUS_INTERNAL;
	} else if (status != STATUS_USAGE && write_summary(b, &late) != RES_OK) {
		app_fail(&late);
		status = STATUS_INTERNAL;
	}
	if (ended_by) {
		app_tell("ended by signal %d; --resume goes on where this ends", (int)ended_by);
		status = 128 + ended_by;
	}
	return status;
}

int
cmd_bulk(const struct options *o)
{
	struct bulk b = {0};
	struct err e = ERR_INIT;
	int status;

	if (check_usage(o, &e) != RES_OK)
		return app_usage(CMD_BULK, &e);
	app_init(&b.app, o);
	buf_init(&b.line, BULK_RESULT_MAX);
	if (begin(&b, &e) != RES_OK) {
		struct err ignored = ERR_INIT;

		status = app_fail(&e);
		(void)!bulk_output_close(b.out, &ignored);
	} else {
		catch_signals();
		bulk_output_stop_by(b.out, &ended_by);
		status = finish(&b, run(&b, &e), &e);
	}
	end(&b);
	return status;
}
