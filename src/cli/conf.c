#include "cli/conf.h"

#include <libconfig.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "cli/options.h"
#include "oauth/url.h"

struct loader {
	struct conf *c;
	const char *file;
	char *folder; /* of the file, for relative names */
	bool main;
	struct err *e;
};

static const struct {
	const char *name, *allowed;
	enum key_kind kind;
	int min, max;
	size_t at;
} ui_keys[] = {
#define UI_STR(key, dflt, help) {#key, "a string", KEY_STR, 0, 0, offsetof(struct conf_ui, key)},
#define UI_BOOL(key, dflt, help)                                                                   \
	{#key, "true or false", KEY_BOOL, 0, 0, offsetof(struct conf_ui, key)},
#define UI_INT(key, dflt, lo, hi, help)                                                            \
	{#key, "a whole number from " #lo " to " #hi, KEY_INT, lo, hi,                             \
		offsetof(struct conf_ui, key)},
#include "cli/uikeys.def"
#undef UI_STR
#undef UI_BOOL
#undef UI_INT
};

static const char *
type_words(int type)
{
	switch (type) {
	case CONFIG_TYPE_GROUP:
		return "a group";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a whole number";
	case CONFIG_TYPE_FLOAT:
		return "a number with a fraction";
	case CONFIG_TYPE_STRING:
		return "a string";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_ARRAY:
		return "an array";
	case CONFIG_TYPE_LIST:
		return "a list";
	default:
		return "nothing";
	}
}

static enum res
fail(struct loader *l, enum res code, const config_setting_t *s, const char *key, const char *fmt,
	...)
{
	char text[ERR_TEXT_MAX];
	int line = s ? (int)config_setting_source_line(s) : 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(l->e, code, "%s:%d: %s%s%s", l->file, line, key, *key ? ": " : "", text);
	if (l->e)
		l->e->line = line;
	return code;
}

static char *
where_of(const struct loader *l, const config_setting_t *s)
{
	return xasprintf("%s:%d", l->file, (int)config_setting_source_line(s));
}

static enum res
wrong_type(struct loader *l, const config_setting_t *s, const char *key, const char *allowed)
{
	return fail(l, RES_SYNTAX, s, key, "%s, where %s is allowed",
		type_words(config_setting_type(s)), allowed);
}

/* --- keys of a profile ------------------------------------------------------------------------ */

/* The row a key belongs to; *form: "env" … of a secret, else "". */
static const struct profile_key *
find_key(struct span name, const char **form)
{
	*form = "";
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		size_t n = strlen(k->name);

		if (k->kind != KEY_SECRET && k->kind != KEY_TOKEN) {
			if (span_is(name, k->name))
				return k;
			continue;
		}
		if (!span_starts(name, k->name))
			continue;
		if (k->kind == KEY_TOKEN && span_is(span_from(name, n), "_file"))
			return k;
		if (k->kind != KEY_SECRET || !span_starts(span_from(name, n), "_"))
			continue;
		for (size_t f = 0; f < SECRET_FORMS; f++) {
			if (span_is(span_from(name, n + 1), secret_forms[f])) {
				*form = secret_forms[f];
				return k;
			}
		}
	}
	return NULL;
}

static void
key_allowed(const struct profile_key *k, char *out, size_t size)
{
	if (k->kind == KEY_INT)
		snprintf(out, size, "a whole number from %d to %d (%s)", k->min, k->max, k->unit);
	else
		snprintf(out, size, "%s",
			k->kind == KEY_BOOL           ? "true or false"
				: k->kind == KEY_URL  ? "an absolute http or https URL"
				: k->kind == KEY_LIST ? "a list of strings"
						      : "a string");
}

void
conf_allowed(struct span key, char *out, size_t size)
{
	const char *form;
	const struct profile_key *k = find_key(key, &form);

	*out = '\0';
	if (k)
		key_allowed(k, out, size);
	for (size_t i = 0; i < ARRAY_SIZE(ui_keys) && !k; i++)
		if (span_is(key, ui_keys[i].name))
			snprintf(out, size, "%s", ui_keys[i].allowed);
}

/* A file's name as the user means it: beside the configuration, or in the home folder. */
static char *
file_name(const struct loader *l, const char *v)
{
	const char *home = getenv("HOME");

	if (v[0] == '~' && v[1] == '/' && home)
		return path_join(home, v + 2);
	if (v[0] == '/' || !strcmp(v, "-") || !*v)
		return xstrdup(v);
	return path_join(l->folder, v);
}

static enum res
read_strings(struct loader *l, const config_setting_t *s, const char *key, struct str_list *out)
{
	if (config_setting_type(s) != CONFIG_TYPE_LIST &&
		config_setting_type(s) != CONFIG_TYPE_ARRAY)
		return wrong_type(l, s, key, "a list of strings");
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *v = config_setting_get_elem(s, (unsigned)i);

		if (config_setting_type(v) != CONFIG_TYPE_STRING)
			return wrong_type(l, v, key, "a string");
		str_list_add(out, span_of(config_setting_get_string(v)));
	}
	return RES_OK;
}

static enum res
read_list_key(struct loader *l, const config_setting_t *s, const struct profile_key *k,
	const char *where, struct str_list *out)
{
	enum res r = read_strings(l, s, where, out);
	const char *allowed = "";

	for (size_t i = 0; r == RES_OK && i < out->n; i++)
		if (!conf_value_ok(k->name, span_of(out->v[i]), &allowed))
			r = fail(l, RES_SYNTAX, s, where, "not of the form %s", allowed);
	return r;
}

static enum res
read_string_key(struct loader *l, const config_setting_t *s, const struct profile_key *k,
	const char *where, const char *form, void *member)
{
	const char *v = config_setting_get_string(s), *allowed = "";
	struct url u;
	char *text;

	if (!*v)
		return fail(l, RES_SYNTAX, s, where, "empty; leave the key out instead");
	if (k->kind == KEY_URL && url_parse(&u, span_of(v), NULL) != RES_OK)
		return fail(l, RES_SYNTAX, s, where, "not an absolute http or https URL");
	if (k->kind == KEY_URL && u.userinfo.n) /* it would stand in every report */
		return fail(l, RES_SYNTAX, s, where, "a URL with a user name or password in it");
	if (!conf_value_ok(k->name, span_of(v), &allowed))
		return fail(l, RES_SYNTAX, s, where, "allowed: %s", allowed);
	if (k->kind == KEY_SECRET) {
		char **source = (char **)member + 1; /* key_source stands behind key (profile.h) */

		if (*source)
			return fail(l, RES_SYNTAX, s, where, "%s has a source already: %s", k->name,
				*source);
		text = strcmp(form, "file") ? xstrdup(v) : file_name(l, v);
		*source = xasprintf("%s %s", form, text);
		free(text);
		return RES_OK;
	}
	text = k->kind == KEY_TOKEN || span_ends(span_of(k->name), "_file") ? file_name(l, v)
									    : xstrdup(v);
	profile_set(member, span_of(text));
	free(text);
	return RES_OK;
}

static enum res
secret_written(struct loader *l, const config_setting_t *s, const char *where, const char *name)
{
	struct buf allowed;
	enum res r;

	buf_init(&allowed, ERR_TEXT_MAX);
	for (size_t i = 0; i < SECRET_FORMS; i++)
		buf_printf(&allowed, "%s%s_%s", i ? ", " : "", name, secret_forms[i]);
	r = fail(l, RES_SYNTAX, s, where, "a secret is not written here; allowed: %s",
		buf_str(&allowed));
	buf_release(&allowed);
	return r;
}

static enum res
unknown_key(struct loader *l, const config_setting_t *s, const char *where, const char *name)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		if (strcmp(profile_keys[i].name, name))
			continue;
		if (profile_keys[i].kind == KEY_SECRET)
			return secret_written(l, s, where, name);
		return fail(l, RES_SYNTAX, s, where,
			"a token is not written here; allowed: %s_file", name);
	}
	return fail(l, RES_SYNTAX, s, where,
		"unknown key; allowed are those of 'tokentriage check "
		"--print-config'");
}

static enum res
read_profile_key(
	struct loader *l, const config_setting_t *s, struct profile *p, const char *profile)
{
	const char *name = config_setting_name(s), *form;
	const struct profile_key *k = find_key(span_of(name), &form);
	char where[120], allowed[80];
	void *member;
	int type = config_setting_type(s);

	snprintf(where, sizeof(where), "%s.%s", profile, name);
	if (!k)
		return unknown_key(l, s, where, name);
	member = (char *)p + k->at;
	key_allowed(k, allowed, sizeof(allowed));
	switch (k->kind) {
	case KEY_BOOL:
		if (type != CONFIG_TYPE_BOOL)
			return wrong_type(l, s, where, allowed);
		*(bool *)member = config_setting_get_bool(s);
		return RES_OK;
	case KEY_INT:
		if (type != CONFIG_TYPE_INT)
			return wrong_type(l, s, where, allowed);
		*(int *)member = config_setting_get_int(s);
		if (*(int *)member < k->min || *(int *)member > k->max)
			return fail(l, RES_RANGE, s, where, "out of range; allowed: %s", allowed);
		return RES_OK;
	case KEY_LIST:
		return read_list_key(l, s, k, where, member);
	case KEY_STR:
	case KEY_URL:
	case KEY_SECRET:
	case KEY_TOKEN:
		break;
	}
	if (type != CONFIG_TYPE_STRING)
		return wrong_type(l, s, where, allowed);
	return read_string_key(l, s, k, where, form, member);
}

/* Values that are secrets by their place; the file must then be the owner's alone. */
static bool
holds_secret(const struct profile *p)
{
	if (p->proxy && strchr(p->proxy, '@'))
		return true;
	for (size_t i = 0; i < p->headers.n; i++) {
		struct span line = span_of(p->headers.v[i]), name;

		if (span_next(&line, ':', &name) &&
			(redact_name_is_secret(name) || span_is_nocase(name, "authorization") ||
				span_contains_nocase(name, "key")))
			return true;
	}
	return false;
}

static enum res
read_profile(struct loader *l, const config_setting_t *s, int index)
{
	struct conf *c = l->c;
	struct profile p;
	const char *name = NULL;
	char label[100];
	enum res r = RES_OK;

	if (config_setting_type(s) != CONFIG_TYPE_GROUP)
		return wrong_type(l, s, "profiles", "a group { … }");
	profile_init(&p);
	if (!config_setting_lookup_string(s, "name", &name))
		snprintf(label, sizeof(label), "profiles[%d]", index);
	else
		snprintf(label, sizeof(label), "profile %.80s", name);
	for (int i = 0; r == RES_OK && i < config_setting_length(s); i++)
		r = read_profile_key(l, config_setting_get_elem(s, (unsigned)i), &p, label);
	if (r == RES_OK && !p.name)
		r = fail(l, RES_SYNTAX, s, label, "the profile has no name; allowed: name = \"…\"");
	for (size_t i = 0; r == RES_OK && i < c->n_profiles; i++)
		if (!strcmp(c->profiles[i].name, p.name))
			r = fail(l, RES_SYNTAX, s, label, "a profile of that name stands in %s",
				c->profile_where[i]);
	if (r != RES_OK) {
		profile_release(&p);
		return r;
	}
	if (holds_secret(&p) && file_others_can_read(l->file))
		conf_warn(&c->warnings, "%s holds a secret and is readable by others (chmod 600)",
			l->file);
	c->profiles = xreallocarray(c->profiles, c->n_profiles + 1, sizeof(*c->profiles));
	c->profile_where =
		xreallocarray(c->profile_where, c->n_profiles + 1, sizeof(*c->profile_where));
	c->profiles[c->n_profiles] = p;
	c->profile_where[c->n_profiles++] = where_of(l, s);
	return RES_OK;
}

/* --- the other groups ------------------------------------------------------------------------- */

static void
read_ui_string(struct loader *l, const config_setting_t *s, char **member)
{
	char *path;

	if (member == &l->c->ui.clipboard_file) {
		path = file_name(l, config_setting_get_string(s));
		profile_set(member, span_of(path));
		free(path);
		return;
	}
	profile_set(member, span_of(config_setting_get_string(s)));
	if (member == &l->c->ui.theme) {
		free(l->c->theme_where);
		l->c->theme_where = where_of(l, s);
	}
}

static enum res
unknown_ui_key(struct loader *l, const config_setting_t *s, const char *where)
{
	struct buf names;
	enum res r;

	buf_init(&names, ERR_TEXT_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(ui_keys); i++)
		buf_printf(&names, "%s%s", i ? ", " : "", ui_keys[i].name);
	r = fail(l, RES_SYNTAX, s, where, "unknown key; allowed: %s", buf_str(&names));
	buf_release(&names);
	return r;
}

static enum res
read_ui(struct loader *l, const config_setting_t *s)
{
	const char *name = config_setting_name(s);
	int type = config_setting_type(s);
	char where[80];

	snprintf(where, sizeof(where), "ui.%s", name);
	for (size_t i = 0; i < ARRAY_SIZE(ui_keys); i++) {
		void *member = (char *)&l->c->ui + ui_keys[i].at;

		if (strcmp(ui_keys[i].name, name))
			continue;
		if ((ui_keys[i].kind == KEY_STR && type != CONFIG_TYPE_STRING) ||
			(ui_keys[i].kind == KEY_BOOL && type != CONFIG_TYPE_BOOL) ||
			(ui_keys[i].kind == KEY_INT && type != CONFIG_TYPE_INT))
			return wrong_type(l, s, where, ui_keys[i].allowed);
		if (ui_keys[i].kind == KEY_STR) {
			read_ui_string(l, s, member);
		} else if (ui_keys[i].kind == KEY_BOOL) {
			*(bool *)member = config_setting_get_bool(s);
		} else {
			*(int *)member = config_setting_get_int(s);
			if (*(int *)member < ui_keys[i].min || *(int *)member > ui_keys[i].max)
				return fail(l, RES_RANGE, s, where, "out of range; allowed: %s",
					ui_keys[i].allowed);
		}
		return RES_OK;
	}
	return unknown_ui_key(l, s, where);
}

/* The line of the element is told, not the one of the list. */
static enum res
read_key(struct loader *l, const config_setting_t *s, const char *where)
{
	char allowed[KEY_WORDS_SIZE];
	struct key k;

	if (config_setting_type(s) != CONFIG_TYPE_STRING)
		return wrong_type(l, s, where, "a string");
	if (!key_parse(span_of(config_setting_get_string(s)), &k))
		return fail(l, RES_SYNTAX, s, where, "there is no key \"%.20s\"; allowed: %s",
			config_setting_get_string(s), key_words(allowed, sizeof(allowed)));
	return RES_OK;
}

static enum res
unknown_action(struct loader *l, const config_setting_t *s, const char *where)
{
	const char *near = NULL;
	size_t best = word_near(config_setting_name(s));

	for (int a = 1; a < ACT_COUNT; a++) {
		size_t d = word_distance(config_setting_name(s), action_infos[a].id);

		if (d < best) {
			best = d;
			near = action_infos[a].id;
		}
	}
	return fail(l, RES_SYNTAX, s, where,
		"unknown action%s%s%s; allowed are those of "
		"'tokentriage check --print-config'",
		near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static enum res
read_binding(struct loader *l, const config_setting_t *s)
{
	struct span names[KEYS_PER_ACTION];
	int type = config_setting_type(s),
	    n = type == CONFIG_TYPE_STRING ? 1 : config_setting_length(s);
	char where[80];
	enum action a;

	snprintf(where, sizeof(where), "keys.%s", config_setting_name(s));
	if (!action_find(span_of(config_setting_name(s)), &a))
		return unknown_action(l, s, where);
	if (type != CONFIG_TYPE_STRING && type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY)
		return wrong_type(l, s, where, "a list of strings");
	if (n > KEYS_PER_ACTION)
		return fail(
			l, RES_RANGE, s, where, "%d keys; allowed: at most %d", n, KEYS_PER_ACTION);
	for (int i = 0; i < n; i++) {
		const config_setting_t *v =
			type == CONFIG_TYPE_STRING ? s : config_setting_get_elem(s, (unsigned)i);
		enum res r = read_key(l, v, where);

		if (r != RES_OK)
			return r;
		names[i] = span_of(config_setting_get_string(v));
	}
	return keymap_set(&l->c->keymap, span_of(config_setting_name(s)), names, (size_t)n, l->e);
}

/* The group is known whole: no key may mean two things. */
static enum res
check_bindings(struct loader *l, const config_setting_t *keys)
{
	struct err why = ERR_INIT;
	enum action both[2];
	enum res r = keymap_check(&l->c->keymap, both, &why);

	/* told at the last line that has to do with it; the other may be a default */
	for (int i = config_setting_length(keys) - 1; r != RES_OK && i >= 0; i--) {
		const config_setting_t *s = config_setting_get_elem(keys, (unsigned)i);
		char where[80];
		enum action a;

		if (!action_find(span_of(config_setting_name(s)), &a) ||
			(a != both[0] && a != both[1]))
			continue;
		snprintf(where, sizeof(where), "keys.%s", config_setting_name(s));
		return fail(l, r, s, where,
			"%s; allowed: one of them, give the other another key here", why.text);
	}
	return r;
}

static enum res
each(struct loader *l, const config_setting_t *s, int type, const char *allowed,
	enum res (*read)(struct loader *, const config_setting_t *))
{
	enum res r = RES_OK;

	if (config_setting_type(s) != type)
		return wrong_type(l, s, config_setting_name(s), allowed);
	for (int i = 0; r == RES_OK && i < config_setting_length(s); i++)
		r = read(l, config_setting_get_elem(s, (unsigned)i));
	return r;
}

static enum res
read_top(struct loader *l, const config_setting_t *s)
{
	const char *name = config_setting_name(s);

	if (!strcmp(name, "profiles")) {
		enum res r = RES_OK;

		if (config_setting_type(s) != CONFIG_TYPE_LIST)
			return wrong_type(l, s, name, "a list ( { … }, { … } )");
		for (int i = 0; r == RES_OK && i < config_setting_length(s); i++)
			r = read_profile(l, config_setting_get_elem(s, (unsigned)i), i);
		return r;
	}
	if (!l->main)
		return fail(l, RES_SYNTAX, s, name, "only profiles is allowed in profiles.d");
	if (!strcmp(name, "ui"))
		return each(l, s, CONFIG_TYPE_GROUP, "a group { … }", read_ui);
	if (!strcmp(name, "keys")) {
		enum res r = each(l, s, CONFIG_TYPE_GROUP, "a group { … }", read_binding);

		return r == RES_OK ? check_bindings(l, s) : r;
	}
	if (strcmp(name, "default_profile"))
		return fail(l, RES_SYNTAX, s, name,
			"unknown key; allowed: default_profile, ui, keys, profiles");
	if (config_setting_type(s) != CONFIG_TYPE_STRING)
		return wrong_type(l, s, name, "a string");
	profile_set(&l->c->default_profile, span_of(config_setting_get_string(s)));
	return RES_OK;
}

/* Parses text and hands each member of the root to read. */
static enum res
parse(struct loader *l, struct span text,
	enum res (*read)(struct loader *, const config_setting_t *))
{
	config_t cfg;
	char *copy;
	enum res r = conf_scan(text, l->file, l->e);

	if (r != RES_OK)
		return r;
	copy = span_dup(text);
	config_init(&cfg);
	if (!config_read_string(&cfg, copy)) {
		const char *words = config_error_text(&cfg);

		r = err_set(l->e, RES_SYNTAX, "%s:%d: %s", l->file, config_error_line(&cfg),
			words ? words : "syntax error");
		if (l->e)
			l->e->line = config_error_line(&cfg);
	} else {
		const config_setting_t *root = config_root_setting(&cfg);

		for (int i = 0; r == RES_OK && i < config_setting_length(root); i++)
			r = read(l, config_setting_get_elem(root, (unsigned)i));
	}
	config_destroy(&cfg);
	wipe(copy, text.n);
	free(copy);
	return r;
}

static char *
folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? span_dup(span_make(file, slash == file ? 1 : (size_t)(slash - file)))
		     : xstrdup(".");
}

enum res
conf_read(struct conf *c, struct span text, const char *file, bool main, struct err *e)
{
	struct loader l = {c, file, folder_of(file), main, e};
	enum res r = parse(&l, text, read_top);

	free(l.folder);
	return r;
}

/* --- theme files -------------------------------------------------------------------------- */

struct theme_loader {
	struct loader l; /* first: the readers get its address */
	struct theme *t;
};

static enum res
read_role(struct loader *l, const config_setting_t *s)
{
	struct theme_loader *t = (struct theme_loader *)l;
	const char *name = config_setting_name(s);
	struct err why = ERR_INIT;
	enum res r;

	if (config_setting_type(s) != CONFIG_TYPE_STRING)
		return wrong_type(l, s, name, "a string of colours and attributes");
	r = theme_set_role(t->t, span_of(name), span_of(config_setting_get_string(s)), &why);
	return r == RES_OK ? RES_OK : fail(l, r, s, name, "%s", why.text);
}

static enum res
read_theme_top(struct loader *l, const config_setting_t *s)
{
	struct theme_loader *t = (struct theme_loader *)l;
	const char *name = config_setting_name(s), *v;
	struct err why = ERR_INIT;
	enum res r = RES_OK;

	if (!strcmp(name, "mono")) {
		if (config_setting_type(s) != CONFIG_TYPE_BOOL)
			return wrong_type(l, s, name, "true or false");
		t->t->mono = config_setting_get_bool(s);
		return RES_OK;
	}
	if (!strcmp(name, "roles"))
		return each(l, s, CONFIG_TYPE_GROUP, "a group { … }", read_role);
	if (strcmp(name, "name") && strcmp(name, "inherit") && strcmp(name, "background"))
		return fail(l, RES_SYNTAX, s, name,
			"unknown key; allowed: name, inherit, background, mono, roles");
	if (config_setting_type(s) != CONFIG_TYPE_STRING)
		return wrong_type(l, s, name, "a string");
	v = config_setting_get_string(s);
	if (!strcmp(name, "background"))
		r = theme_set_background(t->t, span_of(v), &why);
	else if (!strcmp(name, "inherit"))
		snprintf(t->t->inherit, sizeof(t->t->inherit), "%s", v);
	return r == RES_OK ? RES_OK : fail(l, r, s, name, "%s", why.text);
}

/* The name of the theme that the file builds on, before anything else of it is read. */
static enum res
read_inherit(struct loader *l, const config_setting_t *s)
{
	struct theme_loader *t = (struct theme_loader *)l;

	if (!strcmp(config_setting_name(s), "inherit") &&
		config_setting_type(s) == CONFIG_TYPE_STRING)
		snprintf(t->t->inherit, sizeof(t->t->inherit), "%s", config_setting_get_string(s));
	return RES_OK;
}

enum res
conf_theme_parent(struct span text, const char *file, char out[32], struct err *e)
{
	struct theme t = {.inherit = ""};
	struct theme_loader l = {{NULL, file, NULL, true, e}, &t};
	enum res r = parse(&l.l, text, read_inherit);

	snprintf(out, 32, "%s", t.inherit);
	return r;
}

enum res
conf_theme_read(struct theme *t, struct span text, const char *file, struct err *e)
{
	struct theme_loader l = {{NULL, file, NULL, true, e}, t};

	return parse(&l.l, text, read_theme_top);
}
