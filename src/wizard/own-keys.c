/*
 * What the client can prove: the keys it signs assertions and DPoP proofs with (RFC 7523, RFC
 * 9449), and the certificate it shows (RFC 8705).  All are read when they are first needed: the
 * crypto module is not on the way to the first screen.
 */
#include "wizard/steps.h"

#include <errno.h>

#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum {
	CLOCK_TOLERANCE_S = 5, /* what every server forgives */
	KEY_FILE_MAX = 256 << 10,
};

static void
forget(struct own_key *k)
{
	sign_key_unref(k->key);
	memset(k, 0, sizeof *k);
}

void
own_keys_forget(struct wizard *w)
{
	forget(&w->assertion_key);
	forget(&w->dpop_key);
	w->certificate_tried = false;
}

static void
load(struct own_key *k, const char *path)
{
	struct err e = ERR_INIT;
	struct buf text;

	k->tried = true;
	buf_init_wiping(&text, KEY_FILE_MAX);
	if (file_read(path, &text, &e) != RES_OK)
		text_format(k->why, sizeof k->why, "%s", e.text);
	else if (sign_key_read(&k->key, buf_span(&text), &e) != RES_OK)
		text_format(k->why, sizeof k->why, "%s: %s", path, e.text);
	buf_release(&text);
}

struct sign_key *
own_assertion_key(struct wizard *w, const char **why)
{
	const struct profile *p = &w->c->profile;
	const char *path = p->client_assertion_key_file ? p->client_assertion_key_file
							: p->client_key_file;

	if (!w->assertion_key.tried && path)
		load(&w->assertion_key, path);
	*why = path ? w->assertion_key.why
		    : "there is no client_assertion_key_file or client_key_file";
	return w->assertion_key.key;
}

const char *
own_certificate(struct wizard *w)
{
	const char *path = w->c->profile.client_cert_file;
	struct err e = ERR_INIT;
	struct buf pem;

	if (!path || w->certificate_tried)
		return w->c->own_x5t_s256;
	w->certificate_tried = true;
	buf_init(&pem, 1 << 20);
	if (file_read(path, &pem, &e) != RES_OK ||
		cert_thumbprint(w->c->own_x5t_s256, buf_span(&pem), &e) != RES_OK)
		log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0, "client_cert_file: %s", e.text);
	buf_release(&pem);
	return w->c->own_x5t_s256;
}

bool
own_keys_to_be_made(const struct profile *p)
{
	return p->dpop && p->dpop_key_file && access(p->dpop_key_file, F_OK) != 0 &&
		errno == ENOENT;
}

/* A new key: into the profile's file, where its tokens can be used again, or for this session. */
static void
make_key(struct wizard *w, struct own_key *k, const char *path)
{
	struct err e = ERR_INIT;
	struct buf pem;
	enum res r;

	k->tried = true;
	buf_init_wiping(&pem, KEY_FILE_MAX);
	r = sign_key_new(&k->key, &e);
	if (r == RES_OK && path) {
		r = sign_key_pem(k->key, &pem, &e);
		if (r == RES_OK)
			r = file_write_private(path, buf_span(&pem), &e);
	}
	if (r == RES_OK) {
		log_add(w->deps.log, LOG_INFO, LOGC_STEP, 0, "a new DPoP key, %s: jkt %s",
			path ? path : "for this session", k->key->thumbprint);
	} else {
		sign_key_unref(k->key);
		k->key = NULL;
		text_format(k->why, sizeof k->why, "%s", e.text);
	}
	buf_release(&pem);
}

/* The profile's key, else (make) a new one. */
static struct sign_key *
dpop_key_at_hand(struct wizard *w, bool make)
{
	const char *path = w->c->profile.dpop_key_file;
	struct own_key *k = &w->dpop_key;

	if (!k->tried && path && !own_keys_to_be_made(&w->c->profile))
		load(k, path);
	else if (!k->tried && make)
		make_key(w, k, path);
	if (k->key)
		text_format(w->c->own_jkt, sizeof w->c->own_jkt, "%s", k->key->thumbprint);
	return k->key;
}

int64_t
wizard_ahead_s(const struct wizard *w, struct span url)
{
	const struct fact_skew *skew;
	struct facts f;
	double s;

	facts_derive(&f, w->c, w->deps.clock);
	skew = facts_host_clock(&f, url);
	s = skew ? skew->seconds : 0;
	if (s <= CLOCK_TOLERANCE_S && s >= -CLOCK_TOLERANCE_S)
		return 0;
	return (int64_t)(s < 0 ? s - 0.5 : s + 0.5);
}

/* --- what the token is bound to --- */

enum bound { BOUND_UNKNOWN, BOUND_NOT, BOUND_TO_KEY };

static enum bound
by_type(struct span type)
{
	return !type.n                          ? BOUND_UNKNOWN
		: span_is_nocase(type, "DPoP") ? BOUND_TO_KEY
					       : BOUND_NOT;
}

/* The newest access token, as introspection, the token itself and its token response tell; *jkt:
 * empty if none of them names the key. */
static enum bound
binding(const struct wizard *w, struct span *jkt)
{
	const struct exchange *x = case_exchange(w->c, case_token(w->c, SLOT_ACCESS)->from);
	struct facts f;
	enum bound b;

	facts_derive(&f, w->c, w->deps.clock);
	*jkt = f.introspected && f.introspected->jkt.n ? f.introspected->jkt
		: f.claimed                             ? f.claimed->jkt
							: SPAN_EMPTY;
	if (jkt->n)
		return BOUND_TO_KEY;
	b = by_type(f.introspected ? f.introspected->token_type : SPAN_EMPTY);
	return b == BOUND_UNKNOWN && x ? by_type(json_get_str(x->answer.doc, "token_type")) : b;
}

void
own_keys_farewell(const struct wizard *w, struct buf *out)
{
	struct span jkt;

	if (w->dpop_key.key && !w->c->profile.dpop_key_file && binding(w, &jkt) == BOUND_TO_KEY &&
		(!jkt.n || span_is(jkt, w->dpop_key.key->thumbprint)))
		buf_puts(out,
			_("They are bound to a DPoP key that this session made and that is gone "
			  "now: they cannot be used again. With dpop_key_file in the profile the "
			  "key is kept.\n"));
}

/* Did this session's own proof go with the request that brought the token? */
static bool
came_by_our_key(const struct wizard *w)
{
	const struct exchange *x = case_exchange(w->c, case_token(w->c, SLOT_ACCESS)->from);

	return w->dpop_key.key && x && http_has_header(&x->request.headers, "DPoP");
}

/* The key to show this token with; NULL: none, it goes as Bearer. */
static struct sign_key *
key_of_token(struct wizard *w)
{
	const struct profile *p = &w->c->profile;
	struct span jkt;
	struct sign_key *k;
	enum bound b;

	if (!p->dpop && !p->dpop_key_file && !w->dpop_key.key) /* there is none */
		return NULL;
	b = binding(w, &jkt);
	if (b == BOUND_NOT)
		return NULL;
	if (b == BOUND_UNKNOWN && !p->dpop && !came_by_our_key(w))
		return NULL;
	k = dpop_key_at_hand(w, false);
	if (!k || (jkt.n && !span_is(jkt, k->thumbprint)))
		return NULL;
	/* which key it is nobody says: the profile's, or the one it was asked for with */
	return jkt.n || p->dpop_key_file || came_by_our_key(w) ? k : NULL;
}

/* --- proofs --- */

static void
decorate(struct wizard *w, struct engine_call *call, struct sign_key *k, struct secret *token)
{
	const char *alg = sign_key_alg(k,
		json_get(w->c->metadata.doc, "dpop_signing_alg_values_supported"));

	if (!alg) /* the list is the server's opinion; a refusal would say so */
		alg = sign_key_alg(k, NULL);
	if (!alg)
		return;
	call->dpop = dpop_new(k, alg, token);
	call->ahead_s = wizard_ahead_s(w, span_of(call->http.url));
}

void
wizard_prove_possession(struct wizard *w, struct engine_call *call)
{
	struct span jkt;
	enum bound b = binding(w, &jkt);
	struct sign_key *k;

	if (!w->c->profile.dpop && b != BOUND_TO_KEY)
		return;
	/* a public client's refresh token is bound to the key it came by (RFC 9449 §5) */
	if (call->purpose == PURPOSE_REFRESH && call->auth == AUTH_NONE && b == BOUND_TO_KEY) {
		k = dpop_key_at_hand(w, false);
		if (jkt.n ? !k || !span_is(jkt, k->thumbprint)
			  : !w->c->profile.dpop_key_file && !came_by_our_key(w))
			text_format(call->no_auth, sizeof call->no_auth,
				"the refresh token of a public client is bound to its DPoP key, "
				"and %s",
				w->dpop_key.why[0] ? w->dpop_key.why
					: k ? "the key at hand is another one"
					    : "that key is not at hand (dpop_key_file)");
		if (call->no_auth[0])
			return;
	}
	k = dpop_key_at_hand(w, true);
	if (k)
		decorate(w, call, k, NULL);
	else
		text_format(call->no_auth, sizeof call->no_auth, "no DPoP proof can be made: %s",
			w->dpop_key.why);
}

const char *
wizard_dpop_jkt(struct wizard *w)
{
	struct sign_key *k = w->c->profile.dpop ? dpop_key_at_hand(w, true) : NULL;

	return k ? k->thumbprint : "";
}

static void
bear(struct wizard *w, struct engine_call *call, const char *scheme)
{
	struct buf header;

	call->credentials = true;
	buf_init_wiping(&header, LIMIT_TOKEN + 16);
	buf_puts(&header, scheme);
	buf_add_span(&header, secret_reveal(case_token(w->c, SLOT_ACCESS)->value));
	if (http_headers_add(&call->http.headers, SPAN_LIT("Authorization"), buf_span(&header)) !=
		RES_OK)
		log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0,
			"the token holds a character that no header may carry; the query goes "
			"without it");
	buf_release(&header);
}

void
wizard_bear(struct wizard *w, struct engine_call *call)
{
	struct sign_key *k = key_of_token(w);

	own_certificate(w); /* a bound token is compared with it, whatever comes of the query */
	if (k)
		decorate(w, call, k, case_token(w->c, SLOT_ACCESS)->value);
	bear(w, call, call->dpop ? "DPoP " : "Bearer ");
}

void
wizard_bear_plainly(struct wizard *w, struct engine_call *call)
{
	bear(w, call, "Bearer ");
}
