/* Login flows that only pretend. */
#include "ui/fake.h"

#include "base/text.h"
#include "engine/browser.h"

#define AUTHORIZE "https://idp.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A" \
	"43117%2Fcallback&scope=openid%20profile%20offline_access&state=9f1c0a7e52b44c1d8e0a7d6b5c4a3f21&nonce=1d8e0a7d6b5c" \
	"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"

static const struct flow_row rows[FLOW_COUNT] = {
#define FLOW(sym, id, words, first, grant, refs, takes, whose) {id, words, EP_##first, grant, refs, takes, whose},
#include "wizard/flows.def"
#undef FLOW
};

const struct flow_row *
flow_row(enum flow_kind k)
{
	return &rows[k];
}

bool
flow_from_id(struct span id, enum flow_kind *out)
{
	for (int k = 0; k < FLOW_COUNT; k++) {
		if (span_is(id, rows[k].id)) {
			*out = (enum flow_kind)k;
			return true;
		}
	}
	return false;
}

bool
flow_active(enum flow_phase p)
{
	return p > FLOW_IDLE && p < FLOW_DONE;
}

bool
flow_is_redirect(enum flow_kind k)
{
	return k == FLOW_CODE || k == FLOW_SILENT;
}

bool
wizard_can_login(const struct wizard *w, enum flow_kind k, char *why, size_t size)
{
	(void)w;
	if (why)
		snprintf(why, size, "%s", k == FLOW_EXCHANGE ? "the server's metadata does not offer the token-exchange grant"
		: k == FLOW_SILENT ? "the server's metadata does not offer prompt=none" : "");
	return k != FLOW_EXCHANGE;
}

static void
set_waiting(struct flow_view *v)
{
	int64_t now = clock_mono_us(&fake.clock);

	if (v->kind == FLOW_DEVICE) {
		v->user_code = "WDJB-MJHT";
		v->verification_uri = "https://idp.example/device";
		v->verification_uri_complete = "https://idp.example/device?user_code=WDJB-MJHT";
		v->words = "Enter the code on another device; this goes on by itself then.";
		v->polls = 2;
		v->next_us = now + 5000000;
		v->expires_us = now + 588000000;
	} else {
		v->url = AUTHORIZE;
		v->redirect_uri = "http://127.0.0.1:43117/callback";
		v->listening = true;
		v->words = "Log in at the browser; this goes on by itself then.";
		v->expires_us = now + 600000000;
	}
}

void
fake_login(enum flow_kind k, enum flow_phase phase)
{
	struct flow_view *v = &fake.login;

	*v = (struct flow_view){.kind = k, .phase = phase, .error = "", .words = ""};
	switch (phase) {
	case FLOW_PREPARED:
		v->words = "This is what will be asked.";
		v->request = k == FLOW_DEVICE
			? "POST https://idp.example/device_authorization\n"
			  "Content-Type: application/x-www-form-urlencoded\n\nclient_id=app&scope=openid%20profile"
			: "GET https://idp.example/authorize (in the browser)\n  response_type=code\n  client_id=app\n"
			  "  redirect_uri=http://127.0.0.1:43117/callback\n  scope=openid profile offline_access\n"
			  "  state=[redacted]\n  nonce=[redacted]\n"
			  "  code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\n  code_challenge_method=S256\n";
		break;
	case FLOW_WAITING:
		set_waiting(v);
		break;
	case FLOW_ASKING:
		v->words = "Asking for the codes.";
		break;
	case FLOW_REDEEMING:
		v->words = "Exchanging the code for tokens.";
		break;
	case FLOW_DONE:
		v->words = "New tokens came and are kept in memory; they are verified now.";
		break;
	case FLOW_FAILED:
		v->error = "access_denied";
		v->words = "The user, or the server for the user, refused the login.";
		break;
	case FLOW_CANCELLED:
		v->words = "Cancelled: no token was asked for.";
		break;
	default:
		break;
	}
	fake.revision++;
}

enum res
wizard_login_prepare(struct wizard *w, enum flow_kind k, const struct flow_wish *wish, struct err *e)
{
	(void)w;
	if (k == FLOW_CLIENT)
		return err_set(e, RES_REFUSED, "the client has no credentials");
	fake.wish = *wish;
	snprintf(fake.wished, sizeof(fake.wished), "%s", wish->scope ? wish->scope : wish->audience ? wish->audience : "");
	fake_login(k, FLOW_PREPARED);
	return RES_OK;
}

enum res
wizard_login_go(struct wizard *w, struct err *e)
{
	(void)w;
	if (fake.login.phase != FLOW_PREPARED || fake.place == PLACE_UNCHOSEN)
		return err_set(e, RES_REFUSED, "no place for the tokens");
	fake.sent++;
	fake_login(fake.login.kind, FLOW_WAITING);
	fake.login.opened = fake.wish.open_browser;
	return RES_OK;
}

enum res
wizard_login_paste(struct wizard *w, struct span redirect, struct err *e)
{
	(void)w;
	if (span_find_str(redirect, "code=") == SIZE_MAX)
		return err_set(e, RES_SYNTAX, "this is no address that a login ends at");
	fake.pasted++;
	fake_login(fake.login.kind, FLOW_DONE);
	return RES_OK;
}

void
wizard_login_cancel(struct wizard *w)
{
	(void)w;
	fake_login(fake.login.kind, FLOW_CANCELLED);
}

const struct flow_view *
wizard_login_view(const struct wizard *w)
{
	(void)w;
	return fake.login.phase == FLOW_IDLE ? NULL : &fake.login;
}

size_t
wizard_login_fds(const struct wizard *w, struct pollfd *fds, size_t max)
{
	(void)w;
	(void)fds;
	(void)max;
	return 0;
}

bool
browser_available(void)
{
	return getenv("DISPLAY") != NULL;
}

/* The three finders of a real code and something between them. */
static bool
encode(const char *text, struct qr_code *out)
{
	int n = out->size = 29;

	if (strlen(text) > 200)
		return false;
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int dy = y < 7 ? y : n - 1 - y, dx = x < 7 ? x : n - 1 - x;
			bool corner = dy < 8 && dx < 8 && !(y > 8 && x > 8);
			int ring = (dy > 3 ? dy - 3 : 3 - dy) > (dx > 3 ? dx - 3 : 3 - dx) ? (dy > 3 ? dy - 3 : 3 - dy)
				: (dx > 3 ? dx - 3 : 3 - dx);

			out->dark[y * n + x] = corner ? ring != 2 && ring < 4 : (y * 7 + x * 3 + y * x) % 3 == 0;
		}
	}
	return true;
}

const struct qr_ops fake_qr = {encode};
