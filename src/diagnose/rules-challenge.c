/* Rules that live by what a challenge asks for (RFC 9470), against what the login was. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/encode.h"
#include "base/tr.h"

/* What the token says of its login: introspection's word first. */
static const struct claims *
login_of(const struct facts *f, int *from)
{
	const struct claims *all[] = {f->introspected, f->claimed,
		f->id_token && f->id_token->claims.root ? &f->id_token->claims : NULL};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		*from = i ? FROM_TOKEN : f->active.from;
		if (all[i] &&
			(json_get(all[i]->root, "acr") || all[i]->auth_time.form != NUM_ABSENT))
			return all[i];
	}
	return NULL;
}

static void
ev_login(const struct facts *f, struct finding *out)
{
	char when[32];
	int from;
	const struct claims *c = login_of(f, &from);

	if (!c)
		return;
	if (json_get_str(c->root, "acr").n)
		ev_text(out, "acr", json_get_str(c->root, "acr"), from);
	if (c->auth_time.form != NUM_ABSENT && c->auth_time.form != NUM_OTHER)
		ev(out, "auth_time", from, "%s", time_rfc3339(when, c->auth_time.at));
}

/* Microsoft's claims challenge is JSON in base64; what stands in it is no secret. */
static void
ev_claims(struct finding *out, struct span claims, int from)
{
	struct json *j = NULL;
	struct buf text;

	buf_init(&text, LIMIT_HEADERS);
	if (base64_decode(&text, claims, NULL) == RES_OK &&
		json_parse(&j, buf_span(&text), NULL) == RES_OK)
		ev_text(out, "claims", buf_span(&text), from);
	else
		ev_text(out, "claims", claims, from);
	json_free(j);
	buf_release(&text);
}

/* "acr_values=mfa and max_age=300" */
static void
ask_for(char *out, size_t size, struct span acr, struct span age)
{
	(void)snprintf(out, size, "%s%.*s%s%s%.*s", acr.n ? "acr_values=" : "",
		SPAN_ARG(span_sub(acr, 0, 100)), acr.n && age.n ? _(" and ") : "",
		age.n ? "max_age=" : "", SPAN_ARG(span_sub(age, 0, 20)));
}

enum verdict_of
rule_step_up_required(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	struct span acr, age, claims;
	char ask[160], span[32];
	const struct claims *login;
	int64_t max;
	int from;

	if (!exchange_answered(x) ||
		(!answer_error_is(x, "insufficient_user_authentication") &&
			!answer_error_is(x, "insufficient_claims") &&
			answer_hint(x) != HINT_REAUTH))
		return RULE_PASS;
	acr = challenges_param(&x->answer.challenges, "acr_values");
	age = challenges_param(&x->answer.challenges, "max_age");
	claims = challenges_param(&x->answer.challenges, "claims");
	ev_answer(out, x);
	if (acr.n)
		ev_text(out, "acr_values", acr, (int)x->n);
	if (age.n)
		ev_text(out, "max_age", age, (int)x->n);
	if (claims.n)
		ev_claims(out, claims, (int)x->n);
	ev_login(f, out);
	ask_for(ask, sizeof(ask), acr, age);
	if (acr.n || age.n)
		fix(out,
			"Send the user through a login with %s, and repeat the request with the "
			"token of that login; "
			"refreshing is not enough.",
			ask);
	else if (claims.n)
		fix(out,
			"Send the user through a login with the claims parameter that the "
			"challenge has.");
	login = login_of(f, &from);
	if (age.n && span_to_i64(age, &max) == RES_OK && login &&
		login->auth_time.form != NUM_ABSENT && login->auth_time.form != NUM_OTHER &&
		f->server_now_s - login->auth_time.at > max)
		return say(out,
			"The token is accepted, but its login is %s old and this request wants one "
			"of at most "
			"%lld s%s.",
			time_span(span, f->server_now_s - login->auth_time.at), (long long)max,
			acr.n ? _(", and a stronger one") : "");
	if (claims.n && !ask[0])
		return say(out,
			"The server wants a new login for this request, with the claims that its "
			"challenge names.");
	return say(out,
		"The token is accepted, but the server wants a %s login for this request%s%s.",
		acr.n && !age.n           ? _("stronger")
			: age.n && !acr.n ? _("fresher")
					  : _("stronger or fresher"),
		ask[0] ? ": " : "", ask);
}
