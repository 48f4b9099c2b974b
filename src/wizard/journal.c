#include "wizard/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

enum { SALT_BYTES = 32, PRINT_BYTES = 16, LOCK_TRIES = 200, LOCK_PAUSE_MS = 10 };
#define MARK ".mark"

struct journal {
	char *dir; /* NULL: there is none */
	struct rng *rng;
	char *mark; /* the path of our own, while a refresh is in flight */
	char print[PRINT_BYTES * 2 + 1], whose[160];
	int64_t since_s;
	int mark_fd; /* holds its lock */
};

struct journal *
journal_new(const char *dir, struct rng *rng)
{
	struct journal *j = xcalloc(1, sizeof *j);

	j->dir = dir ? xstrdup(dir) : NULL;
	j->rng = rng;
	j->mark_fd = -1;
	return j;
}

static void
let_go(struct journal *j)
{
	if (j->mark_fd >= 0)
		close(j->mark_fd); /* and its lock with it */
	j->mark_fd = -1;
	free(j->mark);
	j->mark = NULL;
}

void
journal_free(struct journal *j)
{
	if (!j)
		return;
	let_go(j);
	free(j->dir);
	free(j);
}

char *
journal_default_folder(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* a relative one is to be ignored (XDG Base Directory Specification) */
	if (state && *state == '/')
		return path_join(state, "tokentriage");
	return home && *home == '/' ? path_join(home, ".local/state/tokentriage") : NULL;
}

const char *
journal_folder(const struct journal *j)
{
	return j->dir;
}

/* --- the folder --- */

/* Everything is read and changed under it; released by closing.  -1 with e set. */
static int
take_lock(struct journal *j, struct err *e)
{
	char *path = path_join(j->dir, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	const struct timespec pause = {0, LOCK_PAUSE_MS * 1000000L};

	if (fd < 0)
		err_errno(e, "%s", path);
	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno == EWOULDBLOCK && i < LOCK_TRIES) {
			nanosleep(&pause, NULL);
			continue;
		}
		err_set(e, RES_IO, "%s is held by another run of this program", path);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

static enum res
read_all(const char *dir, const char *name, struct buf *out, struct err *e)
{
	char *path = path_join(dir, name);
	enum res r = file_read(path, out, e);

	free(path);
	return r;
}

/* Under the lock.  make: one is drawn where there is none; else RES_NOTFOUND. */
static enum res
read_salt(struct journal *j, bool make, struct buf *out, struct err *e)
{
	enum res r = read_all(j->dir, "salt", out, e);
	unsigned char fresh[SALT_BYTES];
	char *path;

	if (r == RES_OK && out->len != SALT_BYTES)
		return err_set(e, RES_SYNTAX,
			"%s/salt is damaged; the used refresh tokens cannot be told any more",
			j->dir);
	if (r != RES_NOTFOUND || !make)
		return r;
	if (e)
		*e = (struct err)ERR_INIT;
	rng_fill(j->rng, fresh, sizeof fresh);
	path = path_join(j->dir, "salt");
	r = file_write_private(path, span_make((const char *)fresh, sizeof fresh), e);
	free(path);
	buf_add(out, fresh, sizeof fresh);
	wipe(fresh, sizeof fresh);
	return r;
}

static enum res
fingerprint(struct journal *j, const struct secret *t, bool make, char *out, struct err *e)
{
	unsigned char digest[32];
	struct buf b, hex;
	enum res r;

	buf_init_wiping(&b, SALT_BYTES + LIMIT_TOKEN);
	buf_init(&hex, PRINT_BYTES * 2);
	r = read_salt(j, make, &b, e);
	if (r == RES_OK)
		r = buf_add_span(&b, secret_reveal(t));
	if (r == RES_OK && !secret_sha256(b.p, b.len, digest))
		r = err_set(e, RES_UNSUPPORTED, "there is no digest to remember a token by");
	if (r == RES_OK)
		r = hex_encode(&hex, span_make((const char *)digest, PRINT_BYTES));
	if (r == RES_OK)
		text_format(out, PRINT_BYTES * 2 + 1, "%s", buf_str(&hex));
	buf_release(&b);
	buf_release(&hex);
	return r;
}

/* --- what was used: "FINGERPRINT SECONDS HOW" a line, the newest last --- */

static enum res
read_spent(struct journal *j, struct buf *out, struct err *e)
{
	enum res r = read_all(j->dir, "spent", out, e);

	if (r == RES_NOTFOUND && e)
		*e = (struct err)ERR_INIT;
	return r == RES_NOTFOUND ? RES_OK : r;
}

static bool
line_is_of(struct span line, const char *print, struct journal_entry *out)
{
	struct span word;

	if (!span_word(&line, &word) || !span_is(word, print))
		return false;
	out->use = EARLIER_SPENT;
	if (span_word(&line, &word) && span_to_i64(word, &out->wall_s) != RES_OK)
		out->wall_s = 0;
	if (span_word(&line, &word))
		(void)earlier_use_from_id(word, &out->use);
	return true;
}

static bool
find_spent(struct span all, const char *print, struct journal_entry *out)
{
	struct span line;

	while (span_next(&all, '\n', &line))
		if (line_is_of(line, print, out))
			return true;
	return false;
}

static enum res
add_spent(struct journal *j, const char *print, int64_t at, enum earlier_use use, struct err *e)
{
	char *path = path_join(j->dir, "spent");
	struct buf old, new;
	struct span all, line;
	size_t lines = 0;
	enum res r;

	buf_init(&old, LIMIT_SPENT * 128);
	buf_init(&new, LIMIT_SPENT * 128);
	r = read_spent(j, &old, e);
	for (all = buf_span(&old); span_next(&all, '\n', &line);)
		lines++;
	for (all = buf_span(&old); span_next(&all, '\n', &line); lines--)
		if (lines < LIMIT_SPENT) /* the oldest make room */
			buf_printf(&new, "%.*s\n", SPAN_ARG(line));
	buf_printf(&new, "%s %lld %s\n", print, (long long)at, earlier_use_id(use));
	if (r == RES_OK && buf_status(&new) != RES_OK)
		r = err_set(e, RES_LIMIT, "%s is too large", path);
	if (r == RES_OK)
		r = file_write_private(path, buf_span(&new), e);
	buf_release(&old);
	buf_release(&new);
	free(path);
	return r;
}

/* --- marks --- */

/* Does a process wait for the answer?  Its lock ends with it, however it ends. */
static bool
is_running(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;

	if (fd >= 0)
		close(fd);
	return held;
}

/* A damaged one counts: that it is there is what it says. */
static bool
read_mark(struct journal *j, const char *name, struct journal_entry *out)
{
	char *path = path_join(j->dir, name);
	struct span all, line;
	struct buf b;

	memset(out, 0, sizeof *out);
	buf_init(&b, 4096);
	if (file_read(path, &b, NULL) == RES_NOTFOUND) {
		free(path);
		return false;
	}
	for (all = buf_span(&b); span_next(&all, '\n', &line);) {
		if (span_starts(line, "since ") &&
			span_to_i64(span_from(line, 6), &out->wall_s) != RES_OK)
			out->wall_s = 0;
		if (span_starts(line, "whose "))
			text_safe_into(out->whose, sizeof out->whose, span_from(line, 6));
	}
	buf_release(&b);
	text_format(out->name, sizeof out->name, "%s", name);
	out->use = is_running(path) ? EARLIER_RUNNING : EARLIER_OPEN;
	free(path);
	return true;
}

static enum res
write_mark(struct journal *j, const char *print, struct err *e)
{
	char *name = xasprintf("%s" MARK, print);
	struct buf text;
	enum res r;

	buf_init(&text, 1024);
	buf_printf(&text, "since %lld\nwhose %s\n", (long long)j->since_s, j->whose);
	j->mark = path_join(j->dir, name);
	r = file_write_private(j->mark, buf_span(&text), e);
	if (r == RES_OK) {
		j->mark_fd = open(j->mark, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (j->mark_fd < 0 || flock(j->mark_fd, LOCK_EX | LOCK_NB) != 0)
			r = err_errno(e, "%s", j->mark);
	}
	if (r != RES_OK) {
		unlink(j->mark); /* nothing was sent */
		let_go(j);
	}
	buf_release(&text);
	free(name);
	return r;
}

static bool
is_mark(const char *name)
{
	return span_ends(span_of(name), MARK) && strlen(name) < 72;
}

/* Its token is among the used ones already: the run ended before it could take the mark away. */
static bool
is_left_over(const char *name, struct span spent)
{
	char print[PRINT_BYTES * 2 + 1];
	struct journal_entry entry;

	text_format(print, sizeof print, "%s", name);
	return find_spent(spent, print, &entry);
}

/* The marks that are there, the oldest first, at most max. */
static size_t
read_marks(struct journal *j, bool running, struct journal_entry *out, size_t max)
{
	DIR *d = j->dir ? opendir(j->dir) : NULL;
	struct dirent *entry;
	struct buf spent;
	size_t n = 0;

	buf_init(&spent, LIMIT_SPENT * 128);
	if (d && read_spent(j, &spent, NULL) != RES_OK)
		buf_clear(&spent);
	while (d && (entry = readdir(d))) {
		struct journal_entry mark;
		size_t at;

		if (!is_mark(entry->d_name) || is_left_over(entry->d_name, buf_span(&spent)) ||
			!read_mark(j, entry->d_name, &mark) ||
			(!running && mark.use == EARLIER_RUNNING))
			continue;
		for (at = 0; at < n && out[at].wall_s <= mark.wall_s; at++)
			;
		if (at >= max)
			continue;
		n = n < max ? n + 1 : max;
		memmove(out + at + 1, out + at, (n - 1 - at) * sizeof *out);
		out[at] = mark;
	}
	if (d)
		closedir(d);
	buf_release(&spent);
	return n;
}

/* Under the lock: the mark goes, its token stays known. */
static enum res
retire(struct journal *j, const struct journal_entry *mark, struct err *e)
{
	char *path = path_join(j->dir, mark->name), print[sizeof j->print];
	enum res r;

	text_format(print, sizeof print, "%s", mark->name);
	r = add_spent(j, print, mark->wall_s, EARLIER_OPEN, e);
	if (r == RES_OK)
		r = file_remove(path, e);
	free(path);
	return r;
}

/* Marks of the same client, of refreshes whose tokens were replaced by newer ones, and the oldest
 * of too many. */
static void
retire_old(struct journal *j, const char *whose)
{
	struct journal_entry all[LIMIT_MARKS];
	size_t n = read_marks(j, false, all, LIMIT_MARKS);
	bool full = n == LIMIT_MARKS;

	for (size_t i = 0; i < n; i++)
		if ((whose && !strcmp(all[i].whose, whose)) || (full && i == 0))
			(void)!retire(j, &all[i], NULL);
}

/* --- what callers ask --- */

/* Under the lock. */
static void
look(struct journal *j, const char *print, struct span spent, struct journal_entry *out)
{
	char *name = xasprintf("%s" MARK, print);

	memset(out, 0, sizeof *out);
	if (!find_spent(spent, print, out))
		(void)read_mark(j, name, out);
	free(name);
}

static bool
anything_written(const struct journal *j)
{
	char *path = j->dir ? path_join(j->dir, "salt") : NULL;
	bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

enum res
journal_look(
	struct journal *j, const struct secret *token, struct journal_entry *out, struct err *e)
{
	char print[sizeof j->print];
	struct buf spent;
	enum res r;
	int fd;

	memset(out, 0, sizeof *out);
	if (!token || !secret_len(token) || !anything_written(j))
		return RES_OK;
	fd = take_lock(j, e);
	if (fd < 0)
		return RES_IO;
	buf_init(&spent, LIMIT_SPENT * 128);
	r = fingerprint(j, token, false, print, e);
	if (r == RES_OK)
		r = read_spent(j, &spent, e);
	if (r == RES_OK)
		look(j, print, buf_span(&spent), out);
	buf_release(&spent);
	close(fd);
	return r;
}

enum res
journal_begin(struct journal *j, const struct secret *token, const char *whose, int64_t wall_s,
	struct journal_entry *out, struct err *e)
{
	struct buf spent;
	enum res r;
	int fd;

	memset(out, 0, sizeof *out);
	if (!j->dir)
		return err_set(e, RES_UNSUPPORTED,
			"there is no place for the mark that a refresh is in flight: set "
			"XDG_STATE_HOME or HOME");
	r = folder_make_private(j->dir, e);
	fd = r == RES_OK ? take_lock(j, e) : -1;
	if (fd < 0)
		return RES_IO;
	let_go(j);
	buf_init(&spent, LIMIT_SPENT * 128);
	r = fingerprint(j, token, true, j->print, e);
	if (r == RES_OK)
		r = read_spent(j, &spent, e);
	if (r == RES_OK)
		look(j, j->print, buf_span(&spent), out);
	if (r == RES_OK && out->use != EARLIER_NONE)
		r = err_set(e, RES_REFUSED, "the refresh token was sent before");
	if (r == RES_OK) {
		text_safe_into(j->whose, sizeof j->whose, span_of(whose));
		j->since_s = wall_s;
		retire_old(j, NULL);
		r = write_mark(j, j->print, e);
	}
	buf_release(&spent);
	close(fd);
	return r;
}

enum res
journal_end(struct journal *j, enum journal_end how, struct err *e)
{
	enum res r = RES_OK;
	int fd;

	if (!j->mark)
		return RES_OK;
	fd = how == JOURNAL_OPEN ? -1 : take_lock(j, e);
	if (fd < 0) {
		let_go(j); /* the mark stays: it says less than is known, and nothing false */
		return how == JOURNAL_OPEN ? RES_OK : RES_IO;
	}
	/*
	 * Known as used before the mark goes: at no moment is it neither.  That it went need not be
	 * on the disk: a mark of a used token is left over and not looked at.
	 */
	if (how == JOURNAL_SPENT || how == JOURNAL_REFUSED) {
		r = add_spent(j, j->print, j->since_s,
			how == JOURNAL_SPENT ? EARLIER_SPENT : EARLIER_REFUSED, e);
		if (r == RES_OK && unlink(j->mark) != 0 && errno != ENOENT)
			r = err_errno(e, "%s", j->mark);
	} else {
		r = file_remove(j->mark, e);
	}
	let_go(j);
	if (r == RES_OK && (how == JOURNAL_SPENT || how == JOURNAL_KEPT))
		retire_old(j, j->whose);
	close(fd);
	return r;
}

void
journal_supersede(struct journal *j, const char *whose)
{
	int fd = anything_written(j) ? take_lock(j, NULL) : -1;

	if (fd < 0)
		return;
	retire_old(j, whose);
	close(fd);
}

size_t
journal_interrupted(struct journal *j, struct journal_entry *out, size_t max)
{
	size_t n;
	int fd;

	if (!anything_written(j))
		return 0;
	fd = take_lock(j, NULL); /* a mark that is just being made is locked before this returns */
	n = read_marks(j, false, out, max);
	if (fd >= 0)
		close(fd);
	return n;
}

enum res
journal_dismiss(struct journal *j, const char *name, struct err *e)
{
	struct journal_entry mark;
	enum res r = RES_OK;
	int fd;

	if (!j->dir || !is_mark(name))
		return RES_OK;
	fd = take_lock(j, e);
	if (fd < 0)
		return RES_IO;
	if (read_mark(j, name, &mark) && mark.use == EARLIER_OPEN)
		r = retire(j, &mark, e);
	close(fd);
	return r;
}
