#include "demo/endpoints.h"

#include "base/mem.h"

enum { LEFT_DEFAULT_S = 3300, CUT_TAIL = 20 };

/* The access token in the form the user has it. */
static struct secret *
as_given(const struct store *s, const struct secret *access, struct secret *refresh,
	struct secret *id)
{
	struct span v = secret_reveal(access);
	struct secret *out;
	struct buf b;

	buf_init_wiping(&b, LIMIT_DEMO_TOKEN + 1024);
	switch (s->cfg.scenario->given) {
	case GIVEN_PLAIN:
		buf_add_span(&b, v);
		break;
	case GIVEN_BEARER:
		buf_puts(&b, "Bearer ");
		buf_add_span(&b, v);
		break;
	case GIVEN_LINE_BREAK:
		buf_add_span(&b, span_sub(v, 0, 80));
		buf_putc(&b, '\n');
		buf_add_span(&b, span_from(v, 80));
		buf_putc(&b, ' ');
		break;
	case GIVEN_QUOTED:
		buf_putc(&b, '"');
		buf_add_span(&b, v);
		buf_putc(&b, '"');
		break;
	case GIVEN_JSON:
		buf_puts(&b, "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"");
		buf_add_span(&b, v);
		buf_puts(&b, "\"}");
		break;
	case GIVEN_PERCENT:
		for (size_t i = 0; i < v.n; i++)
			if (v.p[i] == '.')
				buf_puts(&b, "%2E");
			else
				buf_putc(&b, v.p[i]);
		break;
	case GIVEN_TRUNCATED:
		buf_add_span(&b, span_sub(v, 0, v.n - CUT_TAIL));
		break;
	case GIVEN_ID_TOKEN:
		buf_release(&b);
		return secret_new(secret_reveal(id));
	case GIVEN_REFRESH:
		buf_release(&b);
		return secret_new(secret_reveal(refresh));
	case GIVEN_PLACEHOLDER:
		buf_puts(&b, "undefined");
		break;
	}
	out = secret_new(buf_span(&b));
	buf_release(&b);
	return out;
}

/* What happened to the tokens before the user comes. */
static enum res
age_tokens(struct store *s, struct grant *g, struct minted *access, struct minted *refresh,
	struct err *e)
{
	const struct token_wish again = {.scope = span_of(g->scope),
		.left_s = ACCESS_LIFE_S - 600, .bound = &access->row->bound},
		longer = {.left_s = REFRESH_LIFE_S - 600};
	struct minted lost = {NULL}, lost_refresh = {NULL};
	enum res r = RES_OK;

	if (store_has_fault(s, FAULT_REVOKED | FAULT_OTHER_REALM))
		access->row->revoked = true; /* or never known here */
	if (refresh->row && store_has_fault(s, FAULT_OTHER_REALM))
		refresh->row->revoked = true;
	if (store_has_fault(s, FAULT_GRANT_REVOKED))
		g->dead = true;
	if (refresh->row && store_has_fault(s, FAULT_REFRESH_EXPIRED))
		refresh->row->exp = store_now(s, false) - 3600;
	if (refresh->row && store_has_fault(s, FAULT_ROTATED)) {
		refresh->row->spent = true;
		r = store_access(s, g, &again, &lost, e);
		if (r == RES_OK)
			r = store_refresh(s, g, &longer, &lost_refresh, e);
		secret_unref(lost.value);
		secret_unref(lost_refresh.value);
	}
	if (r == RES_OK && store_has_fault(s, FAULT_KEY_RETIRED | FAULT_OTHER_REALM))
		r = store_new_key(s, false, e);
	return r;
}

/* Where to connect to, as the profile has it. */
static void
describe(const struct store *s, struct demo_client *out)
{
	const struct scenario *sc = s->cfg.scenario;

	snprintf(out->issuer, sizeof(out->issuer), "%s", s->origin);
	snprintf(out->client_id, sizeof(out->client_id), "%s%s", s->client_id,
		store_has_fault(s, FAULT_WRONG_CLIENT) ? "-old" : "");
	snprintf(out->scope, sizeof(out->scope), "%s", sc->scope ? sc->scope : DEMO_SCOPE);
	if (sc->client_auth)
		snprintf(out->client_auth, sizeof(out->client_auth), "%s", sc->client_auth);
	if (sc->userinfo_path)
		snprintf(out->userinfo_endpoint, sizeof(out->userinfo_endpoint), "%s%s", s->origin,
			sc->userinfo_path);
	if (sc->api)
		snprintf(out->resource_url, sizeof(out->resource_url), "%s/me", s->api_id);
	if (sc->wreck == WRECK_PROXY)
		snprintf(out->proxy, sizeof(out->proxy), "%s", s->stray_origin);
	out->timeout_s = sc->timeout_s;
	out->discovery = true;
}

static struct secret *
configured_secret(const struct store *s)
{
	struct secret *out;
	char text[64];

	if (store_has_fault(s, FAULT_NO_SECRET | FAULT_PUBLIC_CLIENT) ||
		(s->cfg.scenario->with & (WITH_KEY | WITH_CERTIFICATE)))
		return NULL;
	if (!store_has_fault(s, FAULT_WRONG_SECRET))
		return secret_new(secret_reveal(s->client_secret));
	out = secret_new(span_of(store_random_text(s, text, sizeof(text), 30)));
	return out;
}

/* What the tokens are bound to: the profile's key or certificate, or one that nobody has. */
static void
bind(const struct store *s, struct binding *b)
{
	const struct scenario *sc = s->cfg.scenario;
	bool lost = store_has_fault(s, FAULT_OTHER_KEY);

	*b = (struct binding){{0}, {0}};
	if (store_has_fault(s, FAULT_DPOP_BOUND) && (sc->with & WITH_DPOP) && !lost)
		snprintf(b->jkt, sizeof(b->jkt), "%s", s->client_bound.jkt);
	else if (store_has_fault(s, FAULT_DPOP_BOUND))
		store_random_text(s, b->jkt, sizeof(b->jkt), 32);
	if (store_has_fault(s, FAULT_MTLS_BOUND) && !lost)
		snprintf(b->x5t, sizeof(b->x5t), "%s", s->client_bound.x5t);
	else if (store_has_fault(s, FAULT_MTLS_BOUND))
		store_random_text(s, b->x5t, sizeof(b->x5t), 32);
}

/* The tokens as they were made when somebody logged in. */
static enum res
make_tokens(struct store *s, struct minted *access, struct minted *refresh, struct secret **id,
	struct err *e)
{
	const struct scenario *sc = s->cfg.scenario;
	bool no_user = store_has_fault(s, FAULT_NO_USER);
	struct binding bound;
	const struct token_wish first = {.scope = span_of(sc->scope ? sc->scope : DEMO_SCOPE),
		.left_s = sc->left_s ? sc->left_s : LEFT_DEFAULT_S, .bound = &bound},
		longer = {.left_s = REFRESH_LIFE_S - 3600};
	struct grant *g, *other;
	enum res r;

	bind(s, &bound);
	g = store_grant(s, store_has_fault(s, FAULT_FOREIGN_CLIENT) ? "demo-other-client"
		: s->client_id, first.scope, no_user);
	store_random_text(s, g->nonce, 24, 12);
	r = store_access(s, g, &first, access, e);
	if (r == RES_OK)
		g->auth_time = access->row->iat - 5;
	other = store_has_fault(s, FAULT_FOREIGN_REFRESH)
		? store_grant(s, "demo-other-client", first.scope, no_user) : g;
	if (r == RES_OK && !store_has_fault(s, FAULT_NO_REFRESH))
		r = store_refresh(s, other, &longer, refresh, e);
	if (r == RES_OK && !no_user)
		r = store_id_token(s, g, access, id, e);
	if (r == RES_OK)
		r = age_tokens(s, g, access, refresh, e);
	g->nonce[0] = '\0'; /* the first ID token's alone (OpenID Connect Core §12.2) */
	return r;
}

/* What the client is registered with beside its secret. */
static void
give_keys(const struct store *s, struct demo_client *out)
{
	const struct scenario *sc = s->cfg.scenario;

	out->with = sc->with;
	out->cert_pem = xstrdup(s->client_cert);
	out->key_pem = secret_ref(s->client_key);
	if (sc->with & WITH_DPOP)
		out->dpop_key_pem = secret_ref(s->dpop_key);
}

enum res
demo_give(struct store *s, struct demo_client *out, struct err *e)
{
	struct minted access = {NULL}, refresh = {NULL};
	enum res r;

	*out = (struct demo_client){.discovery = true};
	describe(s, out);
	r = make_tokens(s, &access, &refresh, &out->id_token, e);
	if (r == RES_OK) {
		out->access_token = as_given(s, access.value, refresh.value, out->id_token);
		out->refresh_token = secret_ref(refresh.value);
		out->client_secret = configured_secret(s);
		give_keys(s, out);
	}
	secret_unref(access.value);
	secret_unref(refresh.value);
	return r;
}
