#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/rng.h"

static enum res
read_fd(int fd, const char *name, struct buf *out, struct err *e)
{
	char chunk[16 << 10];
	enum res r = RES_OK;

	while (r == RES_OK) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = err_errno(e, "%s", name);
		if (n <= 0)
			break;
		if (buf_add(out, chunk, (size_t)n) == RES_LIMIT)
			r = err_set(e, RES_LIMIT, "%s: larger than %zu bytes", name, out->max);
		else if (out->status != RES_OK)
			r = err_set(e, out->status, "%s: out of memory", name);
	}
	if (out->wipe)
		wipe(chunk, sizeof chunk);
	return r;
}

enum res
file_open(const char *path, int *fd, struct err *e)
{
	bool absent;

	*fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
	if (*fd >= 0)
		return RES_OK;
	absent = errno == ENOENT;
	err_errno(e, "%s", path);
	if (absent && e != NULL)
		e->code = RES_NOTFOUND;
	return absent ? RES_NOTFOUND : RES_IO;
}

enum res
file_read_rest(int fd, const char *path, struct buf *out, struct err *e)
{
	return read_fd(fd, strcmp(path, "-") ? path : "standard input", out, e);
}

void
file_close(int fd)
{
	if (fd > STDERR_FILENO)
		close(fd);
}

enum res
file_read(const char *path, struct buf *out, struct err *e)
{
	enum res r;
	int fd;

	r = file_open(path, &fd, e);
	if (r != RES_OK)
		return r;
	r = file_read_rest(fd, path, out, e);
	file_close(fd);
	return r;
}

enum res
file_read_secret(const char *path, struct secret **out, struct err *e)
{
	struct span s;
	struct buf b;
	enum res r;

	buf_init_wiping(&b, LIMIT_TOKEN + 2);
	r = file_read(path, &b, e);
	if (r == RES_LIMIT && e) /* of the token, without its newline */
		*e = (struct err)ERR_INIT;
	if (r == RES_LIMIT)
		r = err_set(e, r, "%s: larger than %d bytes", path, LIMIT_TOKEN);
	if (r != RES_OK)
		goto out;
	s = span_chomp(buf_span(&b));
	if (s.n > LIMIT_TOKEN) {
		r = err_set(e, RES_LIMIT, "%s: larger than %d bytes", path, LIMIT_TOKEN);
		goto out;
	}
	*out = secret_new(s);
out:
	buf_release(&b);
	return r;
}

static enum res
write_fd(int fd, const char *path, struct span s, struct err *e)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "%s", path);
		s = span_from(s, (size_t)n);
	}
	return RES_OK;
}

/* Some file systems have no fsync; that alone loses nobody's data. */
static bool
sync_fd(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS;
}

static enum res
sync_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? xstrdup(".")
		: slash == path ? xstrdup("/") : span_dup(span_make(path, (size_t)(slash - path)));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum res r = RES_OK;

	/* A folder one may write but not read cannot be opened: no fsync is to be had there. */
	if (fd < 0 && errno != EACCES)
		r = err_errno(e, "%s", dir);
	if (fd >= 0) {
		if (!sync_fd(fd))
			r = err_errno(e, "%s", dir);
		close(fd);
	}
	free(dir);
	return r;
}

/* A new file beside path; *name is to be freed. */
static int
open_beside(const char *path, mode_t mode, char **name)
{
	for (int tries = 0; tries < 16; tries++) {
		struct buf b;
		int fd;

		buf_init(&b, 32);
		rng_text(&rng_system, &b, 9);
		*name = xasprintf("%s.%s.tmp", path, buf_str(&b));
		buf_release(&b);
		fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd >= 0)
			return fd;
		free(*name);
		*name = NULL;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

static enum res
write_atomic(const char *path, struct span content, mode_t mode, struct err *e)
{
	char *temp = NULL;
	int fd = open_beside(path, mode, &temp);
	enum res r;

	if (fd < 0)
		return err_errno(e, "%s", path);
	r = write_fd(fd, path, content, e);
	if (r == RES_OK && !sync_fd(fd))
		r = err_errno(e, "%s", path);
	if (close(fd) != 0 && r == RES_OK)
		r = err_errno(e, "%s", path);
	if (r == RES_OK && rename(temp, path) != 0)
		r = err_errno(e, "%s", path);
	if (r != RES_OK)
		unlink(temp);
	else
		r = sync_folder(path, e);
	free(temp);
	return r;
}

/* What is there may be replaced: a regular file, or nothing. */
static enum res
check_replaceable(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == 0) {
		if (S_ISLNK(st.st_mode))
			return err_set(e, RES_REFUSED, "%s: is a symbolic link", path);
		if (!S_ISREG(st.st_mode))
			return err_set(e, RES_REFUSED, "%s: not a regular file", path);
	} else if (errno != ENOENT) {
		return err_errno(e, "%s", path);
	}
	return RES_OK;
}

enum res
file_write_private(const char *path, struct span content, struct err *e)
{
	enum res r = check_replaceable(path, e);

	return r == RES_OK ? write_atomic(path, content, 0600, e) : r;
}

enum res
file_try_private(const char *path, struct err *e)
{
	enum res r = check_replaceable(path, e);
	char *temp = NULL;
	int fd;

	if (r != RES_OK)
		return r;
	fd = open_beside(path, 0600, &temp);
	if (fd < 0)
		return err_errno(e, "%s", path);
	close(fd);
	unlink(temp);
	free(temp);
	return RES_OK;
}

/* A terminal, a pipe, /dev/null: there is nothing to replace, it is written to. */
static enum res
write_device(const char *path, struct span content, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	enum res r;

	if (fd < 0)
		return err_errno(e, "%s", path);
	r = write_fd(fd, path, content, e);
	if (close(fd) != 0 && r == RES_OK)
		r = err_errno(e, "%s", path);
	return r;
}

enum res
file_write(const char *path, struct span content, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return write_device(path, content, e);
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return err_set(e, RES_REFUSED, "%s: is a symbolic link", path);
	return write_atomic(path, content, 0666, e);
}

enum res
folder_make_private(const char *path, struct err *e)
{
	char *part = xstrdup(path);
	enum res r = RES_OK;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		goto out;
	for (char *at = part + 1; r == RES_OK; at++) {
		at = strchr(at, '/');
		if (at)
			*at = '\0';
		if (mkdir(part, 0700) == 0)
			r = sync_folder(part, e);
		else if (errno != EEXIST)
			r = err_errno(e, "%s", part);
		if (!at)
			break;
		*at = '/';
	}
	if (r == RES_OK && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
		r = err_set(e, RES_IO, "%s is not a folder", path);
out:
	free(part);
	return r;
}

enum res
file_remove(const char *path, struct err *e)
{
	if (unlink(path) != 0)
		return errno == ENOENT ? RES_OK : err_errno(e, "%s", path);
	return sync_folder(path, e);
}

bool
file_others_can_read(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

char *
path_join(const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return xasprintf("%s%s%s", dir, n > 0 && dir[n - 1] != '/' ? "/" : "", name);
}
