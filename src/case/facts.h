/*
 * Facts: what the case's evidence says, each value with the exchange that said so.  A pure function
 * of the case and of "now".  Predicates read these and nothing else.  A tri-state UNKNOWN means that
 * nobody said; it is never taken for "no".
 */
#ifndef TT_CASE_FACTS_H
#define TT_CASE_FACTS_H

#include "case/case.h"

enum { FROM_TOKEN = -1, FROM_PROFILE = -2, FROM_CLOCK = -3, FROM_NOWHERE = 0 }; /* else exchange number */

struct fact {        /* a truth */
	enum tri v;
	int from;
};
struct fact_time {   /* seconds since 1970 */
	bool known;
	enum num_form form;
	int64_t at;
	int from;
};
struct fact_text {   /* borrowed from the case */
	struct span v;   /* empty: unknown */
	int from;
};

/* Server clock less local clock, by a Date header: seconds, with an error bar. */
struct fact_skew {
	bool known;
	double seconds;  /* > 0: the server is ahead */
	double error;    /* ± half the round trip and half a second for Date's resolution */
	char host[128];
	int from;
};

struct facts {
	const struct case_file *c;
	int64_t now_s;                     /* local wall clock */
	int64_t leeway_s;

	/* The newest exchange of each kind that settles something; NULL: not asked. */
	const struct exchange *discovery, *discovery_oauth, *jwks, *introspection, *introspection_probe;
	const struct exchange *userinfo, *userinfo_probe, *refresh, *revocation;
	/* of the tokens as they were given, before any refresh; NULL if the same */
	const struct exchange *first_introspection, *first_userinfo;

	const struct token_info *access, *refresh_token, *id_token; /* NULL: not given */

	struct fact_skew skew, second_skew; /* of the authorization server; of another host */
	int64_t server_now_s;              /* now by the server's clock, if known, else now_s */

	struct fact active;                /* introspection says so */
	struct fact_time exp, nbf, iat;    /* of the access token: introspection, else claims, else expires_in */
	struct fact_time refresh_exp;
	struct fact_text iss, sub, client_id, token_scope, aud_first;
	enum scope_form scope_form;
	struct fact has_openid;            /* scope has openid */
	struct fact userinfo_ok;           /* the user-information query gave what it should */
	struct fact refresh_ok;
	struct fact caller_proven;         /* the introspecting client was accepted (RFC 7662 answer seen) */
	struct fact caller_rejected;       /* … or refused */
	const struct claims *introspected; /* claims of the introspection answer; NULL */
	const struct claims *claimed;      /* claims of the access token itself; NULL */
};

/* Borrows from c; nothing to release.  now_s: local wall clock (c->as_of if that is set). */
void facts_derive(struct facts *f, const struct case_file *c, const struct clock *clock);
/* Seconds until exp by the server's clock; false if no exp is known. */
bool facts_remaining(const struct facts *f, int64_t *seconds);
/* "exchange 2 · introspection", "the token itself", "the profile", "the local clock". */
char *fact_source(const struct facts *f, int from, char *out, size_t size);

#endif
