/*
 * Facts: what the case's evidence says, each value with the exchange that said so.  A pure function
 * of the case and of "now".  Predicates read these and nothing else.  A tri-state UNKNOWN means
 * that nobody said; it is never taken for "no".
 */
#ifndef TT_CASE_FACTS_H
#define TT_CASE_FACTS_H

#include "case/case.h"
#include "oauth/url.h"

enum {
	FROM_TOKEN = -1,
	FROM_PROFILE = -2,
	FROM_CLOCK = -3,
	FROM_NOWHERE = 0
}; /* else exchange number */

struct fact { /* a truth */
	enum tri v;
	int from;
};
struct fact_time { /* seconds since 1970 */
	bool known;
	enum num_form form;
	int64_t at;
	int from;
};
struct fact_text { /* borrowed from the case */
	struct span v; /* empty: unknown */
	int from;
};

/* Server clock less local clock, by a Date header: seconds, with an error bar. */
struct fact_skew {
	bool known;
	double seconds; /* > 0: the server is ahead */
	double error; /* ± half the round trip and half a second for Date's resolution */
	char host[128];
	int from;
};

/* An answer that came as a JWT: RFC 9701, OpenID Connect Core §5.3.2. */
struct fact_signed {
	const struct exchange *x; /* NULL: it came as plain JSON, or not at all */
	struct fact iss, aud; /* is it the expected issuer's, for who asked?  UNKNOWN: it does not say */
	struct fact typ; /* token-introspection+jwt; UNKNOWN for user information, which has none */
	struct span for_whom; /* the client it should be for; empty: not known */
};

enum { FACTS_HOSTS = 8 };

/* What is not known yet about a client with a secret that was refused. */
struct fact_doubt {
	const struct exchange *refused; /* the newest such answer; NULL: none */
	enum client_auth other; /* the method that may be meant instead; AUTH_UNSET: none */
	bool encoding; /* id or secret has reserved characters: Basic's other form was not tried */
	bool elsewhere; /* refused at introspection, not tried at the token endpoint */
	unsigned refusals; /* how often this client was refused in this case */
	const struct exchange *assertion; /* the newest refused one by an assertion; NULL: none */
	struct span audience; /* one that its assertion had not, nor another one; empty: none */
};

struct facts {
	const struct case_file *c;
	int64_t now_s; /* local wall clock */
	int64_t leeway_s;

	/* The newest exchange of each kind that settles something; NULL: not asked. */
	const struct exchange *discovery, *discovery_oauth, *jwks, *introspection,
		*introspection_probe;
	const struct exchange *userinfo, *userinfo_probe, *refresh, *revocation;
	/* of the tokens as they were given, before any refresh; NULL if the same */
	const struct exchange *first_introspection, *first_userinfo;
	/* after this case's token was revoked (never in the pointers above) */
	const struct exchange *revoked_introspection, *revoked_userinfo, *revoked_resource;
	const struct exchange *revoked_refresh; /* … introspection of the refresh token, after it was revoked */

	/* of the value that is sent (repaired); NULL: not given */
	const struct token_info *access, *refresh_token, *id_token;
	enum sig_state access_sig; /* SIG_NOT_CHECKED when nobody looked */
	int access_sig_from; /* the key set's exchange; FROM_TOKEN: the token says so itself */
	struct fact_signed introspection_jwt, userinfo_jwt;

	struct fact_skew skew, second_skew; /* of the authorization server; of another host */
	struct fact_skew
		hosts[FACTS_HOSTS]; /* each host's best look, in order of first appearance */
	size_t n_hosts;
	int64_t server_now_s; /* now by the server's clock, if known, else now_s */

	struct fact active; /* introspection says so */
	struct fact_time exp, nbf,
		iat; /* of the access token: introspection, else claims, else expires_in */
	struct fact_time refresh_exp;
	struct fact_text iss, sub, client_id, token_scope, aud_first;
	struct fact_text caller; /* the client that introspects (or would) */
	struct fact_text expected_issuer; /* the followed metadata's, else the profile's */
	enum scope_form scope_form;
	struct fact has_openid; /* scope has openid */
	struct fact userinfo_ok; /* the user-information query gave what it should */
	struct fact refresh_ok;
	struct fact
		caller_proven; /* the introspecting client was accepted (RFC 7662 answer seen) */
	struct fact caller_rejected; /* … or refused */
	struct fact_doubt doubt;

	/* What probes tell; the exchange, or NULL: not asked (or without an answer). */
	const struct exchange *token_probe; /* the introspecting client, at the token endpoint */
	const struct exchange *form_probe; /* user information with the token in the body */
	const struct exchange *bare_probe; /* … without a token */
	const struct exchange *bearer_probe; /* … with the DPoP-bound token as Bearer */
	/* Is who asks without any client told active:false like everyone (RFC 7662 §4)? */
	struct fact open_door;
	int64_t waited_s; /* refused, and so long later still; 0: not asked again */
	const struct claims *introspected; /* claims of the introspection answer; NULL */
	const struct claims *claimed; /* claims of the access token itself; NULL */
	const struct metadata *metadata; /* the followed one; NULL */
};

/* Borrows from c; nothing to release.  now_s: local wall clock (c->as_of if that is set). */
void facts_derive(struct facts *f, const struct case_file *c, const struct clock *clock);
/* Seconds until exp by the server's clock; false if no exp is known. */
bool facts_remaining(const struct facts *f, int64_t *seconds);
/* The clock of a URL's host against ours; NULL: none of its answers told. */
const struct fact_skew *facts_host_clock(const struct facts *f, struct span url);
/* Is now_s by the clock of a recording (a HAR file, a Date in what was sent), and not by the local one? */
bool facts_by_recording(const struct facts *f);
/* The same in words, to be looked up: "local clock", "clock of the recording", "date of the mail". */
const char *fact_clock(const struct facts *f);
/* "exchange 2 · introspection", "the token itself", "the profile", "the local clock". */
char *fact_source(const struct facts *f, int from, char *out, size_t size);

/* --- of one exchange ---------------------------------------------------------------------- */
/* Did a server answer (a status came, and the transfer did not fail)? */
bool exchange_answered(const struct exchange *x);
/* Did it go out without a whole answer?  The server may have acted on it: a
 * refresh token may be rotated. */
bool exchange_unanswered(const struct exchange *x);
/* Did nothing of it go out: no usable address, no way to authenticate, not worth waiting? */
bool exchange_unsent(const struct exchange *x);
/* What became of a refresh token that is spent or may be, for "the refresh token …". */
const char *case_spent_words(const struct case_file *c);
/*
 * The newest request of a login that this program made for the tokens at hand, or the redirect that
 * answered it; NULL: none, or one that gave tokens.
 */
const struct exchange *case_last_login(const struct case_file *c);
/* Is the request known, or only what answered it (inspect)? */
bool exchange_request_known(const struct exchange *x);
/* Is x still the newest of its purpose, slot, address and authentication, i.e. not repeated later?
 */
bool exchange_is_current(const struct case_file *c, const struct exchange *x);
/* Was the caller refused by its client authentication, and not the token? */
bool exchange_client_refused(const struct exchange *x);
/* Was the client authentication of this exchange accepted? */
bool exchange_client_accepted(const struct exchange *x);
/* Does the answer refuse the token (400, 401, 403 or an error in a 2xx), as far as one can tell? */
bool exchange_token_refused(const struct exchange *x);

/* Seconds since the access token was issued or obtained, by the clock that is
 * known; false: who knows. */
bool facts_age(const struct facts *f, int64_t *seconds);
/* Does the metadata let clients use this method at the endpoint that x asked (RFC 8414 §2)? */
enum tri facts_method_offered(const struct facts *f, const struct exchange *x, enum client_auth a);

/* Inside the room: the skews (facts-clock.c); what probes tell (facts-probes.c). */
void facts_derive_clocks(struct facts *f);
void facts_derive_probes(struct facts *f);
/* … signatures and signed answers (facts-signed.c). */
void facts_derive_signed(struct facts *f);

#endif
