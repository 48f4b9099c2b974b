#include "case/import-browser.h"

#include "base/text.h"
#include "oauth/url.h"

/* --- preflights (Fetch, "CORS-preflight fetch") ------------------------------------------- */

static bool
allows(const struct http_response *r, struct span origin)
{
	struct span allowed = http_header(&r->headers, "access-control-allow-origin");

	return span_is(allowed, "*") || (allowed.n && span_eq_nocase(allowed, origin));
}

bool
browser_look(struct browser_seen *b, const struct import_exchange *x)
{
	const struct http_headers *sent = &x->request.headers;
	struct browser_preflight *p;

	b->authorization = b->authorization || http_has_header(sent, "authorization");
	if (strcmp(x->request.method, "OPTIONS") ||
		!http_has_header(sent, "access-control-request-method"))
		return false;
	if (b->n == BROWSER_PREFLIGHTS) {
		free(b->v[0].url);
		memmove(b->v, b->v + 1, (BROWSER_PREFLIGHTS - 1) * sizeof(*b->v));
		b->n--;
	}
	p = &b->v[b->n++];
	p->url = span_dup(span_of(x->request.url));
	p->status = x->result.response.status;
	p->allows_origin = allows(&x->result.response, http_header(sent, "origin"));
	p->authorization = span_contains_nocase(
		http_header(sent, "access-control-request-headers"), "authorization");
	return true;
}

void
browser_release(struct browser_seen *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->v[i].url);
	b->n = 0;
}

/* The newest for that address. */
static const struct browser_preflight *
preflight_of(const struct browser_seen *b, const struct import_exchange *x)
{
	for (size_t i = b->n; i > 0; i--)
		if (span_is(span_of(x->request.url), b->v[i - 1].url))
			return &b->v[i - 1];
	return NULL;
}

/* --- what the page did not get ------------------------------------------------------------ */

bool
browser_is_cors(const struct import_exchange *x, struct span type)
{
	const struct http_headers *sent = &x->request.headers;
	struct span mode = http_header(sent, "sec-fetch-mode"),
		    origin = http_header(sent, "origin");
	struct url from, to;

	if (span_is(type, "document")) /* a navigation */
		return false;
	if (mode.n ? !span_is(mode, "cors") : !span_is(type, "fetch") && !span_is(type, "xhr"))
		return false;
	return url_parse(&from, origin, NULL) == RES_OK &&
		url_parse(&to, span_of(x->request.url), NULL) == RES_OK &&
		!url_same_origin(&from, &to);
}

static void
withhold(struct import_exchange *x, const char *why)
{
	x->result.error = NETERR_CORS;
	text_format(x->result.error_text, sizeof(x->result.error_text), "%s", why);
}

/* True: the server answered, with an error, and the page cannot tell which. */
static bool
is_withheld(const struct browser_seen *b, struct import_exchange *x)
{
	const struct browser_preflight *p = preflight_of(b, x);
	const struct http_response *r = &x->result.response;
	char why[120];

	if (!r->status && p && x->result.error == NETERR_OTHER &&
		(p->status / 100 != 2 || !p->allows_origin)) {
		text_format(why, sizeof(why), "the preflight was answered %d%s", p->status,
			p->allows_origin ? "" : " without Access-Control-Allow-Origin");
		withhold(x, why);
	}
	if (!r->status || !x->cors || allows(r, http_header(&x->request.headers, "origin")))
		return false;
	if (r->status >= 400)
		return true; /* what the server says explains more than what the page sees */
	withhold(x,
		http_has_header(&r->headers, "access-control-allow-origin")
			? "Access-Control-Allow-Origin names another origin"
			: "the answer has no Access-Control-Allow-Origin");
	return false;
}

/* --- what the developer tools left out ---------------------------------------------------- */

static bool
names_client(const struct import_exchange *x)
{
	static const char *const names[] = {"client_id", "client_secret", "client_assertion"};
	struct buf v;
	bool does = false;

	buf_init_wiping(&v, LIMIT_BODY);
	for (size_t i = 0; i < ARRAY_SIZE(names) && !does; i++)
		does = form_get(buf_span(&x->request.body), names[i], &v);
	buf_release(&v);
	return does;
}

/* Browsers leave Authorization out unless they are told otherwise: that is no sign of a request
 * without it. */
static void
mark_sanitized(const struct browser_seen *b, struct import *im)
{
	bool marked = false;

	for (size_t i = 0; i < im->n && !b->authorization; i++) {
		struct import_exchange *x = im->x[i];
		bool user = x->purpose == PURPOSE_RESOURCE || x->purpose == PURPOSE_USERINFO;
		bool client = purpose_wants_client(x->purpose) && !names_client(x);

		if (!user && !client)
			continue;
		marked = true;
		x->token_unseen = user;
		(void)http_headers_add(&x->request.headers, SPAN_LIT("Authorization"),
			user ? SPAN_LIT("Bearer [redacted]") : SPAN_LIT("Basic [redacted]"));
	}
	if (marked)
		import_note(im,
			"the recording has no Authorization header at all: browsers leave them out "
			"unless sensitive data is asked for");
}

/* --- together ----------------------------------------------------------------------------- */

/*
 * A 401 wants credentials (RFC 9110 §15.5.2), though it names no scheme as it must: it counts where
 * the recording has nothing else.  im->n: there is something else, or none.
 */
static size_t
lone_unauthorized(const struct import *im)
{
	size_t last = im->n;

	for (size_t i = 0; i < im->n; i++) {
		if (!im->x[i]->tentative)
			return im->n;
		if (im->x[i]->result.response.status == 401)
			last = i;
	}
	return last;
}

static void
settle_tentative(const struct browser_seen *b, struct import *im)
{
	size_t kept = 0, lone = lone_unauthorized(im);

	for (size_t i = 0; i < im->n; i++) {
		struct import_exchange *x = im->x[i];
		const struct browser_preflight *p = x->tentative ? preflight_of(b, x) : NULL;

		if (p && p->authorization)
			x->purpose = PURPOSE_RESOURCE;
		else if (x->tentative && i == lone)
			x->purpose = PURPOSE_RESOURCE;
		if (!x->tentative || (p && p->authorization) || i == lone)
			im->x[kept++] = x;
		else
			import_free_exchange(x);
	}
	im->n = kept;
}

void
browser_settle(struct browser_seen *b, struct import *im)
{
	size_t unread = 0;

	settle_tentative(b, im);
	for (size_t i = 0; i < im->n; i++)
		unread += is_withheld(b, im->x[i]);
	if (unread)
		import_note(im,
			"%zu error answer%s came without Access-Control-Allow-Origin: the page saw "
			"only that the call failed",
			unread, unread == 1 ? "" : "s");
	mark_sanitized(b, im);
}
