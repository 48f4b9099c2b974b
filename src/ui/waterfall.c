/* An exchange's time as a bar on the run's scale, its phases told apart by glyph and colour. */
#include "ui/state.h"

#include "ui/glyphs.h"

static const struct {
	uint32_t glyph;
	enum ui_role role;
} looks[PHASE_COUNT] = {
	[PHASE_DNS] = {GLYPH_SHADE_LIGHT, UIR_PHASE_DNS},
	[PHASE_CONNECT] = {GLYPH_SHADE, UIR_PHASE_CONNECT},
	[PHASE_TLS] = {GLYPH_SHADE_DARK, UIR_PHASE_TLS},
	[PHASE_WAIT] = {GLYPH_BLOCK, UIR_PHASE_WAIT},
	[PHASE_RECEIVE] = {GLYPH_LOWER_HALF, UIR_PHASE_RECEIVE},
};

/* The phase that is under way at `us` after the start; PHASE_COUNT: none of them. */
static int
phase_at(const struct exchange_bar *b, double us)
{
	double end = 0;

	for (int i = 0; i < PHASE_COUNT; i++) {
		end += (double)b->phase[i];
		if (us < end)
			return i;
	}
	return PHASE_COUNT;
}

static int
longest_phase(const struct exchange_bar *b)
{
	int best = PHASE_COUNT;

	for (int i = 0; i < PHASE_COUNT; i++)
		if (b->phase[i] > (best < PHASE_COUNT ? b->phase[best] : 0))
			best = i;
	return best;
}

void
waterfall_draw(const struct exchange_bar *b, int64_t run_us, bool phases, int row, int col,
	int cells, struct canvas *c)
{
	double cell_us = cells > 0 ? (double)run_us / cells : 1;
	int from = (int)((double)b->start / cell_us);
	int to = (int)((double)(b->start + b->total) / cell_us + 0.5);

	if (cells < 1 || run_us < 1)
		return;
	from = from < cells ? from : cells - 1;
	to = to > cells ? cells : to > from ? to : from + 1;
	for (int i = from; i < to; i++) {
		/* a cell is whose its middle is; a bar of one cell is its longest phase's */
		int p = to - from == 1 ? longest_phase(b)
				       : phase_at(b, (i + 0.5) * cell_us - (double)b->start);

		if (!phases)
			canvas_put(c, row, col + i, GLYPH_BAR, UIR_VALUE);
		else if (p < PHASE_COUNT)
			canvas_put(c, row, col + i, looks[p].glyph, looks[p].role);
		else
			canvas_put(c, row, col + i, GLYPH_HLINE, UIR_DIM);
	}
}

void
waterfall_legend(int row, int end, struct canvas *c)
{
	int cells = 1;

	for (int i = 0; i < PHASE_COUNT; i++)
		cells += (int)strlen(phase_names[i]) + 3;
	end -= cells;
	canvas_put(c, row, end++, ' ', UIR_TEXT);
	for (int i = 0; i < PHASE_COUNT; i++) {
		int n = (int)strlen(phase_names[i]);

		canvas_put(c, row, end, looks[i].glyph, looks[i].role);
		canvas_put(c, row, end + 1, ' ', UIR_TEXT);
		canvas_puts(c, row, end + 2, n, UIR_DIM, phase_names[i]);
		canvas_put(c, row, end + 2 + n, ' ', UIR_TEXT);
		end += n + 3;
	}
}
