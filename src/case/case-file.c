#include "case/case-file.h"

#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "case/tokens.h"

/* --- out ------------------------------------------------------------------------------------ */

static void
set_masked(struct json *j, const char *name, const struct redactor *r, struct span v)
{
	struct buf b;

	buf_init_wiping(&b, 4 * LIMIT_HEADERS);
	(void)redact_text(r, &b, v);
	json_set_span(j, name, buf_span(&b));
	buf_release(&b);
}

/* "N: V" lines may carry a key of the user's. */
static struct json *
headers_json(const struct str_list *l, const struct redactor *r)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < l->n; i++) {
		struct span line = span_of(l->v[i]), name = span_sub(line, 0, span_find(line, ':'));
		struct buf b;

		buf_init_wiping(&b, 4 * LIMIT_HEADERS);
		(void)buf_add_span(&b, name);
		if (name.n < line.n) {
			(void)buf_puts(&b, ": ");
			(void)redact_header(r, &b, name, span_trim(span_from(line, name.n + 1)));
		}
		json_append_span(list, buf_span(&b));
		buf_release(&b);
	}
	return list;
}

static struct json *
plain_list(const struct str_list *l)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < l->n; i++)
		json_append_span(list, span_of(l->v[i]));
	return list;
}

static void
key_to_json(struct json *j, const struct profile *p, const struct profile_key *k,
	const struct redactor *r)
{
	const char *at = (const char *)p + k->at;
	const struct str_list *list;
	const char *text;
	int number;
	bool truth;

	switch (k->kind) {
	case KEY_BOOL:
		memcpy(&truth, at, sizeof(truth));
		json_set_bool(j, k->name, truth);
		break;
	case KEY_INT:
		memcpy(&number, at, sizeof(number));
		json_set_i64(j, k->name, number);
		break;
	case KEY_LIST:
		list = (const struct str_list *)(const void *)at;
		if (list->n)
			json_set_take(j, k->name,
				strcmp(k->name, "headers") == 0 ? headers_json(list, r)
								: plain_list(list));
		break;
	case KEY_STR:
	case KEY_URL:
	case KEY_TOKEN:
		memcpy(&text, at, sizeof(text));
		if (text && k->kind != KEY_TOKEN) /* where a token lay is nobody's business but this
						     machine's */
			set_masked(j, k->name, r, span_of(text));
		break;
	case KEY_SECRET: /* a secret's source may hold a command: neither is written */
		break;
	}
}

static struct json *
profile_json(const struct profile *p, const struct redactor *r)
{
	struct json *j = json_new_object();

	for (size_t i = 0; i < profile_key_count; i++)
		key_to_json(j, p, &profile_keys[i], r);
	return j;
}

static const char *const undone_ids[] = {
	[UNDONE_REFRESH] = "refresh",
	[UNDONE_REVOCATION] = "revocation",
};

static struct json *
undone_json(const struct case_undone *u, const struct redactor *r)
{
	struct json *j = json_new_object();

	if (u->what != UNDONE_NOTHING) {
		json_set_str(j, "what", undone_ids[u->what]);
		set_masked(j, "why", r, span_of(u->why));
		set_masked(j, "next", r, span_of(u->next));
	}
	if (*u->unsent)
		set_masked(j, "unsent", r, span_of(u->unsent));
	if (*u->unwritten) {
		set_masked(j, "unwritten", r, span_of(u->unwritten));
		set_masked(j, "kept_in", r, span_of(u->kept_in));
	}
	return j;
}

struct json *
case_head_to_json(
	const struct case_file *c, const struct case_story *story, const struct redactor *r)
{
	struct json *j = json_new_object(), *steps = json_new_object();

	json_set_str(j, "schema", CASE_SCHEMA);
	json_set_str(j, "record", "head");
	json_set_i64(j, "created", c->created_wall_us);
	json_set_i64(j, "saved", story->saved_wall_us);
	for (int s = 0; s < STEP_COUNT; s++)
		if (story->steps[s] != STATE_PENDING)
			json_set_str(steps, step_id((enum step)s), state_id(story->steps[s]));
	json_set_take(j, "steps", steps);
	json_set_take(j, "profile", profile_json(&c->profile, r));
	json_set_i64(j, "metadata_from", c->metadata_from);
	if (c->offline)
		json_set_bool(j, "offline", true);
	if (c->written_wall_us)
		json_set_i64(j, "written", c->written_wall_us);
	if (c->records_lost)
		json_set_i64(j, "records_lost", (int64_t)c->records_lost);
	if (c->own_jkt[0])
		json_set_str(j, "own_jkt", c->own_jkt);
	if (c->own_x5t_s256[0])
		json_set_str(j, "own_x5t_s256", c->own_x5t_s256);
	if (c->revoked_wall_us) {
		json_set_i64(j, "revoked", c->revoked_wall_us);
		json_set_str(j, "revoked_slot", token_slot_id(c->revoked_slot));
	}
	if (story->undone.what != UNDONE_NOTHING || *story->undone.unsent ||
		*story->undone.unwritten)
		json_set_take(j, "undone", undone_json(&story->undone, r));
	return j;
}

static struct json *
info_json(const struct token_info *t, const struct redactor *r)
{
	struct json *j = token_info_to_json(t);

	record_mask_tree(r, (struct json *)(uintptr_t)json_get(j, "header"));
	record_mask_tree(r, (struct json *)(uintptr_t)json_get(j, "payload"));
	return j;
}

/* The user asked for it: whoever has the file has the token. */
static void
set_secrets(struct json *j, const struct case_token *t)
{
	if (t->given)
		json_set_span(j, "secret", secret_reveal(t->given));
	if (t->given && t->value && t->repaired)
		json_set_span(j, "secret_sent", secret_reveal(t->value));
}

static struct json *
token_json(const struct case_token *t, const struct redactor *r, bool with_secrets)
{
	struct json *j = json_new_object();

	json_set_take(j, "info", info_json(&t->info, r));
	if (t->repaired) {
		json_set_i64(j, "repaired", t->repaired);
		json_set_take(j, "sent", info_json(&t->sent, r));
	} else if (t->sent.sig != t->info.sig) {
		json_set_take(j, "sent", info_json(&t->sent, r));
	}
	if (t->accepted)
		json_set_i64(j, "accepted", t->accepted);
	set_masked(j, "source", r, span_of(t->source));
	json_set_i64(j, "obtained", t->obtained_wall_us);
	json_set_i64(j, "expires_in", t->expires_in);
	if (t->scope[0])
		json_set_str(j, "scope", t->scope);
	json_set_i64(j, "from", t->from);
	if (t->spent)
		json_set_bool(j, "spent", true);
	if (with_secrets)
		set_secrets(j, t);
	if (t->earlier) {
		json_set_str(j, "earlier", earlier_use_id(t->earlier));
		json_set_i64(j, "earlier_at", t->earlier_wall_s);
	}
	return j;
}

struct json *
case_tokens_to_json(
	const struct case_file *c, size_t g, const struct redactor *r, bool with_secrets)
{
	const struct case_tokens *t = &c->generations[g];
	struct json *j = json_new_object();

	json_set_str(j, "record", "tokens");
	json_set_i64(j, "generation", (int64_t)g);
	if (t->access.present)
		json_set_take(j, "access", token_json(&t->access, r, with_secrets));
	if (t->refresh.present)
		json_set_take(j, "refresh", token_json(&t->refresh, r, with_secrets));
	if (t->id.present)
		json_set_take(j, "id", token_json(&t->id, r, with_secrets));
	return j;
}

static void
put_take(struct buf *out, struct json *j)
{
	(void)json_print(j, out, false);
	(void)buf_putc(out, '\n');
	json_free(j);
}

enum res
case_file_write(struct buf *out, const struct case_file *c, const struct case_story *story,
	const struct redactor *r)
{
	put_take(out, case_head_to_json(c, story, r));
	for (size_t g = 0; g < c->n_generations; g++)
		put_take(out, case_tokens_to_json(c, g, r, story->with_secrets));
	for (size_t i = 0; i < c->n_exchanges; i++) {
		struct json *j = exchange_to_json(c->exchanges[i]);

		json_set_str(j, "record", "exchange");
		put_take(out, j);
	}
	return buf_status(out);
}

/* --- in ------------------------------------------------------------------------------------- */

struct reading {
	struct case_file *c;
	struct case_story *story;
	bool head, headless; /* read; could not be */
	uint32_t metadata_from;        /* by the file's numbers */
	uint32_t numbers[LIMIT_EXCHANGES + 1]; /* the file's number to this case's; 0: lost */
};

/* A record behind the head: its kind, and a member that each of that kind has. */
static bool
is_record(struct span line)
{
	return span_starts(line, "{") &&
		((span_find_str(line, "\"record\":\"tokens\"") != SIZE_MAX &&
			 span_find_str(line, "\"generation\":") != SIZE_MAX) ||
			(span_find_str(line, "\"record\":\"exchange\"") != SIZE_MAX &&
				span_find_str(line, "\"token_generation\":") != SIZE_MAX));
}

bool
case_file_is(struct span text)
{
	struct span line;

	if (case_har_is(text))
		return true;
	text = span_trim(text);
	if (!span_next(&text, '\n', &line))
		return false;
	if (span_starts(line, "{") && span_find_str(line, "\"tokentriage.case/") != SIZE_MAX)
		return true;
	/* the head is damaged, or the line that it was cut in; or it is not there */
	return is_record(line) || (span_next(&text, '\n', &line) && is_record(line));
}

static void
key_from_json(struct profile *p, const struct profile_key *k, const struct json *v)
{
	char *at = (char *)p + k->at;
	struct span text;
	int64_t number;
	enum num_form form;
	bool truth;

	switch (k->kind) {
	case KEY_BOOL:
		if (json_to_bool(v, &truth))
			memcpy(at, &truth, sizeof(truth));
		break;
	case KEY_INT:
		if (json_to_i64(v, &number, &form) && number >= k->min && number <= k->max)
			*(int *)(void *)at = (int)number;
		break;
	case KEY_LIST:
		for (const struct json *one = json_first(v); one; one = json_next(one))
			if (json_to_span(one, &text))
				str_list_add((struct str_list *)(void *)at, text);
		break;
	case KEY_STR:
	case KEY_URL:
		if (json_to_span(v, &text)) {
			char *safe = text_safe_dup(text, LIMIT_URL);

			profile_set((char **)(void *)at, span_of(safe));
			free(safe);
		}
		break;
	case KEY_TOKEN:
	case KEY_SECRET:
		break;
	}
}

static void
read_undone(struct case_undone *u, const struct json *j)
{
	struct span what = json_get_str(j, "what");

	for (size_t i = UNDONE_REFRESH; i < ARRAY_SIZE(undone_ids); i++)
		if (span_is(what, undone_ids[i]))
			u->what = (enum undone)i;
	text_safe_into(u->why, sizeof(u->why), json_get_str(j, "why"));
	text_safe_into(u->next, sizeof(u->next), json_get_str(j, "next"));
	text_safe_into(u->unsent, sizeof(u->unsent), json_get_str(j, "unsent"));
	text_safe_into(u->unwritten, sizeof(u->unwritten), json_get_str(j, "unwritten"));
	text_safe_into(u->kept_in, sizeof(u->kept_in), json_get_str(j, "kept_in"));
}

static enum res
read_head(struct reading *r, const struct json *j, struct err *e)
{
	const struct json *steps = json_get(j, "steps"), *profile = json_get(j, "profile");
	struct case_file *c = r->c;

	if (!span_is(json_get_str(j, "schema"), CASE_SCHEMA))
		return err_set(e, RES_UNSUPPORTED,
			"this case is of another version than " CASE_SCHEMA
			", which is what is read here");
	for (size_t i = 0; i < profile_key_count; i++)
		if (json_get(profile, profile_keys[i].name))
			key_from_json(&c->profile, &profile_keys[i],
				json_get(profile, profile_keys[i].name));
	c->created_wall_us = json_i64_or(j, "created", 0);
	r->story->saved_wall_us = json_i64_or(j, "saved", 0);
	c->as_of_wall_us = r->story->saved_wall_us;
	c->offline = json_flag(j, "offline");
	c->written_wall_us = json_i64_or(j, "written", 0);
	c->records_lost = (size_t)(uint32_t)json_i64_or(j, "records_lost", 0);
	c->revoked_wall_us = json_i64_or(j, "revoked", 0);
	(void)token_slot_from_id(json_get_str(j, "revoked_slot"), &c->revoked_slot);
	text_safe_into(c->own_jkt, sizeof(c->own_jkt), json_get_str(j, "own_jkt"));
	text_safe_into(c->own_x5t_s256, sizeof(c->own_x5t_s256), json_get_str(j, "own_x5t_s256"));
	for (int s = 0; s < STEP_COUNT; s++) {
		struct span state = json_get_str(steps, step_id((enum step)s));

		if (state.n)
			r->story->steps[s] =
				span_is(state, state_id(STATE_SKIPPED)) ? STATE_SKIPPED : STATE_OK;
	}
	read_undone(&r->story->undone, json_get(j, "undone"));
	r->metadata_from = (uint32_t)json_i64_or(j, "metadata_from", 0);
	r->head = true;
	return RES_OK;
}

static void
read_secrets(struct case_token *t, const struct json *j)
{
	struct span given = json_get_str(j, "secret"), sent = json_get_str(j, "secret_sent");

	if (!given.n || given.n > LIMIT_TOKEN || sent.n > LIMIT_TOKEN)
		return;
	t->given = secret_new(given);
	t->value = secret_new(sent.n ? sent : given);
}

static enum res
read_token(struct case_token *t, const struct json *j, struct err *e)
{
	enum res r;

	if (!j)
		return RES_OK;
	case_token_release(t);
	case_token_init(t);
	r = token_info_from_json(&t->info, json_get(j, "info"), e);
	if (r == RES_OK && json_get(j, "sent"))
		r = token_info_from_json(&t->sent, json_get(j, "sent"), e);
	else if (r == RES_OK)
		token_info_copy(&t->sent, &t->info);
	if (r != RES_OK)
		return r;
	t->present = true;
	t->repaired = (unsigned)json_i64_or(j, "repaired", 0);
	t->accepted = (unsigned)json_i64_or(j, "accepted", 0);
	text_safe_into(t->source, sizeof(t->source), json_get_str(j, "source"));
	text_safe_into(t->scope, sizeof(t->scope), json_get_str(j, "scope"));
	t->obtained_wall_us = json_i64_or(j, "obtained", 0);
	t->expires_in = json_i64_or(j, "expires_in", -1);
	t->from = (uint32_t)json_i64_or(j, "from", 0);
	t->spent = json_flag(j, "spent");
	read_secrets(t, j);
	if (earlier_use_from_id(json_get_str(j, "earlier"), &t->earlier))
		t->earlier_wall_s = json_i64_or(j, "earlier_at", 0);
	return RES_OK;
}

/* Generations come in their order; one that is missing is empty. */
static enum res
read_tokens(struct reading *r, const struct json *j, struct err *e)
{
	int64_t g = json_i64_or(j, "generation", 0);
	struct case_file *c = r->c;
	enum res res;

	if (g < 0 || g > LIMIT_EXCHANGES)
		return err_set(e, RES_SYNTAX, "a generation of tokens that cannot be");
	while (c->n_generations <= (size_t)g) {
		c->generations = xreallocarray(
			c->generations, c->n_generations + 1, sizeof(*c->generations));
		case_tokens_init(&c->generations[c->n_generations++]);
	}
	res = read_token(&c->generations[g].access, json_get(j, "access"), e);
	if (res == RES_OK)
		res = read_token(&c->generations[g].refresh, json_get(j, "refresh"), e);
	if (res == RES_OK)
		res = read_token(&c->generations[g].id, json_get(j, "id"), e);
	return res;
}

static enum res
read_exchange(struct reading *r, const struct json *j, struct err *e)
{
	uint32_t number, generation;
	struct exchange *x;

	if (r->c->n_exchanges >= LIMIT_EXCHANGES)
		return err_set(e, RES_LIMIT, "more exchanges than are read");
	x = exchange_from_json(j, e);
	if (!x)
		return RES_SYNTAX;
	number = x->n;
	generation = x->token_generation;
	x->follows = r->numbers[x->follows];
	case_add(r->c, x);
	x->token_generation = generation; /* not the newest, as it is for a live one */
	r->numbers[number] = x->n;
	return RES_OK;
}

static enum res
read_record(struct reading *r, const struct json *j, struct err *e)
{
	struct span kind = json_get_str(j, "record");

	if (span_is(kind, "head"))
		return read_head(r, j, e);
	if (span_is(kind, "tokens"))
		return read_tokens(r, j, e);
	if (span_is(kind, "exchange"))
		return read_exchange(r, j, e);
	return RES_OK; /* of a later program: left out */
}

static enum res
read_line(struct reading *r, struct span line, struct err *e)
{
	struct json *j = NULL;
	enum res res = json_parse(&j, line, e);

	if (res == RES_OK && !r->head && !r->headless &&
		!span_is(json_get_str(j, "record"), "head"))
		res = err_set(e, RES_SYNTAX, "the first record is no head");
	if (j) /* what stands where the head should be is good for itself */
		res = res == RES_OK ? read_record(r, j, e) : (read_record(r, j, NULL), res);
	json_free(j);
	return res;
}

/* What refers to exchanges by the file's numbers, by this case's. */
static void
renumber(struct reading *r)
{
	struct case_file *c = r->c;

	for (size_t g = 0; g < c->n_generations; g++) {
		struct case_token *all[] = {&c->generations[g].access, &c->generations[g].refresh,
			&c->generations[g].id};

		for (size_t i = 0; i < ARRAY_SIZE(all); i++)
			all[i]->from =
				all[i]->from <= LIMIT_EXCHANGES ? r->numbers[all[i]->from] : 0;
	}
	c->metadata_from = r->metadata_from <= LIMIT_EXCHANGES ? r->numbers[r->metadata_from] : 0;
	if (c->metadata_from &&
		metadata_parse(&c->metadata,
			buf_span(&case_exchange(c, c->metadata_from)->result.response.body),
			NULL) != RES_OK)
		c->metadata_from = 0;
}

/* What the head would say, as far as the exchanges tell: when it was, and what was walked. */
static enum res
go_without_head(struct reading *r, struct err *e)
{
	struct case_file *c = r->c;

	if (!c->n_exchanges)
		return err_set(e, RES_SYNTAX, "%s",
			r->story->damaged ? r->story->first_damage : "there is no head in it");
	for (size_t i = 0; i < c->n_exchanges; i++) {
		const struct exchange *x = c->exchanges[i];
		int64_t at = x->result.answered_wall_us ? x->result.answered_wall_us
							: x->result.sent_wall_us;

		if (at > c->as_of_wall_us)
			c->as_of_wall_us = at;
		r->story->steps[x->step] = STATE_OK;
	}
	r->story->saved_wall_us = c->created_wall_us = c->as_of_wall_us;
	return RES_OK;
}

enum res
case_file_read(struct case_file *c, struct case_story *story, struct span text, struct err *e)
{
	struct reading *r;
	struct buf lines;
	struct span line;
	enum res res = RES_OK;
	int n = 0;

	memset(story, 0, sizeof(*story));
	buf_init_wiping(&lines, 2 * LIMIT_INPUT_FILE);
	if (case_har_is(text)) {
		res = case_har_to_lines(&lines, text, e);
		text = buf_span(&lines);
	}
	r = xcalloc(1, sizeof(*r));
	r->c = c;
	r->story = story;
	while (res == RES_OK && span_next(&text, '\n', &line)) {
		struct err why = ERR_INIT;
		enum res one;

		n++;
		if (!span_trim(line).n)
			continue;
		one = read_line(r, line, &why);
		if (one == RES_UNSUPPORTED && !r->head)
			res = err_set(e, one, "line %d: %s", n, why.text);
		else if (one != RES_OK && !r->head && !r->headless)
			r->headless = true;
		if (res == RES_OK && one != RES_OK) {
			if (!story->damaged++)
				text_format(story->first_damage, sizeof(story->first_damage),
					"line %d: %s", n, why.text);
		}
	}
	if (res == RES_OK && !r->head)
		res = go_without_head(r, e);
	if (res == RES_OK)
		renumber(r);
	c->records_lost += story->damaged;
	free(r);
	buf_release(&lines);
	return res;
}
