/*
 * Logging in again on the screen: which flow; what will be sent; waiting for the user; what came of
 * it. Inside the ui room.
 */
#ifndef TT_UI_LOGIN_H
#define TT_UI_LOGIN_H

#include "ui/qr.h"
#include "ui/state.h"

enum login_show { LOGIN_USUAL, LOGIN_ADDRESS, LOGIN_QR };

/* The screen of one flow; everything that moves is in ui->m.login. */
struct login {
	enum flow_kind kind;
	char *scope, *audience; /* wished instead of the profile's; NULL */
	size_t here;            /* the choice that Enter takes */
	int top;                /* of the request, in rows */
	enum login_show show;
	bool browser;           /* one can be started on this machine */
	int64_t began_us, tick_us; /* monotonic: waiting since; the next second */
	struct qr_code *qr;     /* of qr_for; NULL: not asked yet */
	char *qr_for;           /* the address it is of; NULL */
	char qr_why[160];       /* why there is none; "" */
};

/* What can be done with the request that is shown. */
enum login_choice { LOGIN_SEND, LOGIN_BROWSER, LOGIN_SCOPE, LOGIN_AUDIENCE, LOGIN_CANCEL };
/* The choices in order; returns how many. */
size_t login_choices(const struct login *l, enum login_choice out[4], const char *words[4]);
/* What a second screen may copy: the address, else the code; "". */
const char *login_address(const struct login_model *m);

void login_draw(const struct ui *ui, const struct login *l, struct canvas *c);
/* Rows of the request that are visible, and all it has, for scrolling. */
void login_request_rows(const struct ui *ui, const struct login *l, int *shown, int *all);

/* Opens the screen of a flow: prepares it.  False: a dialog says why not. */
bool login_open(struct ui *ui, enum flow_kind k);

#endif
