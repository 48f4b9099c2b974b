/* Rules about JSON that two readers may read in two ways. */
#include "diagnose/rules.h"

#include "base/tr.h"

enum { VALUE_SHOWN = 60 };

static struct span
value_words(const struct json *j, struct buf *text)
{
	buf_clear(text);
	(void)json_print(j, text, false);
	return span_sub(buf_span(text), 0, VALUE_SHOWN);
}

/* Two members of one name in that document: evidence and summary. */
static bool
told(struct finding *out, const struct json *doc, const char *where, int from)
{
	const struct json *earlier, *last;
	struct buf a, b;
	struct span name;

	if (!json_ambiguous(doc, &earlier, &last))
		return false;
	buf_init(&a, 8 * LIMIT_JSON_BYTES);
	buf_init(&b, 8 * LIMIT_JSON_BYTES);
	name = span_sub(json_name(last), 0, 60);
	ev(out, "name", from, "%.*s", SPAN_ARG(name));
	ev(out, "first value", from, "%.*s", SPAN_ARG(value_words(earlier, &a)));
	ev(out, "last value", from, "%.*s", SPAN_ARG(value_words(last, &b)));
	(void)say(out,
		"%s holds \"%.*s\" twice, first %.*s and last %.*s: the last one was taken here, "
		"as most readers "
		"do, but some take the first or refuse it.",
		where, SPAN_ARG(name), SPAN_ARG(value_words(earlier, &a)),
		SPAN_ARG(value_words(last, &b)));
	buf_release(&a);
	buf_release(&b);
	return true;
}

enum verdict_of
rule_json_duplicate_name(const struct facts *f, struct finding *out)
{
	char where[80];

	for (size_t i = 0; i < f->c->n_exchanges; i++) {
		const struct exchange *x = f->c->exchanges[i];

		/* what an API of one's own answers is not read for its members */
		if (!exchange_answered(x) || x->purpose == PURPOSE_RESOURCE ||
			x->purpose == PURPOSE_CLOCK || !exchange_is_current(f->c, x))
			continue;
		(void)snprintf(where, sizeof(where), _("The answer to the %s"),
			tr(purpose_words(x->purpose)));
		if (!told(out, x->answer.doc, where, (int)x->n))
			continue;
		out->step = x->step;
		return RULE_FIRES;
	}
	if (f->access && (told(out, f->access->header, "The token's header", FROM_TOKEN) ||
				 told(out, f->access->payload, "The token", FROM_TOKEN)))
		return RULE_FIRES;
	return RULE_PASS;
}
