/* Step 4 on the screen: the query's answer, the challenge decoded, and what an application does
 * with it. */
#include "wizard/fields-rooms.h"

#include "base/text.h"
#include "base/tr.h"
#include "oauth/oautherror.h"
#include "wizard/handle.h"

static void
param_row(struct field_list *l, const struct challenge_param *p, int from)
{
	struct field *f = field_value(l, p->name, p->value, from);
	const char *meaning = tr(challenge_param_meaning(p->name));
	bool error = !strcmp(p->name, "error");

	if (error && tr(oauth_error_meaning(span_of(p->value))))
		meaning = tr(oauth_error_meaning(span_of(p->value)));
	if (meaning)
		field_mean(f, error ? STATE_PROBLEM : STATE_OK, "%s", meaning);
}

static void
challenge_rows(struct field_list *l, const struct exchange *x)
{
	const struct challenges *cs = &x->answer.challenges;

	for (size_t i = 0; i < cs->n; i++) {
		const struct challenge *ch = &cs->v[i];
		struct field *f = field_value(
			l, "challenge", *ch->scheme ? ch->scheme : _("(no scheme)"), (int)x->n);

		field_mean(f, *ch->scheme && !cs->repaired ? STATE_OK : STATE_WARNING, "%s%s",
			_("WWW-Authenticate: how the server wants to be asked"),
			!*ch->scheme
				? _("; the scheme is missing, which strict clients do not read")
				: cs->repaired
				? _("; written against the grammar, strict clients may not read it")
				: "");
		for (size_t k = 0; k < ch->n_params; k++)
			param_row(l, &ch->params[k], (int)x->n);
	}
}

/* The body often repeats what the challenge said; once is enough. */
static bool
told_by_challenge(const struct exchange *x, const struct json *member)
{
	char name[64];
	struct span said, text;

	snprintf(name, sizeof name, "%.*s", SPAN_ARG(json_name(member)));
	for (size_t i = 0; i < x->answer.challenges.n; i++) {
		said = challenge_param(&x->answer.challenges.v[i], name);
		if (said.n && json_to_span(member, &text) && span_eq(said, text))
			return true;
	}
	return false;
}

static void
body_rows(struct field_list *l, const struct exchange *x)
{
	struct buf value;

	buf_init(&value, 4096);
	for (const struct json *m = json_first(x->answer.doc); m; m = json_next(m)) {
		char key[40];
		struct field *f;

		if (told_by_challenge(x, m))
			continue;

		buf_clear(&value);
		field_json_text(m, &value);
		text_format(key, sizeof key, "%.*s", SPAN_ARG(json_name(m)));
		f = field_add(l, FIELD_VALUE, key, json_name(m), buf_span(&value), (int)x->n);
		if (tr(claim_meaning(json_name(m))))
			field_mean(f, STATE_OK, "%s", tr(claim_meaning(json_name(m))));
	}
	buf_release(&value);
}

/* What the step is for stands first: the answer that it is drawn from follows. */
static void
advice_rows(struct field_list *l, const struct wizard *w, const struct exchange *x)
{
	struct advice a;
	struct field *row;
	bool said;

	wizard_advice(w, &a);
	/* the verdict stands beside it everywhere */
	said = !strcmp(a.reason, wizard_diagnosis(w)->verdict.summary);
	field_heading(l, _("What your application should do"), "", FROM_NOWHERE);
	row = field_words(
		l, "action", _("do this"), tr(advice_words(a.kind)), x ? (int)x->n : FROM_NOWHERE);
	field_mean(row,
		a.kind == ADVICE_NONE              ? STATE_OK
			: a.kind == ADVICE_UNKNOWN ? STATE_UNDETERMINED
						   : STATE_WARNING,
		"%s", said ? "" : a.reason);
}

/* What the two say together, of the access token after the revocation. */
static void
proof_words(struct field_list *l, const struct exchange *told, const struct exchange *used)
{
	bool dead = told && told->answer.outcome == OUTCOME_INACTIVE;
	bool alive = told && told->answer.outcome == OUTCOME_SUCCESS;
	bool refused = used && used->result.response.status == 401;
	bool served = used && used->answer.outcome == OUTCOME_SUCCESS;

	if (dead && refused)
		field_note(l, STATE_OK, _("The server calls the access token inactive, and it is "
			"refused where it is used: it is revoked."));
	else if (dead && served)
		field_note(l, STATE_WARNING, _("The server calls the access token inactive, and it "
			"is accepted where it is used: there its signature alone is checked, or a "
			"copy of before, until it expires."));
	else if (alive && (refused || served))
		field_note(l, STATE_WARNING, refused
			? _("The access token is refused where it is used, and the server still "
			  "calls it active: one of the two has a copy of before.")
			: _("The access token still works everywhere: it was not revoked, or that "
			  "has not spread yet."));
}

static void
active_row(struct field_list *l, const char *key, const struct exchange *x, const char *of)
{
	const char *said = x->answer.outcome == OUTCOME_INACTIVE ? "active: false"
		: x->answer.outcome == OUTCOME_SUCCESS           ? "active: true"
								 : _("no answer to it");

	field_mean(
		field_words(l, key, _("then introspection"), said, (int)x->n), STATE_OK, "%s", of);
}

/* RFC 7009 answers 200 whatever happened: what was asked again afterwards is the proof. */
static void
revocation_rows(struct field_list *l, const struct facts *f)
{
	const struct exchange *told = f->revoked_introspection, *used = f->revoked_userinfo;
	bool refresh = f->c->revoked_slot == SLOT_REFRESH;
	struct field *row;

	if (!f->revocation)
		return;
	field_exchange_heading(l, _("Revocation"), f->revocation);
	row = field_words(l, "revoked", _("token"),
		refresh ? _("the refresh token") : _("the access token"), (int)f->revocation->n);
	field_mean(row, STATE_OK, _("sent with token_type_hint=%s_token (RFC 7009 §2.1)"),
		refresh ? "refresh" : "access");
	field_answer(l, "revocation", f->revocation);
	if (f->revoked_refresh)
		active_row(l, "refresh_introspection_after", f->revoked_refresh,
			_("of the refresh token"));
	if (told)
		active_row(l, "introspection_after", told, _("of the access token, asked again"));
	if (used) {
		row = field_words(l, "userinfo_after", _("then its use"),
			used->answer.outcome == OUTCOME_SUCCESS ? _("accepted") : _("refused"),
			(int)used->n);
		field_mean(row, STATE_OK, "HTTP %d%s%s", used->result.response.status,
			*used->answer.error ? " " : "", used->answer.error);
	}
	proof_words(l, told, used);
}

/* The whole table, the row of this answer with a mark; a row opened shows the exchange to build. */
static void
decision_rows(struct field_list *l, const struct wizard *w)
{
	size_t here = decision_here(w);

	field_heading(l, _("The decision in your application"), _("Enter on a row: sample HTTP"),
		FROM_NOWHERE);
	for (size_t i = 0; i < decision_count; i++) {
		const struct decision *d = &decisions[i];
		struct field *row = field_add(l, FIELD_VALUE, i == here ? "decision" : "",
			span_of(tr(d->answer)), span_of(tr(advice_words(d->kind))), FROM_NOWHERE);

		row->decision = (int)i + 1;
		if (i == here)
			field_mean(row, d->kind == ADVICE_NONE ? STATE_OK : STATE_WARNING, "%s",
				_("this answer"));
	}
}

void
fields_handle(struct field_list *l, const struct wizard *w, bool local)
{
	const struct facts *f = wizard_facts(w);
	const struct exchange *x;
	struct field *row;

	(void)local;
	if (!f->c)
		return;
	x = f->revoked_userinfo ? f->revoked_userinfo : f->userinfo;
	if (!x)
		field_note(l, STATE_UNDETERMINED,
			f->c->offline || f->c->as_of_wall_us
				? _("No user-information query is in what was recorded.")
				: _("The user-information query has not been sent yet."));
	revocation_rows(l, f);
	advice_rows(l, w, x);
	if (!x) {
		decision_rows(l, w);
		return;
	}
	field_exchange_heading(
		l, f->c->profile.resource_url ? _("Resource") : _("User information"), x);
	/* of a text that quotes an answer nobody knows what was asked */
	if (!x->imported || (x->request.url && *x->request.url)) {
		row = field_add(
			l, FIELD_VALUE, "url", SPAN_LIT("url"), span_of(x->request.url), (int)x->n);
		field_mean(row, STATE_OK, "%s", _("asked with the current access token"));
	}
	field_answer(l, "answer", x);
	if (x == f->userinfo)
		field_signed_answer(l, f, &f->userinfo_jwt);
	challenge_rows(l, x);
	body_rows(l, x);
	decision_rows(l, w);
}
