/*
 * Inside the diagnose room: the predicates and what they share (the wizard's planner of probes asks some of it,
 * too).  A predicate is pure; it says RULE_FIRES with summary and evidence, RULE_PASS, or RULE_UNKNOWN when the
 * facts it needs are missing.
 */
#ifndef TT_DIAGNOSE_RULES_H
#define TT_DIAGNOSE_RULES_H

#include "diagnose/diagnose.h"

typedef enum verdict_of rule_check(const struct facts *f, struct finding *out);

#define RULE(check, ...) rule_check check;
#include "diagnose/rules.def"
#undef RULE

/* --- building a finding (rules-help.c); all text is sanitised here ------------------------- */
enum verdict_of say(struct finding *out, const char *fmt, ...)
	PRINTF(2, 3); /* summary; RULE_FIRES */
/* The sentence with what x was answered: "… was revoked (400 invalid_grant)."; RULE_FIRES */
enum verdict_of say_of(struct finding *out, const struct exchange *x, const char *sentence);
void fix(struct finding *out, const char *fmt, ...) PRINTF(2, 3); /* remedy of its own */
void ev(struct finding *out, const char *fact, int from, const char *fmt, ...) PRINTF(4, 5);
/* "introspection.status" = "401 invalid_client" */
void ev_answer(struct finding *out, const struct exchange *x);
void ev_time(struct finding *out, const char *fact, const struct fact_time *t);
void ev_text(struct finding *out, const char *fact, struct span v, int from);

/* --- the words of an answer (hints.c) ---------------------------------------------------------------- */
/* What a server's sentence hints at (hints.def): used only where no check can decide. */
enum hint {
	HINT_NONE,
	HINT_AMBIGUOUS, /* the sentence names several causes */
	HINT_EXPIRED,
	HINT_REVOKED,
	HINT_ROTATED,
	HINT_NOT_YET,
	HINT_AUDIENCE,
	HINT_ISSUER,
	HINT_OPENID,
	HINT_NO_TOKEN,
	HINT_NO_PARAM,   /* introspection saw no token parameter */
	HINT_MEDIA_TYPE, /* the body's type is not taken */
	HINT_HEADER,    /* the server saw a header, and could not read it */
	HINT_TWICE,
	HINT_NO_USER,
	HINT_SESSION,
	HINT_USER_GONE,
	HINT_STALE,
	HINT_IDLE,
	HINT_ABSOLUTE,
	HINT_PASSWORD,
	HINT_REAUTH,
	HINT_OTHER_CLIENT,
	HINT_OFFLINE,
	HINT_CLIENT_DISABLED,
	HINT_CLIENT_UNKNOWN,
	HINT_SECRET_EXPIRED,
	HINT_SECRET_WRONG,
	HINT_PUBLIC_CLIENT,
	HINT_NOT_PERMITTED, /* the server knows who asks, and does not let him introspect */
	HINT_NO_CLIENT, /* the server saw no client authentication */
	HINT_AUTH_METHOD,
	HINT_ASSERTION_AUDIENCE,
	HINT_REALM,
	HINT_CERTIFICATE,
	HINT_DPOP_PROOF, /* the proof is of another key than the token is bound to */
	HINT_DPOP, /* a proof of possession is missing */
	HINT_THROTTLED,
	HINT_SCOPE,
	HINT_PRODUCT, /* what the application is subscribed to does not hold the request */
	HINT_KEY,
	HINT_KEYS_UNREACHABLE,
	HINT_ALG,
	HINT_SIGNATURE,
	HINT_MALFORMED,
	HINT_NOT_JWT,
	HINT_ID_TOKEN,
	HINT_REFRESH_TOKEN,
	HINT_LIMIT,
	HINT_SILENT,
	HINT_DEVICE,     /* a device code it is, no refresh token */
	HINT_NO_REFRESH, /* the refresh request had no refresh token */
	HINT_BAD_REQUEST, /* a vendor's code for a request that cannot be read */
	HINT_CLOCK,      /* the time in what the caller signed is not the server's */
	HINT_PROOF,      /* the client's assertion, not its audience, is refused */
	HINT_BAD_GRANT, /* the refresh token is no good; not why */
};
enum hint answer_hint(const struct exchange *x);
/* While the exchanges stay as they are, what was found of each is remembered; begin and end forget. */
void hints_remember(bool on);
/* Which rows of hints.def speak of this answer. */
enum where { WHERE_U = 1, WHERE_R = 2, WHERE_C = 4, WHERE_A = 7 };
unsigned answer_where(const struct exchange *x);
/* Has the answer's text (error, code, descriptions, a short body) this part?  Any case. */
bool answer_says(const struct exchange *x, const char *part);
/* The answer's error, description and vendor's code in one line, for summaries: "401 invalid_token". */
char *answer_words(const struct exchange *x, char *out, size_t size);
bool answer_error_is(const struct exchange *x, const char *code);
/* The scheme of the request's Authorization, lower case; "" without. */
char *request_scheme(const struct exchange *x, char *out, size_t size);

/* advice.c: what decide.def says of the rule; UNKNOWN: nothing. */
enum advice_kind advice_of_rule(const struct rule *r);

/* --- what several rules ask ---------------------------------------------------------------- */
/* The server says, in one way or another, that the token is dead. */
bool fact_inactive(const struct facts *f);
bool fact_rejected(const struct facts *f); /* the user-information query refused the token */
bool fact_refused(const struct facts *f); /* either */
/* User information came, and introspection does not object. */
bool fact_healthy(const struct facts *f);
bool fact_expired(const struct facts *f); /* exp has passed by the server's clock */
/* Its address, by the profile or the metadata; empty: not known. */
struct span fact_endpoint(const struct facts *f, enum endpoint e);
/* Can it be asked (again not: it is a question that was not put yet)?  Of a case that somebody sent: who knows. */
bool fact_can_introspect(const struct facts *f);
bool fact_can_refresh(const struct facts *f);
/* "Refresh once (step 3)" or "Log in again": how a new token is had here, as the remedy begins; sets the step
 * and the advice. */
const char *fix_new_token(const struct facts *f, struct finding *out);
/* The token's times or the user-information query answer for it, whatever introspection would say. */
bool fact_answered_without_introspection(const struct facts *f);
/* No address to ask for user information, since the metadata did not come or is not to be followed; the token
 * may well be good. */
bool fact_userinfo_out_of_reach(const struct facts *f);
/* The server fails at this token alone: a made-up one gets an ordinary answer. */
bool fact_stumbles(const struct exchange *x, const struct exchange *made_up);
/* Sent with this purpose, and how serious a failure there is. */
enum severity fact_weight(const struct facts *f, const struct exchange *x);
/* Is the address x asked the one the metadata advertises for it?  UNKNOWN without metadata. */
enum tri fact_advertised(const struct facts *f, const struct exchange *x);

/* How the token's issuer relates to the one asked. */
enum issuer_kind { ISSUER_FITS, ISSUER_OTHER_HOST, ISSUER_OTHER_TENANT, ISSUER_NOT_KNOWN };
enum issuer_kind fact_issuer(const struct facts *f);
/* Is the token's key in the key set?  UNKNOWN without a key set or a kid. */
enum tri fact_key_known(const struct facts *f);
/* The key of the token's kid, or NULL. */
const struct json *fact_key(const struct facts *f);
/* Does the user-information query's answer read as to a request without any token? */
bool fact_answered_as_without_token(const struct facts *f);
/* Its answer says more of the token than that it is none: then it has read it ("$TOKEN" in a text stands for it). */
bool fact_token_was_read(const struct facts *f);
/* The introspecting client got 403 without a word: its credentials or its permission?  Nothing tells yet. */
bool fact_caller_in_doubt(const struct facts *f);
bool fact_bound(const struct facts *f); /* cnf: DPoP or a certificate */

/*
 * The gravest current answer (of no made-up token) that matches; it decides severity and step of
 * the finding and is its first evidence.  NULL if none matches, or none that matters.
 */
typedef bool answer_match(const struct facts *f, const struct exchange *x);
const struct exchange *gravest_answer(const struct facts *f, answer_match *m, struct finding *out);

/*
 * For predicates whose proof lies in the token or the key set, where that is not at hand: the
 * user-information query was refused, nothing else speaks against the token, and the server's words
 * hint at h.  Then they are all there is (rules-reply.c).
 */
enum verdict_of said_of_token(
	const struct facts *f, struct finding *out, enum hint h, const char *words);

/*
 * The gravest current exchange that failed so; it decides severity and step of the finding, and others
 * like it are named as evidence.  NULL if none matches.
 */
typedef bool failure_match(const struct exchange *x);
const struct exchange *gravest_failure(const struct facts *f, failure_match *m, struct finding *out);

/* Where a redirect leads, against the request (rules-redirect.c). */
enum hop { HOP_NONE, HOP_LOGIN, HOP_LOOP, HOP_TO_HTTPS, HOP_ELSEWHERE };
bool is_redirect(const struct exchange *x);
enum hop redirect_hop(const struct exchange *x);
/* An authorization response: code, tokens or error for the client (RFC 6749 §4.1.2, §4.2.2)? */
bool leads_back(const struct exchange *x);
/* The newest discovery answer that was such a hop, followed or not; NULL without. */
const struct exchange *discovery_hop(const struct facts *f, enum hop hop);

/* "idp.example" of a URL, or the text itself; "the server" of none. */
char *url_host_text(struct span url, char *out, size_t size);
/* The server as a sentence names it: "idp.example (user information)", or "the server". */
char *peer_of(const struct exchange *x, char *out, size_t size);

#endif
