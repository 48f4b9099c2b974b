/* Themes by name: where their files are, and what they inherit. */
#include "cli/conf.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

enum { THEME_DEPTH = 4 };

static char *
in_folder(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s.conf", folder, name);

	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

/* The file of a theme; NULL: there is none. */
static char *
find_theme(const char *name)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *folder = NULL, *path = NULL;

	if (strchr(name, '/'))
		return xstrdup(name);
	if (xdg && *xdg == '/')
		folder = path_join(xdg, "tokentriage/themes");
	else if (home && *home)
		folder = path_join(home, ".config/tokentriage/themes");
	if (folder)
		path = in_folder(folder, name);
	free(folder);
	return path ? path : in_folder(TT_THEMESDIR, name);
}

static enum res
load(struct theme *t, const char *name, int depth, struct err *e)
{
	struct span base = span_of(name);
	struct buf text;
	char parent[32] = "", *path = find_theme(name);
	enum res r;

	if (!path && !strcmp(name, "default")) {
		theme_init_default(t);
		return RES_OK;
	}
	if (!path)
		return err_set(e, RES_NOTFOUND, "there is no theme \"%s\"", name);
	buf_init(&text, LIMIT_CONFIG);
	r = file_read(path, &text, e);
	if (r == RES_OK)
		r = conf_theme_parent(buf_span(&text), path, parent, e);
	if (r == RES_OK && depth >= THEME_DEPTH)
		r = err_set(e, RES_LIMIT, "%s: themes inherit from one another more than %d deep",
			path, THEME_DEPTH);
	if (r == RES_OK && *parent && strcmp(parent, name))
		r = load(t, parent, depth + 1, e);
	else if (r == RES_OK)
		theme_init_default(t);
	if (r == RES_OK) {
		theme_begin(t, base);
		r = conf_theme_read(t, buf_span(&text), path, e);
	}
	if (r == RES_OK)
		theme_finish(t);
	buf_release(&text);
	free(path);
	return r;
}

enum res
conf_theme(struct theme *t, const char *name, struct err *e)
{
	if (!strcmp(name, "default")) { /* the start reads no file for it */
		theme_init_default(t);
		return RES_OK;
	}
	return load(t, name, 0, e);
}
