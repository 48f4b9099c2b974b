/* The interface's language, against a catalogue of four texts that the test writes itself. */
#include "unit.h"

#include <locale.h>
#include <sys/stat.h>

#include "base/tr.h"

struct entry {
	const char *text, *said;
	size_t text_n, said_n;
};
#define ENTRY(a, b) {a, b, sizeof(a) - 1, sizeof(b) - 1}

/* sorted, as in every catalogue */
static const struct entry entries[] = {
	ENTRY("", "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"),
	ENTRY("%zu key\0%zu keys", "%zu Schl\303\274ssel\0%zu Schl\303\274ssel!"),
	ENTRY("Token", "Zeichen"),
	ENTRY("list\004Token", "Zeichen der Liste"),
};
enum { N = ARRAY_SIZE(entries), HEAD = 28 };

static char folder[64];

static void
put(FILE *f, size_t v)
{
	uint32_t word = (uint32_t)v;

	assert_int_equal(fwrite(&word, sizeof(word), 1, f), 1);
}

static void
table(FILE *f, bool said, size_t at)
{
	for (size_t i = 0; i < N; i++) {
		size_t n = said ? entries[i].said_n : entries[i].text_n;

		put(f, n);
		put(f, at);
		at += n + 1;
	}
}

/* The GNU MO format: head, two tables of length and offset, the texts. */
static void
write_catalogue(const char *language)
{
	char path[128];
	size_t texts = HEAD + 16 * N, all = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, language);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES", folder, language);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/tokentriage.mo", folder, language);
	f = fopen(path, "w");
	assert_non_null(f);
	put(f, 0x950412de);
	put(f, 0);
	put(f, N);
	put(f, HEAD);
	put(f, HEAD + 8 * N);
	put(f, 0);
	put(f, 0);
	for (size_t i = 0; i < N; i++)
		all += entries[i].text_n + 1;
	table(f, false, texts);
	table(f, true, texts + all);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(fwrite(entries[i].text, 1, entries[i].text_n + 1, f), entries[i].text_n + 1);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(fwrite(entries[i].said, 1, entries[i].said_n + 1, f), entries[i].said_n + 1);
	assert_int_equal(fclose(f), 0);
}

static void
speak(const char *locale, const char *languages)
{
	assert_int_equal(setenv("LC_ALL", locale, 1), 0);
	assert_int_equal(setenv("LANGUAGE", languages, 1), 0);
}

static void
assert_english(void)
{
	assert_string_equal(_("Token"), "Token");
	assert_string_equal(C_("list", "Token"), "Token");
	assert_string_equal(P_("%zu key", "%zu keys", 1), "%zu key");
	assert_string_equal(P_("%zu key", "%zu keys", 2), "%zu keys");
}

static void
test_english(void **state)
{
	(void)state;
	assert_english();
	assert_null(tr(NULL));
	assert_string_equal(_(""), "");
}

/* A catalogue that is there is not looked for. */
static void
test_english_first(void **state)
{
	static const char *const first[] = {"", "en", "en_GB:de", "C"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		speak("C.UTF-8", first[i]);
		assert_false(tr_open(folder));
	}
	speak("C", "de");
	assert_false(tr_open(folder));
	assert_english();
}

static void
test_no_catalogue(void **state)
{
	(void)state;
	speak("C.UTF-8", "fr");
	assert_false(tr_open(folder));
	assert_english();
}

static void
test_open(void **state)
{
	(void)state;
	speak("C.UTF-8", "de");
#ifdef ENABLE_NLS
	assert_true(tr_open(folder));
	assert_string_equal(_("Token"), "Zeichen");
	assert_string_equal(_("Unheard of"), "Unheard of");
	assert_string_equal(_(""), "");
	assert_null(tr(NULL));
	assert_string_equal(C_("list", "Token"), "Zeichen der Liste");
	assert_string_equal(C_("tree", "Token"), "Token");
	assert_string_equal(P_("%zu key", "%zu keys", 1), "%zu Schl\303\274ssel");
	assert_string_equal(P_("%zu key", "%zu keys", 2), "%zu Schl\303\274ssel!");
#else
	assert_false(tr_open(folder));
#endif
}

static void
test_put_aside(void **state)
{
	const char *open = _("Token");

	(void)state;
	assert_int_equal(tr_suspend(), strcmp(open, "Token") != 0);
	assert_false(tr_suspend());
	assert_english();
	assert_false(tr_resume());
	assert_english();
	assert_int_equal(tr_resume(), strcmp(open, "Token") != 0);
	assert_string_equal(_("Token"), open);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_english_first),
		cmocka_unit_test(test_no_catalogue),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_put_aside),
	};
	int failed;
	char remove[128];

	(void)snprintf(folder, sizeof(folder), "/tmp/tt-tr-XXXXXX");
	if (!mkdtemp(folder))
		return 99;
	write_catalogue("de");
	write_catalogue("en");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (int i = 0; i < 2; i++) {
		static const char *const parts[] = {"/LC_MESSAGES/tokentriage.mo", "/LC_MESSAGES", ""};

		for (size_t k = 0; k < ARRAY_SIZE(parts); k++) {
			(void)snprintf(remove, sizeof(remove), "%s/%s%s", folder, i ? "en" : "de", parts[k]);
			(void)(k ? rmdir(remove) : unlink(remove));
		}
	}
	(void)rmdir(folder);
	return failed;
}
