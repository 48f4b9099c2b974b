#include "oauth/purpose.h"

static const struct {
	const char *id, *words;
	enum endpoint endpoint;
	bool is_probe;
} purposes[] = {
#define PURPOSE(sym, id, words, endpoint, is_probe) {id, words, EP_##endpoint, is_probe},
#include "oauth/purposes.def"
#undef PURPOSE
};

const char *
purpose_id(enum purpose p)
{
	return purposes[p].id;
}

const char *
purpose_words(enum purpose p)
{
	return purposes[p].words;
}

bool
purpose_from_id(struct span id, enum purpose *out)
{
	for (int i = 0; i < PURPOSE_COUNT; i++) {
		if (span_is(id, purposes[i].id)) {
			*out = (enum purpose)i;
			return true;
		}
	}
	return false;
}

enum endpoint
purpose_endpoint(enum purpose p)
{
	return p < PURPOSE_COUNT ? purposes[p].endpoint : EP_COUNT;
}

bool
purpose_is_probe(enum purpose p)
{
	return p < PURPOSE_COUNT && purposes[p].is_probe;
}

bool
purpose_is_extra(enum purpose p)
{
	return purpose_is_probe(p) || p == PURPOSE_JWKS || p == PURPOSE_CLOCK;
}

bool
purpose_wants_client(enum purpose p)
{
	enum endpoint e = purpose_endpoint(p);

	return e == EP_INTROSPECTION || e == EP_TOKEN || e == EP_REVOCATION || e == EP_PAR ||
		e == EP_DEVICE;
}
