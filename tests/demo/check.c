/*
 * Every scenario of the embedded server under `check`, at each level of probes.  With all of them the scenario's cause
 * is the verdict; with the safe ones it is, or the verdict is undetermined, and no other cause is ever named; without
 * any the program ends as it should.  Where nothing is wrong no level finds an error.
 *
 * Scenarios run side by side, each in a process and a folder of its own; arguments name those to run (default: all).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/rng.h"
#include "demo/demo.h"
#include "oauth/json.h"
#include "remove-tree.h"

enum { SIDE_BY_SIDE = 4, SERVER_S = 120 };

static const char *const levels[] = {"none", "safe", "all"};
enum level { L_NONE, L_SAFE, L_ALL };

/* --- the server, and what check is given ------------------------------------------------------------------ */

static void
fill(void *p, size_t n)
{
	rng_fill(&rng_system, p, n);
}

static int64_t
now_s(void)
{
	return clock_wall_s(&clock_system);
}

static const struct crypto_ops *
load(void)
{
	return &crypto_openssl;
}

/* The path of a file in the scenario's folder, in memory that the next call but seven takes. */
static const char *
in(const char *dir, const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static bool
put(const char *dir, const char *name, struct span content)
{
	struct err e = ERR_INIT;

	if (file_write_private(in(dir, name), content, &e) == RES_OK)
		return true;
	printf("# %s\n", e.text);
	return false;
}

static void
put_setting(struct buf *conf, const char *key, const char *value)
{
	if (value[0])
		buf_printf(conf, "    %s = \"%s\";\n", key, value);
}

static bool
put_secret(struct buf *conf, const char *dir, const char *key, const struct secret *s)
{
	if (!s)
		return true;
	put_setting(conf, key, in(dir, key));
	return put(dir, key, secret_reveal(s));
}

/* The profile as a user would write it. */
static bool
put_profile(const char *dir, const struct demo_client *c)
{
	struct buf conf;
	bool ok = true;

	buf_init(&conf, LIMIT_CONFIG);
	buf_puts(&conf, "profiles = ( {\n    name = \"p\";\n");
	put_setting(&conf, "issuer", c->issuer);
	put_setting(&conf, "client_id", c->client_id);
	put_setting(&conf, "client_auth", c->client_auth);
	put_setting(&conf, "userinfo_endpoint", c->userinfo_endpoint);
	put_setting(&conf, "introspection_endpoint", c->introspection_endpoint);
	put_setting(&conf, "token_endpoint", c->token_endpoint);
	put_setting(&conf, "resource_url", c->resource_url);
	put_setting(&conf, "proxy", c->proxy);
	if (c->ca_pem) {
		put_setting(&conf, "ca_file", in(dir, "ca"));
		ok = put(dir, "ca", span_of(c->ca_pem));
	}
	if (c->with & WITH_CERTIFICATE) {
		put_setting(&conf, "client_cert_file", in(dir, "cert"));
		ok = ok && put(dir, "cert", span_of(c->cert_pem));
	}
	if (c->with & (WITH_CERTIFICATE | WITH_KEY))
		ok = ok && put_secret(&conf, dir, "client_key_file", c->key_pem);
	if (c->with & WITH_DPOP) {
		buf_puts(&conf, "    dpop = true;\n");
		ok = ok && put_secret(&conf, dir, "dpop_key_file", c->dpop_key_pem);
	}
	put_setting(&conf, "scope", c->scope);
	if (c->timeout_s)
		buf_printf(&conf, "    timeout = %d;\n", c->timeout_s);
	ok = ok && put_secret(&conf, dir, "client_secret_file", c->client_secret) &&
		put_secret(&conf, dir, "access_token_file", c->access_token) &&
		put_secret(&conf, dir, "refresh_token_file", c->refresh_token) &&
		put_secret(&conf, dir, "id_token_file", c->id_token);
	buf_puts(&conf, "} );\n");
	ok = ok && put(dir, "conf", buf_span(&conf));
	buf_release(&conf);
	return ok;
}

/* The program's exit status; -1: it did not end by itself. */
static int
run_check(const struct scenario *s, const char *dir, enum level l)
{
	const char *argv[20] = {getenv("TOKENTRIAGE"), "check", "-c", in(dir, "conf"), "-p", "p", "--probes", levels[l],
		"--format", "json", "-o", in(dir, "report")};
	size_t n = 12;
	posix_spawn_file_actions_t files;
	int status = 0;
	pid_t pid;

	if (s->refresh) {
		argv[n++] = "--refresh";
		argv[n++] = "--tokens-out";
		argv[n++] = in(dir, "tokens");
	}
	if (s->revoke)
		argv[n++] = "--revoke";
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, in(dir, "said"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	if (posix_spawn(&pid, argv[0], &files, NULL, (char **)(uintptr_t)argv, environ) != 0)
		status = -1;
	posix_spawn_file_actions_destroy(&files);
	while (status == 0 && waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- what it found ---------------------------------------------------------------------------------------- */

struct found {
	int status;
	char state[20], primary[60], worst[60]; /* worst: the first finding of severity error; "" */
	bool expected;                          /* the scenario's cause is among the findings */
};

static void
copy(char *out, size_t size, struct span v)
{
	(void)snprintf(out, size, "%.*s", SPAN_ARG(v));
}

static void
read_findings(const struct scenario *s, const struct json *report, struct found *out)
{
	const struct json *all = json_get(report, "findings");

	for (const struct json *f = all ? json_first(all) : NULL; f; f = json_next(f)) {
		struct span id = json_get_str(f, "id");

		if (!out->worst[0] && span_is(json_get_str(f, "severity"), "error"))
			copy(out->worst, sizeof(out->worst), id);
		out->expected = out->expected || span_is(id, s->expects);
	}
}

static bool
read_report(const struct scenario *s, const char *dir, struct found *out)
{
	struct json *report = NULL;
	const struct json *verdict;
	struct buf text;
	bool ok;

	buf_init(&text, LIMIT_REPORT);
	ok = file_read(in(dir, "report"), &text, NULL) == RES_OK &&
		json_parse(&report, buf_span(&text), NULL) == RES_OK;
	verdict = ok ? json_get(report, "verdict") : NULL;
	if (verdict) {
		copy(out->state, sizeof(out->state), json_get_str(verdict, "state"));
		copy(out->primary, sizeof(out->primary), json_get_str(verdict, "primary"));
		read_findings(s, report, out);
	}
	json_free(report);
	buf_release(&text);
	return verdict != NULL;
}

/* With enough probes the verdict is the scenario's. */
static const char *
judge_cause(const struct scenario *s, enum level l, const struct found *x)
{
	bool named = strcmp(x->primary, s->expects) == 0;

	if (l == L_NONE)
		return NULL;
	if (strcmp(x->state, s->open ? "undetermined" : "problem") == 0)
		return named ? NULL : "another cause is named";
	if (s->open)
		return "a verdict where nothing can decide";
	if (l == L_SAFE)
		return strcmp(x->state, "undetermined") == 0 ? NULL : "the problem is overlooked";
	return "the cause is not found";
}

static bool
problem_wanted(const struct scenario *s)
{
	return !s->healthy && s->expects[0];
}

/* Why it is not as it should be; NULL: it is. */
static const char *
judge(const struct scenario *s, enum level l, const struct found *x)
{
	static const char *const states[] = {"ok", "problem", "", "undetermined"};

	if (x->status < 0 || x->status > 3 || x->status == 2)
		return "it did not end with a verdict";
	if (strcmp(x->state, states[x->status]) != 0)
		return "status and state differ";
	if (s->passes) {
		if (l == L_ALL)
			return !strcmp(x->state, "ok") && !strcmp(x->primary, s->expects) ? NULL : "the cause is not found";
		return strcmp(x->state, "problem") != 0 ? NULL : "another cause is named";
	}
	if (!problem_wanted(s)) {
		if (x->worst[0])
			return "an error where nothing is wrong";
		if (strcmp(x->state, "ok") != 0)
			return "it works and is not said to";
		if (x->primary[0] && strcmp(x->primary, s->expects) != 0)
			return "something else is named where all is well";
		return l == L_ALL && s->expects[0] && !x->expected ? "the hint is missing" : NULL;
	}
	return judge_cause(s, l, x);
}

static void
show(const char *dir)
{
	struct buf text;

	buf_init(&text, LIMIT_LOG_BYTES);
	if (file_read(in(dir, "said"), &text, NULL) == RES_OK && text.len)
		printf("# %s\n", buf_str(&text));
	buf_release(&text);
}

/* One level against a server of its own: what the last one did to the tokens is forgotten. */
static bool
try_level(const struct scenario *s, const char *dir, enum level l)
{
	struct demo_config cfg = {.scenario = s, .crypto = &crypto_openssl, .fill_random = fill, .now_s = now_s,
		.max_seconds = SERVER_S};
	struct found x = {.status = -1};
	struct demo_client client;
	struct demo_server *srv;
	struct err e = ERR_INIT;
	const char *why;

	srv = demo_microhttpd.start(&cfg, &client, &e);
	if (!srv) {
		printf("# %s\n", e.text);
		return false;
	}
	(void)remove(in(dir, "report"));
	if (put_profile(dir, &client)) {
		x.status = run_check(s, dir, l);
		if (!read_report(s, dir, &x))
			x.status = -1;
	}
	demo_microhttpd.stop(srv);
	demo_client_release(&client);
	why = judge(s, l, &x);
	if (why || getenv("CHECK_VERBOSE"))
		printf("# probes %s: %s: status %d, %s, primary %s, error %s\n", levels[l], why ? why : "right", x.status,
			x.state, x.primary[0] ? x.primary : "none", x.worst[0] ? x.worst : "none");
	if (why && x.status < 0)
		show(dir);
	return !why;
}

/* --- side by side ----------------------------------------------------------------------------------------- */

/* In a process of its own; what it prints goes to `out`. */
static int
scenario_main(const struct scenario *s, const char *dir, const char *out)
{
	bool ok = true;

	if (!freopen(out, "w", stdout))
		return 1;
	crypto_set_loader(load);
	for (unsigned l = L_NONE; l <= L_ALL; l++)
		ok = try_level(s, dir, (enum level)l) && ok;
	return fflush(stdout) == 0 && ok ? 0 : 1;
}

struct job {
	const struct scenario *s;
	pid_t pid;
	bool ok;
};

static void
begin(struct job *j, const char *work)
{
	char dir[256], out[300];

	(void)snprintf(dir, sizeof(dir), "%s", in(work, j->s->name));
	(void)snprintf(out, sizeof(out), "%s.out", dir);
	j->pid = fork();
	if (j->pid == 0)
		_exit(mkdir(dir, 0700) == 0 ? scenario_main(j->s, dir, out) : 1);
}

static void
wait_one(struct job *jobs, size_t n)
{
	int status;
	pid_t pid = wait(&status);

	for (size_t i = 0; i < n; i++) {
		if (pid > 0 && jobs[i].pid == pid)
			jobs[i].ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
}

static void
tell(const struct job *j, size_t number, const char *work)
{
	struct buf text;
	char out[300];

	(void)snprintf(out, sizeof(out), "%s.out", in(work, j->s->name));
	buf_init(&text, LIMIT_LOG_BYTES);
	printf("%s %zu - %s\n", j->ok ? "ok" : "not ok", number, j->s->name);
	if (file_read(out, &text, NULL) == RES_OK)
		printf("%s", buf_str(&text));
	buf_release(&text);
}

static bool
chosen(const struct scenario *s, int argc, char **argv)
{
	bool named = argc == 1;

	for (int i = 1; i < argc; i++)
		named = named || strcmp(argv[i], s->name) == 0;
	return named;
}

int
main(int argc, char **argv)
{
	struct job *jobs = xcalloc(scenario_count, sizeof(*jobs));
	char work[] = "/tmp/tokentriage-check-XXXXXX";
	size_t n = 0, running = 0;
	bool ok = true;

	if (!getenv("TOKENTRIAGE") || !mkdtemp(work)) {
		printf("Bail out! no program to run, or no folder to run it in\n");
		return 99;
	}
	setenv("HOME", work, 1);
	for (size_t i = 0; i < scenario_count; i++) {
		if (chosen(&scenarios[i], argc, argv))
			jobs[n++].s = &scenarios[i];
	}
	printf("1..%zu\n", n);
	(void)fflush(stdout);
	for (size_t i = 0; i < n; i++) {
		if (running == SIDE_BY_SIDE)
			wait_one(jobs, n);
		else
			running++;
		begin(&jobs[i], work);
	}
	while (running--)
		wait_one(jobs, n);
	for (size_t i = 0; i < n; i++) {
		tell(&jobs[i], i + 1, work);
		ok = ok && jobs[i].ok;
	}
	(void)remove_tree(work);
	free(jobs);
	return ok ? 0 : 1;
}
