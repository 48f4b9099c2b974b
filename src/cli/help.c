/* --help, from the tables. */
#include "cli/options.h"

enum { HELP_COLUMN = 30, HELP_WIDTH = 80 };

static const char *const group_titles[OPT_GROUP_COUNT] = {
	[OPT_GROUP_SERVER] = "Server and client",
	[OPT_GROUP_TOKENS] = "Tokens",
	[OPT_GROUP_WALK] = "What is done",
	[OPT_GROUP_OUTPUT] = "Output",
};

/* Words wrapped into the right column; the cursor stands at column `at`. */
static void
wrap(struct buf *out, struct span text, size_t at)
{
	struct span word;
	size_t col = at;

	while (span_word(&text, &word)) {
		if (col > HELP_COLUMN && col + 1 + word.n > HELP_WIDTH) {
			buf_printf(out, "\n%*s", HELP_COLUMN, "");
			col = HELP_COLUMN;
		} else if (col > HELP_COLUMN) {
			buf_putc(out, ' ');
			col++;
		}
		buf_add_span(out, word);
		col += word.n;
	}
	buf_putc(out, '\n');
}

static void
row_help(struct buf *out, const struct option_row *row)
{
	struct buf left, text;

	buf_init(&left, 200);
	buf_init(&text, 1000);
	if (row->letter)
		buf_printf(&left, "  -%c, --%s", row->letter, row->name);
	else
		buf_printf(&left, "      --%s", row->name);
	if (row->arg)
		buf_printf(&left, " %s", row->arg);
	if (row->kind == OPT_KIND_REFUSED)
		buf_printf(&text, "refused, since other users can read arguments: use ");
	buf_puts(&text, row->help);
	if (row->kind == OPT_KIND_INT)
		buf_printf(&text, " (%d to %d; default %s)", row->min, row->max, row->dflt);
	else if (row->dflt)
		buf_printf(&text, " (default %s)", row->dflt);
	buf_add_span(out, buf_span(&left));
	if (left.len + 2 > HELP_COLUMN)
		buf_printf(out, "\n%*s", HELP_COLUMN, "");
	else
		buf_printf(out, "%*s", (int)(HELP_COLUMN - left.len), "");
	wrap(out, buf_span(&text), HELP_COLUMN);
	buf_release(&left);
	buf_release(&text);
}

static void
commands_help(struct buf *out)
{
	buf_puts(out, "\nCommands:\n");
	for (int c = 1; c < CMD_COUNT; c++) {
		int n = (int)strlen(command_rows[c].name) + 1 + (int)strlen(command_rows[c].args);

		buf_printf(out, "  %s %s%*s", command_rows[c].name, command_rows[c].args,
			n + 2 < HELP_COLUMN ? HELP_COLUMN - 2 - n : 1, "");
		wrap(out, span_of(command_rows[c].summary), HELP_COLUMN);
	}
}

static void
status_help(struct buf *out, enum command c)
{
	if (c == CMD_LOGIN)
		buf_puts(out,
			"\nExit status: 0 logged in, and the new tokens do what they are for, 1 "
			"the login was\nrefused or the new tokens have a problem, and it is named, "
			"2 usage or configuration\nerror (nothing was sent), 3 undetermined "
			"(nobody logged in in time), 4 internal\nfailure, or the new tokens could "
			"not be written, 128+n ended by signal n.\n");
	if (c == CMD_CHECK || c == CMD_INSPECT)
		buf_puts(out,
			"\nExit status: 0 healthy, 1 a problem was found and named, 2 usage or "
			"configuration "
			"error\n(nothing was sent), 3 undetermined, 4 internal failure, 128+n "
			"ended by signal n.\n");
	if (c == CMD_CHECK)
		buf_puts(out,
			"It is 4, too, if new tokens could not be written to --tokens-out; the "
			"report says\nwhere they are.\n");
	if (c == CMD_DEMO)
		buf_puts(out,
			"\nExit status without a terminal: 0 the scenario's cause was the one "
			"found, 1 it was "
			"not,\n2 usage error, 4 internal failure.\n");
}

void
options_help(struct buf *out, enum command c)
{
	const struct command_row *row = &command_rows[c];

	buf_printf(out, "usage: %s [options]%s%s\n", command_title(c), *row->args ? " " : "",
		row->args);
	if (c == CMD_WIZARD)
		buf_puts(out, "       tokentriage COMMAND [options]\n");
	buf_puts(out, "\n");
	if (c == CMD_WIZARD)
		buf_puts(out,
			"Finds out why an OAuth 2.0 or OpenID Connect access token does not get "
			"user\n"
			"information, and leads to the fix. Without a command it opens the "
			"wizard.\n");
	else
		buf_printf(out, "%s\n", row->summary);
	if (c == CMD_WIZARD)
		commands_help(out);
	for (int g = 0; g < OPT_GROUP_COUNT; g++) {
		bool titled = false;

		for (int i = 0; i < OPT_COUNT; i++) {
			if (option_rows[i].group != (enum opt_group)g ||
				!(option_rows[i].commands & (1u << c)))
				continue;
			if (option_rows[i].kind == OPT_KIND_REFUSED && c != CMD_WIZARD &&
				c != CMD_CHECK)
				continue;
			if (!titled)
				buf_printf(out, "\n%s:\n", group_titles[g]);
			titled = true;
			row_help(out, &option_rows[i]);
		}
	}
	status_help(out, c);
}
