#include "pty/svg.h"

#include "base/utf8.h"

/* Pixels of a cell, and of the frame around the screen. */
enum { CELL_W = 9, CELL_H = 19, PAD = 14, BAR = 34, BASELINE = 14 };

struct look {
	VTermColor fg, bg;
	bool bold, reverse, underline;
};

static void
put_escaped(FILE *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (p[i]) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		default: fputc(p[i], out);
		}
	}
}

static void
rgb(VTermScreen *s, VTermColor c, bool fg, char out[8])
{
	/* the terminal's own colours: light grey on near black */
	if (fg ? VTERM_COLOR_IS_DEFAULT_FG(&c) : VTERM_COLOR_IS_DEFAULT_BG(&c)) {
		snprintf(out, 8, "%s", fg ? "#d8d8d8" : "#16181d");
		return;
	}
	vterm_screen_convert_color_to_rgb(s, &c);
	snprintf(out, 8, "#%02x%02x%02x", c.rgb.red, c.rgb.green, c.rgb.blue);
}

static struct look
look_of(const VTermScreenCell *c)
{
	struct look l = {c->fg, c->bg, c->attrs.bold, c->attrs.reverse, c->attrs.underline != 0};

	return l;
}

static bool
same_look(const struct look *a, const struct look *b)
{
	return vterm_color_is_equal(&a->fg, &b->fg) && vterm_color_is_equal(&a->bg, &b->bg) &&
		a->bold == b->bold && a->reverse == b->reverse && a->underline == b->underline;
}

/* One run of cells that look the same, its text gathered. */
static void
put_run(FILE *out, VTermScreen *s, const struct look *l, int row, int col, int cells, const char *text, size_t n)
{
	int x = PAD + col * CELL_W, y = BAR + PAD + row * CELL_H;
	char fg[8], bg[8];
	size_t blanks = 0;

	rgb(s, l->reverse ? l->bg : l->fg, !l->reverse, fg);
	rgb(s, l->reverse ? l->fg : l->bg, l->reverse, bg);
	if (l->reverse || !VTERM_COLOR_IS_DEFAULT_BG(&l->bg))
		fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x, y,
			cells * CELL_W, CELL_H, bg);
	while (blanks < n && text[blanks] == ' ')
		blanks++;
	if (blanks == n)
		return;
	/* blanks at the ends say nothing, and not every viewer counts them into the length */
	text += blanks;
	n -= blanks;
	x += (int)blanks * CELL_W;
	cells -= (int)blanks;
	for (; text[n - 1] == ' '; n--)
		cells--;
	fprintf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"%s\"%s%s%s>", x, y + BASELINE,
		cells * CELL_W, fg, l->bold ? " font-weight=\"bold\"" : "",
		memmem(text, n, "  ", 2) ? " xml:space=\"preserve\"" : "",
		l->underline ? " text-decoration=\"underline\"" : "");
	put_escaped(out, text, n);
	fputs("</text>\n", out);
}

static void
put_row(FILE *out, VTermScreen *s, int row, int cols)
{
	char text[4096];
	struct look run = {0};
	size_t n = 0;
	int begin = 0;

	for (int col = 0; col < cols;) {
		VTermPos at = {row, col};
		VTermScreenCell cell;
		struct look l;

		vterm_screen_get_cell(s, at, &cell);
		l = look_of(&cell);
		if (col > begin && (!same_look(&l, &run) || n + 64 > sizeof text)) {
			put_run(out, s, &run, row, begin, col - begin, text, n);
			begin = col;
			n = 0;
		}
		run = l;
		if (!cell.chars[0])
			text[n++] = ' ';
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			n += utf8_encode(cell.chars[i], text + n);
		col += cell.width > 1 ? cell.width : 1;
	}
	put_run(out, s, &run, row, begin, cols - begin, text, n);
}

void
vt_svg_begin(FILE *out, int rows, int cols, const char *title)
{
	int w = 2 * PAD + cols * CELL_W, h = BAR + 2 * PAD + rows * CELL_H;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		"role=\"img\" font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" "
		"font-size=\"15\" style=\"white-space:pre\">\n<title>", w, h, w, h);
	put_escaped(out, title, strlen(title));
	fprintf(out, "</title>\n<rect width=\"%d\" height=\"%d\" rx=\"9\" fill=\"#16181d\"/>\n", w, h);
	fprintf(out, "<path d=\"M0 %dV9a9 9 0 0 1 9-9H%da9 9 0 0 1 9 9V%dz\" fill=\"#2a2d35\"/>\n", BAR, w - 9, BAR);
	fprintf(out, "<text x=\"%d\" y=\"22\" fill=\"#aeb4c0\" text-anchor=\"middle\" font-size=\"13\">", w / 2);
	put_escaped(out, title, strlen(title));
	fputs("</text>\n", out);
}

void
vt_svg_frame(FILE *out, VTermScreen *screen, int rows, int cols, int n, double begin_s, double until_s,
	double whole_s)
{
	bool last = until_s >= whole_s;

	fprintf(out, "<style>#f%d{visibility:hidden;animation:f%d %.1fs step-end infinite}"
		"@keyframes f%d{0%%{visibility:%s}%.3f%%{visibility:visible}%.3f%%{visibility:%s}}"
		"@media(prefers-reduced-motion:reduce){#f%d{animation:none;visibility:%s}}</style>\n",
		n, n, whole_s, n, begin_s > 0 ? "hidden" : "visible", 100 * begin_s / whole_s,
		100 * until_s / whole_s, last ? "visible" : "hidden", n, last ? "visible" : "hidden");
	fprintf(out, "<g id=\"f%d\">\n", n);
	for (int row = 0; row < rows; row++)
		put_row(out, screen, row, cols);
	fputs("</g>\n", out);
}

void
vt_svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void
vt_write_svg(FILE *out, VTermScreen *screen, int rows, int cols, const char *title)
{
	vt_svg_begin(out, rows, cols, title);
	for (int row = 0; row < rows; row++)
		put_row(out, screen, row, cols);
	vt_svg_end(out);
}
