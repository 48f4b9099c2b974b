#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ui/keymap.h"

static void
put_event(struct buf *out, const struct key_event *ev)
{
	static const char *const mice[] = {"click", "up", "down"};
	char name[32];

	if (ev->kind == EVENT_KEY)
		buf_printf(out, "%s ", key_name(ev->key, name, sizeof(name)));
	else if (ev->kind == EVENT_PASTE)
		buf_printf(out, "<%.*s> ", SPAN_ARG(ev->paste));
	else
		buf_printf(out, "%s@%d,%d ", mice[ev->mouse.kind], ev->mouse.row, ev->mouse.col);
}

/* Decodes bytes, pausing (with time-outs) after byte `pause`; the events as words. */
static void
decode(struct buf *out, const char *bytes, size_t n, size_t pause, int64_t gap_us, bool mouse)
{
	struct keydec d;
	struct key_event ev;
	int64_t now = 1000;

	keydec_init(&d, KEYDEC_ESC_US);
	d.mouse = mouse;
	for (size_t i = 0; i <= n; i++) {
		bool last = i == n;

		if (i == pause || last) {
			now += last ? 10 * KEYDEC_PASTE_US : gap_us;
			if (keydec_timeout(&d, now, &ev))
				put_event(out, &ev);
		}
		if (last)
			break;
		if (keydec_push(&d, (unsigned char)bytes[i], now, &ev))
			put_event(out, &ev);
	}
	assert_int_equal(d.deadline_us, INT64_MAX);
	keydec_release(&d);
}

static const struct {
	const char *bytes, *events;
} sequences[] = {
	{"a", "a "},
	{"aZ~", "a Z ~ "},
	{"\r\n\t\x7f\b", "Enter Enter Tab Backspace Backspace "},
	{"\x03\x0c", "C-c C-l "},
	{"\xc3\xa4\xe2\x9c\x93\xf0\x9f\x94\x90", "ä ✓ 🔐 "},
	{"\xc3" "a", "a "},
	{"\xff" "a\x80" "b", "a b "},
	{"\033", "Esc "},
	{"\033\033", "Esc Esc "},
	{"\033[A\033[B\033[C\033[D", "Up Down Right Left "},
	{"\033OA\033OH\033OF\033OP", "Up Home End F1 "},
	{"\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End "},
	{"\033[5~\033[6~\033[2~\033[3~", "PgUp PgDn Insert Delete "},
	{"\033[11~\033[15~\033[17~\033[21~\033[24~\033[[B", "F1 F5 F6 F10 F12 F2 "},
	{"\033[Z\033[1;5A\033[1;2C\033[3;3~", "S-Tab C-Up S-Right M-Delete "},
	{"\033x\033\xc3\xa4", "M-x M-ä "},
	{"\033[?1;2c\033[99~q", "q "},
	{"\033[12\033[A", "Up "},
	{"\033[200~abc\033[201~q", "<abc> q "},
	{"\033[200~a\rb\033[Aq\033[201\033[201~", "<a\rb\033[Aq\033[201> "},
	{"\033[200~\033[201~x", "<> x "},
	{"\033[200~lost", "<lost> "},
};

/* With the mouse taken, and what the same bytes are without it. */
static const struct {
	const char *bytes, *events, *without;
} reports[] = {
	{"\033[<0;10;5M\033[<0;10;5mq", "click@4,9 q ", "q "},
	{"\033[<64;1;1M\033[<65;500;200M", "up@0,0 down@199,499 ", ""},
	/* with Shift, Alt and Control */
	{"\033[<28;3;2M\033[<80;3;2M", "click@1,2 up@1,2 ", ""},
	/* other buttons, movements, the wheel to the side, what lies outside, what is no number */
	{"\033[<1;3;2M\033[<2;3;2M\033[<3;3;2M\033[<32;3;2M\033[<35;3;2M\033[<66;3;2M\033[<67;3;2M\033[<128;3;2Mq", "q ", "q "},
	{"\033[<0;0;5M\033[<0;5;0M\033[<0;5M\033[<0M\033[<M\033[<;;;Mq", "q ", "q "},
	{"\033[<99999999999;1;1M\033[<0;-1;1Mq", "q ", "q "},
	/* broken off */
	{"\033[<0;10\033[A", "Up ", "Up "},
	/* before SGR: three bytes that are no keys */
	{"\033[M !!q", "click@0,0 q ", "Space ! ! q "},
	{"\033[M`+(\033[Ma+(q", "up@7,10 down@7,10 q ", NULL},
	{"\033[M#+(q", "q ", NULL},
	{"\033[M \xff\xffq", "click@222,222 q ", NULL},
	{"\033[M\r!!q", "q ", NULL},
};

static void
decodes_split_anywhere(const char *bytes, const char *events, bool mouse)
{
	size_t n = strlen(bytes);

	for (size_t pause = 0; pause <= n; pause++) {
		struct buf out;

		buf_init(&out, 4096);
		decode(&out, bytes, n, pause, KEYDEC_ESC_US - 1000, mouse);
		assert_string_equal(buf_str(&out), events);
		buf_release(&out);
	}
}

static void
test_decodes_split_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sequences); i++) {
		decodes_split_anywhere(sequences[i].bytes, sequences[i].events, false);
		decodes_split_anywhere(sequences[i].bytes, sequences[i].events, true);
	}
}

static void
test_the_mouse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		decodes_split_anywhere(reports[i].bytes, reports[i].events, true);
		if (reports[i].without)
			decodes_split_anywhere(reports[i].bytes, reports[i].without, false);
	}
}

static void
test_esc_is_decided_by_the_deadline(void **state)
{
	struct keydec d;
	struct key_event ev;

	(void)state;
	keydec_init(&d, KEYDEC_ESC_US);
	assert_false(keydec_push(&d, 033, 5000, &ev));
	assert_int_equal(d.deadline_us, 5000 + KEYDEC_ESC_US);
	assert_false(keydec_timeout(&d, 5000 + KEYDEC_ESC_US - 1, &ev));
	assert_true(keydec_timeout(&d, 5000 + KEYDEC_ESC_US, &ev));
	assert_int_equal(ev.key.code, KC_ESC);
	/* what comes after the deadline are keys of their own */
	assert_true(keydec_push(&d, '[', 90000, &ev));
	assert_int_equal(ev.key.code, '[');
	keydec_release(&d);
}

static void
test_large_pastes(void **state)
{
	static const size_t sizes[] = {LIMIT_PASTE - 1, LIMIT_PASTE, LIMIT_PASTE + 500, LIMIT_TOKEN - 1,
		LIMIT_TOKEN, LIMIT_TOKEN + 1, LIMIT_TOKEN + 7, 3 * LIMIT_TOKEN};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t n = sizes[i];
		struct keydec d;
		struct key_event ev;
		const char *p;
		bool got = false;

		keydec_init(&d, KEYDEC_ESC_US);
		for (p = "\033[200~"; *p; p++)
			assert_false(keydec_push(&d, (unsigned char)*p, 0, &ev));
		for (size_t k = 0; k < n; k++)
			assert_false(keydec_push(&d, (unsigned char)("eyJ\r\n-_x"[k % 8]), 0, &ev));
		for (p = "\033[201~"; *p; p++)
			got = keydec_push(&d, (unsigned char)*p, 0, &ev);
		assert_true(got);
		assert_int_equal(ev.kind, EVENT_PASTE);
		assert_int_equal(ev.cut, n > LIMIT_TOKEN);
		assert_int_equal(ev.paste.n, n < LIMIT_TOKEN ? n : LIMIT_TOKEN);
		assert_true(keydec_push(&d, 'q', 0, &ev));
		assert_int_equal(ev.key.code, 'q');
		keydec_release(&d);
	}
}

/* Any bytes: no crash, and after a pause the decoder is at rest and takes a key. */
static void
test_any_bytes(void **state)
{
	static const char pool[] = "\033\033\033[[[O<M;~0123456789AZab\x80\xc3\xe2\xf0\xff\x01\r200~201~";
	uint64_t x = 42;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct keydec d;
		struct key_event ev;
		int n = 0;

		keydec_init(&d, KEYDEC_ESC_US);
		d.mouse = round % 2;
		for (int i = 0; i < 60; i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			keydec_push(&d, (unsigned char)pool[(x >> 33) % (sizeof(pool) - 1)], i, &ev);
		}
		while (d.deadline_us != INT64_MAX && n++ < 5)
			keydec_timeout(&d, INT64_MAX - 1, &ev);
		assert_int_equal(d.deadline_us, INT64_MAX);
		assert_true(keydec_push(&d, 'q', 0, &ev));
		assert_int_equal(ev.key.code, 'q');
		keydec_release(&d);
	}
}

static void
test_names_round_trip(void **state)
{
	static const char *const good[] = {"q", "?", "/", "Enter", "S-Tab", "C-l", "M-x", "F1", "F12",
		"Space", "PgUp", "C-Up", "ä", "-", "C-M-Delete"};
	static const char *const bad[] = {"", "F0", "F13", "Hyper", "S-a", "ab", "C-", "\x01", " "};
	struct key k;
	char name[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(key_parse(span_of(good[i]), &k));
		assert_string_equal(key_name(k, name, sizeof(name)), good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(key_parse(span_of(bad[i]), &k));
}

static void
test_the_table_has_no_conflict(void **state)
{
	struct keymap m;
	struct err e = ERR_INIT;

	(void)state;
	keymap_init(&m);
	assert_int_equal(keymap_check(&m, NULL, &e), RES_OK);
	for (int a = 1; a < ACT_COUNT; a++) {
		struct span rest = span_of(action_infos[a].keys), word;
		size_t n = 0;
		struct key k;

		while (span_word(&rest, &word)) {
			assert_true(key_parse(word, &k));
			n++;
			/* every action is reached by each of its keys in its own context */
			assert_int_equal(keymap_lookup(&m, action_infos[a].context, k), a);
		}
		assert_in_range(n, 1, KEYS_PER_ACTION);
		assert_true(action_infos[a].help[0] && action_infos[a].hint[0]);
		for (int b = a + 1; b < ACT_COUNT; b++)
			assert_string_not_equal(action_infos[a].id, action_infos[b].id);
	}
}

static void
test_keys_are_replaced(void **state)
{
	struct keymap m;
	struct err e = ERR_INIT;
	struct span keys[2] = {SPAN_LIT(">"), SPAN_LIT("F8")};
	struct key k;
	char names[64];

	(void)state;
	keymap_init(&m);
	assert_int_equal(keymap_set(&m, SPAN_LIT("next-step"), keys, 2, &e), RES_OK);
	assert_string_equal(keymap_names(&m, ACT_NEXT_STEP, names, sizeof(names)), "> F8");
	assert_true(key_parse(SPAN_LIT("F8"), &k));
	assert_int_equal(keymap_lookup(&m, CONTEXT_LIST | CONTEXT_GLOBAL, k), ACT_NEXT_STEP);
	assert_int_equal(keymap_lookup(&m, CONTEXT_FORM, k), ACT_NONE);
	assert_int_equal(keymap_set(&m, SPAN_LIT("fly"), keys, 2, &e), RES_NOTFOUND);
	keys[1] = SPAN_LIT("Hyper");
	assert_int_equal(keymap_set(&m, SPAN_LIT("next-step"), keys, 2, &e), RES_SYNTAX);
	assert_non_null(strstr(e.text, "Hyper"));
	keys[0] = SPAN_LIT("q");
	assert_int_equal(keymap_set(&m, SPAN_LIT("next-step"), keys, 1, &e), RES_OK);
	assert_int_equal(keymap_check(&m, NULL, &e), RES_REFUSED);
	assert_non_null(strstr(e.text, "next-step"));
	assert_non_null(strstr(e.text, "quit"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decodes_split_anywhere),
		cmocka_unit_test(test_the_mouse),
		cmocka_unit_test(test_esc_is_decided_by_the_deadline),
		cmocka_unit_test(test_large_pastes),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_names_round_trip),
		cmocka_unit_test(test_the_table_has_no_conflict),
		cmocka_unit_test(test_keys_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
