/* Rules about the metadata and about where the endpoints are. */
#include "diagnose/rules.h"

#include "base/tr.h"

/* --- discovery ---------------------------------------------------------------------------- */

static const struct exchange *
discovery_document(const struct facts *f)
{
	const struct exchange *all[] = {f->discovery, f->discovery_oauth};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (exchange_answered(all[i]) && json_get_str(all[i]->answer.doc, "issuer").n)
			return all[i];
	}
	return NULL;
}

enum verdict_of
rule_discovery_issuer_mismatch(const struct facts *f, struct finding *out)
{
	const struct exchange *x = discovery_document(f);
	struct span want = span_of(f->c->profile.issuer), got;
	char how[120];

	if (!x || !want.n)
		return RULE_PASS;
	got = json_get_str(x->answer.doc, "issuer");
	if (span_eq(want, got))
		return RULE_PASS;
	url_difference(how, sizeof(how), want, got);
	ev_text(out, "issuer configured", want, FROM_PROFILE);
	ev_text(out, "issuer of the document", got, (int)x->n);
	if (span_contains_nocase(got, "{tenantid}")) /* a template for many tenants, by design */
		out->severity = SEV_INFO;
	else if (!fact_userinfo_out_of_reach(f) &&
		(f->userinfo_ok.v == TRI_YES || f->active.v == TRI_YES))
		out->severity = SEV_WARNING;
	if (out->severity == SEV_INFO)
		fix(out,
			"Configure the issuer of the token's own tenant (its claim tid) to have it "
			"compared.");
	else
		fix(out, "Configure the issuer exactly as the server prints it: %.*s",
			SPAN_ARG(got));
	return say(out, "The metadata is of issuer %.*s, the profile says %.*s: they differ %s.",
		SPAN_ARG(got), SPAN_ARG(want), how[0] ? how : _("in their text"));
}

enum verdict_of
rule_discovery_unreachable(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->discovery ? f->discovery : f->discovery_oauth;

	if (!x || f->metadata || discovery_document(f))
		return RULE_PASS;
	ev_answer(out, f->discovery);
	ev_answer(out, f->discovery_oauth);
	if ((f->userinfo || f->introspection) && !fact_userinfo_out_of_reach(f))
		out->severity = SEV_WARNING;
	return say(out, "No metadata could be had from the issuer%s%s.",
		f->c->profile.issuer ? " " : "", f->c->profile.issuer ? f->c->profile.issuer : "");
}

enum verdict_of
rule_discovery_unsafe_url(const struct facts *f, struct finding *out)
{
	const struct exchange *x = discovery_document(f);
	struct url issuer, u;

	if (!x || url_parse(&issuer, json_get_str(x->answer.doc, "issuer"), NULL) != RES_OK)
		return RULE_PASS;
	for (unsigned e = 0; e < EP_COUNT; e++) {
		const char *name = endpoint_name((enum endpoint)e);
		struct span url = json_get_str(x->answer.doc, name);
		bool bad = url.n && url_parse(&u, url, NULL) != RES_OK;

		if (!url.n ||
			(!bad && !(span_is(issuer.scheme, "https") && span_is(u.scheme, "http"))))
			continue;
		ev_text(out, name, url, (int)x->n);
		(void)say(out,
			"The metadata names %.*s as %s, which is %s: credentials are not sent "
			"there.",
			SPAN_ARG(span_sub(url, 0, 200)), tr(endpoint_words((enum endpoint)e)),
			bad ? _("no http or https address") : _("not https though the issuer is"));
	}
	if (!out->n_evidence)
		return RULE_PASS;
	if (fact_healthy(f))
		out->severity = SEV_WARNING;
	return RULE_FIRES;
}

/* --- where the endpoints are -------------------------------------------------------------- */

static bool
missing(const struct exchange *x)
{
	int s = exchange_answered(x) ? x->result.response.status : 0;

	return s == 404 || s == 410 || s == 421 || /* RFC 9110 §15.5.20: another host's */
		(s == 405 && purpose_endpoint(x->purpose) != EP_USERINFO &&
			!strcmp(x->request.method, "POST"));
}

/* User information may have any members; not those of metadata, a key set or a token response. */
static bool
of_another_endpoint(const struct json *doc)
{
	return json_get(doc, "access_token") || json_get(doc, "token_endpoint") ||
		(json_get(doc, "keys") && json_type(json_get(doc, "keys")) == JSON_ARRAY);
}

/* What a token endpoint says to a request without grant_type (RFC 6749 §5.2); invalid_grant is
 * about a token. */
static bool
token_endpoint_speaks(const struct exchange *x)
{
	return exchange_answered(x) &&
		(x->purpose == PURPOSE_INTROSPECTION || x->purpose == PURPOSE_USERINFO) &&
		answer_error_is(x, "unsupported_grant_type");
}

/* JSON that is no answer to the question: another endpoint speaks. */
static bool
foreign_json(const struct exchange *x)
{
	if (token_endpoint_speaks(x))
		return true;
	return exchange_answered(x) && x->result.response.status == 200 && x->answer.doc &&
		x->answer.outcome == OUTCOME_OTHER && json_type(x->answer.doc) == JSON_OBJECT &&
		(x->purpose == PURPOSE_INTROSPECTION || x->purpose == PURPOSE_REFRESH ||
			(x->purpose == PURPOSE_USERINFO && of_another_endpoint(x->answer.doc)));
}

static bool
no_end_user(const struct facts *f)
{
	const struct claims *i = f->introspected;

	if (i && !i->sub.n && !i->username.n && f->active.v == TRI_YES)
		return true;
	return f->sub.v.n && f->client_id.v.n && span_eq(f->sub.v, f->client_id.v);
}

static bool
introspection_is_unsupported(const struct facts *f)
{
	const struct exchange *x = f->introspection;

	if (!f->metadata || f->metadata->url[EP_INTROSPECTION].n)
		return false;
	if (!x || missing(x))
		return true;
	/* an address that somebody configured is there until it says that it is not */
	if (profile_endpoint(&f->c->profile, EP_INTROSPECTION).n)
		return false;
	return (exchange_answered(x) && f->active.v == TRI_UNKNOWN &&
			x->result.response.status >= 400 && x->result.response.status < 500 &&
			!exchange_client_refused(x));
}

/* Did the probe with a made-up token get an ordinary answer at the same address? */
static bool
path_proven(const struct facts *f, const struct exchange *x)
{
	const struct exchange *probe = x == f->userinfo ? f->userinfo_probe
		: x == f->introspection                 ? f->introspection_probe
							: NULL;

	return exchange_answered(probe) && !missing(probe) && probe->result.response.status < 500;
}

/* A server of pages refuses every POST with 405: when discovery got its page, or its failure, the
 * path is not it. */
static bool
pages_only(const struct facts *f, const struct exchange *x)
{
	const struct exchange *d = f->discovery;
	struct url a, b;

	return x->result.response.status == 405 && !f->metadata && exchange_answered(d) &&
		(d->result.response.status >= 500 ||
			(d->result.response.status == 200 && d->answer.kind == BODY_HTML)) &&
		url_parse(&a, span_of(x->request.url), NULL) == RES_OK &&
		url_parse(&b, span_of(d->request.url), NULL) == RES_OK && url_same_host(&a, &b);
}

static enum verdict_of
missing_discovery(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->discovery ? f->discovery : f->discovery_oauth;

	if (!x || f->metadata || discovery_document(f) || !missing(x) ||
		(f->discovery_oauth && !missing(f->discovery_oauth)))
		return RULE_PASS;
	out->step = x->step;
	if (!fact_userinfo_out_of_reach(f) &&
		(exchange_answered(f->userinfo) || exchange_answered(f->introspection)))
		out->severity = SEV_WARNING;
	ev_answer(out, x);
	ev(out, "url", (int)x->n, "%s", x->request.url);
	if (f->discovery_oauth && f->discovery_oauth != x) {
		ev_answer(out, f->discovery_oauth);
		ev(out, "url", (int)f->discovery_oauth->n, "%s", f->discovery_oauth->request.url);
	}
	fix(out,
		"Check the issuer %s: its host, and its path with the realm or tenant (older "
		"Keycloak has "
		"/auth in front of /realms)%s. A server without metadata needs its endpoints in "
		"the "
		"profile: introspection_endpoint, userinfo_endpoint, token_endpoint.",
		f->c->profile.issuer ? f->c->profile.issuer : "",
		f->discovery_oauth && f->discovery_oauth != x
			? _("; the location of RFC 8414 was tried, too")
			: "");
	return say(out,
		"The server has no metadata at %s (%d): the issuer's path is wrong, or it offers "
		"none.",
		x->request.url, x->result.response.status);
}

/* The address is wrong, and no better one is known: what can the user do?  advertised: may be
 * empty. */
static void
fix_path(const struct facts *f, const struct exchange *x, struct span advertised,
	struct finding *out)
{
	if (advertised.n)
		fix(out,
			"The metadata itself names this address: have the server's operator "
			"correct it, or "
			"the gateway that does not pass this path on.");
	else if (f->metadata && purpose_endpoint(x->purpose) != EP_COUNT)
		fix(out,
			"The metadata names no such endpoint: take its address from the server's "
			"documentation, or leave it out of the profile.");
	else if (!f->c->profile.issuer)
		fix(out,
			"Give the issuer, so that its metadata names the endpoints, or the address "
			"of the "
			"server's documentation.");
	else
		fix(out,
			"Compare the address with the server's documentation: a realm, tenant or "
			"version is "
			"part of its path.");
}

enum verdict_of
rule_wrong_endpoint_path(const struct facts *f, struct finding *out)
{
	const struct exchange *asked[] = {f->introspection, f->userinfo, f->refresh, f->revocation};

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		const struct exchange *x = asked[i];
		struct span url;
		enum endpoint e;

		if (!x || !(missing(x) || (foreign_json(x) && fact_advertised(f, x) != TRI_YES)))
			continue;
		if ((path_proven(f, x) && !token_endpoint_speaks(x)) || pages_only(f, x) ||
			answer_hint(x) == HINT_USER_GONE ||
			(x == f->introspection && introspection_is_unsupported(f)) ||
			(x == f->userinfo && x->result.response.status == 404 && no_end_user(f)))
			continue;
		e = purpose_endpoint(x->purpose);
		url = f->metadata && e != EP_COUNT ? f->metadata->url[e] : SPAN_EMPTY;
		out->step = x->step;
		ev_answer(out, x);
		ev(out, "url", (int)x->n, "%s", x->request.url);
		if (url.n && fact_advertised(f, x) == TRI_NO) {
			ev_text(out, endpoint_name(e), url, (int)f->c->metadata_from);
			fix(out, "Use the address that the metadata gives: %.*s", SPAN_ARG(url));
			return say(out,
				"The %s request went to %s and got %d; the metadata gives %.*s.",
				tr(purpose_words(x->purpose)), x->request.url,
				x->result.response.status, SPAN_ARG(url));
		}
		if (foreign_json(x))
			return say(out,
				"What answers at %s is not the %s endpoint: its JSON %s.",
				x->request.url, tr(purpose_words(x->purpose)),
				x->answer.error[0] ? _("is the error of a token endpoint")
						   : _("has none of the members of that answer"));
		fix_path(f, x, url, out);
		return say(out, "There is no %s endpoint at %s (%d)%s.",
			tr(purpose_words(x->purpose)),
			x->request.url && *x->request.url ? x->request.url : _("the address asked"),
			x->result.response.status, url.n ? _(", though the metadata says so") : "");
	}
	return missing_discovery(f, out);
}

enum verdict_of
rule_introspection_unsupported(const struct facts *f, struct finding *out)
{
	const struct exchange *x = f->introspection;

	if (exchange_answered(x) && answer_error_is(x, "unsupported_token_type")) {
		if (fact_healthy(f))
			out->severity = SEV_INFO;
		ev_answer(out, x);
		return say(out,
			"The server does not introspect this kind of token%s: its signature and "
			"its times tell instead.",
			f->access && f->access->kind == TOKEN_JWT ? _(" (a JWT)") : "");
	}
	if (!introspection_is_unsupported(f))
		return RULE_PASS;
	ev(out, "introspection_endpoint", (int)f->c->metadata_from, "absent");
	ev_answer(out, x);
	if (exchange_answered(f->userinfo))
		fix(out,
			f->userinfo_ok.v == TRI_YES ? "Nothing has to be done: user information "
						      "was asked instead, and came."
						    : "Go by the answer to the user-information "
						      "query and the token's own times.");
	return say(out,
		"The server's metadata offers no introspection%s; user information and the token's "
		"own times tell "
		"instead.",
		x ? _(", and the address tried does not answer it") : "");
}
