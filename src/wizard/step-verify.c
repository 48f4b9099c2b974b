/* Step 1: discovery, introspection, the key set; then what the answers left open. */
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
	return w->probes != PROBES_NONE || !endpoints_complete(w);
}

bool
verify_discovery(struct wizard *w)
{
	wizard_confirm_origins(w);
	if (wants_discovery(w))
		send_discovery(w, false);
	return true;
}

/* The OpenID location failed: RFC 8414 puts the well-known part elsewhere when the issuer has a path. */
bool
verify_discovery_oauth(struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_DISCOVERY, SLOT_NONE);

	if (wants_discovery(w) && exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS)
		send_discovery(w, true);
	return true;
}

bool
verify_ask(struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_ACCESS);

	if (t->present && t->value && secret_len(t->value) && wizard_endpoint(w, EP_INTROSPECTION).n)
		send_introspection(w, false, AUTH_UNSET, false);
	return true;
}

/* Behind introspection, on its connection: beside it, HTTP/1.1 would pay for a second handshake. */
bool
verify_keys(struct wizard *w)
{
	if (w->jwks)
		check_signatures(w);
	if (wants_keys(w))
		send_jwks(w);
	return true;
}

static const struct exchange *
open_question(const struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_INTROSPECTION, SLOT_ACCESS);

	return x && x->result.response.status && x->answer.outcome != OUTCOME_SUCCESS ? x : NULL;
}

/* Is it this token, or every token?  A made-up one tells (probe ladder, row 4). */
bool
verify_probe(struct wizard *w)
{
	if (w->probes == PROBES_NONE || !open_question(w) ||
		case_last(w->c, PURPOSE_PROBE_INTROSPECTION, SLOT_NONE))
		return true;
	send_introspection(w, true, AUTH_UNSET, false);
	return true;
}

static bool
refused_client(const struct exchange *x)
{
	int s = x->result.response.status;

	return x->answer.outcome != OUTCOME_INACTIVE && (s == 400 || s == 401 || s == 403);
}

/* With consent, one try of the other method: the same secret tells the method from a wrong secret. */
bool
verify_probe_methods(struct wizard *w)
{
	const struct exchange *x = open_question(w);

	if (w->probes != PROBES_ALL || !x)
		return true;
	/* some servers hide a refused client as "inactive": do they let anyone in? */
	if (x->answer.outcome == OUTCOME_INACTIVE && x->auth != AUTH_NONE)
		send_introspection(w, true, AUTH_NONE, false);
	if (!refused_client(x))
		return true;
	if (x->auth == AUTH_BASIC && x->auth_has_reserved)
		send_introspection(w, true, AUTH_BASIC, !x->auth_raw_basic);
	if (x->auth == AUTH_BASIC)
		send_introspection(w, true, AUTH_POST, false);
	else if (x->auth == AUTH_POST)
		send_introspection(w, true, AUTH_BASIC, false);
	return true;
}
