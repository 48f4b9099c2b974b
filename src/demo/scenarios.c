#include "demo/demo.h"

const struct scenario scenarios[] = {
#define GROUP(heading)
#define SCENARIO(name_, sentence_, expects_, goal_, ...) \
	{.name = name_, .sentence = sentence_, .expects = expects_, .goal = goal_, __VA_ARGS__},
#include "demo/scenarios.def"
#undef SCENARIO
#undef GROUP
};

/* A heading, or NULL for a scenario. */
static const char *const headings[] = {
#define GROUP(heading) heading,
#define SCENARIO(...) NULL,
#include "demo/scenarios.def"
#undef SCENARIO
#undef GROUP
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

const char *
scenario_group(const struct scenario *s)
{
	const char *heading = "";
	size_t before = (size_t)(s - scenarios);

	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		if (headings[i])
			heading = headings[i];
		else if (before-- == 0)
			break;
	return heading;
}

const struct lesson_row lesson_rows[] = {
#define LESSON(name, mended) {name, mended},
#include "demo/lessons.def"
#undef LESSON
};
const size_t lesson_count = ARRAY_SIZE(lesson_rows);

const struct lesson_row *
lesson_find(const char *name)
{
	for (size_t i = 0; i < lesson_count; i++)
		if (!strcmp(lesson_rows[i].name, name))
			return &lesson_rows[i];
	return NULL;
}

void
demo_client_release(struct demo_client *c)
{
	secret_unref(c->client_secret);
	secret_unref(c->access_token);
	secret_unref(c->refresh_token);
	secret_unref(c->id_token);
	secret_unref(c->key_pem);
	secret_unref(c->dpop_key_pem);
	free(c->cert_pem);
	free(c->ca_pem);
	*c = (struct demo_client){.discovery = false};
}
