/* The profile editor's files: one profile each, and never one that was written by hand. */
#include "cli/conf-write.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "oauth/url.h"

#define MARK "# Written by tokentriage's profile editor, which writes it anew"
static const char list_separator[] = " | ";

/* --- a key as one line of text --------------------------------------------------------------- */

void
conf_key_text(const struct profile *p, const struct profile_key *k, struct buf *out)
{
	const void *member = (const char *)p + k->at;
	const struct str_list *list = member;

	switch (k->kind) {
	case KEY_BOOL:
		buf_puts(out, *(const bool *)member ? "true" : "false");
		break;
	case KEY_INT:
		buf_printf(out, "%d", *(const int *)member);
		break;
	case KEY_LIST:
		for (size_t i = 0; i < list->n; i++)
			buf_printf(out, "%s%s", i ? list_separator : "", list->v[i]);
		break;
	case KEY_SECRET: /* where it comes from stands behind it (profile.h) */
		if (((const char *const *)member)[1])
			buf_puts(out, ((const char *const *)member)[1]);
		break;
	case KEY_STR:
	case KEY_URL:
	case KEY_TOKEN:
	default:
		if (*(const char *const *)member)
			buf_puts(out, *(const char *const *)member);
	}
}

static bool
is_file(const struct profile_key *k)
{
	return k->kind == KEY_TOKEN ||
		(k->kind == KEY_STR && span_ends(span_of(k->name), "_file"));
}

/* A file's name as the user means it here: from the folder he is in, or from his home folder. */
static char *
absolute(struct span v)
{
	const char *home = getenv("HOME");
	char *here, *name, *path;

	if (span_starts(v, "/"))
		return span_dup(v);
	if (span_starts(v, "~/") && home && *home) {
		name = span_dup(span_from(v, 2));
		path = path_join(home, name);
	} else {
		here = getcwd(NULL, 0);
		name = span_dup(v);
		path = here ? path_join(here, name) : xstrdup(name);
		free(here);
	}
	free(name);
	return path;
}

static enum res
set_secret(char **source, const struct profile_key *k, struct span text, struct err *e)
{
	struct span rest = text, form;
	char *what;

	span_word(&rest, &form);
	rest = span_trim(rest);
	for (size_t i = 0; i < SECRET_FORMS; i++) {
		if (!span_is(form, secret_forms[i]) || !rest.n)
			continue;
		what = !strcmp(secret_forms[i], "file") ? absolute(rest) : span_dup(rest);
		free(*source);
		*source = xasprintf("%s %s", secret_forms[i], what);
		free(what);
		return RES_OK;
	}
	return err_set(e, RES_SYNTAX,
		"%s: give where it comes from, never the secret itself: env VARIABLE, file PATH, "
		"command TEXT or keyring NAME",
		k->name);
}

static enum res
set_list(struct str_list *l, const struct profile_key *k, struct span text, struct err *e)
{
	struct span part;
	const char *allowed = "";

	for (size_t i = 0; i < l->n; i++) {
		wipe(l->v[i], strlen(l->v[i]));
		free(l->v[i]);
	}
	l->n = 0;
	while (text.n) {
		size_t at = span_find_str(text, list_separator);

		part = span_trim(at == SIZE_MAX ? text : span_sub(text, 0, at));
		text = at == SIZE_MAX ? SPAN_EMPTY : span_from(text, at + strlen(list_separator));
		if (!part.n)
			continue;
		if (!conf_value_ok(k->name, part, &allowed))
			return err_set(e, RES_SYNTAX,
				"%s: not of the form %s (several: with \" | \" between them)",
				k->name, allowed);
		str_list_add(l, part);
	}
	return RES_OK;
}

static enum res
set_string(char **member, const struct profile_key *k, struct span text, struct err *e)
{
	const char *allowed = "";
	struct url u;
	char *path;

	if (!text.n) {
		profile_set(member, text);
		free(*member);
		*member = NULL;
		return RES_OK;
	}
	if (k->kind == KEY_URL && url_parse(&u, text, NULL) != RES_OK)
		return err_set(
			e, RES_SYNTAX, "%s: not an absolute http or https URL", k->name);
	if (k->kind == KEY_URL && u.userinfo.n)
		return err_set(e, RES_SYNTAX, "%s: a URL with a user name or password in it",
			k->name);
	if (!conf_value_ok(k->name, text, &allowed))
		return err_set(e, RES_SYNTAX, "%s: allowed: %s", k->name, allowed);
	if (!is_file(k)) {
		profile_set(member, text);
		return RES_OK;
	}
	path = absolute(text);
	profile_set(member, span_of(path));
	free(path);
	return RES_OK;
}

enum res
conf_key_set(struct profile *p, const struct profile_key *k, struct span text, struct err *e)
{
	void *member = (char *)p + k->at;
	char allowed[80];
	int64_t n;

	text = span_trim(text);
	if (k->kind != KEY_SECRET && !text_is_safe(text))
		return err_set(e, RES_SYNTAX, "%s: characters that cannot be shown", k->name);
	switch (k->kind) {
	case KEY_BOOL:
		if (text.n && !span_is(text, "true") && !span_is(text, "false"))
			return err_set(e, RES_SYNTAX, "%s: allowed: true or false", k->name);
		*(bool *)member = text.n ? span_is(text, "true") : k->dflt;
		return RES_OK;
	case KEY_INT:
		n = k->dflt;
		if (text.n && (span_to_i64(text, &n) != RES_OK || n < k->min || n > k->max)) {
			conf_allowed(span_of(k->name), allowed, sizeof(allowed));
			return err_set(e, RES_RANGE, "%s: allowed: %s", k->name, allowed);
		}
		*(int *)member = (int)n;
		return RES_OK;
	case KEY_LIST:
		return set_list(member, k, text, e);
	case KEY_SECRET:
		if (text.n)
			return set_secret((char **)member + 1, k, text, e);
		free(((char **)member)[1]);
		((char **)member)[1] = NULL;
		return RES_OK;
	case KEY_STR:
	case KEY_URL:
	case KEY_TOKEN:
	default:
		return set_string(member, k, text, e);
	}
}

/* --- the file's text ------------------------------------------------------------------------- */

/* A string as libconfig reads it back, byte for byte. */
static void
quoted(struct buf *out, const char *v)
{
	buf_putc(out, '"');
	for (; *v; v++) {
		unsigned char c = (unsigned char)*v;

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			buf_printf(out, "\\x%02x", c);
		else
			buf_putc(out, *v);
	}
	buf_putc(out, '"');
}

/*
 * A name of the command line is of the folder the program was started in; in the profile it would
 * be of the profile's folder.
 */
static void
quoted_file(struct buf *out, const char *name)
{
	char *path = absolute(span_of(name));

	quoted(out, path);
	free(path);
}

static void
write_secret(struct buf *out, const struct profile_key *k, const char *source)
{
	size_t form = source ? strcspn(source, " ") : 0;

	for (size_t i = 0; form && i < SECRET_FORMS; i++) {
		/* what was typed in has no source that another run could read */
		if (strncmp(source, secret_forms[i], form) != 0 || secret_forms[i][form])
			continue;
		buf_printf(out, "    %s_%s = ", k->name, secret_forms[i]);
		if (!strcmp(secret_forms[i], "file"))
			quoted_file(out, source + form + 1);
		else
			quoted(out, source + form + 1);
		buf_puts(out, ";\n");
	}
}

static void
write_key(struct buf *out, const struct profile *p, const struct profile_key *k)
{
	const void *member = (const char *)p + k->at;
	const struct str_list *list = member;
	const char *text;

	switch (k->kind) {
	case KEY_BOOL:
		if (*(const bool *)member != (k->dflt != 0))
			buf_printf(out, "    %s = %s;\n", k->name,
				*(const bool *)member ? "true" : "false");
		return;
	case KEY_INT:
		if (*(const int *)member != k->dflt)
			buf_printf(out, "    %s = %d;\n", k->name, *(const int *)member);
		return;
	case KEY_LIST:
		if (!list->n)
			return;
		buf_printf(out, "    %s = ( ", k->name);
		for (size_t i = 0; i < list->n; i++) {
			buf_puts(out, i ? ", " : "");
			quoted(out, list->v[i]);
		}
		buf_puts(out, " );\n");
		return;
	case KEY_SECRET:
		write_secret(out, k, ((const char *const *)member)[1]);
		return;
	case KEY_STR:
	case KEY_URL:
	case KEY_TOKEN:
	default:
		text = *(const char *const *)member;
	}
	if (!text || !*text)
		return;
	buf_printf(out, "    %s%s = ", k->name, k->kind == KEY_TOKEN ? "_file" : "");
	if (is_file(k) && strcmp(text, "-") != 0)
		quoted_file(out, text);
	else
		quoted(out, text);
	buf_puts(out, ";\n");
}

void
conf_profile_write(const struct profile *p, struct buf *out)
{
	buf_puts(out, MARK ".\n# Changes by hand stay until then; rename it (and the profile) to "
		      "keep a copy.\nprofiles = (\n  {\n");
	for (size_t i = 0; i < profile_key_count; i++)
		write_key(out, p, &profile_keys[i]);
	buf_puts(out, "  }\n);\n");
}

/* --- the file -------------------------------------------------------------------------------- */

static bool
is_own(const char *path)
{
	struct buf b;
	struct err e = ERR_INIT;
	bool own;

	buf_init_wiping(&b, LIMIT_CONFIG);
	own = file_read(path, &b, &e) == RES_OK && span_starts(buf_span(&b), MARK);
	buf_release(&b);
	return own;
}

char *
conf_profile_path(const struct conf *c, const char *config, const char *name, struct err *e)
{
	struct span n = span_of(name);
	const char *allowed = "";
	char *folder, *file, *path;

	if (!n.n) {
		err_set(e, RES_SYNTAX, "the profile has no name");
		return NULL;
	}
	if (!conf_value_ok("name", n, &allowed)) {
		err_set(e, RES_SYNTAX, "name: allowed: %s", allowed);
		return NULL;
	}
	folder = conf_folder(config);
	file = xasprintf("profiles.d/%s.conf", name);
	path = folder ? path_join(folder, file) : NULL;
	if (!path)
		err_set(e, RES_NOTFOUND, "there is no home folder to keep profiles in");
	for (size_t i = 0; path && i < c->n_profiles; i++) {
		size_t at = strlen(path);

		/* "FILE:LINE" */
		if (strcmp(c->profiles[i].name, name) != 0 ||
			(!strncmp(c->profile_where[i], path, at) && c->profile_where[i][at] == ':'))
			continue;
		err_set(e, RES_REFUSED,
			"a profile of that name is written by hand in %s, which is never "
			"rewritten; give this one another name",
			c->profile_where[i]);
		free(path);
		path = NULL;
	}
	if (path && !access(path, F_OK) && !is_own(path)) {
		err_set(e, RES_REFUSED,
			"%s was not written by this editor, and is never rewritten; give the "
			"profile another name",
			path);
		free(path);
		path = NULL;
	}
	free(file);
	free(folder);
	return path;
}

/* The folder of a file, and those above it, for the user alone. */
static enum res
make_folders(const char *path, struct err *e)
{
	char *folder = span_dup(span_make(path, (size_t)(strrchr(path, '/') - path)));
	enum res r = folder_make_private(folder, e);

	free(folder);
	return r;
}

/* What was written is read back before it takes the place of what was there. */
static enum res
readable(struct span text, const char *path, struct err *e)
{
	struct conf scratch;
	enum res r;

	conf_init(&scratch);
	r = conf_read(&scratch, text, path, false, e);
	conf_release(&scratch);
	return r;
}

enum res
conf_profile_save(const struct conf *c, const char *config, const struct profile *p, char **where,
	struct err *e)
{
	char *path = conf_profile_path(c, config, p->name ? p->name : "", e);
	struct buf text;
	enum res r;

	*where = NULL;
	if (!path)
		return e ? e->code : RES_REFUSED;
	buf_init_wiping(&text, LIMIT_CONFIG);
	conf_profile_write(p, &text);
	r = readable(buf_span(&text), path, e);
	if (r == RES_OK)
		r = make_folders(path, e);
	if (r == RES_OK)
		r = file_write_private(path, buf_span(&text), e);
	buf_release(&text);
	if (r == RES_OK)
		*where = path;
	else
		free(path);
	return r;
}
