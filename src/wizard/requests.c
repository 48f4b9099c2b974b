#include "wizard/steps.h"

#include "base/mem.h"
#include "base/text.h"
#include "oauth/url.h"

/* --- one call --- */

static void
call_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct wizard *w = ctx;

	(void)raw;
	w->outstanding--;
	if (!x && w->probing < PROBE_COUNT) /* cancelled before it went out: it may be asked another
					       time */
		w->asked &= ~probe_bit(w->probing);
}

static void
call_init(struct engine_call *call, struct wizard *w, enum step s, enum purpose p,
	const char *method, struct span url)
{
	memset(call, 0, sizeof *call);
	http_request_init(&call->http);
	http_request_set(&call->http, method, url);
	call->step = s;
	call->purpose = p;
	call->idempotent = true;
	call->done = call_done;
	call->ctx = w;
}

static uint32_t
submit(struct wizard *w, struct engine_call *call)
{
	if (w->taking) { /* to be changed by hand first */
		*w->taking = *call;
		return 0;
	}
	w->outstanding++;
	return engine_submit(w->deps.engine, call);
}

static void
want_json(struct engine_call *call)
{
	http_headers_set(&call->http.headers, "Accept", SPAN_LIT("application/json"));
}

/* User information may be signed (OpenID Connect Core §5.3.2); an API may call its JSON by another
 * name (application/scim+json), or speak none. */
static void
want_information(struct wizard *w, struct engine_call *call)
{
	http_headers_set(&call->http.headers, "Accept",
		w->c->profile.resource_url ? SPAN_LIT("application/json, */*;q=0.5")
					   : SPAN_LIT("application/json, application/jwt;q=0.9"));
}

static void
form_content(struct engine_call *call)
{
	http_headers_set(&call->http.headers, "Content-Type",
		SPAN_LIT("application/x-www-form-urlencoded"));
}

/* --- discovery and keys --- */

static void
discovery_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct wizard *w = ctx;
	struct metadata m;

	w->outstanding--;
	if (!x || raw->response.status != 200)
		return;
	metadata_init(&m);
	if (metadata_parse(&m, buf_span(&raw->response.body), NULL) != RES_OK)
		goto out;
	/* RFC 8414 §3.3: metadata of another issuer is evidence, and never followed */
	if (!w->c->metadata.doc && metadata_is_of(&m, span_of(w->c->profile.issuer))) {
		w->c->metadata = m;
		w->c->metadata_from = x->n;
		w->c->revision++;
		metadata_init(&m);
		wizard_confirm_origins(w);
	}
out:
	metadata_release(&m);
}

void
send_discovery(struct wizard *w, bool oauth_form)
{
	struct span issuer = span_of(w->c->profile.issuer);
	struct engine_call call;
	struct buf url;

	buf_init(&url, LIMIT_URL);
	if ((oauth_form ? url_well_known_oauth : url_well_known_openid)(&url, issuer) == RES_OK) {
		call_init(&call, w, STEP_VERIFY, PURPOSE_DISCOVERY, "GET", buf_span(&url));
		call.follow_redirects = true;
		call.done = discovery_done;
		want_json(&call);
		submit(w, &call);
	}
	buf_release(&url);
}

static void
jwks_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct wizard *w = ctx;
	struct json *jwks = NULL;

	w->outstanding--;
	if (!x || raw->response.status != 200 ||
		json_parse(&jwks, buf_span(&raw->response.body), NULL) != RES_OK)
		return;
	json_free(w->jwks);
	w->jwks = jwks;
	w->jwks_from = x->n;
	check_signatures(w);
}

void
send_jwks(struct wizard *w)
{
	struct engine_call call;

	call_init(&call, w, STEP_VERIFY, PURPOSE_JWKS, "GET", wizard_endpoint(w, EP_JWKS));
	call.follow_redirects = true;
	call.done = jwks_done;
	want_json(&call);
	submit(w, &call);
}

/* --- introspection --- */

/* A signed answer is proven by the key set, which may not be there yet. */
static void
signed_answer_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct wizard *w = ctx;

	call_done(w, raw, x);
	if (x && x->answer.is_signed)
		keep_signed_answer(w, x->n, buf_span(&raw->response.body));
}

/* A made-up token looks like nothing that any server issued. */
static void
made_up_token(struct wizard *w, struct buf *out)
{
	buf_puts(out, "tokentriage-made-up-");
	rng_text(w->deps.rng, out, 18);
}

static void
form_made_up(struct wizard *w, struct engine_call *call, const char *name)
{
	struct buf value;

	buf_init(&value, LIMIT_TOKEN);
	made_up_token(w, &value);
	form_add(&call->http.body, name, buf_span(&value));
	buf_release(&value);
}

static void
introspect(struct wizard *w, struct span url, enum purpose p, enum token_slot slot,
	int64_t delay_us)
{
	struct engine_call call;

	call_init(&call, w, STEP_VERIFY, p, "POST", url);
	call.slot = slot;
	call.delay_us = delay_us;
	call.done = slot == SLOT_ACCESS ? signed_answer_done : call_done;
	want_json(&call);
	form_content(&call);
	/* no token_type_hint: some servers look only where the hint points, and call the rest
	 * inactive */
	form_add_secret(&call.http.body, "token", case_token(w->c, slot)->value);
	wizard_authenticate(w, EP_INTROSPECTION, &call);
	submit(w, &call);
}

void
send_introspection(struct wizard *w, int64_t delay_us)
{
	introspect(w, wizard_endpoint(w, EP_INTROSPECTION), PURPOSE_INTROSPECTION, SLOT_ACCESS,
		delay_us);
}

void
send_refresh_introspection(struct wizard *w, int64_t delay_us)
{
	introspect(w, wizard_endpoint(w, EP_INTROSPECTION), PURPOSE_INTROSPECTION, SLOT_REFRESH,
		delay_us);
}

void
send_introspection_at_issuer(struct wizard *w)
{
	introspect(w, w->c->metadata.url[EP_INTROSPECTION], PURPOSE_PROBE_INTROSPECTION,
		SLOT_ACCESS, 0);
}

void
send_made_up_introspection(struct wizard *w, enum client_auth auth, bool raw_basic)
{
	struct engine_call call;

	call_init(&call, w, STEP_VERIFY, PURPOSE_PROBE_INTROSPECTION, "POST",
		wizard_endpoint(w, EP_INTROSPECTION));
	call.slot = SLOT_MADE_UP;
	want_json(&call);
	form_content(&call);
	form_made_up(w, &call, "token");
	wizard_authenticate_as(w, &call, EP_INTROSPECTION, auth, raw_basic);
	submit(w, &call);
}

void
send_made_up_code(struct wizard *w, enum endpoint as_at, enum client_auth auth, bool raw_basic)
{
	const char *redirect = w->c->profile.redirect_uri;
	struct engine_call call;

	call_init(&call, w, STEP_VERIFY, PURPOSE_PROBE_TOKEN, "POST", wizard_endpoint(w, EP_TOKEN));
	call.slot = SLOT_MADE_UP;
	want_json(&call);
	form_content(&call);
	form_add(&call.http.body, "grant_type", SPAN_LIT("authorization_code"));
	form_made_up(w, &call, "code");
	form_add(&call.http.body, "redirect_uri",
		redirect ? span_of(redirect) : SPAN_LIT("http://127.0.0.1/callback"));
	wizard_authenticate_as(w, &call, as_at, auth, raw_basic);
	submit(w, &call);
}

/* --- the user-information query --- */

static struct span
userinfo_url(const struct wizard *w)
{
	const struct profile *p = &w->c->profile;

	return p->resource_url ? span_of(p->resource_url) : wizard_endpoint(w, EP_USERINFO);
}

void
send_userinfo(struct wizard *w, int64_t delay_us)
{
	struct engine_call call;

	call_init(&call, w, STEP_HANDLE,
		w->c->profile.resource_url ? PURPOSE_RESOURCE : PURPOSE_USERINFO, "GET",
		userinfo_url(w));
	call.slot = SLOT_ACCESS;
	call.delay_us = delay_us;
	call.credentials = true;
	call.done = signed_answer_done;
	want_information(w, &call);
	wizard_bear(w, &call);
	submit(w, &call);
}

void
send_userinfo_probe(struct wizard *w, enum userinfo_form form)
{
	static const enum purpose purposes[] = {
		[USERINFO_MADE_UP] = PURPOSE_PROBE_USERINFO,
		[USERINFO_BARE] = PURPOSE_PROBE_BARE,
		[USERINFO_IN_BODY] = PURPOSE_PROBE_FORM,
		[USERINFO_AS_BEARER] = PURPOSE_PROBE_BEARER,
	};
	struct engine_call call;
	struct buf token, header;

	call_init(&call, w, STEP_HANDLE, purposes[form], form == USERINFO_IN_BODY ? "POST" : "GET",
		userinfo_url(w));
	want_information(w, &call);
	if (form == USERINFO_MADE_UP) {
		call.slot = SLOT_MADE_UP;
		buf_init(&token, LIMIT_TOKEN);
		buf_init(&header, LIMIT_TOKEN);
		made_up_token(w, &token);
		buf_puts(&header, "Bearer ");
		buf_add_span(&header, buf_span(&token));
		http_headers_set(&call.http.headers, "Authorization", buf_span(&header));
		buf_release(&header);
		buf_release(&token);
	} else if (form == USERINFO_AS_BEARER) {
		call.slot = SLOT_ACCESS;
		wizard_bear_plainly(w, &call);
	} else if (form == USERINFO_IN_BODY) { /* RFC 6750 §2.2 */
		call.slot = SLOT_ACCESS;
		call.credentials = true;
		form_content(&call);
		form_add_secret(
			&call.http.body, "access_token", case_token(w->c, SLOT_ACCESS)->value);
	}
	submit(w, &call);
}

/* Refused for the dates of its certificate: is it the certificate, or the clock of this machine? */
static bool
dates_are_in_doubt(const struct wizard *w, struct span url)
{
	struct url asked, u;

	for (size_t i = 0; i < w->c->n_exchanges; i++) {
		const struct exchange *x = w->c->exchanges[i];

		if ((x->result.error == NETERR_TLS_EXPIRED ||
			    x->result.error == NETERR_TLS_NOT_YET_VALID) &&
			url_parse(&asked, url, NULL) == RES_OK &&
			url_parse(&u, span_of(x->request.url), NULL) == RES_OK &&
			url_same_origin(&asked, &u))
			return true;
	}
	return false;
}

void
send_clock(struct wizard *w, struct span url)
{
	struct engine_call call;

	call_init(&call, w, STEP_EXPIRY, PURPOSE_CLOCK, "GET", url);
	call.unverified = dates_are_in_doubt(w, url);
	submit(w, &call);
}

/* --- what changes something --- */

void
send_refresh(struct wizard *w)
{
	struct engine_call call;

	call_init(&call, w, STEP_REFRESH, PURPOSE_REFRESH, "POST", wizard_endpoint(w, EP_TOKEN));
	call.slot = SLOT_REFRESH;
	call.idempotent = false; /* a rotated token must not be sent twice */
	call.done = refresh_done;
	want_json(&call);
	form_content(&call);
	form_add(&call.http.body, "grant_type", SPAN_LIT("refresh_token"));
	form_add_secret(&call.http.body, "refresh_token", case_token(w->c, SLOT_REFRESH)->value);
	if (w->refresh_scope)
		form_add(&call.http.body, "scope", span_of(w->refresh_scope));
	wizard_authenticate(w, EP_TOKEN, &call);
	w->refresh_id = submit(w, &call);
}

static void
revocation_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct wizard *w = ctx;

	w->outstanding--;
	if (!x || raw->response.status != 200)
		return;
	w->c->revoked_wall_us = clock_wall_us(w->deps.clock);
	w->c->revoked_slot = w->revoke_slot;
	w->c->revision++;
	w->n_revoked++;
}

void
send_revocation(struct wizard *w, enum token_slot slot)
{
	struct engine_call call;

	call_init(&call, w, STEP_HANDLE, PURPOSE_REVOCATION, "POST",
		wizard_endpoint(w, EP_REVOCATION));
	call.slot = slot;
	call.idempotent = false;
	call.done = revocation_done;
	form_content(&call);
	form_add_secret(&call.http.body, "token", case_token(w->c, slot)->value);
	form_add(&call.http.body, "token_type_hint",
		slot == SLOT_REFRESH ? SPAN_LIT("refresh_token") : SPAN_LIT("access_token"));
	wizard_authenticate(w, EP_REVOCATION, &call);
	submit(w, &call);
}

/* --- what the flows send ------------------------------------------------------------------ */

void
call_form(
	struct engine_call *call, struct wizard *w, enum step s, enum purpose p, enum endpoint e)
{
	call_init(call, w, s, p, "POST", wizard_endpoint(w, e));
	want_json(call);
	form_content(call);
}

uint32_t
call_submit(struct wizard *w, struct engine_call *call)
{
	return submit(w, call);
}
