#include "wizard/resend.h"

#include "base/encode.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/tr.h"
#include "oauth/url.h"
#include "wizard/steps.h"

struct resend {
	struct engine_call call; /* http: as prepared, without what the rows say */
	char *client_id; /* call.auth_client_id is borrowed */
	struct resend_row *rows;
	size_t n;
	struct redactor *redactor; /* replaced secrets are registered there */
	size_t generations; /* of the case's tokens, when it was prepared */
	enum token_slot slot; /* the token in question, whatever is sent in its place */
};

/* --- rows ------------------------------------------------------------------------------------ */

static struct resend_row *
add_row(struct resend *r, enum resend_kind kind, struct span name, struct span value)
{
	struct resend_row *row;

	r->rows = xreallocarray(r->rows, r->n + 1, sizeof(*r->rows));
	row = &r->rows[r->n++];
	*row = (struct resend_row){
		.kind = kind, .name = span_dup(name), .value = secret_new(value)};
	return row;
}

static bool
header_is_secret(const struct redactor *redactor, struct span name, struct span value)
{
	struct buf masked;
	bool is;

	buf_init_wiping(&masked, 2 * LIMIT_TOKEN);
	is = redact_name_is_secret(name) || span_is_nocase(name, "Authorization") ||
		redact_header(redactor, &masked, name, value) != RES_OK ||
		!span_eq(buf_span(&masked), value);
	buf_release(&masked);
	return is;
}

static bool
param_is_secret(const struct redactor *redactor, struct span name, struct span value)
{
	struct buf masked;
	bool is;

	buf_init_wiping(&masked, 2 * LIMIT_TOKEN);
	/* RFC 7662 §2.1, RFC 7009 §2.1 */
	is = span_is(name, "token") || redact_parameter_is_secret(name, value) ||
		redact_text(redactor, &masked, value) != RES_OK ||
		!span_eq(buf_span(&masked), value);
	buf_release(&masked);
	return is;
}

static bool
url_is_secret(const struct redactor *redactor, struct span url)
{
	struct buf masked;
	bool is;

	buf_init_wiping(&masked, 2 * LIMIT_URL);
	is = redact_url(redactor, &masked, url) != RES_OK || !span_eq(buf_span(&masked), url);
	buf_release(&masked);
	return is;
}

static bool
is_secret(const struct resend *r, const struct resend_row *row)
{
	struct span name = span_of(row->name), value = secret_reveal(row->value);

	switch (row->kind) {
	case RESEND_HEADER:
		return header_is_secret(r->redactor, name, value);
	case RESEND_PARAM:
		return param_is_secret(r->redactor, name, value);
	default:
		return url_is_secret(r->redactor, value);
	}
}

/* The parameter that the case's tokens are kept by: sent as it is, or not by this way. */
static bool
keeps_tokens(const struct resend *r, const struct resend_row *row)
{
	if (row->kind != RESEND_PARAM)
		return false;
	if (r->call.purpose == PURPOSE_REFRESH)
		return !strcmp(row->name, "refresh_token") || !strcmp(row->name, "grant_type");
	return r->call.purpose == PURPOSE_REVOCATION && !strcmp(row->name, "token");
}

/* The prepared request, taken apart. */
static void
take_apart(struct resend *r)
{
	struct http_request *http = &r->call.http;
	struct span rest = buf_span(&http->body), member;
	struct buf name, value;

	add_row(r, RESEND_URL, SPAN_EMPTY, span_of(http->url));
	for (size_t i = 0; i < http->headers.n; i++)
		add_row(r, RESEND_HEADER, span_of(http->headers.v[i].name),
			span_of(http->headers.v[i].value));
	buf_init(&name, LIMIT_TOKEN);
	buf_init_wiping(&value, LIMIT_TOKEN);
	while (span_next(&rest, '&', &member)) {
		size_t at = span_find(member, '=');

		buf_clear(&name);
		buf_clear(&value);
		if (form_decode(&name, span_sub(member, 0, at)) != RES_OK ||
			(at != SIZE_MAX &&
				form_decode(&value, span_from(member, at + 1)) != RES_OK))
			continue;
		add_row(r, RESEND_PARAM, buf_span(&name), buf_span(&value));
	}
	buf_release(&name);
	buf_release(&value);
	for (size_t i = 0; i < r->n; i++) {
		r->rows[i].secret = is_secret(r, &r->rows[i]);
		r->rows[i].locked = keeps_tokens(r, &r->rows[i]);
	}
}

/* --- what can be sent again ------------------------------------------------------------------ */

/* Makes the request as ever, and keeps it instead of sending it. */
static bool
prepare(struct wizard *w, const struct exchange *x, struct engine_call *out)
{
	w->taking = out;
	switch (x->purpose) {
	case PURPOSE_INTROSPECTION:
		if (x->slot == SLOT_REFRESH)
			send_refresh_introspection(w, 0);
		else
			send_introspection(w, 0);
		break;
	case PURPOSE_USERINFO:
	case PURPOSE_RESOURCE:
		send_userinfo(w, 0);
		break;
	case PURPOSE_REFRESH:
		send_refresh(w);
		break;
	case PURPOSE_REVOCATION:
		send_revocation(w, x->slot);
		break;
	default:
		break;
	}
	w->taking = NULL;
	return out->done != NULL;
}

static bool
has_token(const struct wizard *w, enum token_slot slot)
{
	const struct case_token *t = case_token(w->c, slot);

	return t && t->present && t->value && secret_len(t->value);
}

/* Whom the purpose asks, for what is known of it. */
static bool
has_address(const struct wizard *w, enum purpose p)
{
	if (p == PURPOSE_USERINFO || p == PURPOSE_RESOURCE)
		return w->c->profile.resource_url || wizard_endpoint(w, EP_USERINFO).n;
	return wizard_endpoint(w, purpose_endpoint(p)).n;
}

static bool
possible(const struct wizard *w, const struct exchange *x, char *why, size_t size)
{
	switch (x->purpose) {
	case PURPOSE_INTROSPECTION:
	case PURPOSE_USERINFO:
	case PURPOSE_RESOURCE:
	case PURPOSE_REFRESH:
	case PURPOSE_REVOCATION:
		break;
	default:
		return cannot(why, size,
			N_("by hand go introspection, user information, refresh and revocation; "
			   "this request has nothing of the token in it, or goes out once only"));
	}
	if (!has_token(w, x->slot))
		return cannot(why, size, N_("the token that it carried is not at hand"));
	if (!has_address(w, x->purpose))
		return cannot(why, size, N_("no address is known to send it to"));
	if (x->purpose == PURPOSE_REFRESH && !wizard_can_refresh(w, why, size))
		return false;
	if (x->purpose == PURPOSE_REVOCATION && !wizard_can_revoke(w, x->slot, why, size))
		return false;
	return wizard_busy(w) ? cannot(why, size, N_("another request is under way")) : true;
}

struct resend *
wizard_resend_new(struct wizard *w, const struct exchange *x, char *why, size_t size)
{
	struct resend *r;

	if (!possible(w, x, why, size))
		return NULL;
	r = xcalloc(1, sizeof(*r));
	if (!prepare(w, x, &r->call)) {
		free(r);
		cannot(why, size, N_("it cannot be made again"));
		return NULL;
	}
	r->redactor = w->deps.redactor;
	r->generations = w->c->n_generations;
	r->slot = r->call.slot;
	r->client_id = span_dup(r->call.auth_client_id);
	r->call.auth_client_id = span_of(r->client_id);
	r->call.by_hand = true;
	take_apart(r);
	return r;
}

void
resend_free(struct resend *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		free(r->rows[i].name);
		secret_unref(r->rows[i].value);
	}
	free(r->rows);
	free(r->client_id);
	engine_call_release(&r->call);
	free(r);
}

/* --- what stands in it ----------------------------------------------------------------------- */

enum purpose
resend_purpose(const struct resend *r)
{
	return r->call.purpose;
}

const char *
resend_method(const struct resend *r)
{
	return r->call.http.method;
}

const struct resend_row *
resend_rows(const struct resend *r, size_t *n)
{
	*n = r->n;
	return r->rows;
}

bool
resend_has_form(const struct resend *r)
{
	return !strcmp(r->call.http.method, "POST");
}

const char *
resend_added(const struct resend *r)
{
	if (r->call.no_auth[0])
		return r->call.no_auth;
	if (r->call.assertion && r->call.dpop)
		return _("The client's assertion and the DPoP proof are made as it goes out.");
	if (r->call.assertion)
		return _("The client's assertion is made as it goes out.");
	return r->call.dpop ? _("The DPoP proof is made as it goes out.") : "";
}

void
resend_show(const struct resend *r, size_t row, struct buf *out)
{
	const struct resend_row *it = &r->rows[row];
	struct span value = secret_reveal(it->value);
	char mask[MASK_MAX];

	if (!it->secret) {
		buf_add_span(out, value);
	} else if (it->kind == RESEND_HEADER) {
		size_t was = out->len;

		/* one that has no form of its own is masked whole */
		if (redact_header(r->redactor, out, span_of(it->name), value) != RES_OK ||
			span_eq(span_from(buf_span(out), was), value)) {
			buf_truncate(out, was);
			buf_puts(out, secret_mask_span(value, mask));
		}
	} else if (it->kind == RESEND_URL) {
		(void)redact_url(r->redactor, out, value);
	} else {
		buf_puts(out, secret_mask_span(value, mask));
	}
}

/* --- changes --------------------------------------------------------------------------------- */

static enum res
value_ok(enum resend_kind kind, struct span value, struct err *e)
{
	struct url u;

	if (span_find(value, '\r') != SIZE_MAX || span_find(value, '\n') != SIZE_MAX ||
		span_find(value, '\0') != SIZE_MAX)
		return err_set(e, RES_SYNTAX, _("a line break has no place in it"));
	if (kind != RESEND_URL)
		return RES_OK;
	if (url_parse(&u, value, NULL) != RES_OK)
		return err_set(e, RES_SYNTAX, _("not an absolute http or https URL"));
	if (u.userinfo.n)
		return err_set(e, RES_SYNTAX, _("a URL with a user name or password in it"));
	return RES_OK;
}

/* From here on it is masked wherever it stands. */
static void
put(struct resend *r, struct resend_row *row, struct span value)
{
	secret_unref(row->value);
	row->value = secret_new(value);
	row->changed = true;
	row->out = false;
	row->secret = row->secret || is_secret(r, row);
	/* of an address what is secret in it is masked by name, and the rest is to be seen */
	if (!row->secret || row->kind == RESEND_URL)
		return;
	redactor_add(r->redactor, row->value);
	/* of "Bearer TOKEN" the token, too: it may come back without its scheme */
	if (row->kind == RESEND_HEADER && span_find(value, ' ') != SIZE_MAX) {
		struct secret *s = secret_new(span_trim(span_from(value, span_find(value, ' '))));

		redactor_add(r->redactor, s);
		secret_unref(s);
	}
}

enum res
resend_set(struct resend *r, size_t row, struct span value, struct err *e)
{
	struct resend_row *it = &r->rows[row];
	enum res res;

	value = span_trim(value);
	if (!it->out && span_eq(value, secret_reveal(it->value)))
		return RES_OK;
	if (it->locked)
		return err_set(e, RES_REFUSED,
			_("it stays as it is: what is kept of the tokens hangs on it"));
	res = value_ok(it->kind, value, e);
	if (res == RES_OK)
		put(r, it, value);
	return res;
}

enum res
resend_leave_out(struct resend *r, size_t row, bool out, struct err *e)
{
	struct resend_row *it = &r->rows[row];

	if (out && (it->locked || it->kind == RESEND_URL))
		return err_set(e, RES_REFUSED, _("it cannot be left out"));
	it->out = out;
	return RES_OK;
}

/* A header's name is a token of RFC 9110 §5.6.2. */
static bool
name_ok(enum resend_kind kind, struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= ' ' || c >= 0x7f ||
			(kind == RESEND_HEADER && strchr("()<>@,;:\\\"/[]?={}", c)))
			return false;
	}
	return name.n > 0;
}

/* Message framing is the transport's; a second one would be a request of its own. */
static bool
framing(struct span name)
{
	static const char *const names[] = {
		"Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "DPoP"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

enum res
resend_add(struct resend *r, enum resend_kind kind, struct span text, size_t *row, struct err *e)
{
	size_t at = span_find(text, kind == RESEND_HEADER ? ':' : '=');
	struct span name = span_trim(span_sub(text, 0, at));
	struct span value = at == SIZE_MAX ? SPAN_EMPTY : span_trim(span_from(text, at + 1));
	enum res res;

	if (at == SIZE_MAX || !name_ok(kind, name))
		return err_set(e, RES_SYNTAX, _("not of the form %s"),
			kind == RESEND_HEADER ? _("Name: value") : _("name=value"));
	if (kind == RESEND_HEADER && framing(name))
		return err_set(e, RES_REFUSED, _("this header is not set by hand"));
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].locked && span_is(name, r->rows[i].name))
			return resend_set(r, i, value, e);
	res = value_ok(kind, value, e);
	if (res != RES_OK)
		return res;
	put(r, add_row(r, kind, name, value), value);
	*row = r->n - 1;
	return RES_OK;
}

bool
resend_text_is_secret(enum resend_kind kind, struct span text)
{
	size_t at = span_find(text, kind == RESEND_HEADER ? ':' : '=');
	struct span name = span_trim(span_sub(text, 0, at));

	if (kind == RESEND_URL || at == SIZE_MAX)
		return false;
	return kind == RESEND_HEADER ? header_is_secret(NULL, name, span_from(text, at + 1))
				     : param_is_secret(NULL, name, span_from(text, at + 1));
}

/* --- sending --------------------------------------------------------------------------------- */

enum res
wizard_resend_check(const struct wizard *w, const struct resend *r, struct err *e)
{
	struct span url = secret_reveal(r->rows[0].value);
	struct url u;

	if (value_ok(RESEND_URL, url, e) != RES_OK || url_parse(&u, url, e) != RES_OK)
		return RES_SYNTAX;
	if (!engine_origin_confirmed(w->deps.engine, url))
		return err_set(e, RES_REFUSED,
			_("nothing is sent to %.*s: neither the profile nor its own metadata names "
			  "that origin"),
			SPAN_ARG(u.host));
	return RES_OK;
}

/* Where the token in question stands. */
static bool
carries_token(const struct resend_row *row, enum purpose p)
{
	if (row->kind == RESEND_URL)
		return row->secret;
	if (row->kind == RESEND_HEADER)
		return (p == PURPOSE_USERINFO || p == PURPOSE_RESOURCE) &&
			!strcasecmp(row->name, "Authorization");
	return row->kind == RESEND_PARAM &&
		(!strcmp(row->name, "token") || !strcmp(row->name, "access_token"));
}

static bool
authenticates(const struct resend_row *row, enum purpose p)
{
	if (row->kind == RESEND_HEADER)
		return purpose_wants_client(p) && !strcasecmp(row->name, "Authorization");
	return row->kind == RESEND_PARAM &&
		(!strcmp(row->name, "client_id") || !strcmp(row->name, "client_secret") ||
			span_starts(span_of(row->name), "client_assertion"));
}

/* What is recorded of it must be true of what goes out. */
static void
own_up(struct resend *r)
{
	struct engine_call *call = &r->call;

	call->credentials = true;
	call->follow_redirects = false;
	for (size_t i = 0; i < r->n; i++) {
		const struct resend_row *row = &r->rows[i];

		if (!row->changed && !row->out)
			continue;
		if (carries_token(row, call->purpose)) {
			call->slot = SLOT_MADE_UP; /* whatever it is, it is none of the case's */
			/* a proof is of one token (RFC 9449 §4.2: ath) */
			dpop_free(call->dpop);
			call->dpop = NULL;
		}
		if (authenticates(row, call->purpose)) {
			call->auth = AUTH_UNSET;
			call->no_auth[0] = '\0';
		}
	}
}

/* The request again, of its rows. */
static enum res
put_together(struct resend *r, struct err *e)
{
	struct http_request *http = &r->call.http;
	char method[sizeof(http->method)];
	enum res res = RES_OK;

	snprintf(method, sizeof(method), "%s", http->method);
	http_request_release(http);
	http_request_init(http);
	http_request_set(http, method, secret_reveal(r->rows[0].value));
	for (size_t i = 1; i < r->n && res == RES_OK; i++) {
		const struct resend_row *row = &r->rows[i];

		if (row->out)
			continue;
		res = row->kind == RESEND_HEADER
			? http_headers_add(
				  &http->headers, span_of(row->name), secret_reveal(row->value))
			: form_add_secret(&http->body, row->name, row->value);
	}
	return res == RES_OK ? RES_OK : err_set(e, res, _("the request has grown too long"));
}

static enum res
enqueue(struct wizard *w, enum purpose p, enum token_slot slot, struct err *e)
{
	if (p == PURPOSE_REFRESH)
		return wizard_refresh(w, e);
	if (p == PURPOSE_REVOCATION)
		return wizard_revoke(w, slot, e);
	wizard_enqueue(w, JOB_RESEND);
	wizard_pump(w);
	return RES_OK;
}

enum res
wizard_resend(struct wizard *w, struct resend *r, struct err *e)
{
	enum res res = wizard_resend_check(w, r, e);

	if (res == RES_OK && r->generations != w->c->n_generations)
		res = err_set(e, RES_REFUSED,
			_("the tokens have changed since; begin with the request anew"));
	if (res == RES_OK && wizard_busy(w))
		res = err_set(e, RES_REFUSED, _("another request is under way"));
	if (res == RES_OK)
		res = put_together(r, e);
	if (res != RES_OK)
		return res;
	own_up(r);
	w->by_hand = r;
	res = enqueue(w, r->call.purpose, r->slot, e);
	/* refused before it began: it is the caller's again */
	if (res != RES_OK)
		w->by_hand = NULL;
	return res;
}

uint32_t
resend_submit(struct wizard *w)
{
	struct resend *r = w->by_hand;
	uint32_t id = call_submit(w, &r->call);

	/* the engine has all of it now */
	r->call.assertion = NULL;
	r->call.dpop = NULL;
	resend_drop(w);
	return id;
}

bool
resend_send(struct wizard *w)
{
	if (w->by_hand)
		resend_submit(w);
	return false;
}

void
resend_drop(struct wizard *w)
{
	resend_free(w->by_hand);
	w->by_hand = NULL;
}
