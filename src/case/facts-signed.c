/* Whose signature stands under what: the token's, and that of answers which came as a JWT. */
#include "case/facts.h"

static bool
is_typ(struct span typ, const char *want)
{
	if (span_starts_nocase(typ, "application/")) /* RFC 7515 §4.1.9: may be left out */
		typ = span_from(typ, 12);
	return span_is_nocase(typ, want);
}

static struct fact
states(bool known, bool fits, const struct exchange *x)
{
	return (struct fact){known ? tri_of(fits) : TRI_UNKNOWN, (int)x->n};
}

static void
derive_answer(struct fact_signed *s, const struct facts *f, const struct exchange *x,
	struct span for_whom)
{
	const struct claims *c;
	struct span typ, issuer = f->expected_issuer.v;

	if (!exchange_answered(x) || !(x->answer.is_signed || x->answer.is_encrypted))
		return;
	s->x = x;
	s->for_whom = for_whom;
	if (!x->answer.is_signed)
		return;
	c = &x->answer.envelope;
	typ = json_get_str(x->answer.jose_header, "typ");
	s->iss = states(c->iss.n && issuer.n, span_eq(c->iss, issuer), x);
	s->aud = states(c->n_aud && for_whom.n, claims_has_aud(c, for_whom), x);
	if (x->purpose == PURPOSE_INTROSPECTION)
		s->typ = states(true, is_typ(typ, "token-introspection+jwt"), x);
}

void
facts_derive_signed(struct facts *f)
{
	struct span client = span_of(f->c->profile.client_id);

	f->access_sig_from = FROM_TOKEN;
	if (exchange_answered(f->jwks) && f->access_sig != SIG_NOT_CHECKED &&
		f->access_sig != SIG_ALG_NONE && f->access_sig != SIG_ENCRYPTED)
		f->access_sig_from = (int)f->jwks->n;
	derive_answer(&f->introspection_jwt, f, f->introspection, f->caller.v);
	derive_answer(&f->userinfo_jwt, f, f->userinfo, client.n ? client : f->client_id.v);
}
