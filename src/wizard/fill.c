#include "wizard/fill.h"

#include "base/text.h"
#include "oauth/url.h"
#include "wizard/steps.h"

static void
put_safe(struct buf *out, struct span s)
{
	if (text_safe(out, s) != RES_OK)
		buf_puts(out, "…");
}

/* The first characters of a mask and no more: a line is read, not compared. */
static void
put_token(struct buf *out, const struct wizard *w, enum token_slot slot)
{
	const struct case_token *t = case_token(w->c, slot);
	struct span mask = span_of(t && t->present ? t->info.mask : "");
	size_t cut = span_find_str(mask, "…");

	put_safe(out, cut == SIZE_MAX ? SPAN_EMPTY : span_sub(mask, 0, cut));
	buf_puts(out, "…");
}

/* What the refusal asked for, beside what the profile asks for anyway. */
static void
put_scope(struct buf *out, const struct wizard *w)
{
	const struct exchange *x = wizard_facts(w)->userinfo;
	struct span own = span_of(w->c->profile.scope), wanted = SPAN_EMPTY, word;
	struct buf text;

	for (size_t i = 0; x && !wanted.n && i < x->answer.challenges.n; i++)
		wanted = challenge_param(&x->answer.challenges.v[i], "scope");
	buf_init(&text, LIMIT_MESSAGE);
	buf_add_span(&text, own.n ? own : SPAN_LIT("openid profile"));
	while (span_word(&wanted, &word)) {
		char *w0 = span_dup(word);

		if (!span_has_word(buf_span(&text), w0))
			buf_printf(&text, " %s", w0);
		free(w0);
	}
	put_safe(out, buf_span(&text));
	buf_release(&text);
}

static void
put_endpoint(struct buf *out, const struct wizard *w, enum endpoint e, const char *dflt,
	struct span part)
{
	struct span at = wizard_endpoint(w, e);
	struct url u;

	if (e == EP_USERINFO && w->c->profile.resource_url && *w->c->profile.resource_url)
		at = span_of(w->c->profile.resource_url);
	if (url_parse(&u, at, NULL) != RES_OK && url_parse(&u, span_of(dflt), NULL) != RES_OK)
		return;
	if (span_is(part, "path")) {
		put_safe(out, u.path.n ? u.path : SPAN_LIT("/"));
	} else if (span_is(part, "host")) {
		put_safe(out, u.host);
		if (u.port_written)
			buf_printf(out, ":%d", u.port);
	} else {
		put_safe(out, at.n ? at : span_of(dflt));
	}
}

/* Who asks at an endpoint: introspection may be the resource's own business. */
static void
put_client(struct buf *out, const struct wizard *w, enum endpoint e)
{
	const struct profile *p = &w->c->profile;
	const char *id = e == EP_INTROSPECTION && p->introspection_client_id
		? p->introspection_client_id : p->client_id;

	put_safe(out, span_of(id && *id ? id : "…"));
}

/* How the client says who it is, RFC 6749 §2.3: the secret itself is never known here. */
static void
put_auth_header(struct buf *out, const struct wizard *w, enum endpoint e)
{
	if (wizard_auth_method(w, e) != AUTH_BASIC)
		return;
	buf_puts(out, "Authorization: Basic base64(");
	put_client(out, w, e);
	buf_puts(out, ":secret)");
}

static void
put_auth_form(struct buf *out, const struct wizard *w, enum endpoint e)
{
	enum client_auth a = wizard_auth_method(w, e);

	if (a == AUTH_BASIC)
		return;
	buf_puts(out, "&client_id=");
	put_client(out, w, e);
	if (a == AUTH_POST)
		buf_puts(out, "&client_secret=…");
	else if (a == AUTH_SECRET_JWT || a == AUTH_PRIVATE_KEY_JWT)
		buf_puts(out, "&client_assertion_type=urn:ietf:params:oauth:"
			"client-assertion-type:jwt-bearer&client_assertion=…");
}

static void
put_name(struct buf *out, const struct wizard *w, struct span name)
{
	static const struct {
		const char *name;
		enum endpoint e;
		const char *dflt;
	} ends[] = {{"userinfo", EP_USERINFO, "https://idp.example/userinfo"},
		{"token", EP_TOKEN, "https://idp.example/token"},
		{"authorize", EP_AUTHORIZATION, "https://idp.example/authorize"},
		{"introspection", EP_INTROSPECTION, "https://idp.example/introspect"},
		{"revocation", EP_REVOCATION, "https://idp.example/revoke"}};
	const struct profile *p = &w->c->profile;
	struct span head = name, part = SPAN_EMPTY;
	size_t dot = span_find(name, '.');

	if (dot != SIZE_MAX) {
		head = span_sub(name, 0, dot);
		part = span_from(name, dot + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!span_is(head, ends[i].name) || (!part.n && ends[i].e == EP_TOKEN))
			continue;
		if (span_is(part, "header"))
			put_auth_header(out, w, ends[i].e);
		else if (span_is(part, "form"))
			put_auth_form(out, w, ends[i].e);
		else
			put_endpoint(out, w, ends[i].e, ends[i].dflt, part);
		return;
	}
	if (span_is(name, "token"))
		put_token(out, w, SLOT_ACCESS);
	else if (span_is(name, "refresh"))
		put_token(out, w, SLOT_REFRESH);
	else if (span_is(name, "client"))
		put_client(out, w, EP_TOKEN);
	else if (span_is(name, "redirect"))
		put_safe(out, span_of(p->redirect_uri && *p->redirect_uri ? p->redirect_uri
			: "https://app.example/callback"));
	else if (span_is(name, "scope"))
		put_scope(out, w);
}

static bool
is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') && s.p[i] != '.')
			return false;
	return s.n > 0;
}

/* JSON has braces, too: only a word of letters between them is a name. */
void
fill_line(struct buf *out, const struct wizard *w, struct span line)
{
	while (line.n) {
		size_t open = span_find(line, '{'), close;
		struct span name;

		if (open == SIZE_MAX) {
			buf_add_span(out, line);
			return;
		}
		buf_add_span(out, span_sub(line, 0, open));
		line = span_from(line, open);
		close = span_find(line, '}');
		name = close == SIZE_MAX ? SPAN_EMPTY : span_sub(line, 1, close - 1);
		if (is_name(name)) {
			put_name(out, w, name);
			line = span_from(line, close + 1);
		} else {
			buf_add_span(out, span_sub(line, 0, 1));
			line = span_from(line, 1);
		}
	}
}
