/* The case as a file: --save writes it, inspect reads it. */
#include "cli/app.h"

#include "base/file.h"
#include "case/case-file.h"

enum res
app_save_case(struct app *a, struct err *e)
{
	const char *path = opt_str(a->opt, OPT_SAVE);
	struct case_story story;
	struct buf text;
	enum res r;

	if (!path)
		return RES_OK;
	wizard_story(a->wizard, &story);
	buf_init_wiping(&text, LIMIT_REPORT);
	r = case_file_write(&text, &a->c, &story, a->redactor);
	if (r != RES_OK)
		err_set(e, r, "--save %s: the case is larger than %d MiB", path,
			LIMIT_REPORT >> 20);
	else
		r = file_write_private(path, buf_span(&text), e);
	buf_release(&text);
	return r;
}

enum res
app_load_case(struct app *a, struct span text, struct err *e)
{
	struct case_story story;
	char when[32];
	enum res r;

	case_release(&a->c);
	case_init(&a->c);
	r = case_file_read(&a->c, &story, text, e);
	if (r != RES_OK)
		return r;
	wizard_resume(a->wizard, &story);
	app_tell("taken as a saved case of %s: %zu exchanges",
		time_rfc3339(when, story.saved_wall_us / 1000000), a->c.n_exchanges);
	if (story.damaged)
		app_warn("%zu record%s could not be read; the first: %s", story.damaged,
			story.damaged == 1 ? "" : "s", story.first_damage);
	return RES_OK;
}
