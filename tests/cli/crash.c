/*
 * SIGKILL at random moments of a refresh.  `check --refresh` asks the embedded server by way of a relay here, which
 * notes when a request came and when the last byte of its answer was handed to the kernel.  Whenever the process
 * ends, the next start either finds the new tokens kept, or shows the mark and does not send the token again; from
 * 50 ms after the last byte the tokens are always kept; and over all runs no refresh token is sent twice.
 *
 * The 50 ms are this process's own clock between the delivery and the signal, less what the kernel says
 * (/proc/PID/schedstat) that the program stood in the run queue meanwhile: a machine that did not let it run is no
 * fault of its.  A moment that has less than 50 ms left so is tried again, and counted as starved.  The files are
 * in memory (/dev/shm) where that is, so that a busy disk is not what is measured; SIGKILL does not tell the two apart.
 *
 * TT_CRASH_RUNS (200) moments, by TT_CRASH_SEED.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/rng.h"
#include "oauth/json.h"
#include "remove-tree.h"

extern char **environ;

enum { KEPT_BY_US = 50000, RUN_LIMIT_US = 60000000, CONNS = 8, TRIES = 20, MESSAGE = 256 << 10 };

static struct {
	char dir[128], endpoint[64], introspection[64], client[128];
	struct sockaddr_in server; /* the embedded one */
	pid_t serve;
	int listener;
	struct rng rng;
	char **sent;               /* every refresh token that was sent, in order */
	size_t n_sent;
	char refresh[LIMIT_TOKEN]; /* the newest that the server gave */
} world;

static int64_t
now_us(void)
{
	return clock_mono_us(&clock_system);
}

static void
bail(const char *why)
{
	printf("Bail out! %s\n", why);
	if (world.serve > 0)
		kill(world.serve, SIGTERM);
	exit(99);
}

static char *
in_dir(const char *name)
{
	return path_join(world.dir, name);
}

static size_t
times_sent(const char *token)
{
	size_t n = 0;

	for (size_t i = 0; i < world.n_sent; i++)
		n += !strcmp(world.sent[i], token);
	return n;
}

/* --- the relay ------------------------------------------------------------------------------------------- */

struct conn {
	int fd; /* -1: free */
	struct buf in;
};

/* One run of the program, as the relay sees it. */
struct flight {
	struct conn conns[CONNS];
	int64_t asked_us, delivered_us; /* 0: not yet */
	int64_t due_us;                 /* when the next part of the answer goes out */
	int to;                         /* where it goes; -1 */
	struct buf answer;
	size_t out, split;
	char access[LIMIT_TOKEN];       /* what the answer holds */
};

static void
flight_init(struct flight *f)
{
	memset(f, 0, sizeof *f);
	for (int i = 0; i < CONNS; i++) {
		f->conns[i].fd = -1;
		buf_init(&f->conns[i].in, MESSAGE);
	}
	buf_init(&f->answer, MESSAGE);
	f->to = -1;
}

static void
flight_release(struct flight *f)
{
	for (int i = 0; i < CONNS; i++) {
		if (f->conns[i].fd >= 0)
			close(f->conns[i].fd);
		buf_release(&f->conns[i].in);
	}
	buf_release(&f->answer);
}

/* Is a whole message there?  Its body. */
static bool
whole(struct span message, struct span *body)
{
	size_t head = span_find_str(message, "\r\n\r\n"), at;
	struct span length;
	int64_t n = 0;

	if (head == SIZE_MAX)
		return false;
	*body = span_from(message, head + 4);
	at = span_find_str_nocase(span_sub(message, 0, head), "\r\ncontent-length:");
	if (at == SIZE_MAX)
		return true;
	length = span_from(message, at + 17);
	length = span_trim(span_sub(length, 0, span_find(length, '\r')));
	if (span_to_i64(length, &n) != RES_OK)
		bail("a message without a length");
	return body->n >= (size_t)n;
}

static void
ask_server(struct span request, struct buf *answer)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct span body;
	char chunk[16384];

	if (fd < 0 || connect(fd, (struct sockaddr *)&world.server, sizeof world.server) != 0 ||
		write(fd, request.p, request.n) != (ssize_t)request.n)
		bail("the embedded server does not take requests");
	while (!answer->len || !whole(buf_span(answer), &body)) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n <= 0)
			bail("the embedded server does not answer");
		buf_add(answer, chunk, (size_t)n);
	}
	close(fd);
}

static void
note_request(struct span body)
{
	size_t at = span_find_str(body, "refresh_token=");
	struct span value = at == SIZE_MAX ? SPAN_EMPTY : span_from(body, at + 14);
	struct buf token;

	/* grant_type=refresh_token stands before it */
	value = span_sub(value, 0, span_find(value, '&') == SIZE_MAX ? value.n : span_find(value, '&'));
	buf_init(&token, LIMIT_TOKEN);
	form_decode(&token, value);
	world.sent = xreallocarray(world.sent, world.n_sent + 1, sizeof *world.sent);
	world.sent[world.n_sent++] = span_dup(buf_span(&token));
	buf_release(&token);
}

static void
note_answer(struct flight *f)
{
	struct span body;
	struct json *doc = NULL;

	if (!whole(buf_span(&f->answer), &body) || json_parse(&doc, body, NULL) != RES_OK)
		bail("the embedded server's answer is no token response");
	if (json_get_str(doc, "refresh_token").n) {
		snprintf(world.refresh, sizeof world.refresh, "%.*s",
			SPAN_ARG(json_get_str(doc, "refresh_token")));
		snprintf(f->access, sizeof f->access, "%.*s", SPAN_ARG(json_get_str(doc, "access_token")));
	}
	json_free(doc);
}

/* A request came whole: a refresh goes on to the server, everything else waits for ever. */
static void
take_request(struct flight *f, struct conn *c, bool slow)
{
	struct span body;

	if (!whole(buf_span(&c->in), &body) || !span_starts(buf_span(&c->in), "POST /token "))
		return;
	f->asked_us = now_us();
	note_request(body);
	ask_server(buf_span(&c->in), &f->answer);
	note_answer(f);
	f->to = c->fd;
	f->split = 1 + rng_below(&world.rng, (uint32_t)f->answer.len - 1);
	f->due_us = f->asked_us + (slow ? rng_below(&world.rng, 10000) : 0);
	buf_clear(&c->in);
}

static void
deliver(struct flight *f, bool slow)
{
	size_t n = f->out ? f->answer.len - f->out : f->split;

	if (send(f->to, f->answer.p + f->out, n, MSG_NOSIGNAL) != (ssize_t)n) {
		f->to = -1; /* it is gone already */
		return;
	}
	f->out += n;
	f->due_us = now_us() + (slow ? rng_below(&world.rng, 3000) : 0);
	if (f->out < f->answer.len)
		return;
	f->delivered_us = now_us();
	f->to = -1;
}

static void
take_connection(struct flight *f)
{
	int fd = accept4(world.listener, NULL, NULL, SOCK_CLOEXEC), one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (int i = 0; fd >= 0 && i < CONNS; i++)
		if (f->conns[i].fd < 0) {
			f->conns[i].fd = fd;
			return;
		}
	if (fd >= 0)
		close(fd);
}

static void
read_conn(struct flight *f, struct conn *c, bool slow)
{
	char chunk[16384];
	ssize_t n = read(c->fd, chunk, sizeof chunk);

	if (n > 0) {
		buf_add(&c->in, chunk, (size_t)n);
		take_request(f, c, slow);
		return;
	}
	if (f->to == c->fd)
		f->to = -1;
	close(c->fd);
	c->fd = -1;
	buf_clear(&c->in);
}

/* One turn of the relay, until something came or until_us. */
static void
relay_turn(struct flight *f, int64_t until_us, bool slow)
{
	struct pollfd fds[CONNS + 1];
	int64_t left;
	struct timespec wait;

	if (f->to >= 0 && f->due_us < until_us)
		until_us = f->due_us;
	left = until_us - now_us();
	wait = (struct timespec){left > 0 ? left / 1000000 : 0, left > 0 ? left % 1000000 * 1000 : 0};
	fds[CONNS] = (struct pollfd){world.listener, POLLIN, 0};
	for (int i = 0; i < CONNS; i++)
		fds[i] = (struct pollfd){f->conns[i].fd, POLLIN, 0};
	if (ppoll(fds, CONNS + 1, &wait, NULL) < 0 && errno != EINTR)
		bail("poll");
	if (f->to >= 0 && now_us() >= f->due_us)
		deliver(f, slow);
	for (int i = 0; i < CONNS; i++)
		if (f->conns[i].fd >= 0 && fds[i].revents)
			read_conn(f, &f->conns[i], slow);
	if (fds[CONNS].revents & POLLIN)
		take_connection(f);
}

/* --- the program ------------------------------------------------------------------------------------------ */

static void
write_file(const char *name, const char *text)
{
	char *path = in_dir(name);

	if (file_write_private(path, span_of(text), NULL) != RES_OK)
		bail("no folder to write in");
	free(path);
}

static bool
read_text(const char *name, struct buf *out)
{
	char *path = in_dir(name);
	bool ok = file_read(path, out, NULL) == RES_OK;

	free(path);
	return ok;
}

/* `check --refresh` with this token and this state folder; hang: what is asked of the new token is never answered. */
static pid_t
start_check(const char *token, const char *out, bool hang)
{
	char *rt = in_dir("rt"), *tokens = in_dir(out), *err = in_dir("err"), *report = in_dir("report");
	const char *argv[24] = {getenv("TOKENTRIAGE"), "check", "--token-endpoint", world.endpoint, "--client-id",
		world.client, "--client-secret-env", "TT_CS", "--refresh-token-file", rt, "--steps", "refresh",
		"--refresh", "--tokens-out", tokens, "--timeout", "60", "--probes", "none"};
	int n = 19;
	posix_spawn_file_actions_t files;
	pid_t pid;

	if (hang) {
		argv[n++] = "--introspection-endpoint";
		argv[n++] = world.introspection;
	}
	write_file("rt", token);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, report, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&files, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawn(&pid, argv[0], &files, NULL, (char **)(uintptr_t)argv, environ) != 0)
		bail("the program cannot be started");
	posix_spawn_file_actions_destroy(&files);
	free(rt);
	free(tokens);
	free(err);
	free(report);
	return pid;
}

/* Nanoseconds that it was ready to run and was not let; 0 where the kernel does not tell. */
static int64_t
waited_us(pid_t pid)
{
	char path[64], line[128] = "";
	int64_t run = 0, wait = 0;
	struct span rest, word;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "r");
	if (f) {
		(void)!fgets(line, sizeof line, f);
		fclose(f);
	}
	rest = span_of(line);
	if (!span_word(&rest, &word) || span_to_i64(word, &run) != RES_OK || !span_word(&rest, &word) ||
		span_to_i64(span_trim(word), &wait) != RES_OK)
		return 0;
	return wait / 1000;
}

/* --- one moment ------------------------------------------------------------------------------------------- */

enum since { SINCE_START, SINCE_ASKED, SINCE_DELIVERED };
struct moment {
	enum since since;
	int64_t after_us;
};

static struct moment
draw_moment(size_t i, int64_t typical_us)
{
	switch (i % 4) {
	case 0:
		return (struct moment){SINCE_START, rng_below(&world.rng, (uint32_t)typical_us)};
	case 1:
		return (struct moment){SINCE_ASKED, rng_below(&world.rng, 12000)};
	case 2:
		return (struct moment){SINCE_DELIVERED, rng_below(&world.rng, KEPT_BY_US)};
	default:
		return (struct moment){SINCE_DELIVERED, KEPT_BY_US + rng_below(&world.rng, 70000)};
	}
}

struct outcome {
	bool sent, delivered, kept, damaged, marked, sent_later, kept_later;
	int64_t since_us; /* from the last byte to the signal, less the time it was not let run; -1: not delivered */
	int64_t took_us;  /* from the start to the last byte */
};

/* Runs until the moment, then kills.  False: it ended by itself before. */
static bool
run_until(struct flight *f, pid_t pid, const struct moment *m, struct outcome *o)
{
	int64_t begun = now_us(), waited = 0, kill_us = INT64_MAX;
	bool alive = true;

	while (now_us() < kill_us) {
		const int64_t from[] = {begun, f->asked_us, f->delivered_us};

		if (f->delivered_us && !waited)
			waited = waited_us(pid) + 1;
		if (from[m->since])
			kill_us = from[m->since] + m->after_us;
		if (now_us() > begun + RUN_LIMIT_US)
			bail("the moment does not come");
		relay_turn(f, kill_us < now_us() + 20000 ? kill_us : now_us() + 20000, true);
		if (alive && waitpid(pid, NULL, WNOHANG) == pid)
			return false;
	}
	o->since_us = f->delivered_us
		? now_us() - f->delivered_us - (waited ? waited_us(pid) + 1 - waited : 0) : -1;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	o->took_us = f->delivered_us ? f->delivered_us - begun : 0;
	return true;
}

/* The pair that the store holds; a part of one is damage. */
static void
look_at_store(const char *name, const char *access, const char *refresh, bool *kept, bool *damaged)
{
	struct json *doc = NULL;
	struct buf b;

	buf_init(&b, MESSAGE);
	*kept = *damaged = false;
	if (read_text(name, &b)) {
		if (json_parse(&doc, buf_span(&b), NULL) != RES_OK)
			*damaged = true;
		else
			*kept = *access && span_is(json_get_str(doc, "access_token"), access) &&
				span_is(json_get_str(doc, "refresh_token"), refresh);
		*damaged = *damaged || !*kept;
	}
	json_free(doc);
	buf_release(&b);
}

/* The next start, with the token that was sent, or may have been. */
static void
start_again(const char *token, struct outcome *o)
{
	pid_t pid = start_check(token, "later.json", false);
	struct flight f;
	bool damaged;
	struct buf err;

	flight_init(&f);
	while (waitpid(pid, NULL, WNOHANG) != pid)
		relay_turn(&f, now_us() + 2000, false);
	o->sent_later = f.asked_us != 0;
	look_at_store("later.json", f.access, world.refresh, &o->kept_later, &damaged);
	o->damaged = o->damaged || damaged;
	buf_init(&err, MESSAGE);
	if (!read_text("err", &err))
		bail("no stderr");
	o->marked = strstr(buf_str(&err), "ended before its answer was kept") != NULL;
	buf_release(&err);
	flight_release(&f);
}

static int
forget(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level ? remove(path) : 0;
}

static bool
try_moment(const struct moment *m, struct outcome *o)
{
	char token[sizeof world.refresh];
	struct flight f;
	pid_t pid;
	bool killed;

	memset(o, 0, sizeof *o);
	(void)nftw(world.dir, forget, 8, FTW_DEPTH | FTW_PHYS);
	snprintf(token, sizeof token, "%s", world.refresh);
	flight_init(&f);
	pid = start_check(token, "tokens.json", true);
	killed = run_until(&f, pid, m, o);
	o->sent = f.asked_us != 0;
	o->delivered = f.delivered_us != 0;
	look_at_store("tokens.json", f.access, world.refresh, &o->kept, &o->damaged);
	flight_release(&f);
	if (killed)
		start_again(token, o);
	return killed;
}

/* --- what must hold ---------------------------------------------------------------------------------------- */

enum class { NOT_SENT, MARKED_NOT_SENT, IN_FLIGHT, SOON_MARKED, SOON_KEPT, KEPT, CLASSES };
static const char *const class_words[] = {
	[NOT_SENT] = "before the mark: the next start refreshed",
	[MARKED_NOT_SENT] = "marked and not sent yet: the next start showed the mark",
	[IN_FLIGHT] = "sent, the answer not delivered: the next start showed the mark",
	[SOON_MARKED] = "less than 50 ms after the last byte: the next start showed the mark",
	[SOON_KEPT] = "less than 50 ms after the last byte: the new pair was kept",
	[KEPT] = "50 ms and more after the last byte: the new pair was kept",
};

static const char *
judge(const struct outcome *o, enum class *c)
{
	if (o->damaged)
		return "the file of tokens holds something else than the new pair";
	if (!o->sent) {
		*c = o->marked ? MARKED_NOT_SENT : NOT_SENT;
		if (o->marked == o->sent_later)
			return "a token that was never sent: it is marked, or can be refreshed";
		return o->sent_later && !o->kept_later ? "the next start's tokens were not kept" : NULL;
	}
	if (o->sent_later)
		return "the token was sent again";
	if (!o->kept && !o->marked)
		return "neither the new pair nor the mark";
	*c = !o->delivered ? IN_FLIGHT : o->since_us >= KEPT_BY_US ? KEPT : o->kept ? SOON_KEPT : SOON_MARKED;
	return *c == KEPT && !o->kept ? "50 ms after the last byte the new pair was not kept" : NULL;
}

static size_t
twice(void)
{
	size_t n = 0;

	for (size_t i = 0; i < world.n_sent; i++)
		n += times_sent(world.sent[i]) > 1;
	return n;
}

static bool
run_all(size_t runs)
{
	size_t counts[CLASSES] = {0}, starved = 0, failed = 0, both = 0, ended = 0;
	int64_t typical_us = 0;
	struct outcome o;

	for (int i = 0; i < 3; i++) { /* how long it takes here */
		if (!try_moment(&(struct moment){SINCE_DELIVERED, 2 * KEPT_BY_US}, &o) || !o.took_us)
			bail("a refresh does not get through");
		typical_us = o.took_us > typical_us ? o.took_us : typical_us;
	}
	printf("# from the start to the last byte: %lld us\n", (long long)typical_us);
	for (size_t i = 0; i < runs; i++) {
		const char *why = NULL;
		enum class c = NOT_SENT;

		for (int t = 0; t < TRIES; t++) {
			struct moment m = draw_moment(i, typical_us);

			if (!try_moment(&m, &o)) {
				ended++;
				why = "it ended by itself";
				continue;
			}
			why = judge(&o, &c);
			if (why || i % 4 != 3 || o.since_us >= KEPT_BY_US)
				break;
			starved++;
		}
		counts[c] += !why;
		both += !why && o.kept && o.marked;
		if (why) {
			failed++;
			printf("# moment %zu: %s (%lld us after the last byte)\n", i, why, (long long)o.since_us);
		}
	}
	for (int c = 0; c < CLASSES; c++)
		printf("# %4zu %s\n", counts[c], class_words[c]);
	printf("# %4zu of these had both; %zu moments were tried again (starved), %zu times it had ended\n", both,
		starved, ended);
	printf("%s 1 - %zu moments: the new tokens are kept, or the next start shows the mark\n",
		failed ? "not ok" : "ok", runs);
	printf("%s 2 - from 50 ms after the last byte the new pair is kept (%zu moments)\n",
		counts[KEPT] * 5 >= runs ? "ok" : "not ok", counts[KEPT]);
	printf("%s 3 - of %zu requests none sent a refresh token a second time\n", twice() ? "not ok" : "ok",
		world.n_sent);
	return !failed && counts[KEPT] * 5 >= runs && !twice();
}

/* --- set-up ----------------------------------------------------------------------------------------------- */

static void
start_server(const char *folder)
{
	char *tokens = path_join(folder, "given.json"), *said = path_join(folder, "said");
	const char *argv[] = {getenv("TOKENTRIAGE"), "serve", "--tokens-out", tokens, NULL};
	posix_spawn_file_actions_t files;
	struct json *doc = NULL;
	struct buf b;
	int64_t port = 0;
	size_t at;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawn(&world.serve, argv[0], &files, NULL, (char **)(uintptr_t)argv, environ) != 0)
		bail("the server cannot be started");
	posix_spawn_file_actions_destroy(&files);
	buf_init(&b, MESSAGE);
	for (int64_t end = now_us() + RUN_LIMIT_US; (at = span_find_str(buf_span(&b), "ready port ")) == SIZE_MAX ||
		!span_ends(buf_span(&b), "\n");) {
		const struct timespec pause = {0, 2000000};

		if (now_us() > end || waitpid(world.serve, NULL, WNOHANG) == world.serve)
			bail("the embedded server does not start");
		nanosleep(&pause, NULL);
		buf_clear(&b);
		(void)!file_read(said, &b, NULL);
	}
	if (span_to_i64(span_trim(span_from(buf_span(&b), at + 11)), &port) != RES_OK)
		bail("no port");
	world.server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	buf_clear(&b);
	if (file_read(tokens, &b, NULL) != RES_OK || json_parse(&doc, buf_span(&b), NULL) != RES_OK)
		bail("no tokens to begin with");
	snprintf(world.refresh, sizeof world.refresh, "%.*s", SPAN_ARG(json_get_str(doc, "refresh_token")));
	snprintf(world.client, sizeof world.client, "%.*s", SPAN_ARG(json_get_str(doc, "client_id")));
	buf_clear(&b);
	buf_add_span(&b, json_get_str(doc, "client_secret"));
	setenv("TT_CS", buf_str(&b), 1);
	json_free(doc);
	buf_release(&b);
	free(tokens);
	free(said);
}

static void
open_relay(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;

	world.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (world.listener < 0 || bind(world.listener, (struct sockaddr *)&at, sizeof at) != 0 ||
		listen(world.listener, 16) != 0 ||
		getsockname(world.listener, (struct sockaddr *)&at, &n) != 0)
		bail("no port of our own");
	snprintf(world.endpoint, sizeof world.endpoint, "http://127.0.0.1:%d/token", ntohs(at.sin_port));
	snprintf(world.introspection, sizeof world.introspection, "http://127.0.0.1:%d/introspect",
		ntohs(at.sin_port));
}

static int64_t
number(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	int64_t n;

	return text && span_to_i64(span_of(text), &n) == RES_OK && n > 0 ? n : otherwise;
}

int
main(void)
{
	char folder[64] = "/dev/shm/tokentriage-crash-XXXXXX";
	int64_t seed = number("TT_CRASH_SEED", 20260131);
	bool ok;

	printf("1..3\n");
	if (!getenv("TOKENTRIAGE"))
		bail("no program to run");
	if (!mkdtemp(folder)) {
		snprintf(folder, sizeof folder, "/tmp/tokentriage-crash-XXXXXX");
		if (!mkdtemp(folder))
			bail("no folder to run in");
	}
	snprintf(world.dir, sizeof world.dir, "%s/run", folder);
	if (mkdir(world.dir, 0700) != 0)
		bail("no folder to run in");
	setenv("HOME", world.dir, 1);
	setenv("XDG_STATE_HOME", world.dir, 1);
	rng_init_seeded(&world.rng, (uint64_t)seed);
	start_server(folder);
	open_relay();
	printf("# seed %lld, in %s\n", (long long)seed, folder);
	ok = run_all((size_t)number("TT_CRASH_RUNS", 200));
	kill(world.serve, SIGTERM);
	waitpid(world.serve, NULL, 0);
	(void)remove_tree(folder);
	for (size_t i = 0; i < world.n_sent; i++)
		free(world.sent[i]);
	free(world.sent);
	return ok ? 0 : 1;
}
