/* What probes tell, and what is left open about a refused client. */
#include "case/facts.h"

/* --- the client ---------------------------------------------------------------------------- */

static bool
with_secret(const struct exchange *x)
{
	return x->auth == AUTH_BASIC || x->auth == AUTH_POST;
}

static bool
same_client(const struct exchange *a, const struct exchange *b)
{
	return a->auth_client_id[0] && !strcmp(a->auth_client_id, b->auth_client_id);
}

static bool
same_way(const struct exchange *a, const struct exchange *b)
{
	return a->auth == b->auth && a->auth_raw_basic == b->auth_raw_basic;
}

static bool
asks(const struct exchange *x, enum endpoint e)
{
	return purpose_endpoint(x->purpose) == e;
}

enum tri
facts_method_offered(const struct facts *f, const struct exchange *x, enum client_auth a)
{
	static const char token[] = "token_endpoint_auth_methods_supported";
	const char *member = asks(x, EP_INTROSPECTION)
		? "introspection_endpoint_auth_methods_supported"
		: asks(x, EP_REVOCATION) ? "revocation_endpoint_auth_methods_supported"
					 : token;

	if (!f->metadata || a == AUTH_UNSET)
		return TRI_UNKNOWN;
	/* an endpoint without a list of its own takes what the token endpoint takes */
	if (!json_get(f->metadata->doc, member))
		member = token;
	if (!json_get(f->metadata->doc, member)) /* RFC 8414 §2: then it is client_secret_basic */
		return a == AUTH_BASIC ? TRI_YES : TRI_UNKNOWN;
	return metadata_supports(f->metadata, member, client_auth_id(a));
}

static const struct exchange *
refused_client(const struct facts *f)
{
	const struct exchange *asked[] = {f->introspection, f->refresh, f->revocation};

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		if (exchange_client_refused(asked[i]))
			return with_secret(asked[i]) ? asked[i] : NULL;
	}
	return NULL;
}

static bool
token_endpoint_known(const struct facts *f)
{
	return f->c->profile.token_endpoint || (f->metadata && f->metadata->url[EP_TOKEN].n);
}

/* Did an assertion of that client with this audience go there? */
static bool
audience_tried(const struct facts *f, const struct exchange *x, struct span audience)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *y = f->c->exchanges[i];

		if (exchange_answered(y) && same_client(x, y) &&
			span_is(audience, y->auth_audience) &&
			purpose_endpoint(x->purpose) == purpose_endpoint(y->purpose))
			return true;
	}
	return false;
}

/* An assertion that was refused: is it its audience?  The issuer, the token endpoint and the
 * address asked are what servers want (RFC 7523 §3). */
static void
derive_assertion(struct facts *f)
{
	const struct exchange *asked[] = {f->introspection, f->refresh, f->revocation}, *x = NULL;
	struct span token = profile_endpoint(&f->c->profile, EP_TOKEN);
	struct span others[3];

	for (size_t i = 0; !x && i < ARRAY_SIZE(asked); i++)
		if (exchange_client_refused(asked[i]) && asked[i]->auth_audience[0])
			x = asked[i];
	f->doubt.assertion = x;
	if (!x)
		return;
	others[0] = f->expected_issuer.v;
	others[1] = token.n || !f->metadata ? token : f->metadata->url[EP_TOKEN];
	others[2] = span_of(x->request.url);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].n && !audience_tried(f, x, others[i])) {
			f->doubt.audience = others[i];
			return;
		}
}

static void
derive_doubt(struct facts *f)
{
	const struct exchange *x = refused_client(f);
	struct fact_doubt *d = &f->doubt;

	if (!x)
		return;
	d->refused = x;
	d->other = x->auth == AUTH_BASIC ? AUTH_POST : AUTH_BASIC;
	/* an endpoint's own list leaves out what some servers take there for the client
	 * registered so */
	if (facts_method_offered(f, x, d->other) == TRI_NO &&
		metadata_supports(f->metadata, "token_endpoint_auth_methods_supported",
			client_auth_id(d->other)) != TRI_YES)
		d->other = AUTH_UNSET;
	d->encoding = x->auth == AUTH_BASIC && x->auth_has_reserved;
	d->elsewhere = x->purpose == PURPOSE_INTROSPECTION && token_endpoint_known(f);
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *y = f->c->exchanges[i];

		if (!exchange_answered(y) || !same_client(x, y))
			continue;
		d->refusals += exchange_client_refused(y);
		if (asks(y, EP_INTROSPECTION) == asks(x, EP_INTROSPECTION) && y->auth == d->other)
			d->other = AUTH_UNSET;
		if (y->auth == AUTH_BASIC && y->auth_raw_basic != x->auth_raw_basic)
			d->encoding = false;
		if (asks(y, EP_TOKEN) && same_way(x, y))
			d->elsewhere = false;
	}
}

/* --- what the other probes saw --------------------------------------------------------------- */

static void
look(struct facts *f, const struct exchange *x)
{
	if (!exchange_answered(x))
		return;
	switch (x->purpose) {
	case PURPOSE_PROBE_TOKEN:
		if (!f->introspection ||
			(same_client(f->introspection, x) && same_way(f->introspection, x)))
			f->token_probe = x;
		break;
	case PURPOSE_PROBE_FORM:
		if (f->userinfo && x->token_generation == f->userinfo->token_generation)
			f->form_probe = x;
		break;
	case PURPOSE_PROBE_BARE:
		f->bare_probe = x;
		break;
	case PURPOSE_PROBE_BEARER:
		if (f->userinfo && x->token_generation == f->userinfo->token_generation)
			f->bearer_probe = x;
		break;
	case PURPOSE_PROBE_INTROSPECTION:
		if (x->auth != AUTH_NONE && x->auth != AUTH_UNSET)
			break;
		if (f->introspection && with_secret(f->introspection))
			f->open_door = (struct fact){tri_of(x->answer.active == TRI_NO), (int)x->n};
		break;
	default:
		break;
	}
}

/* How long after its first refusal the same question was refused again. */
static int64_t
refused_for(
	const struct facts *f, const struct exchange *now, bool (*refuses)(const struct exchange *))
{
	if (!exchange_answered(now) || !refuses(now))
		return INT64_MAX;
	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		if (x->purpose == now->purpose && x->slot == now->slot && refuses(x) &&
			x->token_generation == now->token_generation && x->request.url &&
			!strcmp(x->request.url, now->request.url))
			return (now->result.sent_wall_us - x->result.sent_wall_us) / 1000000;
	}
	return 0;
}

static bool
says_inactive(const struct exchange *x)
{
	return x->answer.outcome == OUTCOME_INACTIVE;
}

static void
derive_wait(struct facts *f)
{
	int64_t a = refused_for(f, f->introspection, says_inactive);
	int64_t b = refused_for(f, f->userinfo, exchange_token_refused);
	int64_t least = a < b ? a : b;

	f->waited_s = least == INT64_MAX ? 0 : least;
}

bool
facts_age(const struct facts *f, int64_t *seconds)
{
	const struct case_token *t = case_token(f->c, SLOT_ACCESS);

	if (f->iat.known)
		*seconds = f->server_now_s - f->iat.at;
	else if (t->present && t->from && t->obtained_wall_us)
		*seconds = f->now_s - t->obtained_wall_us / 1000000;
	else
		return false;
	return true;
}

void
facts_derive_probes(struct facts *f)
{
	for (size_t i = 0; i < f->c->n_exchanges; i++)
		look(f, f->c->exchanges[i]);
	derive_doubt(f);
	derive_assertion(f);
	derive_wait(f);
	/* told like a stranger, nobody is proven to be known */
	if (f->open_door.v == TRI_YES && f->active.v != TRI_YES)
		f->caller_proven = (struct fact){TRI_UNKNOWN, FROM_NOWHERE};
}
