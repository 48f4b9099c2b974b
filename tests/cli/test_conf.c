#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/conf.h"

static enum res
read_text(struct conf *c, const char *text, struct err *e)
{
	conf_init(c);
	return conf_read(c, span_of(text), "t.conf", true, e);
}

#define PROFILE(line) "profiles = (\n  { name = \"p\";\n    " line "\n  } );\n"

static void
test_errors(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} rows[] = {
		/* unknown keys */
		{"colour = 1;", 1,
			"t.conf:1: colour: unknown key; allowed: default_profile, ui, keys, "
			"profiles"},
		{"\nui: { them = \"x\"; };", 2,
			"ui.them: unknown key; allowed: theme, ascii, mouse, log_records, guide, clipboard_file, recent"},
		{PROFILE("isuer = \"https://a.example\";"), 3, "profile p.isuer: unknown key"},
		{PROFILE("client_secret = \"hunter2\";"), 3,
			"a secret is not written here; allowed: client_secret_env, client_secret_file, "
			"client_secret_command, client_secret_keyring"},
		{PROFILE("access_token = \"x\";"), 3, "allowed: access_token_file"},
		/* all that are taken are named */
		{PROFILE("client_assertion_alg = \"none\";"), 3, ", EdDSA, Ed25519, Ed448"},
		{PROFILE("issuer_env = \"x\";"), 3, "unknown key"},
		{PROFILE("client_secret_url = \"x\";"), 3, "unknown key"},
		/* wrong types */
		{"default_profile = 1;", 1,
			"default_profile: a whole number, where a string is allowed"},
		{"ui = [1];", 1, "ui: an array, where a group"},
		{"ui: { ascii = 1; };", 1,
			"ui.ascii: a whole number, where true or false is allowed"},
		{"ui: { log_records = \"9\"; };", 1,
			"a whole number from 100 to 10000000 is allowed"},
		{"keys: { quit = 3; };", 1,
			"keys.quit: a whole number, where a list of strings is allowed"},
		{"keys: { quit = [1, 2]; };", 1,
			"keys.quit: a whole number, where a string is allowed"},
		/* keys: every name and the whole */
		{"keys: {\n next-stp = \"F8\"; };", 2,
			"t.conf:2: keys.next-stp: unknown action; did you mean next-step?; allowed"},
		{"keys: { teleport = \"F8\"; };", 1, "keys.teleport: unknown action; allowed are"},
		{"keys: {\n guide = [\"F8\",\n \"F13\"]; };", 3,
			"t.conf:3: keys.guide: there is no key \"F13\"; allowed: Enter Tab"},
		{"keys: { guide = \"\"; };", 1, "there is no key \"\"; allowed:"},
		{"keys: { guide = \"Ctrl-x\"; };", 1, "there is no key \"Ctrl-x\"; allowed:"},
		{"keys: { guide = [\"a\", \"b\", \"d\", \"e\", \"i\", \"m\", \"o\"]; };", 1,
			"keys.guide: 7 keys; allowed: at most 6"},
		{"keys: {\n log = \"F8\";\n guide = \"q\"; };", 3,
			"t.conf:3: keys.guide: the key q is given to both guide and quit"},
		{"keys: {\n log = \"F8\";\n guide = \"F8\"; };", 3,
			"keys.guide: the key F8 is given to both log and guide"},
		{"keys: {\n guide = \"F8\";\n log = \"L\";\n help = \"F8\"; };", 4,
			"keys.help: the key F8 is given to both guide and help"},
		{"profiles = { };", 1, "profiles: a group, where a list"},
		{"profiles = ( 3 );", 1, "profiles: a whole number, where a group"},
		{PROFILE("issuer = 3;"), 3,
			"a whole number, where an absolute http or https URL is allowed"},
		{PROFILE("timeout = \"10\";"), 3,
			"a string, where a whole number from 1 to 600 (s) is allowed"},
		{PROFILE("timeout = 1.5;"), 3,
			"a number with a fraction, where a whole number from 1 to 600"},
		{PROFILE("timeout = 10L;"), 3, "where a whole number from 1 to 600"},
		{PROFILE("discovery = \"yes\";"), 3, "a string, where true or false is allowed"},
		{PROFILE("headers = \"A: b\";"), 3, "a string, where a list of strings is allowed"},
		{PROFILE("headers = ( 1 );"), 3, "where a string is allowed"},
		{PROFILE("client_secret_env = 1;"), 3, "where a string is allowed"},
		/* out of range, also what libconfig would wrap */
		{PROFILE("timeout = 0;"), 3,
			"profile p.timeout: out of range; allowed: a whole number from 1 to 600 "
			"(s)"},
		{PROFILE("timeout = 601;"), 3, "out of range"},
		{PROFILE("leeway = -1;"), 3,
			"out of range; allowed: a whole number from 0 to 3600 (s)"},
		{PROFILE("timeout = 99999999999;"), 3,
			"t.conf:3: timeout: the number is out of range; allowed: a whole number "
			"from 1 to 600 (s)"},
		{PROFILE("timeout = 4294967306;"), 3, "the number is out of range"}, /* 2^32 + 10 */
		{PROFILE("timeout = 2147483648;"), 3, "the number is out of range"},
		{PROFILE("timeout = 0x10000000A;"), 3, "the number is out of range"},
		{PROFILE("timeout = 99999999999999999999999;"), 3, "the number is out of range"},
		{PROFILE("timeout = -99999999999L;"), 3, "the number is out of range"},
		{"ui: { log_records = 99; };", 1,
			"out of range; allowed: a whole number from 100 to 10000000"},
		{"ui:\n{\n log_records = 4294967396;\n};", 3,
			"log_records: the number is out of range"},
		/* values */
		{PROFILE("issuer = \"idp.example\";"), 3, "not an absolute http or https URL"},
		{PROFILE("issuer = \"https://bob:pw@idp.example\";"), 3, "user name or password"},
		{PROFILE("issuer = \"\";"), 3, "empty"},
		{PROFILE("client_auth = \"basic\";"), 3, "allowed: none, client_secret_basic"},
		{PROFILE("headers = ( \"no colon\" );"), 3, "not of the form \"NAME: VALUE\""},
		{PROFILE("headers = ( \"A b: c\" );"), 3, "not of the form \"NAME: VALUE\""},
		{PROFILE("headers = ( \"A: b\\r\\nC: d\" );"), 3,
			"not of the form \"NAME: VALUE\""},
		{PROFILE("proxy = \"nonsense\";"), 3, "proxy: allowed: http://HOST:PORT"},
		{PROFILE("proxy = \"http://\";"), 3, "allowed: http://HOST:PORT"},
		{PROFILE("resolve = ( \"host:443\" );"), 3,
			"not of the form \"HOST:PORT:ADDRESS\""},
		{PROFILE("resolve = ( \"host:70000:127.0.0.1\" );"), 3, "not of the form"},
		{PROFILE("client_secret_env = \"A\";\n client_secret_file = \"b\";"), 4,
			"has a source already: env A"},
		{"profiles = ( { issuer = \"https://a.example\"; } );", 1,
			"profiles[0]: the profile has no name"},
		{"profiles = ( { name = \"../x\"; } );", 1, "allowed: letters, digits"},
		{"profiles = ( { name = \".x\"; } );", 1, "allowed: letters, digits"},
		{"profiles = (\n{ name = \"x\"; },\n{ name = \"x\"; } );", 3,
			"a profile of that name stands in t.conf:2"},
		/* syntax */
		{"ui: { theme = ; };", 1, "t.conf:1: syntax error"},
		{"ui: {\n theme = \"a\";\n theme = \"b\"; };", 3, "duplicate setting name"},
		{"\n\n@include \"/etc/passwd\"\n", 3, "t.conf:3: @include is not supported"},
		{"  @include \"x\"", 1, "@include is not supported"},
		{"ui: { theme = \"unterminated", 1, "t.conf:1"},
		{"\001\002", 1, "t.conf:1"},
		{"((((((((", 1, "t.conf:1"},
	};
	struct conf c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err e = ERR_INIT;
		enum res r = read_text(&c, rows[i].text, &e);

		if (r == RES_OK || e.line != rows[i].line || !strstr(e.text, rows[i].says))
			fail_msg("%s\n%s, line %d: \"%s\"; wanted line %d: \"%s\"", rows[i].text,
				res_name(r), e.line, e.text, rows[i].line, rows[i].says);
		conf_release(&c);
	}
}

static void
test_nul(void **state)
{
	static const char text[] = "ui: { };\n\0default_profile = 1;";
	struct err e = ERR_INIT;
	struct conf c;

	(void)state;
	conf_init(&c);
	assert_int_not_equal(
		conf_read(&c, span_make(text, sizeof(text) - 1), "t.conf", true, &e), RES_OK);
	assert_int_equal(e.line, 2);
	conf_release(&c);
}

/* Numbers in strings and comments, floats and the edge of int are no overflow. */
static void
test_scan_passes(void **state)
{
	static const char *const rows[] = {
		"# 99999999999\n",
		"// 99999999999\n",
		"/* 99999999999 @include */",
		"a = \"99999999999 @include\";",
		"a = 2147483647; b = -2147483648; c = 0x7FFFFFFF;",
		"a = 99999999999.5; b = 1e99;",
		"a-99999999999 = 1;",
		"a = \"\\\"99999999999\";",
		"x99999999999 = 1;",
	};
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (conf_scan(span_of(rows[i]), "t.conf", &e) != RES_OK)
			fail_msg("%s: %s", rows[i], e.text);
}

static void
test_good(void **state)
{
	static const char text[] =
		"default_profile = \"acme\";\n"
		"ui: { theme = \"light\"; ascii = true; mouse = true; log_records = 1000000; guide "
		"= false; };\n"
		"keys: { next-step = [\">\", \"F8\"]; quit = \"Q\"; show-secret = ( \"q\" ); };\n"
		"profiles = (\n"
		"  { name = \"acme\"; issuer = \"https://idp.example/realms/acme\"; discovery = "
		"false;\n"
		"    introspection_endpoint = \"https://idp.example/i\"; client_id = \"c\";\n"
		"    client_secret_env = \"ACME_SECRET\"; client_auth = \"client_secret_post\";\n"
		"    introspection_client_id = \"rs\"; introspection_client_secret_command = "
		"\"pass rs\";\n"
		"    access_token_file = \"at.txt\"; refresh_token_file = \"/abs/rt\"; scope = "
		"\"openid profile\";\n"
		"    headers = ( \"X-Tenant: acme\" ); ca_file = \"~/ca.pem\"; timeout = 600; "
		"leeway = 0;\n"
		"    redirect_uri = \"http://127.0.0.1:0/callback\"; dpop = true; },\n"
		"  { name = \"acme.test\"; issuer = \"https://idp.test.example\"; }\n"
		");\n";
	struct err e = ERR_INIT;
	const struct profile *p;
	struct buf out;
	struct conf c;
	char names[40];

	(void)state;
	setenv("HOME", "/home/u", 1);
	conf_init(&c);
	assert_int_equal(conf_read(&c, span_of(text), "/etc/tt/t.conf", true, &e), RES_OK);
	assert_string_equal(c.ui.theme, "light");
	assert_true(c.ui.ascii && c.ui.mouse && !c.ui.guide);
	assert_int_equal(c.ui.log_records, 1000000);
	assert_string_equal(keymap_names(&c.keymap, ACT_NEXT_STEP, names, sizeof(names)), "> F8");
	assert_string_equal(keymap_names(&c.keymap, ACT_QUIT, names, sizeof(names)), "Q");
	assert_string_equal(keymap_names(&c.keymap, ACT_SHOW, names, sizeof(names)), "q");
	assert_string_equal(c.theme_where, "/etc/tt/t.conf:2");
	assert_int_equal(c.n_profiles, 2);
	p = conf_profile(&c, "acme");
	assert_non_null(p);
	assert_false(p->discovery);
	assert_true(p->dpop);
	assert_int_equal(p->timeout, 600);
	assert_int_equal(p->leeway, 0);
	assert_string_equal(p->client_secret_source, "env ACME_SECRET");
	assert_string_equal(p->introspection_client_secret_source, "command pass rs");
	assert_null(p->client_secret);
	assert_string_equal(p->access_token_file, "/etc/tt/at.txt");
	assert_string_equal(p->refresh_token_file, "/abs/rt");
	assert_string_equal(p->ca_file, "/home/u/ca.pem");
	assert_int_equal(p->headers.n, 1);
	assert_true(conf_profile(&c, "acme.test")->discovery);
	assert_null(conf_profile(&c, "none"));

	buf_init(&out, 1 << 20);
	conf_print(&c, p, &out);
	for (size_t i = 0; i < profile_key_count; i++)
		assert_non_null(strstr(buf_str(&out), profile_keys[i].name));
	assert_non_null(strstr(buf_str(&out), "timeout = 600;"));
	assert_non_null(strstr(buf_str(&out), "  next-step = [ \">\", \"F8\" ];"));
	assert_non_null(strstr(buf_str(&out), "  guide = [ \"g\" ];")); /* a default */
	assert_non_null(strstr(buf_str(&out), "client_secret_env = \"ACME_SECRET\";"));
	assert_null(strstr(buf_str(&out), "X-Tenant: acme"));
	conf_release(&c);
	/* What is printed is a configuration again. */
	conf_init(&c);
	if (conf_read(&c, buf_span(&out), "printed", true, &e) != RES_OK)
		fail_msg("%s", e.text);
	assert_string_equal(
		conf_profile(&c, "acme")->introspection_endpoint, "https://idp.example/i");
	conf_release(&c);
	buf_release(&out);
}

static void
test_profiles_d(void **state)
{
	struct err e = ERR_INIT;
	struct conf c;

	(void)state;
	conf_init(&c);
	assert_int_equal(conf_read(&c, SPAN_LIT("ui: { };"), "p.conf", false, &e), RES_SYNTAX);
	assert_non_null(strstr(e.text, "only profiles"));
	conf_release(&c);
}

/* --- files --- */

static char folder[] = "/tmp/tt-conf-XXXXXX";

static void
put(const char *name, const char *text, mode_t mode)
{
	char *path = path_join(folder, name);
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	free(path);
}

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : 1;
}

static int
tear_down(void **state)
{
	static const char *const names[] = {"tokentriage/profiles.d/b.conf",
		"tokentriage/profiles.d/a.conf", "tokentriage/profiles.d/.hidden.conf",
		"tokentriage/profiles.d/x.txt", "tokentriage/tokentriage.conf", "secret", "open",
		"t.conf", "tokentriage/profiles.d", "tokentriage", "pid"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = path_join(folder, names[i]);

		if (unlink(path))
			rmdir(path);
		free(path);
	}
	return rmdir(folder);
}

static void
test_files(void **state)
{
	struct err e = ERR_INIT;
	struct conf c;
	char *path;

	(void)state;
	setenv("XDG_CONFIG_HOME", folder, 1);
	conf_init(&c);
	assert_int_equal(conf_load(&c, NULL, &e), RES_OK); /* none is no error */
	assert_int_equal(c.n_profiles, 0);
	conf_release(&c);

	path = path_join(folder, "tokentriage");
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	path = path_join(folder, "tokentriage/profiles.d");
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	put("tokentriage/tokentriage.conf", "default_profile = \"b\";\n", 0600);
	put("tokentriage/profiles.d/b.conf",
		"profiles = ( { name = \"b\"; headers = (\"Authorization: x\"); } );\n", 0644);
	put("tokentriage/profiles.d/a.conf", "profiles = ( { name = \"a\"; } );\n", 0600);
	put("tokentriage/profiles.d/.hidden.conf", "rubbish", 0600);
	put("tokentriage/profiles.d/x.txt", "rubbish", 0600);
	conf_init(&c);
	if (conf_load(&c, NULL, &e) != RES_OK)
		fail_msg("%s", e.text);
	assert_int_equal(c.files.n, 3);
	assert_string_equal(c.profiles[0].name, "a");
	assert_int_equal(c.warnings.n, 1);
	assert_non_null(strstr(c.warnings.v[0], "b.conf holds a secret and is readable by others"));
	conf_release(&c);

	put("tokentriage/tokentriage.conf", "default_profile = \"gone\";\n", 0600);
	conf_init(&c);
	assert_int_equal(conf_load(&c, NULL, &e), RES_NOTFOUND);
	assert_non_null(strstr(e.text, "there is no profile \"gone\""));
	conf_release(&c);

	conf_init(&c);
	assert_int_not_equal(conf_load(&c, "/nonexistent/t.conf", &e), RES_OK);
	assert_non_null(strstr(e.text, "/nonexistent/t.conf"));
	conf_release(&c);
	unsetenv("XDG_CONFIG_HOME");
}

/* --- secrets --- */

static void
check_secret(const char *source, const char *value)
{
	struct secret *s = NULL;
	struct err e = ERR_INIT;

	if (conf_fetch_secret(source, &s, NULL, &e) != RES_OK)
		fail_msg("%s: %s", source, e.text);
	assert_true(span_is(secret_reveal(s), value));
	secret_unref(s);
}

static void
test_secrets(void **state)
{
	(void)state;
	setenv("TT_TEST_SECRET", "s3cret\n", 1);
	check_secret("env TT_TEST_SECRET", "s3cret\n"); /* only files and commands end in a line */
	check_secret("command printf 'a b\\n'", "a b");
	check_secret("command printf 'a\\r\\n'", "a");
	check_secret("command printf 'a\\n\\n'", "a\n");
}

static void
test_secret_failures(void **state)
{
	static const struct {
		const char *source;
		enum res r;
		const char *says;
	} rows[] = {
		{"env TT_TEST_NOT_SET", RES_NOTFOUND, "TT_TEST_NOT_SET is not set"},
		{"file /nonexistent/secret", RES_NOTFOUND, "/nonexistent/secret"},
		{"command false", RES_IO, "ended with status 1"},
		{"command echo no such entry >&2; exit 7", RES_IO,
			"ended with status 7: no such entry"},
		{"command kill -9 $$", RES_IO, "ended by signal 9"},
		{"command true", RES_NOTFOUND, "printed nothing"},
		{"command cat", RES_NOTFOUND,
			"printed nothing"}, /* its stdin is empty, not the terminal */
		{"command yes", RES_LIMIT, "longer than"},
		{"keyring x", RES_UNSUPPORTED, "no keyring here"},
		{"nonsense", RES_SYNTAX, "not a source"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct secret *s = NULL;
		struct err e = ERR_INIT;
		enum res r = conf_fetch_secret(rows[i].source, &s, NULL, &e);

		if (r != rows[i].r || !strstr(e.text, rows[i].says) || s)
			fail_msg("%s: %s: \"%s\"", rows[i].source, res_name(r), e.text);
	}
}

/* A command that does not end is ended with all it started. */
static void
test_command_limit(void **state)
{
	struct err e = ERR_INIT;
	char *pid_file = path_join(folder, "pid"), *command, state_letter = '?';
	struct buf out, text;

	(void)state;
	command = xasprintf("sleep 1000 & echo $! >%s; echo half; wait", pid_file);
	buf_init(&out, 100);
	assert_int_equal(conf_run_command(command, 1500, &out, &e), RES_CANCELLED);
	assert_non_null(strstr(e.text, "did not end within"));
	buf_release(&out);
	buf_init(&text, 100);
	assert_int_equal(file_read(pid_file, &text, &e), RES_OK);
	free(command);
	command = xasprintf("/proc/%.*s/stat", (int)text.len - 1, buf_str(&text));
	for (int i = 0; i < 1000; i++) { /* gone, or a zombie that waits for its reaper */
		char *at;

		buf_init(&out, 4096);
		if (file_read(command, &out, &e) != RES_OK) {
			state_letter = 'X';
		} else {
			at = strrchr(out.p, ')');
			state_letter = at ? at[2] : '?';
		}
		buf_release(&out);
		if (state_letter == 'X' || state_letter == 'Z')
			break;
		poll(NULL, 0, 5);
	}
	assert_true(state_letter == 'X' || state_letter == 'Z');
	buf_release(&text);
	free(command);
	free(pid_file);
}

static void
test_secret_files(void **state)
{
	struct str_list warnings = {0};
	struct profile p;
	struct err e = ERR_INIT;

	(void)state;
	put("secret", "quiet\n", 0600);
	put("open", "loud\r\n", 0644);
	profile_init(&p);
	p.name = xstrdup("x");
	p.client_secret_source = xasprintf("file %s/open", folder);
	p.introspection_client_secret_source = xasprintf("file %s/secret", folder);
	p.client_key_file = xasprintf("%s/secret", folder);
	p.dpop_key_file = xasprintf("%s/open", folder);
	assert_int_equal(conf_fetch_secrets(&p, &warnings, &e), RES_OK);
	assert_true(span_is(secret_reveal(p.client_secret), "loud"));
	assert_true(span_is(secret_reveal(p.introspection_client_secret), "quiet"));
	assert_int_equal(warnings.n, 2);
	assert_non_null(strstr(warnings.v[0], "/open holds a secret and is readable by others"));
	assert_non_null(strstr(warnings.v[1], "/open holds a private key and is readable by others"));
	free(warnings.v[0]);
	free(warnings.v[1]);
	free(warnings.v);
	profile_release(&p);

	profile_init(&p);
	p.name = xstrdup("x");
	p.client_secret_source = xstrdup("env TT_TEST_NOT_SET");
	assert_int_equal(conf_fetch_secrets(&p, NULL, &e), RES_NOTFOUND);
	assert_non_null(strstr(
		e.text, "profile x: client_secret: the environment variable TT_TEST_NOT_SET"));
	profile_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_scan_passes),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_profiles_d),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_secret_failures),
		cmocka_unit_test(test_command_limit),
		cmocka_unit_test(test_secret_files),
	};

	return cmocka_run_group_tests_name("conf", tests, set_up, tear_down);
}
