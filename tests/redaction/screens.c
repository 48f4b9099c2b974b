/*
 * screens OUT PROGRAM ARGUMENT...: walks the wizard by keys, looks at every step, page and dialog at two sizes, and
 * appends each screen's text to OUT.  For redaction.mjs, which searches it.
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

int
main(int argc, char **argv)
{
	static const char *const steps[] = {"1", "2", "3", "4", "5"};
	struct vt *t;

	if (argc < 3 || !(out = fopen(argv[1], "w")))
		return 2;
	{
		static char home[4096], secret[4096], state[4096];
		const char *env[] = {home, secret, state, NULL};

		snprintf(home, sizeof(home), "XDG_CONFIG_HOME=%s", getenv("XDG_CONFIG_HOME"));
		snprintf(secret, sizeof(secret), "PLANTED_SECRET=%s", getenv("PLANTED_SECRET"));
		snprintf(state, sizeof(state), "XDG_STATE_HOME=%s", getenv("XDG_STATE_HOME"));
		t = vt_start((const char *const *)argv + 2, &(struct vt_options){.rows = 50, .cols = 200, .env = env});
	}
	if (!t)
		return 1;
	look(t, "");
	look(t, "w");
	for (size_t i = 0; i < 5; i++)
		pages(t, steps[i]);
	pages(t, "f");
	pages(t, "L");
	look(t, "L");
	look(t, "\033");
	for (int row = 0; row < 8; row++) { /* each exchange, opened */
		look(t, "5");
		look(t, "\033[H");
		for (int k = 0; k <= row; k++)
			look(t, "j");
		pages(t, "\r");
	}
	pages(t, "x");
	look(t, "c");
	look(t, "\033");
	vt_resize(t, 24, 80);
	for (size_t i = 0; i < 5; i++)
		look(t, steps[i]);
	look(t, "\033");
	vt_type(t, "q");
	if (!vt_exit(t))
		return 1;
	fprintf(out, "--- behind it\n%s\n", t->plain ? t->plain : "");
	vt_free(t);
	return fclose(out) == 0 ? 0 : 1;
}
