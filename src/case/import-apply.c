/*
 * Imported evidence into the case: every secret is registered first, one access token is made the
 * question, and the exchanges are recorded in the order of time as the engine would have.
 */
#include "case/import-parts.h"

#include "base/encode.h"
#include "base/mem.h"
#include "base/redact.h"
#include "oauth/url.h"

enum { GENERATIONS_MAX = 8 };

/* What one exchange carried. */
struct carried {
	struct secret *access;  /* the request's token; NULL */
	struct secret *refresh; /* the request's refresh token; NULL */
	struct token_response got;
};

struct plan {
	struct import *im;
	struct case_file *c;
	struct redactor *r;
	struct carried *carried; /* one for each exchange */
	size_t question;         /* the exchange that everything turns on; im->n: none */
	bool refused;            /* … which was refused */
	struct secret *gens[GENERATIONS_MAX]; /* access tokens, each out of a refresh of the one
						 before; borrowed */
	size_t from[GENERATIONS_MAX]; /* the refresh it came from; im->n: given */
	size_t n_gens, current;
};

/* --- secrets ------------------------------------------------------------------------------ */

static struct secret *
registered(struct redactor *r, struct span v)
{
	struct secret *s = v.n ? secret_new(v) : NULL;

	if (s)
		redactor_add(r, s);
	return s;
}

static void
register_value(struct redactor *r, struct span v)
{
	secret_unref(registered(r, v));
}

static void
register_form(struct redactor *r, struct span form)
{
	struct buf name, value;
	struct span pair;

	buf_init_wiping(&name, LIMIT_BODY);
	buf_init_wiping(&value, LIMIT_BODY);
	while (span_next(&form, '&', &pair)) {
		size_t eq = span_find(pair, '=');

		buf_clear(&name);
		buf_clear(&value);
		(void)form_decode(&name, span_sub(pair, 0, eq));
		(void)form_decode(&value, eq == SIZE_MAX ? SPAN_EMPTY : span_from(pair, eq + 1));
		if (redact_parameter_is_secret(buf_span(&name), buf_span(&value)))
			register_value(r, buf_span(&value));
	}
	buf_release(&name);
	buf_release(&value);
}

/* Query and fragment, whose last values end where the next begins. */
static void
register_url(struct redactor *r, struct span url)
{
	size_t hash = span_find(url, '#');
	struct span head = span_sub(url, 0, hash);

	if (span_find(head, '?') != SIZE_MAX)
		register_form(r, span_from(head, span_find(head, '?') + 1));
	if (hash != SIZE_MAX)
		register_form(r, span_from(url, hash + 1));
}

/* "Basic" credentials: the secret alone, too, as another header may repeat it. */
static void
register_basic(struct redactor *r, struct span authorization)
{
	struct buf pair, secret;
	size_t colon;

	if (!span_starts_nocase(authorization, "basic "))
		return;
	buf_init_wiping(&pair, LIMIT_TOKEN);
	buf_init_wiping(&secret, LIMIT_TOKEN);
	if (base64_decode(&pair, span_trim(span_from(authorization, 6)), NULL) == RES_OK &&
		(colon = span_find(buf_span(&pair), ':')) != SIZE_MAX) {
		(void)form_decode(&secret, span_from(buf_span(&pair), colon + 1));
		register_value(r, buf_span(&secret));
		register_value(r, span_from(buf_span(&pair), colon + 1));
	}
	buf_release(&pair);
	buf_release(&secret);
}

static void
read_carried(struct plan *p, size_t i)
{
	const struct import_exchange *x = p->im->x[i];
	const struct http_request *req = &x->request;
	struct carried *c = &p->carried[i];
	struct buf v;

	buf_init_wiping(&v, LIMIT_BODY);
	if (!x->token_unseen && import_carried(req, &v) && !import_is_unseen(x, buf_span(&v)))
		c->access = registered(p->r, buf_span(&v));
	buf_clear(&v);
	if (form_get(buf_span(&req->body), "refresh_token", &v) &&
		!import_is_unseen(x, buf_span(&v)))
		c->refresh = registered(p->r, buf_span(&v));
	buf_release(&v);
	register_form(p->r, buf_span(&req->body));
	register_url(p->r, span_of(req->url));
	register_basic(p->r, http_header(&req->headers, "authorization"));
	if (token_response_read(&c->got, buf_span(&x->result.response.body), NULL) != RES_OK)
		token_response_release(&c->got);
	redactor_add(p->r, c->got.access);
	redactor_add(p->r, c->got.refresh);
	redactor_add(p->r, c->got.id);
}

/* --- the question ------------------------------------------------------------------------- */

static bool
asks_for_user(const struct import_exchange *x)
{
	return x->purpose == PURPOSE_USERINFO || x->purpose == PURPOSE_RESOURCE;
}

static bool
failed(const struct import_exchange *x)
{
	int status = x->result.response.status;

	return x->result.error != NETERR_NONE || status >= 400 || (status >= 300 && status != 304);
}

static struct span
without_query(const struct import_exchange *x)
{
	struct span url = span_of(x->request.url);
	size_t mark = span_find(url, '?');

	return span_sub(url, 0, mark);
}

/* Did the same question get its answer later? */
static bool
mended(const struct import *im, size_t i)
{
	for (size_t k = i + 1; k < im->n; k++)
		if (im->x[k]->purpose == im->x[i]->purpose && !failed(im->x[k]) &&
			span_eq(without_query(im->x[k]), without_query(im->x[i])))
			return true;
	return false;
}

static size_t
last_of(const struct import *im, enum purpose p)
{
	size_t i = im->n;

	while (i > 0 && im->x[i - 1]->purpose != p)
		i--;
	return i ? i - 1 : im->n;
}

/* The last refused user-information query that was not mended; else the last question of each kind.
 */
static void
find_question(struct plan *p)
{
	static const enum purpose order[] = {PURPOSE_USERINFO, PURPOSE_INTROSPECTION,
		PURPOSE_RESOURCE, PURPOSE_REFRESH, PURPOSE_TOKEN};
	const struct import *im = p->im;

	p->question = im->n;
	for (size_t i = im->n; i > 0 && p->question == im->n; i--)
		if (asks_for_user(im->x[i - 1]) && failed(im->x[i - 1]) && !mended(im, i - 1))
			p->question = i - 1;
	p->refused = p->question < im->n;
	for (size_t k = 0; k < ARRAY_SIZE(order) && p->question == im->n; k++)
		p->question = last_of(im, order[k]);
}

/* --- the tokens --------------------------------------------------------------------------- */

static struct secret *
given_value(const struct import *im, enum token_slot slot)
{
	for (size_t i = 0; i < im->n_tokens; i++)
		if (im->tokens[i].slot == slot)
			return im->tokens[i].value;
	return NULL;
}

static bool
is_refresh(const struct plan *p, size_t i)
{
	return p->im->x[i]->purpose == PURPOSE_REFRESH && p->carried[i].got.access &&
		!failed(p->im->x[i]);
}

/* The refresh that gave this token; im->n: none did. */
static size_t
origin_of(const struct plan *p, const struct secret *token)
{
	for (size_t i = 0; i < p->im->n; i++)
		if (is_refresh(p, i) && secret_equal(p->carried[i].got.access, token))
			return i;
	return p->im->n;
}

/* What was in use before the exchange i; NULL. */
static struct secret *
used_before(const struct plan *p, size_t i, const struct secret *but)
{
	while (i-- > 0)
		if (p->carried[i].access && !secret_equal(p->carried[i].access, but) &&
			(asks_for_user(p->im->x[i]) ||
				p->im->x[i]->purpose == PURPOSE_INTROSPECTION))
			return p->carried[i].access;
	return NULL;
}

static void
push_front(struct plan *p, struct secret *token, size_t from)
{
	memmove(p->gens + 1, p->gens, p->n_gens * sizeof(p->gens[0]));
	memmove(p->from + 1, p->from, p->n_gens * sizeof(p->from[0]));
	p->gens[0] = token;
	p->from[0] = from;
	p->n_gens++;
}

/* Which of the generations a token is; n_gens: another one. */
static size_t
generation_of(const struct plan *p, const struct secret *token)
{
	size_t g = 0;

	while (g < p->n_gens && !secret_equal(p->gens[g], token))
		g++;
	return g;
}

/* The question's token, the ones it was refreshed from, and what a refresh behind it gave. */
static void
find_generations(struct plan *p)
{
	const struct import *im = p->im;
	struct secret *token = given_value(im, SLOT_ACCESS);

	if (!token && p->question < im->n)
		token = p->carried[p->question].access ? p->carried[p->question].access
						      : p->carried[p->question].got.access;
	/* left out of the recording: what was got, or used, last before it */
	for (size_t i = p->question; p->question < im->n && i > 0 && !token; i--)
		token = p->carried[i - 1].got.access ? p->carried[i - 1].got.access
						     : p->carried[i - 1].access;
	for (size_t i = im->n; i > 0 && !token; i--)
		token = p->carried[i - 1].access;
	for (size_t i = im->n; i > 0 && !token; i--)
		token = p->carried[i - 1].got.access;
	while (token && p->n_gens < GENERATIONS_MAX - 1) {
		size_t origin = origin_of(p, token);

		push_front(p, token, origin);
		token = origin < im->n ? used_before(p, origin, token) : NULL;
	}
	/* the first one's refresh has nothing before it to compare with */
	if (p->n_gens)
		p->from[0] = im->n;
	for (size_t i = p->question + 1; i < im->n && p->n_gens && p->n_gens < GENERATIONS_MAX;
		i++) {
		if (!is_refresh(p, i) || generation_of(p, p->carried[i].got.access) < p->n_gens)
			continue;
		p->gens[p->n_gens] = p->carried[i].got.access;
		p->from[p->n_gens++] = i;
	}
}

static void
note_repairs(struct import *im, const struct case_file *c)
{
	for (size_t i = 0; i < TOKEN_MEMBERS; i++) {
		const struct case_token *t =
			case_token(c, token_slot_of_role(token_members[i].role));
		char odd[160];

		if (t->present && t->repaired)
			import_note(im, "the %s was repaired: %s", token_members[i].words,
				token_oddity_words(&t->info, odd, sizeof(odd)));
	}
}

/* The response in which the first token came: its lifetime, scope and companions. */
static void
give_companions(struct plan *p, size_t i)
{
	struct case_token *t = case_token(p->c, SLOT_ACCESS);
	const struct token_response *got = &p->carried[i].got;

	if (t->expires_in < 0)
		t->expires_in = got->expires_in;
	if (!t->scope[0])
		memcpy(t->scope, got->scope, sizeof(t->scope));
	if (!t->obtained_wall_us)
		t->obtained_wall_us = p->im->x[i]->result.answered_wall_us;
	if (got->refresh && !case_token(p->c, SLOT_REFRESH)->present)
		case_give_token(
			p->c, SLOT_REFRESH, secret_reveal(got->refresh), "the token response");
	if (got->id && !case_token(p->c, SLOT_ID)->present)
		case_give_token(p->c, SLOT_ID, secret_reveal(got->id), "the token response");
}

static void
give_tokens(struct plan *p)
{
	struct import *im = p->im;

	for (size_t i = 0; i < im->n_tokens; i++) {
		const struct import_token *t = &im->tokens[i];
		struct case_token *to;

		redactor_add(p->r, t->value);
		case_give_token(p->c, t->slot, secret_reveal(t->value), t->source);
		to = case_token(p->c, t->slot);
		redactor_add(p->r, to->value);
		to->accepted = t->accepted;
		to->expires_in = t->expires_in;
		memcpy(to->scope, t->scope, sizeof(to->scope));
	}
	if (p->n_gens && !case_token(p->c, SLOT_ACCESS)->present) {
		case_give_token(p->c, SLOT_ACCESS, secret_reveal(p->gens[0]), "a request");
		/* it was sent so, and answered so: no copy put that around it */
		case_token(p->c, SLOT_ACCESS)->repaired &=
			~(unsigned)(ODD_QUOTED | ODD_BEARER_PREFIX | ODD_PERCENT | ODD_JSON);
	}
	for (size_t i = im->n; i > 0; i--) {
		struct secret *sent = p->carried[i - 1].refresh;

		/* the first generation's refresh token is what the first refresh used */
		if (sent && im->x[i - 1]->purpose == PURPOSE_REFRESH &&
			!given_value(im, SLOT_REFRESH))
			case_give_token(
				p->c, SLOT_REFRESH, secret_reveal(sent), "a refresh request");
	}
	for (size_t i = 0; i < im->n && p->n_gens; i++)
		if (p->carried[i].got.access && secret_equal(p->carried[i].got.access, p->gens[0]))
			give_companions(p, i);
	note_repairs(im, p->c);
}

/* --- recording ---------------------------------------------------------------------------- */

/* Slot and generation of what the exchange asks about; another token's question is beside the
 * point. */
static void
place(const struct plan *p, size_t i, struct exchange *x)
{
	const struct carried *c = &p->carried[i];
	const struct case_token *refresh = case_token(p->c, SLOT_REFRESH);
	size_t g = c->access ? generation_of(p, c->access) : p->current;
	bool token_question = asks_for_user(p->im->x[i]) || x->purpose == PURPOSE_INTROSPECTION ||
		x->purpose == PURPOSE_REVOCATION;

	if (x->purpose == PURPOSE_REFRESH)
		x->slot = SLOT_REFRESH;
	else if (token_question)
		x->slot = SLOT_ACCESS;
	x->token_generation = (uint32_t)(g < p->n_gens ? g : p->current);
	if (!token_question || !c->access || g < p->n_gens || !p->n_gens)
		return;
	if (refresh->present && secret_equal(refresh->value, c->access)) {
		x->slot = SLOT_REFRESH;
		return;
	}
	x->purpose = PURPOSE_OTHER;
	x->slot = SLOT_NONE;
	import_note(p->im, "requests with another token than the one in question were set aside");
}

static void
follow_up(struct plan *p, size_t i, const struct exchange *x)
{
	struct case_file *c = p->c;

	if (x->purpose == PURPOSE_DISCOVERY && x->answer.outcome == OUTCOME_SUCCESS &&
		!c->metadata.doc &&
		metadata_parse(&c->metadata, buf_span(&p->im->x[i]->result.response.body), NULL) ==
			RES_OK)
		c->metadata_from = x->n;
	if (x->purpose == PURPOSE_REVOCATION && x->result.response.status == 200)
		c->revoked_wall_us = x->result.answered_wall_us;
	if (p->current + 1 < p->n_gens && p->from[p->current + 1] == i) {
		case_add_generation(c, &p->carried[i].got, x->n, x->result.answered_wall_us);
		p->current++;
	}
}

static unsigned
record(struct plan *p, size_t i)
{
	struct import_exchange *from = p->im->x[i];
	enum purpose purpose = from->purpose;
	struct exchange *x;

	/* what went well elsewhere does not answer the question that failed */
	if (p->refused && i > p->question && asks_for_user(from) && !failed(from))
		purpose = PURPOSE_OTHER;
	if (!from->request.method[0])
		(void)snprintf(from->request.method, sizeof(from->request.method), "%s",
			asks_for_user(from) || purpose == PURPOSE_DISCOVERY ? "GET" : "POST");
	if (!from->request.url)
		http_request_set(&from->request, from->request.method, SPAN_EMPTY);
	x = exchange_record(&from->request, &from->result, import_step(purpose), purpose, p->r);
	x->imported = true;
	x->follows = from->follows;
	place(p, i, x);
	case_add(p->c, x);
	follow_up(p, i, x);
	return 1u << import_step(x->purpose);
}

/* The newest moment that the evidence itself names. */
static int64_t
moment_of(const struct import *im)
{
	int64_t newest = 0, date;

	for (size_t i = 0; i < im->n; i++) {
		const struct net_result *r = &im->x[i]->result;
		int64_t at = r->answered_wall_us ? r->answered_wall_us : r->sent_wall_us;

		if (at <= 0 &&
			time_parse_http(http_header(&r->response.headers, "Date"), &date) == RES_OK)
			at = date * 1000000;
		if (at > newest)
			newest = at;
	}
	return newest;
}

/* A mail older than the token in it is not the one that the token was sent in first. */
static void
check_written(struct case_file *c)
{
	const struct claim_time *iat = &case_token(c, SLOT_ACCESS)->info.claims.iat;

	if (c->written_wall_us && iat->form != NUM_ABSENT && iat->form != NUM_OTHER &&
		iat->at > c->written_wall_us / 1000000 + c->profile.leeway)
		c->as_of_wall_us = c->written_wall_us = 0;
}

unsigned
import_apply(struct import *im, struct case_file *c, struct redactor *r)
{
	struct plan p = {.im = im, .c = c, .r = r};
	unsigned walked = 0;

	p.carried = xcalloc(im->n + 1, sizeof(*p.carried));
	for (size_t i = 0; i < im->n; i++) {
		token_response_release(&p.carried[i].got);
		read_carried(&p, i);
		if (im->x[i]->purpose == PURPOSE_COUNT)
			im->x[i]->purpose = import_purpose(im->x[i]);
	}
	find_question(&p);
	find_generations(&p);
	c->offline = true;
	if (moment_of(im))
		c->as_of_wall_us = moment_of(im);
	else if (im->written_wall_us)
		c->as_of_wall_us = c->written_wall_us = im->written_wall_us;
	give_tokens(&p);
	check_written(c);
	if (case_token(c, SLOT_ACCESS)->present || case_token(c, SLOT_ID)->present ||
		case_token(c, SLOT_REFRESH)->present)
		walked |= 1u << STEP_EXPIRY;
	for (size_t i = 0; i < im->n; i++)
		walked |= record(&p, i);
	import_prove(im, c);
	for (size_t i = 0; i < im->n; i++) {
		secret_unref(p.carried[i].access);
		secret_unref(p.carried[i].refresh);
		token_response_release(&p.carried[i].got);
	}
	free(p.carried);
	return walked;
}
