/* The QR code of the module, as cells; block letters. */
#include "unit.h"

#include <dlfcn.h>

#include "base/mem.h"
#include "ui/letters.h"
#include "ui/qr.h"

#define ADDRESS "https://idp.example/device?user_code=WDJB-MJHT"

static struct qr_code code;

static const struct qr_ops *
load(void)
{
	char *path = xasprintf("%s/qr.so", getenv("builddir") ? getenv("builddir") : ".");
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct qr_module *m = so ? dlsym(so, "tokentriage_qr") : NULL;

	if (!m)
		fail_msg("%s", dlerror());
	assert_int_equal(m->abi, QR_MODULE_ABI);
	free(path);
	return m->ops;
}

/* ISO/IEC 18004 §6.3.3: dark 7x7, light 5x5, dark 3x3, and a light edge. */
static void
assert_finder(int y, int x)
{
	for (int dy = -1; dy < 8; dy++) {
		for (int dx = -1; dx < 8; dx++) {
			int ry = dy > 3 ? dy - 3 : 3 - dy, rx = dx > 3 ? dx - 3 : 3 - dx, ring = ry > rx ? ry : rx;

			if (y + dy < 0 || x + dx < 0 || y + dy >= code.size || x + dx >= code.size)
				continue;
			assert_int_equal(code.dark[(y + dy) * code.size + x + dx], ring < 2 || ring == 3);
		}
	}
}

static void
test_encode(void **state)
{
	const struct qr_ops *ops = load();
	char *long_text = xcalloc(1, 3001);

	(void)state;
	/* 46 bytes at level L: version 3, 53 bytes at most, 29 modules a side (table 7) */
	assert_true(ops->encode(ADDRESS, &code));
	assert_int_equal(code.size, 29);
	assert_finder(0, 0);
	assert_finder(0, 22);
	assert_finder(22, 0);
	/* the timing patterns alternate */
	for (int i = 8; i < 21; i++) {
		assert_int_equal(code.dark[6 * 29 + i], i % 2 == 0);
		assert_int_equal(code.dark[i * 29 + 6], i % 2 == 0);
	}
	/* the error correction level in the format information, bits 14 and 13 as masked: L is 01 xor 10 = 11 */
	assert_int_equal(code.dark[8 * 29 + 0], 1);
	assert_int_equal(code.dark[8 * 29 + 1], 1);
	/* 2953 bytes are the most of a code at level L */
	memset(long_text, 'a', 3000);
	assert_false(ops->encode(long_text, &code));
	assert_int_equal(code.size, 0);
	free(long_text);
}

/* Is the module at (y, x) dark, by the cells that were drawn? */
static bool
cell_dark(const struct canvas *c, int quiet, int y, int x)
{
	const struct cell *u = canvas_at(c, (y + quiet) / 2, x + quiet);
	bool lower = (y + quiet) % 2;

	if (c->ascii)
		return canvas_at(c, y + quiet, 2 * (x + quiet))->role == UIR_QR_DARK &&
			canvas_at(c, y + quiet, 2 * (x + quiet) + 1)->role == UIR_QR_DARK;
	assert_int_equal(u->role, UIR_QR);
	return u->cp == 0x2588 || u->cp == (lower ? 0x2584 : 0x2580);
}

static void
test_cells(void **state)
{
	const struct qr_ops *ops = load();
	/* rows and columns there are; the quiet zone that fits; 0: none does */
	static const struct {
		bool ascii;
		int rows, cols, quiet;
	} rooms[] = {{false, 40, 120, 4}, {false, 23, 80, 4}, {false, 17, 60, 2}, {false, 16, 60, 1}, {false, 15, 60, 0},
		{false, 40, 30, 0}, {true, 40, 120, 4}, {true, 33, 66, 2}, {true, 23, 80, 0}};

	(void)state;
	assert_true(ops->encode(ADDRESS, &code));
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		int rows, cols, quiet = rooms[i].quiet;
		struct canvas c;

		canvas_init(&c);
		c.ascii = rooms[i].ascii;
		canvas_resize(&c, rooms[i].rows, rooms[i].cols);
		assert_int_equal(qr_draw(&code, (struct rect){0, 0, c.rows, c.cols}, &c, &rows, &cols), quiet > 0);
		assert_int_equal(quiet > 0, rows <= c.rows && cols <= c.cols);
		for (int y = -quiet; quiet && y < code.size + quiet; y++) {
			for (int x = -quiet; x < code.size + quiet; x++) {
				bool in = y >= 0 && x >= 0 && y < code.size && x < code.size;

				assert_int_equal(cell_dark(&c, quiet, y, x), in && code.dark[y * code.size + x]);
			}
		}
		canvas_release(&c);
	}
}

static void
test_letters(void **state)
{
	static const char *const want[] = {".###..####.", "#...#.....#", "#####..###.", "#...#.#....", "#...#.#####"};
	struct canvas c;

	(void)state;
	canvas_init(&c);
	canvas_resize(&c, 5, 12);
	assert_int_equal(letters_draw("a2", 0, 0, 12, UIR_TITLE, &c), LETTER_ROWS);
	for (int row = 0; row < 5; row++)
		for (int col = 0; col < 11; col++)
			assert_int_equal(canvas_at(&c, row, col)->cp, want[row][col] == '#' ? 0x2588 : ' ');
	/* what does not fit, or is no letter, is not drawn at all */
	canvas_clear(&c);
	assert_int_equal(letters_draw("A22", 0, 0, 12, UIR_TITLE, &c), 0);
	assert_int_equal(letters_draw("A_", 0, 0, 12, UIR_TITLE, &c), 0);
	assert_int_equal(letters_draw("", 0, 0, 12, UIR_TITLE, &c), 0);
	assert_int_equal(canvas_at(&c, 0, 1)->cp, ' ');
	canvas_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
