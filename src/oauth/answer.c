#include "oauth/answer.h"

#include "base/redact.h"
#include "base/text.h"
#include "oauth/dialect.h"
#include "oauth/envelope.h"
#include "oauth/jose.h"

void
answer_init(struct answer *a)
{
	memset(a, 0, sizeof(*a));
	challenges_init(&a->challenges);
}

void
answer_release(struct answer *a)
{
	json_free(a->doc);
	json_free(a->jose_header);
	challenges_release(&a->challenges);
	answer_init(a);
}

/* Servers echo tokens in their error texts: what has a token's shape does not get through. */
static void
safe_text(char *out, size_t size, struct span s)
{
	struct buf b;

	if (!s.n) {
		*out = '\0';
		return;
	}
	buf_init_wiping(&b, 64 << 10);
	redact_text(NULL, &b, s);
	text_safe_into(out, size, buf_span(&b));
	buf_release(&b);
}

/* "a=b&c=d" as an object of strings: some token endpoints answer so (GitHub). */
static struct json *
form_to_json(struct span form)
{
	struct json *obj = json_new_object();
	struct span pair, rest = form;
	struct buf value;
	char name[64];
	size_t eq, n = 0;

	while (span_next(&rest, '&', &pair) && n++ < LIMIT_CLAIMS) {
		eq = span_find(pair, '=');
		if (eq == SIZE_MAX || eq >= sizeof(name))
			continue;
		snprintf(name, sizeof(name), "%.*s", SPAN_ARG(span_sub(pair, 0, eq)));
		buf_init_wiping(&value, form.n + 1);
		if (!json_get(obj, name) && form_get(form, name, &value))
			json_set_span(obj, name, buf_span(&value));
		buf_release(&value);
	}
	return obj;
}

static void
read_jwt(struct answer *a, struct span body)
{
	struct jws_parts parts;

	if (jws_split(&parts, body, NULL) != RES_OK)
		return;
	if (jose_decode_json(&a->jose_header, parts.header, NULL) != RES_OK)
		return;
	a->is_encrypted = parts.n_parts == 5;
	a->is_signed = parts.n_parts == 3;
	if (a->is_signed && jose_decode_json(&a->doc, parts.payload, NULL) != RES_OK)
		a->is_signed = false;
	if (a->is_encrypted)
		a->sig = SIG_ENCRYPTED;
	else if (a->is_signed && span_is_nocase(json_get_str(a->jose_header, "alg"), "none"))
		a->sig = SIG_ALG_NONE;
}

/* The body as a document, whatever its form. */
static void
read_body(struct answer *a, struct span body)
{
	struct span s = span_trim(body);
	struct err e = ERR_INIT;

	a->kind = http_body_kind(body);
	if (a->kind == BODY_BOM && span_starts(s, "\xef\xbb\xbf"))
		s = span_trim(span_from(s, 3));
	if (a->kind == BODY_JWT || a->kind == BODY_JWE)
		read_jwt(a, s);
	else if (a->kind == BODY_FORM)
		a->doc = form_to_json(s);
	else if ((a->kind == BODY_JSON || a->kind == BODY_BOM) &&
		json_parse(&a->doc, s, &e) != RES_OK) {
		a->doc = NULL;
		text_safe_into(a->json_error, sizeof(a->json_error), span_of(e.text));
	}
}

static void
read_active(struct answer *a, const struct json *root)
{
	const struct json *j = json_get(root, "active");
	struct span s;
	bool b;

	if (json_to_bool(j, &b)) {
		a->active = tri_of(b);
	} else if (json_to_span(j, &s)) {
		a->active_is_string = true;
		if (span_is_nocase(s, "true"))
			a->active = TRI_YES;
		else if (span_is_nocase(s, "false"))
			a->active = TRI_NO;
	}
}

/* Where the members stand that the purpose is after; NULL if there is no object. */
static const struct json *
content_root(const struct answer *a, enum purpose p)
{
	const struct json *root = a->doc, *inner;

	if (!root || json_type(root) != JSON_OBJECT)
		return NULL;
	inner = json_get(root, "token_introspection"); /* RFC 9701 §5 */
	if (a->is_signed && purpose_endpoint(p) == EP_INTROSPECTION && inner &&
		json_type(inner) == JSON_OBJECT)
		return inner;
	return root;
}

void
answer_read_claims(struct answer *a, enum purpose p)
{
	const struct json *root = content_root(a, p);

	memset(&a->claims, 0, sizeof(a->claims));
	memset(&a->envelope, 0, sizeof(a->envelope));
	if (!root)
		return;
	claims_read(&a->claims, root);
	if (a->is_signed)
		claims_read(&a->envelope, a->doc);
}

/* The members the purpose is after. */
static void
read_content(struct answer *a, enum purpose p)
{
	const struct json *root = content_root(a, p);

	answer_read_claims(a, p);
	if (!root)
		return;
	read_active(a, root);
	a->has_access_token = json_get_str(root, "access_token").n > 0;
	a->has_refresh_token = json_get_str(root, "refresh_token").n > 0;
	a->has_id_token = json_get_str(root, "id_token").n > 0;
	a->has_expires_in =
		json_to_i64(json_get(root, "expires_in"), &a->expires_in, &a->expires_in_form);
	if (a->kind == BODY_FORM && a->has_expires_in)
		a->expires_in_form = NUM_INTEGER; /* a form has nothing but text */
}

/* The error parameters of the first challenge that has any. */
static const struct challenge *
challenge_with_error(const struct challenges *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (challenge_param(&c->v[i], "error").n)
			return &c->v[i];
	for (i = 0; i < c->n; i++)
		if (challenge_param(&c->v[i], "error_description").n)
			return &c->v[i];
	return NULL;
}

/*
 * Joins what the body and the challenges say: a protocol code from either before a vendor's word.
 */
static void
read_error(struct answer *a, bool refused, bool failed, const struct http_response *r)
{
	const struct challenge *ch = refused ? challenge_with_error(&a->challenges) : NULL;
	struct span code = challenge_param(ch, "error"),
		    text = challenge_param(ch, "error_description");
	struct body_error b;
	struct span uri;

	body_error_init(&b);
	if (a->doc && !a->is_signed)
		body_error_read(&b, a->doc, failed);
	else if (failed && a->kind == BODY_TEXT)
		body_error_read_text(&b, buf_span(&r->body));
	else if (failed && !a->doc)
		(void)envelope_read(&b, r);
	if (b.dialect)
		snprintf(a->dialect, sizeof(a->dialect), "%s", b.dialect);
	safe_text(a->vendor_code, sizeof(a->vendor_code), buf_span(&b.vendor_code));
	if (b.is_oauth) {
		safe_text(a->error, sizeof(a->error), buf_span(&b.error));
		snprintf(a->error_from, sizeof(a->error_from), "body");
	} else if (code.n) {
		safe_text(a->error, sizeof(a->error), code);
		snprintf(a->error_from, sizeof(a->error_from), "WWW-Authenticate");
	} else if (b.dialect) {
		snprintf(a->error_from, sizeof(a->error_from), "body");
	}
	if (b.description.len && (b.is_oauth || !code.n || !text.n))
		safe_text(a->description, sizeof(a->description), buf_span(&b.description));
	else
		safe_text(a->description, sizeof(a->description), text);
	uri = b.uri.len ? buf_span(&b.uri) : challenge_param(ch, "error_uri");
	safe_text(a->error_uri, sizeof(a->error_uri), uri);
	if (!a->vendor_code[0])
		safe_text(a->vendor_code, sizeof(a->vendor_code),
			vendor_code_in(text).n ? vendor_code_in(text) : vendor_code_in(uri));
	if (!a->dialect[0] && a->error[0])
		snprintf(a->dialect, sizeof(a->dialect), "oauth");
	body_error_release(&b);
}

/* A redirect that brings an error to the client (RFC 6749 §4.1.2.1, §4.2.2.1). */
static void
read_redirect_error(struct answer *a, const struct http_response *r)
{
	struct span location = http_header(&r->headers, "Location");
	size_t hash = span_find(location, '#'), mark = span_find(span_sub(location, 0, hash), '?');
	struct span parts[2] = {hash == SIZE_MAX ? SPAN_EMPTY : span_from(location, hash + 1),
		mark == SIZE_MAX ? SPAN_EMPTY : span_from(span_sub(location, 0, hash), mark + 1)};
	struct json *o;

	for (size_t i = 0; i < 2 && !a->error[0]; i++) {
		o = form_to_json(parts[i]);
		if (oauth_error_shape(json_get_str(o, "error"))) {
			safe_text(a->error, sizeof(a->error), json_get_str(o, "error"));
			safe_text(a->description, sizeof(a->description),
				json_get_str(o, "error_description"));
			safe_text(a->error_uri, sizeof(a->error_uri), json_get_str(o, "error_uri"));
			snprintf(a->error_from, sizeof(a->error_from), "Location");
			snprintf(a->dialect, sizeof(a->dialect), "oauth");
		}
		json_free(o);
	}
}

/* Is what this purpose wants there? */
static bool
has_content(const struct answer *a, enum purpose p, const struct http_response *r)
{
	enum endpoint e = purpose_endpoint(p);

	/* Token responses come as forms from some servers and every client copes;
	 * elsewhere none does. */
	if (a->kind == BODY_FORM && e != EP_TOKEN && p != PURPOSE_RESOURCE)
		return false;
	switch (e) {
	case EP_JWKS:
		return a->doc && json_get(a->doc, "keys") &&
			json_type(json_get(a->doc, "keys")) == JSON_ARRAY;
	case EP_INTROSPECTION:
		return a->active != TRI_UNKNOWN || a->is_encrypted;
	case EP_TOKEN:
		return a->has_access_token;
	case EP_USERINFO:
		return a->claims.sub.n || a->is_signed || a->is_encrypted;
	case EP_PAR:
		return json_get_str(a->doc, "request_uri").n > 0;
	case EP_DEVICE:
		return json_get_str(a->doc, "device_code").n > 0;
	default:
		break;
	}
	switch (p) {
	case PURPOSE_DISCOVERY:
		return json_get_str(a->doc, "issuer").n || json_get_str(a->doc, "token_endpoint").n;
	case PURPOSE_RESOURCE:
		return a->kind != BODY_HTML && (a->kind != BODY_EMPTY || r->status == 204);
	case PURPOSE_CLOCK:
		return http_has_header(&r->headers, "Date");
	default:
		return true;
	}
}

/* A failed status, or a good one without what was asked for: then any word of an error counts. */
static bool
answers_with_error(const struct answer *a, enum purpose p, const struct http_response *r)
{
	enum endpoint e = purpose_endpoint(p);

	if (r->status >= 400)
		return true;
	return r->status >= 200 && r->status < 300 && !has_content(a, p, r) &&
		!purpose_is_probe(p) &&
		(e == EP_USERINFO || e == EP_INTROSPECTION || e == EP_TOKEN || e == EP_PAR ||
			e == EP_DEVICE);
}

static enum outcome
judge(const struct answer *a, enum purpose p, const struct http_response *r)
{
	bool fine = r->status >= 200 && r->status < 300;

	if (!r->status)
		return OUTCOME_NONE;
	if (p == PURPOSE_CLOCK && has_content(a, p, r))
		return OUTCOME_SUCCESS;
	if (a->error[0])
		return OUTCOME_OAUTH_ERROR;
	if (a->dialect[0])
		return OUTCOME_VENDOR_ERROR;
	if (r->status >= 300 && r->status < 400 && r->status != 304)
		return OUTCOME_REDIRECT;
	if (!fine || !has_content(a, p, r))
		return OUTCOME_OTHER;
	if (purpose_endpoint(p) == EP_INTROSPECTION && a->active == TRI_NO)
		return OUTCOME_INACTIVE;
	return OUTCOME_SUCCESS;
}

void
answer_read(struct answer *a, enum purpose p, const struct http_response *r)
{
	struct span body = buf_span(&r->body);

	answer_release(a);
	a->status = r->status;
	if (!r->status)
		return;
	challenges_read(&a->challenges, &r->headers, "WWW-Authenticate");
	read_body(a, body);
	read_content(a, p);
	read_error(a, r->status >= 400, answers_with_error(a, p, r), r);
	if (r->status >= 300 && r->status < 400 &&
		(p == PURPOSE_OTHER || p == PURPOSE_AUTHORIZATION))
		read_redirect_error(a, r);
	a->outcome = judge(a, p, r);
}

int
answer_status(const struct answer *a)
{
	return envelope_status(a->dialect, a->vendor_code, a->status);
}
