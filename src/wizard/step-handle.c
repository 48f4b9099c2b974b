/* Step 4: the user-information query with the current token; revocation and its proof. */
#include "wizard/steps.h"

#include "base/text.h"

enum { REVOKE_AGAIN_US = 2000000 };

bool
handle_ask(struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_ACCESS);

	if (t->present && t->value && secret_len(t->value) &&
		(w->c->profile.resource_url || wizard_endpoint(w, EP_USERINFO).n))
		send_userinfo(w, 0);
	return false;
}

/* Signed user information, and no key set yet (an opaque token needs none). */
bool
handle_keys(struct wizard *w)
{
	if (w->n_unproven && wants_keys(w))
		send_jwks(w);
	return false;
}

bool
wizard_can_revoke(const struct wizard *w, enum token_slot slot, char *why, size_t size)
{
	const struct case_token *t = case_token(w->c, slot);

	if (!t->present || !t->value)
		return cannot(why, size, "there is no such token in this case");
	if (slot == SLOT_REFRESH && t->earlier == EARLIER_RUNNING)
		return cannot(why, size, "another run of this program is refreshing with it");
	if (!wizard_endpoint(w, EP_REVOCATION).n && !wizard_may_discover(w))
		return cannot(why, size,
			"no revocation endpoint is known: give one, or an issuer whose metadata "
			"names one");
	if (wizard_busy(w))
		return cannot(why, size, "another request is under way");
	if (why)
		text_format(why, size, "%s",
			slot == SLOT_REFRESH ? _("the refresh token and, on most servers, every "
						 "access token of its grant will stop working")
					     : _("the access token will stop working; on some "
						 "servers its refresh token too"));
	return true;
}

enum res
wizard_revoke(struct wizard *w, enum token_slot slot, struct err *e)
{
	char why[LIMIT_MESSAGE];

	if (!wizard_can_revoke(w, slot, why, sizeof why))
		return err_set(e, RES_REFUSED, "%s", why);
	w->revoke_slot = slot;
	wizard_enqueue(w, JOB_REVOKE);
	wizard_pump(w);
	return RES_OK;
}

bool
revoke_send(struct wizard *w)
{
	if (w->by_hand)
		resend_submit(w);
	else if (wizard_endpoint(w, EP_REVOCATION).n)
		send_revocation(w, w->revoke_slot);
	else
		log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0,
			"not revoked: the issuer's metadata names no revocation endpoint");
	return false;
}

static bool
at_hand(const struct wizard *w, enum token_slot slot)
{
	const struct case_token *t = case_token(w->c, slot);

	return t->present && t->value && secret_len(t->value);
}

/* What became of the tokens: of the refresh token only introspection tells. */
static void
look_after_revocation(struct wizard *w, int64_t delay_us)
{
	bool introspects = wizard_endpoint(w, EP_INTROSPECTION).n != 0;

	if (at_hand(w, SLOT_ACCESS) && introspects)
		send_introspection(w, delay_us);
	if (w->revoke_slot == SLOT_REFRESH && at_hand(w, SLOT_REFRESH) && introspects)
		send_refresh_introspection(w, delay_us);
	if (at_hand(w, SLOT_ACCESS) &&
		(w->c->profile.resource_url || wizard_endpoint(w, EP_USERINFO).n))
		send_userinfo(w, delay_us);
}

/* RFC 7009 answers 200 whatever happened: only asking again proves something. */
bool
revoke_prove(struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_REVOCATION, SLOT_NONE);

	if (exchange_answered(x))
		look_after_revocation(w, 0);
	return false;
}

/*
 * The token that was revoked is still taken: is it for good, or do the server's copies lag behind?
 * A second look tells, once.
 */
bool
revoke_look_again(struct wizard *w)
{
	const struct facts *f = &w->facts;
	const struct exchange *refresh, *access, *user;

	wizard_derive(w);
	refresh = f->revoked_refresh;
	access = f->revoked_introspection;
	user = f->revoked_userinfo;
	if (w->probes != PROBES_NONE && f->revocation &&
		f->revocation->result.response.status == 200 &&
		(w->revoke_slot == SLOT_REFRESH ? refresh && refresh->answer.active == TRI_YES
						: (access && access->answer.active == TRI_YES) ||
					(user && user->answer.outcome == OUTCOME_SUCCESS)))
		look_after_revocation(w, REVOKE_AGAIN_US);
	wizard_enqueue(w, JOB_PROBES);
	return false;
}
