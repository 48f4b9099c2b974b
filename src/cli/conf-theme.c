/* Themes by name: where their files are, and what they inherit. */
#include "cli/conf.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "cli/modules.h"

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

/* The themes of a build tree. */
static char *
in_build(const char *name)
{
	char *build = modules_build_folder(), *folder, *path;

	if (!build)
		return NULL;
	folder = path_join(build, "themes");
	path = in_folder(folder, name);
	free(folder);
	free(build);
	return path;
}

/* Beside the file that inherits from it. */
static char *
beside(const char *file, const char *name)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	char *folder, *path;

	if (!slash)
		return NULL;
	folder = span_dup(span_make(file, (size_t)(slash - file)));
	path = in_folder(folder, name);
	free(folder);
	return path;
}

/* The file of a theme; NULL: there is none.  child: the file that inherits from it, or NULL. */
static char *
find_theme(const char *name, const char *child)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *folder = NULL, *path;

	if (strchr(name, '/'))
		return xstrdup(name);
	path = beside(child, name);
	if (!path && xdg && *xdg == '/')
		folder = path_join(xdg, "tokentriage/themes");
	else if (!path && home && *home)
		folder = path_join(home, ".config/tokentriage/themes");
	if (folder)
		path = in_folder(folder, name);
	free(folder);
	if (!path)
		path = in_build(name);
	return path ? path : in_folder(TT_THEMESDIR, name);
}

static enum res
load(struct theme *t, const char *name, const char *child, int depth, struct err *e)
{
	struct span base = span_of(name);
	struct buf text;
	char parent[32] = "", *path = find_theme(name, child);
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
		r = load(t, parent, path, depth + 1, e);
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
	return load(t, name, NULL, 0, e);
}
