#include "oauth/token.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "oauth/jose.h"
#include "oauth/token-shape.h"

static const struct {
	const char *starts, *vendor;
	enum token_role role;
} prefixes[] = {
#define TOKEN_PREFIX(starts, vendor, role) {starts, vendor, ROLE_##role},
#include "oauth/tokenprefixes.def"
#undef TOKEN_PREFIX
};

static const struct {
	unsigned bit;
	const char *id, *words;
} oddities[] = {
#define ODDITY(sym, id, words) {ODD_##sym, id, words},
#include "oauth/oddities.def"
#undef ODDITY
};

const struct token_member token_members[TOKEN_MEMBERS] = {
#define TOKEN_MEMBER(role, name, camel, words) {ROLE_##role, name, camel, words},
#include "oauth/tokenmembers.def"
#undef TOKEN_MEMBER
};

void
token_info_init(struct token_info *t)
{
	memset(t, 0, sizeof(*t));
}

void
token_info_release(struct token_info *t)
{
	json_free(t->header);
	json_free(t->payload);
	token_info_init(t);
}

/* --- what is odd about the value --- */

/* The first character that RFC 6750's b64token does not allow; at the end of a good one: n. */
static size_t
first_odd(struct span s)
{
	size_t i = token_char_run(s), k;

	for (k = i; k < s.n && s.p[k] == '='; k++)
		;
	/* a '=' with more of the token behind it is no padding: it is the odd one */
	return k > i && k < s.n && token_char(s.p[k]) ? i : i ? k : 0;
}

/* Every character of the token itself, outer wrappings taken off. */
static unsigned
odd_characters(struct span s)
{
	unsigned odd = 0;
	bool padding = false;

	while (s.n) {
		uint32_t cp;
		size_t n = padding ? 0 : token_char_run(s);

		if (n) {
			s = span_from(s, n);
			continue;
		}
		n = utf8_decode(s, &cp);
		if (cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n')
			odd |= ODD_BLANK_INSIDE;
		else if (cp < 0x20 || cp == 0x7f || (cp >= 0x80 && cp < 0xa0) ||
			token_invisible(cp) || token_typographic(cp))
			odd |= ODD_CONTROL;
		else if (cp != '=' && (cp >= 0x80 || !token_char((char)cp) || padding))
			odd |= ODD_NOT_B64TOKEN;
		padding = padding || cp == '=';
		s = span_from(s, n);
	}
	return odd;
}

static bool
is_json_object(struct span s)
{
	struct json *j;
	bool is;

	if (!span_starts(s, "{") || json_parse(&j, s, NULL) != RES_OK)
		return false;
	is = json_type(j) == JSON_OBJECT;
	json_free(j);
	return is;
}

static unsigned
find_oddities(struct span value)
{
	struct span s = span_trim(value), inner;
	unsigned odd = 0;

	if (!token_trim(value).n)
		return ODD_EMPTY;
	if (s.n < value.n)
		odd |= ODD_BLANK_EDGE;
	if (token_is_placeholder(s))
		return odd | ODD_PLACEHOLDER;
	if (token_char_run(s) == s.n)
		return odd;
	if (is_json_object(s))
		return odd | ODD_JSON;
	inner = token_without_scheme(s);
	if (inner.n < s.n)
		odd |= ODD_BEARER_PREFIX;
	s = token_without_quotes(inner);
	if (s.n < inner.n)
		odd |= ODD_QUOTED;
	inner = token_without_scheme(s);
	if (inner.n < s.n)
		odd |= ODD_BEARER_PREFIX;
	s = inner;
	if (token_is_placeholder(s))
		return odd | ODD_PLACEHOLDER;
	if (token_is_percent(s))
		return odd | ODD_PERCENT;
	return odd | odd_characters(s);
}

/* --- the JOSE structure --- */

/* Can a signature of the algorithm have this many bytes?  Unknown ones can. */
static bool
signature_fits(const char *name, size_t n)
{
	const struct jws_alg *alg = jws_alg_find(span_of(name));

	if (!alg)
		return true;
	if (!alg->sig_len) /* RSA */
		return n == 128 || (n >= 256 && n % 64 == 0);
	return n == alg->sig_len || (alg->sig_len_other && n == alg->sig_len_other);
}

/* A whole ECDSA signature in DER, which some signers write: wrong (RFC 7518 §3.4),
 * but nothing is missing. */
static bool
is_der_signature(const char *name, struct span part)
{
	const struct jws_alg *alg = jws_alg_find(span_of(name));
	struct buf sig;
	bool whole;

	if (!alg || strcmp(alg->kty, "EC") != 0)
		return false;
	buf_init_wiping(&sig, 256);
	whole = base64url_decode(&sig, part, NULL) == RES_OK && sig.len > 8 && sig.p[0] == 0x30 &&
		((unsigned char)sig.p[1] == 0x81 ? (unsigned char)sig.p[2] + 3U == sig.len
						 : (unsigned char)sig.p[1] + 2U == sig.len);
	buf_release(&sig);
	return whole;
}

/* Bytes a base64url text decodes to; SIZE_MAX for an impossible length. */
static size_t
decoded_len(struct span s)
{
	return s.n % 4 == 1 ? SIZE_MAX : s.n / 4 * 3 + (s.n % 4 ? s.n % 4 - 1 : 0);
}

static void
header_texts(struct token_info *t)
{
	text_safe_into(t->alg, sizeof(t->alg), json_get_str(t->header, "alg"));
	text_safe_into(t->kid, sizeof(t->kid), json_get_str(t->header, "kid"));
	text_safe_into(t->typ, sizeof(t->typ), json_get_str(t->header, "typ"));
}

/* A signature around another compact JWT (RFC 7519 §5.2): its claims, where they can be read. */
static bool
read_nested(struct token_info *t, struct span payload)
{
	struct jws_parts inner;
	struct buf text;

	buf_init_wiping(&text, LIMIT_TOKEN);
	t->nested = base64url_decode(&text, payload, NULL) == RES_OK &&
		jws_split(&inner, buf_span(&text), NULL) == RES_OK;
	if (t->nested && inner.n_parts == 3 &&
		jose_decode_json(&t->payload, inner.payload, NULL) != RES_OK)
		t->payload = NULL;
	buf_release(&text);
	return t->nested;
}

static void
read_jws(struct token_info *t, const struct jws_parts *parts, bool unsigned_copy)
{
	t->kind = TOKEN_JWT;
	if (jose_decode_json(&t->payload, parts->payload, NULL) != RES_OK &&
		!read_nested(t, parts->payload)) {
		t->odd |= ODD_TRUNCATED;
		return;
	}
	if (t->payload)
		claims_read(&t->claims, t->payload);
	t->sig_len = decoded_len(parts->signature);
	if (span_is_nocase(span_of(t->alg), "none")) {
		t->sig = SIG_ALG_NONE;
		if (t->sig_len == SIZE_MAX)
			t->sig_len = 0;
	} else if (unsigned_copy) {
		t->sig_len = 0;
	} else if (t->sig_len == SIZE_MAX ||
		(!signature_fits(t->alg, t->sig_len) &&
			!is_der_signature(t->alg, parts->signature))) {
		t->odd |= ODD_TRUNCATED;
		if (t->sig_len == SIZE_MAX)
			t->sig_len = 0;
	}
}

/* An opaque token may be JSON in base64, too (Laravel's, a signed cookie): no header of a JWT. */
static bool
is_other_json(struct span first)
{
	struct json *j = NULL;
	struct buf text;
	bool other;

	buf_init_wiping(&text, LIMIT_TOKEN);
	other = base64_decode(&text, first, NULL) == RES_OK &&
		json_parse(&j, buf_span(&text), NULL) == RES_OK && !json_get(j, "alg");
	json_free(j);
	buf_release(&text);
	return other;
}

/* Begins as a JWT and is none: what can be read of it. */
static void
read_torso(struct token_info *t, struct span first, struct span rest)
{
	struct span second;

	t->odd |= ODD_TRUNCATED;
	if (jose_decode_json(&t->header, first, NULL) != RES_OK)
		return;
	header_texts(t);
	if (json_get(t->header, "enc")) {
		t->kind = TOKEN_JWE;
		t->sig = SIG_ENCRYPTED;
		return;
	}
	t->kind = TOKEN_JWT;
	if (span_next(&rest, '.', &second) && jose_decode_json(&t->payload, second, NULL) == RES_OK)
		claims_read(&t->claims, t->payload);
}

/* The value, outer mistakes undone, as JOSE. */
static void
read_structure(struct token_info *t, struct span s)
{
	struct jws_parts parts;
	struct span rest = s, first;

	if (!span_next(&rest, '.', &first) || is_other_json(first))
		return;
	if (jws_split(&parts, s, NULL) != RES_OK) {
		if (token_is_jose_like(s) && !(t->odd & ODD_PLACEHOLDER))
			read_torso(t, first, rest);
	} else if (jose_decode_json(&t->header, parts.header, NULL) == RES_OK) {
		header_texts(t);
		if (parts.n_parts == 3) {
			read_jws(t, &parts, token_is_unsigned_copy(s));
		} else {
			t->kind = TOKEN_JWE;
			t->sig = SIG_ENCRYPTED;
			t->nested = span_is_nocase(json_get_str(t->header, "cty"), "jwt");
		}
	}
}

/* What the token says of its own use. */
static enum token_role
role_of_jwt(const struct token_info *t)
{
	const struct claims *c = &t->claims;
	struct span typ = span_of(t->typ);

	if (span_is_nocase(typ, "at+jwt") || span_is_nocase(typ, "application/at+jwt"))
		return ROLE_ACCESS;
	if (!t->payload || json_type(t->payload) != JSON_OBJECT)
		return ROLE_UNKNOWN;
	if (span_is(c->token_use, "id") || span_is_nocase(c->typ, "id"))
		return ROLE_ID;
	if (span_is_nocase(c->typ, "refresh") || span_is_nocase(c->typ, "offline") ||
		span_is(c->token_use, "refresh"))
		return ROLE_REFRESH;
	if (span_is(c->token_use, "access") || span_is_nocase(c->typ, "bearer"))
		return ROLE_ACCESS;
	if (c->has_at_hash || c->has_c_hash)
		return ROLE_ID;
	if (c->has_scope || json_get(t->payload, "permissions") || c->jkt.n || c->x5t_s256.n)
		return ROLE_ACCESS;
	if (c->has_nonce)
		return ROLE_ID;
	return c->client_id.n ? ROLE_ACCESS : ROLE_UNKNOWN;
}

static void
read_prefix(struct token_info *t, struct span s)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (!span_starts(s, prefixes[i].starts))
			continue;
		if (span_is(span_of(prefixes[i].starts), "00D") && span_find(s, '!') == SIZE_MAX)
			continue;
		snprintf(t->vendor, sizeof(t->vendor), "%s", prefixes[i].vendor);
		t->role = prefixes[i].role;
		return;
	}
}

void
token_info_read(struct token_info *out, struct span value)
{
	struct buf repaired;

	token_info_release(out);
	out->len = value.n;
	out->odd = find_oddities(value);
	out->odd_at = first_odd(value);
	if (out->odd_at < value.n)
		utf8_decode(span_from(value, out->odd_at), &out->odd_cp);
	secret_fingerprint(value, out->fingerprint);
	secret_mask_span(value, out->mask);
	/*
	 * What is inside a wrapping is the same token; its claims help although it was sent wrong.
	 */
	buf_init_wiping(&repaired, LIMIT_TOKEN);
	token_repair(&repaired, value, NULL);
	read_structure(out, buf_span(&repaired));
	if (out->kind == TOKEN_OPAQUE)
		read_prefix(out, buf_span(&repaired));
	if (!strcmp(out->vendor,
		    "salesforce")) /* its tokens hold "!" and are accepted everywhere */
		out->odd &= ~(unsigned)ODD_NOT_B64TOKEN;
	if (out->kind != TOKEN_OPAQUE)
		out->role = role_of_jwt(out);
	buf_release(&repaired);
}

void
token_info_copy(struct token_info *dst, const struct token_info *src)
{
	if (dst == src)
		return;
	token_info_release(dst);
	*dst = *src;
	dst->header = json_dup(src->header);
	dst->payload = json_dup(src->payload);
	memset(&dst->claims, 0, sizeof(dst->claims));
	if (dst->payload)
		claims_read(&dst->claims, dst->payload);
}

/* --- the case file --- */

static const char *const kind_ids[] = {"opaque", "jwt", "jwe"};
static const char *const role_ids[] = {"unknown", "access", "refresh", "id"};
static_assert(ARRAY_SIZE(kind_ids) == TOKEN_JWE + 1 && ARRAY_SIZE(role_ids) == ROLE_ID + 1,
	"one id each");

static const struct {
	const char *id, *words;
} sig_names[] = {
	[SIG_NOT_CHECKED] = {"not-checked", N_("not checked")},
	[SIG_VALID] = {"valid", N_("valid")},
	[SIG_BAD] = {"bad", N_("does not verify")},
	[SIG_NO_KEY] = {"no-key", N_("not checked: no matching key in the key set")},
	[SIG_UNSUPPORTED_ALG] = {"unsupported-alg",
		N_("not checked: algorithm not supported here")},
	[SIG_ALG_NONE] = {"alg-none", N_("none: the token is not signed")},
	[SIG_ENCRYPTED] = {"encrypted", N_("not to be seen: the token is encrypted")},
	[SIG_CRITICAL] = {"critical",
		N_("not checked: its header demands an extension not known here")},
	[SIG_NOT_FOR_US] = {"not-for-us", N_("not checkable: meant for another API only")},
};
static_assert(ARRAY_SIZE(sig_names) == SIG_CRITICAL + 1, "one row a state");

const char *
token_kind_id(enum token_kind k)
{
	return kind_ids[k];
}

const char *
token_role_id(enum token_role r)
{
	return role_ids[r];
}

const char *
sig_state_words(enum sig_state s)
{
	return sig_names[s].words;
}

const char *
sig_state_id(enum sig_state s)
{
	return sig_names[s].id;
}

bool
sig_state_from_id(struct span id, enum sig_state *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(sig_names); i++) {
		if (span_is(id, sig_names[i].id)) {
			*out = (enum sig_state)i;
			return true;
		}
	}
	return false;
}

struct json *
token_info_to_json(const struct token_info *t)
{
	struct json *j = json_new_object(), *odd = json_new_array();
	size_t i;

	json_set_str(j, "kind", token_kind_id(t->kind));
	json_set_str(j, "role", token_role_id(t->role));
	for (i = 0; i < ARRAY_SIZE(oddities); i++)
		if (t->odd & oddities[i].bit)
			json_append_span(odd, span_of(oddities[i].id));
	json_set_take(j, "odd", odd);
	json_set_i64(j, "odd_at", (int64_t)t->odd_at);
	json_set_i64(j, "odd_cp", (int64_t)t->odd_cp);
	json_set_i64(j, "len", (int64_t)t->len);
	json_set_str(j, "fingerprint", t->fingerprint);
	json_set_str(j, "mask", t->mask);
	if (t->vendor[0])
		json_set_str(j, "vendor", t->vendor);
	if (t->header)
		json_set_dup(j, "header", t->header);
	if (t->payload)
		json_set_dup(j, "payload", t->payload);
	if (t->nested)
		json_set_bool(j, "nested", true);
	json_set_str(j, "signature", sig_names[t->sig].id);
	if (t->sig_why[0])
		json_set_str(j, "signature_why", t->sig_why);
	json_set_i64(j, "signature_len", (int64_t)t->sig_len);
	return j;
}

static size_t
get_size(const struct json *j, const char *name)
{
	int64_t v = 0;

	return json_to_i64(json_get(j, name), &v, NULL) && v > 0 ? (size_t)v : 0;
}

static unsigned
odd_from_json(const struct json *list)
{
	const struct json *c;
	unsigned odd = 0;
	struct span s;
	size_t i;

	for (c = json_first(list); c; c = json_next(c))
		for (i = 0; json_to_span(c, &s) && i < ARRAY_SIZE(oddities); i++)
			if (span_is(s, oddities[i].id))
				odd |= oddities[i].bit;
	return odd;
}

static int
index_of(const char *const *ids, size_t n, struct span s)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_is(s, ids[i]))
			return (int)i;
	return -1;
}

static struct json *
object_member(const struct json *j, const char *name)
{
	const struct json *m = json_get(j, name);

	return m && json_type(m) == JSON_OBJECT ? json_dup(m) : NULL;
}

enum res
token_info_from_json(struct token_info *out, const struct json *j, struct err *e)
{
	int kind, role;

	token_info_release(out);
	if (!j || json_type(j) != JSON_OBJECT)
		return err_set(e, RES_SYNTAX, "a token record that is no object");
	kind = index_of(kind_ids, ARRAY_SIZE(kind_ids), json_get_str(j, "kind"));
	role = index_of(role_ids, ARRAY_SIZE(role_ids), json_get_str(j, "role"));
	if (kind < 0)
		return err_set(e, RES_SYNTAX, "a token record without its kind");
	out->kind = (enum token_kind)kind;
	out->role = role < 0 ? ROLE_UNKNOWN : (enum token_role)role;
	out->odd = odd_from_json(json_get(j, "odd"));
	out->odd_at = get_size(j, "odd_at");
	out->odd_cp = (uint32_t)get_size(j, "odd_cp");
	out->len = get_size(j, "len");
	out->sig_len = get_size(j, "signature_len");
	text_safe_into(out->fingerprint, sizeof(out->fingerprint), json_get_str(j, "fingerprint"));
	text_safe_into(out->mask, sizeof(out->mask), json_get_str(j, "mask"));
	text_safe_into(out->vendor, sizeof(out->vendor), json_get_str(j, "vendor"));
	(void)sig_state_from_id(json_get_str(j, "signature"), &out->sig);
	text_safe_into(out->sig_why, sizeof(out->sig_why), json_get_str(j, "signature_why"));
	(void)json_to_bool(json_get(j, "nested"), &out->nested);
	out->header = object_member(j, "header");
	out->payload = object_member(j, "payload");
	header_texts(out);
	if (out->payload)
		claims_read(&out->claims, out->payload);
	return RES_OK;
}

/* --- words --- */

static const char *
character_words(uint32_t cp, char out[48])
{
	static const struct {
		uint32_t cp;
		const char *words;
	} names[] = {{'\n', "a line break"}, {'\r', "a line break"}, {'\t', "a tab"},
		{' ', "a blank"}, {0xa0, "a no-break space (U+00A0)"},
		{0x200b, "a zero-width space (U+200B)"},
		{0x200c, "a zero-width character (U+200C)"},
		{0x200d, "a zero-width character (U+200D)"}, {0xfeff, "a byte-order mark (U+FEFF)"},
		{0x2026, "an ellipsis (U+2026)"}, {0x2018, "a typographic quote (U+2018)"},
		{0x2019, "a typographic quote (U+2019)"}, {0x201c, "a typographic quote (U+201C)"},
		{0x201d, "a typographic quote (U+201D)"}, {'"', "a quote"}, {'\'', "a quote"},
		{0x7f, "a control character (U+007F)"}, {UINT32_MAX, "a byte that is no UTF-8"}};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].cp == cp)
			return names[i].words;
	if (cp < 0x20)
		snprintf(out, 48, "a control character (U+%04X)", (unsigned)cp);
	else if (cp < 0x7f)
		snprintf(out, 48, "the character \"%c\"", (char)cp);
	else
		snprintf(out, 48, "the character U+%04X", (unsigned)cp);
	return out;
}

char *
token_oddity_words(const struct token_info *t, char *out, size_t size)
{
	const unsigned located = ODD_BLANK_EDGE | ODD_BLANK_INSIDE | ODD_CONTROL | ODD_NOT_B64TOKEN;
	bool said = false;
	char name[48];
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(oddities) && n < size; i++) {
		if (!(t->odd & oddities[i].bit))
			continue;
		if ((oddities[i].bit & located) &&
			!(t->odd & (ODD_JSON | ODD_BEARER_PREFIX | ODD_QUOTED))) {
			if (said)
				continue;
			said = true;
			n += (size_t)snprintf(out + n, size - n, "%s%s at byte %zu", n ? ", " : "",
				character_words(t->odd_cp, name), t->odd_at + 1);
			continue;
		}
		n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", oddities[i].words);
	}
	return out;
}
