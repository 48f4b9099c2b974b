/* Rules about user information that did come, and about what goes on after a revocation. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/tr.h"
#include "oauth/jose.h"

static bool
came(const struct facts *f)
{
	return f->userinfo && f->userinfo->purpose == PURPOSE_USERINFO &&
		exchange_answered(f->userinfo) && f->userinfo->result.response.status < 300;
}

static size_t
own_members(const struct json *doc)
{
	size_t n = 0;

	for (const struct json *k = doc ? json_first(doc) : NULL; k; k = json_next(k)) {
		struct span name = json_name(k);

		if (!span_is(name, "iss") && !span_is(name, "aud") && !span_is(name, "iat") &&
			!span_is(name, "exp"))
			n++;
	}
	return n;
}

enum verdict_of
rule_userinfo_claims_missing(const struct facts *f, struct finding *out)
{
	const struct claims *c =
		f->introspected && f->introspected->has_scope ? f->introspected : f->claimed;
	bool profile, email;

	if (!came(f) || f->userinfo_ok.v != TRI_YES || !f->userinfo->answer.doc ||
		!json_get(f->userinfo->answer.doc, "sub") ||
		own_members(f->userinfo->answer.doc) != 1)
		return RULE_PASS;
	profile =
		(c && claims_has_scope(c, "profile")) || span_has_word(f->token_scope.v, "profile");
	email = (c && claims_has_scope(c, "email")) || span_has_word(f->token_scope.v, "email");
	ev(out, "userinfo", (int)f->userinfo->n, "only sub");
	if (f->token_scope.v.n)
		ev_text(out, "scope", f->token_scope.v, f->token_scope.from);
	if (profile || email) {
		fix(out,
			"Look at the server's claim mapping for this client, and at the user's own "
			"attributes.");
		return say(out,
			"User information holds only sub, though the token's scope asks for %s.",
			profile && email  ? _("profile and email")
				: profile ? _("profile")
					  : _("email"));
	}
	out->severity = SEV_INFO;
	return say(out, "User information holds only sub: the token's scope asks for no more.");
}

/* Some tokens have the login in sub and in uid what user information calls sub. */
static bool
is_uid(const struct claims *c, struct span sub)
{
	return c && c->root && span_eq(json_get_str(c->root, "uid"), sub);
}

/* Only the ID token's sub must be the same (OpenID Connect Core §5.3.2): may this one differ? */
static bool
may_differ(const struct facts *f, struct span got)
{
	const char *why;

	if (is_uid(f->claimed, got) || is_uid(f->introspected, got))
		return true;
	/* one for another API has the sub of its user there (pairwise) */
	return !(f->introspected && f->introspected->sub.n) && f->access &&
		f->access->kind == TOKEN_JWT &&
		jws_not_for_us(f->access->header, f->claimed, &why);
}

enum verdict_of
rule_userinfo_sub_mismatch(const struct facts *f, struct finding *out)
{
	const struct claims *id =
		f->id_token && f->id_token->claims.root ? &f->id_token->claims : NULL;
	struct span got, want;
	int from;

	if (!came(f) || !f->userinfo->answer.doc ||
		json_type(f->userinfo->answer.doc) != JSON_OBJECT ||
		f->userinfo->answer.outcome == OUTCOME_OAUTH_ERROR ||
		f->userinfo->answer.outcome == OUTCOME_VENDOR_ERROR)
		return RULE_PASS;
	got = f->userinfo->answer.claims.sub.n ? f->userinfo->answer.claims.sub
					       : json_get_str(f->userinfo->answer.doc, "sub");
	if (!got.n) {
		if (f->userinfo_ok.v == TRI_YES)
			return RULE_PASS;
		ev(out, "userinfo.sub", (int)f->userinfo->n, "%s",
			json_get(f->userinfo->answer.doc, "sub") ? "no string" : "absent");
		return say(out,
			"User information came without a usable sub, which says whose it is "
			"(OpenID Connect Core §5.3.2).");
	}
	want = id ? id->sub : f->introspected ? f->introspected->sub : SPAN_EMPTY;
	from = id ? FROM_TOKEN : f->active.from;
	if (!want.n && f->claimed) {
		want = f->claimed->sub;
		from = FROM_TOKEN;
	}
	if (!want.n || span_eq(got, want) || (!id && may_differ(f, got)))
		return RULE_PASS;
	/* only the ID token's sub must be the same; others may be pairwise per audience */
	if (!id)
		out->severity = f->introspected && f->introspected->sub.n ? SEV_ERROR : SEV_WARNING;
	ev_text(out, "userinfo.sub", got, (int)f->userinfo->n);
	ev_text(out, id ? "ID token sub" : "token sub", want, from);
	return say(out, "User information is of sub %.*s, the %s says %.*s: it must not be used.",
		SPAN_ARG(span_sub(got, 0, 80)), id ? _("ID token") : _("token"),
		SPAN_ARG(span_sub(want, 0, 80)));
}

enum verdict_of
rule_userinfo_skips_expiry(const struct facts *f, struct finding *out)
{
	char span[32];
	int64_t left;

	if (f->userinfo_ok.v != TRI_YES || !facts_remaining(f, &left) || -left <= f->leeway_s)
		return RULE_PASS;
	/* it may have expired since it was asked */
	if (f->userinfo->result.sent_wall_us &&
		f->userinfo->result.sent_wall_us / 1000000 + (f->server_now_s - f->now_s) <=
			f->exp.at + f->leeway_s)
		return RULE_PASS;
	ev_time(out, "exp", &f->exp);
	ev_answer(out, f->userinfo);
	if (f->active.v != TRI_UNKNOWN)
		ev(out, "active", f->active.from, "%s", f->active.v == TRI_YES ? "true" : "false");
	else if (!fact_can_introspect(f))
		fix(out, "Trust exp; tell the server's operator.");
	return say(out,
		"User information was given although the token expired %s ago: the endpoint does "
		"not look at exp, "
		"so its yes proves nothing.",
		time_span(span, -left));
}

/* --- after a revocation ------------------------------------------------------------------- */

/* What introspection said of the token that was revoked, at the last look; NULL: nothing. */
static const struct exchange *
last_look(const struct facts *f)
{
	return f->revocation && f->revocation->slot == SLOT_REFRESH ? f->revoked_refresh
								    : f->revoked_introspection;
}

static bool
still_active(const struct facts *f)
{
	return f->revocation && f->revocation->result.response.status == 200 && last_look(f) &&
		last_look(f)->answer.active == TRI_YES;
}

enum verdict_of
rule_revoke_other_client_noop(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->revocation;

	/* some refuse it in words (RFC 7009 §2.1) */
	if (exchange_answered(x) && x->answer.outcome != OUTCOME_SUCCESS &&
		!exchange_client_refused(x) && answer_hint(x) == HINT_OTHER_CLIENT) {
		ev_answer(out, x);
		ev(out, "error_description", (int)x->n, "%s", x->answer.description);
		return say_of(out, x,
			"The server does not let this client revoke the token: it is another's.");
	}
	if (!still_active(f) || !f->client_id.v.n || !f->revocation->auth_client_id[0] ||
		span_is(f->client_id.v, f->revocation->auth_client_id))
		return RULE_PASS;
	ev_answer(out, f->revocation);
	ev(out, "active", (int)last_look(f)->n, "true");
	ev_text(out, "client of the token", f->client_id.v, f->client_id.from);
	return say(out,
		"Revocation answered 200 and changed nothing: the token is client %.*s's, and %s "
		"asked.",
		SPAN_ARG(f->client_id.v), f->revocation->auth_client_id);
}

static bool
hint_given(const struct exchange *x, const char *not_this)
{
	struct buf hint;
	bool wrong;

	buf_init(&hint, LIMIT_BODY);
	wrong = form_get(buf_span(&x->request.body), "token_type_hint", &hint) &&
		!span_is(buf_span(&hint), not_this);
	buf_release(&hint);
	return wrong;
}

static const char *
right_hint(const struct exchange *x)
{
	return x->slot == SLOT_REFRESH ? "refresh_token" : "access_token";
}

/* It is the hint that the server does not know, not the token (RFC 7009 §2.1 has it ignored). */
static bool
hint_refused(const struct exchange *x)
{
	return exchange_answered(x) && answer_error_is(x, "unsupported_token_type") &&
		(answer_says(x, "hint") || answer_says(x, "token_type_hint"));
}

enum verdict_of
rule_revoke_hint_mismatch_noop(const struct facts *f, struct finding *out)
{
	if (hint_refused(f->revocation)) {
		ev_answer(out, f->revocation);
		return say_of(out, f->revocation,
			"The server does not know the token_type_hint of the revocation, and "
			"revoked nothing.");
	}
	if (!still_active(f) || !hint_given(f->revocation, right_hint(f->revocation)))
		return RULE_PASS;
	ev_answer(out, f->revocation);
	ev(out, "active", (int)last_look(f)->n, "true");
	return say(out,
		"Revocation answered 200 and changed nothing: its token_type_hint names another "
		"kind of token.");
}

enum verdict_of
rule_revoke_unsupported_token_type(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->revocation;

	if (!exchange_answered(x) || hint_refused(x))
		return RULE_PASS;
	if (!answer_error_is(x, "unsupported_token_type") &&
		!(still_active(f) && !hint_given(x, right_hint(x)) &&
			(!f->client_id.v.n || !x->auth_client_id[0] ||
				span_is(f->client_id.v, x->auth_client_id))))
		return RULE_PASS;
	ev_answer(out, x);
	if (last_look(f))
		ev(out, "active", (int)last_look(f)->n, "%s", still_active(f) ? "true" : "false");
	if (still_active(f) && x->slot == SLOT_REFRESH)
		return say(out,
			"Revocation answered %d, and the refresh token is still active: the server "
			"does not revoke it, or something before it answers in its place.",
			x->result.response.status);
	if (still_active(f) && f->access && f->access->kind != TOKEN_JWT)
		return say(out,
			"Revocation answered %d, and the token is still active: the server does "
			"not "
			"revoke such tokens, or something before it answers in its place.",
			x->result.response.status);
	return say(out, "The server does not revoke this kind of token (%d%s).",
		x->result.response.status, still_active(f) ? _(", and it is still active") : "");
}

static bool
accepted_after_revocation(const struct facts *f, const struct exchange *x)
{
	return x && f->revocation && f->revocation->result.response.status == 200 &&
		f->revoked_introspection && f->revoked_introspection->answer.active == TRI_NO &&
		x->answer.outcome == OUTCOME_SUCCESS;
}

static struct span
age_header(const struct exchange *x)
{
	struct span age =
		x ? span_trim(http_header(&x->result.response.headers, "age")) : SPAN_EMPTY;

	return span_is(age, "0") ? SPAN_EMPTY : age;
}

/* An opaque token says nothing by itself: who accepts a dead one has an old answer about it. */
static bool
cached(const struct facts *f, const struct exchange *x)
{
	return x->purpose == PURPOSE_RESOURCE && f->access && f->access->kind == TOKEN_OPAQUE;
}

/* What an answer's own headers say of a cache: Age (RFC 9111 §5.1), Cache-Status (RFC 9211),
 * habits. */
static const struct {
	const char *name, *part;
} cache_headers[] = {
	{"cache-status", "hit"},
	{"x-cache", "hit"},
	{"x-cache-status", "hit"},
	{"x-proxy-cache", "hit"},
	{"cf-cache-status", "hit"},
};

static const char *
from_cache(const struct exchange *x)
{
	const struct http_headers *h = &x->result.response.headers;
	struct span age = span_trim(http_header(h, "age"));

	if (age.n && !span_is(age, "0"))
		return "age";
	for (size_t i = 0; i < ARRAY_SIZE(cache_headers); i++) {
		if (span_contains_nocase(
			    http_header(h, cache_headers[i].name), cache_headers[i].part))
			return cache_headers[i].name;
	}
	return NULL;
}

/* User information out of a cache, for a token that introspection calls dead. */
static enum verdict_of
kept_userinfo(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->userinfo;
	const char *header;

	if (f->active.v != TRI_NO || f->userinfo_ok.v != TRI_YES || !(header = from_cache(x)))
		return RULE_PASS;
	ev(out, "active", f->active.from, "false");
	ev_answer(out, x);
	ev_text(out, header, http_header(&x->result.response.headers, header), (int)x->n);
	fix(out,
		"Let no cache keep answers to requests with an Authorization header; the token "
		"itself is dead.");
	return say(out,
		"Introspection calls the token inactive, and user information came from a cache "
		"all the same: "
		"what it says is of before.");
}

/* A kept answer against the one that user information gives now. */
static enum verdict_of
kept_answer(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;
	bool kept_alive = f->active.v == TRI_YES && fact_rejected(f);
	const char *header;

	if (!exchange_answered(x) || fact_bound(f) || fact_expired(f) ||
		!(kept_alive || (f->active.v == TRI_NO && f->userinfo_ok.v == TRI_YES)))
		return RULE_PASS;
	header = from_cache(x);
	if (!header)
		return RULE_PASS;
	out->step = x->step;
	ev_text(out, header, http_header(&x->result.response.headers, header), (int)x->n);
	ev(out, "active", f->active.from, "%s", kept_alive ? "true" : "false");
	ev_answer(out, f->userinfo);
	return say(out,
		"Introspection calls the token %s, but that answer comes from a cache, and user "
		"information, asked now, is %s: the cache is out of date.",
		kept_alive ? _("active") : _("inactive"), kept_alive ? _("refused") : _("given"));
}

enum verdict_of
rule_introspection_cache_stale(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->revoked_resource, *i = f->introspection;
	char span[32];
	int64_t left;

	if (accepted_after_revocation(f, x) && cached(f, x)) {
		ev_answer(out, f->revocation);
		ev(out, "active", (int)f->revoked_introspection->n, "false");
		ev_answer(out, x);
		return say(out,
			"The token is revoked and introspection says so, yet the resource still "
			"takes it; an opaque token can only be looked up, so the resource or its "
			"gateway keeps an old answer.");
	}
	if (kept_userinfo(f, out) == RULE_FIRES || kept_answer(f, out) == RULE_FIRES)
		return RULE_FIRES;
	/* the introspection itself came out of a cache, and is older than the expiry */
	if (f->active.v != TRI_YES || !age_header(i).n || !facts_remaining(f, &left) || left >= 0)
		return RULE_PASS;
	out->severity = SEV_WARNING; /* the token is dead all the same */
	out->step = i->step;
	ev(out, "active", (int)i->n, "true");
	ev_text(out, "Age", age_header(i), (int)i->n);
	ev_time(out, "exp", &f->exp);
	return say(out,
		"Introspection says active, from a cache (Age: %.*s s), and the token expired %s "
		"ago: the answer is an old one.",
		SPAN_ARG(age_header(i)), time_span(span, -left));
}

enum verdict_of
rule_revoked_jwt_still_accepted(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->revoked_resource ? f->revoked_resource : f->revoked_userinfo;

	if (!accepted_after_revocation(f, x) || cached(f, x))
		return RULE_PASS;
	ev_answer(out, f->revocation);
	ev(out, "active", (int)f->revoked_introspection->n, "false");
	ev_answer(out, x);
	return say(out,
		"The token is revoked and introspection says so, yet the %s request still gets an "
		"answer: it is "
		"checked there by signature and exp alone.",
		tr(purpose_words(x->purpose)));
}

/* A token or secret in an address: every server and proxy on the way writes it down. */
enum verdict_of
rule_log_secret_leak(const struct facts *f, struct finding *out)
{
	static const char *const names[] = {
		"access_token=", "refresh_token=", "id_token=", "client_secret=", "password="};

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];
		struct span query = span_of(x->request.url);
		size_t at = span_find(query, '?');

		for (size_t k = 0; at != SIZE_MAX && k < ARRAY_SIZE(names); k++) {
			size_t in = span_find_str(span_from(query, at + 1), names[k]);

			if (in == SIZE_MAX || (in && query.p[at + in] != '&'))
				continue;
			out->step = x->step;
			ev(out, "request.query", (int)x->n, "%s…", names[k]);
			return say(out,
				"The %s request has %.*s in its address, which servers and proxies "
				"write into their logs.",
				tr(purpose_words(x->purpose)), (int)strlen(names[k]) - 1, names[k]);
		}
	}
	return RULE_PASS;
}

enum verdict_of
rule_log_server_echoes_token(const struct facts *f, struct finding *out)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (!x->echoes_token || x->slot == SLOT_MADE_UP)
			continue;
		out->step = x->step;
		ev_answer(out, x);
		return say(out,
			"The answer to the %s request repeats the token it was asked about: "
			"whatever logs answers "
			"leaks it.",
			tr(purpose_words(x->purpose)));
	}
	return RULE_PASS;
}
