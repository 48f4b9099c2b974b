/*
 * A token where something else belongs: in the arguments, where every user of the machine can read
 * it.  It is refused with the way that works, and never repeated.
 */
#include "cli/options.h"

#include <ctype.h>

#include "base/redact.h"

/* By its form: a JWT, a vendor's prefix, a pair that holds a secret. */
static bool
is_known_form(struct span s)
{
	struct redactor *r = redactor_new();
	struct buf out;
	bool is;

	buf_init(&out, LIMIT_TOKEN * 2);
	is = redact_text(r, &out, s) != RES_OK || !span_eq(buf_span(&out), s);
	buf_release(&out);
	redactor_free(r);
	return is;
}

bool
looks_secret(const char *arg)
{
	struct span s = span_of(arg);
	bool plain = true, letters = true;

	if (is_known_form(s))
		return true;
	/* A path is not random text, whatever its length. */
	for (size_t i = 0; i < s.n; i++) {
		plain = plain && s.p[i] != '/' && s.p[i] != ' ';
		letters = letters && isalnum((unsigned char)s.p[i]);
	}
	if (!plain || !secret_looks_random(s))
		return false;
	/* names are written with a sign in them, and those of files that are there are names */
	return s.n >= 32 || (letters && access(arg, F_OK) != 0);
}

/* Random text in the place of a name that is there for people: shorter is enough, and base64 has
 * slashes. */
static bool
is_no_name(const char *value)
{
	struct span s = span_of(value);
	size_t slash = span_find(s, '/');
	char folder[256];

	if (looks_secret(value) || strchr(value, '\n') || s.n > 1000)
		return true;
	if (slash != SIZE_MAX && slash < sizeof(folder)) {
		/* a path whose folder is there is one */
		snprintf(folder, sizeof(folder), "%.*s", (int)slash, value);
		if (slash == 0 || access(folder, F_OK) == 0)
			return false;
	}
	if (span_find(s, '.') < 2) /* ./NAME and ../NAME are meant as files */
		return false;
	return secret_looks_random(s);
}

static bool
is_variable_name(const char *s)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return *s && !(*s >= '0' && *s <= '9') && s[strspn(s, letters)] == '\0';
}

enum res
option_value_secret(const struct option_row *row, const char *value, struct err *e)
{
	static const char why[] = "other users can read a process's arguments";
	bool token = row->group == OPT_GROUP_TOKENS;

	if (row->arg && !strcmp(row->arg, "VAR")) {
		if (is_variable_name(value) && (getenv(value) || !is_no_name(value)))
			return RES_OK;
		return err_set(e, RES_REFUSED,
			"--%s takes the name of an environment variable, not what is in it (%s): "
			"export NAME=..., "
			"then --%s NAME",
			row->name, why, row->name);
	}
	if (row->kind == OPT_KIND_FILE && row->group != OPT_GROUP_OUTPUT) {
		if (!*value || access(value, F_OK) == 0 || !is_no_name(value))
			return RES_OK;
		return err_set(e, RES_REFUSED,
			"--%s takes the name of a file, and this (%zu bytes) is no file but looks "
			"like %s (%s): "
			"write it to a file and give the file's name%s",
			row->name, strlen(value), token ? "a token itself" : "a secret", why,
			span_ends(span_of(row->arg), "-") ? ", or - for stdin" : "");
	}
	/* a client's identifier may well be random; what has the form of a token is none */
	if (row->kind != OPT_KIND_STRING || (row->key && !strcmp(row->key, "proxy")) ||
		!(row->key ? is_known_form(span_of(value)) : looks_secret(value)))
		return RES_OK;
	return err_set(e, RES_REFUSED,
		"--%s: the value looks like a token or secret (%s); it takes %s", row->name, why,
		row->arg);
}
