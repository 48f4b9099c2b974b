#include "base/tr.h"

#ifdef ENABLE_NLS
#include <libintl.h>
#include <locale.h>
#endif

static struct {
	bool open;
	unsigned aside;
} state;

static bool
speaks(void)
{
	return state.open && !state.aside;
}

bool
tr_suspend(void)
{
	return !state.aside++ && state.open;
}

bool
tr_resume(void)
{
	assert(state.aside);
	return !--state.aside && state.open;
}

#ifdef ENABLE_NLS

#define DOMAIN "tokentriage"

const char *
tr(const char *text)
{
	/* of "" the catalogue has its own head */
	return speaks() && text && *text ? dgettext(DOMAIN, text) : text;
}

const char *
tr_n(const char *one, const char *many, unsigned long n)
{
	return speaks() ? dngettext(DOMAIN, one, many, n) : n == 1 ? one : many;
}

const char *
tr_c(const char *context, const char *text)
{
	char key[256]; /* as msgfmt writes it: context, EOT, text */
	const char *found;

	if (!speaks() || snprintf(key, sizeof(key), "%s\004%s", context, text) >= (int)sizeof(key))
		return text;
	found = dgettext(DOMAIN, key);
	return found == key ? text : found;
}

/* The first of the languages that gettext would look for: the locale's is the least of them. */
static const char *
first_language(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *locale = NULL, *list = getenv("LANGUAGE");

	for (size_t i = 0; i < ARRAY_SIZE(names) && !(locale && *locale); i++)
		locale = getenv(names[i]);
	if (!locale || !*locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX"))
		return "C"; /* nothing is ever translated there, whatever LANGUAGE says */
	return list && *list ? list : locale;
}

/* C, C.UTF-8, POSIX, en, en_GB.UTF-8, en:de */
static bool
is_english(const char *language)
{
	size_t n = strcspn(language, "_.@:");

	return (n == 1 && *language == 'C') || (n == 5 && !strncmp(language, "POSIX", n)) ||
		(n == 2 && !strncmp(language, "en", n));
}

bool
tr_open(const char *folder)
{
	/* English costs nothing: not even the locale's own files are read */
	if (is_english(first_language()) || !setlocale(LC_MESSAGES, ""))
		return false;
	if (!bindtextdomain(DOMAIN, folder) || !bind_textdomain_codeset(DOMAIN, "UTF-8"))
		return false;
	/* the catalogue's head: there is one, or "" is all that comes */
	state.open = *dgettext(DOMAIN, "") != '\0';
	return state.open;
}

#else

const char *
tr(const char *text)
{
	return text;
}

const char *
tr_n(const char *one, const char *many, unsigned long n)
{
	return n == 1 ? one : many;
}

const char *
tr_c(const char *context, const char *text)
{
	(void)context;
	return text;
}

bool
tr_open(const char *folder)
{
	(void)folder;
	return speaks();
}

#endif
