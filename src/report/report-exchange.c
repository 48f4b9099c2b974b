/* One exchange as an object of the JSON report. */
#include "report/parts.h"

#include "base/mem.h"

static void
set_or_null(const struct report *r, struct json *obj, const char *key, const char *v)
{
	if (v && *v)
		report_set(r, obj, key, span_of(v));
	else
		json_set_null(obj, key);
}

static void
set_when(struct json *obj, const char *key, int64_t wall_us)
{
	char when[32];

	if (wall_us > 0)
		json_set_str(obj, key, time_rfc3339(when, wall_us / 1000000));
	else
		json_set_null(obj, key);
}

static void
set_headers(const struct report *r, struct json *obj, const struct http_headers *h)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < h->n; i++) {
		struct json *one = json_new_object();

		report_set(r, one, "name", span_of(h->v[i].name));
		report_set(r, one, "value", span_of(h->v[i].value));
		json_append_take(list, one);
	}
	json_set_take(obj, "headers", list);
}

static void
set_body(const struct report *r, struct json *obj, const struct exchange *x, bool response)
{
	const struct buf *body = response ? &x->result.response.body : &x->request.body;
	char *text = report_body(r, x, response);

	json_set_i64(obj, "body_bytes", (int64_t)body->len);
	json_set_str(obj, "body", text);
	free(text);
}

static struct json *
request_json(const struct report *r, const struct exchange *x)
{
	struct json *o = json_new_object();

	report_set(r, o, "method", span_of(x->request.method));
	report_set(r, o, "url", span_of(x->request.url));
	set_headers(r, o, &x->request.headers);
	set_body(r, o, x, false);
	set_or_null(r, o, "client_auth", client_auth_id(x->auth));
	set_or_null(r, o, "client_id", x->auth_client_id);
	json_set_str(o, "token", token_slot_id(x->slot));
	json_set_i64(o, "token_generation", x->token_generation);
	return o;
}

static struct json *
oauth_error_json(const struct report *r, const struct answer *a)
{
	struct json *o;

	if (!*a->error && !*a->vendor_code && !*a->description)
		return NULL;
	o = json_new_object();
	report_set(r, o, "code", span_of(a->error));
	set_or_null(r, o, "description", a->description);
	set_or_null(r, o, "uri", a->error_uri);
	set_or_null(r, o, "vendor_code", a->vendor_code);
	set_or_null(r, o, "from", a->error_from);
	set_or_null(r, o, "dialect", a->dialect);
	return o;
}

static void
set_tokens(const struct report *r, struct json *obj, const struct exchange *x)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < x->n_tokens; i++) {
		struct json *one = json_new_object();

		report_set(r, one, "where", span_of(x->tokens[i].where));
		json_set_str(one, "kind", token_kind_id(x->tokens[i].info.kind));
		set_or_null(r, one, "fingerprint", x->tokens[i].info.fingerprint);
		json_append_take(list, one);
	}
	json_set_take(obj, "tokens", list);
}

/* Empty if there was none. */
static struct json *
response_json(const struct report *r, const struct exchange *x)
{
	const struct http_response *p = &x->result.response;
	struct json *o = json_new_object(), *error;
	char type[80];

	if (!p->status)
		return o;
	json_set_i64(o, "status", p->status);
	set_or_null(r, o, "version", p->version);
	set_or_null(r, o, "reason", p->reason);
	set_or_null(r, o, "media_type", http_media_type(&p->headers, type, sizeof(type)));
	json_set_str(o, "body_kind", body_kind_words(x->answer.kind));
	json_set_str(o, "outcome", outcome_id(x->answer.outcome));
	set_headers(r, o, &p->headers);
	set_body(r, o, x, true);
	json_set_bool(o, "truncated", p->body_too_large || p->headers_too_large);
	error = oauth_error_json(r, &x->answer);
	if (error)
		json_set_take(o, "error", error);
	else
		json_set_null(o, "error");
	set_tokens(r, o, x);
	return o;
}

static void
set_ms(struct json *o, const char *key, int64_t us)
{
	if (us < 0)
		json_set_null(o, key);
	else
		json_set_double(o, key, (double)us / 1000.0);
}

static struct json *
timings_json(const struct timings *t)
{
	struct json *o = json_new_object();

#define TIMING(member) set_ms(o, #member, t->member);
#define TIMING_FLAG(member) json_set_bool(o, #member, t->member);
#include "case/transfer.def"
	return o;
}

static struct json *
cert_json(const struct report *r, const struct cert_info *c)
{
	struct json *o = json_new_object();
	char when[32];

#define CERT_TEXT(member) set_or_null(r, o, #member, c->member);
#define CERT_TIME(member) json_set_str(o, #member, time_rfc3339(when, c->member));
#define CERT_FLAG(member) json_set_bool(o, #member, c->member);
#include "case/transfer.def"
	return o;
}

/* Empty without TLS; the names are the report's own (doc/report.schema.json). */
static struct json *
tls_json(const struct report *r, const struct tls_info *t)
{
	struct json *o = json_new_object(), *certs;

	if (!*t->version && !t->n_certs && !*t->verify_words && !*t->alert)
		return o;
	set_or_null(r, o, "version", t->version);
	set_or_null(r, o, "cipher", t->cipher);
	json_set_bool(o, "verified", t->verified);
	set_or_null(r, o, "reason", t->verify_words);
	certs = json_new_array();
	for (size_t i = 0; i < t->n_certs; i++)
		json_append_take(certs, cert_json(r, &t->certs[i]));
	json_set_take(o, "certificates", certs);
	set_or_null(r, o, "alert", t->alert);
	json_set_bool(o, "client_certificate_asked", t->cert_asked);
	set_or_null(r, o, "client_certificate", t->client_subject);
	return o;
}

static struct json *
error_json(const struct report *r, const struct net_result *n)
{
	struct json *o;

	if (n->error == NETERR_NONE)
		return NULL;
	o = json_new_object();
	json_set_str(o, "class", net_error_id(n->error));
	json_set_str(o, "words", net_error_words(n->error));
	set_or_null(r, o, "text", n->error_text);
	return o;
}

struct json *
report_exchange(const struct report *r, const struct exchange *x)
{
	struct json *o = json_new_object(), *error;

	json_set_i64(o, "n", x->n);
	json_set_str(o, "step", step_id(x->step));
	json_set_str(o, "purpose", purpose_id(x->purpose));
	json_set_bool(o, "imported", x->imported);
	json_set_bool(o, "by_hand", x->by_hand);
	json_set_i64(o, "attempt", x->attempt);
	json_set_i64(o, "follows", x->follows);
	set_when(o, "sent", x->result.sent_wall_us);
	set_when(o, "answered", x->result.answered_wall_us);
	set_or_null(r, o, "remote", x->result.remote);
	set_or_null(r, o, "proxy", x->result.proxy);
	json_set_take(o, "request", request_json(r, x));
	json_set_take(o, "response", response_json(r, x));
	json_set_take(o, "timings", timings_json(&x->result.timings));
	json_set_take(o, "tls", tls_json(r, &x->result.tls));
	error = error_json(r, &x->result);
	if (error)
		json_set_take(o, "error", error);
	else
		json_set_null(o, "error");
	return o;
}
