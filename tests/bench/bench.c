/*
 * bench: measures the budgets of doc/performance.md side by side and prints them as a table.
 * Run by `make bench`; never part of the tests, but for a short run that looks at the rows.
 */
#include "tests/bench/bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/table.h"
#include "tests/bench/world.h"

static char env_home[600], env_config[600], env_state[600], env_idle[40];
static char env_path[] = "PATH=/usr/local/bin:/usr/bin:/bin", env_locale[] = "LC_ALL=C.UTF-8";
static char env_zone[] = "TZ=UTC", env_term[] = "TERM=xterm-256color";
static char *const env[] = {env_path, env_locale, env_zone, env_term, env_home, env_config,
	env_state, env_idle, NULL};

double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

char *const *
bench_env(void)
{
	return env;
}

bool
bench_file(const struct options *o, const char *name, const char *text, size_t n)
{
	char path[600];
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", o->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = write(fd, text, n) == (ssize_t)n;
	return close(fd) == 0 && ok;
}

/* An empty configuration, so that none of the machine's is read, and a home for the state. */
static bool
make_home(const struct options *o)
{
	char path[600];

	snprintf(env_home, sizeof(env_home), "HOME=%s", o->dir);
	snprintf(env_config, sizeof(env_config), "XDG_CONFIG_HOME=%s/config", o->dir);
	snprintf(env_state, sizeof(env_state), "XDG_STATE_HOME=%s/state", o->dir);
	snprintf(env_idle, sizeof(env_idle), "TOKENTRIAGE_IDLE_FD=%d", 9);
	for (const char *const *sub = (const char *const[]){"config", "config/tokentriage", "state",
			NULL};
		*sub; sub++) {
		snprintf(path, sizeof(path), "%s/%s", o->dir, *sub);
		if (mkdir(path, 0700) != 0)
			return false;
	}
	return bench_file(o, "config/tokentriage/tokentriage.conf", "", 0);
}

/* The temporary folder again, with all that is in it. */
static void
remove_tree(const char *dir)
{
	struct dirent *d;
	DIR *list = opendir(dir);

	while (list && (d = readdir(list))) {
		char path[1200];

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
		if (d->d_type == DT_DIR)
			remove_tree(path);
		else
			unlink(path);
	}
	if (list)
		closedir(list);
	rmdir(dir);
}

static bool
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) > 0;
	close(fd);
	return ok;
}

/*
 * tokentriage makes itself undumpable, so that only root may look into its /proc/PID/io and
 * maps.  In a user namespace of their own, harness and program are root to each other.  Where
 * that is not allowed the rows concerned say that they were not measured.
 */
static void
become_root_of_ones_own(void)
{
	char uids[64], gids[64];

	if (geteuid() == 0)
		return;
	snprintf(uids, sizeof(uids), "0 %d 1", (int)geteuid());
	snprintf(gids, sizeof(gids), "0 %d 1", (int)getegid());
	if (unshare(CLONE_NEWUSER) != 0)
		return;
	if (!put("/proc/self/setgroups", "deny") || !put("/proc/self/uid_map", uids) ||
		!put("/proc/self/gid_map", gids))
		fprintf(stderr, "bench: no user namespace: %m\n");
}

/*
 * A refresh puts the new tokens safely on disk (fsync), and curl puts nothing anywhere: in
 * memory, where that costs nothing, the two do the same.
 */
static const char *
where_to(void)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp && *tmp)
		return tmp;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

static int
usage(void)
{
	fprintf(stderr,
		"usage: bench --program TOKENTRIAGE --hello HELLO [--screens TRY-UI] [--pairs N]\n"
		"             [--idle SECONDS] [--records N] [--only screen|steps|idle|log] [--strict]\n");
	return 2;
}

static bool
whole_number(const char *s, int min, int max, int *out)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (*end != '\0' || end == s || v < min || v > max)
		return false;
	*out = (int)v;
	return true;
}

static bool
parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{"program", required_argument, NULL, 'p'},
		{"hello", required_argument, NULL, 'h'},
		{"screens", required_argument, NULL, 'm'},
		{"pairs", required_argument, NULL, 'n'},
		{"idle", required_argument, NULL, 'i'},
		{"records", required_argument, NULL, 'r'},
		{"only", required_argument, NULL, 'o'},
		{"strict", no_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	bool ok = true;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'p')
			o->program = optarg;
		else if (c == 'h')
			o->hello = optarg;
		else if (c == 'm')
			o->screens = optarg;
		else if (c == 'n')
			ok = ok && whole_number(optarg, 1, 10000, &o->pairs);
		else if (c == 'i')
			ok = ok && whole_number(optarg, 1, 600, &o->idle_s);
		else if (c == 'r')
			ok = ok && whole_number(optarg, 100, 10000000, &o->records);
		else if (c == 'o')
			o->only = optarg;
		else if (c == 's')
			o->strict = true;
		else
			ok = false;
	}
	return ok && optind == argc && o->program && o->hello;
}

static bool
wanted(const struct options *o, const char *part)
{
	return !o->only || strcmp(o->only, part) == 0;
}

static void
measure(const struct options *o)
{
	struct world world;

	if (wanted(o, "screen")) {
		bench_screen(o);
		bench_strain(o);
	}
	/* before the wizard asks the server anything: the first requests are recorded */
	world_start(&world, o);
	if (wanted(o, "steps"))
		bench_steps(o, &world);
	if (wanted(o, "idle"))
		bench_idle(o);
	world_stop(&world);
	if (wanted(o, "log")) {
		bench_log(o);
		bench_many(o);
	}
}

int
main(int argc, char **argv)
{
	struct options o = {.pairs = 25, .idle_s = 5, .records = 1000000};
	char dir[512];
	int over;

	if (!parse(&o, argc, argv))
		return usage();
	signal(SIGPIPE, SIG_IGN);
	become_root_of_ones_own();
	snprintf(dir, sizeof(dir), "%s/tokentriage-bench-XXXXXX", where_to());
	if (!mkdtemp(dir)) {
		fprintf(stderr, "bench: %s: %m\n", dir);
		return 2;
	}
	o.dir = dir;
	if (make_home(&o)) {
		measure(&o);
		over = table_print(stdout);
	} else {
		fprintf(stderr, "bench: %s: %m\n", dir);
		over = -1;
	}
	remove_tree(dir);
	table_release();
	if (over < 0)
		return 2;
	return o.strict && over > 0 ? 1 : 0;
}
