/* Rules about answers that come as a JWT: signed introspection (RFC 9701), signed user information.
 */
#include "diagnose/rules.h"

#include "base/text.h"
#include "base/tr.h"

static void
ev_jwt(struct finding *out, const struct fact_signed *s)
{
	const struct answer *a = &s->x->answer;
	const struct json *h = a->jose_header;
	int n = (int)s->x->n;

	ev(out, "Content-Type", n, "%.*s",
		SPAN_ARG(http_header(&s->x->result.response.headers, "content-type")));
	ev(out, "header", n, "alg %.*s%s%.*s%s%.*s", SPAN_ARG(json_get_str(h, "alg")),
		json_get(h, "enc") ? ", enc " : "", SPAN_ARG(json_get_str(h, "enc")),
		json_get(h, "typ") ? ", typ " : "", SPAN_ARG(json_get_str(h, "typ")));
	ev(out, "signature", n, "%s%s%s", sig_state_words(a->sig), a->sig_why[0] ? ": " : "",
		a->sig_why);
	if (s->iss.v != TRI_UNKNOWN)
		ev_text(out, "iss", a->envelope.iss, n);
	if (s->aud.v != TRI_UNKNOWN)
		ev_text(out, "aud", a->envelope.aud[0], n);
}

static const char *
nested(const struct answer *a)
{
	return span_is_nocase(json_get_str(a->jose_header, "cty"), "jwt")
		? " with a signed one inside"
		: "";
}

static void
fix_encrypted(struct finding *out)
{
	fix(out,
		"Decrypt it with the private key that was registered for this client, or have the "
		"encryption "
		"removed from the client's registration.");
}

enum verdict_of
rule_introspection_jwt_response(const struct facts *f, struct finding *out)
{
	const struct fact_signed *s = &f->introspection_jwt;
	const struct answer *a;

	if (!s->x)
		return RULE_PASS;
	a = &s->x->answer;
	ev_jwt(out, s);
	if (a->is_encrypted) {
		fix_encrypted(out);
		return say(out,
			"The introspection answer is an encrypted JWT (RFC 9701)%s: whether the "
			"token is active "
			"can be read by its recipient alone.",
			nested(a));
	}
	return say(out, "The introspection answer is a signed JWT (RFC 9701); signature: %s%s%s.",
		tr(sig_state_words(a->sig)),
		s->typ.v == TRI_NO ? _(", and its typ is not token-introspection+jwt") : "",
		json_get(a->doc, "token_introspection")
			? ""
			: _(", and it has no member token_introspection"));
}

enum verdict_of
rule_userinfo_signed_jwt(const struct facts *f, struct finding *out)
{
	const struct fact_signed *s = &f->userinfo_jwt;

	if (!s->x || s->x->purpose != PURPOSE_USERINFO || s->x->result.response.status >= 300)
		return RULE_PASS;
	ev_jwt(out, s);
	if (s->x->answer.is_encrypted) {
		fix_encrypted(out);
		return say(out,
			"User information came as an encrypted JWT%s: a success that only the "
			"client with "
			"the private key can read.",
			nested(&s->x->answer));
	}
	return say(out,
		"User information came as a signed JWT (signature: %s): a success that clients "
		"expecting plain JSON "
		"cannot read.",
		tr(sig_state_words(s->x->answer.sig)));
}

/* --- a signed answer that its reader must refuse ------------------------------------------- */

/* Was it made with a secret that both sides share? */
static bool
is_hmac(const struct answer *a)
{
	return span_starts(json_get_str(a->jose_header, "alg"), "HS");
}

/* What is wrong with it, the gravest first. */
static enum verdict_of
complaint(const struct facts *f, const struct fact_signed *s, struct finding *out)
{
	const struct answer *a = s->x ? &s->x->answer : NULL;
	const char *words;

	if (!a || !a->is_signed || s->x->result.response.status >= 300)
		return RULE_PASS;
	words = tr(purpose_words(s->x->purpose));
	out->severity = SEV_WARNING;
	if (a->sig == SIG_BAD) {
		/* a secret may be turned into a key in ways of the server's own */
		out->severity = is_hmac(a) ? SEV_WARNING : SEV_ERROR;
		return say(out,
			"The signed answer to the %s is not right: %s. Who checks it must refuse "
			"it.",
			words, a->sig_why[0] ? a->sig_why : _("the signature does not verify"));
	}
	if (s->iss.v == TRI_NO)
		return say(out,
			"The signed answer to the %s says that it is of issuer %.*s, not of %.*s.",
			words, SPAN_ARG(a->envelope.iss), SPAN_ARG(f->expected_issuer.v));
	if (s->aud.v == TRI_NO)
		return say(out,
			"The signed answer to the %s is meant for %.*s, not for client %.*s, which "
			"asked.",
			words, SPAN_ARG(a->envelope.aud[0]), SPAN_ARG(s->for_whom));
	if (a->sig == SIG_ALG_NONE)
		return say(
			out, "The answer to the %s is a JWT that nobody signed (alg none).", words);
	if (a->sig == SIG_NO_KEY && !is_hmac(a))
		return say(out, "The signed answer to the %s cannot be checked: %s.", words,
			a->sig_why[0] ? a->sig_why : _("its key is not in the key set"));
	return RULE_PASS;
}

enum verdict_of
rule_signed_response_invalid(const struct facts *f, struct finding *out)
{
	const struct fact_signed *both[] = {&f->introspection_jwt, &f->userinfo_jwt}, *worst = NULL;
	enum severity severity = SEV_INFO;

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		if (complaint(f, both[i], out) != RULE_FIRES || out->severity <= severity)
			continue;
		worst = both[i];
		severity = out->severity;
	}
	if (!worst)
		return RULE_PASS;
	out->step = worst->x->step;
	ev_jwt(out, worst);
	return complaint(f, worst, out);
}
