/*
 * Logging in again (flows.def): each flow is a small machine over the engine, without a screen, and
 * never blocks.  The user sees the request before it goes out (PREPARED), agrees (wizard_login_go)
 * and may cancel at any time.  wizard_update() moves it on; the loop waits for what
 * wizard_login_fds() gives, until wizard_deadline_us() at the latest.
 *
 * New tokens are stored first, at the place chosen for those of a refresh, and given to the case;
 * then they are verified and user information is asked for: the same proof as after a refresh.
 */
#ifndef TT_WIZARD_FLOW_H
#define TT_WIZARD_FLOW_H

#include <poll.h>

#include "wizard/wizard.h"

enum flow_kind {
#define FLOW(sym, id, words, first, grant, refs, takes, whose) FLOW_##sym,
#include "wizard/flows.def"
#undef FLOW
	FLOW_COUNT
};

struct flow_row {
	const char *id, *words; /* "code", "authorization code with PKCE" */
	enum endpoint first;    /* whom it asks first */
	const char *grant;      /* grant_type of the token request */
	const char *references, *takes, *whose;
};
const struct flow_row *flow_row(enum flow_kind k);
bool flow_from_id(struct span id, enum flow_kind *out);

enum flow_phase {
	FLOW_IDLE,
	FLOW_PREPARED,  /* the request is shown, and nothing of the flow was sent */
	FLOW_ASKING,    /* discovery, a pushed request, the device's codes */
	FLOW_WAITING,   /* for the user: at the browser, or at another device */
	FLOW_REDEEMING, /* the token request, and the keys of its ID token */
	FLOW_DONE,
	FLOW_FAILED,
	FLOW_CANCELLED,
};
/* Does the user need a browser for it? */
bool flow_needs_browser(enum flow_kind k);
/* Does the answer come by a redirect (CODE, SILENT)? */
bool flow_is_redirect(enum flow_kind k);
/* Between prepare and the end. */
bool flow_active(enum flow_phase p);

struct flow_wish { /* NULL: the profile's; scopes, audiences and resources blank-separated */
	const char *scope, *audience, *resource;
	bool open_browser; /* try to open one; the URL is shown anyway */
	bool push;         /* PAR (RFC 9126) though the server does not require it */
};

struct flow_view { /* borrowed until the next wizard call; every text is safe */
	enum flow_kind kind;
	enum flow_phase phase;
	const char *request; /* the next request as it will be sent, masked, several lines */
	const char *url;     /* CODE, SILENT: the whole authorization URL; NULL: not yet */
	const char *redirect_uri; /* as sent, with the listener's port; NULL for the others */
	bool listening;           /* at redirect_uri; else the redirect must be pasted back */
	bool opened;              /* a browser was started */
	const char *user_code, *verification_uri, *verification_uri_complete; /* DEVICE; NULL */
	/* Monotonic: when the waiting ends; the next poll.  0: none. */
	int64_t expires_us, next_us;
	const char *error; /* the OAuth error code, or one of ours ("id_token"); "" */
	/* One sentence, in the interface's language: what happened, or what to do now. */
	const char *words;
	unsigned ignored;  /* callbacks that were not the answer to this login */
	unsigned polls;    /* DEVICE: how often the token endpoint was asked */
};

/* Can it be done?  why gets the reason, or (true) what speaks against it; "" if nothing does. */
bool wizard_can_login(const struct wizard *w, enum flow_kind k, char *why, size_t size);
/*
 * Begins: PREPARED at once, or ASKING while the metadata is fetched.  A flow that ended, or waits
 * for the user's word, is forgotten. RES_REFUSED with the reason; RES_IO if the redirect URI's port
 * cannot be listened on.
 */
enum res wizard_login_prepare(struct wizard *w, enum flow_kind k, const struct flow_wish *wish,
	struct err *e) MUST_USE;
/*
 * The user agrees to the request as shown.  RES_REFUSED: not PREPARED, or no place for the tokens.
 */
enum res wizard_login_go(struct wizard *w, struct err *e) MUST_USE;
/*
 * The address that the browser was sent back to, pasted: whole, or its query.  RES_REFUSED if it is
 * not the answer to this login (nothing changes then), RES_SYNTAX if it is no such address at all.
 */
enum res wizard_login_paste(struct wizard *w, struct span redirect, struct err *e) MUST_USE;
/*
 * Nothing is sent any more; a token request that is under way is dropped.  No effect without one.
 */
void wizard_login_cancel(struct wizard *w);
const struct flow_view *wizard_login_view(const struct wizard *w); /* NULL: none began */
/*
 * Are the tokens of the login made for the user-information query, so that it follows as a proof?
 */
bool wizard_login_asks_user(const struct wizard *w);
/* The listener's sockets, for the loop's wait; returns how many. */
size_t wizard_login_fds(const struct wizard *w, struct pollfd *fds, size_t max);
enum { FLOW_FDS = 12 }; /* wizard_login_fds() never gives more */

#endif
