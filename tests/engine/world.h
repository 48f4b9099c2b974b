/* What the engine's tests share: an engine over the replay transport, and calls that remember. */
#ifndef TT_TESTS_ENGINE_WORLD_H
#define TT_TESTS_ENGINE_WORLD_H

#include "unit.h"

#include "engine/engine.h"
#include "engine/replay.h"

/* What came of one call. */
struct seen_call {
	unsigned calls;
	int order;              /* 1: delivered first */
	enum net_error error;
	int status;
	bool has_exchange;
	uint32_t n, follows;    /* of the exchange */
	unsigned attempt;
	char body[256];
	char words[200];
};

struct world {
	struct clock clock;
	struct rng rng;
	struct redactor *redactor;
	struct log *log;
	struct case_file c;
	struct engine *engine;
	struct transport *replay;
	int delivered;
};

int world_set_up(void **state);
int world_tear_down(void **state);
/* A call to be filled further; *o gets what comes of it (ctx is set). */
void call_init(struct engine_call *call, struct world *w, struct seen_call *o, const char *method,
	const char *url);
uint32_t submit(struct world *w, struct seen_call *o, const char *method, const char *url);
void answers(struct world *w, const char *url, const char *response);
/* Does any kept request hold the text? */
bool was_sent(struct world *w, const char *text);
/* Is the text in a log record, or anywhere in a recorded exchange? */
bool is_kept(struct world *w, const char *text);
void assert_logged(struct world *w, const char *text);

#endif
