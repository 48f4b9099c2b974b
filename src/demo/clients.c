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

/* client_id and client_secret of the body, or the secret alone missing. */
static enum client_state
check_body(const struct demo_call *c)
{
	struct buf id, secret;
	enum client_state st;
	bool with_secret;

	buf_init_wiping(&id, 1024);
	buf_init_wiping(&secret, 4096);
	with_secret = form_member(c, "client_secret", &secret);
	if (!form_member(c, "client_id", &id))
		st = CLIENT_MISSING;
	else if (with_secret)
		st = credentials_fit(c->s, &id, &secret) ? CLIENT_OK : CLIENT_BAD;
	else if (!span_is(buf_span(&id), c->s->client_id))
		st = CLIENT_MISSING;
	else if (strcmp(c->shown.x5t, c->s->client_bound.x5t) == 0)
		st = CLIENT_OK; /* self_signed_tls_client_auth (RFC 8705 §2.2) */
	else if (store_has_fault(c->s, FAULT_PUBLIC_CLIENT))
		st = CLIENT_PUBLIC;
	else
		st = c->shown.x5t[0] ? CLIENT_BAD : CLIENT_MISSING;
	buf_release(&id);
	buf_release(&secret);
	return st;
}

/* An assertion in the body, as RFC 7523 §2.2 has it; CLIENT_MISSING: there is none. */
static enum client_state
check_assertion(const struct demo_call *c)
{
	enum client_state st = CLIENT_MISSING;
	struct buf type, jwt;

	buf_init_wiping(&type, 1024);
	buf_init_wiping(&jwt, LIMIT_DEMO_TOKEN);
	if (form_member(c, "client_assertion", &jwt)) {
		form_member(c, "client_assertion_type", &type);
		st = span_is(buf_span(&type),
			"urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
			? client_assertion(c, buf_span(&jwt)) : CLIENT_BAD;
	}
	buf_release(&type);
	buf_release(&jwt);
	return st;
}

static bool
secret_in_body(const struct demo_call *c)
{
	struct buf secret;
	bool there;

	buf_init_wiping(&secret, 4096);
	there = form_member(c, "client_secret", &secret);
	buf_release(&secret);
	return there;
}

enum client_state
client_check(const struct demo_call *c)
{
	struct span auth = http_header(&c->req->headers, "Authorization");
	enum client_state st = check_assertion(c);
	bool asserted = st != CLIENT_MISSING;

	if ((auth.n > 0) + secret_in_body(c) + asserted > 1)
		st = CLIENT_TWICE;
	else if (asserted)
		return st;
	else if (span_starts_nocase(auth, "Basic "))
		st = check_basic(c, span_from(auth, 6));
	else if (auth.n > 0)
		st = CLIENT_BAD;
	else
		st = check_body(c);
	if (st == CLIENT_BAD && store_has_fault(c->s, FAULT_WRONG_CLIENT))
		st = CLIENT_UNKNOWN;
	if (st == CLIENT_OK && (c->s->cfg.scenario->demands & DEMAND_ASSERTION))
		st = CLIENT_METHOD;
	return st;
}

static const char *
trouble_words(enum client_state st)
{
	switch (st) {
	case CLIENT_MISSING:
		return "No client authentication in the request";
	case CLIENT_UNKNOWN:
		return "No such client";
	case CLIENT_METHOD:
		return "The client must authenticate with private_key_jwt";
	case CLIENT_AUDIENCE:
		return "The audience of the client assertion is not this server";
	case CLIENT_REPLAY:
		return "The jti of the client assertion was used before";
	default:
		return "Client authentication failed";
	}
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
	reply_oauth_error(c, 401, "invalid_client", trouble_words(st));
	reply_header(c, "WWW-Authenticate", "Basic realm=\"tokentriage-demo\"");
}

bool
client_barred(struct demo_call *c, enum demo_place at)
{
	const struct saying *no = says_instead(c, OF_CLIENT, at);

	if (!no)
		return false;
	reply_oauth_error(c, no->status, no->error, no->description);
	if (no->status == 401)
		reply_header(c, "WWW-Authenticate", "Basic realm=\"tokentriage-demo\"");
	return true;
}

bool
client_admit(struct demo_call *c, enum demo_place at)
{
	enum client_state st;

	if (!form_wanted(c))
		return false;
	if (form_repeats(buf_span(&c->req->body))) {
		reply_oauth_error(c, 400, "invalid_request", "A parameter is there twice");
		return false;
	}
	st = client_check(c);
	if (st != CLIENT_OK && st != CLIENT_PUBLIC) {
		client_refuse(c, st);
		return false;
	}
	return !client_barred(c, at);
}
