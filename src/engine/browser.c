#include "engine/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "oauth/url.h"

enum { MOST_ARGS = 16 };

/* The program's file; NULL: not found. */
static char *
find_program(struct span name)
{
	const char *path = getenv("PATH");
	struct span rest = span_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), dir;
	char *prog = span_dup(name);

	if (!name.n || span_find(name, '/') != SIZE_MAX) {
		if (name.n && access(prog, X_OK) == 0)
			return prog;
		free(prog);
		return NULL;
	}
	while (span_next(&rest, ':', &dir)) {
		char *folder = span_dup(dir.n ? dir : SPAN_LIT(".")),
		     *full = path_join(folder, prog);

		free(folder);
		if (access(full, X_OK) == 0) {
			free(prog);
			return full;
		}
		free(full);
	}
	free(prog);
	return NULL;
}

/*
 * The first of $BROWSER (commands with colons between them) that is there; its words in *command.
 */
static char *
find_browser(struct span *command)
{
	const char *wish = getenv("BROWSER");
	struct span rest = span_of(wish), one, words, name;
	char *file;

	while (wish && span_next(&rest, ':', &one)) {
		words = one;
		if (!span_word(&words, &name))
			continue;
		file = find_program(name);
		if (file) {
			*command = one;
			return file;
		}
	}
	if (wish && *wish)
		return NULL;
	if (!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY"))
		return NULL;
	*command = SPAN_LIT("xdg-open");
	return find_program(*command);
}

bool
browser_available(void)
{
	struct span command;
	char *file = find_browser(&command);

	free(file);
	return file != NULL;
}

/* The command's words, %s replaced by the address, which is added where none stood. */
static void
arguments(char *argv[MOST_ARGS + 2], struct span command, struct span url)
{
	struct span word;
	size_t n = 0;
	bool placed = false;

	while (n < MOST_ARGS && span_word(&command, &word)) {
		placed = placed || span_is(word, "%s");
		argv[n++] = span_dup(span_is(word, "%s") ? url : word);
	}
	if (!placed)
		argv[n++] = span_dup(url);
	argv[n] = NULL;
}

/* The grandchild belongs to init: nobody here has to wait for it. */
static void
become(const char *file, char *const argv[])
{
	int null = open("/dev/null", O_RDWR);
	pid_t pid = setsid() == -1 ? -1 : fork();

	if (pid != 0)
		_exit(pid < 0);
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		(void)dup2(null, fd);
	if (null > 2)
		close(null);
	execv(file, argv);
	_exit(127);
}

enum res
browser_open(struct span url, struct err *e)
{
	char *argv[MOST_ARGS + 2], *file;
	struct span command;
	struct url u;
	int status = 0;
	pid_t pid;

	if (url_parse(&u, url, e) != RES_OK)
		return RES_SYNTAX;
	file = find_browser(&command);
	if (!file)
		return err_set(e, RES_NOTFOUND, "there is no browser to start here");
	arguments(argv, command, url);
	pid = fork();
	if (pid == 0)
		become(file, argv);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(file);
	if (pid < 0)
		return err_errno(e, "starting a browser");
	return status == 0 ? RES_OK : err_set(e, RES_IO, "the browser could not be started");
}
