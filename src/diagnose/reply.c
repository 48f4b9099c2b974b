#include "diagnose/reply.h"

enum does {
#define REPLY_DOES(sym, text) DOES_##sym,
#define REPLY(id, sym, text)
#include "diagnose/replies.def"
#undef REPLY_DOES
#undef REPLY
};

static const char *const does_words[] = {
#define REPLY_DOES(sym, text) [DOES_##sym] = text,
#define REPLY(id, sym, text)
#include "diagnose/replies.def"
#undef REPLY_DOES
#undef REPLY
};

static const struct {
	const char *id, *what;
	enum does does;
} replies[] = {
#define REPLY_DOES(sym, text)
#define REPLY(id, sym, text) {id, text, DOES_##sym},
#include "diagnose/replies.def"
#undef REPLY_DOES
#undef REPLY
};

bool
reply_find(struct span id, const char **what, const char **does)
{
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		if (!span_is(id, replies[i].id))
			continue;
		*what = replies[i].what;
		*does = does_words[replies[i].does];
		return true;
	}
	return false;
}

enum res
reply_text(const struct diagnosis *d, struct buf *out)
{
	const struct verdict *v = &d->verdict;
	const char *what = NULL, *does = NULL;
	bool known = v->primary && reply_find(span_of(v->primary->rule->id), &what, &does);

	switch (v->state) {
	case STATE_OK:
	case STATE_WARNING:
		/* what was only read is no sign-in that works */
		if (v->advice != ADVICE_NONE && d->steps[STEP_HANDLE] != STATE_OK &&
			d->steps[STEP_HANDLE] != STATE_WARNING)
			return buf_puts(out,
				"We looked at what you sent and found nothing wrong in it. If you "
				"still see the message, please tell us when it came and what it "
				"said, to the word.");
		return buf_puts(out,
			"We looked into it: your sign-in works, and the service answers as it "
			"should. If you still see the message, please tell us when it came "
			"and what it said, to the word.");
	case STATE_PROBLEM:
		if (known)
			return buf_printf(out, "We found the cause. %s %s", what, does);
		break;
	case STATE_PENDING:
	case STATE_SKIPPED:
	case STATE_UNDETERMINED:
		break;
	}
	if (known)
		buf_printf(out,
			"We have not found the cause for certain yet. What we see so far: %s %s ",
			what, does);
	else
		buf_puts(out, "We have not found the cause yet. ");
	return buf_puts(out,
		"To find out more, we need to know when it happened, what you were doing, and the "
		"message you saw, to the word. Please send no passwords and no tokens.");
}
