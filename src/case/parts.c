#include "case/parts.h"

#include "base/clock.h"
#include "base/encode.h"
#include "base/mem.h"
#include "base/text.h"

enum { VALUE_MAX = 4 * LIMIT_BODY, NAME_MAX_BYTES = 200, DEPTH_MAX = 8 };

void
part_list_init(struct part_list *l)
{
	memset(l, 0, sizeof *l);
}

void
part_list_release(struct part_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].value);
	}
	free(l->v);
	part_list_init(l);
}

/* NULL: there are too many. */
static struct part *
add(struct part_list *l, enum part_group g, struct span name, struct span value)
{
	struct part *p;

	if (l->n == PARTS_MAX) {
		l->cut = true;
		return NULL;
	}
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->v = xreallocarray(l->v, l->cap, sizeof *l->v);
	}
	p = &l->v[l->n++];
	*p = (struct part){
		g, text_safe_dup(name, NAME_MAX_BYTES), text_safe_dup(value, VALUE_MAX), NULL, 0};
	return p;
}

static void
add_text(struct part_list *l, enum part_group g, const char *name, const char *value)
{
	struct part *p = value && *value ? add(l, g, span_of(name), span_of(value)) : NULL;

	/* the members of a table's rows, as words */
	for (char *c = p ? strchr(p->name, '_') : NULL; c; c = strchr(c, '_'))
		*c = ' ';
}

/* --- JSON ------------------------------------------------------------------------------------ */

static bool
is_time(struct span name)
{
	static const char *const names[] = {"exp", "nbf", "iat", "auth_time", "updated_at"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

static void
add_json(struct part_list *l, enum part_group g, struct span path, const struct json *j)
{
	struct span text, name = json_name(j);
	struct part *p;
	struct buf b;

	buf_init(&b, 1 << 20);
	if (json_to_span(j, &text))
		buf_add_span(&b, text);
	else
		(void)json_print(j, &b, false);
	p = add(l, g, path, buf_span(&b));
	buf_release(&b);
	if (!p)
		return;
	p->meaning = claim_meaning(name);
	if (is_time(name) && json_to_time(j, &p->date) == NUM_OTHER)
		p->date = 0;
}

static void
add_members(struct part_list *l, enum part_group g, struct span path, const struct json *object,
	int depth)
{
	for (const struct json *m = json_first(object); m; m = json_next(m)) {
		struct buf b;

		buf_init(&b, 1 << 16);
		buf_printf(&b, "%.*s%s%.*s", SPAN_ARG(path), path.n ? "." : "",
			SPAN_ARG(json_name(m)));
		if (json_type(m) == JSON_OBJECT && json_first(m) && depth > 0)
			add_members(l, g, buf_span(&b), m, depth - 1);
		else
			add_json(l, g, buf_span(&b), m);
		buf_release(&b);
	}
}

void
parts_of_object(struct part_list *out, enum part_group g, const struct json *object, bool deep)
{
	if (object && json_type(object) == JSON_OBJECT)
		add_members(out, g, SPAN_EMPTY, object, deep ? DEPTH_MAX : 0);
}

/* --- messages ----------------------------------------------------------------------------- */

/* "a=b&c=d", of an address or a form. */
static void
add_form(struct part_list *l, enum part_group g, struct span form)
{
	struct span pair, name;

	while (span_next(&form, '&', &pair)) {
		struct buf key, value;

		if (!pair.n)
			continue;
		span_next(&pair, '=', &name);
		buf_init(&key, 1 << 16);
		buf_init(&value, 1 << 20);
		(void)form_decode(&key, name);
		(void)form_decode(&value, pair);
		add(l, g, buf_span(&key), buf_span(&value));
		buf_release(&key);
		buf_release(&value);
	}
}

static void
add_challenges(struct part_list *l, enum part_group g, struct span name, struct span value)
{
	struct challenges c;
	struct buf b;

	challenges_init(&c);
	buf_init(&b, 1 << 16);
	challenges_parse(&c, value);
	if (!c.n)
		add(l, g, name, value);
	for (size_t i = 0; i < c.n; i++) {
		const struct challenge *ch = &c.v[i];

		add(l, g, name, span_of(ch->token68 ? ch->token68 : ch->scheme));
		for (size_t k = 0; k < ch->n_params; k++) {
			struct part *p;

			buf_clear(&b);
			buf_printf(&b, "%.*s %s", SPAN_ARG(name), ch->params[k].name);
			p = add(l, g, buf_span(&b), span_of(ch->params[k].value));
			if (p)
				p->meaning = challenge_param_meaning(ch->params[k].name);
		}
	}
	buf_release(&b);
	challenges_release(&c);
}

static void
add_headers(struct part_list *l, enum part_group g, const struct http_headers *h)
{
	for (size_t i = 0; i < h->n; i++) {
		struct span name = span_of(h->v[i].name), value = span_of(h->v[i].value);

		if (span_is_nocase(name, "WWW-Authenticate") ||
			span_is_nocase(name, "Proxy-Authenticate"))
			add_challenges(l, g, name, value);
		else
			add(l, g, name, value);
	}
}

/* A masked value is not as a form would have it, so that the body alone does not tell. */
static bool
is_form(const struct http_headers *h, struct span body, enum body_kind kind)
{
	char type[80];

	return body.n &&
		(kind == BODY_FORM ||
			!strcmp(http_media_type(h, type, sizeof type),
				"application/x-www-form-urlencoded"));
}

/* doc: what the body says as JSON, if that is known already. */
static void
add_body(struct part_list *l, enum part_group g, const struct http_headers *h, struct span body,
	const struct json *doc)
{
	enum body_kind kind = http_body_kind(body);
	struct err e = ERR_INIT;
	struct json *own = NULL;
	char length[40];

	if (!body.n && !doc)
		return;
	if (!doc && kind == BODY_JSON && json_parse(&own, body, &e) == RES_OK)
		doc = own;
	if (doc && json_type(doc) == JSON_OBJECT) {
		parts_of_object(l, g, doc, true);
	} else if (is_form(h, body, kind)) {
		add_form(l, g, body);
	} else {
		add_text(l, g, "kind", body_kind_words(kind));
		add(l, g, SPAN_LIT("text"), body);
		text_format(length, sizeof length, "%zu bytes", body.n);
		add_text(l, g, "length", length);
	}
	json_free(own);
}

static void
add_request(struct part_list *l, const struct exchange *x)
{
	struct span url = span_of(x->request.url);
	size_t query = span_find(url, '?');

	add_text(l, PART_REQUEST, "method", x->request.method);
	add(l, PART_REQUEST, SPAN_LIT("address"), span_sub(url, 0, query));
	if (query != SIZE_MAX)
		add_form(l, PART_REQUEST, span_from(url, query + 1));
	if (x->auth != AUTH_UNSET)
		add_text(l, PART_REQUEST, "client authentication", client_auth_id(x->auth));
	add_headers(l, PART_REQUEST_HEADER, &x->request.headers);
	add_body(l, PART_REQUEST_BODY, &x->request.headers, buf_span(&x->request.body), NULL);
}

static void
add_answer(struct part_list *l, const struct exchange *x)
{
	const struct net_result *r = &x->result;
	char status[160];

	if (r->error != NETERR_NONE) {
		add_text(l, PART_ANSWER, "error", net_error_words(r->error));
		add_text(l, PART_ANSWER, "reason", r->error_text);
	}
	if (!r->response.status)
		return;
	text_format(status, sizeof status, "%d %s", r->response.status,
		r->response.reason ? r->response.reason : "");
	add(l, PART_ANSWER, SPAN_LIT("status"), span_trim(span_of(status)));
	add_text(l, PART_ANSWER, "HTTP version", r->response.version);
	add_headers(l, PART_ANSWER_HEADER, &r->response.headers);
	add_body(l, PART_ANSWER_BODY, &r->response.headers, buf_span(&r->response.body),
		x->answer.doc);
}

/* --- the transfer: by its table ----------------------------------------------------------- */

static void
add_span_us(struct part_list *l, const char *name, int64_t us)
{
	char span[32];

	if (us >= 0)
		add_text(l, PART_TIME, name, time_span_us(span, us));
}

static void
add_date(struct part_list *l, const char *name, int64_t at)
{
	char when[40];

	if (at)
		add_text(l, PART_TLS, name, time_screen(when, at, false));
}

static void
add_flag(struct part_list *l, enum part_group g, const char *name, bool on)
{
	add_text(l, g, name, on ? "yes" : "no");
}

static void
add_times(struct part_list *l, const struct net_result *r)
{
	char when[40];

	if (r->sent_wall_us)
		add_text(l, PART_TIME, "sent", time_screen(when, r->sent_wall_us / 1000000, false));
	add_text(l, PART_TIME, "to", r->remote);
	add_text(l, PART_TIME, "by proxy", r->proxy);
#define TIMING(member) add_span_us(l, #member, r->timings.member);
#define TIMING_FLAG(member) add_flag(l, PART_TIME, #member, r->timings.member);
#include "case/transfer.def"
}

static void
add_certificate(struct part_list *l, size_t at, const struct cert_info *k)
{
	char name[64];

#define CERT_NAME(member) (text_format(name, sizeof name, "certificate %zu " #member, at + 1), name)
#define CERT_TEXT(member) add_text(l, PART_TLS, CERT_NAME(member), k->member);
#define CERT_TIME(member) add_date(l, CERT_NAME(member), k->member);
#define CERT_FLAG(member) add_flag(l, PART_TLS, CERT_NAME(member), k->member);
#include "case/transfer.def"
#undef CERT_NAME
}

static void
add_tls(struct part_list *l, const struct tls_info *t)
{
	if (!t->version[0] && !t->verify_words[0] && !t->n_certs)
		return;
#define TLS_TEXT(member, size) add_text(l, PART_TLS, #member, t->member);
#define TLS_FLAG(member) add_flag(l, PART_TLS, #member, t->member);
#define TLS_TIME(member) add_date(l, #member, t->member);
#include "case/transfer.def"
	for (size_t i = 0; i < t->n_certs; i++)
		add_certificate(l, i, &t->certs[i]);
}

void
parts_of_exchange(struct part_list *out, const struct exchange *x)
{
	add_request(out, x);
	add_answer(out, x);
	add_times(out, &x->result);
	add_tls(out, &x->result.tls);
}

/* --- two of them -------------------------------------------------------------------------- */

static void
add_pair(struct part_pairs *p, const struct part *a, const struct part *b)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		p->v = xreallocarray(p->v, p->cap, sizeof *p->v);
	}
	p->v[p->n++] = (struct part_pair){a, b, a && b && strcmp(a->value, b->value) == 0};
}

static bool
same_name(const struct part *a, const struct part *b)
{
	bool header = a->group == PART_REQUEST_HEADER || a->group == PART_ANSWER_HEADER;

	/* RFC 9110 §5.1: the case of a header's name says nothing */
	return a->group == b->group &&
		(header ? span_is_nocase(span_of(a->name), b->name)
			: strcmp(a->name, b->name) == 0);
}

/*
 * Of the other list what is called like l's part at `at`, and is as many-eth; NULL: there is none.
 */
static const struct part *
counterpart(const struct part_list *l, size_t at, const struct part_list *other)
{
	size_t nth = 0;

	for (size_t i = 0; i < at; i++)
		nth += same_name(&l->v[i], &l->v[at]);
	for (size_t i = 0; i < other->n; i++)
		if (same_name(&other->v[i], &l->v[at]) && nth-- == 0)
			return &other->v[i];
	return NULL;
}

void
parts_pair(struct part_pairs *out, const struct part_list *a, const struct part_list *b)
{
	memset(out, 0, sizeof *out);
	for (int g = 0; g < PART_GROUPS; g++) {
		for (size_t i = 0; i < a->n; i++)
			if (a->v[i].group == (enum part_group)g)
				add_pair(out, &a->v[i], counterpart(a, i, b));
		for (size_t i = 0; i < b->n; i++)
			if (b->v[i].group == (enum part_group)g && !counterpart(b, i, a))
				add_pair(out, NULL, &b->v[i]);
	}
}

void
part_pairs_release(struct part_pairs *p)
{
	free(p->v);
	memset(p, 0, sizeof *p);
}
