/* Proofs of possession (RFC 9449): what comes with a request, checked whole (§4.3). */
#include "demo/endpoints.h"

#include "base/encode.h"

enum {
	PROOF_WINDOW_S = 300, /* iat may be so far away, either way */
	PROOF_MAX = 8 << 10,
	JTI_MAX = 256,
};

struct proof {
	struct json *header, *claims;
	const struct json *jwk;
};

static const char *
parse(struct proof *p, struct span text)
{
	struct jws_parts parts;

	if (text.n > PROOF_MAX || jws_split(&parts, text, NULL) != RES_OK || parts.n_parts != 3 ||
		jose_decode_json(&p->header, parts.header, NULL) != RES_OK ||
		jose_decode_json(&p->claims, parts.payload, NULL) != RES_OK)
		return "The DPoP proof is no JWT";
	if (!span_is(json_get_str(p->header, "typ"), "dpop+jwt"))
		return "The typ of the DPoP proof is not dpop+jwt";
	p->jwk = json_get(p->header, "jwk");
	if (!p->jwk || json_type(p->jwk) != JSON_OBJECT)
		return "The DPoP proof has no key";
	if (json_get(p->jwk, "d") || json_get(p->jwk, "k") || json_get(p->jwk, "p"))
		return "The DPoP proof shows a private key";
	return NULL;
}

/* With the key of its own header, and never an HMAC. */
static const char *
check_signature(const struct proof *p, struct span text)
{
	struct json *set = json_new_object(), *keys = json_new_array();
	char why[80];
	enum sig_state st;

	json_append_take(keys, json_dup(p->jwk));
	json_set_take(set, "keys", keys);
	st = jws_verify(text, &(struct jws_keys){.jwks = set}, why, sizeof(why));
	json_free(set);
	return st == SIG_VALID ? NULL : "The signature of the DPoP proof does not verify";
}

/* htu: without query and fragment; this host has two names. */
static bool
url_fits(const struct demo_call *c, struct span htu)
{
	bool inner = (c->s->cfg.scenario->demands & DEMAND_INNER_NAME) != 0;
	const char *origin = inner ? DEMO_INNER_ORIGIN ":80" : c->origin ? c->origin : c->s->origin;
	const char *colon = strstr(origin, "://"), *port = strrchr(origin, ':');
	char url[256], other[256];
	size_t cut = span_find(htu, '?');

	if (cut == SIZE_MAX)
		cut = span_find(htu, '#');
	htu = span_sub(htu, 0, cut == SIZE_MAX ? htu.n : cut);
	snprintf(url, sizeof(url), "%s%s", origin, c->req->url);
	snprintf(other, sizeof(other), "%.*s://localhost%s%s", (int)(colon - origin), origin, port,
		c->req->url);
	return span_is(htu, url) || span_is(htu, other);
}

static bool
hash_fits(const struct store *s, struct span ath, struct span token)
{
	char want[THUMB_SIZE];

	return store_thumb(s, token, want) && span_is(ath, want);
}

static const char *
check_claims(struct demo_call *c, const struct proof *p, struct span token)
{
	const int64_t now = store_now(c->s, c->api);
	struct span jti = json_get_str(p->claims, "jti");
	int64_t iat;

	if (!span_is(json_get_str(p->claims, "htm"), c->req->method))
		return "The htm of the DPoP proof is not the method of the request";
	if (!url_fits(c, json_get_str(p->claims, "htu")))
		return "The htu of the DPoP proof is not the URL of the request";
	if (json_to_time(json_get(p->claims, "iat"), &iat) != NUM_INTEGER ||
		iat < now - PROOF_WINDOW_S || iat > now + PROOF_WINDOW_S)
		return "The iat of the DPoP proof is not now";
	if (token.n && !hash_fits(c->s, json_get_str(p->claims, "ath"), token))
		return "The ath of the DPoP proof is not the hash of the access token";
	if (!jti.n || jti.n > JTI_MAX)
		return "The DPoP proof has no jti";
	return NULL;
}

/* The thumbprint of its key (RFC 7638) into c->shown. */
static const char *
take_key(struct demo_call *c, const struct proof *p)
{
	struct span jti = json_get_str(p->claims, "jti");
	struct buf b;
	bool ok;

	buf_init(&b, 512);
	ok = jwk_thumbprint(&b, p->jwk, NULL) == RES_OK && b.len < THUMB_SIZE;
	if (ok)
		snprintf(c->shown.jkt, THUMB_SIZE, "%s", buf_str(&b));
	buf_putc(&b, ' ');
	buf_add_span(&b, jti);
	if (ok && waiting_seen(c->s, buf_span(&b))) {
		c->shown.jkt[0] = '\0';
		buf_release(&b);
		return "The DPoP proof was used before";
	}
	buf_release(&b);
	return ok ? NULL : "The key of the DPoP proof has no thumbprint";
}

static bool
wants_nonce(const struct store *s)
{
	return (s->cfg.scenario->demands & (DEMAND_NONCE | DEMAND_NEW_NONCE)) != 0;
}

void
proof_nonce_header(struct demo_call *c)
{
	if (wants_nonce(c->s))
		reply_header(c, "DPoP-Nonce", dpop_nonce(c->s));
}

struct proof_trouble
proof_check(struct demo_call *c, struct span token, bool wanted)
{
	struct span text = http_header(&c->req->headers, "DPoP");
	struct proof p = {NULL, NULL, NULL};
	struct proof_trouble t = {NULL, NULL};

	c->shown.jkt[0] = '\0';
	if (text.n == 0) {
		if (wanted)
			t = (struct proof_trouble){"invalid_dpop_proof", "A DPoP proof is wanted"};
		return t;
	}
	if (http_header_count(&c->req->headers, "DPoP") > 1)
		t.why = "More than one DPoP proof in the request";
	if (!t.why)
		t.why = parse(&p, text);
	if (!t.why)
		t.why = check_signature(&p, text);
	if (!t.why)
		t.why = check_claims(c, &p, token);
	if (t.why) {
		t.error = "invalid_dpop_proof";
	} else if (wants_nonce(c->s) && !dpop_nonce_fits(c->s, json_get_str(p.claims, "nonce"))) {
		t.error = "use_dpop_nonce";
		t.why = "The DPoP proof must carry the server's nonce";
	} else {
		t.why = take_key(c, &p);
		t.error = t.why ? "invalid_dpop_proof" : NULL;
	}
	json_free(p.header);
	json_free(p.claims);
	return t;
}

bool
binding_shown(const struct binding *b, const struct binding *shown)
{
	return (!b->jkt[0] || strcmp(b->jkt, shown->jkt) == 0) &&
		(!b->x5t[0] || strcmp(b->x5t, shown->x5t) == 0);
}
