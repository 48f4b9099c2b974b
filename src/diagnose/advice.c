/* Step 4's decision: what an application does about an answer. */
#include "diagnose/rules.h"

static const struct {
	const char *id, *words;
} rows[ADVICE_COUNT] = {
#define ADVICE(sym, id, words) {id, words},
#include "diagnose/advice.def"
#undef ADVICE
};

const char *
advice_id(enum advice_kind k)
{
	return rows[k].id;
}

const char *
advice_words(enum advice_kind k)
{
	return rows[k].words;
}

static const struct {
	const char *id;
	enum advice_kind kind;
} causes[] = {
#define DECIDE(finding, advice) {finding, ADVICE_##advice},
#include "diagnose/decide.def"
#undef DECIDE
};

enum advice_kind
advice_of_rule(const struct rule *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (!strcmp(r->id, causes[i].id))
			return causes[i].kind;
	return ADVICE_UNKNOWN;
}
