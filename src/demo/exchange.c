/* Token exchange (RFC 8693): another audience, or less, for a token at hand. */
#include "demo/endpoints.h"

#define TYPE_ACCESS "urn:ietf:params:oauth:token-type:access_token"
#define TYPE_JWT "urn:ietf:params:oauth:token-type:jwt"

/* What is wrong with the request, beyond the token itself; NULL: nothing. */
static const char *
form_trouble(const struct demo_call *c, struct buf *text)
{
	if (form_member(c, "actor_token", text))
		return "No actor tokens here";
	if (form_member(c, "requested_token_type", text) && !span_is(buf_span(text), TYPE_ACCESS) &&
		!span_is(buf_span(text), TYPE_JWT))
		return "Only access tokens are issued for other tokens";
	if (!form_member(c, "subject_token_type", text))
		return "The parameter subject_token_type is missing";
	if (!span_is(buf_span(text), TYPE_ACCESS) && !span_is(buf_span(text), TYPE_JWT))
		return "Only an access token may be exchanged";
	if (!form_member(c, "subject_token", text))
		return "The parameter subject_token is missing";
	return NULL;
}

void
grant_exchange(struct demo_call *c, struct buf *text)
{
	char resource[192], audience[192], granted[128];
	const char *why = form_trouble(c, text);
	struct token_row *row;
	struct span scope;
	enum fate fate;

	if (why) {
		reply_oauth_error(c, 400, "invalid_request", why);
		return;
	}
	if (store_has_fault(c->s, FAULT_PUBLIC_CLIENT)) {
		reply_oauth_error(c, 400, "unauthorized_client",
			"Only a client with credentials may use this grant type");
		return;
	}
	store_make_room(c->s);
	row = store_judge(c->s, buf_span(text), store_now(c->s, false), &fate);
	if (!row || fate != FATE_GOOD || row->use != USE_ACCESS ||
		!binding_shown(&row->bound, &c->shown)) {
		reply_oauth_error(c, 400, "invalid_request", "The subject_token is not valid");
		return;
	}
	if (!resource_wanted(c, "resource", resource, sizeof(resource)) ||
		!resource_wanted(c, "audience", audience, sizeof(audience)))
		return;
	snprintf(granted, sizeof(granted), "%s", row->scope);
	scope = form_member(c, "scope", text) ? buf_span(text) : span_of(granted);
	if (!scope_within(scope, span_of(granted))) {
		reply_oauth_error(c, 400, "invalid_scope", "More than the subject_token has");
		return;
	}
	reply_tokens(c, &(struct issue){.grant = row->grant, .scope = scope, .exchanged = true,
		.audience = resource[0] ? resource : audience});
}
