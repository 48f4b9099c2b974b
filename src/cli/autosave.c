#include "cli/autosave.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "case/case-file.h"
#include "wizard/journal.h"

enum { KEPT = 8, KEPT_S = 7 * 24 * 3600, NAME_SIZE = 64 };

struct autosave {
	char *folder, *path, *temporary, *lock_path; /* path NULL: nothing is written yet */
	int lock;
	size_t written;     /* exchanges */
	struct case_story story; /* … and what had come of the steps */
	int64_t created_us; /* the case that they are of */
	bool failed;
};

/* --- the folder ------ */

static char *
folder_path(void)
{
	char *state = journal_default_folder(), *path;

	if (!state)
		return NULL;
	path = path_join(state, "autosave");
	free(state);
	return path;
}

struct autosave *
autosave_new(void)
{
	char *folder = folder_path();
	struct autosave *s;

	if (!folder)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->folder = folder;
	s->lock = -1;
	return s;
}

void
autosave_free(struct autosave *s, bool keep)
{
	if (!s)
		return;
	if (s->path && !keep)
		unlink(s->path);
	if (s->lock >= 0) {
		unlink(s->lock_path);
		close(s->lock);
	}
	free(s->folder);
	free(s->path);
	free(s->temporary);
	free(s->lock_path);
	free(s);
}

/* --- writing ------ */

static char *
name_in(const struct autosave *s, const char *stem, const char *end)
{
	char name[NAME_SIZE + 16];

	snprintf(name, sizeof(name), "%s%s", stem, end);
	return path_join(s->folder, name);
}

/* A name that no other process has, and the lock that says that this one lives. */
static bool
begin(struct autosave *s)
{
	char stem[NAME_SIZE], when[32];
	uint32_t r;

	if (folder_make_private(s->folder, NULL) != RES_OK)
		return false;
	rng_fill(&rng_system, &r, sizeof(r));
	time_rfc3339(when, clock_wall_s(&clock_system));
	snprintf(stem, sizeof(stem), "%.19s-%ld-%08x", when, (long)getpid(), r);
	for (char *p = stem; *p; p++)
		*p = *p == ':' ? '.' : *p;
	s->lock_path = name_in(s, stem, ".lock");
	s->lock = open(s->lock_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0 || flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		return false;
	s->path = name_in(s, stem, ".case");
	s->temporary = name_in(s, stem, ".new");
	return true;
}

/* Whole or not at all; not synced, since it is the process that may be lost, not the machine. */
static bool
write_file(const struct autosave *s, struct span text)
{
	int fd = open(s->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t at = 0;

	while (fd >= 0 && at < text.n) {
		ssize_t n = write(fd, text.p + at, text.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		at += (size_t)n;
	}
	if (fd < 0 || close(fd) != 0 || at < text.n || rename(s->temporary, s->path) != 0) {
		unlink(s->temporary);
		return false;
	}
	return true;
}

static bool
save(struct autosave *s, struct app *a, const struct case_story *story)
{
	struct buf text;
	bool ok;

	if (!s->path && !begin(s))
		return false;
	buf_init_wiping(&text, LIMIT_REPORT);
	ok = case_file_write(&text, &a->c, story, a->redactor) == RES_OK &&
		write_file(s, buf_span(&text));
	buf_release(&text);
	return ok;
}

/* All but the clock. */
static bool
same_story(const struct case_story *a, const struct case_story *b)
{
	return !memcmp(a->steps, b->steps, sizeof(a->steps)) &&
		a->undone.what == b->undone.what && !strcmp(a->undone.why, b->undone.why) &&
		!strcmp(a->undone.unsent, b->undone.unsent) &&
		!strcmp(a->undone.unwritten, b->undone.unwritten) &&
		!strcmp(a->undone.kept_in, b->undone.kept_in);
}

void
autosave_turn(struct autosave *s, struct app *a)
{
	struct err e = ERR_INIT;
	struct case_story story;

	if (!s || s->failed || !a->c.n_exchanges)
		return;
	wizard_story(a->wizard, &story);
	/* another profile begins another case; a step ends after its last exchange came */
	if (s->written == a->c.n_exchanges && s->created_us == a->c.created_wall_us &&
		same_story(&story, &s->story))
		return;
	if (save(s, a, &story)) {
		s->written = a->c.n_exchanges;
		s->created_us = a->c.created_wall_us;
		s->story = story;
		return;
	}
	s->failed = true;
	err_errno(&e, "no autosave in %s", s->folder);
	log_add(a->log, LOG_WARN, LOGC_CONF, 0, "%s", e.text);
}

/* --- what was left behind ------ */

struct left {
	char name[NAME_SIZE + 16];
	int64_t at_s;
};

static bool
is_locked(const struct autosave *s, const char *name)
{
	char stem[NAME_SIZE + 16], *path;
	int fd;
	bool locked;

	snprintf(stem, sizeof(stem), "%.*s", (int)(strlen(name) - strlen(".case")), name);
	path = name_in(s, stem, ".lock");
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
	if (fd >= 0 && !locked)
		unlink(path);
	if (fd >= 0)
		close(fd);
	free(path);
	return locked;
}

static int
newest_first(const void *a, const void *b)
{
	const struct left *x = a, *y = b;

	return x->at_s < y->at_s ? 1 : x->at_s > y->at_s ? -1 : strcmp(y->name, x->name);
}

static struct left *
list(const struct autosave *s, size_t *n)
{
	DIR *d = opendir(s->folder);
	struct left *v = NULL;
	struct dirent *e;

	*n = 0;
	while (d && (e = readdir(d))) {
		struct stat st;

		if (!span_ends(span_of(e->d_name), ".case") ||
			strlen(e->d_name) >= sizeof(v->name) ||
			fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
			!S_ISREG(st.st_mode) || is_locked(s, e->d_name))
			continue;
		v = xreallocarray(v, *n + 1, sizeof(*v));
		snprintf(v[*n].name, sizeof(v->name), "%s", e->d_name);
		v[(*n)++].at_s = st.st_mtime;
	}
	if (d)
		closedir(d);
	if (*n)
		qsort(v, *n, sizeof(*v), newest_first);
	return v;
}

/* The newest that was left behind and not seen; what is too old or too much goes. */
static bool
newest(const struct autosave *s, struct left *out)
{
	int64_t now = clock_wall_s(&clock_system);
	bool found = false;
	size_t n;
	struct left *v = list(s, &n);

	for (size_t i = 0; i < n; i++) {
		char *path = path_join(s->folder, v[i].name);

		if (i >= KEPT || now - v[i].at_s > KEPT_S) {
			unlink(path);
		} else if (!found && !span_ends(span_of(v[i].name), ".seen.case")) {
			*out = v[i];
			found = true;
		}
		free(path);
	}
	free(v);
	return found;
}

bool
autosave_offer(const struct autosave *s, char *out, size_t size)
{
	struct left left;
	char when[40];

	if (!s || !newest(s, &left))
		return false;
	/* what to do comes first: a narrow screen cuts the rest */
	text_format(out, size, "'tokentriage open' shows the run that did not end (%s).",
		time_screen(when, left.at_s, false));
	return true;
}

char *
autosave_newest(void)
{
	struct autosave *s = autosave_new();
	struct left left;
	char *path = s && newest(s, &left) ? path_join(s->folder, left.name) : NULL;

	autosave_free(s, false);
	return path;
}

size_t
autosave_left(struct autosave_left *out, size_t most)
{
	struct autosave *s = autosave_new();
	size_t n = 0;
	struct left *v = s ? list(s, &n) : NULL;

	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		out[i] = (struct autosave_left){path_join(s->folder, v[i].name), v[i].at_s};
	free(v);
	autosave_free(s, false);
	return n;
}

char *
autosave_path(const char *name)
{
	struct span s = span_of(name);
	char *seen;

	if (access(name, F_OK) != 0 && span_ends(s, ".case")) {
		seen = xasprintf("%.*s.seen.case", (int)(s.n - strlen(".case")), name);
		if (access(seen, F_OK) == 0)
			return seen;
		free(seen);
	}
	return xstrdup(name);
}

void
autosave_seen(const char *path)
{
	char *folder = folder_path(), *resolved = realpath(path, NULL), *seen;
	size_t n = folder ? strlen(folder) : 0;

	if (resolved && n && strncmp(resolved, folder, n) == 0 && resolved[n] == '/' &&
		span_ends(span_of(resolved), ".case") &&
		!span_ends(span_of(resolved), ".seen.case")) {
		seen = xasprintf("%.*s.seen.case", (int)(strlen(resolved) - strlen(".case")),
			resolved);
		(void)!rename(resolved, seen);
		free(seen);
	}
	free(resolved);
	free(folder);
}
