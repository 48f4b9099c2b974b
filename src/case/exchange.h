/*
 * One request and what came of it, as recorded: secrets are masked already, and what only their
 * values could tell stands beside them in token_infos.  Facts are derived from this alone, so that
 * a live, a saved and an imported case give the same verdict.
 */
#ifndef TT_CASE_EXCHANGE_H
#define TT_CASE_EXCHANGE_H

#include "base/ids.h"
#include "base/limits.h"
#include "oauth/answer.h"
#include "oauth/clientauth.h"
#include "oauth/http.h"
#include "oauth/idtoken.h"
#include "oauth/token.h"

enum net_error {
#define NET_ERROR(sym, id, words) NETERR_##sym,
#include "case/neterrors.def"
#undef NET_ERROR
	NETERR_COUNT
};
const char *net_error_id(enum net_error e);
const char *net_error_words(enum net_error e);
bool net_error_from_id(struct span id, enum net_error *out);

/* The members stand in transfer.def, from which the case file is written and read too. */
struct timings {
#define TIMING(member) int64_t member;
#define TIMING_FLAG(member) bool member;
#include "case/transfer.def"
};

struct cert_info {
#define CERT_TEXT(member) char *member;
#define CERT_TIME(member) int64_t member;
#define CERT_FLAG(member) bool member;
#include "case/transfer.def"
};

struct tls_info {
#define TLS_TEXT(member, size) char member[size];
#define TLS_FLAG(member) bool member;
#define TLS_TIME(member) int64_t member;
#include "case/transfer.def"
	struct cert_info certs[LIMIT_CERTS]; /* the leaf first */
	size_t n_certs;
};

/* Everything a transport found out; the response is raw until the engine records it. */
struct net_result {
	struct http_response response;
	struct timings timings;
	struct tls_info tls;
	enum net_error error;
	char error_text[200];  /* safe text */
	char remote[72];       /* "127.0.0.1:8443" */
	bool via_proxy;
	char proxy[140];       /* "proxy.example:3128", safe text; "" without one */
	int64_t sent_wall_us;     /* when the request went out */
	int64_t answered_wall_us; /* when the response headers were whole; 0: never */
};

void net_result_init(struct net_result *r);
void net_result_release(struct net_result *r);
void tls_info_copy(struct tls_info *dst, const struct tls_info *src);

/* Which of the case's tokens a request carried. */
enum token_slot { SLOT_NONE, SLOT_ACCESS, SLOT_REFRESH, SLOT_ID, SLOT_MADE_UP };

const char *token_slot_id(enum token_slot s); /* "made-up"; NULL for SLOT_NONE */
bool token_slot_from_id(struct span id, enum token_slot *out);
enum token_slot token_slot_of_role(enum token_role r); /* SLOT_ACCESS for what does not say */
/* Of a slot that a token response can fill; the access token's for the others. */
const struct token_member *token_slot_member(enum token_slot s);

/* What masking would hide of an Authorization header that is not "SCHEME token". */
enum auth_header_form {
	AUTH_HEADER_FINE,
	AUTH_HEADER_NO_BLANK,
	AUTH_HEADER_BLANKS,
	AUTH_HEADER_SCHEME_TWICE
};

struct exchange {
	uint32_t n;               /* 1, 2, 3 … in the case */
	enum step step;
	enum purpose purpose;
	bool imported;            /* not made by this program */
	bool by_hand;             /* its request was edited by the user before it was sent */
	enum token_slot slot;
	/* which generation of the case's tokens (0: as given, +1 a refresh) */
	uint32_t token_generation;
	uint32_t follows;         /* the exchange whose redirect or retry this is; 0: none */
	unsigned attempt;         /* 1, 2 … of the same request */

	struct http_request request; /* masked */
	struct net_result result;    /* masked */
	struct answer answer;        /* read from the raw response, values masked */

	/* How the caller authenticated, as far as it is no secret. */
	enum client_auth auth;
	char auth_client_id[128];    /* safe text */
	bool auth_has_reserved, auth_raw_basic;
	char auth_audience[200];     /* aud of its assertion; safe text, "" without one */
	/* Of its DPoP proof (oauth/dpop.h); "": it had none, or nothing is wrong with it. */
	char proof_jkt[48], proof_flaw[200];
	enum auth_header_form auth_header; /* how the request's Authorization was written */
	/*
	 * Of a login's answer (oauth/loginchecks.def): which checks it failed; more of them, safe
	 * text.
	 */
	unsigned checks_failed;
	char checks_why[200];
	bool echoes_token;        /* the answer repeats the token the request carried */

	/* Tokens seen in the response (or, imported, in the request), by their facts. */
	struct {
		/* "response.access_token", "request.authorization", "request.token" */
		char where[40];
		struct token_info info;
	} tokens[4];
	size_t n_tokens;
};

struct exchange *exchange_new(void);
void exchange_free(struct exchange *x);
/* "exchange 2 · introspection"; with ", edited by hand" where it was. */
char *exchange_label(const struct exchange *x, char *out, size_t size);
/* The Date header as seconds since 1970, or false. */
bool exchange_server_date(const struct exchange *x, int64_t *unix_s);

/*
 * Records a transfer: copies and masks request and result (redactor), reads the answer from the
 * raw response first, notes the tokens in it.  The result is new; n is set by case_add().
 */
struct redactor;
struct exchange *exchange_record(const struct http_request *req, const struct net_result *raw,
	enum step step, enum purpose purpose, const struct redactor *r);
/*
 * The same.  known (NULL: none) is a token of the case: where the request carries it, what is known
 * of it is taken over, since to read it once more costs as much as all the rest.
 */
struct case_token;
struct exchange *exchange_record_known(const struct http_request *req, const struct net_result *raw,
	enum step step, enum purpose purpose, const struct redactor *r,
	const struct case_token *known);

#endif
