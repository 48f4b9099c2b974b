#include "oauth/idtoken.h"

#include "base/encode.h"
#include "oauth/crypto.h"

static const struct {
	const char *id, *wrong, *references, *fix;
} checks[] = {
#define LOGIN_CHECK(sym, id, wrong, refs, fix) {id, wrong, refs, fix},
#include "oauth/loginchecks.def"
#undef LOGIN_CHECK
};

const char *
login_check_id(enum login_check c)
{
	return checks[c].id;
}

const char *
login_check_wrong(enum login_check c)
{
	return checks[c].wrong;
}

const char *
login_check_references(enum login_check c)
{
	return checks[c].references;
}

const char *
login_check_fix(enum login_check c)
{
	return checks[c].fix;
}

bool
login_check_from_id(struct span id, enum login_check *out)
{
	for (int i = 0; i < LOGIN_CHECK_COUNT; i++) {
		if (span_is(id, checks[i].id)) {
			*out = (enum login_check)i;
			return true;
		}
	}
	return false;
}

/* --- hashes ------------------------------------------------------------------------------- */

/* Bits of the digest that an algorithm signs over; 0: none that is known. */
static int
digest_bits(struct span alg)
{
	if (span_ends(alg, "256") || span_is(alg, "ES256K"))
		return 256;
	if (span_ends(alg, "384"))
		return 384;
	if (span_ends(alg, "512") || span_is(alg, "EdDSA") || span_is(alg, "Ed25519"))
		return 512; /* Ed25519 signs over SHA-512 (RFC 8032 §5.1) */
	return 0;
}

enum res
id_token_hash(struct buf *out, struct span alg, struct span text)
{
	int bits = digest_bits(alg);
	unsigned char digest[64];

	if (!bits || !crypto() || !crypto()->digest(bits, text.p, text.n, digest))
		return RES_UNSUPPORTED;
	return base64url_encode(out, span_make(digest, (size_t)bits / 16));
}

/* --- the checks --------------------------------------------------------------------------- */

static void
note(struct id_result *out, enum login_check c, bool ok)
{
	*(ok ? &out->passed : &out->failed) |= check_bit(c);
}

static bool
hash_fits(const struct token_info *t, struct span claim, const struct secret *of, bool *fits)
{
	struct buf b;
	bool known;

	buf_init(&b, 128);
	known = id_token_hash(&b, span_of(t->alg), secret_reveal(of)) == RES_OK;
	*fits = known && span_eq(buf_span(&b), claim);
	buf_release(&b);
	return known;
}

static void
check_hash(struct id_result *out, const struct token_info *t, enum login_check c, const char *name,
	const struct secret *of)
{
	struct span claim = json_get_str(t->payload, name);
	bool fits;

	if (of && claim.n && hash_fits(t, claim, of, &fits))
		note(out, c, fits);
}

static void
check_audience(struct id_result *out, const struct claims *c, struct span client_id)
{
	if (!client_id.n)
		return;
	note(out, CHECK_ID_AUD, claims_has_aud(c, client_id));
	if (c->azp.n)
		note(out, CHECK_ID_AZP, span_eq(c->azp, client_id));
}

static void
check_signature(struct id_result *out, enum sig_state sig)
{
	if (sig == SIG_ALG_NONE)
		note(out, CHECK_ID_ALG, false);
	else if (sig == SIG_VALID || sig == SIG_BAD)
		note(out, CHECK_ID_SIGNATURE, sig == SIG_VALID);
}

static void
check_times(struct id_result *out, const struct claims *c, const struct id_expect *x)
{
	note(out, CHECK_ID_EXP,
		c->exp.form != NUM_ABSENT && c->exp.form != NUM_OTHER &&
			x->now_s < c->exp.at + x->leeway_s);
	note(out, CHECK_ID_IAT,
		c->iat.form != NUM_ABSENT && c->iat.form != NUM_OTHER &&
			c->iat.at <= x->now_s + x->leeway_s);
}

static void
check_nonce(struct id_result *out, const struct json *payload, const struct secret *sent)
{
	struct secret *got;

	if (!sent)
		return;
	got = secret_new(json_get_str(payload, "nonce"));
	note(out, CHECK_ID_NONCE, secret_equal(got, sent));
	secret_unref(got);
}

void
id_token_check(struct id_result *out, const struct token_info *t, const struct id_expect *x)
{
	const struct claims *c = &t->claims;

	memset(out, 0, sizeof(*out));
	/* encrypted to the client: nobody here can look into it */
	if (t->kind == TOKEN_JWE)
		return;
	note(out, CHECK_ID_FORM, t->kind == TOKEN_JWT && t->payload && c->root);
	if (out->failed)
		return;
	if (x->issuer.n)
		note(out, CHECK_ID_ISS, span_eq(c->iss, x->issuer));
	note(out, CHECK_ID_SUB, c->sub.n > 0);
	if (x->same_sub.n && c->sub.n)
		note(out, CHECK_ID_OTHER_USER, span_eq(c->sub, x->same_sub));
	check_audience(out, c, x->client_id);
	check_signature(out, x->sig);
	check_times(out, c, x);
	check_nonce(out, t->payload, x->nonce);
	check_hash(out, t, CHECK_ID_AT_HASH, "at_hash", x->access);
	check_hash(out, t, CHECK_ID_C_HASH, "c_hash", x->code);
}
