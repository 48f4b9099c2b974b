/* One case after another at the same server: what is about the server stays. */
#include "case/case.h"

#include "base/mem.h"
#include "case/case-file.h"
#include "case/tokens.h"

static bool
is_kept(uint32_t n, const uint32_t *keep, size_t count, size_t *which)
{
	for (*which = 0; *which < count; (*which)++)
		if (keep[*which] == n)
			return true;
	return false;
}

void
case_renew(struct case_file *c, uint32_t *keep, size_t count)
{
	size_t kept = 0, which;

	for (size_t i = 0; i < c->n_exchanges; i++) {
		struct exchange *x = c->exchanges[i];

		if (!is_kept(x->n, keep, count, &which)) {
			exchange_free(x);
			continue;
		}
		c->exchanges[kept++] = x;
		if (c->metadata_from == x->n)
			c->metadata_from = (uint32_t)kept;
		x->n = (uint32_t)kept;
		x->follows = 0;
		keep[which] = (uint32_t)kept;
	}
	c->n_exchanges = kept;
	for (size_t g = 0; g < c->n_generations; g++)
		case_tokens_release(&c->generations[g]);
	c->n_generations = 1;
	case_tokens_init(&c->generations[0]);
	c->revoked_wall_us = 0;
	c->revision++;
}

uint32_t
case_copy_exchange(struct case_file *dst, const struct case_file *src, uint32_t n)
{
	const struct exchange *x = case_exchange(src, n);
	struct json *j = x ? exchange_to_json(x) : NULL;
	struct exchange *copy = j ? exchange_from_json(j, NULL) : NULL;

	json_free(j);
	return copy ? case_add(dst, copy)->n : 0;
}
