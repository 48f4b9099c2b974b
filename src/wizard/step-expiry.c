/* Step 2: needs the server's clock; any answer's Date will do, and one is asked for if there is
 * none. */
#include "wizard/steps.h"

static bool
clock_known(const struct wizard *w)
{
	int64_t date;

	for (size_t i = 0; i < w->c->n_exchanges; i++)
		if (exchange_server_date(w->c->exchanges[i], &date))
			return true;
	return false;
}

static void
ask_clock(struct wizard *w)
{
	struct span url = wizard_endpoint(w, EP_USERINFO);

	if (!url.n)
		url = span_of(
			w->c->profile.issuer ? w->c->profile.issuer : w->c->profile.resource_url);
	if (url.n && probe_allowed(w, PROBE_CLOCK) && !clock_known(w))
		send_clock(w, url);
}

bool
expiry_clock(struct wizard *w)
{
	ask_clock(w);
	return false;
}

/* Refused for the dates of the certificate: the server's Date tells whose clock is wrong
 * (send_clock). */
bool
expiry_clock_unverified(struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_CLOCK, SLOT_NONE);

	if (x &&
		(x->result.error == NETERR_TLS_EXPIRED ||
			x->result.error == NETERR_TLS_NOT_YET_VALID))
		ask_clock(w);
	return false;
}
