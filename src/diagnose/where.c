/* Where a remedy is had: in the wizard's words, as a command, as a choice of the line-by-line
 * wizard. */
#include "diagnose/diagnose.h"

#include "base/text.h"
#include "base/tr.h"

static const struct {
	const char *words, *in[2]; /* by enum audience */
} places[] = {
	{N_("step 1"), {"tokentriage check --steps verify", N_("choice 1, then Enter")}},
	{N_("step 2"), {"tokentriage check --steps expiry", N_("choice 2, then Enter")}},
	{N_("step 3"), {"tokentriage check --refresh --tokens-out FILE", N_("choice r")}},
	{N_("step 4"), {"tokentriage check --steps handle", N_("choice 4, then Enter")}},
	{N_("step 5"), {"this report", N_("choice 5")}},
	{"--probes safe", {"--probes safe", N_("choice p")}},
	{"--probes all", {"--probes all", N_("choice p")}},
};

/* The row whose words text begins with. */
static size_t
place_at(const char *text)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(places) &&
		strncmp(text, tr(places[i].words), strlen(tr(places[i].words))) != 0)
		i++;
	return i;
}

char *
say_where(enum audience a, const char *text, char *out, size_t size)
{
	struct buf b;

	buf_init(&b, 4 * LIMIT_MESSAGE);
	while (*text) {
		size_t i = place_at(text);

		if (i < ARRAY_SIZE(places)) {
			buf_puts(&b, tr(places[i].in[a]));
			text += strlen(tr(places[i].words));
		} else {
			buf_putc(&b, *text++);
		}
	}
	text_safe_into(out, size, buf_span(&b));
	buf_release(&b);
	return out;
}
