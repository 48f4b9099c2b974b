/* Signatures: of the tokens given, and of the answers that came signed.  The key set may come
 * before or after. */
#include "wizard/steps.h"

#include "oauth/jose.h"

static void
check_token(struct wizard *w, enum token_slot slot)
{
	struct case_token *t = case_token(w->c, slot);
	const struct jws_keys keys = {w->jwks, w->c->profile.client_secret, slot == SLOT_ID};
	char *why = t->sent.sig_why;

	/* a newer key set may have the key that was missing */
	if (!t->present || !t->value || t->sent.kind != TOKEN_JWT ||
		(t->sent.sig != SIG_NOT_CHECKED && t->sent.sig != SIG_NO_KEY))
		return;
	t->sent.sig = jws_verify(secret_reveal(t->value), &keys, why, sizeof t->sent.sig_why);
	if (!t->repaired) {
		t->info.sig = t->sent.sig;
		memcpy(t->info.sig_why, why, sizeof t->info.sig_why);
	}
	log_add(w->deps.log, LOG_INFO, LOGC_JWT, 0, "signature of the %s token: %s%s%s",
		slot == SLOT_ID ? "ID" : "access", sig_state_words(t->sent.sig), *why ? ", " : "",
		why);
	w->c->revision++;
}

/* Whom the answer was made for: introspection for its caller, user information for the client. */
static const struct secret *
secret_for(const struct wizard *w, const struct exchange *x)
{
	const struct profile *p = &w->c->profile;
	bool own = purpose_endpoint(x->purpose) == EP_INTROSPECTION && p->introspection_client_id;

	return own ? p->introspection_client_secret : p->client_secret;
}

static void
check_answer(struct wizard *w, const struct signed_answer *s)
{
	const struct exchange *x = case_exchange(w->c, s->n);
	enum sig_state sig;
	char why[200] = "";

	if (!x)
		return;
	/* registered for this client, an HMAC is by its secret (OpenID Connect Core §10.1) */
	sig = jws_verify(secret_reveal(s->jwt), &(struct jws_keys){w->jwks, secret_for(w, x), true},
		why, sizeof why);
	case_set_signature(w->c, s->n, sig, why);
	log_add(w->deps.log, sig == SIG_BAD ? LOG_WARN : LOG_INFO, LOGC_JWT, s->n,
		"signature of the %s answer: %s%s%s", purpose_id(x->purpose), sig_state_words(sig),
		*why ? ", " : "", why);
}

void
check_signatures(struct wizard *w)
{
	if (w->jwks) {
		check_token(w, SLOT_ACCESS);
		check_token(w, SLOT_ID);
	}
	for (size_t i = 0; i < w->n_unproven; i++)
		check_answer(w, &w->unproven[i]);
	if (w->jwks)
		forget_signed_answers(w);
}

void
keep_signed_answer(struct wizard *w, uint32_t n, struct span body)
{
	if (w->n_unproven == ARRAY_SIZE(w->unproven)) { /* the oldest goes unproven */
		secret_unref(w->unproven[0].jwt);
		memmove(w->unproven, w->unproven + 1, --w->n_unproven * sizeof *w->unproven);
	}
	w->unproven[w->n_unproven++] = (struct signed_answer){n, secret_new(span_trim(body))};
	check_signatures(w);
}

void
forget_signed_answers(struct wizard *w)
{
	while (w->n_unproven)
		secret_unref(w->unproven[--w->n_unproven].jwt);
}

/* A token or an answer that only a key set, or a newer one than at hand, can prove? */
bool
wants_keys(const struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_ACCESS);
	const struct exchange *newest = case_exchange(w->c, (uint32_t)w->c->n_exchanges);

	if (!probe_allowed(w, PROBE_KEYS) || !wizard_endpoint(w, EP_JWKS).n)
		return false;
	if (!w->jwks)
		return w->n_unproven || (t->present && t->sent.kind == TOKEN_JWT);
	/* an unknown key may be a new one: asked for once in each walk, behind its first answer */
	return t->present && t->sent.sig == SIG_NO_KEY && newest && newest->n > w->jwks_from;
}
