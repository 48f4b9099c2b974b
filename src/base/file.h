/* Files: whole reads with a limit, private atomic writes. */
#ifndef TT_BASE_FILE_H
#define TT_BASE_FILE_H

#include "base/buf.h"
#include "base/secret.h"

/* Appends the file ("-": stdin) to out, up to out's limit.  err names the file. */
enum res file_read(const char *path, struct buf *out, struct err *e) MUST_USE;
/* The same in steps, for who looks at the beginning first; path names it in e. */
enum res file_open(const char *path, int *fd, struct err *e) MUST_USE;
enum res file_read_rest(int fd, const char *path, struct buf *out, struct err *e) MUST_USE;
void file_close(int fd); /* stdin stays open */
/* A token or secret file: one trailing newline (LF or CRLF) is not part of it. */
enum res file_read_secret(const char *path, struct secret **out, struct err *e) MUST_USE;
/*
 * Writes a file of mode 0600 beside path, fsyncs it, renames it over path and fsyncs the
 * folder: afterwards path holds either the old or the whole new content.  A path that is a
 * symbolic link is refused.
 */
enum res file_write_private(const char *path, struct span content, struct err *e) MUST_USE;
/*
 * Could file_write_private() write there now?  Tries with an empty file beside path, which goes
 * again.
 */
enum res file_try_private(const char *path, struct err *e) MUST_USE;
/* Atomic as above with the mode of other outputs (0666 less umask). */
enum res file_write(const char *path, struct span content, struct err *e) MUST_USE;
/* A folder of mode 0700, and the ones above it that are missing; each is synced into its parent. */
enum res folder_make_private(const char *path, struct err *e) MUST_USE;
/* Removes a file and syncs its folder; one that is not there is no error. */
enum res file_remove(const char *path, struct err *e) MUST_USE;
/* Is the file (not a folder or a pipe) readable by group or others?  False also if
 * it cannot be told. */
bool file_others_can_read(const char *path);
/* "DIR/NAME", from xmalloc. */
char *path_join(const char *dir, const char *name);

#endif
