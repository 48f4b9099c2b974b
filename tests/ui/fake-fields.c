/* What the steps show of the made-up case, by its state. */
#include "ui/fake.h"

#include "base/mem.h"
#include "base/text.h"
#include "diagnose/chain.h"

void
field_list_init(struct field_list *l)
{
	memset(l, 0, sizeof(*l));
}

void
field_list_release(struct field_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].value);
		free(l->v[i].meaning);
	}
	free(l->v);
	field_list_init(l);
}

static void
row(struct field_list *l, enum field_kind kind, enum state state, int from, const char *name, const char *value,
	const char *meaning)
{
	l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n] = (struct field){kind, xstrdup(name), text_safe_dup(span_of(value), 4096), xstrdup(meaning), state,
		from, strcmp(name, "refreshable") == 0 && strcmp(value, "yes") == 0, 0, NULL, "", ""};
	if (strcmp(name, "token") == 0)
		l->v[l->n].secret = case_token(&fake.c, SLOT_ACCESS)->value;
	l->n++;
}

static bool
is_expired(void)
{
	return fake.state == FAKE_PROBLEM || fake.state == FAKE_OFFLINE;
}

/* Neither asked nor answered. */
static bool
is_early(void)
{
	return fake.state == FAKE_EMPTY || fake.state == FAKE_RUNNING;
}

static void
verify_fields(struct field_list *l, bool local)
{
	bool ok = fake.state == FAKE_OK;

	row(l, FIELD_HEADING, STATE_OK, -1, "Token", "file at.txt", "");
	row(l, FIELD_VALUE, STATE_OK, -1, "token", "opaq…[redacted 42 B, sha256:1f3a]", "an opaque token");
	if (is_early())
		return;
	row(l, FIELD_HEADING, STATE_OK, 2, "Introspection", "exchange 2 · 67 ms", "");
	row(l, FIELD_VALUE, ok ? STATE_OK : STATE_PROBLEM, 2, "active", ok ? "true" : "false",
		ok ? "the server accepts it" : "the server does not accept it");
	if (ok) {
		row(l, FIELD_VALUE, STATE_OK, 2, "exp", local ? "2026-01-31 13:04:59+01:00" : "2026-01-31 12:04:59Z",
			"expires in 4 m 59 s (local clock)");
		row(l, FIELD_VALUE, STATE_OK, 2, "iat", "2026-01-31 11:57:59Z", "2 min ago");
	} else if (fake.state != FAKE_UNDETERMINED) {
		row(l, FIELD_VALUE, STATE_OK, 2, "exp", local ? "2026-01-31 12:57:03+01:00" : "2026-01-31 11:57:03Z",
			"expired 3 m 00 s ago (server's clock)");
		row(l, FIELD_VALUE, STATE_WARNING, 2, "iat", "2026-01-31 12:00:41Z", "41 s ahead of this machine's clock");
	}
	row(l, FIELD_VALUE, STATE_OK, 2, "scope", "openid profile email offline_access", "user information may be asked for");
	row(l, FIELD_VALUE, STATE_UNDETERMINED, 2, "aud", "作業 https://api.example/with/a/rather/long/path", "not checked");
	row(l, FIELD_VALUE, STATE_OK, 2, "x-evil", "a\033[31m\r\nred", "an unknown member");
	if (!ok)
		row(l, FIELD_NOTE, STATE_WARNING, 0, "", "The claims of the token and the answer of the server do not agree "
			"about exp: the server's answer counts, because a token can be shortened after it was made.", "");
	for (int i = 0; i < 12; i++) {
		char name[24];

		snprintf(name, sizeof(name), "member_%d", i);
		row(l, FIELD_VALUE, STATE_OK, 2, name, "value", "an unknown member");
	}
}

static void
expiry_fields(struct field_list *l)
{
	int64_t wall = fake.real ? clock_wall_us(&clock_system) : clock_wall_us(&fake.clock);
	char left[32];

	row(l, FIELD_HEADING, STATE_OK, 0, "Life of the access token", "", "");
	if (!fake.exp_us) {
		row(l, FIELD_VALUE, STATE_UNDETERMINED, 0, "time left", "not known", "nothing states an expiry");
	} else if (fake.state == FAKE_OK) {
		int64_t s = (fake.exp_us - wall) / 1000000 - fake.skew_s;

		snprintf(left, sizeof(left), "%2d m %02d s", (int)(s / 60), (int)(s % 60));
		row(l, FIELD_VALUE, s < 60 ? STATE_WARNING : STATE_OK, 2, "time left", left,
			s < 60 ? "about to expire, by the local clock" : "still good, by the local clock");
	} else {
		row(l, FIELD_VALUE, STATE_PROBLEM, 2, "time left", "expired 3 min 38 s ago", "expired, by the server's clock");
	}
	row(l, FIELD_VALUE, STATE_OK, 0, "leeway", "60 s", "tolerance when times are compared; servers have one of their own");
	row(l, FIELD_HEADING, STATE_OK, 0, "Clocks", "", "");
	if (is_early())
		row(l, FIELD_VALUE, STATE_UNDETERMINED, 0, "server's clock", "not known", "no answer carried a Date header");
	else if (fake.state == FAKE_CHAIN)
		row(l, FIELD_VALUE, STATE_PROBLEM, 2, "server's clock", "2026-01-31 12:12:00Z", "the server is 12 m 00 s ahead");
	else if (is_expired())
		row(l, FIELD_VALUE, STATE_WARNING, 2, "server's clock", "2026-01-31 12:00:41Z", "the server is 41 s ahead");
	else
		row(l, FIELD_VALUE, STATE_OK, 2, "server's clock", "2026-01-31 12:00:00Z", "agrees with this machine's");
}

static void
refresh_fields(struct field_list *l)
{
	row(l, FIELD_HEADING, STATE_OK, 0, "Before a refresh", "", "");
	if (fake.state == FAKE_OFFLINE)
		row(l, FIELD_VALUE, STATE_OK, 0, "refreshable", "no", "this is a saved case: nothing is sent");
	else
		row(l, FIELD_VALUE, STATE_OK, 0, "refreshable", "yes", "a refresh token is there and was not used yet");
	if (!is_early())
		row(l, FIELD_VALUE, STATE_OK, 0, "access_token", "eyJh…[redacted 479 B, sha256:ce763d89f8035580] → "
			"eyJh…[redacted 479 B, sha256:03f5a1c09b77e2d4]", "a new access token came");
	row(l, FIELD_VALUE, STATE_OK, 0, "new tokens to", "not chosen yet",
		"where the new tokens are kept before anything else uses them");
}

/* --- what an application does: the program's own table, with a sample that is made up ------------------ */

const struct decision decisions[] = {
#define HANDLE(advice, answer, when, how, say) {ADVICE_##advice, answer, when, how, say},
#include "wizard/handle.def"
#undef HANDLE
};
const size_t decision_count = ARRAY_SIZE(decisions);

size_t
decision_here(const struct wizard *w)
{
	(void)w;
	return is_expired() ? 1 : fake.state == FAKE_OK ? 0 : decision_count;
}

void
decision_sample(const struct wizard *w, size_t at, struct buf *out)
{
	(void)w;
	(void)at;
	buf_puts(out, "POST /token HTTP/1.1\nHost: idp.example\nContent-Type: application/x-www-form-urlencoded\n\n"
		"grant_type=refresh_token&refresh_token=refr…&client_id=a-client-with-a-rather-long-name\n\n"
		"HTTP/1.1 200 OK\n");
}

static void
handle_fields(struct field_list *l)
{
	size_t here = decision_here(NULL);

	if (is_early())
		row(l, FIELD_NOTE, STATE_OK, 0, "", "The user-information query has not been sent yet.", "");
	row(l, FIELD_HEADING, STATE_OK, 0, "What your application should do", "", "");
	if (here == decision_count)
		row(l, FIELD_VALUE, STATE_UNDETERMINED, 0, "do this", advice_words(ADVICE_UNKNOWN),
			"The user-information query has not been answered yet.");
	else
		row(l, FIELD_VALUE, here ? STATE_WARNING : STATE_OK, 3, "do this", advice_words(decisions[here].kind),
			here ? "The token expired and a refresh token is there." : "");
	if (!is_early())
		row(l, FIELD_HEADING, STATE_OK, 3, "User information", "exchange 3 · 67 ms", "");
	if (fake.state == FAKE_OK)
		row(l, FIELD_VALUE, STATE_OK, 3, "status", "200", "user information came");
	else if (fake.state == FAKE_UNDETERMINED)
		row(l, FIELD_VALUE, STATE_PROBLEM, 3, "status", "no answer", "no answer within 10 s");
	else if (!is_early())
		row(l, FIELD_VALUE, STATE_PROBLEM, 3, "status", "401 invalid_token", "the token is not accepted");
	row(l, FIELD_HEADING, STATE_OK, 0, "The decision in your application", "Enter on a row: sample HTTP", "");
	for (size_t i = 0; i < decision_count; i++) {
		row(l, FIELD_VALUE, i == here ? STATE_WARNING : STATE_OK, 0, decisions[i].answer,
			advice_words(decisions[i].kind), i == here ? "this answer" : "");
		l->v[l->n - 1].decision = (int)i + 1;
	}
}

/* --- the record ---------------------------------------------------------------------------------------- */

static void
finding_fields(struct field_list *l)
{
	static const enum state states[] = {[SEV_INFO] = STATE_OK, [SEV_WARNING] = STATE_WARNING,
		[SEV_ERROR] = STATE_PROBLEM};
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(&fake.d, false, rows);
	char count[8];

	snprintf(count, sizeof(count), "%zu", n);
	row(l, FIELD_HEADING, STATE_OK, 0, "Findings", count, "");
	if (!n)
		row(l, FIELD_NOTE, STATE_OK, 0, "", is_early() ? "Nothing was looked at yet." : "Nothing was found.", "");
	for (size_t i = 0; i < n; i++) {
		row(l, FIELD_FINDING, states[rows[i].f->severity], 2, rows[i].f->rule->id, rows[i].f->summary, "");
		snprintf(l->v[l->n - 1].lead, sizeof(l->v[0].lead), "%s", rows[i].lead);
	}
}

/* Bars for the exchanges added last, and their heading. */
static void
add_bars(struct field_list *l, size_t n)
{
	static const struct exchange_bar bars[] = {
		{true, 0, {0, 0, 0, 29000, 0}, 29000},
		{true, 29000, {1000, 4000, 31000, 29000, 2000}, 67000},
		{true, 101000, {0, 0, 0, 29000, 0}, 29000},
	};

	l->v[l->n - n - 1].timed = true;
	for (size_t i = 0; i < n; i++) {
		l->v[l->n - n + i].timed = true;
		l->v[l->n - n + i].bar = bars[i];
		l->v[l->n - n + i].run_us = 130000;
	}
}

static void
debug_fields(struct field_list *l)
{
	finding_fields(l);
	row(l, FIELD_HEADING, STATE_OK, 0, "Exchanges", fake.state == FAKE_EMPTY ? "0" : is_early() ? "1" : "3", "");
	if (fake.state == FAKE_EMPTY) {
		row(l, FIELD_NOTE, STATE_OK, 0, "", "Nothing was sent yet.", "");
		return;
	}
	row(l, FIELD_VALUE, STATE_OK, 1, "1 discovery", "GET …/openid-configuration → 200", "wait 29");
	if (is_early()) {
		add_bars(l, 1);
		return;
	}
	row(l, FIELD_VALUE, STATE_OK, 2, "2 introspection", "POST /introspect → 200", "dns 1 tcp 4 tls 31 wait 29");
	if (fake.state == FAKE_OK)
		row(l, FIELD_VALUE, STATE_OK, 3, "3 userinfo", "GET /userinfo → 200", "wait 29 (connection reused)");
	else if (fake.state == FAKE_UNDETERMINED)
		row(l, FIELD_VALUE, STATE_PROBLEM, 3, "3 userinfo", "GET /userinfo → no answer within 10 s", "wait 9964");
	else
		row(l, FIELD_VALUE, STATE_PROBLEM, 3, "3 userinfo", "GET /userinfo → 401", "wait 29 (connection reused)");
	add_bars(l, 3);
}

void
step_fields(struct field_list *l, const struct wizard *w, enum step s, bool local)
{
	(void)w;
	switch (s) {
	case STEP_VERIFY:
		verify_fields(l, local);
		break;
	case STEP_EXPIRY:
		expiry_fields(l);
		break;
	case STEP_REFRESH:
		refresh_fields(l);
		break;
	case STEP_HANDLE:
		handle_fields(l);
		break;
	case STEP_DEBUG:
	case STEP_COUNT:
		debug_fields(l);
		break;
	}
}
