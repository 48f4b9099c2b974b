/* The configuration's files and lifetime; libconfig is in conf.c. */
#include "cli/conf.h"

#include <dirent.h>
#include <errno.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

static void
list_release(struct str_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct str_list){0};
}

void
conf_init(struct conf *c)
{
	memset(c, 0, sizeof(*c));
#define UI_STR(key, dflt, help) profile_set(&c->ui.key, span_of(dflt));
#define UI_BOOL(key, dflt, help) c->ui.key = dflt;
#define UI_INT(key, dflt, lo, hi, help) c->ui.key = dflt;
#include "cli/uikeys.def"
#undef UI_STR
#undef UI_BOOL
#undef UI_INT
	/* what is on a screen far away is copied by selecting it */
	if (getenv("SSH_CONNECTION"))
		c->ui.mouse = false;
	keymap_init(&c->keymap);
}

void
conf_release(struct conf *c)
{
	list_release(&c->files);
	list_release(&c->warnings);
	free(c->default_profile);
#define UI_STR(key, dflt, help) free(c->ui.key);
#define UI_BOOL(key, dflt, help)
#define UI_INT(key, dflt, lo, hi, help)
#include "cli/uikeys.def"
#undef UI_STR
#undef UI_BOOL
#undef UI_INT
	free(c->theme_where);
	for (size_t i = 0; i < c->n_profiles; i++) {
		profile_release(&c->profiles[i]);
		free(c->profile_where[i]);
	}
	free(c->profiles);
	free(c->profile_where);
	memset(c, 0, sizeof(*c));
}

const struct profile *
conf_profile(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_profiles; i++)
		if (!strcmp(c->profiles[i].name, name))
			return &c->profiles[i];
	return NULL;
}

static enum res
load_file(struct conf *c, const char *path, bool main, struct err *e)
{
	struct buf text;
	enum res r;

	buf_init_wiping(&text, LIMIT_CONFIG);
	r = file_read(path, &text, e);
	if (r == RES_OK) {
		str_list_add(&c->files, span_of(path));
		r = conf_read(c, buf_span(&text), path, main, e);
	}
	buf_release(&text);
	return r;
}

static int
only_conf(const struct dirent *d)
{
	return *d->d_name != '.' && span_ends(span_of(d->d_name), ".conf");
}

static enum res
load_folder(struct conf *c, const char *folder, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, only_conf, alphasort);
	enum res r = RES_OK;

	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR ? RES_OK : err_errno(e, "%s", folder);
	for (int i = 0; i < n; i++) {
		char *path = path_join(folder, names[i]->d_name);

		if (r == RES_OK)
			r = load_file(c, path, false, e);
		free(path);
		free(names[i]);
	}
	free(names);
	return r;
}

static char *
own_folder(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return path_join(xdg, "tokentriage");
	return home && *home ? path_join(home, ".config/tokentriage") : NULL;
}

/* The folder that holds a configuration; NULL: none. */
static char *
find_folder(void)
{
	char *folder = own_folder(), *file, *profiles;
	bool there;

	for (int i = 0; i < 2; i++) {
		if (folder) {
			file = path_join(folder, "tokentriage.conf");
			profiles = path_join(folder, "profiles.d");
			there = !access(file, F_OK) || !access(profiles, F_OK);
			free(file);
			free(profiles);
			if (there)
				return folder;
		}
		free(folder);
		folder = i ? NULL : xstrdup("/etc/tokentriage");
	}
	return NULL;
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return span_dup(span_make(path, slash == path ? 1 : (size_t)(slash - path)));
}

char *
conf_folder(const char *path)
{
	char *folder = path ? folder_of(path) : find_folder();

	return folder ? folder : own_folder();
}

enum res
conf_load(struct conf *c, const char *path, struct err *e)
{
	char *folder = path ? NULL : find_folder(), *file, *profiles;
	enum res r = RES_OK;

	if (!path && !folder)
		return RES_OK;
	if (path)
		folder = folder_of(path);
	file = path ? xstrdup(path) : path_join(folder, "tokentriage.conf");
	profiles = path_join(folder, "profiles.d");
	if (path || !access(file, F_OK))
		r = load_file(c, file, true, e);
	if (r == RES_OK)
		r = load_folder(c, profiles, e);
	if (r == RES_OK && c->default_profile && !conf_profile(c, c->default_profile))
		r = err_set(e, RES_NOTFOUND, "%s: default_profile: there is no profile \"%s\"",
			file, c->default_profile);
	if (r == RES_OK)
		r = conf_theme_check(c, e);
	free(file);
	free(profiles);
	free(folder);
	return r;
}
