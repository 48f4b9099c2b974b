#include "cli/recent.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "cli/autosave.h"
#include "wizard/journal.h"

enum { KEPT = 12, LIST_BYTES = KEPT * (PATH_MAX + 40), LEFT_SHOWN = 3 };

static const char *const use_ids[] = {"saved", "opened", "left"};
static const char *const use_words[] = {N_("saved"), N_("opened"), N_("not ended")};

struct line {
	int64_t at_s;
	enum recent_use use;
	char *path;
};

static bool
wanted(const struct app *a)
{
	return a->conf.ui.recent && a->opt->command != CMD_DEMO;
}

static char *
list_path(void)
{
	char *folder = journal_default_folder(),
	     *path = folder ? path_join(folder, "recent") : NULL;

	free(folder);
	return path;
}

/* A line that is none is passed over; so is a file that is gone. */
static bool
read_line(struct span s, struct line *out)
{
	struct span time, use;
	struct stat st;

	if (!span_next(&s, ' ', &time) || !span_next(&s, ' ', &use) || !s.n || s.n >= PATH_MAX ||
		s.p[0] != '/' || span_to_i64(time, &out->at_s) != RES_OK)
		return false;
	out->use = span_is(use, use_ids[RECENT_SAVED]) ? RECENT_SAVED : RECENT_OPENED;
	out->path = span_dup(s);
	if (stat(out->path, &st) == 0 && S_ISREG(st.st_mode))
		return true;
	free(out->path);
	return false;
}

/* Those that are there, but for the one of that name (NULL: all); returns how many. */
static size_t
read_list(const char *path, const char *but, struct line out[KEPT])
{
	struct span rest, line;
	struct buf text;
	size_t n = 0;

	buf_init(&text, LIST_BYTES);
	if (file_read(path, &text, NULL) != RES_OK)
		buf_clear(&text);
	for (rest = buf_span(&text); n < KEPT && span_next(&rest, '\n', &line);) {
		if (!read_line(line, &out[n]))
			continue;
		if (but && !strcmp(out[n].path, but))
			free(out[n].path);
		else
			n++;
	}
	buf_release(&text);
	return n;
}

static void
add_line(struct buf *out, int64_t at_s, enum recent_use use, const char *path)
{
	buf_printf(out, "%lld %s %s\n", (long long)at_s, use_ids[use], path);
}

static bool
is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && path[n] == '/';
}

void
recent_note(const struct app *a, const char *path, enum recent_use use)
{
	char *list = wanted(a) ? list_path() : NULL, *folder = journal_default_folder();
	char *whole = list ? realpath(path, NULL) : NULL;
	struct line lines[KEPT];
	struct buf text;
	size_t n;

	/* what this program keeps there itself is listed by its folder */
	if (whole && !strchr(whole, '\n') && !is_below(whole, folder) &&
		folder_make_private(folder, NULL) == RES_OK) {
		buf_init(&text, LIST_BYTES);
		add_line(&text, clock_wall_s(&clock_system), use, whole);
		n = read_list(list, whole, lines);
		for (size_t i = 0; i < n; i++) {
			if (i + 1 < KEPT)
				add_line(&text, lines[i].at_s, lines[i].use, lines[i].path);
			free(lines[i].path);
		}
		(void)!file_write_private(list, buf_span(&text), NULL);
		buf_release(&text);
	}
	free(whole);
	free(folder);
	free(list);
}

static void
show(struct ui_recent *out, const struct line *l, const char *name)
{
	char when[40];

	out->path = l->path;
	text_safe_into(out->name, sizeof(out->name), span_of(name));
	/* "2026-01-31 12:00": the second matters to nobody */
	text_format(out->words, sizeof(out->words), "%s %.16sZ", tr(use_words[l->use]),
		time_screen(when, l->at_s, false));
}

size_t
recent_list(const struct app *a, struct ui_recent *out, size_t most)
{
	char *path = wanted(a) ? list_path() : NULL;
	struct line lines[KEPT];
	struct autosave_left left[LEFT_SHOWN];
	size_t n = 0, k;

	if (!path)
		return 0;
	k = autosave_left(left, LEFT_SHOWN < most ? LEFT_SHOWN : most);
	for (size_t i = 0; i < k; i++) {
		const struct line l = {left[i].at_s, RECENT_LEFT, left[i].path};

		show(&out[n++], &l, _("a run of the wizard"));
	}
	k = read_list(path, NULL, lines);
	for (size_t i = 0; i < k; i++) {
		const char *slash = strrchr(lines[i].path, '/');

		if (n < most)
			show(&out[n++], &lines[i], slash ? slash + 1 : lines[i].path);
		else
			free(lines[i].path);
	}
	free(path);
	return n;
}
