/*
 * The embedded authorization server: loopback only, a port of the system's, credentials made at
 * random at every start.  server.c alone knows libmicrohttpd and lives in the module demo.so; its
 * state is behind this vtable.  It runs in a thread of its own and shares nothing with the program
 * but the handle.
 */
#ifndef TT_DEMO_DEMO_H
#define TT_DEMO_DEMO_H

#include "base/buf.h"
#include "base/secret.h"
#include "oauth/crypto.h"

/* What happened to the tokens, and how the client was set up; bits, all orthogonal. */
enum demo_fault {
	FAULT_REVOKED = 1 << 0, /* the access token was revoked */
	FAULT_ROTATED = 1 << 1, /* the refresh token was used before, its successor is lost */
	FAULT_WRONG_SECRET = 1 << 2, /* the client is configured with another secret */
	FAULT_NO_SECRET = 1 << 3, /* ... with none */
	FAULT_WRONG_CLIENT = 1 << 4, /* ... with an id that the server does not know */
	FAULT_PUBLIC_CLIENT = 1 << 5, /* the client has no secret, and may not introspect */
	FAULT_KEY_RETIRED = 1 << 6, /* the token's signing key was dropped after it was issued */
	/* the token is another client's; a client sees only its own */
	FAULT_FOREIGN_CLIENT = 1 << 7,
	FAULT_FOREIGN_REFRESH = 1 << 8, /* the refresh token is another client's */
	FAULT_OTHER_REALM = 1 << 9, /* the token is of another realm of the server */
	FAULT_NO_USER = 1 << 10, /* the token is of a client_credentials grant */
	FAULT_FORGED = 1 << 11, /* signed with a key of its own under the server's kid */
	FAULT_SUB_MISMATCH = 1 << 12, /* userinfo speaks of another user */
	FAULT_REFRESH_EXPIRED = 1 << 13, /* the refresh token is past its time */
	FAULT_GRANT_REVOKED = 1 << 14, /* the user's whole grant was revoked */
	FAULT_NO_REFRESH = 1 << 15, /* no refresh token was issued */
	FAULT_DPOP_BOUND = 1 << 16, /* the token is bound to a key; proofs are wanted everywhere */
	FAULT_MTLS_BOUND = 1 << 17, /* ... to a client certificate; https is spoken */
	FAULT_REFRESH_BARRED = 1 << 18, /* the client may not use the refresh_token grant */
	FAULT_BIG_TOKEN = 1 << 19, /* some 8 KB of groups in the access token */
	FAULT_OTHER_KEY = 1 << 20, /* the profile's DPoP key or certificate is not the token's */
};

/* How the server does things that others do differently; bits, all orthogonal. */
enum demo_quirk {
	QUIRK_POST_ONLY = 1 << 0, /* it takes client_secret_post only and says so */
	QUIRK_POST_ONLY_HIDDEN = 1 << 1, /* the same, but the metadata do not say it */
	QUIRK_NO_INTROSPECTION = 1 << 2, /* no such endpoint, and none advertised */
	QUIRK_ISSUER_SLASH = 1 << 3, /* its issuer ends in "/", the configured one does not */
	QUIRK_RAW_BASIC = 1 << 4, /* Basic credentials are not form-decoded (RFC 6749 §2.3.1) */
	QUIRK_SCOPE_ARRAY = 1 << 5, /* "scope" is an array */
	QUIRK_EXP_MILLIS = 1 << 6, /* times are milliseconds */
	QUIRK_SIGNED_USERINFO = 1 << 7, /* user information as application/jwt */
	QUIRK_SIGNED_INTROSPECTION = 1 << 8, /* introspection as a JWT (RFC 9701) */
	QUIRK_REVOKE_NOOP = 1 << 9, /* revocation says 200 and does nothing */
	QUIRK_HIDE_CLIENT = 1 << 10, /* failed client authentication is answered active:false */
	QUIRK_SUB_ONLY = 1 << 11, /* userinfo has "sub" and nothing else */
	QUIRK_ENCRYPTED = 1 << 12, /* access tokens are JWEs */
	QUIRK_KEEPS_REFRESH = 1 << 13, /* a refresh brings no new refresh token */
	QUIRK_EXPIRES_IN = 1 << 14, /* expires_in is not what exp says */
	QUIRK_SKIPS_EXPIRY = 1 << 15, /* userinfo does not look at exp */
	QUIRK_ECHO = 1 << 16, /* introspection repeats the token */
	QUIRK_KEY_ALG = 1 << 17, /* the key set gives the key another algorithm than the tokens */
	QUIRK_NAME_ISSUER = 1 << 18, /* tokens are good only under the host name in their iss */
	QUIRK_DEAD_IS_ERROR = 1 << 19, /* introspection answers an error, not active:false */
	QUIRK_OPEN_INTROSPECTION = 1 << 20, /* a client sees the tokens of others too */
	QUIRK_LOCAL_API = 1 << 21, /* the API verifies by itself, and learns of no revocation */
	QUIRK_PRIVATE_SIGNATURE = 1 << 22, /* access tokens are signed for their own API alone */
	/* userinfo and API know no DPoP: Bearer, whatever it is bound to */
	QUIRK_BEARER_ONLY = 1 << 23,
};

/* What the server wants of a client beyond the usual; bits, all orthogonal. */
enum demo_demand {
	DEMAND_NONCE = 1 << 0,     /* DPoP proofs with the server's nonce (RFC 9449 §8) */
	DEMAND_NEW_NONCE = 1 << 1, /* ... and none is ever new enough */
	DEMAND_PAR = 1 << 2,       /* pushed authorization requests only (RFC 9126) */
	DEMAND_ASSERTION = 1 << 3, /* private_key_jwt only */
	DEMAND_INNER_NAME = 1 << 4, /* aud and htu have the name it has behind its proxy */
	DEMAND_DEVICE = 1 << 5,    /* the client logs in by device only (RFC 8628) */
};

/* What keys the profile has; bits. */
enum demo_with {
	WITH_DPOP = 1 << 0,        /* a DPoP key, and dpop = true */
	WITH_CERTIFICATE = 1 << 1, /* a certificate with its key */
	WITH_KEY = 1 << 2,         /* the key the client is registered with, for assertions */
};

/* What the server says where it would say yes; rows of says.c. */
enum demo_says {
	SAYS_YES,
	SAYS_INACTIVE, /* introspection alone */
	SAYS_SESSION_ENDED, SAYS_USER_GONE, SAYS_STALE, SAYS_STEP_UP, SAYS_MALFORMED, SAYS_NO_KEY,
	SAYS_NO_KEYS, SAYS_NO_JWT,
	SAYS_NO_MORE, /* no, and not why */
	SAYS_REFRESH_IDLE, SAYS_REFRESH_ABSOLUTE, SAYS_REFRESH_PASSWORD, SAYS_REFRESH_LOGIN,
	SAYS_REFRESH_SCOPE, SAYS_REFRESH_NO_MORE,
	SAYS_REVOKES_REFRESH, /* it revokes refresh tokens only */
	SAYS_SECRET_EXPIRED, SAYS_CLIENT_DISABLED, SAYS_NOT_PERMITTED, SAYS_RESOURCES_ONLY,
};

/* What stands in the place of an endpoint; rows of wreck.c. */
enum demo_wreck {
	WRECK_NONE,
	WRECK_LOGIN_PAGE,    /* 200 and a login form */
	WRECK_LOGIN_REDIRECT, /* 302 to a login page */
	WRECK_RATE_LIMIT,    /* 429 with Retry-After */
	WRECK_BAD_GATEWAY,   /* 502 and a gateway's page */
	WRECK_UNAVAILABLE,   /* 503 */
	WRECK_FORM_BODY,     /* the answer as form data */
	WRECK_SCRIPT,        /* the answer wrapped in a function call (JSONP) */
	WRECK_BOM,           /* the answer behind a byte-order mark */
	WRECK_TWICE,         /* a member of the answer stands there twice */
	WRECK_ALTERED,       /* the end of the answer is not what was sent */
	WRECK_EMPTY,         /* 200 and nothing */
	WRECK_ERROR_200,     /* 200 and an error object */
	WRECK_FIREWALL,      /* 403 of a filter in front, not of the server */
	WRECK_NOT_FOUND,     /* 404 */
	WRECK_HEADER_TOO_LARGE, /* 431 where the Authorization header is longer than 4 KB */
	WRECK_OTHER_HOST,    /* 302 to the same path under another name of this host */
	WRECK_STRIPPED,      /* the Authorization header is lost on the way */
	WRECK_LOOP,          /* 302 to itself */
	WRECK_TO_HTTPS,      /* 301 to https */
	WRECK_POST_ONLY,     /* 405 for GET */
	WRECK_JSON_ONLY,     /* 415 for a form */
	WRECK_GUARDED,       /* 401 of an API gateway that wants a key of its own */
	WRECK_ENDLESS,       /* more than any answer may have */
	/* The metadata name ... */
	WRECK_CLOSED_PORT,   /* a port where nothing listens */
	WRECK_FULL_PORT,     /* a port that takes no more connections: packets are dropped */
	WRECK_BANNER_PORT,   /* a port where another protocol is spoken */
	WRECK_TLS_PORT,      /* https, at the port that speaks http */
	WRECK_TLS_SELF_SIGNED, /* https, with a certificate that nobody vouches for */
	WRECK_TLS_EXPIRED,   /* https, with one that has expired (the profile trusts it) */
	WRECK_TLS_OTHER_NAME, /* https, with one for another name (the profile trusts it) */
	WRECK_NO_HOST,       /* a host that cannot exist */
	WRECK_NO_SCHEME,     /* no http or https at all */
	WRECK_PROXY,         /* the profile has a proxy that wants to know who asks */
	WRECK_CUT_SHORT,     /* fewer bytes than announced */
	WRECK_RESET,         /* the connection is closed instead of an answer */
	WRECK_SLOW,          /* the answer comes after delay_ms */
	WRECK_COUNT
};

/* Where it stands; bits. */
enum demo_place {
	AT_DISCOVERY = 1 << 0,
	AT_JWKS = 1 << 1,
	AT_INTROSPECTION = 1 << 2,
	AT_TOKEN = 1 << 3,
	AT_USERINFO = 1 << 4,
	AT_REVOCATION = 1 << 5,
	AT_API = 1 << 6,
	AT_LOGIN = 1 << 7, /* the pages of authorization and devices */
};

/* In what form the user gives the access token. */
enum demo_given {
	GIVEN_PLAIN,
	GIVEN_BEARER,     /* "Bearer " in front */
	GIVEN_LINE_BREAK, /* broken over two lines, a blank behind */
	GIVEN_QUOTED,
	GIVEN_JSON,       /* the whole token response */
	GIVEN_PERCENT,    /* percent-encoded dots */
	GIVEN_TRUNCATED,  /* the end is missing */
	GIVEN_ID_TOKEN,   /* the ID token instead */
	GIVEN_REFRESH,    /* the refresh token instead */
	GIVEN_PLACEHOLDER, /* "undefined" */
};

/* One row of scenarios.def.  Members without a value mean the healthy thing. */
struct scenario {
	const char *name;      /* "expired": stable, the argument of demo */
	const char *sentence;  /* what the learner sees before he starts */
	const char *expects;   /* the id of the finding it leads to; "" for healthy */
	const char *goal;      /* what to do in it */
	/* User information is got all the same: the verdict is ok, `expects` a warning or hint. */
	bool healthy;
	bool open;             /* nothing can decide: `expects` is an umbrella, undetermined */
	/* ok in the end, though something was refused: `expects` is then a warning */
	bool passes;
	bool refresh;          /* the cause shows itself only when a refresh is tried */
	bool revoke;           /* ... when the token is revoked */
	bool opaque;           /* the access token is no JWT */
	bool api;              /* step 4 asks /api/me, on an origin of its own */
	unsigned faults;       /* enum demo_fault */
	unsigned quirks;       /* enum demo_quirk */
	unsigned demands;      /* enum demo_demand */
	unsigned with;         /* enum demo_with */
	enum demo_says says;
	enum demo_wreck wreck;
	unsigned wreck_at;     /* enum demo_place */
	enum demo_given given;
	int left_s;            /* seconds until the access token expires (0: 3300; < 0: ago) */
	int not_before_s;      /* seconds until its nbf; 0: none */
	int skew_s, api_skew_s; /* the servers' clocks against the local one, seconds */
	int hidden_s;          /* unknown to the server so long from the first question on */
	int delay_ms;          /* WRECK_SLOW */
	int timeout_s;         /* of the profile; 0: the default */
	const char *scope;     /* granted; NULL: DEMO_SCOPE */
	const char *audience;  /* of the token; NULL: the issuer and the API */
	const char *secret_tail; /* appended to the client secret */
	const char *userinfo_path; /* the profile's own userinfo endpoint, below the origin */
	const char *client_auth; /* the profile's method; NULL: by the metadata */
	const char *silent;    /* the error of prompt=none; NULL: as the browser's session has it */
	const char *narrows;   /* a refresh grants no other scopes than these; NULL: as asked */
	int interval_s;        /* between two polls for a device; 0: DEMO_INTERVAL_S */
};
#define DEMO_SCOPE "openid profile email"
enum { DEMO_INTERVAL_S = 2 };
extern const struct scenario scenarios[];
extern const size_t scenario_count;
const struct scenario *scenario_find(struct span name); /* NULL */
/* The lesson path, in order. */
struct lesson_row {
	const char *name; /* of its scenario */
	bool mended;      /* reached by a refresh that helps, not by finding the cause */
};
extern const struct lesson_row lesson_rows[];
extern const size_t lesson_count;
const struct lesson_row *lesson_find(const char *name); /* NULL: the scenario is not of the path */
/* The heading it stands under; s is one of scenarios[]. */
const char *scenario_group(const struct scenario *s);

/* What the program is given to connect with. */
struct demo_client {
	char issuer[128];
	char client_id[64];
	/* owned; may be NULL */
	struct secret *client_secret, *access_token, *refresh_token, *id_token;
	/*
	 * PEM, owned.  What the client is registered with: a certificate and its key, good for
	 * private_key_jwt and for self_signed_tls_client_auth.  dpop_key: NULL without WITH_DPOP.
	 */
	char *cert_pem;
	struct secret *key_pem, *dpop_key_pem;
	unsigned with;               /* enum demo_with: what of these the profile has */
	char userinfo_endpoint[192]; /* only where the scenario configures another; "" */
	char introspection_endpoint[192], token_endpoint[192];
	char resource_url[192];      /* what step 4 queries instead of the userinfo endpoint; "" */
	char client_auth[32];        /* "" : default */
	char proxy[64];              /* "": none */
	char *ca_pem;                /* owned; whom the profile trusts; NULL: the system's */
	char scope[128];
	int timeout_s;               /* 0: the default */
	bool discovery;
};

struct demo_config {
	const struct scenario *scenario;
	int port;                          /* 0: the system's choice */
	const struct crypto_ops *crypto;
	void (*fill_random)(void *p, size_t n);
	int64_t (*now_s)(void);            /* the wall clock the server reads */
	int64_t max_seconds;               /* ends by itself; 0: never (serve) */
};

struct demo_server;

struct demo_ops {
	/*
	 * NULL with the reason in e: RES_REFUSED, the port asked for cannot be had.  *out is to be
	 * released by demo_client_release().
	 */
	struct demo_server *(*start)(const struct demo_config *c, struct demo_client *out,
		struct err *e);
	void (*stop)(struct demo_server *s); /* joins the thread */
	int (*port)(const struct demo_server *s);
	/* Requests served so far (tests). */
	unsigned long (*served)(const struct demo_server *s);
};
void demo_client_release(struct demo_client *c);

/* What the module demo.so exports: one symbol, "tokentriage_demo". */
enum { DEMO_MODULE_ABI = 1 };
struct demo_module {
	int abi;
	const struct demo_ops *ops;
};
extern const struct demo_ops demo_microhttpd;

#endif
