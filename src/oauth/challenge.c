#include "oauth/challenge.h"

#include "base/mem.h"

enum { PARAMS_MAX = 64 };

struct parse {
	struct challenges *out;
	struct challenge *cur; /* NULL before the first */
	struct span s; /* what is left */
};

void
challenges_init(struct challenges *c)
{
	memset(c, 0, sizeof(*c));
}

void
challenges_release(struct challenges *c)
{
	size_t i, k;

	for (i = 0; i < c->n; i++) {
		for (k = 0; k < c->v[i].n_params; k++) {
			free(c->v[i].params[k].name);
			free(c->v[i].params[k].value);
		}
		free(c->v[i].params);
		free(c->v[i].token68);
	}
	challenges_init(c);
}

static bool
tchar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_blanks(struct span *s)
{
	while (s->n && blank(s->p[0]))
		*s = span_from(*s, 1);
}

/* The token (RFC 9110 §5.6.2) at the front; may be empty. */
static struct span
token_at(struct span s)
{
	size_t n = 0;

	while (n < s.n && tchar(s.p[n]))
		n++;
	return span_sub(s, 0, n);
}

/* Is the token at the front a parameter's name: is "=" behind it? */
static bool
is_param(struct span s)
{
	struct span t = token_at(s), rest = span_from(s, t.n);

	skip_blanks(&rest);
	return t.n && rest.n && rest.p[0] == '=';
}

/* Schemes that servers put behind others without a comma. */
static bool
known_scheme(struct span s)
{
	static const char *const names[] = {"Basic", "Bearer", "DPoP", "Digest", "Negotiate",
		"NTLM", "Mutual", "HOBA", "HMAC-SHA256", "PoP", "MAC", "OAuth", "GNAP"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is_nocase(s, names[i]))
			return true;
	return false;
}

/* Begins a challenge; false once there is no room. */
static bool
begin(struct parse *p, struct span scheme)
{
	if (p->out->n == LIMIT_CHALLENGES)
		return false;
	p->cur = &p->out->v[p->out->n++];
	memset(p->cur, 0, sizeof(*p->cur));
	snprintf(p->cur->scheme, sizeof(p->cur->scheme), "%.*s", SPAN_ARG(scheme));
	return true;
}

/* token68 (RFC 9110 §11.2) in the place of parameters, up to a comma or the end. */
static void
token68(struct parse *p)
{
	struct span s = p->s, rest;
	size_t n = 0;

	while (n < s.n && (tchar(s.p[n]) || s.p[n] == '/'))
		n++;
	if (!n || known_scheme(span_sub(s, 0, n)))
		return;
	while (n < s.n && s.p[n] == '=')
		n++;
	rest = span_from(s, n);
	skip_blanks(&rest);
	if (rest.n && rest.p[0] != ',')
		return;
	p->cur->token68 = span_dup(span_sub(s, 0, n));
	p->s = rest;
}

/* May the quoted text end here?  A quote that nothing of the grammar follows was meant as text. */
static bool
may_close(struct span rest)
{
	bool apart = rest.n && blank(rest.p[0]);

	skip_blanks(&rest);
	if (!rest.n || rest.p[0] == ',' || rest.p[0] == ';')
		return true;
	return apart && (is_param(rest) || known_scheme(token_at(rest)));
}

/* Behind the opening quote, up to the closing one. */
static void
quoted(struct parse *p, char quote, struct buf *value)
{
	while (p->s.n) {
		char c = p->s.p[0];

		p->s = span_from(p->s, 1);
		if (c == '\\' && quote == '"' && p->s.n) {
			buf_putc(value, p->s.p[0]);
			p->s = span_from(p->s, 1);
		} else if (c == quote && may_close(p->s)) {
			return;
		} else {
			if (c == quote)
				p->out->repaired = true;
			buf_putc(value, c);
		}
	}
	p->out->repaired = true;
}

/* An unquoted value, and the words behind it that can be nothing else. */
static void
unquoted(struct parse *p, struct buf *value)
{
	size_t n = 0;

	for (;;) {
		while (n < p->s.n && !blank(p->s.p[n]) && p->s.p[n] != ',' && p->s.p[n] != ';') {
			if (!tchar(p->s.p[n]))
				p->out->repaired = true;
			n++;
		}
		buf_add(value, p->s.p, n);
		p->s = span_from(p->s, n);
		n = 0;
		skip_blanks(&p->s);
		if (!p->s.n || p->s.p[0] == ',' || p->s.p[0] == ';' || is_param(p->s) ||
			known_scheme(token_at(p->s)))
			return;
		p->out->repaired = true;
		buf_putc(value, ' ');
	}
}

/* "name = value" */
static void
param(struct parse *p)
{
	struct span name = token_at(p->s);
	struct challenge_param *q;
	struct buf value;
	char *c;

	p->s = span_from(p->s, name.n);
	skip_blanks(&p->s);
	p->s = span_from(p->s, 1);
	skip_blanks(&p->s);
	buf_init(&value, LIMIT_HEADERS);
	if (p->s.n && (p->s.p[0] == '"' || p->s.p[0] == '\'')) {
		char quote = p->s.p[0];

		if (quote == '\'')
			p->out->repaired = true;
		p->s = span_from(p->s, 1);
		quoted(p, quote, &value);
	} else {
		unquoted(p, &value);
	}
	if (p->cur->n_params < PARAMS_MAX) {
		p->cur->params = xreallocarray(p->cur->params, p->cur->n_params + 1, sizeof(*q));
		q = &p->cur->params[p->cur->n_params++];
		q->name = span_dup(name);
		for (c = q->name; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c + 32);
		q->value = span_dup(buf_span(&value));
	}
	buf_release(&value);
}

/* Blanks and commas between items; a semicolon is somebody's idea of a comma. */
static bool
separators(struct parse *p)
{
	bool comma = false;

	while (p->s.n && (blank(p->s.p[0]) || p->s.p[0] == ',' || p->s.p[0] == ';')) {
		comma = comma || p->s.p[0] == ',';
		if (p->s.p[0] == ';')
			p->out->repaired = comma = true;
		p->s = span_from(p->s, 1);
	}
	return comma;
}

/* The scheme word and, where it has one, its token68. */
static bool
scheme(struct parse *p, struct span word)
{
	if (!begin(p, word))
		return false;
	p->s = span_from(p->s, word.n);
	if (p->s.n && p->s.p[0] == ':') {
		p->out->repaired = true;
		p->s = span_from(p->s, 1);
	}
	skip_blanks(&p->s);
	token68(p);
	return true;
}

void
challenges_parse(struct challenges *c, struct span value)
{
	struct parse p = {c, NULL, value};

	while (p.s.n) {
		bool comma = separators(&p);
		struct span word = token_at(p.s);

		if (!p.s.n)
			break;
		if (!word.n) {
			c->repaired = true;
			p.s = span_from(p.s, 1);
		} else if (is_param(p.s)) {
			if (!p.cur) {
				c->repaired = true;
				if (!begin(&p, SPAN_EMPTY))
					return;
			} else if (p.cur->n_params && !comma) {
				c->repaired = true;
			}
			param(&p);
		} else if (word.n < p.s.n && !blank(p.s.p[word.n]) &&
			!strchr(",:;", p.s.p[word.n])) {
			/* no token at all: the rest of a badly quoted text */
			c->repaired = true;
			while (p.s.n && !blank(p.s.p[0]) && p.s.p[0] != ',')
				p.s = span_from(p.s, 1);
		} else {
			if (p.cur && !comma)
				c->repaired = true;
			if (!scheme(&p, word))
				return;
		}
	}
}

void
challenges_read(struct challenges *c, const struct http_headers *h, const char *name)
{
	struct span value;
	size_t k;

	for (k = 0; http_header_at(h, name, k, &value); k++)
		challenges_parse(c, value);
}

const struct challenge *
challenge_find(const struct challenges *c, const char *scheme_name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (span_is_nocase(span_of(c->v[i].scheme), scheme_name))
			return &c->v[i];
	return NULL;
}

struct span
challenge_param(const struct challenge *ch, const char *name)
{
	size_t i;

	for (i = 0; ch && i < ch->n_params; i++)
		if (!strcmp(ch->params[i].name, name))
			return span_of(ch->params[i].value);
	return SPAN_EMPTY;
}

struct span
challenges_param(const struct challenges *c, const char *name)
{
	struct span v = SPAN_EMPTY;

	for (size_t i = 0; i < c->n && !v.n; i++)
		v = challenge_param(&c->v[i], name);
	return v;
}

const char *
challenge_param_meaning(const char *name)
{
	static const struct {
		const char *name, *meaning;
	} params[] = {
#define CHALLENGE_PARAM(name, meaning) {name, meaning},
#include "oauth/challengeparams.def"
#undef CHALLENGE_PARAM
	};

	for (size_t i = 0; i < ARRAY_SIZE(params); i++)
		if (!strcmp(name, params[i].name))
			return params[i].meaning;
	return NULL;
}
