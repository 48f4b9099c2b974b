#include "case/tokens.h"

#include "base/text.h"
#include "case/case-file.h"

void
case_token_init(struct case_token *t)
{
	memset(t, 0, sizeof(*t));
	token_info_init(&t->info);
	token_info_init(&t->sent);
	t->expires_in = -1;
}

void
case_token_mask(struct case_token *t)
{
	record_mask_tree(NULL, t->info.header);
	record_mask_tree(NULL, t->info.payload);
	record_mask_tree(NULL, t->sent.header);
	record_mask_tree(NULL, t->sent.payload);
}

void
case_token_release(struct case_token *t)
{
	token_info_release(&t->info);
	token_info_release(&t->sent);
	secret_unref(t->given);
	secret_unref(t->value);
	memset(t, 0, sizeof(*t));
}

void
case_token_copy(struct case_token *dst, const struct case_token *src)
{
	case_token_release(dst);
	*dst = *src;
	token_info_init(&dst->info);
	token_info_init(&dst->sent);
	if (src->present) {
		token_info_copy(&dst->info, &src->info);
		token_info_copy(&dst->sent, &src->sent);
	}
	dst->given = secret_ref(src->given);
	dst->value = secret_ref(src->value);
}

bool
case_token_is(const struct case_token *t, struct span value)
{
	return t->value && span_eq(secret_reveal(t->value), value);
}

void
case_tokens_init(struct case_tokens *t)
{
	case_token_init(&t->access);
	case_token_init(&t->refresh);
	case_token_init(&t->id);
}

void
case_tokens_release(struct case_tokens *t)
{
	case_token_release(&t->access);
	case_token_release(&t->refresh);
	case_token_release(&t->id);
}

void
token_response_release(struct token_response *t)
{
	secret_unref(t->access);
	secret_unref(t->refresh);
	secret_unref(t->id);
	memset(t, 0, sizeof(*t));
	t->expires_in = -1;
}

static struct secret *
secret_member(const struct json *doc, const char *name)
{
	struct span v = json_get_str(doc, name);

	return v.n ? secret_new(v) : NULL;
}

enum res
token_response_read(struct token_response *out, struct span body, struct err *e)
{
	struct json *doc;
	enum num_form form;
	enum res res;

	memset(out, 0, sizeof(*out));
	out->expires_in = -1;
	res = json_parse(&doc, body, e);
	if (res != RES_OK)
		return res;
	out->access = secret_member(doc, "access_token");
	if (!out->access) {
		json_free(doc);
		return err_set(e, RES_SYNTAX, "the token response has no access_token");
	}
	out->refresh = secret_member(doc, "refresh_token");
	out->id = secret_member(doc, "id_token");
	if (!json_to_i64(json_get(doc, "expires_in"), &out->expires_in, &form))
		out->expires_in = -1;
	text_safe_into(out->scope, sizeof(out->scope), json_get_str(doc, "scope"));
	text_safe_into(out->token_type, sizeof(out->token_type), json_get_str(doc, "token_type"));
	json_free(doc);
	return RES_OK;
}

enum res
token_response_to_json(const struct token_response *t, int64_t obtained_wall_us, struct buf *out)
{
	struct json *o = json_new_object();
	enum res res;

	json_set_span(o, "access_token", secret_reveal(t->access));
	json_set_str(o, "token_type", t->token_type[0] ? t->token_type : "Bearer");
	if (t->expires_in >= 0)
		json_set_i64(o, "expires_in", t->expires_in);
	if (t->refresh)
		json_set_span(o, "refresh_token", secret_reveal(t->refresh));
	if (t->id)
		json_set_span(o, "id_token", secret_reveal(t->id));
	if (t->scope[0])
		json_set_str(o, "scope", t->scope);
	json_set_i64(o, "obtained_at", obtained_wall_us / 1000000);
	res = json_print(o, out, true);
	json_free(o);
	return res;
}
