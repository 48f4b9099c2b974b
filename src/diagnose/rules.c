#include "diagnose/rules.h"

#define RULE(fn, ...) {.check = fn, __VA_ARGS__},
const struct rule rules[] = {
#include "diagnose/rules.def"
};
#undef RULE
const size_t rule_count = ARRAY_SIZE(rules);

const struct rule *
rule_find(struct span id)
{
	for (size_t i = 0; i < rule_count; i++) {
		if (span_is(id, rules[i].id))
			return &rules[i];
	}
	return NULL;
}
