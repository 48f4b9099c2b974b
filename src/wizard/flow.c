/* The life of a login: prepared, agreed to, waited for, ended. */
#include "wizard/flow.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/pkce.h"
#include "oauth/url.h"
#include "wizard/flow-parts.h"

static const struct flow_row rows[FLOW_COUNT] = {
#define FLOW(sym, id, words, first, grant, refs, takes, whose)                                     \
	{id, words, EP_##first, grant, refs, takes, whose},
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
	return p == FLOW_PREPARED || p == FLOW_ASKING || p == FLOW_WAITING || p == FLOW_REDEEMING;
}

bool
flow_needs_browser(enum flow_kind k)
{
	return k == FLOW_CODE || k == FLOW_DEVICE || k == FLOW_SILENT;
}

bool
flow_is_redirect(enum flow_kind k)
{
	return k == FLOW_CODE || k == FLOW_SILENT;
}

/* --- may it be done ----------------------------------------------------------------------- */

static bool
no_endpoint(const struct wizard *w, enum endpoint e, char *why, size_t size)
{
	if (wizard_endpoint(w, e).n || wizard_may_discover(w))
		return false;
	if (why)
		text_format(why, size,
			_("no %s is known: give one, or an issuer to discover it from"),
			endpoint_words(e));
	return true;
}

/* What the metadata says against it: asked all the same, since metadata may be wrong. */
static void
say_doubts(const struct wizard *w, enum flow_kind k, char *why, size_t size)
{
	const struct metadata *m = &w->c->metadata;

	if (!why)
		return;
	if (metadata_supports(m, "grant_types_supported", rows[k].grant) == TRI_NO)
		text_format(why, size, _("the server's metadata does not offer the grant %s"),
			rows[k].grant);
	else if (flow_is_redirect(k) && m->doc &&
		metadata_supports(m, "code_challenge_methods_supported", "S256") == TRI_NO)
		text_format(why, size, _("the server's metadata does not offer PKCE with S256"));
	else if (k == FLOW_SILENT &&
		metadata_supports(m, "prompt_values_supported", "none") == TRI_NO)
		text_format(why, size, _("the server's metadata does not offer prompt=none"));
	else
		why[0] = '\0';
}

bool
wizard_can_login(const struct wizard *w, enum flow_kind k, char *why, size_t size)
{
	const struct case_token *access = case_token(w->c, SLOT_ACCESS);

	if (w->c->offline || w->c->as_of_wall_us)
		return cannot(why, size, "this case is offline: no server is asked");
	if (!w->c->profile.client_id)
		return cannot(why, size, "the profile has no client_id");
	if (no_endpoint(w, rows[k].first, why, size) || no_endpoint(w, EP_TOKEN, why, size))
		return false;
	if (k == FLOW_CLIENT && wizard_auth_method(w, EP_TOKEN) == AUTH_NONE)
		return cannot(why, size,
			"client credentials need a client that can authenticate, and the profile "
			"has no secret and no key");
	if (k == FLOW_EXCHANGE &&
		(!access->present || !access->value || !secret_len(access->value)))
		return cannot(why, size, "there is no access token to exchange");
	if (w->flow && flow_active(w->flow->phase) && w->flow->phase != FLOW_PREPARED)
		return cannot(why, size, "a login is under way");
	if (wizard_busy(w))
		return cannot(why, size, "another request is under way");
	say_doubts(w, k, why, size);
	return true;
}

/* --- begin -------------------------------------------------------------------------------- */

static char *
wished(const char *wish, const char *own, const char *otherwise)
{
	const char *s = wish ? wish : own ? own : otherwise;

	return s && *s ? xstrdup(s) : NULL;
}

static struct flow *
new_flow(struct wizard *w, enum flow_kind k, const struct flow_wish *wish)
{
	static const struct flow_wish none = {0};
	const struct profile *p = &w->c->profile;
	/* nobody is asked for openid by a client that is its own user */
	const char *scope = k == FLOW_CLIENT || k == FLOW_EXCHANGE ? NULL : "openid";
	struct flow *f = xcalloc(1, sizeof(*f));

	if (!wish)
		wish = &none;
	f->w = w;
	f->refs = 1;
	f->kind = k;
	f->phase = FLOW_ASKING;
	f->scope = wished(wish->scope, k == FLOW_CLIENT ? NULL : p->scope, scope);
	f->audience = wished(wish->audience, p->audience, NULL);
	f->resource = wished(wish->resource, p->resource, NULL);
	f->open_browser = wish->open_browser;
	f->push = wish->push;
	buf_init(&f->redirect_uri, LIMIT_URL);
	buf_init_wiping(&f->url, 4 * LIMIT_URL);
	buf_init_wiping(&f->request, 1 << 20);
	return f;
}

void
flow_unref(struct flow *f)
{
	if (!f || --f->refs)
		return;
	listener_close(f->listener);
	secret_unref(f->state);
	secret_unref(f->nonce);
	secret_unref(f->verifier);
	secret_unref(f->code);
	secret_unref(f->device_code);
	free(f->scope);
	free(f->audience);
	free(f->resource);
	free(f->challenge);
	free(f->request_uri);
	buf_release(&f->redirect_uri);
	buf_release(&f->url);
	buf_release(&f->request);
	wipe(f, sizeof(*f));
	free(f);
}

static struct secret *
draw(struct wizard *w)
{
	struct secret *s;
	struct buf b;

	buf_init_wiping(&b, 64);
	(void)rng_text(w->deps.rng, &b, 24);
	s = secret_new(buf_span(&b));
	buf_release(&b);
	redactor_add(w->deps.redactor, s);
	return s;
}

/* Opens the listener (or notes that there is none), draws state, nonce and verifier. */
static enum res
open_flow(struct flow *f, struct err *e)
{
	const char *own = f->w->c->profile.redirect_uri;
	struct span redirect = own ? span_of(own) : SPAN_LIT("http://127.0.0.1/callback");
	struct buf challenge;
	struct url u;
	enum res r;

	if (!flow_is_redirect(f->kind))
		return RES_OK;
	if (listen_possible(redirect)) {
		r = listener_open(&f->listener, redirect, f->w->deps.clock, e);
		if (r != RES_OK)
			return r;
		(void)listener_redirect_uri(f->listener, &f->redirect_uri);
	} else {
		if (span_starts_nocase(redirect, "http") && url_parse(&u, redirect, e) != RES_OK)
			return RES_SYNTAX;
		(void)buf_add_span(&f->redirect_uri, redirect);
	}
	f->state = draw(f->w);
	f->nonce = draw(f->w);
	f->verifier = pkce_verifier_new(f->w->deps.rng);
	redactor_add(f->w->deps.redactor, f->verifier);
	buf_init(&challenge, 64);
	if (pkce_challenge(&challenge, f->verifier) != RES_OK) {
		buf_release(&challenge);
		return err_set(e, RES_UNSUPPORTED,
			"PKCE needs a digest, and the cryptography module cannot be loaded");
	}
	f->challenge = buf_take(&challenge);
	return RES_OK;
}

/* The metadata is as good as it gets: PREPARED, or FAILED. */
static void
ready(struct flow *f)
{
	enum endpoint first = flow_row(f->kind)->first;
	struct wizard *w = f->w;

	wizard_confirm_origins(w);
	if (!wizard_endpoint(w, first).n)
		flow_fail(f, "", "No %s is known: neither the profile nor the metadata names one.",
			tr(endpoint_words(first)));
	else if (!wizard_endpoint(w, EP_TOKEN).n)
		flow_fail(f, "",
			"No token endpoint is known: neither the profile nor the metadata "
			"names one.");
	else if (flow_is_redirect(f->kind) && !text_is_safe(wizard_endpoint(w, first)))
		flow_fail(f, "", "The authorization endpoint is no address that can be shown.");
	else if (flow_is_redirect(f->kind) && !flow_pushes(f) &&
		flow_authorization_url(f) != RES_OK)
		flow_fail(f, "", "The authorization request is longer than an address can be.");
	else if (flow_pushes(f) && !wizard_endpoint(w, EP_PAR).n)
		flow_fail(f, "",
			"The request must be pushed (RFC 9126), and no pushed authorization "
			"request endpoint is known.");
	else
		flow_enter(f, FLOW_PREPARED, "This is what will be sent. It waits for your word.");
}

enum res
wizard_login_prepare(
	struct wizard *w, enum flow_kind k, const struct flow_wish *wish, struct err *e)
{
	char why[LIMIT_MESSAGE];
	struct flow *f;
	enum res r;

	if (!wizard_can_login(w, k, why, sizeof why))
		return err_set(e, RES_REFUSED, "%s", why);
	/* one that waits for its word may hold the port that the redirect URI names */
	flow_unref(w->flow);
	w->flow = NULL;
	f = new_flow(w, k, wish);
	r = open_flow(f, e);
	if (r != RES_OK) {
		flow_unref(f);
		return r;
	}
	w->flow = f;
	if (wizard_may_discover(w)) {
		flow_enter(f, FLOW_ASKING, "Asking the issuer for its endpoints.");
		wizard_enqueue(w, JOB_LOGIN);
		wizard_pump(w);
	} else {
		ready(f);
	}
	return RES_OK;
}

/* --- the job's phases ------------------------------------------------------------------------ */

bool
login_discover(struct wizard *w)
{
	w->discovering = wizard_may_discover(w);
	return w->discovering ? verify_discovery(w) : false;
}

bool
login_ready(struct wizard *w)
{
	if (w->flow && w->flow->phase == FLOW_ASKING)
		ready(w->flow);
	return false;
}

/* --- go, paste, cancel -------------------------------------------------------------------- */

enum res
wizard_login_go(struct wizard *w, struct err *e)
{
	struct flow *f = w->flow;

	if (!f || f->phase != FLOW_PREPARED)
		return err_set(e, RES_REFUSED, "no login is prepared");
	if (w->place == PLACE_UNCHOSEN)
		return err_set(e, RES_REFUSED,
			"choose first where the new tokens go: a file, or memory only");
	log_add(w->deps.log, LOG_INFO, LOGC_STEP, 0, "login: %s", flow_row(f->kind)->words);
	if (!flow_is_redirect(f->kind))
		flow_send(f, flow_first(f));
	else if (flow_pushes(f))
		flow_send(f, SEND_PUSH);
	else
		flow_wait_for_browser(f);
	return RES_OK;
}

void
wizard_login_cancel(struct wizard *w)
{
	struct flow *f = w->flow;

	if (!f || !flow_active(f->phase))
		return;
	if (f->kind == FLOW_DEVICE && f->device_code)
		flow_enter(f, FLOW_CANCELLED,
			"The login was cancelled. The user code is good until it expires.");
	else
		flow_enter(f, FLOW_CANCELLED, "The login was cancelled.");
}

void
flow_forget(struct wizard *w)
{
	wizard_login_cancel(w);
	flow_unref(w->flow);
	w->flow = NULL;
}

/* The words are read by who sits there; what is logged is English. */
static void PRINTF(3, 0)
enter(struct flow *f, enum flow_phase p, const char *fmt, va_list ap)
{
	char logged[sizeof f->words];
	va_list again;

	f->phase = p;
	va_copy(again, ap);
	text_vformat(logged, sizeof logged, fmt, again);
	va_end(again);
	text_vformat(f->words, sizeof f->words, tr(fmt), ap);
	if (p == FLOW_FAILED || p == FLOW_CANCELLED)
		log_add(f->w->deps.log, p == FLOW_FAILED ? LOG_WARN : LOG_INFO, LOGC_STEP, 0,
			"login: %s", logged);
	if (p != FLOW_WAITING)
		f->next_us = f->expires_us = 0;
	if (!flow_active(p) || p == FLOW_REDEEMING) {
		listener_close(f->listener);
		f->listener = NULL;
	}
	if (!flow_active(p) && f->id) {
		engine_cancel(f->w->deps.engine, f->id);
		f->id = 0;
	}
	f->w->derived = false;
	flow_show(f);
}

void
flow_enter(struct flow *f, enum flow_phase p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	enter(f, p, fmt, ap);
	va_end(ap);
}

void
flow_fail(struct flow *f, const char *error, const char *fmt, ...)
{
	va_list ap;

	text_safe_into(f->error, sizeof f->error, span_of(error));
	va_start(ap, fmt);
	enter(f, FLOW_FAILED, fmt, ap);
	va_end(ap);
}

uint32_t
flow_awaited(const struct wizard *w)
{
	return w->flow && w->flow->phase == FLOW_REDEEMING ? w->flow->id : 0;
}

const struct flow_view *
wizard_login_view(const struct wizard *w)
{
	return w->flow ? &w->flow->view : NULL;
}

size_t
wizard_login_fds(const struct wizard *w, struct pollfd *fds, size_t max)
{
	return w->flow && w->flow->listener ? listener_fds(w->flow->listener, fds, max) : 0;
}

int64_t
flow_deadline_us(const struct wizard *w)
{
	const struct flow *f = w->flow;
	int64_t at = INT64_MAX, second;

	if (!f || f->phase != FLOW_WAITING)
		return at;
	if (f->expires_us)
		at = f->expires_us;
	if (f->next_us && !f->id && f->next_us < at)
		at = f->next_us;
	if (f->listener && listener_deadline_us(f->listener) < at)
		at = listener_deadline_us(f->listener);
	/* a countdown stands on the screen */
	second = clock_mono_us(f->w->deps.clock) / 1000000 * 1000000 + 1000000;
	return at < second ? at : second;
}
