#include "tests/bench/pty.h"

#include <dirent.h>

enum { COUNT_TRIES = 10 };

/* The number after "name:" in a file of /proc; -1: unreadable or not there. */
static long
number_in(const char *path, const char *name)
{
	char line[256];
	size_t n = strlen(name);
	long v = -1;
	FILE *f = fopen(path, "re");

	if (!f)
		return -1;
	while (v < 0 && fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, n) == 0 && line[n] == ':')
			v = strtol(line + n + 1, NULL, 10);
	}
	fclose(f);
	return v;
}

long
proc_rss_kib(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	return number_in(path, "VmRSS");
}

long
proc_wakeups(pid_t pid)
{
	char path[300];
	struct dirent *d;
	long sum = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((d = readdir(dir))) {
		long v;

		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/status", (int)pid, d->d_name);
		v = number_in(path, "voluntary_ctxt_switches");
		if (v > 0)
			sum += v;
	}
	closedir(dir);
	return sum;
}

int
proc_mapped(pid_t pid, const char *const *names, size_t n, char *found, size_t size)
{
	char path[64], line[4352];
	unsigned seen = 0;
	int count = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	found[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		for (size_t i = 0; i < n; i++) {
			size_t used = strlen(found);

			if ((seen & 1u << i) || !strstr(line, names[i]))
				continue;
			seen |= 1u << i;
			count++;
			snprintf(found + used, size - used, "%s%s", used ? " " : "", names[i]);
		}
	}
	fclose(f);
	return count;
}

/* false: unreadable. */
static bool
read_counts(pid_t pid, uint64_t *calls, uint64_t *bytes)
{
	char path[64];
	long c, b;

	snprintf(path, sizeof(path), "/proc/%d/io", (int)pid);
	c = number_in(path, "syscw");
	b = number_in(path, "wchar");
	*calls = (uint64_t)c;
	*bytes = (uint64_t)b;
	return c >= 0 && b >= 0;
}

struct counts
term_counts(struct term *t)
{
	struct counts c = {0};
	uint64_t calls, bytes;

	/* A call is counted when it returns, and that may be after its bytes have come. */
	for (int i = 0; i < COUNT_TRIES && !c.known; i++) {
		term_listen(t, 2);
		c.terminal_bytes = t->bytes;
		if (!read_counts(t->pid, &calls, &bytes))
			break;
		if (bytes < t->bytes + t->idle_bytes || calls < t->idle_lines)
			continue;
		bytes -= t->bytes + t->idle_bytes;
		calls -= t->idle_lines;
		if (calls < bytes)
			continue;
		c.calls = calls - bytes;
		c.known = true;
	}
	return c;
}
