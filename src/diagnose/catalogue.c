#include "diagnose/diagnose.h"

#define ENTRY(...) {__VA_ARGS__},
const struct catalogue_entry catalogue[] = {
#include "diagnose/catalogue.def"
};
#undef ENTRY
const size_t catalogue_count = ARRAY_SIZE(catalogue);

const struct catalogue_entry *
catalogue_find(struct span id)
{
	for (size_t i = 0; i < catalogue_count; i++) {
		if (span_is(id, catalogue[i].id))
			return &catalogue[i];
	}
	return NULL;
}

const struct rule *
catalogue_rule(const struct catalogue_entry *c)
{
	return rule_find(span_of(c->id));
}
