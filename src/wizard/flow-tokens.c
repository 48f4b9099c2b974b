/* The tokens of a login: kept first, then proven. */
#include "wizard/flow-parts.h"

#include "base/text.h"
#include "oauth/jose.h"

void
flow_take_tokens(struct flow *f, const struct token_response *t, const struct exchange *x)
{
	struct wizard *w = f->w;

	wizard_take_tokens(
		w, t, x->n, f->kind == FLOW_EXCHANGE ? TOKENS_OF_EXCHANGE : TOKENS_OF_LOGIN);
	w->n_logged_in++;
	f->token_from = x->n;
	wizard_enqueue(w, JOB_LOGIN_PROVE);
}

static bool
is_unproven(const struct case_token *t)
{
	return t->present && t->sent.kind == TOKEN_JWT &&
		(t->sent.sig == SIG_NOT_CHECKED || t->sent.sig == SIG_NO_KEY);
}

/* An ID token of this login, and no key set that proves it. */
bool
login_keys(struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_ID);

	if (!w->flow || w->flow->phase != FLOW_REDEEMING)
		return false;
	check_signatures(w);
	if (t->from == w->flow->token_from && is_unproven(t) && probe_allowed(w, PROBE_KEYS) &&
		wizard_endpoint(w, EP_JWKS).n)
		send_jwks(w);
	return false;
}

/* HMAC needs no key set (OpenID Connect Core §10.1). */
static void
check_signature(struct wizard *w, struct case_token *t)
{
	const struct jws_keys keys = {w->jwks, w->c->profile.client_secret, true};

	if (!is_unproven(t) || !t->value)
		return;
	t->sent.sig =
		jws_verify(secret_reveal(t->value), &keys, t->sent.sig_why, sizeof t->sent.sig_why);
	t->info.sig = t->sent.sig;
	memcpy(t->info.sig_why, t->sent.sig_why, sizeof t->info.sig_why);
}

/* Whose session silent authentication went on with: the user of the ID token before. */
static struct span
user_before(const struct flow *f)
{
	const struct case_file *c = f->w->c;
	const struct case_token *t;

	if (f->kind != FLOW_SILENT || c->n_generations < 2)
		return SPAN_EMPTY;
	t = &c->generations[c->n_generations - 2].id;
	return t->present ? t->sent.claims.sub : SPAN_EMPTY;
}

static unsigned
check_id_token(struct flow *f, const struct case_token *t)
{
	struct wizard *w = f->w;
	bool by_redirect = flow_is_redirect(f->kind);
	struct id_expect x = {
		.issuer = flow_issuer(f),
		.client_id = span_of(w->c->profile.client_id),
		.nonce =
			by_redirect && span_has_word(span_of(f->scope), "openid") ? f->nonce : NULL,
		.access = case_token(w->c, SLOT_ACCESS)->value,
		.code = by_redirect ? f->code : NULL,
		.same_sub = user_before(f),
		.sig = t->sent.sig,
		.now_s = w->facts.server_now_s,
		.leeway_s = w->c->profile.leeway,
	};
	struct id_result result;

	id_token_check(&result, &t->sent, &x);
	log_add(w->deps.log, result.failed ? LOG_WARN : LOG_INFO, LOGC_JWT, f->token_from,
		"ID token of the login: %d checks passed, %d failed; signature %s",
		__builtin_popcount(result.passed), __builtin_popcount(result.failed),
		sig_state_words(t->sent.sig));
	return result.failed;
}

static enum login_check
first_of(unsigned failed)
{
	int c = 0;

	while (!(failed & 1u << c))
		c++;
	return (enum login_check)c;
}

/* A client's own token, or one for another audience, is no use at the userinfo endpoint. */
bool
wizard_login_asks_user(const struct wizard *w)
{
	const struct flow *f = w->flow;

	return w->c->profile.resource_url || !f ||
		(f->kind != FLOW_CLIENT && !f->resource &&
			!(f->kind == FLOW_EXCHANGE && f->audience));
}

static bool
prove(struct wizard *w)
{
	wizard_enqueue(w, JOB_VERIFY);
	if (wizard_login_asks_user(w))
		wizard_enqueue(w, JOB_HANDLE);
	wizard_enqueue(w, JOB_PROBES);
	return false;
}

static void
conclude(struct flow *f)
{
	struct wizard *w = f->w;
	struct case_token *t = case_token(w->c, SLOT_ID);
	unsigned failed = 0;
	const char *where = *w->saved_to ? w->saved_to : _("memory only");

	facts_derive(&w->facts, w->c, w->deps.clock); /* the server's clock */
	if (t->present && t->from == f->token_from) {
		check_signature(w, t);
		failed = check_id_token(f, t);
		case_set_checks(w->c, f->token_from, failed, t->sent.sig_why);
	}
	if (failed)
		flow_fail(f, "id_token",
			"Tokens came (they are in %s), but the ID token is not valid: %s. Do not "
			"use them before you know why.",
			where, tr(login_check_wrong(first_of(failed))));
	else if (*w->kept_before)
		flow_enter(f, FLOW_DONE,
			"Logged in by %s: the new tokens are in %s; those that were there are in "
			"%s.",
			tr(flow_row(f->kind)->words), where, w->kept_before);
	else
		flow_enter(f, FLOW_DONE, "Logged in by %s: the new tokens are in %s.",
			tr(flow_row(f->kind)->words), where);
}

/* Kept, and judged: then the new tokens are verified, and user information asked for. */
bool
login_judge(struct wizard *w)
{
	if (w->flow && w->flow->phase == FLOW_REDEEMING)
		conclude(w->flow);
	return prove(w);
}

void
flow_interrupt(struct wizard *w)
{
	struct flow *f = w->flow;

	if (!f || f->id)
		return;
	if (f->phase == FLOW_REDEEMING)
		conclude(f);
	else if (f->phase == FLOW_ASKING)
		flow_enter(f, FLOW_CANCELLED, "The login was cancelled.");
}
