/* A token as it was given, behind a line break a key set: reading, repairing, verifying. */
#include "fuzz/fuzz.h"

#include "oauth/crypto.h"
#include "oauth/jose.h"

static const struct crypto_ops *
load(void)
{
	return &crypto_openssl;
}

static void
same_after_saving(const struct token_info *t)
{
	struct json *saved = token_info_to_json(t);
	struct token_info back;
	struct err e = ERR_INIT;

	token_info_init(&back);
	HOLDS(token_info_from_json(&back, saved, &e) == RES_OK);
	HOLDS(back.kind == t->kind && back.role == t->role && back.odd == t->odd && back.len == t->len);
	HOLDS(back.sig == t->sig && back.sig_len == t->sig_len);
	HOLDS(!strcmp(back.mask, t->mask) && !strcmp(back.kid, t->kid) && !strcmp(back.alg, t->alg));
	token_info_release(&back);
	json_free(saved);
}

static void
verify(struct span token, struct span keys)
{
	struct secret *hs = secret_new(SPAN_LIT("a client's secret of some length"));
	struct json *jwks = NULL;
	struct jws_parts parts;
	char why[200] = "";

	if (json_parse(&jwks, keys, NULL) != RES_OK)
		jwks = NULL;
	if (jws_split(&parts, token, NULL) == RES_OK)
		HOLDS(parts.n_parts == 3 || parts.n_parts == 5);
	(void)jws_verify(token, &(struct jws_keys){.jwks = jwks, .secret = hs}, why, sizeof(why));
	HOLDS(fuzz_is_safe(why));
	/* nothing is bad that no key could judge */
	HOLDS(jws_verify(token, &(struct jws_keys){NULL}, why, sizeof(why)) != SIG_BAD);
	for (const struct json *k = json_first(json_get(jwks, "keys")); k; k = json_next(k)) {
		struct buf print;

		buf_init(&print, 4096);
		if (jwk_thumbprint(&print, k, NULL) == RES_OK)
			HOLDS(print.len == 43);
		buf_release(&print);
	}
	json_free(jwks);
	secret_unref(hs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size), token = text;
	struct token_info t;
	struct buf repaired;
	char words[200];
	size_t cut = span_find_str(text, "\n\n");

	crypto_set_loader(load);
	if (cut != SIZE_MAX)
		token = span_sub(text, 0, cut);
	token_info_init(&t);
	token_info_read(&t, token);
	HOLDS(fuzz_is_safe(t.mask) && fuzz_is_safe(t.kid) && fuzz_is_safe(t.alg) && fuzz_is_safe(t.typ));
	HOLDS(fuzz_is_safe(token_oddity_words(&t, words, sizeof(words))));
	same_after_saving(&t);
	token_info_release(&t);

	buf_init_wiping(&repaired, LIMIT_TOKEN);
	if (token_repair(&repaired, token, "access_token") == 0)
		HOLDS(buf_status(&repaired) != RES_OK || span_eq(buf_span(&repaired), token));
	buf_release(&repaired);
	verify(token, cut != SIZE_MAX ? span_from(text, cut + 2) : SPAN_EMPTY);
	return 0;
}
