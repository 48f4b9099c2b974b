/* Rules about time: expiry, clocks, and how times are written. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/tr.h"

static double
magnitude(double d)
{
	return d < 0 ? -d : d;
}

static const char *
by_clock(const struct facts *f)
{
	return f->skew.known ? _("by the server's clock")
		: f->c->written_wall_us  ? _("by the date of the mail")
		: !facts_by_recording(f) ? _("by the local clock")
					 : _("by the clock of the recording");
}

static void
ev_clocks(const struct facts *f, struct finding *out)
{
	char when[32];

	if (f->skew.known)
		ev(out, "server clock", f->skew.from, "%s", time_rfc3339(when, f->server_now_s));
	ev(out, fact_clock(f), FROM_CLOCK, "%s", time_rfc3339(when, f->now_s));
}

/* --- expiry ------------------------------------------------------------------------------- */

static void
fix_expired(const struct facts *f, struct finding *out)
{
	const struct case_token *r = case_token(f->c, SLOT_REFRESH);

	out->next_step = STEP_HANDLE;
	if (!f->refresh_token) {
		fix(out,
			"Log in again for a new token, or refresh it with the refresh token that "
			"came with it: none was given.");
	} else if (r->spent) {
		fix(out, "Log in again for a new token: the refresh token %s.",
			tr(case_spent_words(f->c)));
	} else if (f->refresh_exp.known && f->refresh_exp.at <= f->server_now_s) {
		fix(out, "Log in again for a new token: the refresh token has expired too.");
	} else if (fact_can_refresh(f)) {
		out->next_step = STEP_REFRESH;
		out->advice = ADVICE_REFRESH;
		fix(out, "Refresh it: step 3.");
	} else {
		fix(out, "Log in again for a new token: %s.",
			f->refresh ? _("a refresh was asked for already")
				   : _("no token endpoint is known to refresh it at"));
	}
}

enum verdict_of
rule_token_expired(const struct facts *f, struct finding *out)
{
	char when[32], ago[32];
	int64_t left;

	if (facts_remaining(f, &left)) {
		/* the server's word over the claim's: accepted is not expired
		 * (userinfo-skips-expiry looks on) */
		if (left > 0 || fact_healthy(f) || (f->active.v == TRI_YES && -left <= f->leeway_s))
			return RULE_PASS;
		ev_time(out, "exp", &f->exp);
		ev_clocks(f, out);
		if (f->active.v != TRI_UNKNOWN)
			ev(out, "active", f->active.from, "%s",
				f->active.v == TRI_YES ? "true" : "false");
		ev_answer(out, f->userinfo);
		fix_expired(f, out);
		return say(out, "The access token expired %s ago %s (exp %s).",
			time_span(ago, -left), by_clock(f), time_rfc3339(when, f->exp.at));
	}
	/* no time is known: the server's word alone */
	if (!fact_rejected(f) || f->active.v == TRI_YES || answer_hint(f->userinfo) != HINT_EXPIRED)
		return RULE_PASS;
	ev_answer(out, f->userinfo);
	ev(out, "error_description", (int)f->userinfo->n, "%s", f->userinfo->answer.description);
	fix_expired(f, out);
	return say(out, "The server says that the access token has expired (%d).",
		f->userinfo->result.response.status);
}

/* Soon is no error, but the next request may fail. */
enum verdict_of
rule_token_expires_soon(const struct facts *f, struct finding *out)
{
	char span[32];
	int64_t left, soon = 2 * f->leeway_s > 60 ? 2 * f->leeway_s : 60;

	if (!facts_remaining(f, &left) || left <= 0 || left > soon || fact_refused(f))
		return RULE_PASS;
	/* a token whose whole life is that short is meant so */
	if (f->iat.known && f->exp.at - f->iat.at <= soon)
		out->severity = SEV_INFO;
	ev_time(out, "exp", &f->exp);
	ev_clocks(f, out);
	fix_expired(f, out);
	return say(out, "The access token expires in %s %s.", time_span(span, left), by_clock(f));
}

static int64_t
begins(const struct facts *f)
{
	int64_t from = f->nbf.known ? f->nbf.at : INT64_MIN;

	return f->iat.known && f->iat.at > from ? f->iat.at : from;
}

enum verdict_of
rule_token_not_yet_valid(const struct facts *f, struct finding *out)
{
	int64_t wait = begins(f) == INT64_MIN ? 0 : begins(f) - f->server_now_s;
	bool nbf = f->nbf.known && f->nbf.at >= begins(f);
	char span[32], when[32];

	if (begins(f) == INT64_MIN && fact_rejected(f) && f->active.v != TRI_YES &&
		answer_hint(f->userinfo) == HINT_NOT_YET) {
		ev_answer(out, f->userinfo);
		ev(out, "error_description", (int)f->userinfo->n, "%s",
			f->userinfo->answer.description);
		return say(out, "The server says that the token is not valid yet (%d).",
			f->userinfo->result.response.status);
	}
	if (wait <= f->leeway_s || fact_healthy(f))
		return RULE_PASS;
	if (!nbf && !fact_refused(f)) /* iat alone forbids nothing (RFC 7519 §4.1.6) */
		return RULE_PASS;
	ev_time(out, nbf ? "nbf" : "iat", nbf ? &f->nbf : &f->iat);
	ev_clocks(f, out);
	ev_answer(out, f->userinfo);
	return say(out, "The token is valid only from %s on (%s): in %s %s.",
		time_rfc3339(when, begins(f)), nbf ? "nbf" : "iat", time_span(span, wait),
		by_clock(f));
}

/* --- clocks ------------------------------------------------------------------------------- */

enum { SKEW_WORTH = 30 };

static bool
skewed(const struct fact_skew *s)
{
	return s->known && magnitude(s->seconds) - s->error > SKEW_WORTH;
}

/* Does believing the local clock give another answer about the token than the server's? */
static bool
flips(const struct facts *f, bool *expiry)
{
	bool exp = f->exp.known && (f->exp.at <= f->now_s) != (f->exp.at <= f->server_now_s);
	bool nbf =
		begins(f) != INT64_MIN && (begins(f) > f->now_s) != (begins(f) > f->server_now_s);

	*expiry = exp;
	return exp || nbf;
}

/* How the local clock stands to the others that were read, "5 m behind the server's". */
static char *
skew_words(const struct fact_skew *s, bool servers, bool agrees, char *out, size_t size)
{
	bool behind = s->seconds > 0;
	char span[32];

	time_span(span, (int64_t)(magnitude(s->seconds) + 0.5));
	if (!servers)
		(void)snprintf(out, size,
			behind ? _("%s behind another host's") : _("%s ahead of another host's"),
			span);
	else if (!agrees)
		(void)snprintf(out, size,
			behind ? _("%s behind the server's") : _("%s ahead of the server's"), span);
	else
		(void)snprintf(out, size,
			behind ? _("%s behind the server's and another host's")
			       : _("%s ahead of the server's and another host's"),
			span);
	return out;
}

/* An assertion that asks for a token (RFC 7523 §3): who signed it took iat from its own clock. */
static enum verdict_of
signed_out_of_time(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->refresh;

	if (!exchange_answered(x) || exchange_request_known(x) || answer_hint(x) != HINT_CLOCK)
		return RULE_PASS;
	out->step = x->step;
	ev_answer(out, x);
	ev(out, "error_description", (int)x->n, "%s", x->answer.description);
	fix(out,
		"Set the clock of the machine that signs the assertion (NTP), and let exp be an "
		"hour after iat at the most, both in seconds.");
	return say_of(out, x,
		"By the server's clock, iat or exp of the signed assertion is out of its time: the "
		"clock of the machine that signs it is wrong, or it is made out for too long.");
}

enum verdict_of
rule_clock_skew_local(const struct facts *f, struct finding *out)
{
	/* when the server cannot be heard (TLS), another host's clock has to do */
	const struct fact_skew *s = f->skew.known ? &f->skew : &f->second_skew;
	char words[120];
	bool expiry, flip = flips(f, &expiry);
	bool agrees = s == &f->skew && f->second_skew.known &&
		magnitude(f->second_skew.seconds - s->seconds) < SKEW_WORTH;

	if (!skewed(s) && signed_out_of_time(f, out) == RULE_FIRES)
		return RULE_FIRES;
	if (!skewed(s) || (s == &f->skew && f->second_skew.known && !agrees))
		return RULE_PASS;
	if (!f->second_skew.known && f->iat.known && f->iat.at > f->server_now_s + f->leeway_s)
		return RULE_PASS; /* the token's own times contradict that server's clock */
	if (!flip)
		out->explains = "tls-expired-cert";
	if (!flip || fact_healthy(f) || !fact_refused(f))
		out->severity = SEV_WARNING;
	ev(out, "skew", s->from, "%+.1f s ± %.1f s (%s)", s->seconds, s->error, s->host);
	if (agrees)
		ev(out, "skew of another host", f->second_skew.from, "%+.1f s ± %.1f s (%s)",
			f->second_skew.seconds, f->second_skew.error, f->second_skew.host);
	ev_clocks(f, out);
	skew_words(s, s == &f->skew, agrees, words, sizeof(words));
	if (expiry)
		return say(out,
			"The %s is %s: by it the token is %s, by the server's it is not.",
			tr(fact_clock(f)), words,
			f->exp.at <= f->now_s ? _("expired") : _("still valid"));
	return say(out, "The %s is %s.", tr(fact_clock(f)), words);
}

enum verdict_of
rule_clock_skew_server(const struct facts *f, struct finding *out)
{
	const struct fact_skew *bad = NULL, *good = NULL;
	char words[64];

	if (skewed(&f->skew) && f->second_skew.known && !skewed(&f->second_skew)) {
		bad = &f->skew;
		good = &f->second_skew;
	} else if (f->skew.known && !skewed(&f->skew) && skewed(&f->second_skew)) {
		bad = &f->second_skew;
		good = &f->skew;
	} else if (f->skew.known && !f->second_skew.known && f->iat.known && f->access &&
		f->iat.at > f->server_now_s + f->leeway_s && f->iat.at <= f->now_s + f->leeway_s &&
		skewed(&f->skew)) {
		bad = &f->skew; /* its own token is from its future, and not from ours */
	}
	if (!bad)
		return RULE_PASS;
	if (!fact_refused(f))
		out->severity = SEV_WARNING;
	ev(out, "skew", bad->from, "%+.1f s ± %.1f s (%s)", bad->seconds, bad->error, bad->host);
	if (good)
		ev(out, "skew of another host", good->from, "%+.1f s ± %.1f s (%s)", good->seconds,
			good->error, good->host);
	ev_clocks(f, out);
	if (good)
		return say(out, "The clock of %s is wrong: %s says otherwise by %s.", bad->host,
			good->host,
			time_span(words, (int64_t)(magnitude(bad->seconds - good->seconds) + 0.5)));
	return say(out, "The clock of %s is wrong: its token was issued after the time it shows.",
		bad->host);
}

/* A few seconds: no clock is wrong, the margin is missing. */
enum verdict_of
rule_clock_skew_small(const struct facts *f, struct finding *out)
{
	char span[32];
	int64_t wait = begins(f) == INT64_MIN ? 0 : begins(f) - f->server_now_s;
	bool expiry;

	if (!f->skew.known || skewed(&f->skew) || f->leeway_s == 0)
		return RULE_PASS;
	if (wait > 1 && wait <= f->leeway_s && fact_refused(f)) {
		ev_time(out, f->nbf.known ? "nbf" : "iat", f->nbf.known ? &f->nbf : &f->iat);
		ev_clocks(f, out);
		return say(out,
			"The token begins %s later than the server's clock shows: the issuer's and "
			"the server's "
			"clocks differ a little, and no leeway is allowed.",
			time_span(span, wait));
	}
	if (magnitude(f->skew.seconds) <= f->skew.error || !flips(f, &expiry) || fact_healthy(f))
		return RULE_PASS;
	out->severity = SEV_WARNING;
	out->explains = "";
	ev(out, "skew", f->skew.from, "%+.1f s ± %.1f s", f->skew.seconds, f->skew.error);
	ev_clocks(f, out);
	return say(out,
		"The clocks differ by %s, and just that decides whether the token is valid.",
		time_span(span, (int64_t)(magnitude(f->skew.seconds) + 0.5)));
}

/* --- how times are written ---------------------------------------------------------------- */

static const char *
form_words(enum num_form form)
{
	switch (form) {
	case NUM_STRING:
		return "a string";
	case NUM_MILLISECONDS:
		return "milliseconds";
	case NUM_ISO_DATE:
		return "a date as text";
	case NUM_OTHER:
		return "no time at all";
	case NUM_ABSENT:
	case NUM_INTEGER:
	case NUM_FLOAT:
		break;
	}
	return NULL;
}

static bool
wrong_times(const struct claims *c, int from, struct finding *out)
{
	const struct {
		const char *name;
		const struct claim_time *t;
	} all[] = {{"exp", &c->exp}, {"nbf", &c->nbf}, {"iat", &c->iat}};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const char *words = form_words(all[i].t->form);

		if (!words)
			continue;
		ev(out, all[i].name, from, "%s", words);
		if (!any)
			(void)say(out,
				"The server writes %s as %s instead of seconds since 1970 (RFC "
				"7519 §2).",
				all[i].name, words);
		any = true;
	}
	return any;
}

enum verdict_of
rule_timestamp_type_wrong(const struct facts *f, struct finding *out)
{
	const struct answer *r = f->refresh ? &f->refresh->answer : NULL;

	if (f->introspected && wrong_times(f->introspected, (int)f->introspection->n, out))
		return RULE_FIRES;
	if (f->claimed && wrong_times(f->claimed, FROM_TOKEN, out))
		return RULE_FIRES;
	if (!r || !r->has_expires_in || !form_words(r->expires_in_form))
		return RULE_PASS;
	out->severity = SEV_INFO;
	out->step = STEP_REFRESH;
	ev(out, "expires_in", (int)f->refresh->n, "%s", form_words(r->expires_in_form));
	return say(out, "The server writes expires_in as %s instead of a number.",
		form_words(r->expires_in_form));
}

/* exp of the new token against expires_in of the answer that brought it. */
enum verdict_of
rule_client_expiry_math(const struct facts *f, struct finding *out)
{
	const struct case_token *t = case_token(f->c, SLOT_ACCESS);
	char a[32], b[32];
	int64_t life, off;

	if (!t->present || t->expires_in < 0 || !f->exp.known || !f->iat.known)
		return RULE_PASS;
	life = f->exp.at - f->iat.at;
	off = life > t->expires_in ? life - t->expires_in : t->expires_in - life;
	if (life <= 0 || off <= 120 || off * 10 <= life)
		return RULE_PASS;
	ev(out, "expires_in", (int)t->from, "%lld s", (long long)t->expires_in);
	ev_time(out, "exp", &f->exp);
	ev_time(out, "iat", &f->iat);
	return say(out,
		"expires_in says %s, exp and iat say %s: who counts by the wrong one refreshes too "
		"late or too often.",
		time_span(a, t->expires_in), time_span(b, life));
}
