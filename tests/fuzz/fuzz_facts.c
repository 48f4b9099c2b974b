/*
 * Answers to facts to findings: the first line says what was asked ("introspection 200"), the rest is
 * the body; "====" on a line of its own begins the next answer.
 */
#include "fuzz/fuzz.h"

#include "base/redact.h"
#include "diagnose/diagnose.h"

enum { ANSWERS = 6 };

static void
add_answer(struct case_file *c, struct redactor *r, struct span text)
{
	struct span head, word, status;
	struct http_request req;
	struct net_result raw;
	struct exchange *x;
	enum purpose p = PURPOSE_USERINFO;
	int64_t code = 200;

	span_next(&text, '\n', &head);
	if (span_word(&head, &word))
		(void)purpose_from_id(word, &p);
	if (span_word(&head, &status) && span_to_i64(status, &code) != RES_OK)
		code = 200;
	http_request_init(&req);
	http_request_set(&req, "POST", SPAN_LIT("https://idp.example/endpoint"));
	net_result_init(&raw);
	raw.response.status = (int)(code < 100 || code > 999 ? 200 : code);
	raw.sent_wall_us = raw.answered_wall_us = INT64_C(1769860800000000);
	(void)http_headers_add(&raw.response.headers, SPAN_LIT("Date"), SPAN_LIT("Sat, 31 Jan 2026 12:00:00 GMT"));
	if (span_word(&head, &word))
		(void)http_headers_add(&raw.response.headers, SPAN_LIT("Content-Type"), word);
	if (span_trim(head).n)
		(void)http_headers_add(&raw.response.headers, SPAN_LIT("WWW-Authenticate"), span_trim(head));
	(void)buf_add_span(&raw.response.body, text);
	x = exchange_record(&req, &raw, STEP_VERIFY, p, r);
	x->slot = p == PURPOSE_REFRESH ? SLOT_REFRESH : SLOT_ACCESS;
	case_add(c, x);
	net_result_release(&raw);
	http_request_release(&req);
}

/* What every diagnosis promises. */
static void
check(const struct diagnosis *d)
{
	HOLDS(d->n <= FINDINGS_MAX);
	HOLDS(d->n == 0 || d->verdict.primary == NULL || d->verdict.primary == &d->findings[0]);
	HOLDS(fuzz_is_safe(d->verdict.summary) && fuzz_is_safe(d->verdict.next));
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];

		HOLDS(f->summary[0] && fuzz_is_safe(f->summary) && fuzz_is_safe(f->remedy));
		for (size_t k = 0; k < f->n_evidence; k++)
			HOLDS(fuzz_is_safe(f->evidence[k].value));
		for (size_t k = 0; k < f->n_caused_by; k++) {
			bool before = false;

			for (size_t j = 0; j < i; j++)
				before = before || d->findings[j].rule == f->caused_by[k];
			HOLDS(before);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct diagnosis d;
	struct span text = fuzz_span(data, size);
	struct redactor *r = redactor_new();
	struct clock clock;
	struct case_file c;
	struct facts f;
	struct walk walk = {{STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK}};

	clock_init_manual(&clock, INT64_C(1769860800000000));
	case_init(&c);
	profile_set(&c.profile.issuer, SPAN_LIT("https://idp.example"));
	case_give_token(&c, SLOT_ACCESS, SPAN_LIT("7Qm2vX9rTz4LkPw8sYbN1cDfG5hJ0aEu"), "file");
	for (int i = 0; i < ANSWERS && text.n; i++) {
		size_t cut = span_find_str(text, "\n====\n");

		add_answer(&c, r, cut == SIZE_MAX ? text : span_sub(text, 0, cut));
		text = cut == SIZE_MAX ? SPAN_EMPTY : span_from(text, cut + 6);
	}
	facts_derive(&f, &c, &clock);
	diagnose(&d, &f, &walk);
	check(&d);
	case_release(&c);
	redactor_free(r);
	return 0;
}
