/* WWW-Authenticate and Proxy-Authenticate challenges (RFC 9110 §11), read leniently where the
 * field's servers are wrong: a missing scheme, unquoted values, missing commas. */
#ifndef TT_OAUTH_CHALLENGE_H
#define TT_OAUTH_CHALLENGE_H

#include "base/limits.h"
#include "oauth/http.h"

struct challenge_param {
	char *name;  /* lower case */
	char *value; /* unquoted */
};

struct challenge {
	char scheme[24];  /* as written; "" when it was missing */
	char *token68;    /* or NULL */
	struct challenge_param *params;
	size_t n_params;
};

struct challenges {
	struct challenge v[LIMIT_CHALLENGES];
	size_t n;
	bool repaired; /* the grammar was departed from */
};

void challenges_init(struct challenges *c);
void challenges_release(struct challenges *c);
/* Adds the challenges of one header value. */
void challenges_parse(struct challenges *c, struct span value);
/* All header lines of that name. */
void challenges_read(struct challenges *c, const struct http_headers *h, const char *name);
const struct challenge *challenge_find(const struct challenges *c, const char *scheme);
/* A parameter's value, or the empty span. */
struct span challenge_param(const struct challenge *ch, const char *name);

/* … of the first challenge that has it, whatever its scheme; RFC 9470 puts the same ones under
 * Bearer and DPoP. */
struct span challenges_param(const struct challenges *c, const char *name);
/* What a parameter means, in plain words; NULL if it is not known here. */
const char *challenge_param_meaning(const char *name);

#endif
