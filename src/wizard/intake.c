/* What is pasted where a token is wanted: mostly a token, but also whatever has one in it. */
#include "wizard/wizard.h"

#include "base/text.h"
#include "base/tr.h"
#include "case/import.h"

/* wizard_give_token() mends it itself then, so that the finding can say so. */
static bool
is_token_itself(const struct import *im)
{
	return !im->n && im->n_tokens && im->tokens[0].itself;
}

static const struct import_token *
wanted(const struct import *im, enum token_slot slot)
{
	for (size_t i = 0; i < im->n_tokens; i++)
		if (im->tokens[i].slot == slot)
			return &im->tokens[i];
	return NULL;
}

enum res
wizard_take_text(struct wizard *w, enum token_slot slot, struct span text, const char *source,
	char *note, size_t size, struct err *e)
{
	struct err why = ERR_INIT;
	struct import im;
	enum res r;

	note[0] = '\0';
	import_init(&im);
	r = import_read(&im, text, PURPOSE_COUNT, &why);
	/* known, and no token: a report, a log, a token's claims; one word may begin as anything */
	if (r == RES_UNSUPPORTED &&
		(span_starts(span_trim(text), "{") ||
			span_find(span_trim(text), ' ') != SIZE_MAX)) {
		err_set(e, r, "%s", why.text);
	} else if (r != RES_OK || is_token_itself(&im)) {
		r = RES_OK;
		wizard_give_token(w, slot, text, source);
	} else {
		import_collect_tokens(&im);
		if (!wanted(&im, slot))
			r = err_set(e, RES_NOTFOUND, "this is %s, and there is no %s token in it",
				im.taken_as, slot == SLOT_REFRESH ? "refresh" : "access");
		for (size_t i = 0; r == RES_OK && i < im.n_tokens; i++)
			if (im.tokens[i].slot == slot || slot == SLOT_ACCESS)
				wizard_give_token(w, im.tokens[i].slot,
					secret_reveal(im.tokens[i].value), source);
		if (r == RES_OK)
			text_format(note, size, _("Taken as %s: the token in it is used."),
				im.taken_as);
	}
	import_release(&im);
	return r;
}
