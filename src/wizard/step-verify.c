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
	/* many tokens: what was answered once is not asked again for each */
	if (w->discovered && exchange_answered(case_last(w->c, PURPOSE_DISCOVERY, SLOT_NONE)))
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

/* The OpenID location failed: RFC 8414 puts the well-known part elsewhere when the issuer has a
 * path. */
bool
verify_discovery_oauth(struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_DISCOVERY, SLOT_NONE);

	if (wants_discovery(w) && exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS)
		send_discovery(w, true);
	return false;
}

bool
wizard_may_discover(const struct wizard *w)
{
	return !w->c->offline && !w->c->as_of_wall_us && wants_discovery(w) &&
		!case_last(w->c, PURPOSE_DISCOVERY, SLOT_NONE);
}

/* A step on its own needs an address that only the metadata has; what step 1 tried in vain is not
 * tried again. */
bool
need_metadata(struct wizard *w)
{
	enum endpoint e = wizard_needs(w);

	w->discovering = !wizard_endpoint(w, e).n &&
		!(e == EP_USERINFO && w->c->profile.resource_url) && wizard_may_discover(w);
	return w->discovering ? verify_discovery(w) : false;
}

bool
need_metadata_oauth(struct wizard *w)
{
	return w->discovering ? verify_discovery_oauth(w) : false;
}

bool
verify_ask(struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_ACCESS);

	if (t->present && t->value && secret_len(t->value) &&
		wizard_endpoint(w, EP_INTROSPECTION).n)
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
