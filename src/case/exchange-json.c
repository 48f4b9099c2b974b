/* A recorded exchange as JSON and back.  Times are in microseconds, as they were measured. */
#include "case/case-file.h"

#include "base/encode.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"

static const char *const header_form_ids[] = {
	[AUTH_HEADER_FINE] = "fine",
	[AUTH_HEADER_NO_BLANK] = "no-blank",
	[AUTH_HEADER_BLANKS] = "blanks",
	[AUTH_HEADER_SCHEME_TWICE] = "scheme-twice",
};
static_assert(ARRAY_SIZE(header_form_ids) == AUTH_HEADER_SCHEME_TWICE + 1, "one id a form");

int64_t
json_i64_or(const struct json *obj, const char *name, int64_t dflt)
{
	int64_t v;
	enum num_form form;

	return json_to_i64(json_get(obj, name), &v, &form) ? v : dflt;
}

bool
json_flag(const struct json *obj, const char *name)
{
	bool b;

	return json_to_bool(json_get(obj, name), &b) && b;
}

static void
set_text(struct json *j, const char *name, const char *v)
{
	if (v && *v)
		json_set_str(j, name, v);
}

static void
set_flag(struct json *j, const char *name, bool v)
{
	if (v)
		json_set_bool(j, name, true);
}

static void
set_time(struct json *j, const char *name, int64_t v)
{
	if (v)
		json_set_i64(j, name, v);
}

/* --- out ------------------------------------------------------------------------------------ */

/* As text where it is text, else by its bytes. */
static void
set_body(struct json *j, struct span body)
{
	struct buf b;

	if (!body.n)
		return;
	if (utf8_valid(body) && !memchr(body.p, '\0', body.n)) {
		json_set_span(j, "body", body);
		return;
	}
	buf_init(&b, 2 * body.n + 8);
	(void)base64_encode(&b, body);
	json_set_span(j, "body_base64", buf_span(&b));
	buf_release(&b);
}

static struct json *
headers_to_json(const struct http_headers *h)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < h->n; i++) {
		struct json *pair = json_new_array();

		json_append_span(pair, span_of(h->v[i].name));
		json_append_span(pair, span_of(h->v[i].value));
		json_append_take(list, pair);
	}
	return list;
}

static struct json *
request_to_json(const struct http_request *r)
{
	struct json *j = json_new_object();

	json_set_str(j, "method", r->method);
	json_set_str(j, "url", r->url ? r->url : "");
	json_set_take(j, "headers", headers_to_json(&r->headers));
	set_body(j, buf_span(&r->body));
	return j;
}

static struct json *
response_to_json(const struct http_response *r)
{
	struct json *j = json_new_object();

	json_set_i64(j, "status", r->status);
	set_text(j, "version", r->version);
	set_text(j, "reason", r->reason);
	json_set_take(j, "headers", headers_to_json(&r->headers));
	set_body(j, buf_span(&r->body));
	set_flag(j, "body_too_large", r->body_too_large);
	set_flag(j, "headers_too_large", r->headers_too_large);
	json_set_i64(j, "body_announced", r->body_announced);
	return j;
}

static struct json *
timings_to_json(const struct timings *t)
{
	struct json *j = json_new_object();

#define TIMING(member) json_set_i64(j, #member, t->member);
#define TIMING_FLAG(member) set_flag(j, #member, t->member);
#include "case/transfer.def"
	return j;
}

static struct json *
cert_to_json(const struct cert_info *c)
{
	struct json *j = json_new_object();

#define CERT_TEXT(member) set_text(j, #member, c->member);
#define CERT_TIME(member) json_set_i64(j, #member, c->member);
#define CERT_FLAG(member) set_flag(j, #member, c->member);
#include "case/transfer.def"
	return j;
}

static struct json *
tls_to_json(const struct tls_info *t)
{
	struct json *j = json_new_object(), *certs = json_new_array();

#define TLS_TEXT(member, size) set_text(j, #member, t->member);
#define TLS_FLAG(member) set_flag(j, #member, t->member);
#define TLS_TIME(member) set_time(j, #member, t->member);
#include "case/transfer.def"
	for (size_t i = 0; i < t->n_certs; i++)
		json_append_take(certs, cert_to_json(&t->certs[i]));
	json_set_take(j, "certificates", certs);
	return j;
}

static struct json *
checks_to_json(unsigned failed)
{
	struct json *list = json_new_array();

	for (int c = 0; c < LOGIN_CHECK_COUNT; c++)
		if (failed & check_bit((enum login_check)c))
			json_append_span(list, span_of(login_check_id((enum login_check)c)));
	return list;
}

static unsigned
checks_from_json(const struct json *list)
{
	unsigned failed = 0;
	enum login_check c;
	struct span id;

	for (const struct json *j = json_first(list); j; j = json_next(j))
		if (json_to_span(j, &id) && login_check_from_id(id, &c))
			failed |= check_bit(c);
	return failed;
}

/* What only the values could tell, and cannot be read again from what is masked. */
static struct json *
recorded_to_json(const struct exchange *x)
{
	struct json *j = json_new_object(), *tokens = json_new_array();

	json_set_take(j, "answer", answer_to_json(&x->answer));
	set_text(j, "auth", client_auth_id(x->auth));
	set_text(j, "auth_client_id", x->auth_client_id);
	set_text(j, "auth_audience", x->auth_audience);
	set_text(j, "proof_jkt", x->proof_jkt);
	set_text(j, "proof_flaw", x->proof_flaw);
	set_flag(j, "auth_has_reserved", x->auth_has_reserved);
	set_flag(j, "auth_raw_basic", x->auth_raw_basic);
	json_set_str(j, "auth_header", header_form_ids[x->auth_header]);
	set_flag(j, "echoes_token", x->echoes_token);
	if (x->checks_failed)
		json_set_take(j, "failed_checks", checks_to_json(x->checks_failed));
	set_text(j, "checks_why", x->checks_why);
	for (size_t i = 0; i < x->n_tokens; i++) {
		struct json *one = json_new_object();

		json_set_str(one, "where", x->tokens[i].where);
		json_set_take(one, "token", token_info_to_json(&x->tokens[i].info));
		json_append_take(tokens, one);
	}
	json_set_take(j, "tokens", tokens);
	return j;
}

struct json *
exchange_to_json(const struct exchange *x)
{
	const struct net_result *r = &x->result;
	struct json *j = json_new_object();

	json_set_i64(j, "n", x->n);
	json_set_str(j, "step", step_id(x->step));
	json_set_str(j, "purpose", purpose_id(x->purpose));
	set_flag(j, "imported", x->imported);
	set_flag(j, "by_hand", x->by_hand);
	if (x->slot != SLOT_NONE)
		json_set_str(j, "slot", token_slot_id(x->slot));
	json_set_i64(j, "token_generation", x->token_generation);
	json_set_i64(j, "follows", x->follows);
	json_set_i64(j, "attempt", x->attempt);
	json_set_take(j, "request", request_to_json(&x->request));
	json_set_take(j, "response", response_to_json(&r->response));
	json_set_take(j, "timings", timings_to_json(&r->timings));
	json_set_take(j, "tls", tls_to_json(&r->tls));
	if (r->error != NETERR_NONE) {
		json_set_str(j, "error", net_error_id(r->error));
		set_text(j, "error_text", r->error_text);
	}
	set_text(j, "remote", r->remote);
	set_flag(j, "via_proxy", r->via_proxy);
	set_text(j, "proxy", r->proxy);
	json_set_i64(j, "sent", r->sent_wall_us);
	json_set_i64(j, "answered", r->answered_wall_us);
	json_set_take(j, "recorded", recorded_to_json(x));
	return j;
}

/* --- in ------------------------------------------------------------------------------------- */

static enum res
body_from_json(struct buf *out, const struct json *j, struct err *e)
{
	struct span coded = json_get_str(j, "body_base64");

	buf_release(out);
	buf_init_wiping(out, LIMIT_JSON_BYTES);
	if (coded.n)
		return base64_decode(out, coded, e);
	return buf_add_span(out, json_get_str(j, "body"));
}

static enum res
headers_from_json(struct http_headers *h, const struct json *list, struct err *e)
{
	for (const struct json *p = json_first(list); p; p = json_next(p)) {
		struct span name, value;

		if (!json_to_span(json_first(p), &name) ||
			!json_to_span(json_next(json_first(p)), &value))
			return err_set(e, RES_SYNTAX, "a header that is no pair");
		if (http_headers_add(h, name, value) != RES_OK)
			return err_set(e, RES_SYNTAX, "a header that cannot be");
	}
	return RES_OK;
}

static enum res
request_from_json(struct http_request *r, const struct json *j, struct err *e)
{
	char method[sizeof(r->method)];
	enum res res;

	text_safe_into(method, sizeof(method), json_get_str(j, "method"));
	http_request_set(r, method, json_get_str(j, "url"));
	res = headers_from_json(&r->headers, json_get(j, "headers"), e);
	return res == RES_OK ? body_from_json(&r->body, j, e) : res;
}

static enum res
response_from_json(struct http_response *r, const struct json *j, struct err *e)
{
	struct span reason = json_get_str(j, "reason");
	int64_t status = json_i64_or(j, "status", 0);
	enum res res;

	if (status < 0 || status > 999)
		return err_set(e, RES_SYNTAX, "a status that cannot be");
	r->status = (int)status;
	text_safe_into(r->version, sizeof(r->version), json_get_str(j, "version"));
	r->reason = reason.n ? span_dup(reason) : NULL;
	r->body_too_large = json_flag(j, "body_too_large");
	r->headers_too_large = json_flag(j, "headers_too_large");
	r->body_announced = json_i64_or(j, "body_announced", -1);
	res = headers_from_json(&r->headers, json_get(j, "headers"), e);
	return res == RES_OK ? body_from_json(&r->body, j, e) : res;
}

static void
timings_from_json(struct timings *t, const struct json *j)
{
#define TIMING(member) t->member = json_i64_or(j, #member, -1);
#define TIMING_FLAG(member) t->member = json_flag(j, #member);
#include "case/transfer.def"
}

static char *
safe_member(const struct json *j, const char *name)
{
	struct span v = json_get_str(j, name);

	return v.n ? text_safe_dup(v, LIMIT_HEADERS) : NULL;
}

static void
cert_from_json(struct cert_info *c, const struct json *j)
{
#define CERT_TEXT(member) c->member = safe_member(j, #member);
#define CERT_TIME(member) c->member = json_i64_or(j, #member, 0);
#define CERT_FLAG(member) c->member = json_flag(j, #member);
#include "case/transfer.def"
}

static void
tls_from_json(struct tls_info *t, const struct json *j)
{
#define TLS_TEXT(member, size)                                                                     \
	text_safe_into(t->member, sizeof(t->member), json_get_str(j, #member));
#define TLS_FLAG(member) t->member = json_flag(j, #member);
#define TLS_TIME(member) t->member = json_i64_or(j, #member, 0);
#include "case/transfer.def"
	for (const struct json *c = json_first(json_get(j, "certificates"));
		c && t->n_certs < LIMIT_CERTS; c = json_next(c))
		cert_from_json(&t->certs[t->n_certs++], c);
}

static enum res
recorded_from_json(struct exchange *x, const struct json *j, struct err *e)
{
	struct span form = json_get_str(j, "auth_header");
	enum res r = answer_from_json(
		&x->answer, x->purpose, x->result.response.status, json_get(j, "answer"), e);

	if (r != RES_OK)
		return r;
	(void)client_auth_from_id(json_get_str(j, "auth"), &x->auth);
	text_safe_into(
		x->auth_client_id, sizeof(x->auth_client_id), json_get_str(j, "auth_client_id"));
	text_safe_into(
		x->auth_audience, sizeof(x->auth_audience), json_get_str(j, "auth_audience"));
	text_safe_into(x->proof_jkt, sizeof(x->proof_jkt), json_get_str(j, "proof_jkt"));
	text_safe_into(x->proof_flaw, sizeof(x->proof_flaw), json_get_str(j, "proof_flaw"));
	x->auth_has_reserved = json_flag(j, "auth_has_reserved");
	x->auth_raw_basic = json_flag(j, "auth_raw_basic");
	x->echoes_token = json_flag(j, "echoes_token");
	x->checks_failed = checks_from_json(json_get(j, "failed_checks"));
	text_safe_into(x->checks_why, sizeof(x->checks_why), json_get_str(j, "checks_why"));
	for (size_t i = 0; i < ARRAY_SIZE(header_form_ids); i++)
		if (span_is(form, header_form_ids[i]))
			x->auth_header = (enum auth_header_form)i;
	for (const struct json *t = json_first(json_get(j, "tokens"));
		t && x->n_tokens < ARRAY_SIZE(x->tokens); t = json_next(t)) {
		text_safe_into(x->tokens[x->n_tokens].where, sizeof(x->tokens[0].where),
			json_get_str(t, "where"));
		r = token_info_from_json(&x->tokens[x->n_tokens++].info, json_get(t, "token"), e);
		if (r != RES_OK)
			return r;
	}
	return RES_OK;
}

static enum res
result_from_json(struct net_result *r, const struct json *j, struct err *e)
{
	struct span error = json_get_str(j, "error");

	if (error.n && !net_error_from_id(error, &r->error))
		return err_set(e, RES_SYNTAX, "an error of the transfer that is not known");
	text_safe_into(r->error_text, sizeof(r->error_text), json_get_str(j, "error_text"));
	text_safe_into(r->remote, sizeof(r->remote), json_get_str(j, "remote"));
	text_safe_into(r->proxy, sizeof(r->proxy), json_get_str(j, "proxy"));
	r->via_proxy = json_flag(j, "via_proxy");
	r->sent_wall_us = json_i64_or(j, "sent", 0);
	r->answered_wall_us = json_i64_or(j, "answered", 0);
	timings_from_json(&r->timings, json_get(j, "timings"));
	tls_from_json(&r->tls, json_get(j, "tls"));
	return response_from_json(&r->response, json_get(j, "response"), e);
}

static uint32_t
small(const struct json *j, const char *name, uint32_t dflt)
{
	int64_t v = json_i64_or(j, name, dflt);

	return v >= 0 && v <= LIMIT_EXCHANGES ? (uint32_t)v : dflt;
}

struct exchange *
exchange_from_json(const struct json *j, struct err *e)
{
	struct exchange *x = exchange_new();
	enum res r;

	if (!step_from_id(json_get_str(j, "step"), &x->step) ||
		!purpose_from_id(json_get_str(j, "purpose"), &x->purpose)) {
		r = err_set(e, RES_SYNTAX, "an exchange without a step and purpose that are known");
		goto out;
	}
	x->n = small(j, "n", 0);
	x->imported = json_flag(j, "imported");
	x->by_hand = json_flag(j, "by_hand");
	(void)token_slot_from_id(json_get_str(j, "slot"), &x->slot);
	x->token_generation = small(j, "token_generation", 0);
	x->follows = small(j, "follows", 0);
	x->attempt = small(j, "attempt", 1);
	r = request_from_json(&x->request, json_get(j, "request"), e);
	if (r == RES_OK)
		r = result_from_json(&x->result, j, e);
	if (r == RES_OK)
		r = recorded_from_json(x, json_get(j, "recorded"), e);
out:
	if (r == RES_OK)
		return x;
	exchange_free(x);
	return NULL;
}
