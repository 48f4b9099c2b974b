/* Step 1: discovery, introspection, the key set. */
#include "wizard/steps.h"

static bool
endpoints_complete(const struct wizard *w)
{
	return wizard_endpoint(w, EP_INTROSPECTION).n && wizard_endpoint(w, EP_USERINFO).n &&
		wizard_endpoint(w, EP_TOKEN).n;
}

static bool
wants_discovery(const struct wizard *w)
{
	const struct profile *p = &w->c->profile;

	if (!p->issuer || !p->discovery || w->c->metadata.doc)
		return false;
	return probe_allowed(w, PROBE_DISCOVERY) || !endpoints_complete(w);
}

bool
verify_discovery(struct wizard *w)
{
	wizard_confirm_origins(w);
	if (wants_discovery(w))
		send_discovery(w, false);
	return false;
}

/* The OpenID location failed: RFC 8414 puts the well-known part elsewhere when the issuer has a path. */
bool
verify_discovery_oauth(struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_DISCOVERY, SLOT_NONE);

	if (wants_discovery(w) && exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS)
		send_discovery(w, true);
	return false;
}

bool
verify_ask(struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_ACCESS);

	if (t->present && t->value && secret_len(t->value) && wizard_endpoint(w, EP_INTROSPECTION).n)
		send_introspection(w, 0);
	return false;
}

/* Behind introspection, on its connection: beside it, HTTP/1.1 would pay for a second handshake. */
bool
verify_keys(struct wizard *w)
{
	if (w->jwks)
		check_signatures(w);
	if (wants_keys(w))
		send_jwks(w);
	return false;
}
