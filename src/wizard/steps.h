/*
 * Inside the wizard room: its state, and the jobs that the sequencer runs.  A job is a row of
 * functions, one a phase; a phase submits requests (or none), and the next one runs when all of
 * them are done, so that it can ask what the answers left open.
 */
#ifndef TT_WIZARD_STEPS_H
#define TT_WIZARD_STEPS_H

#include "base/text.h"
#include "base/tr.h"
#include "oauth/signkey.h"
#include "wizard/probes.h"

enum job {
	JOB_VERIFY,
	JOB_EXPIRY,
	JOB_REFRESH, /* really refreshes */
	JOB_HANDLE,
	JOB_DEBUG,
	JOB_REVOKE,
	JOB_PRECHECK, /* step 3 without a refresh */
	JOB_PROBES,   /* what the answers left open; of no step */
	JOB_LOGIN,    /* what a login has to know before it can be shown; of no step */
	JOB_RESEND, /* what was edited by hand and changes nothing; of no step */
	JOB_LOGIN_PROVE, /* its ID token, then the proof; of no step */
	JOB_COUNT
};

enum { WIZARD_QUEUE = 16 };

/* A key of the client, read or made when it is first needed. */
struct own_key {
	struct sign_key *key; /* NULL: none, and why says what came of trying */
	bool tried;
	char why[160];
};

struct wizard {
	struct wizard_deps deps;
	struct case_file *c;
	enum probe_level probes;
	enum token_place place;
	char *place_path;
	char *refresh_scope; /* what a refresh asks for; NULL: the same as before */

	struct facts facts;
	struct diagnosis diagnosis;
	struct walk walk;
	uint64_t seen_revision;
	int64_t seen_tick;
	bool derived;

	enum job queue[WIZARD_QUEUE];
	size_t n_queue;
	bool running;      /* queue[0] has begun */
	unsigned phase;    /* the next phase of queue[0] */
	/* probes asked about these tokens; allowed by the user beyond the level */
	uint32_t asked, consent;
	enum probe probing; /* the one under way, or the last one */
	size_t outstanding; /* requests submitted and not done */
	bool held;         /* a secret is on its way: no phase begins */
	int64_t held_us;   /* monotonic, since when */
	bool pumping;      /* the sequencer is on the stack */
	bool many;         /* wizard_for_many() */
	bool discovered;   /* discovery was asked for a token before this one */
	bool discovering;  /* another job than JOB_VERIFY asks for the metadata */
	enum token_slot revoke_slot;
	/* the refresh under way, which is never cancelled: its tokens would be lost; 0 */
	uint32_t refresh_id;
	struct engine_call *taking; /* what is made is put there, and not sent; NULL */
	struct resend *by_hand;     /* goes out instead of what the job would send; NULL */
	struct flow *flow; /* the login under way, or the last one; NULL */
	int64_t seen_second; /* of a waiting login's countdown */
	struct json *jwks; /* the newest key set, for tokens that come later; NULL */
	uint32_t jwks_from; /* its exchange */
	struct signed_answer {
		uint32_t n; /* its exchange */
		struct secret *jwt;
	} unproven[4]; /* answers that came signed before there was a key set */
	size_t n_unproven;
	struct own_key assertion_key, dpop_key;
	struct span audience; /* of the assertions a probe makes; empty: the profile's choice */
	bool certificate_tried;

	/* What this run sent and changed. */
	unsigned n_refreshed, n_revoked, n_logged_in;
	/* token requests of a login whose answer was not waited for, or did not come */
	unsigned n_login_open;
	unsigned n_unrecorded; /* of them without an exchange */
	bool refresh_wanted, revoke_wanted; /* by the walk */
	struct case_undone undone; /* of the run that a saved case is of */
	char refresh_block[ERR_TEXT_MAX]; /* why a refresh that was asked for was not sent; "" */
	char saved_to[300]; /* where the new tokens were written; "" */
	char kept_before[304]; /* where what saved_to held before is kept; "" */
	char save_error[ERR_TEXT_MAX];
};

/* For the wizard_can_…(): false, and why (may be NULL) gets the reason. */
static inline bool
cannot(char *why, size_t size, const char *reason)
{
	if (why)
		text_format(why, size, "%s", tr(reason));
	return false;
}

/*
 * A phase returns true if it goes on when what it submitted is done, false when the next one is
 * due.
 */
typedef bool job_phase(struct wizard *w);
struct job_row {
	enum step step; /* STEP_COUNT: of none */
	job_phase *phases[8]; /* NULL behind the last */
	/* what need_metadata() looks for: no step counts on step 1 having run */
	enum endpoint needs;
};

/* The phases, by the file of their step. */
bool need_metadata(struct wizard *w);
bool need_metadata_oauth(struct wizard *w);
bool verify_discovery(struct wizard *w);
bool verify_discovery_oauth(struct wizard *w);
bool verify_ask(struct wizard *w);
bool verify_keys(struct wizard *w);
bool expiry_clock(struct wizard *w);
bool expiry_clock_unverified(struct wizard *w);
bool refresh_send(struct wizard *w);
bool refresh_prove(struct wizard *w);
void refresh_advise(struct wizard *w);
/* What was asked for and not done, by this run or the one a saved case is of. */
void refresh_undone(const struct wizard *w, struct case_undone *out);
bool handle_ask(struct wizard *w);
bool handle_keys(struct wizard *w);
bool revoke_send(struct wizard *w);
bool revoke_prove(struct wizard *w);
bool revoke_look_again(struct wizard *w);
bool probes_ask(struct wizard *w);
bool login_discover(struct wizard *w);
bool login_ready(struct wizard *w);
bool login_keys(struct wizard *w);
bool login_judge(struct wizard *w);

/* --- sequencer (wizard.c) ----------------------------------------------------------------- */
void wizard_enqueue(struct wizard *w, enum job j);
void wizard_pump(struct wizard *w);
/* The endpoint without which the job that runs cannot do anything. */
enum endpoint wizard_needs(const struct wizard *w);
/* The metadata can be asked for, and nobody has yet. */
bool wizard_may_discover(const struct wizard *w);
/* Facts and diagnosis of the case as it is now. */
void wizard_derive(struct wizard *w);

/* --- probes (step-probes.c) --------------------------------------------------------------- */
bool probe_allowed(const struct wizard *w, enum probe p);
/* New tokens came: what was asked about the old ones may be asked again, about the client not. */
void probes_new_tokens(struct wizard *w);
/* While the verdict is open: names the question that would decide it, and how to ask it. */
void probes_advise(struct wizard *w);

/* --- logins (flow.c) ---------------------------------------------------------------------- */
struct flow;
void flow_turn(struct flow *f);
/* Cancels the login, and forgets it. */
void flow_forget(struct wizard *w);
/* The token request of a login that is under way, which only the login itself cancels; 0: none. */
uint32_t flow_awaited(const struct wizard *w);
/* The jobs of a login were dropped: it ends with what it has. */
void flow_interrupt(struct wizard *w);
/* The next thing a login waits for, monotonic; INT64_MAX: nothing. */
int64_t flow_deadline_us(const struct wizard *w);

/* --- who asks (authenticate.c) ------------------------------------------------------------ */
/* The endpoint as configured, else of the followed metadata; empty if neither has it. */
struct span wizard_endpoint(const struct wizard *w, enum endpoint e);
/* Confirms the origins of the profile and of its own metadata for credentials. */
void wizard_confirm_origins(struct wizard *w);
/* The method for an endpoint: the profile's, else by what the metadata allows there, else basic. */
enum client_auth wizard_auth_method(const struct wizard *w, enum endpoint e);
/*
 * Makes a call one of the client's at endpoint e (token, introspection, revocation, PAR, device
 * authorization): adds what the method and DPoP ask for to its headers and to its body, which is a
 * form, and says what is recorded of it.  Last, when the rest of the form stands.  What must be new
 * in each attempt (assertion, proof) is made by the engine as it goes out; what cannot be made is
 * not sent, and the exchange says why.
 */
void wizard_authenticate(struct wizard *w, enum endpoint e, struct engine_call *call);
/* The same by this method and without DPoP; AUTH_UNSET: as the profile would, AUTH_NONE: as nobody
 * at all. */
void wizard_authenticate_as(struct wizard *w, struct engine_call *call, enum endpoint e,
	enum client_auth auth, bool raw_basic);

/* --- what the client can prove (own-keys.c) ----------------------------------------------- */
void own_keys_forget(struct wizard *w); /* another profile */
/* Are new tokens bound to a key that goes with this session?  Then they are of no use after it. */
void own_keys_farewell(const struct wizard *w, struct buf *out);
/* The profile's dpop_key_file is not there yet: it is made when the first proof needs a key. */
bool own_keys_to_be_made(const struct profile *p);
/* The key that assertions are signed with; NULL, and why. */
struct sign_key *own_assertion_key(struct wizard *w, const char **why);
/* The certificate's thumbprint, kept in the case; "" without one. */
const char *own_certificate(struct wizard *w);
/*
 * A DPoP proof for a call at the authorization server (RFC 9449 §5, §10.1): where the profile says
 * dpop, or the access token is bound to a key.
 */
void wizard_prove_possession(struct wizard *w, struct engine_call *call);
/*
 * The access token into a call: as DPoP, with a proof, if it is bound to the key at hand; else as
 * Bearer.  Never with a proof by another key than the token's.
 */
void wizard_bear(struct wizard *w, struct engine_call *call);
/* … as Bearer, whatever it is bound to. */
void wizard_bear_plainly(struct wizard *w, struct engine_call *call);
/*
 * The thumbprint of the key that new tokens will be bound to (dpop_jkt, RFC 9449 §10); "": to none.
 */
const char *wizard_dpop_jkt(struct wizard *w);
/* How far a server's clock is ahead of ours, for what is signed: 0 unless it was seen to differ. */
int64_t wizard_ahead_s(const struct wizard *w, struct span url);

/* --- requests (requests.c) ---------------------------------------------------------------- */
void send_discovery(struct wizard *w, bool oauth_form);
void send_jwks(struct wizard *w);
void send_introspection(struct wizard *w, int64_t delay_us);
/* Of the refresh token: what became of it after a revocation. */
void send_refresh_introspection(struct wizard *w, int64_t delay_us);
void send_userinfo(struct wizard *w, int64_t delay_us);
/*
 * A made-up token in the client's name; auth AUTH_UNSET: by the chosen method, AUTH_NONE: in
 * nobody's name.
 */
void send_made_up_introspection(struct wizard *w, enum client_auth auth, bool raw_basic);
/* The same client at the token endpoint, with a made-up authorization code (RFC 6749 §4.1.3). */
void send_made_up_code(
	struct wizard *w, enum endpoint as_at, enum client_auth auth, bool raw_basic);
enum userinfo_form { USERINFO_MADE_UP, USERINFO_BARE, USERINFO_IN_BODY, USERINFO_AS_BEARER };
void send_userinfo_probe(struct wizard *w, enum userinfo_form form);
/* This token at the address of the metadata instead of the profile's. */
void send_introspection_at_issuer(struct wizard *w);
void send_clock(struct wizard *w, struct span url);
void send_refresh(struct wizard *w);
void send_revocation(struct wizard *w, enum token_slot slot);
/* For the flows: a POST with a form to come, whose answer is JSON; done is the caller's. */
void call_form(
	struct engine_call *call, struct wizard *w, enum step s, enum purpose p, enum endpoint e);
uint32_t call_submit(struct wizard *w, struct engine_call *call);

/* --- edited by hand (resend.c) ------------------------------------------------------------ */
struct resend;
uint32_t resend_submit(struct wizard *w); /* w->by_hand, which is gone then; the request's id */
void resend_drop(struct wizard *w);
bool resend_send(struct wizard *w);

/* --- new tokens (keep.c) ------------------------------------------------------------------ */
/*
 * A token response came in exchange `from`: masked from here on, stored and synced where the user
 * chose, then the case's newest generation.  An absent refresh token keeps the old one, but not of
 * a login, which may be another user's.  False: they are nowhere but in memory, and should not be;
 * w->save_error says why.
 */
enum token_origin { TOKENS_OF_REFRESH, TOKENS_OF_LOGIN, TOKENS_OF_EXCHANGE };
bool wizard_take_tokens(
	struct wizard *w, const struct token_response *t, uint32_t from, enum token_origin o);

/*
 * The tokens of a profile that keeps them in the keyring, where new ones will go, too; none there
 * yet is no error.
 */
enum res wizard_use_keyring(struct wizard *w, const char *name, struct err *e) MUST_USE;

/* --- what outlives a run (step-refresh.c) ------------------------------------------------- */
/* A refresh token was given: what earlier runs did with it. */
void refresh_recall(struct wizard *w);
/*
 * New tokens of exchange `from` are kept: if a login brought them, interrupted refreshes need not
 * be shown any more.
 */
void refresh_superseded(struct wizard *w, uint32_t from);
/* The answer to a refresh came, or never will (x NULL: it was not sent). */
void refresh_done(void *ctx, const struct net_result *raw, const struct exchange *x);

/* --- signatures (proof.c) ----------------------------------------------------------------- */
/* Looks at the signatures of the tokens and of the answers kept, with the key set at hand. */
void check_signatures(struct wizard *w);
/* An answer that came signed, as it came; its state goes to the exchange of that number. */
void keep_signed_answer(struct wizard *w, uint32_t n, struct span body);
void forget_signed_answers(struct wizard *w);
bool wants_keys(const struct wizard *w);

#endif
