/* Rules about the token as it was given: its shape, its kind, its key. */
#include "diagnose/rules.h"

#include "oauth/jose.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"

static const struct case_token *
given(const struct facts *f)
{
	const struct case_token *t = case_token(f->c, SLOT_ACCESS);

	return t->present ? t : NULL;
}

/* What a server said of a login in this run comes before what it was not even told. */
static bool
login_answered(const struct facts *f)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if ((x->purpose == PURPOSE_AUTHORIZATION || x->purpose == PURPOSE_PAR ||
			    x->purpose == PURPOSE_DEVICE || x->purpose == PURPOSE_TOKEN) &&
			exchange_answered(x))
			return true;
	}
	return false;
}

/*
 * An oddity that was repaired before sending: what the servers answered is about the repaired
 * value, so it is a warning then and explains none of the answers; unsent, it is the thing to mend.
 */
static bool
odd(const struct facts *f, unsigned bits, struct finding *out)
{
	const struct case_token *t = given(f);
	char words[160];

	if (!t || !(t->info.odd & bits))
		return false;
	token_oddity_words(&t->info, words, sizeof(words));
	ev(out, "token", FROM_TOKEN, "%s", words);
	if (!(t->repaired & bits))
		return true;
	out->explains = "";
	/* the repaired value was sent, or tried to be; or a login, which does without it */
	if (f->userinfo || f->introspection || login_answered(f))
		out->severity = SEV_WARNING;
	/* what a copy puts around a token that is only looked at is no fault of the token's */
	if (f->c->offline && !(t->info.odd & bits & (ODD_BLANK_INSIDE | ODD_CONTROL | ODD_PERCENT)))
		out->severity = t->info.odd & bits & ~t->accepted ? SEV_WARNING : SEV_INFO;
	return true;
}

static const char *
repaired_words(const struct facts *f, unsigned bits)
{
	return given(f)->repaired & bits && f->c->offline
		? "; it is looked at without, the application may not do that"
		: given(f)->repaired & bits
		? "; it was repaired before sending, the application may not do that"
		: "; servers refuse it so";
}

enum verdict_of
rule_token_bearer_prefix(const struct facts *f, struct finding *out)
{
	if (!odd(f, ODD_BEARER_PREFIX, out))
		return RULE_PASS;
	return say(out,
		"The value given begins with a scheme word (as in \"Bearer \"), which is no part "
		"of the token%s.",
		repaired_words(f, ODD_BEARER_PREFIX));
}

/* The client's own library refused to send it: what it prints is that there was such a character.
 */
static const struct exchange *
unsendable(const struct facts *f)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++)
		if (f->c->exchanges[i]->result.error == NETERR_BAD_HEADER)
			return f->c->exchanges[i];
	return NULL;
}

enum verdict_of
rule_token_whitespace_or_control(const struct facts *f, struct finding *out)
{
	const unsigned bits = ODD_BLANK_EDGE | ODD_BLANK_INSIDE | ODD_CONTROL;
	const struct case_token *t = given(f);
	const struct exchange *x = unsendable(f);
	unsigned mine;
	char words[160];

	if (x && !t) {
		ev_answer(out, x);
		return say(out,
			"The client could not send its request: the token in the Authorization "
			"header has a "
			"line break or another character that no header may hold.");
	}
	if (!t)
		return RULE_PASS;
	/* the blank behind a scheme word or around a JSON object is not the token's own */
	mine = t->info.odd & (ODD_BEARER_PREFIX | ODD_JSON | ODD_PLACEHOLDER) ? ODD_CONTROL : bits;
	if (!odd(f, mine, out))
		return RULE_PASS;
	return say(out, "The token as given has %s%s.",
		token_oddity_words(&t->info, words, sizeof(words)), repaired_words(f, mine));
}

enum verdict_of
rule_token_quoted_or_json_wrapped(const struct facts *f, struct finding *out)
{
	if (given(f) && given(f)->info.odd & given(f)->accepted & ODD_JSON)
		return RULE_PASS; /* a file that holds a token response */
	if (!odd(f, ODD_QUOTED | ODD_JSON, out))
		return RULE_PASS;
	if (given(f)->info.odd & ODD_JSON)
		return say(out,
			"The value given is a JSON object, of which only the member access_token "
			"is the token%s.",
			repaired_words(f, ODD_JSON));
	return say(out, "The token as given has quotes around it, which are no part of it%s.",
		repaired_words(f, ODD_QUOTED));
}

enum verdict_of
rule_token_url_encoded(const struct facts *f, struct finding *out)
{
	if (!odd(f, ODD_PERCENT, out))
		return RULE_PASS;
	return say(out, "The token as given is percent-encoded%s.", repaired_words(f, ODD_PERCENT));
}

enum verdict_of
rule_token_truncated(const struct facts *f, struct finding *out)
{
	const struct case_token *t = given(f);
	char words[160];

	if (!t || !(t->sent.odd & ODD_TRUNCATED))
		return RULE_PASS;
	if (fact_healthy(f)) /* the server takes it: what looked cut is whole */
		return RULE_PASS;
	token_oddity_words(&t->sent, words, sizeof(words));
	ev(out, "token", FROM_TOKEN, "%s, %zu bytes", words, t->sent.len);
	if (!t->sent.sig_len || !t->sent.alg[0])
		return say(out,
			"The token is cut off: parts of the JWT are missing (%zu bytes are there).",
			t->sent.len);
	ev(out, "signature", FROM_TOKEN, "%zu bytes for %s", t->sent.sig_len, t->sent.alg);
	return say(out,
		"The token is cut off: its signature has %zu bytes, which is no whole %s "
		"signature.",
		t->sent.sig_len, t->sent.alg);
}

enum verdict_of
rule_token_malformed(const struct facts *f, struct finding *out)
{
	const unsigned bits = ODD_PLACEHOLDER | ODD_EMPTY | ODD_NOT_B64TOKEN;
	const struct case_token *t = given(f);
	char words[160];

	if (!f->access)
		return said_of_token(f, out, HINT_MALFORMED, "the token cannot be read");
	if (!t || !(t->sent.odd & bits) || fact_healthy(f))
		return RULE_PASS;
	if (t->sent.odd & ODD_PLACEHOLDER && f->c->offline && fact_token_was_read(f))
		return RULE_PASS;
	token_oddity_words(&t->sent, words, sizeof(words));
	ev(out, "token", FROM_TOKEN, "%s", words);
	if (t->sent.odd & ODD_EMPTY)
		return say(out, "The value given for the access token is empty.");
	if (t->sent.odd & ODD_PLACEHOLDER)
		return say(out, "What was given is a placeholder, not a token.");
	if (t->sent.odd & (ODD_CONTROL | ODD_BLANK_INSIDE))
		return RULE_PASS; /* token-whitespace-or-control says it better */
	return say(out, "The token has a character that no bearer token may have: %s.", words);
}

/* --- what kind of token it is ------------------------------------------------------------- */

static bool
kind_is(struct span v, const char *word)
{
	return v.n && span_contains_nocase(v, word);
}

static bool
looks_like_id_token(const struct facts *f, struct finding *out)
{
	const struct claims *c = f->claimed;

	if (f->introspected &&
		(kind_is(f->introspected->token_type, "id_token") ||
			span_is_nocase(f->introspected->token_use, "id"))) {
		ev_text(out, "token_type",
			f->introspected->token_type.n ? f->introspected->token_type
						      : f->introspected->token_use,
			(int)f->introspection->n);
		return true;
	}
	if (!c)
		return false;
	if (f->access->role == ROLE_ID) {
		if (c->typ.n)
			ev_text(out, "typ", c->typ, FROM_TOKEN);
		if (c->token_use.n)
			ev_text(out, "token_use", c->token_use, FROM_TOKEN);
		ev(out, "role", FROM_TOKEN, "%s at_hash, %s nonce",
			c->has_at_hash ? "with" : "without", c->has_nonce ? "with" : "without");
		return true;
	}
	return false;
}

enum verdict_of
rule_id_token_as_access_token(const struct facts *f, struct finding *out)
{
	if (!f->access)
		return said_of_token(
			f, out, HINT_ID_TOKEN, "this is no access token: an ID token, most likely");
	if (!looks_like_id_token(f, out))
		return RULE_PASS;
	ev_answer(out, f->userinfo);
	if (fact_healthy(f))
		out->severity = SEV_WARNING;
	if (f->claimed && f->claimed->n_aud)
		return say(out,
			"An ID token was given where an access token belongs: it tells client %.*s "
			"who logged in.",
			SPAN_ARG(f->claimed->aud[0]));
	return say(out, "An ID token was given where an access token belongs.");
}

enum verdict_of
rule_refresh_token_as_access_token(const struct facts *f, struct finding *out)
{
	const struct claims *i = f->introspected;
	bool said = i && (kind_is(i->token_type, "refresh") || kind_is(i->token_use, "refresh"));

	if (!f->access && !said)
		return said_of_token(f, out, HINT_REFRESH_TOKEN,
			"a refresh token came where an access token belongs");
	if (!f->access || (!said && f->access->role != ROLE_REFRESH))
		return RULE_PASS;
	if (said)
		ev_text(out, "token_type", i->token_type.n ? i->token_type : i->token_use,
			(int)f->introspection->n);
	else
		ev(out, "role", FROM_TOKEN, "%s %s", f->access->vendor,
			f->claimed ? "typ says refresh" : "by its prefix");
	ev_answer(out, f->userinfo);
	if (fact_healthy(f))
		return RULE_PASS;
	out->next_step = STEP_REFRESH;
	out->advice = ADVICE_REFRESH;
	return say(out, "A refresh token was given where an access token belongs.");
}

enum verdict_of
rule_encrypted_jwe_token(const struct facts *f, struct finding *out)
{
	const struct token_info *t = f->access;
	bool around = t && t->kind == TOKEN_JWT && t->nested && !t->payload;

	if (!t || (t->kind != TOKEN_JWE && !around))
		return RULE_PASS;
	ev(out, "header", FROM_TOKEN, "alg %s%s%.*s%s%.*s, %s parts", t->alg,
		json_get_str(t->header, "enc").n ? ", enc " : "",
		SPAN_ARG(json_get_str(t->header, "enc")),
		json_get_str(t->header, "cty").n ? ", cty " : "",
		SPAN_ARG(json_get_str(t->header, "cty")), around ? "three" : "five");
	if (f->exp.known) /* by those who may know: introspection, the token response */
		ev_time(out, "exp", &f->exp);
	if (around)
		return say(out,
			"The token is a signature around an encrypted one (JWE): only the server "
			"can read what "
			"is inside.");
	return say(out, "The token is encrypted (JWE)%s: only the server can read it%s.",
		t->nested ? _(", with a signed one inside") : "",
		f->exp.known ? "" : _(", its expiry is not visible here"));
}

/* An opaque token that the userinfo endpoint takes and the API does not. */
enum verdict_of
rule_opaque_vs_jwt_confusion(const struct facts *f, struct finding *out)
{
	const struct exchange *api = case_last(f->c, PURPOSE_RESOURCE, SLOT_ACCESS);
	const struct exchange *info = case_last(f->c, PURPOSE_USERINFO, SLOT_ACCESS);

	if (!f->access || (f->access->kind != TOKEN_JWT && !(api && info)))
		return said_of_token(f, out, HINT_NOT_JWT,
			"it expects a JWT, and the token is none: an opaque token, or a damaged "
			"one");
	if (!f->access || f->access->kind == TOKEN_JWT || !api || !info ||
		!exchange_token_refused(api) || info->answer.outcome != OUTCOME_SUCCESS ||
		fact_inactive(f))
		return RULE_PASS;
	ev_answer(out, api);
	ev_answer(out, info);
	return say(out,
		"The token is opaque: the userinfo endpoint takes it, and the API, which expects a "
		"JWT for its "
		"own audience, does not.");
}

/* --- key and signature -------------------------------------------------------------------- */

/* Can nobody but its own API check this token?  *why: by which of its own words. */
static bool
not_for_us(const struct facts *f, const char **why)
{
	*why = f->access->sig_why;
	return jws_not_for_us(f->access->header, f->claimed, why) ||
		f->access_sig == SIG_NOT_FOR_US;
}

static void
ev_signature(const struct facts *f, struct finding *out)
{
	ev(out, "signature", f->access_sig_from, "%s%s%s", sig_state_words(f->access_sig),
		f->access->sig_why[0] ? ": " : "", f->access->sig_why);
}

enum verdict_of
rule_token_not_locally_verifiable(const struct facts *f, struct finding *out)
{
	const char *why;
	bool theirs;

	if (!f->access || f->access->kind != TOKEN_JWT)
		return RULE_PASS;
	theirs = not_for_us(f, &why);
	if (f->access_sig != SIG_NOT_FOR_US &&
		!(f->access_sig == SIG_BAD && (theirs || fact_healthy(f))) &&
		!(theirs && fact_key_known(f) == TRI_NO))
		return RULE_PASS;
	ev_signature(f, out);
	if (theirs)
		ev(out, "token", FROM_TOKEN, "%s", why);
	return say(out,
		"The signature cannot be verified here, yet that is no sign of forgery: the token "
		"is meant for another API%s.",
		fact_healthy(f) ? _(", which accepts it") : "");
}

enum verdict_of
rule_signature_invalid(const struct facts *f, struct finding *out)
{
	const char *why;

	if (!f->access || (f->access->kind == TOKEN_JWT && f->access_sig == SIG_NOT_CHECKED))
		return said_of_token(
			f, out, HINT_SIGNATURE, "the token's signature does not verify");
	if (f->access_sig != SIG_BAD || not_for_us(f, &why) || fact_healthy(f) ||
		fact_issuer(f) == ISSUER_OTHER_TENANT)
		return RULE_PASS;
	ev(out, "kid", FROM_TOKEN, "%s", f->access->kid[0] ? f->access->kid : "none");
	ev(out, "alg", FROM_TOKEN, "%s", f->access->alg);
	ev_signature(f, out);
	if (f->access->sig_why[0])
		return say(out,
			"The token's signature is not right: %s. It was changed or cut on its way, "
			"or made "
			"with another key.",
			f->access->sig_why);
	return say(out,
		"The signature of the token does not verify with the issuer's key %s (%s): it was "
		"changed or cut.",
		f->access->kid, f->access->alg);
}

/* Did who refused the token name what comes behind the signature?  Then it has found its key. */
static bool
refused_past_signature(const struct facts *f)
{
	switch (fact_rejected(f) ? answer_hint(f->userinfo) : HINT_NONE) {
	case HINT_OPENID:
	case HINT_SCOPE:
	case HINT_AUDIENCE:
	case HINT_SESSION:
	case HINT_USER_GONE:
	case HINT_NO_USER:
	case HINT_REVOKED:
	case HINT_STALE:
		return true;
	default:
		return false;
	}
}

/* A set without any keys tells nothing of this one, unless who refused the token missed it. */
static enum verdict_of
no_keys_at_all(const struct facts *f, struct finding *out)
{
	if (json_count(json_get(f->jwks->answer.doc, "keys")) ||
		(exchange_answered(f->userinfo) && answer_hint(f->userinfo) == HINT_KEY))
		return RULE_PASS;
	out->severity = SEV_WARNING;
	out->explains = "";
	return say(out,
		"The issuer's key set is empty: whoever checks its tokens by it refuses them all; "
		"whether that is so here, the answers do not say.");
}

enum verdict_of
rule_jwks_unknown_kid(const struct facts *f, struct finding *out)
{
	const char *why;
	char when[32];

	if (!f->access || (f->access->kind == TOKEN_JWT && fact_key_known(f) == TRI_UNKNOWN))
		return said_of_token(f, out, HINT_KEY, "it has no key for the token's kid");
	if (fact_key_known(f) != TRI_NO || not_for_us(f, &why))
		return RULE_PASS;
	ev(out, "kid", FROM_TOKEN, "%s", f->access->kid);
	ev(out, "keys", (int)f->jwks->n, "%zu, none of that kid",
		json_count(json_get(f->jwks->answer.doc, "keys")));
	if (f->iat.known) {
		ev_time(out, "iat", &f->iat);
		time_rfc3339(when, f->iat.at);
	}
	if (f->access_sig == SIG_VALID) { /* a key of the set without a name verified it */
		out->severity = SEV_INFO;
		return say(out,
			"The token names the key %s, which the key set does not have; one of its "
			"keys "
			"verifies the token all the same.",
			f->access->kid);
	}
	if (fact_healthy(f) || (f->active.v == TRI_YES && !fact_rejected(f))) {
		out->severity = SEV_INFO;
		return say(out,
			"The token's key %s is not in the key set, but the server accepts the "
			"token: it is meant for "
			"another audience.",
			f->access->kid);
	}
	if (no_keys_at_all(f, out) == RULE_FIRES)
		return RULE_FIRES;
	if (refused_past_signature(f)) {
		out->severity = SEV_WARNING;
		out->explains = "";
		ev_answer(out, f->userinfo);
		return say(out,
			"The token's key %s is not in the key set; who refused the token did not "
			"miss it and names another reason.",
			f->access->kid);
	}
	return say(out,
		"The token was signed with key %s, which the issuer's key set does not have: "
		"another server signed "
		"it, or the key was retired%s%s.",
		f->access->kid, f->iat.known ? _(" after the token was issued at ") : "",
		f->iat.known ? when : "");
}

/* The key is there now, and the API says it is not: its copy of the key set is old. */
enum verdict_of
rule_jwks_stale_cache(const struct facts *f, struct finding *out)
{
	if (!f->access || !exchange_token_refused(f->userinfo) || fact_inactive(f) ||
		fact_expired(f) || answer_hint(f->userinfo) != HINT_KEY ||
		fact_key_known(f) != TRI_YES || f->access_sig == SIG_BAD)
		return RULE_PASS;
	ev_answer(out, f->userinfo);
	ev(out, "error_description", (int)f->userinfo->n, "%s", f->userinfo->answer.description);
	ev(out, "kid", (int)f->jwks->n, "%s, in the key set", f->access->kid);
	return say(out,
		"The API does not know key %s, which the issuer's key set has: it works with an "
		"old copy.",
		f->access->kid);
}

enum verdict_of
rule_alg_mismatch(const struct facts *f, struct finding *out)
{
	const struct json *key;
	char why[96];

	if (!f->access)
		return said_of_token(
			f, out, HINT_ALG, "the token is signed with an algorithm it does not take");
	if (f->access->kind != TOKEN_JWT)
		return RULE_PASS;
	if (f->access_sig == SIG_ALG_NONE || !strcmp(f->access->alg, "none")) {
		ev(out, "alg", FROM_TOKEN, "none");
		return say(out,
			"The token is not signed at all (alg none): no server should take it.");
	}
	key = fact_key(f);
	if (!jws_alg_find(span_of(f->access->alg)))
		key = NULL; /* one that is not known here is not judged */
	if (!key && exchange_token_refused(f->userinfo) && answer_hint(f->userinfo) == HINT_ALG) {
		out->step = f->userinfo->step;
		ev(out, "alg", FROM_TOKEN, "%s", f->access->alg);
		ev_answer(out, f->userinfo);
		return say(out,
			"The token is signed with %s, which the server says it does not take.",
			f->access->alg);
	}
	if (!key)
		return RULE_PASS;
	if (jwk_fits(key, f->access->alg, why, sizeof(why))) {
		if (!exchange_token_refused(f->userinfo) || fact_inactive(f) ||
			answer_hint(f->userinfo) != HINT_ALG)
			return RULE_PASS;
		out->step = f->userinfo->step;
		ev(out, "alg", FROM_TOKEN, "%s, as the key of its kid", f->access->alg);
		ev_answer(out, f->userinfo);
		fix(out, "Set the algorithm that the API expects to %s, with the issuer's key set.",
			f->access->alg);
		return say(out,
			"The token is signed with %s and the issuer's key fits, but the API "
			"expects another algorithm.",
			f->access->alg);
	}
	ev(out, "alg", FROM_TOKEN, "%s", f->access->alg);
	ev(out, "key", (int)f->jwks->n, "%s %s", f->access->kid, why);
	if (fact_healthy(f))
		out->severity = SEV_WARNING;
	return say(out, "The token says %s, the key of its kid %s.", f->access->alg, why);
}
