/* Themes by name: where their files are, and what they inherit. */
#include "cli/conf.h"

#include <dirent.h>

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

/* The user's own themes; NULL: no folder for them. */
static char *
own_folder(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return path_join(xdg, "tokentriage/themes");
	return home && *home ? path_join(home, ".config/tokentriage/themes") : NULL;
}

/* The file of a theme; NULL: there is none.  child: the file that inherits from it, or NULL. */
static char *
find_theme(const char *name, const char *child)
{
	char *folder, *path;

	if (strchr(name, '/'))
		return xstrdup(name);
	path = beside(child, name);
	folder = path ? NULL : own_folder();
	if (folder)
		path = in_folder(folder, name);
	free(folder);
	if (!path)
		path = in_build(name);
	return path ? path : in_folder(TT_THEMESDIR, name);
}

/* The names of the themes in a folder, each once, into words. */
static void
add_names(const char *folder, struct buf *words)
{
	struct dirent **files = NULL;
	int n = folder ? scandir(folder, &files, NULL, alphasort) : 0;

	for (int i = 0; i < n; i++) {
		struct span name = span_of(files[i]->d_name), rest = buf_span(words), word;
		bool there = false;

		if (span_ends(name, ".conf") && name.n > 5) {
			name.n -= 5;
			while (span_word(&rest, &word))
				there = there || span_eq(word, name);
			if (!there)
				buf_printf(words, " %.*s", SPAN_ARG(name));
		}
		free(files[i]);
	}
	free(files);
}

/* All names, with blanks between: the default, the user's own, those that came with the program. */
static void
all_names(struct buf *words)
{
	char *build = modules_build_folder(), *mine = own_folder();
	char *there = build ? path_join(build, "themes") : NULL;

	buf_puts(words, "default");
	add_names(mine, words);
	add_names(there ? there : TT_THEMESDIR, words);
	free(build);
	free(mine);
	free(there);
}

size_t
conf_theme_names(char (*names)[CONF_THEME_NAME], size_t most)
{
	struct buf words;
	struct span rest, word;
	size_t n = 0;

	buf_init(&words, 4096);
	all_names(&words);
	for (rest = buf_span(&words); n < most && span_word(&rest, &word);) {
		if (word.n < CONF_THEME_NAME)
			snprintf(names[n++], CONF_THEME_NAME, "%.*s", SPAN_ARG(word));
	}
	buf_release(&words);
	return n;
}

static enum res
no_such_theme(const char *name, struct err *e)
{
	struct buf words;
	enum res r;

	buf_init(&words, 4096);
	all_names(&words);
	r = err_set(e, RES_NOTFOUND, "there is no theme \"%s\"; allowed: %s, or the path of a file",
		name, buf_str(&words));
	buf_release(&words);
	return r;
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
		return no_such_theme(name, e);
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

enum res
conf_theme_check(const struct conf *c, struct err *e)
{
	struct err why = ERR_INIT;
	struct theme t;
	enum res r;

	if (!c->theme_where)
		return RES_OK;
	r = conf_theme(&t, c->ui.theme, &why);
	return r == RES_OK ? r : err_set(e, r, "%s: ui.theme: %s", c->theme_where, why.text);
}
