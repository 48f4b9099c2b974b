#include "unit.h"

#include "base/mem.h"
#include "cli/options.h"

enum { ARGS = 16 };

struct parsed {
	struct options o;
	struct err e;
	enum res r;
	char *argv[ARGS + 1];
	int argc;
};

/* line: arguments, '|' between them. */
static void
parse(struct parsed *p, const char *line)
{
	struct span rest = span_of(line), word;

	memset(p, 0, sizeof(*p));
	p->argv[p->argc++] = xstrdup("tokentriage");
	while (p->argc < ARGS && span_next(&rest, '|', &word))
		p->argv[p->argc++] = span_dup(word);
	options_init(&p->o);
	p->r = options_parse(&p->o, p->argc, p->argv, &p->e);
}

static void
done(struct parsed *p)
{
	options_release(&p->o);
	for (int i = 0; i < p->argc; i++)
		free(p->argv[i]);
}

static void
test_commands(void **state)
{
	static const struct {
		const char *line;
		enum command c;
	} rows[] = {
		{"", CMD_WIZARD},
		{"--help", CMD_WIZARD},
		{"check", CMD_CHECK},
		{"demo|expired", CMD_DEMO},
		{"inspect|-", CMD_INSPECT},
		{"explain|token-expired", CMD_EXPLAIN},
		{"serve", CMD_SERVE},
		{"-p|acme", CMD_WIZARD},
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (*rows[i].line)
			parse(&p, rows[i].line);
		else {
			memset(&p, 0, sizeof(p));
			p.argv[p.argc++] = xstrdup("tokentriage");
			p.r = options_parse(&p.o, 1, p.argv, &p.e);
		}
		assert_int_equal(p.r, RES_OK);
		assert_int_equal(p.o.command, rows[i].c);
		done(&p);
	}
}

static void
test_values(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p,
		"check|-p|acme|--timeout=7|--header|A: b|--header=C: "
		"d|--format|json|--refresh|-o|out");
	assert_int_equal(p.r, RES_OK);
	assert_string_equal(opt_str(&p.o, OPT_PROFILE), "acme");
	assert_int_equal(opt_int(&p.o, OPT_TIMEOUT), 7);
	assert_int_equal(p.o.v[OPT_HEADER].list.n, 2);
	assert_string_equal(p.o.v[OPT_HEADER].list.v[1], "C: d");
	assert_int_equal(opt_choice(&p.o, OPT_FORMAT), 1);
	assert_true(opt_given(&p.o, OPT_REFRESH));
	assert_false(opt_given(&p.o, OPT_REVOKE));
	assert_int_equal(opt_int(&p.o, OPT_LEEWAY), 60); /* the table's default */
	assert_string_equal(opt_str(&p.o, OPT_PROBES), "safe");
	done(&p);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *line;
		enum res r;
		const char *text;
	} rows[] = {
		{"check|--isuer|x", RES_SYNTAX, "unknown option --isuer; did you mean --issuer?"},
		{"check|--no-such-thing", RES_SYNTAX, "unknown option --no-such-thing"},
		{"check|-Z", RES_SYNTAX, "unknown option -Z"},
		{"demo|--issuer|https://a.example", RES_SYNTAX,
			"--issuer does not apply to tokentriage demo"},
		{"check|--list", RES_SYNTAX, "it belongs to: demo"},
		{"check|--issuer", RES_SYNTAX, "--issuer needs a value"},
		{"check|-p", RES_SYNTAX, "-p needs a value"},
		{"check|--refresh=1", RES_SYNTAX, "--refresh takes no value"},
		{"check|--timeout|0", RES_RANGE, "--timeout: out of range; allowed: 1 to 600"},
		{"check|--timeout|601", RES_RANGE, "allowed: 1 to 600"},
		{"check|--timeout|99999999999999999999", RES_RANGE, "allowed: 1 to 600"},
		{"check|--timeout|4294967297", RES_RANGE, "allowed: 1 to 600"},
		{"check|--timeout|ten", RES_SYNTAX, "not a whole number"},
		{"check|--leeway|-1", RES_RANGE, "allowed: 0 to 3600"},
		{"check|--format|xml", RES_SYNTAX, "not one of text|json|markdown|html|junit|har|sh|nagios|openmetrics"},
		{"check|--probes|some", RES_SYNTAX, "none|safe|all"},
		{"check|--issuer|ftp://a.example", RES_SYNTAX, "not an absolute http or https URL"},
		{"check|--issuer|idp.example", RES_SYNTAX, "not an absolute http or https URL"},
		{"check|--issuer|https://bob:pw@idp.example", RES_SYNTAX, "user name or password"},
		{"check|--output=", RES_SYNTAX, "--output: empty"},
		{"check|stray", RES_SYNTAX, "unexpected argument 'stray'"},
		{"demo|a|b", RES_SYNTAX, "unexpected argument 'b'"},
		{"-p|acme|check", RES_SYNTAX, "the command comes first: tokentriage check"},
		{"chekc", RES_SYNTAX, "unknown command 'chekc'"},
		{"bulk|-|--shard", RES_SYNTAX, "--shard needs a value"},
		{"opne|c", RES_SYNTAX, "unknown command 'opne'"},
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&p, rows[i].line);
		if (p.r != rows[i].r || !strstr(p.e.text, rows[i].text))
			fail_msg("%s: %s: \"%s\" does not say \"%s\"", rows[i].line, res_name(p.r),
				p.e.text, rows[i].text);
		done(&p);
	}
}

#define SECRET "Zk3vQ9xT7mLp2WcR8dYh4NsB6fGj1KaE5uXo0ViC"
#define JWT "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmU"

/* Refused with the reason and the way that works, never repeated, wiped in argv. */
static void
test_secrets(void **state)
{
	static const char *const lines[] = {
		"check|--access-token|" SECRET,
		"check|--access-token=" SECRET,
		"check|--refresh-token|" SECRET,
		"check|--id-token|" JWT,
		"check|--client-secret|" SECRET,
		"check|--token=" SECRET,
		"check|--password|" SECRET,
		"demo|--access-token|" SECRET,
		"--client-secret|" SECRET,
		JWT,
		"inspect|" JWT,
		"explain|" JWT,
		"check|" JWT,
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		parse(&p, lines[i]);
		assert_int_equal(p.r, RES_REFUSED);
		assert_non_null(strstr(p.e.text, "argument"));
		assert_null(strstr(p.e.text, "Zk3v"));
		assert_null(strstr(p.e.text, "eyJh"));
		for (int k = 0; k < p.argc; k++) {
			assert_null(strstr(p.argv[k], "Zk3v"));
			assert_null(strstr(p.argv[k], "eyJh"));
		}
		done(&p);
	}
	parse(&p, "check|--acess-token=" SECRET); /* not even a misspelt one is repeated */
	assert_int_equal(p.r, RES_SYNTAX);
	assert_null(strstr(p.e.text, "Zk3v"));
	done(&p);
}

static void
test_help(void **state)
{
	struct buf out;
	char name[64];

	(void)state;
	for (int c = 0; c < CMD_COUNT; c++) {
		buf_init(&out, 1 << 20);
		options_help(&out, c);
		assert_int_equal(buf_status(&out), RES_OK);
		for (int i = 0; i < OPT_COUNT; i++) {
			const struct option_row *row = &option_rows[i];
			bool listed;

			snprintf(name, sizeof(name), "--%s", row->name);
			listed = false;
			for (const char *at = buf_str(&out); !listed && (at = strstr(at, name));
				at++)
				listed = at[-1] == ' ' && at[-2] != 'o' &&
					strchr(" \n", at[strlen(name)]);
			if (row->kind == OPT_KIND_REFUSED && c != CMD_WIZARD && c != CMD_CHECK)
				continue;
			if (listed != !!(row->commands & (1u << c)))
				fail_msg("--%s: help of %s", row->name, command_title(c));
		}
		for (const char *line = buf_str(&out); *line; line = strchr(line, '\n') + 1)
			if (strcspn(line, "\n") > 100)
				fail_msg("help of %s: a line of %zu", command_title(c),
					strcspn(line, "\n"));
		buf_release(&out);
	}
	buf_init(&out, 1 << 20);
	options_help(&out, CMD_WIZARD);
	for (int c = 1; c < CMD_COUNT; c++) {
		snprintf(name, sizeof(name), "\n  %s %s", command_rows[c].name,
			command_rows[c].args);
		assert_non_null(strstr(buf_str(&out), name));
	}
	buf_release(&out);
}

/* The table itself: every key is one of the profile's, every default is allowed, no name twice. */
static void
test_table(void **state)
{
	(void)state;
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		bool known = !row->key;

		for (size_t k = 0; k < profile_key_count && !known; k++)
			known = !strcmp(profile_keys[k].name, row->key);
		assert_true(known);
		if (row->kind == OPT_KIND_INT)
			for (size_t k = 0; row->key && k < profile_key_count; k++)
				if (!strcmp(profile_keys[k].name, row->key)) {
					assert_int_equal(row->min, profile_keys[k].min);
					assert_int_equal(row->max, profile_keys[k].max);
				}
		if (row->kind == OPT_KIND_ENUM && row->dflt)
			assert_true(word_index(row->arg, span_of(row->dflt)) >= 0);
		assert_true(row->commands != 0);
		assert_true(row->help && *row->help);
		assert_int_equal(row->kind == OPT_KIND_FLAG, !row->arg);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(row->name, option_rows[k].name);
			assert_false(row->letter && row->letter == option_rows[k].letter);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
