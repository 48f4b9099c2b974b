/* rss LIMIT-KIB COMMAND…: runs it, prints "rss N KiB" to stderr, and fails where it took more than
 * the limit. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	long limit = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	struct rusage u;
	int status;
	pid_t pid;

	if (argc < 3 || (pid = fork()) < 0)
		return 99;
	if (pid == 0) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &u) != pid)
		return 99;
	fprintf(stderr, "rss %ld KiB\n", u.ru_maxrss);
	if (u.ru_maxrss > limit)
		return 98;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}
