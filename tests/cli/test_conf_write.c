/* The profile editor's files: every key comes back as it was written, and nothing written by hand is touched. */
#include "unit.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/conf-write.h"
#include "remove-tree.h"

static char folder[] = "/tmp/tokentriage-conf-XXXXXX";

/* A value that the key takes. */
static const char *
value_for(const struct profile_key *k)
{
	static const struct {
		const char *key, *value;
	} own[] = {
		{"name", "acme.test"},
		{"headers", "X-Tenant: a\"b\\c | X-Two: 2; q=1"},
		{"resolve", "idp.example:443:192.0.2.7"},
		{"proxy", "http://proxy.example:3128"},
		{"client_secret", "command pass show \"acme\" | head -1"},
		{"introspection_client_secret", "env ACME_RS_SECRET"},
		{"discovery", "false"},
	};

	static char word[80];
	const char *allowed = "";

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strcmp(own[i].key, k->name))
			return own[i].value;
	switch (k->kind) {
	case KEY_BOOL:
		return k->dflt ? "false" : "true";
	case KEY_INT:
		return "17";
	case KEY_URL:
		return "https://idp.example/a?b=c%22";
	case KEY_SECRET:
		return "keyring acme";
	case KEY_LIST:
		return "one";
	case KEY_TOKEN:
		return "/var/lib/acme/tok\\en";
	default:
		break;
	}
	if (span_ends(span_of(k->name), "_file"))
		return "/etc/acme/key \"1\".pem";
	/* one of a few words: the first of them */
	if (conf_value_ok(k->name, SPAN_LIT("some text, with \"quotes\" and \\"), &allowed))
		return "some text, with \"quotes\" and \\";
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(allowed, ", "), allowed);
	return word;
}

static void
text_of(const struct profile *p, const struct profile_key *k, char *out, size_t size)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	conf_key_text(p, k, &b);
	snprintf(out, size, "%s", buf_str(&b));
	buf_release(&b);
}

/* Set as lines of text, written, read by the parser: the same lines. */
static void
test_every_key_comes_back(void **state)
{
	struct profile p;
	struct conf c;
	struct err e = ERR_INIT;
	struct buf b;
	char a[400], z[400];

	(void)state;
	profile_init(&p);
	for (size_t i = 0; i < profile_key_count; i++)
		if (conf_key_set(&p, &profile_keys[i], span_of(value_for(&profile_keys[i])), &e) != RES_OK)
			fail_msg("%s", e.text);
	buf_init(&b, 1 << 16);
	conf_profile_write(&p, &b);
	conf_init(&c);
	if (conf_read(&c, buf_span(&b), "t.conf", false, &e) != RES_OK)
		fail_msg("%s\n%s", e.text, buf_str(&b));
	assert_int_equal(c.n_profiles, 1);
	for (size_t i = 0; i < profile_key_count; i++) {
		text_of(&p, &profile_keys[i], a, sizeof(a));
		text_of(&c.profiles[0], &profile_keys[i], z, sizeof(z));
		assert_string_equal(a, value_for(&profile_keys[i]));
		assert_string_equal(z, a);
	}
	conf_release(&c);
	buf_release(&b);
	profile_release(&p);
}

/* The default is not written; the empty line brings it back. */
static void
test_defaults(void **state)
{
	struct profile p;
	struct err e = ERR_INIT;
	struct buf b;

	(void)state;
	profile_init(&p);
	for (size_t i = 0; i < profile_key_count; i++) {
		if (conf_key_set(&p, &profile_keys[i], span_of(value_for(&profile_keys[i])), &e) != RES_OK ||
			conf_key_set(&p, &profile_keys[i], SPAN_EMPTY, &e) != RES_OK)
			fail_msg("%s", e.text);
	}
	buf_init(&b, 1 << 16);
	conf_profile_write(&p, &b);
	assert_null(strstr(buf_str(&b), " = \""));
	assert_null(strstr(buf_str(&b), "true"));
	assert_null(strstr(buf_str(&b), "17"));
	buf_release(&b);
	profile_release(&p);
}

static void
test_what_is_no_value(void **state)
{
	static const struct {
		const char *key, *text, *says;
	} rows[] = {
		{"name", "a b", "name: allowed: letters, digits"},
		{"name", "../x", "name: allowed: letters, digits"},
		{"issuer", "idp.example", "issuer: not an absolute http or https URL"},
		{"issuer", "https://me:pw@idp.example", "a URL with a user name or password"},
		{"timeout", "0", "timeout: allowed: a whole number from 1 to 600 (s)"},
		{"timeout", "soon", "timeout: allowed"},
		{"discovery", "yes", "discovery: allowed: true or false"},
		{"client_auth", "basic", "client_auth: allowed: none, client_secret_basic"},
		{"client_secret", "hunter2", "give where it comes from, never the secret itself"},
		{"client_secret", "env ", "give where it comes from"},
		{"headers", "X-A: 1 | nonsense", "headers: not of the form \"NAME: VALUE\""},
		{"audience", "a\033[2J", "audience: characters that cannot be shown"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct profile_key *k = profile_keys;
		struct profile p;
		struct err e = ERR_INIT;

		while (strcmp(k->name, rows[i].key) != 0)
			k++;
		profile_init(&p);
		assert_int_not_equal(conf_key_set(&p, k, span_of(rows[i].text), &e), RES_OK);
		if (!strstr(e.text, rows[i].says))
			fail_msg("%s", e.text);
		profile_release(&p);
	}
}

/* A file named without its folder is the one in the folder the user is in. */
static void
test_files_are_absolute(void **state)
{
	const struct profile_key *k = profile_keys;
	struct profile p;
	struct err e = ERR_INIT;
	char here[4096], want[4200];

	(void)state;
	while (strcmp(k->name, "ca_file") != 0)
		k++;
	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(want, sizeof(want), "%s/ca.pem", here);
	profile_init(&p);
	assert_int_equal(conf_key_set(&p, k, SPAN_LIT("ca.pem"), &e), RES_OK);
	assert_string_equal(p.ca_file, want);
	setenv("HOME", "/home/u", 1);
	assert_int_equal(conf_key_set(&p, k, SPAN_LIT("~/ca.pem"), &e), RES_OK);
	assert_string_equal(p.ca_file, "/home/u/ca.pem");
	profile_release(&p);
}

/* What the command line gave is of the folder it was given in; the file would be of another. */
static void
test_given_files_are_written_absolute(void **state)
{
	struct profile p;
	struct buf out;
	char here[4096], want[4200];

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	profile_init(&p);
	profile_set(&p.name, SPAN_LIT("given"));
	profile_set(&p.access_token_file, SPAN_LIT("at.tok"));
	profile_set(&p.id_token_file, SPAN_LIT("-"));
	profile_set(&p.dpop_key_file, SPAN_LIT("keys/dpop.pem"));
	profile_set(&p.client_key_file, SPAN_LIT("/etc/key.pem"));
	profile_set(&p.client_secret_source, SPAN_LIT("file secret.txt"));
	buf_init(&out, LIMIT_CONFIG);
	conf_profile_write(&p, &out);
	for (size_t i = 0; i < 3; i++) {
		static const char *const rows[][2] = {{"access_token_file", "at.tok"},
			{"dpop_key_file", "keys/dpop.pem"}, {"client_secret_file", "secret.txt"}};

		snprintf(want, sizeof(want), "%s = \"%s/%s\";", rows[i][0], here, rows[i][1]);
		assert_non_null(strstr(buf_str(&out), want));
	}
	assert_non_null(strstr(buf_str(&out), "id_token_file = \"-\";"));
	assert_non_null(strstr(buf_str(&out), "client_key_file = \"/etc/key.pem\";"));
	buf_release(&out);
	profile_release(&p);
}

static void
write_text(const char *path, const char *text)
{
	struct err e = ERR_INIT;

	if (file_write(path, span_of(text), &e) != RES_OK)
		fail_msg("%s", e.text);
}

static void
test_the_file(void **state)
{
	char *config = xasprintf("%s/tokentriage/tokentriage.conf", folder), *path = NULL, *by_hand;
	struct profile p;
	struct conf c;
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	setenv("XDG_CONFIG_HOME", folder, 1);
	profile_init(&p);
	profile_set(&p.name, SPAN_LIT("acme"));
	profile_set(&p.issuer, SPAN_LIT("https://idp.example"));
	profile_set(&p.client_secret_source, SPAN_LIT("typed in"));
	p.client_secret = secret_new(SPAN_LIT("hunter2-the-second"));
	conf_init(&c);
	/* the folders are made; the file is the user's alone, and has no secret */
	assert_int_equal(conf_profile_save(&c, NULL, &p, &path, &e), RES_OK);
	assert_non_null(strstr(path, "/tokentriage/profiles.d/acme.conf"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	{
		struct buf b;

		buf_init(&b, 1 << 16);
		assert_int_equal(file_read(path, &b, &e), RES_OK);
		assert_null(strstr(buf_str(&b), "hunter2"));
		assert_null(strstr(buf_str(&b), "typed in"));
		buf_release(&b);
	}
	assert_int_equal(conf_load(&c, NULL, &e), RES_OK);
	assert_string_equal(conf_profile(&c, "acme")->issuer, "https://idp.example");
	/* its own is written anew */
	free(path);
	profile_set(&p.issuer, SPAN_LIT("https://idp2.example"));
	assert_int_equal(conf_profile_save(&c, NULL, &p, &path, &e), RES_OK);
	conf_release(&c);
	conf_init(&c);
	assert_int_equal(conf_load(&c, NULL, &e), RES_OK);
	assert_string_equal(conf_profile(&c, "acme")->issuer, "https://idp2.example");
	free(path);
	/* one in the main file is not, nor a file that somebody else wrote */
	write_text(config, "profiles = ( { name = \"hand\"; issuer = \"https://idp.example\"; } );\n");
	conf_release(&c);
	conf_init(&c);
	assert_int_equal(conf_load(&c, NULL, &e), RES_OK);
	profile_set(&p.name, SPAN_LIT("hand"));
	assert_int_equal(conf_profile_save(&c, NULL, &p, &path, &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "tokentriage.conf:1"));
	by_hand = xasprintf("%s/tokentriage/profiles.d/mine.conf", folder);
	write_text(by_hand, "# mine\nprofiles = ();\n");
	profile_set(&p.name, SPAN_LIT("mine"));
	assert_int_equal(conf_profile_save(&c, NULL, &p, &path, &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "was not written by this editor"));
	/* beside --config's file */
	profile_set(&p.name, SPAN_LIT("beside"));
	assert_int_equal(conf_profile_save(&c, config, &p, &path, &e), RES_OK);
	assert_non_null(strstr(path, "/tokentriage/profiles.d/beside.conf"));
	free(path);
	free(by_hand);
	free(config);
	conf_release(&c);
	profile_release(&p);
}

static int
begin(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	return remove_tree(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_comes_back),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_what_is_no_value),
		cmocka_unit_test(test_files_are_absolute),
		cmocka_unit_test(test_given_files_are_written_absolute),
		cmocka_unit_test(test_the_file),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
