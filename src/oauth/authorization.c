#include "oauth/authorization.h"

#include "base/limits.h"
#include "base/tr.h"

static void
add(struct buf *out, const char *name, struct span value)
{
	if (value.n)
		(void)form_add(out, name, value);
}

enum res
form_add_words(struct buf *body, const char *name, struct span list)
{
	struct span word;

	while (span_word(&list, &word))
		(void)form_add(body, name, word);
	return buf_status(body);
}

enum res
auth_request_form(struct buf *out, const struct auth_request *r)
{
	(void)form_add(out, "response_type", SPAN_LIT("code"));
	add(out, "client_id", r->client_id);
	add(out, "redirect_uri", r->redirect_uri);
	add(out, "scope", r->scope);
	if (r->state)
		(void)form_add_secret(out, "state", r->state);
	if (r->nonce)
		(void)form_add_secret(out, "nonce", r->nonce);
	if (r->challenge.n) {
		add(out, "code_challenge", r->challenge);
		add(out, "code_challenge_method", SPAN_LIT("S256"));
	}
	add(out, "prompt", r->prompt);
	if (r->id_token_hint)
		(void)form_add_secret(out, "id_token_hint", r->id_token_hint);
	(void)form_add_words(out, "audience", r->audience);
	(void)form_add_words(out, "resource", r->resource);
	return buf_status(out);
}

enum res
auth_request_url(struct buf *out, struct span endpoint, struct span form)
{
	struct span base = span_sub(endpoint, 0, span_find(endpoint, '#'));
	size_t mark = span_find(base, '?');

	(void)buf_add_span(out, base);
	if (mark == SIZE_MAX)
		(void)buf_putc(out, '?');
	else if (mark + 1 < base.n && base.p[base.n - 1] != '&')
		(void)buf_putc(out, '&');
	return buf_add_span(out, form);
}

/* --- the response ------------------------------------------------------------------------- */

void
auth_response_init(struct auth_response *r)
{
	memset(r, 0, sizeof(*r));
	buf_init_wiping(&r->code, LIMIT_TOKEN);
	buf_init_wiping(&r->state, LIMIT_URL);
	buf_init(&r->iss, LIMIT_URL);
	buf_init(&r->error, LIMIT_URL);
	buf_init(&r->description, LIMIT_URL);
	buf_init(&r->error_uri, LIMIT_URL);
}

void
auth_response_release(struct auth_response *r)
{
	buf_release(&r->code);
	buf_release(&r->state);
	buf_release(&r->iss);
	buf_release(&r->error);
	buf_release(&r->description);
	buf_release(&r->error_uri);
}

static bool
counts_as(struct span pair, const char *name)
{
	return span_is(span_sub(pair, 0, span_find(pair, '=')), name);
}

static bool
is_repeated(struct span form, const char *name)
{
	struct span pair;
	size_t n = 0;

	while (span_next(&form, '&', &pair))
		n += counts_as(pair, name);
	return n > 1;
}

/* Any of the response's parameters? */
static bool
read_form(struct auth_response *out, struct span form)
{
	const struct {
		const char *name;
		struct buf *at;
	} all[] = {{"code", &out->code}, {"state", &out->state}, {"iss", &out->iss},
		{"error", &out->error}, {"error_description", &out->description},
		{"error_uri", &out->error_uri}};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		any = form_get(form, all[i].name, all[i].at) || any;
		out->repeated = out->repeated || is_repeated(form, all[i].name);
	}
	return any;
}

enum res
auth_response_read(struct auth_response *out, struct span text, struct err *e)
{
	struct span all = span_trim(text), query, fragment = SPAN_EMPTY;
	size_t hash = span_find(all, '#'), mark;

	query = span_sub(all, 0, hash);
	if (hash != SIZE_MAX)
		fragment = span_from(all, hash + 1);
	mark = span_find(query, '?');
	if (mark != SIZE_MAX)
		query = span_from(query, mark + 1);
	else if (span_find_str(query, "://") != SIZE_MAX || span_starts(query, "/"))
		query = SPAN_EMPTY;
	if (read_form(out, query))
		return RES_OK;
	out->in_fragment = true;
	if (read_form(out, fragment))
		return RES_OK;
	return err_set(e, RES_SYNTAX,
		"there is no code, error or state in it: the whole address is needed that the "
		"browser was sent to, up to its end");
}

enum auth_fault
auth_response_check(const struct auth_response *r, const struct auth_expect *x)
{
	struct secret *state;
	bool same;

	if (!r->state.len)
		return AUTH_NO_STATE;
	state = secret_new(buf_span(&r->state));
	same = secret_equal(state, x->state);
	secret_unref(state);
	if (!same)
		return AUTH_OTHER_STATE;
	if (r->repeated)
		return AUTH_REPEATED;
	if (r->iss.len && x->issuer.n && !span_eq(buf_span(&r->iss), x->issuer))
		return AUTH_OTHER_ISS;
	if (!r->iss.len && x->iss_promised)
		return AUTH_NO_ISS;
	return r->code.len || r->error.len ? AUTH_FINE : AUTH_EMPTY;
}

const char *
auth_fault_words(enum auth_fault f)
{
	switch (f) {
	case AUTH_NO_STATE:
		return N_("it has no state, so it cannot be told whose answer it is");
	case AUTH_OTHER_STATE:
		return N_("its state is not the one that was sent: it answers another login");
	case AUTH_REPEATED:
		return N_("a parameter stands in it twice");
	case AUTH_NO_ISS:
		return N_("it does not name its issuer (iss), as the server's metadata promises");
	case AUTH_OTHER_ISS:
		return N_("it names another issuer (iss) than the one that was asked");
	case AUTH_EMPTY:
		return N_("it has neither a code nor an error");
	case AUTH_FINE:
		break;
	}
	return "";
}
