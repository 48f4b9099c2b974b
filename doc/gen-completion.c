/*
 * gen-completion SHELL: the completion of bash, zsh or fish to stdout, from the tables of commands,
 * options, scenarios and findings, so that no shell can offer what the program does not take.
 */
#include "cli/options.h"
#include "demo/demo.h"
#include "diagnose/diagnose.h"
#include "oauth/clientauth.h"
#include "oauth/oautherror.h"

/* Where what stands behind an option or a command comes from. */
enum source {
	FROM_NOTHING, /* free text, or no value at all */
	FROM_FILES,
	FROM_WORDS, /* the table's, "a|b" */
	FROM_SCENARIOS,
	FROM_IDS, /* findings and error codes */
	FROM_THEMES,
	FROM_METHODS, /* of client authentication */
	FROM_VARIABLES, /* of the environment */
};

static enum source
option_source(int o)
{
	if (o == OPT_SCENARIO)
		return FROM_SCENARIOS;
	if (o == OPT_THEME)
		return FROM_THEMES;
	if (o == OPT_CLIENT_AUTH)
		return FROM_METHODS;
	if (option_rows[o].arg && !strcmp(option_rows[o].arg, "VAR"))
		return FROM_VARIABLES;
	switch (option_rows[o].kind) {
	case OPT_KIND_FILE:
		return FROM_FILES;
	case OPT_KIND_ENUM:
		return FROM_WORDS;
	case OPT_KIND_FLAG:
	case OPT_KIND_STRING:
	case OPT_KIND_URL:
	case OPT_KIND_INT:
	case OPT_KIND_LIST:
	case OPT_KIND_REFUSED:
		break;
	}
	return FROM_NOTHING;
}

static enum source
command_source(int c)
{
	if (c == CMD_DEMO)
		return FROM_SCENARIOS;
	if (c == CMD_EXPLAIN)
		return FROM_IDS;
	return *command_rows[c].args ? FROM_FILES : FROM_NOTHING;
}

static bool
offered(int o, unsigned commands)
{
	return option_rows[o].kind != OPT_KIND_REFUSED && (option_rows[o].commands & commands);
}

static bool
takes_value(int o)
{
	return option_rows[o].arg != NULL;
}

/* text with a backslash before each character of special; a single quote as quote. */
static void
escaped(const char *text, const char *special, const char *quote)
{
	for (; *text; text++) {
		if (*text == '\'') {
			fputs(quote, stdout);
			continue;
		}
		if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

static void
put_words(const char *words, char between)
{
	for (; *words; words++)
		putchar(*words == '|' ? between : *words);
}

static void
put_ids(void)
{
	for (size_t i = 0; i < catalogue_count; i++)
		printf("%s ", catalogue[i].id);
	for (size_t i = 0; i < oauth_error_count; i++)
		printf("%s ", oauth_errors[i].code);
}

static void
put_scenarios(void)
{
	for (size_t i = 0; i < scenario_count; i++)
		printf("%s ", scenarios[i].name);
}

static void
put_methods(void)
{
	for (int a = AUTH_UNSET + 1; a < AUTH_COUNT; a++)
		printf("%s ", client_auth_id((enum client_auth)a));
}

/* What the three have in common, in a form that all of them read. */
static void
put_source(enum source from, const char *words)
{
	switch (from) {
	case FROM_WORDS:
		put_words(words, ' ');
		break;
	case FROM_SCENARIOS:
		put_scenarios();
		break;
	case FROM_IDS:
		put_ids();
		break;
	case FROM_METHODS:
		put_methods();
		break;
	case FROM_NOTHING:
	case FROM_FILES:
	case FROM_THEMES:
	case FROM_VARIABLES:
		break;
	}
}

/* --- bash --- */

static void
bash_options(int c)
{
	for (int o = 0; o < OPT_COUNT; o++) {
		if (!offered(o, 1u << c))
			continue;
		printf(" --%s", option_rows[o].name);
		if (option_rows[o].letter)
			printf(" -%c", option_rows[o].letter);
	}
}

static void
bash_names(int o)
{
	printf("--%s", option_rows[o].name);
	if (option_rows[o].letter)
		printf(" | -%c", option_rows[o].letter);
}

/* What is free text ends the matter in one line for all of them. */
static void
bash_free_text(void)
{
	bool first = true;

	for (int o = 0; o < OPT_COUNT; o++) {
		if (!offered(o, ~0u) || !takes_value(o) || option_source(o) != FROM_NOTHING)
			continue;
		fputs(first ? "\t" : " | \\\n\t", stdout);
		bash_names(o);
		first = false;
	}
	puts(first ? "" : ") return ;;");
}

static void
bash_value(int o)
{
	if (option_source(o) == FROM_NOTHING)
		return;
	putchar('\t');
	bash_names(o);
	fputs(")\n\t\t", stdout);
	switch (option_source(o)) {
	case FROM_FILES:
		puts("_tokentriage_files \"$cur\"");
		break;
	case FROM_THEMES:
		puts("_tokentriage_words \"$cur\" \"$(_tokentriage_themes)\"");
		break;
	case FROM_VARIABLES:
		puts("mapfile -t COMPREPLY < <(compgen -e -- \"$cur\")");
		break;
	case FROM_WORDS:
	case FROM_SCENARIOS:
	case FROM_IDS:
	case FROM_METHODS:
		fputs("_tokentriage_words \"$cur\" '", stdout);
		put_source(option_source(o), option_rows[o].arg);
		puts("'");
		break;
	case FROM_NOTHING:
		break;
	}
	puts("\t\treturn ;;");
}

static void
bash_command(int c)
{
	enum source from = command_source(c);

	printf("\t%s)\n\t\tcase $cur in\n\t\t-*) _tokentriage_words \"$cur\" '",
		*command_rows[c].name ? command_rows[c].name : "''");
	bash_options(c);
	fputs("' ;;\n\t\t*) ", stdout);
	if (c == CMD_WIZARD) {
		fputs("_tokentriage_words \"$cur\" '", stdout);
		for (int k = 1; k < CMD_COUNT; k++)
			printf("%s ", command_rows[k].name);
		fputs("'", stdout);
	} else if (from == FROM_FILES) {
		fputs("_tokentriage_files \"$cur\"", stdout);
	} else if (from == FROM_NOTHING) {
		fputs(":", stdout);
	} else {
		fputs("_tokentriage_words \"$cur\" '", stdout);
		put_source(from, "");
		fputs("'", stdout);
	}
	puts(" ;;\n\t\tesac ;;");
}

static void
bash(void)
{
	puts("# bash completion for tokentriage(1), made from the program's tables\n"
	     "_tokentriage_words() { mapfile -t COMPREPLY < <(compgen -W \"$2\" -- \"$1\"); }\n"
	     "_tokentriage_files() {\n"
	     "\tcompopt -o filenames 2>/dev/null\n"
	     "\tmapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
	     "}\n"
	     "_tokentriage_themes() {\n"
	     "\tlocal f\n"
	     "\tfor f in " THEMES_DIR "/*.conf"
	     " \"${XDG_CONFIG_HOME:-$HOME/.config}\"/tokentriage/themes/*.conf; do\n"
	     "\t\t[ -f \"$f\" ] && f=${f##*/} && printf '%s\\n' \"${f%.conf}\"\n"
	     "\tdone\n"
	     "}\n"
	     "_tokentriage() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' i\n"
	     "\tCOMPREPLY=()\n"
	     "\t# --option=value comes as three words\n"
	     "\tif [ \"$cur\" = = ]; then cur=\n"
	     "\telif [ \"$prev\" = = ] && [ \"$COMP_CWORD\" -gt 1 ]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi");
	puts("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in");
	for (int c = 1; c < CMD_COUNT; c++)
		printf("%s%s", c > 1 ? " | " : "\t\t", command_rows[c].name);
	puts(") command=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n\tcase $prev in");
	for (int o = 0; o < OPT_COUNT; o++)
		if (offered(o, ~0u) && takes_value(o))
			bash_value(o);
	bash_free_text();
	puts("\tesac\n\tcase $command in");
	for (int c = 0; c < CMD_COUNT; c++)
		bash_command(c);
	puts("\tesac\n}\ncomplete -F _tokentriage tokentriage");
}

/* --- zsh --- */

static void
zsh_text(const char *text)
{
	escaped(text, "[]:\\", "'\\''");
}

static void
zsh_values(enum source from, const char *words)
{
	switch (from) {
	case FROM_FILES:
		fputs("_files", stdout);
		break;
	case FROM_THEMES:
		fputs("($(_tokentriage_themes))", stdout);
		break;
	case FROM_VARIABLES:
		fputs("_parameters -g \"*export*\"", stdout);
		break;
	case FROM_WORDS:
	case FROM_SCENARIOS:
	case FROM_IDS:
	case FROM_METHODS:
		putchar('(');
		put_source(from, words);
		putchar(')');
		break;
	case FROM_NOTHING:
		putchar(' ');
		break;
	}
}

static void
zsh_option(int o)
{
	const struct option_row *r = &option_rows[o];
	bool value = takes_value(o);

	fputs("\t\t\t", stdout);
	if (r->letter)
		printf("'(-%c --%s)'{-%c%s,--%s%s}'", r->letter, r->name, r->letter, value ? "+" : "",
			r->name, value ? "=" : "");
	else
		printf("'%s--%s%s", r->kind == OPT_KIND_LIST ? "*" : "", r->name, value ? "=" : "");
	putchar('[');
	zsh_text(r->help);
	putchar(']');
	if (value) {
		putchar(':');
		zsh_text(r->kind == OPT_KIND_ENUM ? r->name : r->arg);
		putchar(':');
		zsh_values(option_source(o), r->arg);
	}
	puts("' \\");
}

static void
zsh_command(int c)
{
	printf("\t%s)\n\t\t_arguments -s -S \\\n", *command_rows[c].name ? command_rows[c].name : "*");
	for (int o = 0; o < OPT_COUNT; o++)
		if (offered(o, 1u << c))
			zsh_option(o);
	if (command_rows[c].most_args) {
		fputs("\t\t\t'*:", stdout);
		zsh_text(command_rows[c].args);
		putchar(':');
		zsh_values(command_source(c), "");
		puts("' ;;");
	} else {
		puts("\t\t\t&& return 0 ;;");
	}
}

static void
zsh(void)
{
	puts("#compdef tokentriage\n"
	     "# zsh completion for tokentriage(1), made from the program's tables\n"
	     "_tokentriage_themes() {\n"
	     "\tlocal -a found\n"
	     "\tfound=(" THEMES_DIR "/*.conf(N:t:r)"
	     " ${XDG_CONFIG_HOME:-$HOME/.config}/tokentriage/themes/*.conf(N:t:r))\n"
	     "\tprint -r -- $found\n"
	     "}\n"
	     "_tokentriage() {\n"
	     "\tlocal -a commands\n"
	     "\tlocal command=\n"
	     "\tcommands=(");
	for (int c = 1; c < CMD_COUNT; c++) {
		printf("\t\t'%s:", command_rows[c].name);
		zsh_text(command_rows[c].summary);
		puts("'");
	}
	puts("\t)\n"
	     "\tif (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
	     "\t\t_describe -t commands 'tokentriage command' commands\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tif [[ $words[2] != -* ]]; then\n"
	     "\t\tcommand=$words[2]\n"
	     "\t\tshift words\n"
	     "\t\t(( CURRENT-- ))\n"
	     "\tfi\n"
	     "\tcase $command in");
	for (int c = 1; c < CMD_COUNT; c++)
		zsh_command(c);
	zsh_command(CMD_WIZARD);
	puts("\tesac\n}\n_tokentriage \"$@\"");
}

/* --- fish --- */

static void
fish_text(const char *text)
{
	putchar('\'');
	escaped(text, "\\", "\\'");
	putchar('\'');
}

/* When an option is offered: behind one of its commands, or with none yet. */
static void
fish_when(unsigned commands)
{
	bool rest = (commands & ~CMD_BIT(WIZARD)) != 0;

	fputs(" -n '", stdout);
	if (commands & CMD_BIT(WIZARD))
		printf("__fish_use_subcommand%s", rest ? "; or " : "");
	if (rest)
		fputs("__fish_seen_subcommand_from", stdout);
	for (int c = 1; c < CMD_COUNT; c++)
		if (commands & (1u << c))
			printf(" %s", command_rows[c].name);
	putchar('\'');
}

static void
fish_values(enum source from, const char *words)
{
	switch (from) {
	case FROM_FILES:
		fputs(" -r -F", stdout);
		break;
	case FROM_THEMES:
		fputs(" -x -a '(__tokentriage_themes)'", stdout);
		break;
	case FROM_VARIABLES:
		fputs(" -x -a '(set -xn)'", stdout);
		break;
	case FROM_WORDS:
	case FROM_SCENARIOS:
	case FROM_IDS:
	case FROM_METHODS:
		fputs(" -x -a '", stdout);
		put_source(from, words);
		putchar('\'');
		break;
	case FROM_NOTHING:
		fputs(" -x", stdout);
		break;
	}
}

static void
fish_option(int o)
{
	const struct option_row *r = &option_rows[o];

	fputs("complete -c tokentriage", stdout);
	fish_when(r->commands);
	printf(" -l %s", r->name);
	if (r->letter)
		printf(" -s %c", r->letter);
	if (takes_value(o))
		fish_values(option_source(o), r->arg);
	fputs(" -d ", stdout);
	fish_text(r->help);
	putchar('\n');
}

static void
fish(void)
{
	puts("# fish completion for tokentriage(1), made from the program's tables\n"
	     "function __tokentriage_themes\n"
	     "\tset -l home $XDG_CONFIG_HOME\n"
	     "\ttest -n \"$home\"; or set home $HOME/.config\n"
	     "\tset -l found " THEMES_DIR "/*.conf $home/tokentriage/themes/*.conf\n"
	     "\tfor f in $found\n"
	     "\t\tstring replace -r '.*/(.*)\\.conf$' '$1' $f\n"
	     "\tend\n"
	     "end\n"
	     "complete -c tokentriage -f");
	for (int c = 1; c < CMD_COUNT; c++) {
		printf("complete -c tokentriage -n __fish_use_subcommand -a %s -d ",
			command_rows[c].name);
		fish_text(command_rows[c].summary);
		putchar('\n');
		if (!command_rows[c].most_args)
			continue;
		fputs("complete -c tokentriage", stdout);
		fish_when(1u << c);
		if (command_source(c) == FROM_FILES) {
			puts(" -F");
		} else {
			fputs(" -a '", stdout);
			put_source(command_source(c), "");
			puts("'");
		}
	}
	for (int o = 0; o < OPT_COUNT; o++)
		if (offered(o, ~0u))
			fish_option(o);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*put)(void);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

	for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(shells); i++) {
		if (strcmp(argv[1], shells[i].name) == 0) {
			shells[i].put();
			return fflush(stdout) ? 1 : 0;
		}
	}
	fputs("usage: gen-completion bash|zsh|fish\n", stderr);
	return 2;
}
