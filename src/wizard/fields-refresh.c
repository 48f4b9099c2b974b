/* Step 3 on the screen: what must hold before a refresh, and what the refresh changed. */
#include "wizard/fields-rooms.h"

#include "base/text.h"

static void
precondition_rows(struct field_list *l, const struct wizard *w, const struct facts *f)
{
	const struct case_token *t = case_token(f->c, SLOT_REFRESH);
	const char *path;
	char why[LIMIT_MESSAGE], text[320];
	bool can = wizard_refreshable(w, why, sizeof why), asked = wizard_refreshing(w);
	struct field *row;

	field_heading(
		l, f->refresh ? "Before another refresh" : "Before a refresh", "", FROM_NOWHERE);
	row = field_words(l, "refresh_possible", "refreshable", can ? "yes" : "no", FROM_NOWHERE);
	row->offers_refresh = wizard_can_refresh(w, NULL, 0);
	field_mean(row, can ? STATE_OK : STATE_WARNING, "%s", why);
	row = field_words(l, "refresh_token", "refresh token", t->present ? t->info.mask : "none",
		FROM_TOKEN);
	if (t->present)
		row->secret = t->value;
	field_mean(row, STATE_OK, "%s", asked ? "sent: its answer is awaited, and is not cancelled"
		: t->spent ? case_spent_words(f->c) : t->from ? "came with the refresh"
		: t->present ? "not used in this case" : "");
	switch (wizard_token_place(w, &path)) {
	case PLACE_FILE:
		text_format(text, sizeof text, "%s", path);
		break;
	case PLACE_MEMORY:
		text_format(text, sizeof text, "memory only: gone when the program ends");
		break;
	case PLACE_UNCHOSEN:
	default:
		text_format(text, sizeof text, "not chosen yet");
	}
	row = field_words(l, "tokens_go_to", "new tokens to", text, FROM_NOWHERE);
	if (wizard_tokens_misplaced(w))
		field_mean(row, STATE_PROBLEM, "not written: %s",
			wizard_diagnosis(w)->step_summary[STEP_REFRESH]);
	else
		field_mean(row, STATE_OK, "%s",
			"where the new tokens are kept before anything else uses them");
}

static void
compare_text(struct field_list *l, const char *key, const char *old, const char *new, int from,
	const char *same, const char *changed)
{
	char text[900];
	struct field *row;

	if (!*old && !*new)
		return;
	if (!strcmp(old, new)) {
		field_mean(field_value(l, key, new, from), STATE_OK, "%s", same);
		return;
	}
	text_format(
		text, sizeof text, "%s → %s", *old ? old : "not stated", *new ? new : "not stated");
	row = field_value(l, key, text, from);
	field_mean(row, STATE_OK, "%s", changed);
}

static void
lifetime_text(const struct case_token *t, char out[32])
{
	const struct claims *c = &t->info.claims;

	out[0] = '\0';
	if (t->expires_in >= 0)
		time_span(out, t->expires_in);
	else if (t->info.payload && c->exp.form != NUM_ABSENT && c->iat.form != NUM_ABSENT)
		time_span(out, c->exp.at - c->iat.at);
}

static void
scope_text(const struct case_token *t, char *out, size_t size)
{
	struct buf b;

	text_format(out, size, "%s", t->scope);
	if (*out || !t->info.payload)
		return;
	buf_init(&b, size);
	if (claims_scope_text(&t->info.claims, &b) == RES_OK)
		text_format(out, size, "%s", buf_str(&b));
	buf_release(&b);
}

static void
comparison_rows(struct field_list *l, const struct facts *f)
{
	const struct case_tokens *new = &f->c->generations[f->c->n_generations - 1];
	const struct case_tokens *old = new - 1;
	int from = (int)new->access.from;
	char a[400], b[400], life_a[32], life_b[32];
	struct field *row;

	field_heading(l, "Old and new", "", from);
	compare_text(l, "access_token", old->access.info.mask, new->access.info.mask, from,
		"the server gave the same access token again", "a new access token came");
	row = field_words(l, "rotation", "refresh token",
		new->refresh.from == new->access.from ? "rotated" : "kept", from);
	field_mean(row, STATE_OK, "%s", new->refresh.from == new->access.from
		? "a new refresh token came; the old one must not be used again"
		: "no new refresh token came: the old one stays (RFC 6749 §6)");
	lifetime_text(&old->access, life_a);
	lifetime_text(&new->access, life_b);
	compare_text(
		l, "lifetime", life_a, life_b, from, "as long as before", "its life is another");
	scope_text(&old->access, a, sizeof a);
	scope_text(&new->access, b, sizeof b);
	compare_text(l, "scope", a, b, from, "the same scope", "the scope is another");
}

void
fields_refresh(struct field_list *l, const struct wizard *w, bool local)
{
	const struct facts *f = wizard_facts(w);

	if (!f->c)
		return;
	/* what came of it first; then whether another can be had */
	if (f->refresh) {
		field_exchange_heading(l, "Refresh", f->refresh);
		field_answer(l, "refresh", f->refresh);
	}
	if (f->c->n_generations > 1) {
		comparison_rows(l, f);
		field_time(l, f, "exp", &f->exp, local);
	}
	precondition_rows(l, w, f);
}
