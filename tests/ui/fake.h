/*
 * A wizard and an engine that only pretend: the interface is tested against a case that is made up here.
 * Linked instead of those two rooms.
 */
#ifndef TT_TESTS_UI_FAKE_H
#define TT_TESTS_UI_FAKE_H

#include "ui/state.h"
#include "wizard/handle.h"

enum fake_state { FAKE_EMPTY, FAKE_RUNNING, FAKE_OK, FAKE_PROBLEM, FAKE_UNDETERMINED, FAKE_CHAIN, FAKE_OFFLINE, FAKE_STATES };

struct fake {
	enum fake_state state;
	struct clock clock;       /* manual; fake_real: the system's is used */
	bool real;
	struct case_file c;
	struct diagnosis d;
	struct log *log;
	struct redactor *redactor;
	uint64_t revision, seen;
	int64_t exp_us;           /* wall clock; 0: no countdown */
	int64_t last_second;
	int64_t life_s;           /* of the access token; 0: seven minutes */
	int64_t skew_s;           /* the server's clock is ahead by that; 0: by the state */
	bool refreshing;          /* what runs is a refresh */
	unsigned ran, cancelled, refreshed, revoked, walks, gave, probed, replaced; /* calls */
	size_t interrupted;       /* refreshes of earlier runs; wizard_dismiss() takes one off */
	enum token_place place;
	char path[200];
	struct flow_view login;   /* phase IDLE: none began */
	struct flow_wish wish;    /* of the last prepare; the texts are the caller's */
	char wished[80];          /* its scope or audience */
	unsigned sent, pasted;    /* calls of go; pastes that were taken */
	char saved[200];          /* "NAME ISSUER" of the editor's last save */
	unsigned tests;
	char shown[200], used[80]; /* the case to be shown next; the profile that was picked */
	enum purpose resend_as;    /* what the edited request is for; 0: what its exchange was */
	char resent[600];
	char given[200], source[160]; /* of the last token that was given */
	enum advice_kind decided; /* NONE: by the state */
	bool no_refresh;          /* none can be had */
	int64_t done_us;          /* a running step ends then; 0: never */
	/* What happens whenever the loop would block: returns bytes ready now, or 0 after moving the clock. */
	void (*on_wait)(int timeout_ms);
};
extern struct fake fake;

void fake_init(enum fake_state state);
void fake_release(void);
void fake_set(enum fake_state state);
/* A struct ui for drawing, without a terminal, at the step. */
struct ui *fake_ui(enum step step);
void fake_ui_free(struct ui *ui);
extern struct ui_deps fake_deps;
/* Rows and columns of the terminals that every screen is drawn for. */
extern const int fake_sizes[4][2];
/* A profile editor that keeps what it saves in fake.saved (text of its name and issuer). */
extern const struct ui_profiles fake_editor;
/* A login flow of that kind in that phase, as if it had come there. */
void fake_login(enum flow_kind k, enum flow_phase phase);
/* A code of the pattern of a real one, of `size` modules; no library. */
extern const struct qr_ops fake_qr;

#endif
