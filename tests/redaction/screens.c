/*
 * screens screens|lines OUT PROGRAM ARGUMENT...: walks the wizard by keys, or the line-by-line one, and writes what is
 * to be seen of it to OUT.  For redaction.mjs, which searches it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pty/vt.h"

static FILE *out;

static void
look(struct vt *t, const char *keys)
{
	if (*keys)
		vt_type(t, keys);
	if (!vt_idle(t))
		exit(1);
	fprintf(out, "--- after %s\n%s\n", keys[0] == '\033' ? "a function key" : keys, vt_text(t));
}

/* The page that is open, to its end. */
static void
pages(struct vt *t, const char *keys)
{
	look(t, keys);
	for (int i = 0; i < 12; i++)
		look(t, "\033[6~"); /* PgDn */
	look(t, "\033");
}

/* Each row of step 5 opened, and beside the exchange before. */
static void
rows(struct vt *t)
{
	for (int row = 0; row < 8; row++) {
		look(t, "5");
		look(t, "\033[H");
		for (int k = 0; k <= row; k++)
			look(t, "j");
		pages(t, "\r");
		pages(t, "d");
	}
}

/* Every step, page and dialog of the wizard at two sizes, and each exchange opened, as it was sent and decoded. */
static int
screens(struct vt *t)
{
	static const char *const steps[] = {"1", "2", "3", "4", "5"};

	look(t, "");
	look(t, "w");
	for (size_t i = 0; i < 5; i++)
		pages(t, steps[i]);
	pages(t, "f");
	pages(t, "L");
	look(t, "L");
	look(t, "\033");
	rows(t);
	look(t, "\r");
	look(t, "D");
	look(t, "\033");
	rows(t);
	pages(t, "x");
	look(t, "c");
	look(t, "\033");
	vt_resize(t, 24, 80);
	for (size_t i = 0; i < 5; i++)
		look(t, steps[i]);
	look(t, "\033");
	vt_type(t, "q");
	return vt_exit(t) ? 0 : 1;
}

/* The line-by-line wizard: five steps, the application's view, the log. */
static int
lines(struct vt *t)
{
	if (!vt_see(t, "Choice:"))
		return 1;
	vt_type(t, "\r\r\r\r\rs\rl\ra\r\rq\r");
	return vt_exit(t) ? 0 : 1;
}

int
main(int argc, char **argv)
{
	static char config[4096], secret[4096], state[4096];
	const char *env[] = {config, secret, state, NULL, NULL};
	bool by_line = argc > 1 && strcmp(argv[1], "lines") == 0;
	struct vt *t;
	int status;

	if (argc < 4 || !(out = fopen(argv[2], "w")))
		return 2;
	snprintf(config, sizeof(config), "XDG_CONFIG_HOME=%s", getenv("XDG_CONFIG_HOME"));
	snprintf(secret, sizeof(secret), "PLANTED_SECRET=%s", getenv("PLANTED_SECRET"));
	snprintf(state, sizeof(state), "XDG_STATE_HOME=%s", getenv("XDG_STATE_HOME"));
	if (by_line)
		env[3] = "TERM=dumb";
	t = vt_start((const char *const *)argv + 3, &(struct vt_options){.rows = 50, .cols = 200, .env = env});
	if (!t)
		return 1;
	status = by_line ? lines(t) : screens(t);
	fprintf(out, "--- outside the screen\n%s\n", t->plain ? t->plain : "");
	vt_free(t);
	return fclose(out) == 0 ? status : 1;
}
