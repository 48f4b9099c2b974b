/*
 * From a raw transfer to a recorded exchange.  The order matters: first all is read that only the
 * secret values can tell (answer, token facts, how the caller authenticated), then everything is
 * masked.  The masked body of a JSON answer stays valid JSON.
 */
#include "case/case-file.h"

#include "base/encode.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"
#include "case/tokens.h"
#include "oauth/dpop.h"

enum { MASK_ROOM = 64 << 10 }; /* masks may be longer than what they replace */

/* --- what only the values tell ------------------------------------------------------------ */

/* As token_info_read() finds it: what a check of the signature found is of the case. */
static void
take_over(struct token_info *out, const struct token_info *known)
{
	token_info_copy(out, known);
	if (out->sig == SIG_ALG_NONE || out->sig == SIG_ENCRYPTED)
		return;
	out->sig = SIG_NOT_CHECKED;
	out->sig_why[0] = '\0';
}

static void
note_token(struct exchange *x, const char *where, struct span value, const struct case_token *known)
{
	struct token_info *info = &x->tokens[x->n_tokens].info;

	if (!value.n || x->n_tokens == ARRAY_SIZE(x->tokens))
		return;
	(void)snprintf(x->tokens[x->n_tokens].where, sizeof(x->tokens[0].where), "%s", where);
	if (known && case_token_is(known, value))
		take_over(info, &known->sent);
	else
		token_info_read(info, value);
	x->n_tokens++;
}

/* The token of an "Authorization: SCHEME token" value, or the empty span. */
static struct span
authorization_token(struct span value)
{
	size_t at = span_find(value, ' ');

	if (at == SIZE_MAX || span_starts_nocase(value, "basic "))
		return SPAN_EMPTY;
	return span_trim(span_from(value, at));
}

/* The token the request carries; borrowed from req or put into `form`. */
static struct span
request_token(const struct http_request *req, struct buf *form)
{
	struct span body = buf_span(&req->body);

	if (form_get(body, "token", form) || form_get(body, "refresh_token", form) ||
		form_get(body, "access_token", form))
		return buf_span(form);
	return authorization_token(http_header(&req->headers, "authorization"));
}

static void
note_tokens(struct exchange *x, const struct http_request *req, struct span sent,
	const struct case_token *known)
{
	char where[40];

	for (size_t i = 0; i < TOKEN_MEMBERS; i++) {
		struct span value = json_get_str(x->answer.doc, token_members[i].name);

		if (!value.n)
			continue;
		(void)snprintf(where, sizeof(where), "response.%s", token_members[i].name);
		note_token(x, where, value, known);
	}
	if (sent.n && http_has_header(&req->headers, "authorization") &&
		authorization_token(http_header(&req->headers, "authorization")).n)
		note_token(x, "request.authorization", sent, known);
	else
		note_token(x, "request.token", sent, known);
}

/* Does the answer repeat the token it was asked about (failure log-server-echoes-token)? */
static bool
echoes(const struct http_response *r, struct span token)
{
	char *needle;
	bool found;

	if (token.n < 8)
		return false;
	needle = span_dup(token);
	found = span_find_str(buf_span(&r->body), needle) != SIZE_MAX;
	for (size_t i = 0; i < r->headers.n && !found; i++)
		found = span_find_str(span_of(r->headers.v[i].value), needle) != SIZE_MAX;
	wipe(needle, token.n);
	free(needle);
	return found;
}

static bool
has_reserved(struct span id, struct span secret)
{
	struct secret *s = secret_new(secret);
	struct client_credentials cred = {AUTH_BASIC, id, s, false};
	bool odd = client_auth_has_reserved(&cred);

	secret_unref(s);
	return odd;
}

/* Is raw what form-encoding its decoded form gives (RFC 6749 §2.3.1)? */
static bool
is_form_encoded(struct span raw, struct span decoded)
{
	struct buf again;
	bool same;

	buf_init_wiping(&again, 3 * LIMIT_TOKEN);
	(void)form_encode(&again, decoded);
	same = span_eq(buf_span(&again), raw);
	buf_release(&again);
	return same;
}

static void
note_basic(struct exchange *x, struct span credentials)
{
	struct buf pair, id, secret;
	struct span raw_id, raw_secret;
	size_t colon;

	buf_init_wiping(&pair, LIMIT_TOKEN);
	buf_init_wiping(&id, LIMIT_TOKEN);
	buf_init_wiping(&secret, LIMIT_TOKEN);
	x->auth = AUTH_BASIC;
	if (base64_decode(&pair, credentials, NULL) != RES_OK)
		goto out;
	colon = span_find(buf_span(&pair), ':');
	if (colon == SIZE_MAX)
		goto out;
	raw_id = span_sub(buf_span(&pair), 0, colon);
	raw_secret = span_from(buf_span(&pair), colon + 1);
	(void)form_decode(&id, raw_id);
	(void)form_decode(&secret, raw_secret);
	x->auth_raw_basic = !is_form_encoded(raw_id, buf_span(&id)) ||
		!is_form_encoded(raw_secret, buf_span(&secret));
	x->auth_has_reserved = x->auth_raw_basic || has_reserved(buf_span(&id), buf_span(&secret));
	text_safe_into(x->auth_client_id, sizeof(x->auth_client_id),
		x->auth_raw_basic ? raw_id : buf_span(&id));
out:
	buf_release(&pair);
	buf_release(&id);
	buf_release(&secret);
}

static void
note_form_auth(struct exchange *x, struct span body)
{
	struct buf id, secret;
	struct token_info assertion;

	buf_init_wiping(&id, LIMIT_TOKEN);
	buf_init_wiping(&secret, LIMIT_TOKEN);
	token_info_init(&assertion);
	if (form_get(body, "client_id", &id)) {
		text_safe_into(x->auth_client_id, sizeof(x->auth_client_id), buf_span(&id));
		x->auth = AUTH_NONE;
	}
	if (form_get(body, "client_assertion", &secret)) {
		token_info_read(&assertion, buf_span(&secret));
		x->auth = span_starts(span_of(assertion.alg), "HS") ? AUTH_SECRET_JWT
								    : AUTH_PRIVATE_KEY_JWT;
		if (assertion.claims.n_aud)
			text_safe_into(x->auth_audience, sizeof(x->auth_audience),
				assertion.claims.aud[0]);
	} else if (form_get(body, "client_secret", &secret)) {
		x->auth = AUTH_POST;
		x->auth_has_reserved = has_reserved(buf_span(&id), buf_span(&secret));
	}
	token_info_release(&assertion);
	buf_release(&id);
	buf_release(&secret);
}

static void
note_auth(struct exchange *x, const struct http_request *req)
{
	struct span authorization = http_header(&req->headers, "authorization");

	if (!purpose_wants_client(x->purpose))
		return;
	if (span_starts_nocase(authorization, "basic "))
		note_basic(x, span_trim(span_from(authorization, 6)));
	else
		note_form_auth(x, buf_span(&req->body));
}

static enum auth_header_form
header_form(struct span v)
{
	size_t at = span_find(v, ' ');
	struct span rest = at == SIZE_MAX ? SPAN_EMPTY : span_from(v, at + 1);

	if (!v.n)
		return AUTH_HEADER_FINE;
	if (!rest.n)
		return AUTH_HEADER_NO_BLANK;
	if (rest.p[0] == ' ')
		return AUTH_HEADER_BLANKS;
	return span_starts_nocase(rest, "bearer ") || span_starts_nocase(rest, "dpop ")
		? AUTH_HEADER_SCHEME_TWICE
		: AUTH_HEADER_FINE;
}

/* The proof's time is judged by the server's clock, where the answer tells it. */
static void
note_proof(struct exchange *x, const struct http_request *req, const struct net_result *raw)
{
	struct dpop_seen seen;
	int64_t at;

	if (!http_has_header(&req->headers, "DPoP"))
		return;
	if (time_parse_http(http_header(&raw->response.headers, "Date"), &at) != RES_OK)
		at = raw->sent_wall_us / 1000000;
	dpop_look(&seen, req, at);
	snprintf(x->proof_jkt, sizeof(x->proof_jkt), "%s", seen.jkt);
	snprintf(x->proof_flaw, sizeof(x->proof_flaw), "%s", seen.flaw);
}

/* --- masking ------------------------------------------------------------------------------ */

/* redact_text(s) if it differs from s; else false. */
static bool
redacted(const struct redactor *r, struct buf *out, struct span s)
{
	if (!s.n)
		return false;
	buf_clear(out);
	return redact_changes(r, out, s);
}

/* These return true if they changed anything. */
static bool
mask_string(const struct redactor *r, struct json *node, bool secret)
{
	char mask[MASK_MAX];
	struct span v;
	struct buf out;
	bool changed;

	if (!json_to_span(node, &v) || !v.n)
		return false;
	if (secret) {
		secret_mask_span(v, mask);
		changed = !span_is(v, mask);
		if (changed)
			json_replace_str(node, span_of(mask));
		return changed;
	}
	buf_init_wiping(&out, 2 * v.n + MASK_ROOM);
	changed = redacted(r, &out, v);
	if (changed)
		json_replace_str(node, buf_span(&out));
	buf_release(&out);
	return changed;
}

/* A server that read a body as another type repeats what was sent as a name: {"token=eyJ…": ""}. */
static bool
mask_name(const struct redactor *r, struct json *member)
{
	struct span name = json_name(member);
	struct buf out;
	bool changed;

	buf_init_wiping(&out, 2 * name.n + MASK_ROOM);
	changed = redacted(r, &out, name);
	if (changed)
		json_rename(member, buf_span(&out));
	buf_release(&out);
	return changed;
}

static bool
name_is_secret(struct span name, const struct json *node)
{
	struct span v;

	return json_to_span(node, &v) ? redact_pair_is_secret(name, v)
				      : redact_name_is_secret(name);
}

/* The member's string, if it is one. */
static struct span
text_of(const struct json *node)
{
	struct span v;

	return node && json_type(node) == JSON_STRING && json_to_span(node, &v) ? v : SPAN_EMPTY;
}

/* A value whose name stands beside it: Authorization keeps its scheme, as it does in a header. */
static bool
mask_named(const struct redactor *r, struct span name, struct json *value)
{
	struct span v = text_of(value);
	struct buf out;
	bool changed;

	if (!name.n || !v.n || !redact_pair_is_secret(name, v))
		return false;
	buf_init_wiping(&out, 2 * v.n + MASK_ROOM);
	changed = redact_header(r, &out, name, v) == RES_OK && !span_eq(buf_span(&out), v);
	if (changed)
		json_replace_str(value, buf_span(&out));
	buf_release(&out);
	return changed;
}

/* {"name": "client_secret", "value": "…"}, ["X-Api-Key", "…"]: lists of parameters, headers,
 * variables. */
static bool
mask_listed(const struct redactor *r, struct json *node)
{
	const struct json *first = json_first(node), *value, *name;

	if (!first || !json_next(first))
		return false;
	if (json_type(node) == JSON_ARRAY) {
		name = first;
		value = json_next(first);
		if (json_next(value))
			return false;
	} else {
		value = json_get(node, "value");
		if (!value)
			return false;
		name = json_get(node, "name");
		name = name ? name : json_get(node, "key");
	}
	return mask_named(r, text_of(name), (struct json *)(uintptr_t)value);
}

/* What an object or a list tells of the strings in it. */
enum listing {
	LISTS_NOTHING,
	LISTS_SECRET, /* {"client_secret": {"value": "…"}} */
	LISTS_COOKIES, /* {"cookies": {"name": "…"}}, or a list of objects as in LISTS_SECRET */
	LISTS_PRIMES, /* the further ones of an RSA key (RFC 7518 §6.3.2.7): each member */
};

static enum listing
listing_of(const struct json *node, bool secret)
{
	if (json_type(node) != JSON_OBJECT && json_type(node) != JSON_ARRAY)
		return LISTS_NOTHING;
	if (span_is_nocase(json_name(node), "cookies"))
		return LISTS_COOKIES;
	if (span_is(json_name(node), "oth"))
		return LISTS_PRIMES;
	return secret ? LISTS_SECRET : LISTS_NOTHING;
}

static bool
mask_below(const struct redactor *r, struct json *node, enum listing what)
{
	bool list = json_type(node) == JSON_ARRAY, changed = false;

	for (const struct json *k = json_first(node); k; k = json_next(k)) {
		struct json *child = (struct json *)(uintptr_t)k;

		if (list && json_type(k) == JSON_OBJECT)
			changed =
				mask_below(r, child, what == LISTS_COOKIES ? LISTS_SECRET : what) ||
				changed;
		else if (!list && json_type(k) == JSON_STRING &&
			(what != LISTS_SECRET || span_is(json_name(k), "value")))
			changed = mask_string(r, child, true) || changed;
	}
	return changed;
}

/* list: the name of what the strings of an array are, if it has one. */
static bool
mask_tree(const struct redactor *r, struct json *node, bool secret, struct span list)
{
	bool changed = false;

	if (!node)
		return false;
	if (json_type(node) == JSON_STRING)
		return mask_string(r, node, secret);
	if (json_type(node) == JSON_NUMBER && secret) {
		json_replace_str(node, SPAN_LIT("[redacted]"));
		return true;
	}
	if (json_type(node) != JSON_OBJECT && json_type(node) != JSON_ARRAY)
		return false;
	changed = mask_listed(r, node);
	for (const struct json *k = json_first(node); k; k = json_next(k)) {
		struct json *child = (struct json *)(uintptr_t)k;
		bool inner = secret;

		if (json_type(node) == JSON_ARRAY && list.n && json_type(k) == JSON_STRING)
			inner = inner || name_is_secret(list, k);
		if (json_type(node) == JSON_OBJECT) {
			inner = name_is_secret(json_name(k), k);
			if (listing_of(k, inner) != LISTS_NOTHING)
				changed = mask_below(r, child, listing_of(k, inner)) || changed;
			changed = mask_name(r, child) || changed;
		}
		changed = mask_tree(r, child, inner,
				  json_type(node) == JSON_OBJECT ? json_name(k) : SPAN_EMPTY) ||
			changed;
	}
	return changed;
}

void
record_mask_tree(const struct redactor *r, struct json *tree)
{
	mask_tree(r, tree, false, SPAN_EMPTY);
}

/* doc: the body's; masked with it. */
static void
mask_document(const struct redactor *r, struct buf *out, struct span body, struct json *doc)
{
	struct buf after;

	buf_init_wiping(&after, 8 * body.n + MASK_ROOM);
	/* untouched: keep the server's own bytes */
	if (!mask_tree(r, doc, false, SPAN_EMPTY))
		(void)buf_add_span(out, body);
	else if (json_print(doc, &after, false) == RES_OK)
		(void)buf_add_span(out, buf_span(&after));
	else
		(void)redact_text(r, out, body);
	buf_release(&after);
}

static void
mask_json(const struct redactor *r, struct buf *out, struct span body)
{
	struct json *doc;

	if (json_parse(&doc, body, NULL) == RES_OK)
		mask_document(r, out, body, doc);
	else
		(void)redact_text(r, out, body);
	json_free(doc);
}

static void
mask_body(const struct redactor *r, struct buf *out, struct span body)
{
	char mask[MASK_MAX];

	buf_release(out);
	buf_init_wiping(out, 8 * body.n + MASK_ROOM);
	switch (http_body_kind(body)) {
	case BODY_EMPTY:
		break;
	case BODY_JSON:
		mask_json(r, out, body);
		break;
	case BODY_FORM:
		(void)redact_form(r, out, body);
		break;
	case BODY_JWT:
	case BODY_JWE:
		(void)buf_puts(out, secret_mask_span(span_trim(body), mask));
		break;
	case BODY_HTML:
	case BODY_XML:
	case BODY_GZIP:
	case BODY_BOM:
	case BODY_TEXT:
	case BODY_BINARY:
		(void)redact_text(r, out, body);
		break;
	}
}

/* dst has none yet. */
static void
mask_headers(const struct redactor *r, struct http_headers *dst, const struct http_headers *h)
{
	struct buf out;

	buf_init_wiping(&out, 4 * LIMIT_HEADERS);
	for (size_t i = 0; i < h->n; i++) {
		struct span name = span_of(h->v[i].name), value = span_of(h->v[i].value);

		buf_clear(&out);
		if (span_is_nocase(name, "location"))
			(void)redact_url(r, &out, value);
		else
			(void)redact_header(r, &out, name, value);
		(void)http_headers_add(dst, name, buf_span(&out));
	}
	buf_release(&out);
}

static void
mask_request(struct exchange *x, const struct http_request *req, const struct redactor *r)
{
	struct buf url;

	buf_init_wiping(&url, 4 * LIMIT_URL + MASK_ROOM);
	(void)redact_url(r, &url, span_of(req->url));
	http_request_set(&x->request, req->method, buf_span(&url));
	buf_release(&url);
	mask_headers(r, &x->request.headers, &req->headers);
	mask_body(r, &x->request.body, buf_span(&req->body));
}

static void
mask_text(const struct redactor *r, char *text, size_t size)
{
	struct buf out;

	buf_init_wiping(&out, MASK_ROOM);
	if (redacted(r, &out, span_of(text)))
		text_safe_into(text, size, buf_span(&out));
	buf_release(&out);
}

/* A subject names whatever its authority signed. */
static void
mask_owned(const struct redactor *r, char **text)
{
	struct buf out;

	if (!*text)
		return;
	buf_init_wiping(&out, MASK_ROOM);
	if (redacted(r, &out, span_of(*text))) {
		free(*text);
		*text = text_safe_dup(buf_span(&out), LIMIT_HEADERS);
	}
	buf_release(&out);
}

static void
mask_tls(struct tls_info *t, const struct redactor *r)
{
	mask_text(r, t->verify_words, sizeof(t->verify_words));
	mask_text(r, t->client_subject, sizeof(t->client_subject));
	for (size_t i = 0; i < t->n_certs; i++) {
		mask_owned(r, &t->certs[i].subject);
		mask_owned(r, &t->certs[i].issuer);
		mask_owned(r, &t->certs[i].names);
	}
}

/* The answer's document is that of the body where this is JSON: it is masked once, for both. */
static void
mask_response_body(struct exchange *x, const struct net_result *raw, const struct redactor *r)
{
	struct buf *out = &x->result.response.body;
	struct span body = buf_span(&raw->response.body);

	if (x->answer.kind != BODY_JSON || !x->answer.doc) {
		mask_body(r, out, body);
		return;
	}
	buf_release(out);
	buf_init_wiping(out, 8 * body.n + MASK_ROOM);
	mask_document(r, out, body, x->answer.doc);
}

static void
mask_result(struct exchange *x, const struct net_result *raw, const struct redactor *r)
{
	struct net_result *m = &x->result;

	http_response_copy_rest(&m->response, &raw->response);
	m->timings = raw->timings;
	m->error = raw->error;
	memcpy(m->error_text, raw->error_text, sizeof(m->error_text));
	memcpy(m->remote, raw->remote, sizeof(m->remote));
	m->via_proxy = raw->via_proxy;
	memcpy(m->proxy, raw->proxy, sizeof(m->proxy));
	m->sent_wall_us = raw->sent_wall_us;
	m->answered_wall_us = raw->answered_wall_us;
	tls_info_copy(&m->tls, &raw->tls);
	mask_tls(&m->tls, r);
	mask_headers(r, &m->response.headers, &raw->response.headers);
	mask_response_body(x, raw, r);
	mask_text(r, m->error_text, sizeof(m->error_text));
}

static void
mask_challenges(struct challenges *c, const struct redactor *r)
{
	char mask[MASK_MAX];
	struct buf out;

	buf_init_wiping(&out, MASK_ROOM + 4 * LIMIT_HEADERS);
	for (size_t i = 0; i < c->n; i++) {
		struct challenge *ch = &c->v[i];

		if (ch->token68) {
			secret_mask_span(span_of(ch->token68), mask);
			free(ch->token68);
			ch->token68 = xstrdup(mask);
		}
		for (size_t k = 0; k < ch->n_params; k++) {
			struct span value = span_of(ch->params[k].value);

			if (redact_pair_is_secret(span_of(ch->params[k].name), value)) {
				buf_clear(&out);
				(void)buf_puts(&out, secret_mask_span(value, mask));
			} else if (!redacted(r, &out, value)) {
				continue;
			}
			free(ch->params[k].value);
			ch->params[k].value = span_dup(buf_span(&out));
		}
	}
	buf_release(&out);
}

static void
mask_answer(struct answer *a, enum purpose p, const struct redactor *r)
{
	if (a->kind != BODY_JSON)
		mask_tree(r, a->doc, false, SPAN_EMPTY);
	mask_tree(r, a->jose_header, false, SPAN_EMPTY);
	answer_read_claims(a, p);
	mask_challenges(&a->challenges, r);
	mask_text(r, a->error, sizeof(a->error));
	mask_text(r, a->description, sizeof(a->description));
	mask_text(r, a->error_uri, sizeof(a->error_uri));
}

/* A claim may be named like a secret, and hold one. */
static void
mask_tokens(struct exchange *x, const struct redactor *r)
{
	for (size_t i = 0; i < x->n_tokens; i++) {
		struct token_info *t = &x->tokens[i].info;

		mask_tree(r, t->header, false, SPAN_EMPTY);
		mask_tree(r, t->payload, false, SPAN_EMPTY);
		if (t->payload)
			claims_read(&t->claims, t->payload);
	}
}

struct exchange *
exchange_record(const struct http_request *req, const struct net_result *raw, enum step step,
	enum purpose purpose, const struct redactor *r)
{
	return exchange_record_known(req, raw, step, purpose, r, NULL);
}

struct exchange *
exchange_record_known(const struct http_request *req, const struct net_result *raw, enum step step,
	enum purpose purpose, const struct redactor *r, const struct case_token *known)
{
	struct exchange *x = exchange_new();
	struct buf form;
	struct span sent;

	x->step = step;
	x->purpose = purpose;
	answer_read(&x->answer, purpose, &raw->response);
	buf_init_wiping(&form, LIMIT_TOKEN);
	sent = request_token(req, &form);
	note_tokens(x, req, sent, known);
	note_auth(x, req);
	note_proof(x, req, raw);
	x->auth_header = header_form(http_header(&req->headers, "authorization"));
	if (purpose_endpoint(purpose) != EP_TOKEN)
		x->echoes_token = echoes(&raw->response, sent);
	buf_release(&form);
	mask_request(x, req, r);
	mask_result(x, raw, r);
	mask_answer(&x->answer, purpose, r);
	mask_text(r, x->proof_flaw, sizeof(x->proof_flaw));
	mask_tokens(x, r);
	return x;
}
