#include "base/ids.h"

static const struct {
	const char *id, *title, *question;
} steps[STEP_COUNT] = {
#define STEP(sym, id, title, question) [STEP_##sym] = {id, title, question},
#include "base/steps.def"
#undef STEP
};

const char *
step_id(enum step s)
{
	return (unsigned)s < STEP_COUNT ? steps[s].id : "?";
}

const char *
step_title(enum step s)
{
	return (unsigned)s < STEP_COUNT ? steps[s].title : "?";
}

const char *
step_question(enum step s)
{
	return (unsigned)s < STEP_COUNT ? steps[s].question : "?";
}

bool
step_from_id(struct span id, enum step *out)
{
	for (int i = 0; i < STEP_COUNT; i++)
		if (span_is(id, steps[i].id)) {
			*out = (enum step)i;
			return true;
		}
	return false;
}

const char *
severity_id(enum severity s)
{
	switch (s) {
	case SEV_INFO:
		return "info";
	case SEV_WARNING:
		return "warning";
	case SEV_ERROR:
		return "error";
	}
	return "?";
}

const char *
state_id(enum state s)
{
	switch (s) {
	case STATE_PENDING:
		return "pending";
	case STATE_OK:
		return "ok";
	case STATE_WARNING:
		return "warning";
	case STATE_PROBLEM:
		return "problem";
	case STATE_SKIPPED:
		return "skipped";
	case STATE_UNDETERMINED:
		return "undetermined";
	}
	return "?";
}

const char *
state_word(enum state s)
{
	return s == STATE_PENDING ? "not yet" : state_id(s);
}
