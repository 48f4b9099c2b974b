/* Many tokens, one after the other, at one server (bulk). */
#include "wizard/steps.h"

#include "base/mem.h"
#include "base/redact.h"

void
wizard_for_many(struct wizard *w)
{
	w->many = true;
}

/* What the server said of itself: the newest discovery, and the key set at hand. */
enum { ABOUT_METADATA, ABOUT_KEYS, ABOUT_COUNT };

static void
about_server(const struct wizard *w, uint32_t keep[ABOUT_COUNT])
{
	const struct exchange *x = case_last(w->c, PURPOSE_DISCOVERY, SLOT_NONE);

	keep[ABOUT_METADATA] = w->c->metadata_from ? w->c->metadata_from : x ? x->n : 0;
	keep[ABOUT_KEYS] = w->jwks_from;
}

void
wizard_renew(struct wizard *w)
{
	uint32_t keep[ABOUT_COUNT];

	about_server(w, keep);
	case_renew(w->c, keep, ABOUT_COUNT);
	w->jwks_from = w->jwks ? keep[ABOUT_KEYS] : 0;
	w->discovered = keep[ABOUT_METADATA] != 0;
	w->c->created_wall_us = clock_wall_us(w->deps.clock);
	forget_signed_answers(w);
	w->asked = w->consent = 0;
	memset(&w->walk, 0, sizeof(w->walk));
	w->derived = false;
}

void
wizard_adopt(struct wizard *w, const struct wizard *from)
{
	struct case_file *c = w->c;
	uint32_t keep[ABOUT_COUNT];
	uint32_t n;

	about_server(from, keep);
	n = case_copy_exchange(c, from->c, keep[ABOUT_METADATA]);
	if (n && from->c->metadata.doc && !c->metadata.doc &&
		metadata_parse(&c->metadata, buf_span(&case_exchange(c, n)->result.response.body),
			NULL) == RES_OK)
		c->metadata_from = n;
	if (from->jwks && !w->jwks) {
		w->jwks = json_dup(from->jwks);
		w->jwks_from = case_copy_exchange(c, from->c, keep[ABOUT_KEYS]);
	}
	w->discovered = n != 0;
	wizard_confirm_origins(w);
	w->derived = false;
}

bool
wizard_turn(struct wizard *w)
{
	wizard_pump(w);
	return wizard_busy(w);
}
