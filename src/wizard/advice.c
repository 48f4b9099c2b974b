/* Step 4's decision: what the developer's application should do with this answer. */
#include "wizard/wizard.h"

#include "base/text.h"

struct advice_row {
	const char *id, *words;
};

static const struct advice_row rows[ADVICE_COUNT] = {
#define ADVICE(sym, id, words) {id, words},
#include "wizard/advice.def"
#undef ADVICE
};

const char *
advice_id(enum advice_kind k)
{
	return rows[k].id;
}

const char *
advice_words(enum advice_kind k)
{
	return rows[k].words;
}

/* Causes for which more than the token's state decides; the first that stands among the findings
 * wins. */
static const struct {
	const char *id;
	enum advice_kind kind;
} by_cause[] = {
	{"userinfo-missing-openid-scope", ADVICE_ASK_SCOPE},
	{"insufficient-scope", ADVICE_ASK_SCOPE},
	{"no-end-user-in-token", ADVICE_LOGIN},
	{"step-up-required", ADVICE_LOGIN},
	{"rate-limited", ADVICE_WAIT},
	{"server-error-5xx", ADVICE_WAIT},
	{"replication-delay", ADVICE_WAIT},
	{"token-not-yet-valid", ADVICE_WAIT},
	{"token-revoked", ADVICE_SILENT},
	{"sso-session-ended", ADVICE_LOGIN},
	{"refresh-token-expired", ADVICE_LOGIN},
	{"refresh-token-revoked", ADVICE_LOGIN},
	{"refresh-token-rotated", ADVICE_LOGIN},
	{"refresh-invalid-grant-unspecified", ADVICE_LOGIN},
	{"wrong-audience", ADVICE_CONTACT_ADMIN},
	{"client-secret-wrong", ADVICE_CONTACT_ADMIN},
	{"client-auth-method-mismatch", ADVICE_CONTACT_ADMIN},
	{"client-credentials-encoding", ADVICE_CONTACT_ADMIN},
	{"client-disabled", ADVICE_CONTACT_ADMIN},
	{"user-disabled-or-deleted", ADVICE_CONTACT_ADMIN},
	{"wrong-endpoint-path", ADVICE_CONTACT_ADMIN},
	{"discovery-issuer-mismatch", ADVICE_CONTACT_ADMIN},
	{"issuer-mismatch-hostname", ADVICE_CONTACT_ADMIN},
	{"clock-skew-local", ADVICE_CONTACT_ADMIN},
};

static bool
set(struct advice *out, enum advice_kind kind, const char *reason)
{
	out->kind = kind;
	text_format(out->reason, sizeof out->reason, "%s", reason);
	return true;
}

static bool
from_expiry(const struct wizard *w, const struct finding *f, struct advice *out)
{
	char why[LIMIT_MESSAGE];

	if (strcmp(f->rule->id, "token-expired") != 0)
		return false;
	if (wizard_refreshable(w, why, sizeof why))
		return set(out, ADVICE_REFRESH, "The token expired and a refresh token is there.");
	out->kind = ADVICE_SILENT;
	text_format(out->reason, sizeof out->reason,
		"The token expired, and it cannot be refreshed: %s.", why);
	return true;
}

static bool
from_cause(const struct finding *f, struct advice *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(by_cause); i++)
		if (!strcmp(f->rule->id, by_cause[i].id))
			return set(out, by_cause[i].kind, f->summary);
	return false;
}

void
wizard_advice(const struct wizard *w, struct advice *out)
{
	const struct diagnosis *d = wizard_diagnosis(w);
	const struct facts *f = wizard_facts(w);

	if (f->userinfo_ok.v == TRI_YES && d->verdict.state == STATE_OK) {
		set(out, ADVICE_NONE, "The token is accepted and user information came back.");
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].severity == SEV_ERROR &&
			(from_expiry(w, &d->findings[i], out) || from_cause(&d->findings[i], out)))
			return;
	if (d->n && d->findings[0].severity == SEV_ERROR)
		set(out, ADVICE_SHOW_ERROR, d->findings[0].summary);
	else
		set(out, ADVICE_UNKNOWN, "The user-information query has not been answered yet.");
}
