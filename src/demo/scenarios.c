#include "demo/demo.h"

const struct scenario scenarios[] = {
#define SCENARIO(name_, sentence_, expects_, goal_, ...) \
	{.name = name_, .sentence = sentence_, .expects = expects_, .goal = goal_, __VA_ARGS__},
#include "demo/scenarios.def"
#undef SCENARIO
};
const size_t scenario_count = ARRAY_SIZE(scenarios);

const struct scenario *
scenario_find(struct span name)
{
	for (size_t i = 0; i < scenario_count; i++)
		if (span_is(name, scenarios[i].name))
			return &scenarios[i];
	return NULL;
}

void
demo_client_release(struct demo_client *c)
{
	secret_unref(c->client_secret);
	secret_unref(c->access_token);
	secret_unref(c->refresh_token);
	secret_unref(c->id_token);
	*c = (struct demo_client){.discovery = false};
}
