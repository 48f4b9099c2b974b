#include "ui/qr.h"

#include "ui/glyphs.h"

enum { QUIET = 4 };

void
qr_cells(const struct qr_code *q, bool ascii, int quiet, int *rows, int *cols)
{
	int side = q->size + 2 * quiet;

	*rows = ascii ? side : (side + 1) / 2;
	*cols = ascii ? 2 * side : side;
}

/* Light outside of the code: the quiet zone. */
static bool
dark(const struct qr_code *q, int y, int x)
{
	return y >= 0 && x >= 0 && y < q->size && x < q->size && q->dark[y * q->size + x];
}

static void
draw_blocks(const struct qr_code *q, int quiet, int row, int col, struct canvas *c)
{
	static const uint32_t halves[] = {' ', GLYPH_UPPER_HALF, GLYPH_LOWER_HALF, GLYPH_BLOCK};

	for (int y = -quiet; y < q->size + quiet; y += 2)
		for (int x = -quiet; x < q->size + quiet; x++)
			canvas_put(c, row + (y + quiet) / 2, col + x + quiet,
				halves[(dark(q, y, x) ? 1 : 0) + (dark(q, y + 1, x) ? 2 : 0)],
				UIR_QR);
}

/* By the background alone: a character would leave gaps that a camera sees. */
static void
draw_ascii(const struct qr_code *q, int quiet, int row, int col, struct canvas *c)
{
	for (int y = -quiet; y < q->size + quiet; y++)
		for (int x = -quiet; x < q->size + quiet; x++)
			canvas_puts(c, row + y + quiet, col + 2 * (x + quiet), 2,
				dark(q, y, x) ? UIR_QR_DARK : UIR_QR, "  ");
}

bool
qr_draw(const struct qr_code *q, struct rect r, struct canvas *c, int *need_rows, int *need_cols)
{
	int rows, cols, quiet = QUIET;

	do {
		qr_cells(q, c->ascii, quiet, &rows, &cols);
	} while ((rows > r.rows || cols > r.cols) && --quiet > 0);
	*need_rows = rows;
	*need_cols = cols;
	if (quiet == 0)
		return false;
	if (c->ascii)
		draw_ascii(q, quiet, r.row, r.col, c);
	else
		draw_blocks(q, quiet, r.row, r.col, c);
	return true;
}
