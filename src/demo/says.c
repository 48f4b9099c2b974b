#include "demo/endpoints.h"

enum { AS_CLIENT = AT_INTROSPECTION | AT_TOKEN | AT_REVOCATION, AS_BEARER = AT_USERINFO | AT_API };

/* The first row that fits counts.  Status 0: active:false. */
static const struct row {
	enum demo_says says;
	enum said_of of;
	unsigned at;
	struct saying saying;
} rows[] = {
	{SAYS_INACTIVE, OF_TOKEN, AT_INTROSPECTION, {0}},
	{SAYS_SESSION_ENDED, OF_TOKEN, AT_INTROSPECTION, {0}},
	{SAYS_SESSION_ENDED, OF_TOKEN, AT_TOKEN, {400, "invalid_grant", "Session not active"}},
	{SAYS_SESSION_ENDED, OF_TOKEN, AS_BEARER, {401, "invalid_token", "Session not active"}},
	{SAYS_USER_GONE, OF_TOKEN, AT_LOGIN, {400, "access_denied", "The user is disabled"}},
	{SAYS_USER_GONE, OF_TOKEN, AT_INTROSPECTION, {0}},
	{SAYS_USER_GONE, OF_TOKEN, AT_TOKEN, {400, "invalid_grant", "The user is disabled"}},
	{SAYS_USER_GONE, OF_TOKEN, AS_BEARER, {401, "invalid_token", "The user is disabled"}},
	{SAYS_STALE, OF_TOKEN, AT_INTROSPECTION, {0}},
	{SAYS_STALE, OF_TOKEN, AT_TOKEN, {400, "invalid_grant", "Stale token"}},
	{SAYS_STALE, OF_TOKEN, AS_BEARER, {401, "invalid_token", "Stale token"}},
	{SAYS_STEP_UP, OF_TOKEN, AS_BEARER, {401, "insufficient_user_authentication",
		"A second factor is wanted for this", "acr_values=\"mfa\", max_age=\"300\""}},
	{SAYS_MALFORMED, OF_TOKEN, AS_BEARER, {400, "invalid_request",
		"The parameter schema is missing"}},
	{SAYS_NO_KEY, OF_TOKEN, AS_BEARER, {401, "invalid_token",
		"Unable to find key of this kid in the cached key set"}},
	{SAYS_NO_KEYS, OF_TOKEN, AS_BEARER, {401, "invalid_token",
		"Unable to fetch the key set of the issuer: connection refused"}},
	{SAYS_NO_JWT, OF_TOKEN, AS_BEARER, {401, "invalid_token", "The token is not a JWT"}},
	{SAYS_NO_MORE, OF_TOKEN, AS_BEARER, {401, "invalid_token",
		"The access token is not valid"}},
	{SAYS_REFRESH_IDLE, OF_TOKEN, AT_TOKEN, {400, "invalid_grant",
		"The refresh token has expired due to inactivity"}},
	{SAYS_REFRESH_ABSOLUTE, OF_TOKEN, AT_TOKEN, {400, "invalid_grant",
		"The refresh token has a fixed, limited lifetime, which is over"}},
	{SAYS_REFRESH_PASSWORD, OF_TOKEN, AT_TOKEN, {400, "invalid_grant",
		"The user's password was changed or reset after the grant"}},
	{SAYS_REFRESH_LOGIN, OF_TOKEN, AT_TOKEN, {400, "interaction_required",
		"The user has to sign in and confirm"}},
	{SAYS_REFRESH_SCOPE, OF_TOKEN, AT_TOKEN, {400, "invalid_scope",
		"A scope of the grant may not be given out any more"}},
	{SAYS_REFRESH_NO_MORE, OF_TOKEN, AT_TOKEN, {400, "invalid_grant",
		"The refresh token is not valid"}},
	{SAYS_REVOKES_REFRESH, OF_TOKEN, AT_REVOCATION, {400, "unsupported_token_type",
		"Only refresh tokens can be revoked"}},
	{SAYS_SECRET_EXPIRED, OF_CLIENT, AS_CLIENT, {401, "invalid_client",
		"The client secret has expired"}},
	{SAYS_CLIENT_DISABLED, OF_CLIENT, AT_LOGIN, {400, "unauthorized_client",
		"The client is disabled"}},
	{SAYS_CLIENT_DISABLED, OF_CLIENT, AS_CLIENT, {401, "invalid_client",
		"The client is disabled"}},
	{SAYS_NOT_PERMITTED, OF_CLIENT, AT_INTROSPECTION, {403, "access_denied",
		"The permission to introspect is not granted"}},
	{SAYS_RESOURCES_ONLY, OF_CLIENT, AT_INTROSPECTION, {401, "invalid_client",
		"Client authentication failed"}},
};

const struct saying *
says_instead(const struct demo_call *c, enum said_of of, enum demo_place at)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].says == c->s->cfg.scenario->says && rows[i].of == of &&
			(rows[i].at & at))
			return &rows[i].saying;
	return NULL;
}
