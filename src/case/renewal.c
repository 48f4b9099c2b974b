#include "case/renewal.h"

#include "base/text.h"
#include "base/tr.h"

/* The server's own words on the access token of a generation; NULL: it was not asked. */
static const struct claims *
introspected(const struct case_file *c, size_t generation)
{
	for (size_t i = c->n_exchanges; i > 0; i--) {
		const struct exchange *x = c->exchanges[i - 1];

		if (x->purpose == PURPOSE_INTROSPECTION && x->slot == SLOT_ACCESS &&
			x->token_generation == generation && x->answer.active == TRI_YES)
			return &x->answer.claims;
	}
	return NULL;
}

/* An opaque token has no claims of its own. */
static const struct claims *
claimed(const struct case_token *t)
{
	return t->sent.payload ? &t->sent.claims : NULL;
}

static void
scope_of_claims(const struct claims *c, char *out, size_t size)
{
	struct buf b;

	if (!c || *out)
		return;
	buf_init(&b, 4096);
	if (claims_scope_text(c, &b) == RES_OK)
		text_safe_into(out, size, buf_span(&b));
	buf_release(&b);
}

static void
scope_of(const struct case_file *c, size_t g, char *out, size_t size)
{
	const struct case_token *t = &c->generations[g].access;

	text_format(out, size, "%s", t->scope);
	scope_of_claims(claimed(t), out, size);
	scope_of_claims(introspected(c, g), out, size);
}

static void
aud_of(const struct case_file *c, size_t g, char *out, size_t size)
{
	const struct claims *own = claimed(&c->generations[g].access);
	struct buf b;

	if (!own || !own->n_aud)
		own = introspected(c, g);
	buf_init(&b, 4096);
	for (size_t i = 0; own && i < own->n_aud; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", SPAN_ARG(own->aud[i]));
	text_safe_into(out, size, buf_span(&b));
	buf_release(&b);
}

static int64_t
life_of(const struct case_token *t)
{
	const struct claims *c = claimed(t);

	if (t->expires_in >= 0)
		return t->expires_in;
	return c && c->exp.form != NUM_ABSENT && c->iat.form != NUM_ABSENT ? c->exp.at - c->iat.at
									   : -1;
}

/* The words of a that are not among those of b. */
static void
words_less(const char *a, const char *b, char *out, size_t size)
{
	struct span rest = span_of(a), word;
	struct buf list;
	char name[128];

	buf_init(&list, 4096);
	while (span_word(&rest, &word)) {
		text_format(name, sizeof name, "%.*s", SPAN_ARG(word));
		if (!span_has_word(span_of(b), name))
			buf_printf(&list, "%s%s", list.len ? " " : "", name);
	}
	text_format(out, size, "%s", buf_str(&list));
	buf_release(&list);
}

static void
compare_scopes(const struct case_file *c, size_t g, struct renewal *out)
{
	const struct exchange *x = case_exchange(c, out->new->access.from);
	struct buf asked;

	buf_init(&asked, 4096);
	if (x && form_get(buf_span(&x->request.body), "scope", &asked))
		text_safe_into(out->asked_scope, sizeof out->asked_scope, buf_span(&asked));
	buf_release(&asked);
	scope_of(c, g - 1, out->old_scope, sizeof out->old_scope);
	scope_of(c, g, out->new_scope, sizeof out->new_scope);
	if (!*out->new_scope) /* not said: it is what was asked for (RFC 6749 §5.1, §6) */
		text_format(out->new_scope, sizeof out->new_scope, "%s",
			*out->asked_scope ? out->asked_scope : out->old_scope);
	if (*out->old_scope) {
		words_less(out->old_scope, out->new_scope, out->lost, sizeof out->lost);
		words_less(out->new_scope, out->old_scope, out->gained, sizeof out->gained);
	}
}

bool
case_renewal(const struct case_file *c, struct renewal *out)
{
	size_t g = c->n_generations - 1;
	const struct case_token *t;
	const struct exchange *x;

	memset(out, 0, sizeof *out);
	if (!g)
		return false;
	out->old = &c->generations[g - 1];
	out->new = &c->generations[g];
	t = &out->new->access;
	x = case_exchange(c, t->from);
	out->by_refresh = x && x->purpose == PURPOSE_REFRESH;
	out->by_login = x && x->purpose == PURPOSE_TOKEN && !x->imported;
	out->same_access = *t->info.fingerprint &&
		!strcmp(t->info.fingerprint, out->old->access.info.fingerprint);
	out->refresh_given = out->new->refresh.present && out->new->refresh.from == t->from;
	out->rotated = out->refresh_given &&
		(!*out->new->refresh.info.fingerprint ||
			strcmp(out->new->refresh.info.fingerprint,
				out->old->refresh.info.fingerprint) != 0);
	out->old_life = life_of(&out->old->access);
	out->new_life = life_of(t);
	compare_scopes(c, g, out);
	aud_of(c, g - 1, out->old_aud, sizeof out->old_aud);
	aud_of(c, g, out->new_aud, sizeof out->new_aud);
	if (claimed(t) && claimed(t)->exp.form != NUM_ABSENT && t->expires_in >= 0 &&
		t->obtained_wall_us) {
		int64_t begun = claimed(t)->iat.form != NUM_ABSENT ? claimed(t)->iat.at
								   : t->obtained_wall_us / 1000000;

		out->differs = true;
		out->exp_off = claimed(t)->exp.at - (begun + t->expires_in);
	}
	return true;
}

char *
renewal_words(const struct renewal *r, char *out, size_t size)
{
	struct buf b;
	char a[32], c[32];

	buf_init(&b, 4096);
	if (r->same_access)
		buf_puts(&b, _("the same access token came again"));
	if (r->by_refresh)
		buf_printf(&b, "%s%s", b.len ? ", " : "",
			r->rotated ? _("a new refresh token took the old one's place")
				   : _("the refresh token stays"));
	if (*r->lost)
		buf_printf(&b, _("%sscope lost: %s"), b.len ? ", " : "", r->lost);
	if (*r->gained)
		buf_printf(&b, _("%sscope gained: %s"), b.len ? ", " : "", r->gained);
	if (*r->old_aud && *r->new_aud && strcmp(r->old_aud, r->new_aud) != 0)
		buf_printf(&b, _("%sthe audience is %s now"), b.len ? ", " : "", r->new_aud);
	if (r->old_life >= 0 && r->new_life >= 0 && r->old_life != r->new_life)
		buf_printf(&b, _("%sit lives %s instead of %s"), b.len ? ", " : "",
			time_span(a, r->new_life), time_span(c, r->old_life));
	text_format(out, size, "%s", buf_str(&b));
	buf_release(&b);
	return out;
}
