/* WWW-Authenticate, a header a line. */
#include "fuzz/fuzz.h"

#include "oauth/challenge.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size), line;
	struct challenges c;

	challenges_init(&c);
	while (text.n) {
		span_next(&text, '\n', &line);
		challenges_parse(&c, line);
	}
	HOLDS(c.n <= LIMIT_CHALLENGES);
	for (size_t i = 0; i < c.n; i++) {
		HOLDS(strlen(c.v[i].scheme) < sizeof(c.v[i].scheme));
		for (size_t k = 0; k < c.v[i].n_params; k++) {
			const struct challenge_param *p = &c.v[i].params[k];

			HOLDS(p->name && p->name[0] && p->value);
			for (const char *s = p->name; *s; s++)
				HOLDS(*s < 'A' || *s > 'Z');
			HOLDS(challenge_param(&c.v[i], p->name).p != NULL);
		}
	}
	challenges_release(&c);
	return 0;
}
