#include "engine/proofs.h"

#include "base/mem.h"
#include "oauth/url.h"

enum { NONCE_MAX = 2048, NONCES_MAX = 64 }; /* bytes; origins */

struct nonces {
	struct {
		char *origin, *value;
	} v[NONCES_MAX];
	size_t n;
};

struct nonces *
nonces_new(void)
{
	return xcalloc(1, sizeof(struct nonces));
}

void
nonces_free(struct nonces *n)
{
	for (size_t i = 0; n && i < n->n; i++) {
		free(n->v[i].origin);
		free(n->v[i].value);
	}
	free(n);
}

/* The index of an origin; n->n if it is not there. */
static size_t
find(const struct nonces *n, const char *origin)
{
	size_t i = 0;

	while (i < n->n && strcasecmp(n->v[i].origin, origin) != 0)
		i++;
	return i;
}

/* NQCHAR of RFC 6749 appendix A: what RFC 9449 §8.1 lets a nonce be. */
static bool
is_nonce(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return s.n && s.n <= NONCE_MAX;
}

bool
nonces_note(struct nonces *n, struct span url, const struct http_response *r)
{
	struct span value = http_header(&r->headers, "DPoP-Nonce");
	char *origin;
	size_t i;

	if (!is_nonce(value) || !(origin = url_origin_dup(url)))
		return false;
	i = find(n, origin);
	if (i == NONCES_MAX) {
		free(origin);
		return false;
	}
	if (i == n->n) {
		n->v[n->n++].origin = origin;
	} else {
		free(origin);
		free(n->v[i].value);
	}
	n->v[i].value = span_dup(value);
	return true;
}

/* Empty: none yet. */
static struct span
nonce_of(const struct nonces *n, struct span url)
{
	char *origin = url_origin_dup(url);
	size_t i = origin ? find(n, origin) : n->n;

	free(origin);
	return i < n->n ? span_of(n->v[i].value) : SPAN_EMPTY;
}

enum res
proofs_sign(struct http_request *wire, const struct engine_call *call, const struct nonces *n,
	const struct engine_deps *deps, struct err *e)
{
	int64_t now_s = clock_wall_s(deps->clock) + call->ahead_s;
	enum res r = RES_OK;

	if (call->assertion)
		r = assertion_add(&wire->body, call->assertion, now_s, deps->rng, e);
	if (r == RES_OK && call->dpop)
		r = dpop_prove(wire, call->dpop, nonce_of(n, span_of(wire->url)), now_s, deps->rng,
			e);
	return r;
}
