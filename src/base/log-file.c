#include "base/log-sinks.h"

#include <errno.h>
#include <fcntl.h>

#include "base/mem.h"

enum { FILE_BUFFER = 64 << 10 }; /* bytes gathered before they are written */

void
log_file_init(struct log_file *f)
{
	*f = (struct log_file){.fd = -1};
	buf_init(&f->pending, 4 * FILE_BUFFER);
}

void
log_file_release(struct log_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	buf_release(&f->pending);
	f->fd = -1;
	f->path = NULL;
}

/* Private, never through a link, at its end; extra: O_EXCL, or nothing. */
static int
open_private(const char *path, int extra)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | extra,
		0600);
}

/* A disk that was full, or a run that was killed, left a part of a line at its end. */
static bool
ends_torn(const char *path, off_t size)
{
	int fd = size > 0 ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	char last = '\n';

	if (fd < 0)
		return false;
	if (pread(fd, &last, 1, size - 1) != 1)
		last = '\n';
	close(fd);
	return last != '\n';
}

static enum res
take(struct log_file *f, int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return err_set(e, RES_REFUSED, "%s: is a symbolic link", path);
	if (fd < 0)
		return err_errno(e, "%s", path);
	if (fstat(fd, &st) != 0)
		memset(&st, 0, sizeof(st));
	f->regular = S_ISREG(st.st_mode);
	/* a file of an earlier run, perhaps made by other means */
	if (f->regular && (st.st_mode & 077) != 0)
		(void)fchmod(fd, 0600);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->size = f->regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	f->torn = f->regular && ends_torn(path, st.st_size);
	return RES_OK;
}

enum res
log_file_open(struct log_file *f, const char *path, struct err *e)
{
	enum res r = take(f, open_private(path, 0), path, e);

	if (r == RES_OK && path != f->path) {
		free(f->path);
		f->path = xstrdup(path);
		f->stuck = false;
	}
	return r;
}

/* FILE to FILE.1, that to FILE.2, and so on; the oldest is written over. */
static enum res
rotate(struct log_file *f, struct err *e)
{
	enum res r = RES_OK;

	for (unsigned k = f->keep; k > 0 && r == RES_OK; k--) {
		char *from = k > 1 ? xasprintf("%s.%u", f->path, k - 1) : xstrdup(f->path);
		char *to = xasprintf("%s.%u", f->path, k);

		if (rename(from, to) != 0 && errno != ENOENT)
			r = err_errno(e, "%s: cannot be moved to %s", from, to);
		free(from);
		free(to);
	}
	if (r == RES_OK && f->keep == 0 && unlink(f->path) != 0 && errno != ENOENT)
		r = err_errno(e, "%s", f->path);
	/* not over what somebody put there in between */
	return r == RES_OK ? take(f, open_private(f->path, O_EXCL), f->path, e) : r;
}

bool
log_write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/*
 * Is the file at the path another one by now (logrotate, another run of this program)?  If not, it
 * is as long as it is: others write to it, too, or have emptied it (logrotate's copytruncate).
 */
static bool
was_moved(struct log_file *f)
{
	struct stat st;

	if (!f->regular)
		return false;
	if (lstat(f->path, &st) != 0)
		return errno == ENOENT;
	if (st.st_dev != f->dev || st.st_ino != f->ino)
		return true;
	f->size = (uint64_t)st.st_size;
	return false;
}

enum res
log_file_flush(struct log_file *f, struct err *e)
{
	enum res r = RES_OK;

	if (f->fd < 0 || f->pending.len == 0)
		return RES_OK;
	if (was_moved(f))
		r = log_file_open(f, f->path, e);
	if (r == RES_OK && f->torn) /* what comes is a line of its own */
		f->torn = !log_write_all(f->fd, "\n", 1);
	if (r == RES_OK && !log_write_all(f->fd, f->pending.p, f->pending.len))
		r = err_errno(e, "the log file cannot be written");
	if (r == RES_OK)
		f->size += f->pending.len;
	buf_clear(&f->pending);
	return r;
}

enum res
log_file_add(struct log_file *f, struct span line, struct err *e)
{
	uint64_t now = f->size + f->pending.len;
	enum res r = RES_OK;

	if (f->max_bytes && f->regular && !f->stuck && now && now + line.n > f->max_bytes) {
		r = log_file_flush(f, e);
		/* another run may have done it */
		if (r == RES_OK && f->size + line.n > f->max_bytes && rotate(f, e) != RES_OK) {
			f->stuck = true;
			r = RES_LIMIT;
		}
	}
	(void)buf_add_span(&f->pending, line);
	if (r == RES_OK && f->pending.len >= FILE_BUFFER)
		r = log_file_flush(f, e);
	return r;
}
