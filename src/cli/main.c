/* Wiring and dispatch. */
#include "cli/app.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>

#include "cli/keyring.h"
#include "cli/modules.h"

static int (*const run[CMD_COUNT])(const struct options *) = {
#define COMMAND(sym, name, args, most, fn, summary) [CMD_##sym] = fn,
#include "cli/commands.def"
#undef COMMAND
};

static int
print_and_end(void (*text)(struct buf *, enum command), enum command c)
{
	struct buf out;
	int status;

	buf_init(&out, LIMIT_REPORT);
	text(&out, c);
	status = app_print(buf_span(&out));
	buf_release(&out);
	return status;
}

static void
version(struct buf *out, enum command c)
{
	(void)c;
	version_text(out);
}

/* --format nagios, also where the rest of the command line is wrong. */
static bool
is_plugin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--format=nagios") ||
			(!strcmp(argv[i], "--format") && i + 1 < argc &&
				!strcmp(argv[i + 1], "nagios")))
			return true;
	return false;
}

/* A closed descriptor must not become another file's: what goes there is lost, and that is said. */
static void
hold_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) != fd)
			_exit(STATUS_INTERNAL);
}

int
main(int argc, char **argv)
{
	struct options o;
	struct err e = ERR_INIT;
	bool plugin = is_plugin(argc, argv);
	int status;

	hold_standard();
	secret_harden_process();
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	modules_init();
	keyring_init();
	options_init(&o);
	if (options_parse(&o, argc, argv, &e) != RES_OK)
		status = app_usage(o.command, &e);
	else if (opt_given(&o, OPT_HELP))
		status = print_and_end(options_help, o.command);
	else if (opt_given(&o, OPT_VERSION))
		status = print_and_end(version, o.command);
	else
		status = run[o.command](&o);
	options_release(&o);
	return plugin ? app_plugin_status(status) : status;
}
