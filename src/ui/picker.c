/* Rows to pick one from: the part around the mark is drawn, and arrows say where there is more. */
#include "ui/state.h"

#include "ui/glyphs.h"

bool
picker_move(struct picker *p, int by)
{
	if ((by < 0 && p->here == 0) || (by > 0 && p->here + 1 >= p->n))
		return false;
	p->here = by > 0 ? p->here + 1 : p->here - 1;
	return true;
}

static size_t
first_row(const struct picker *p, int rows)
{
	size_t most = p->n - (size_t)rows, half = (size_t)rows / 2;

	if (p->here <= half || p->n <= (size_t)rows)
		return 0;
	return p->here - half < most ? p->here - half : most;
}

int
picker_draw(const struct picker *p, bool focus, struct rect r, picker_row *draw, const void *ctx,
	struct canvas *c)
{
	int rows = p->n < (size_t)r.rows ? (int)p->n : r.rows;
	size_t first = rows > 0 ? first_row(p, rows) : 0;

	for (int i = 0; i < rows; i++) {
		size_t at = first + (size_t)i;
		bool here = at == p->here && (focus || p->stays);

		if (here)
			canvas_put(c, r.row + i, r.col, GLYPH_MARK, UIR_MARK);
		draw(ctx, at,
			!here           ? UIR_CHOICE
				: focus ? UIR_CHOICE_HERE
					: UIR_VERDICT,
			(struct rect){r.row + i, r.col + 2, 1, r.cols - 3}, c);
		canvas_zone(
			c, (struct rect){r.row + i, r.col, 1, r.cols}, ZONE_CHOICE, (int64_t)at);
	}
	if (first > 0)
		canvas_put(c, r.row, r.col + r.cols - 1, GLYPH_UP, UIR_DIM);
	if (rows > 0 && first + (size_t)rows < p->n)
		canvas_put(c, r.row + rows - 1, r.col + r.cols - 1, GLYPH_DOWN, UIR_DIM);
	return rows;
}
