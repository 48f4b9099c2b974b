/*
 * gen-man TEMPLATE: a manual page to stdout.  Lines of the template that begin with "@" are filled
 * from the tables, so that no page can differ from them:
 *
 *   @commands        the commands and their arguments
 *   @options SET     the options of a set of commands: "wizard+check", those of both; "check-wizard-demo", those
 *                    of check that neither of the others has
 *   @names COMMAND   the names alone of the options of a command, in one sentence
 *   @actions NAME    the keys of a context: global, any, list, login, form
 *   @profile         the keys of a profile
 *   @ui              the keys of the group ui
 *   @findings        the catalogue
 *   @errors          the protocol's error codes
 *   @trace           the log categories
 *   @scenarios       the demo's scenarios
 *   @probes LEVEL    the probes of a level: safe, all
 *   @roles           what a theme gives looks to
 *   @clientauth      the client authentication methods
 *   @flows           the ways to log in
 *   @faq             the questions people ask
 *   @glossary        the glossary
 */
#include "base/clock.h"
#include "cli/options.h"
#include "demo/demo.h"
#include "diagnose/diagnose.h"
#include "oauth/oautherror.h"
#include "ui/keymap.h"
#include "ui/theme.h"
#include "wizard/flow.h"
#include "wizard/learn.h"
#include "wizard/probes.h"

/* Words for mdoc: nothing in them is a request or an escape. */
static void
words(const char *text)
{
	bool first = true;

	for (; *text; text++) {
		if (first && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		first = false;
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
}

static void
line(const char *text)
{
	words(text);
	putchar('\n');
}

/* A macro's argument: one word, whatever is in it. */
static void
quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			fputs("\\(dq", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
	putchar('"');
}

static void
item(const char *head)
{
	fputs(".It Sy ", stdout);
	quoted(head);
	putchar('\n');
}

static void
labelled(const char *label, const char *text)
{
	if (!text || !*text)
		return;
	printf(".br\n.Em ");
	quoted(label);
	putchar('\n');
	line(text);
}

static void
put_commands(const char *arg)
{
	(void)arg;
	for (int c = 1; c < CMD_COUNT; c++) {
		printf(".It Nm Cm %s", command_rows[c].name);
		if (*command_rows[c].args) {
			putchar(' ');
			quoted(command_rows[c].args);
		}
		putchar('\n');
		line(command_rows[c].summary);
	}
}

static void
put_option(const struct option_row *row)
{
	fputs(".It", stdout);
	if (row->letter)
		printf(" Fl %c ,", row->letter);
	printf(" Fl \\-%s", row->name);
	if (row->arg) {
		fputs(" Ar ", stdout);
		quoted(row->arg);
	}
	putchar('\n');
	if (row->kind == OPT_KIND_REFUSED)
		puts("Refused, since other users can read arguments: use");
	line(row->help);
	if (row->kind == OPT_KIND_INT)
		printf("(%d to %d; default %s)\n", row->min, row->max, row->dflt);
	else if (row->dflt)
		printf("(default %s)\n", row->dflt);
}

static bool
command_takes(struct span name, const struct option_row *row)
{
	for (int c = 0; c < CMD_COUNT; c++)
		if (span_is(name, *command_rows[c].name ? command_rows[c].name : "wizard"))
			return row->commands & (1u << c);
	fprintf(stderr, "no command is called '%.*s'\n", SPAN_ARG(name));
	exit(1);
}

static bool
in_set(struct span set, const struct option_row *row)
{
	bool in = true;
	char sign = '+';

	while (set.n) {
		size_t n = strcspn(set.p, "+-");

		n = n < set.n ? n : set.n;
		in = command_takes(span_sub(set, 0, n), row) == (sign == '+') && in;
		sign = n < set.n ? set.p[n] : '+';
		set = span_from(set, n < set.n ? n + 1 : n);
	}
	return in;
}

static void
put_options(const char *arg)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (in_set(span_of(arg), &option_rows[i]))
			put_option(&option_rows[i]);
}

static void
put_names(const char *arg)
{
	int last = -1;

	for (int i = 0; i < OPT_COUNT; i++)
		if (option_rows[i].kind != OPT_KIND_REFUSED && in_set(span_of(arg), &option_rows[i]))
			last = i;
	for (int i = 0; i <= last; i++)
		if (option_rows[i].kind != OPT_KIND_REFUSED && in_set(span_of(arg), &option_rows[i]))
			printf(".Fl \\-%s %s\n", option_rows[i].name, i < last ? "," : ".");
}

static void
put_clientauth(const char *arg)
{
	static const char *const words_of[] = {
#define CLIENT_AUTH(sym, id, words) words,
#include "oauth/clientauth.def"
#undef CLIENT_AUTH
	};

	(void)arg;
	for (int a = AUTH_UNSET + 1; a < AUTH_COUNT; a++) {
		item(client_auth_id((enum client_auth)a));
		line(words_of[a - AUTH_UNSET - 1]);
	}
}

static void
put_roles(const char *arg)
{
	char help[200];

	(void)arg;
	for (int r = 0; r < UIR_COUNT; r++) {
		const struct role_info *i = &role_infos[r];

		item(i->id);
		if (r == UIR_TEXT)
			snprintf(help, sizeof(help), "%s", i->help);
		else
			snprintf(help, sizeof(help), "%s; else as %s", i->help,
				role_infos[i->parent].id);
		line(help);
	}
}

static void
put_actions(const char *arg)
{
	static const struct {
		const char *name;
		enum key_context context;
	} contexts[] = {{"global", CONTEXT_GLOBAL}, {"any", CONTEXT_ANY}, {"list", CONTEXT_LIST},
		{"login", CONTEXT_LOGIN}, {"form", CONTEXT_FORM}, {"command", CONTEXT_COMMAND}, {"text", CONTEXT_TEXT}};

	for (size_t k = 0; k < ARRAY_SIZE(contexts); k++) {
		if (strcmp(arg, contexts[k].name) != 0)
			continue;
		for (int a = 1; a < ACT_COUNT; a++) {
			if (action_infos[a].context != contexts[k].context)
				continue;
			item(*action_infos[a].keys ? action_infos[a].keys : "(none)");
			words(action_infos[a].help);
			printf("\n.Pq Li %s\n", action_infos[a].id);
		}
	}
}

static void
put_arguments(const char *arg)
{
	(void)arg;
#define ARGUMENT(action, take, first, second, names, help) \
	item(action_infos[ACT_##action].id); \
	line(names ": " help);
#include "ui/arguments.def"
#undef ARGUMENT
}

static void
put_profile(const char *arg)
{
	(void)arg;
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		char head[200];

		if (k->kind == KEY_SECRET)
			(void)snprintf(head, sizeof(head), "%s_env, %s_file, %s_command, %s_keyring", k->name, k->name,
				k->name, k->name);
		else
			(void)snprintf(head, sizeof(head), "%s%s", k->name, k->kind == KEY_TOKEN ? "_file" : "");
		item(head);
		line(k->help);
		if (k->kind == KEY_INT)
			printf("(%d to %d %s; default %d)\n", k->min, k->max, k->unit, k->dflt);
		else if (k->kind == KEY_BOOL)
			printf("(default %s)\n", k->dflt ? "true" : "false");
		else if (k->kind == KEY_LIST)
			puts("(a list of strings)");
	}
}

static void
put_ui(const char *arg)
{
	(void)arg;
#define UI_STR(key, dflt, help) item(#key); line(help); puts("(default \\(dq" dflt "\\(dq)");
#define UI_BOOL(key, dflt, help) item(#key); line(help); printf("(default %s)\n", dflt ? "true" : "false");
#define UI_INT(key, dflt, lo, hi, help) item(#key); line(help); printf("(%d to %d; default %d)\n", lo, hi, dflt);
#include "cli/uikeys.def"
#undef UI_STR
#undef UI_BOOL
#undef UI_INT
}

static void
put_findings(const char *arg)
{
	(void)arg;
	for (size_t i = 0; i < catalogue_count; i++) {
		const struct catalogue_entry *c = &catalogue[i];

		fputs(".Ss ", stdout);
		line(c->id);
		fputs(".Sy ", stdout);
		quoted(c->title);
		puts("\n.Pp");
		line(c->meaning);
		labelled("Shows as:", c->shows);
		labelled("Told apart by:", c->told_apart);
		labelled("Remedy:", catalogue_rule(c)->remedy);
		labelled("See:", catalogue_rule(c)->references);
	}
}

static void
put_errors(const char *arg)
{
	(void)arg;
	for (size_t i = 0; i < oauth_error_count; i++) {
		item(oauth_errors[i].code);
		words(oauth_errors[i].meaning);
		fputs("\n(", stdout);
		words(oauth_errors[i].defined);
		puts(")");
	}
}

static void
put_trace(const char *arg)
{
	(void)arg;
#define LOG_CAT(sym, id, help) item(id); line(help);
#include "base/logcats.def"
#undef LOG_CAT
}

static void
put_scenarios(const char *arg)
{
	(void)arg;
	for (size_t i = 0; i < scenario_count; i++) {
		item(scenarios[i].name);
		line(scenarios[i].sentence);
	}
}

static void
put_probes(const char *arg)
{
	enum probe_level level = strcmp(arg, "safe") ? PROBES_ALL : PROBES_SAFE;
	char cost[60];

	for (int p = 0; p < PROBE_COUNT; p++) {
		const struct probe_row *r = probe_row((enum probe)p);

		if (r->level != level)
			continue;
		item(r->id);
		line(r->question);
		(void)snprintf(cost, sizeof(cost), "%u request%s%s", r->requests, r->requests == 1 ? "" : "s",
			*r->danger ? "; " : ".");
		words(cost);
		words(r->danger);
		puts(*r->danger ? "." : "");
	}
}

static void
put_flows(const char *arg)
{
	char text[400];

	(void)arg;
	for (int k = 0; k < FLOW_COUNT; k++) {
		const struct flow_row *r = flow_row((enum flow_kind)k);

		item(r->id);
		(void)snprintf(text, sizeof(text), "%s (%s): it takes %s.", r->words, r->references,
			r->takes);
		line(text);
		(void)snprintf(text, sizeof(text), "The tokens are %s.", r->whose);
		line(text);
	}
}

static void
put_learn(const struct learn_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		item(rows[i].name);
		line(rows[i].text);
		printf("(");
		words(rows[i].defined);
		puts(")");
	}
}

static void
put_faq(const char *arg)
{
	(void)arg;
	put_learn(faq, faq_count);
}

static void
put_glossary(const char *arg)
{
	(void)arg;
	put_learn(glossary, glossary_count);
}

static const struct {
	const char *name;
	void (*put)(const char *arg);
} tables[] = {
	{"commands", put_commands}, {"options", put_options}, {"names", put_names}, {"actions", put_actions}, 
	{"arguments", put_arguments},
	{"profile", put_profile}, {"ui", put_ui}, {"findings", put_findings}, {"errors", put_errors},
	{"trace", put_trace}, {"scenarios", put_scenarios}, {"probes", put_probes},
	{"roles", put_roles}, {"clientauth", put_clientauth}, {"flows", put_flows},
	{"faq", put_faq}, {"glossary", put_glossary},
};

/* "@name arg"; false: no such table. */
static bool
fill(char *name)
{
	char *arg = strchr(name, ' ');

	if (arg)
		*arg++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (strcmp(tables[i].name, name) == 0) {
			tables[i].put(arg ? arg : "");
			return true;
		}
	}
	return false;
}

int
main(int argc, char **argv)
{
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
	char row[1000];
	unsigned n = 0;

	if (!in) {
		fputs("usage: gen-man TEMPLATE\n", stderr);
		return 2;
	}
	while (fgets(row, sizeof(row), in)) {
		n++;
		row[strcspn(row, "\n")] = '\0';
		if (row[0] != '@') {
			puts(row);
		} else if (!fill(row + 1)) {
			fprintf(stderr, "%s:%u: no table is called '%s'\n", argv[1], n, row + 1);
			return 1;
		}
	}
	(void)fclose(in);
	return ferror(stdout) || fflush(stdout) != 0;
}
