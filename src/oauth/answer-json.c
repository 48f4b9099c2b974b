/* A read answer as JSON and back: what masking hid from a second reading is kept as it was read. */
#include "oauth/answer.h"

#include "base/mem.h"
#include "base/text.h"

static const char *const outcome_ids[] = {
	[OUTCOME_NONE] = "none",
	[OUTCOME_SUCCESS] = "success",
	[OUTCOME_INACTIVE] = "inactive",
	[OUTCOME_OAUTH_ERROR] = "oauth-error",
	[OUTCOME_VENDOR_ERROR] = "vendor-error",
	[OUTCOME_REDIRECT] = "redirect",
	[OUTCOME_OTHER] = "other",
};
static_assert(ARRAY_SIZE(outcome_ids) == OUTCOME_OTHER + 1, "one id each");

static const char *const body_ids[] = {
	[BODY_EMPTY] = "empty",
	[BODY_JSON] = "json",
	[BODY_HTML] = "html",
	[BODY_XML] = "xml",
	[BODY_JWT] = "jwt",
	[BODY_JWE] = "jwe",
	[BODY_FORM] = "form",
	[BODY_GZIP] = "gzip",
	[BODY_BOM] = "bom",
	[BODY_TEXT] = "text",
	[BODY_BINARY] = "binary",
};
static_assert(ARRAY_SIZE(body_ids) == BODY_BINARY + 1, "one id each");

static const char *const form_ids[] = {
	[NUM_ABSENT] = "absent",
	[NUM_INTEGER] = "integer",
	[NUM_FLOAT] = "float",
	[NUM_STRING] = "string",
	[NUM_MILLISECONDS] = "milliseconds",
	[NUM_ISO_DATE] = "iso-date",
	[NUM_OTHER] = "other",
};
static_assert(ARRAY_SIZE(form_ids) == NUM_OTHER + 1, "one id each");

/* The texts of an answer: one list for both ways. */
#define TEXTS(X)                                                                                   \
	X(error) X(description) X(error_uri) X(vendor_code) X(error_from) X(dialect) X(sig_why) \
	X(json_error)
#define FLAGS(X)                                                                                   \
	X(is_signed) X(is_encrypted) X(active_is_string) X(has_access_token) X(has_refresh_token)  \
		X(has_id_token) X(has_expires_in)

const char *
outcome_id(enum outcome o)
{
	return outcome_ids[o];
}

static int
index_of(const char *const *ids, size_t n, struct span s)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(s, ids[i]))
			return (int)i;
	return -1;
}

static struct json *
challenges_to_json(const struct challenges *cs)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < cs->n; i++) {
		const struct challenge *c = &cs->v[i];
		struct json *one = json_new_object(), *params = json_new_array();

		json_set_str(one, "scheme", c->scheme);
		if (c->token68)
			json_set_str(one, "token68", c->token68);
		for (size_t k = 0; k < c->n_params; k++) {
			struct json *pair = json_new_array();

			json_append_span(pair, span_of(c->params[k].name));
			json_append_span(pair, span_of(c->params[k].value));
			json_append_take(params, pair);
		}
		json_set_take(one, "params", params);
		json_append_take(list, one);
	}
	return list;
}

static void
challenges_from_json(struct challenges *cs, const struct json *list)
{
	for (const struct json *j = json_first(list); j && cs->n < LIMIT_CHALLENGES;
		j = json_next(j)) {
		struct challenge *c = &cs->v[cs->n++];
		struct span token68 = json_get_str(j, "token68"), name, value;

		text_safe_into(c->scheme, sizeof(c->scheme), json_get_str(j, "scheme"));
		c->token68 = token68.n ? span_dup(token68) : NULL;
		for (const struct json *p = json_first(json_get(j, "params")); p;
			p = json_next(p)) {
			if (!json_to_span(json_first(p), &name) ||
				!json_to_span(json_next(json_first(p)), &value))
				continue;
			c->params = xreallocarray(c->params, c->n_params + 1, sizeof(*c->params));
			c->params[c->n_params++] =
				(struct challenge_param){span_dup(name), span_dup(value)};
		}
	}
}

struct json *
answer_to_json(const struct answer *a)
{
	struct json *j = json_new_object();

	json_set_str(j, "outcome", outcome_ids[a->outcome]);
	json_set_str(j, "body_kind", body_ids[a->kind]);
	if (a->active != TRI_UNKNOWN)
		json_set_bool(j, "active", a->active == TRI_YES);
#define SET(member)                                                                                \
	if (a->member[0])                                                                          \
		json_set_str(j, #member, a->member);
	TEXTS(SET)
#undef SET
#define SET(member)                                                                                \
	if (a->member)                                                                             \
		json_set_bool(j, #member, true);
	FLAGS(SET)
#undef SET
	if (a->is_signed || a->is_encrypted)
		json_set_str(j, "signature", sig_state_id(a->sig));
	if (a->has_expires_in) {
		json_set_i64(j, "expires_in", a->expires_in);
		json_set_str(j, "expires_in_form", form_ids[a->expires_in_form]);
	}
	if (a->challenges.n)
		json_set_take(j, "challenges", challenges_to_json(&a->challenges));
	if (a->challenges.repaired)
		json_set_bool(j, "challenges_repaired", true);
	if (a->doc)
		json_set_dup(j, "doc", a->doc);
	if (a->jose_header)
		json_set_dup(j, "jose_header", a->jose_header);
	return j;
}

static bool
flag(const struct json *j, const char *name)
{
	bool b;

	return json_to_bool(json_get(j, name), &b) && b;
}

enum res
answer_from_json(
	struct answer *out, enum purpose p, int status, const struct json *j, struct err *e)
{
	int outcome = index_of(outcome_ids, ARRAY_SIZE(outcome_ids), json_get_str(j, "outcome"));
	int kind = index_of(body_ids, ARRAY_SIZE(body_ids), json_get_str(j, "body_kind"));
	int form = index_of(form_ids, ARRAY_SIZE(form_ids), json_get_str(j, "expires_in_form"));
	bool active;

	answer_release(out);
	if (outcome < 0 || kind < 0)
		return err_set(
			e, RES_SYNTAX, "an answer without its outcome or the kind of its body");
	out->status = status;
	out->outcome = (enum outcome)outcome;
	out->kind = (enum body_kind)kind;
	if (json_to_bool(json_get(j, "active"), &active))
		out->active = tri_of(active);
#define GET(member) text_safe_into(out->member, sizeof(out->member), json_get_str(j, #member));
	TEXTS(GET)
#undef GET
#define GET(member) out->member = flag(j, #member);
	FLAGS(GET)
#undef GET
	(void)sig_state_from_id(json_get_str(j, "signature"), &out->sig);
	(void)json_to_i64(json_get(j, "expires_in"), &out->expires_in, NULL);
	out->expires_in_form = form < 0 ? NUM_ABSENT : (enum num_form)form;
	challenges_from_json(&out->challenges, json_get(j, "challenges"));
	out->challenges.repaired = flag(j, "challenges_repaired");
	out->doc = json_get(j, "doc") ? json_dup(json_get(j, "doc")) : NULL;
	out->jose_header = json_get(j, "jose_header") ? json_dup(json_get(j, "jose_header")) : NULL;
	answer_read_claims(out, p);
	return RES_OK;
}
