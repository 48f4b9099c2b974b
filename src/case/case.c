#include "case/case.h"

#include "base/mem.h"
#include "case/tokens.h"

static const char *const earlier_ids[] = {[EARLIER_NONE] = "none", [EARLIER_SPENT] = "spent",
	[EARLIER_REFUSED] = "refused", [EARLIER_OPEN] = "open", [EARLIER_RUNNING] = "running"};

const char *
earlier_use_id(enum earlier_use u)
{
	return earlier_ids[u];
}

bool
earlier_use_from_id(struct span id, enum earlier_use *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(earlier_ids); i++) {
		if (span_is(id, earlier_ids[i])) {
			*out = (enum earlier_use)i;
			return true;
		}
	}
	return false;
}

void
case_init(struct case_file *c)
{
	memset(c, 0, sizeof(*c));
	profile_init(&c->profile);
	metadata_init(&c->metadata);
	c->generations = xcalloc(1, sizeof(*c->generations));
	c->n_generations = 1;
	case_tokens_init(&c->generations[0]);
}

void
case_release(struct case_file *c)
{
	for (size_t i = 0; i < c->n_generations; i++)
		case_tokens_release(&c->generations[i]);
	free(c->generations);
	for (size_t i = 0; i < c->n_exchanges; i++)
		exchange_free(c->exchanges[i]);
	free(c->exchanges);
	metadata_release(&c->metadata);
	profile_release(&c->profile);
	memset(c, 0, sizeof(*c));
}

struct exchange *
case_add(struct case_file *c, struct exchange *x_take)
{
	c->exchanges = xreallocarray(c->exchanges, c->n_exchanges + 1, sizeof(struct exchange *));
	c->exchanges[c->n_exchanges++] = x_take;
	x_take->n = (uint32_t)c->n_exchanges;
	if (!x_take->imported && !x_take->token_generation && x_take->slot != SLOT_NONE &&
		x_take->slot != SLOT_MADE_UP)
		x_take->token_generation = (uint32_t)c->n_generations - 1;
	c->revision++;
	return x_take;
}

void
case_set_signature(struct case_file *c, uint32_t n, enum sig_state s, const char *why)
{
	struct answer *a;

	if (n < 1 || n > c->n_exchanges)
		return;
	a = &c->exchanges[n - 1]->answer;
	a->sig = s;
	(void)snprintf(a->sig_why, sizeof(a->sig_why), "%s", why);
	c->revision++;
}

void
case_set_checks(struct case_file *c, uint32_t n, unsigned failed, const char *why)
{
	struct exchange *x;

	if (n < 1 || n > c->n_exchanges)
		return;
	x = c->exchanges[n - 1];
	x->checks_failed = failed;
	(void)snprintf(x->checks_why, sizeof(x->checks_why), "%s", why);
	c->revision++;
}

const struct exchange *
case_exchange(const struct case_file *c, uint32_t n)
{
	return n >= 1 && n <= c->n_exchanges ? c->exchanges[n - 1] : NULL;
}

const struct exchange *
case_last(const struct case_file *c, enum purpose p, enum token_slot slot)
{
	for (size_t i = c->n_exchanges; i > 0; i--) {
		const struct exchange *x = c->exchanges[i - 1];

		if (x->purpose == p && (slot == SLOT_NONE || x->slot == slot))
			return x;
	}
	return NULL;
}

struct case_tokens *
case_tokens(const struct case_file *c)
{
	return &c->generations[c->n_generations - 1];
}

bool
case_is_empty(const struct case_file *c)
{
	const struct case_tokens *t = case_tokens(c);

	return !c->n_exchanges && !c->metadata.doc && !t->access.present && !t->refresh.present &&
		!t->id.present;
}

struct case_token *
case_token(const struct case_file *c, enum token_slot slot)
{
	struct case_tokens *t = case_tokens(c);

	switch (slot) {
	case SLOT_ACCESS:
		return &t->access;
	case SLOT_REFRESH:
		return &t->refresh;
	case SLOT_ID:
		return &t->id;
	case SLOT_NONE:
	case SLOT_MADE_UP:
		break;
	}
	return NULL;
}

/* A pasted token response holds the other tokens too: kept where none was given. */
static void
give_others(struct case_file *c, enum token_slot slot, struct span value, const char *source)
{
	static const enum token_slot all[] = {SLOT_ACCESS, SLOT_REFRESH, SLOT_ID};
	struct json *doc;
	struct case_token *t = case_token(c, slot);
	enum num_form form;

	if (json_parse(&doc, span_trim(value), NULL) != RES_OK)
		return;
	if (slot == SLOT_ACCESS) {
		int64_t seconds;
		struct span scope = json_get_str(doc, "scope");

		if (json_to_i64(json_get(doc, "expires_in"), &seconds, &form))
			t->expires_in = seconds;
		(void)snprintf(t->scope, sizeof(t->scope), "%.*s", SPAN_ARG(scope));
	}
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct span other = json_get_str(doc, token_slot_member(all[i])->name);

		if (all[i] != slot && other.n && !case_token(c, all[i])->present)
			case_give_token(c, all[i], other, source);
	}
	json_free(doc);
}

void
case_give_token(struct case_file *c, enum token_slot slot, struct span value, const char *source)
{
	struct case_token *t = case_token(c, slot);
	struct buf repaired;

	if (!t)
		return;
	case_token_release(t);
	case_token_init(t);
	t->present = true;
	token_info_read(&t->info, value);
	t->given = secret_new(value);
	buf_init_wiping(&repaired, LIMIT_TOKEN);
	t->repaired = token_repair(&repaired, value, token_slot_member(slot)->name);
	t->value = secret_new(buf_span(&repaired));
	if (t->repaired)
		token_info_read(&t->sent, buf_span(&repaired));
	else
		token_info_copy(&t->sent, &t->info);
	case_token_mask(t);
	buf_release(&repaired);
	(void)snprintf(t->source, sizeof(t->source), "%s", source ? source : "");
	c->revision++;
	if (t->info.odd & ODD_JSON)
		give_others(c, slot, value, source);
}

static void
replace_token(struct case_token *t, struct secret *value, const struct token_response *r,
	uint32_t from, int64_t wall_us, const char *source)
{
	case_token_release(t);
	case_token_init(t);
	t->present = true;
	t->given = secret_ref(value);
	t->value = secret_ref(value);
	token_info_read(&t->info, secret_reveal(value));
	token_info_copy(&t->sent, &t->info);
	case_token_mask(t);
	(void)snprintf(t->source, sizeof(t->source), "%s", source);
	(void)snprintf(t->scope, sizeof(t->scope), "%s", r->scope);
	t->obtained_wall_us = wall_us;
	t->from = from;
}

/* Empty, behind *old, the newest until now. */
static struct case_tokens *
next_generation(struct case_file *c, struct case_tokens **old)
{
	struct case_tokens *new;

	c->generations =
		xreallocarray(c->generations, c->n_generations + 1, sizeof(*c->generations));
	*old = &c->generations[c->n_generations - 1];
	new = &c->generations[c->n_generations++];
	case_tokens_init(new);
	return new;
}

void
case_add_generation(
	struct case_file *c, const struct token_response *t, uint32_t from, int64_t wall_us)
{
	struct case_tokens *old, *new = next_generation(c, &old);

	case_token_copy(&new->access, &old->access);
	case_token_copy(&new->refresh, &old->refresh);
	case_token_copy(&new->id, &old->id);
	if (t->access) {
		replace_token(&new->access, t->access, t, from, wall_us, "the refresh");
		new->access.expires_in = t->expires_in;
	}
	if (t->refresh) {
		replace_token(&new->refresh, t->refresh, t, from, wall_us, "the refresh");
		old->refresh.spent = !secret_equal(old->refresh.value, t->refresh);
	}
	if (t->id)
		replace_token(&new->id, t->id, t, from, wall_us, "the refresh");
	c->revision++;
}

void
case_add_login(struct case_file *c, const struct token_response *t, uint32_t from, int64_t wall_us,
	bool same_user)
{
	struct case_tokens *old, *new = next_generation(c, &old);

	if (t->access) {
		replace_token(&new->access, t->access, t, from, wall_us, "the login");
		new->access.expires_in = t->expires_in;
	}
	if (t->refresh)
		replace_token(&new->refresh, t->refresh, t, from, wall_us, "the login");
	else if (same_user)
		case_token_copy(&new->refresh, &old->refresh);
	if (t->id)
		replace_token(&new->id, t->id, t, from, wall_us, "the login");
	else if (same_user)
		case_token_copy(&new->id, &old->id);
	c->revision++;
}
