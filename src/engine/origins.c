#include "engine/origins.h"

#include "base/mem.h"
#include "oauth/url.h"

bool
origins_have(const struct origins *o, struct span url)
{
	char *origin = o->n ? url_origin_dup(url) : NULL;
	bool found = false;

	for (size_t i = 0; origin && !found && i < o->n; i++)
		found = span_eq_nocase(span_of(origin), span_of(o->v[i]));
	free(origin);
	return found;
}

void
origins_add(struct origins *o, struct span url)
{
	char *origin = origins_have(o, url) ? NULL : url_origin_dup(url);

	if (!origin)
		return;
	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n++] = origin;
}

void
origins_clear(struct origins *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->v[i]);
	free(o->v);
	*o = (struct origins){0};
}
