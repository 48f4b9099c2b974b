#include "demo/endpoints.h"

#include "base/encode.h"

/* Compares in constant time; what was sent is wiped. */
static bool
credentials_fit(const struct store *s, struct buf *id, struct buf *secret)
{
	struct secret *given = secret_new(buf_span(secret));
	bool ok = secret_equal(given, s->client_secret);

	ok = span_is(buf_span(id), s->client_id) && ok;
	secret_unref(given);
	return ok;
}

/* One half of the Basic credentials; RFC 6749 §2.3.1 wants it form-encoded. */
static void
half(const struct store *s, struct buf *out, struct span text)
{
	if (store_has_quirk(s, QUIRK_RAW_BASIC))
		buf_add_span(out, text);
	else
		form_decode(out, text);
}

static enum client_state
check_basic(const struct demo_call *c, struct span encoded)
{
	struct buf text, id, secret;
	enum client_state st = CLIENT_BAD;
	size_t colon;

	buf_init_wiping(&text, 4096);
	buf_init_wiping(&id, 1024);
	buf_init_wiping(&secret, 4096);
	if (base64_decode(&text, span_trim(encoded), NULL) != RES_OK)
		goto out;
	colon = span_find(buf_span(&text), ':');
	if (colon == SIZE_MAX)
		goto out;
	half(c->s, &id, span_sub(buf_span(&text), 0, colon));
	half(c->s, &secret, span_from(buf_span(&text), colon + 1));
	if (credentials_fit(c->s, &id, &secret) &&
		!store_has_quirk(c->s, QUIRK_POST_ONLY | QUIRK_POST_ONLY_HIDDEN))
		st = CLIENT_OK;
out:
	buf_release(&text);
	buf_release(&id);
	buf_release(&secret);
	return st;
}

enum client_state
client_check(const struct demo_call *c)
{
	struct span auth = http_header(&c->req->headers, "Authorization");
	struct buf id, secret;
	enum client_state st;
	bool in_body;

	buf_init_wiping(&id, 1024);
	buf_init_wiping(&secret, 4096);
	in_body = form_member(c, "client_secret", &secret);
	if (auth.n > 0 && in_body)
		st = CLIENT_TWICE;
	else if (span_starts_nocase(auth, "Basic "))
		st = check_basic(c, span_from(auth, 6));
	else if (auth.n > 0)
		st = CLIENT_BAD;
	else if (!form_member(c, "client_id", &id))
		st = CLIENT_MISSING;
	else if (in_body)
		st = credentials_fit(c->s, &id, &secret) ? CLIENT_OK : CLIENT_BAD;
	else if (store_has_fault(c->s, FAULT_PUBLIC_CLIENT) &&
		span_is(buf_span(&id), c->s->client_id))
		st = CLIENT_PUBLIC;
	else
		st = CLIENT_MISSING;
	if (st == CLIENT_BAD && store_has_fault(c->s, FAULT_WRONG_CLIENT))
		st = CLIENT_UNKNOWN;
	buf_release(&id);
	buf_release(&secret);
	return st;
}

void
client_refuse(struct demo_call *c, enum client_state st)
{
	if (st == CLIENT_TWICE) {
		reply_oauth_error(c, 400, "invalid_request",
			"More than one client authentication in the request");
		return;
	}
	if (st == CLIENT_PUBLIC) {
		reply_oauth_error(
			c, 403, "access_denied", "Only a client with a secret may do this");
		return;
	}
	reply_oauth_error(c, 401, "invalid_client",
		st == CLIENT_MISSING ? "No client authentication in the request"
			: st == CLIENT_UNKNOWN ? "No such client" : "Client authentication failed");
	reply_header(c, "WWW-Authenticate", "Basic realm=\"tokentriage-demo\"");
}
