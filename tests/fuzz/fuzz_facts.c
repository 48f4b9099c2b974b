/*
 * Answers to facts to findings: the first line says what was asked ("introspection 200"), the rest is
 * the body; "====" on a line of its own begins the next answer.
 */
#include "fuzz/importing.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);
	struct redactor *r = redactor_new();
	struct case_file c;

	case_init(&c);
	profile_set(&c.profile.issuer, SPAN_LIT("https://idp.example"));
	case_give_token(&c, SLOT_ACCESS, SPAN_LIT("7Qm2vX9rTz4LkPw8sYbN1cDfG5hJ0aEu"), "file");
	for (int i = 0; i < ANSWERS && text.n; i++) {
		size_t cut = span_find_str(text, "\n====\n");

		add_answer(&c, r, cut == SIZE_MAX ? text : span_sub(text, 0, cut));
		text = cut == SIZE_MAX ? SPAN_EMPTY : span_from(text, cut + 6);
	}
	holds_case(&c);
	case_release(&c);
	redactor_free(r);
	return 0;
}
