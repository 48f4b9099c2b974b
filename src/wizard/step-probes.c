/* The probes: asks what the planner names, one after the other, as long as something is open and
 * allowed. */
#include "wizard/steps.h"

#include "base/text.h"
#include "base/tr.h"

bool
probe_allowed(const struct wizard *w, enum probe p)
{
	return (probes_of_level(w->probes) | w->consent) & probe_bit(p);
}

void
probes_new_tokens(struct wizard *w)
{
	w->asked &= probe_bit(PROBE_NO_CLIENT) | probe_bit(PROBE_RAW_BASIC) |
		probe_bit(PROBE_OTHER_METHOD) | probe_bit(PROBE_OTHER_AUDIENCE) |
		probe_bit(PROBE_MADE_UP_CODE) | probe_bit(PROBE_SECOND_CLOCK);
}

/* The same questions again, later: whatever was refused. */
static void
send_again(struct wizard *w, unsigned seconds)
{
	const struct case_token *t = case_token(w->c, SLOT_ACCESS);

	if (!t->value || !secret_len(t->value))
		return;
	if (w->facts.active.v == TRI_NO)
		send_introspection(w, (int64_t)seconds * 1000000);
	if (w->facts.userinfo && w->facts.userinfo_ok.v != TRI_YES)
		send_userinfo(w, (int64_t)seconds * 1000000);
}

/* What refused the client, asked in its name in another way. */
static void
send_as_client(struct wizard *w, enum client_auth auth, bool raw_basic)
{
	const struct exchange *refused = w->facts.doubt.refused;

	if (refused->purpose == PURPOSE_INTROSPECTION)
		send_made_up_introspection(w, auth, raw_basic);
	else
		send_made_up_code(w, EP_TOKEN, auth, raw_basic);
}

static void
send_probe(struct wizard *w, enum probe p)
{
	const struct facts *f = &w->facts;

	switch (p) {
	case PROBE_MADE_UP_INTROSPECTION:
		send_made_up_introspection(w, AUTH_UNSET, false);
		break;
	case PROBE_MADE_UP_USERINFO:
		send_userinfo_probe(w, USERINFO_MADE_UP);
		break;
	case PROBE_SECOND_CLOCK:
		send_clock(w, probe_second_clock(f));
		break;
	case PROBE_BARE:
		send_userinfo_probe(w, USERINFO_BARE);
		break;
	case PROBE_NO_CLIENT:
		send_made_up_introspection(w, AUTH_NONE, false);
		break;
	case PROBE_RAW_BASIC:
		send_as_client(w, AUTH_BASIC, !f->doubt.refused->auth_raw_basic);
		break;
	case PROBE_OTHER_METHOD:
		send_as_client(w, f->doubt.other, false);
		break;
	case PROBE_OTHER_AUDIENCE:
		w->audience = f->doubt.audience;
		if (f->doubt.assertion->purpose == PURPOSE_INTROSPECTION)
			send_made_up_introspection(w, f->doubt.assertion->auth, false);
		else
			send_made_up_code(w, EP_TOKEN, f->doubt.assertion->auth, false);
		w->audience = SPAN_EMPTY;
		break;
	case PROBE_MADE_UP_CODE:
		send_made_up_code(w, EP_INTROSPECTION, f->introspection->auth,
			f->introspection->auth_raw_basic);
		break;
	case PROBE_FORM:
		send_userinfo_probe(w, USERINFO_IN_BODY);
		break;
	case PROBE_BEARER:
		send_userinfo_probe(w, USERINFO_AS_BEARER);
		break;
	case PROBE_ISSUER_HOST:
		send_introspection_at_issuer(w);
		break;
	case PROBE_WAIT_2:
	case PROBE_WAIT_5:
		send_again(w, probe_row(p)->seconds);
		break;
	case PROBE_DISCOVERY: /* their steps ask these */
	case PROBE_KEYS:
	case PROBE_CLOCK:
	case PROBE_COUNT:
		break;
	}
}

bool
probes_ask(struct wizard *w)
{
	enum probe p;

	if (w->many)
		return false;
	wizard_derive(w);
	p = probe_next(&w->facts, &w->diagnosis, w->asked, probes_of_level(w->probes) | w->consent);
	if (p == PROBE_COUNT) {
		w->consent = 0;
		return false;
	}
	w->asked |= probe_bit(p);
	w->probing = p;
	log_add(w->deps.log, LOG_INFO, LOGC_STEP, 0, "probe %s: %s", probe_row(p)->id,
		probe_row(p)->question);
	send_probe(w, p);
	return true;
}

void
probe_cost(const struct probe_row *p, char *out, size_t size)
{
	char requests[40], time[24] = "";

	text_format(requests, sizeof(requests), P_("%u request", "%u requests", p->requests),
		p->requests);
	if (p->seconds)
		text_format(time, sizeof(time), ", %u s", p->seconds);
	text_format(out, size, "%s%s%s%s", requests, time, *p->danger ? "; " : "", tr(p->danger));
}

/* --- the caller's side -------------------------------------------------------------------- */

/* What could be asked beyond the level; nothing of a case that nobody is asked about. */
static uint32_t
open_beyond(const struct wizard *w)
{
	bool live = false;

	for (size_t i = 0; i < w->c->n_exchanges && !live; i++)
		live = !w->c->exchanges[i]->imported;
	if (!live || !w->derived || w->c->offline || w->c->as_of_wall_us)
		return 0;
	return probes_open(&w->facts, &w->diagnosis, w->asked) & ~probes_of_level(w->probes);
}

size_t
wizard_open_probes(const struct wizard *w, const struct probe_row *out[])
{
	uint32_t open = open_beyond(w);
	size_t n = 0;

	for (int p = 0; p < PROBE_COUNT; p++)
		if (open & probe_bit((enum probe)p))
			out[n++] = probe_row((enum probe)p);
	return n;
}

enum res
wizard_run_probes(struct wizard *w, struct err *e)
{
	if (wizard_busy(w))
		return err_set(e, RES_REFUSED, "another request is under way");
	w->consent = open_beyond(w);
	if (!w->consent)
		return err_set(
			e, RES_REFUSED, "nothing is open that a further question would settle");
	wizard_enqueue(w, JOB_PROBES);
	wizard_pump(w);
	return RES_OK;
}

void
probes_advise(struct wizard *w)
{
	const struct probe_row *open[WIZARD_PROBES];
	struct verdict *v = &w->diagnosis.verdict;
	char cost[LIMIT_MESSAGE];

	if (v->state != STATE_UNDETERMINED || wizard_busy(w) || !wizard_open_probes(w, open))
		return;
	probe_cost(open[0], cost, sizeof(cost));
	text_format(v->next, sizeof(v->next),
		w->many ? "Check that token alone with tokentriage check --probes %s: %s %s."
			: _("Probe further (--probes %s): %s %s."),
		open[0]->level == PROBES_SAFE ? "safe" : "all", tr(open[0]->question), cost);
	v->next_step = open[0]->step;
}
