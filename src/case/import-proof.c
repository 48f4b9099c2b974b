/* Signatures of the tokens that came with their issuer's key set: the evidence proves itself,
 * offline. */
#include "case/import-parts.h"

#include "oauth/jose.h"
#include "oauth/url.h"

/* Does the metadata of the token's issuer name this key set, or does it lie at the issuer's own
 * host? */
static bool
is_issuers(const struct case_file *c, const struct import_exchange *x, struct span iss)
{
	struct url a, b;

	if (!iss.n || !x->request.url || !x->request.url[0])
		return false;
	if (span_eq(c->metadata.issuer, iss) && span_is(c->metadata.url[EP_JWKS], x->request.url))
		return true;
	return url_parse(&a, iss, NULL) == RES_OK &&
		url_parse(&b, span_of(x->request.url), NULL) == RES_OK && url_same_host(&a, &b);
}

static void
prove(struct case_file *c, enum token_slot slot, const struct import_exchange *x,
	const struct json *jwks)
{
	struct case_token *t = case_token(c, slot);
	const struct jws_keys keys = {jwks, c->profile.client_secret, slot == SLOT_ID};
	char why[sizeof(t->sent.sig_why)] = "";
	enum sig_state sig;

	if (!t->present || !t->value || t->sent.kind != TOKEN_JWT ||
		(t->sent.sig != SIG_NOT_CHECKED && t->sent.sig != SIG_NO_KEY))
		return;
	sig = jws_verify(secret_reveal(t->value), &keys, why, sizeof(why));
	/* another issuer's keys prove what they verify, and nothing by what they do not */
	if (sig != SIG_VALID && !is_issuers(c, x, t->sent.claims.iss))
		return;
	t->sent.sig = sig;
	memcpy(t->sent.sig_why, why, sizeof(why));
	if (!t->repaired) {
		t->info.sig = sig;
		memcpy(t->info.sig_why, why, sizeof(why));
	}
}

void
import_prove(const struct import *im, struct case_file *c)
{
	for (size_t i = 0; i < im->n; i++) {
		const struct import_exchange *x = im->x[i];
		struct json *jwks = NULL;

		if (x->purpose != PURPOSE_JWKS || x->result.response.status != 200 ||
			json_parse(&jwks, buf_span(&x->result.response.body), NULL) != RES_OK)
			continue;
		prove(c, SLOT_ACCESS, x, jwks);
		prove(c, SLOT_ID, x, jwks);
		json_free(jwks);
	}
}
