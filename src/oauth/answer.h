/*
 * What a server answered, read as the protocol means it: the error wherever it stands (body, WWW-Authenticate,
 * vendor's dialect), and the success by its content, not by its status.
 */
#ifndef TT_OAUTH_ANSWER_H
#define TT_OAUTH_ANSWER_H

#include "base/ids.h"
#include "oauth/challenge.h"
#include "oauth/claims.h"
#include "oauth/http.h"
#include "oauth/purpose.h"
#include "oauth/token.h"

/* What came back, as one word. */
enum outcome {
	OUTCOME_NONE,      /* no response */
	OUTCOME_SUCCESS,   /* the content the purpose wants is there */
	OUTCOME_INACTIVE,  /* introspection: active is false */
	OUTCOME_OAUTH_ERROR,
	OUTCOME_VENDOR_ERROR, /* an error in a dialect of its own */
	OUTCOME_REDIRECT,
	OUTCOME_OTHER,     /* HTML, empty, not understood … */
};

/* What an answer says, read by the purpose of its request; the texts are safe. */
struct answer {
	enum outcome outcome;
	enum body_kind kind;
	int status;             /* HTTP's */
	char json_error[100];   /* why a body that looks like JSON is none: "text behind the JSON value at byte 17" */
	struct json *doc;       /* the JSON body, or a signed response's claims; owned; NULL */
	struct json *jose_header; /* of a signed response; owned; NULL */
	bool is_signed, is_encrypted;
	/* Of a signed or encrypted response: NOT_CHECKED until somebody with the
	 * key set has looked. */
	enum sig_state sig;
	char sig_why[200];      /* with which key, or why not; safe text */
	struct claims envelope; /* a signed response's own claims (iss, aud …); for userinfo the same as claims */
	struct claims claims;   /* of doc (userinfo), of its token_introspection (RFC 9701) where there is one */
	enum tri active;        /* introspection's boolean */
	bool active_is_string;  /* "true": a deviation */
	struct challenges challenges;
	/* The error in the protocol's words; "" if there is none.  Safe text. */
	char error[64], description[400], error_uri[200], vendor_code[48];
	char error_from[24];    /* "body", "WWW-Authenticate" */
	char dialect[24];       /* "oauth", "spotify", "graph", "okta", … by the table dialects.def */
	/* Token response */
	bool has_access_token, has_refresh_token, has_id_token;
	bool has_expires_in;
	int64_t expires_in;
	enum num_form expires_in_form;
};

void answer_init(struct answer *a);
void answer_release(struct answer *a);
/* Never fails: what is not understood is OUTCOME_OTHER.  *a is initialised. */
void answer_read(struct answer *a, enum purpose p, const struct http_response *r);
/* Claims and envelope of doc, from which they borrow: again after doc was replaced, or its
 * strings were. */
void answer_read_claims(struct answer *a, enum purpose p);
/* The status as HTTP would have it where a SOAP fault or gRPC's status says what HTTP's does not. */
int answer_status(const struct answer *a);
const char *outcome_id(enum outcome o); /* "inactive" */
/* For the case file (answer-json.c): all of an answer but its status as an object, and back.
 * *out is initialised. */
struct json *answer_to_json(const struct answer *a);
enum res answer_from_json(struct answer *out, enum purpose p, int status, const struct json *j,
	struct err *e) MUST_USE;

#endif
