/* Untrusted text on its way to the screen, and what a terminal may send. */
#include "fuzz/fuzz.h"

#include "ui/canvas.h"
#include "ui/keys.h"

static void
draw(struct span text)
{
	struct canvas c;
	struct buf safe, ascii;

	buf_init(&safe, 1 << 20);
	buf_init(&ascii, 1 << 20);
	text_safe(&safe, text);
	text_ascii(&ascii, buf_span(&safe));
	for (size_t i = 0; i < ascii.len; i++)
		HOLDS(buf_str(&ascii)[i] >= 0x20 && buf_str(&ascii)[i] < 0x7f);
	canvas_init(&c);
	canvas_resize(&c, 3, 17);
	canvas_puts(&c, 0, 0, 17, UIR_TEXT, buf_str(&safe));
	canvas_puts(&c, 1, 9, 8, UIR_TEXT, buf_str(&safe));
	HOLDS(c.controls == 0);
	canvas_release(&c);
	buf_release(&safe);
	buf_release(&ascii);
}

/* A byte at a time; 0xff lets the time of the pending sequence pass. */
static void
keys(struct span text)
{
	struct key_event ev;
	struct keydec d;
	int64_t now = 0;

	keydec_init(&d, KEYDEC_ESC_US);
	for (size_t i = 0; i < text.n; i++) {
		bool event;

		if (text.p[i] == '\xff' && d.deadline_us != INT64_MAX) {
			now = d.deadline_us;
			event = keydec_timeout(&d, now, &ev);
		} else {
			event = keydec_push(&d, (unsigned char)text.p[i], now, &ev);
		}
		HOLDS(!event || ev.kind == EVENT_KEY || ev.paste.n <= LIMIT_TOKEN * 4);
		HOLDS(d.n <= sizeof(d.seq));
	}
	keydec_release(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	draw(fuzz_span(data, size));
	keys(fuzz_span(data, size));
	return 0;
}
