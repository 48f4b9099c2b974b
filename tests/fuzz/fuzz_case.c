/* A saved case: read, diagnosed, written, and read again with the same verdict. */
#include "fuzz/importing.h"

static void
same_again(const struct case_file *c, struct case_story *story)
{
	struct redactor *r = redactor_new();
	struct case_story again;
	struct case_file back;
	struct err e = ERR_INIT;
	struct buf text;

	buf_init(&text, 16 << 20);
	case_init(&back);
	if (case_file_write(&text, c, story, r) == RES_OK) {
		HOLDS(case_file_is(buf_span(&text)));
		HOLDS(case_file_read(&back, &again, buf_span(&text), &e) == RES_OK);
		HOLDS(again.damaged == 0);
		HOLDS(back.n_exchanges == c->n_exchanges && back.n_generations == c->n_generations);
		HOLDS(back.metadata_from == c->metadata_from && back.as_of_wall_us == c->as_of_wall_us);
		holds_case(&back);
	}
	case_release(&back);
	buf_release(&text);
	redactor_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);
	struct err e = ERR_INIT;
	struct case_story story;
	struct case_file c;

	case_init(&c);
	(void)case_file_is(text);
	if (case_file_read(&c, &story, text, &e) == RES_OK) {
		HOLDS(fuzz_is_safe(story.first_damage));
		HOLDS((story.damaged == 0) == (story.first_damage[0] == '\0'));
		holds_case(&c);
		same_again(&c, &story);
	} else {
		HOLDS(e.text[0] && fuzz_is_safe(e.text));
	}
	case_release(&c);
	return 0;
}
