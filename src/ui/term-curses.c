/*
 * The one file that knows curses.  It draws canvases and nothing else: keys are read and decoded by
 * ourselves (keys.h), so that neither ESC nor a paste ever waits inside curses.
 *
 * ncurses flushes after every cursor movement, a write(2) a line; a slow terminal shows half frames
 * then. So this file defines write() itself: the dynamic linker finds it before libc's, for
 * libncurses, too. What is meant for the terminal is gathered and handed over in one write a frame;
 * everything else passes through.
 */
#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <wchar.h>

#include <curses.h>
#include <term.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/mem.h"
#include "base/utf8.h"

/* --- one write a frame ----------------------------------------------------------------------- */

static struct {
	int fd; /* -1: pass everything through */
	bool gone;
	unsigned long total; /* bytes written */
	size_t used, most; /* bytes that wait; that ever did */
	char bytes[1 << 18];
} frame = {.fd = -1};

static void
frame_flush(void)
{
	size_t at = 0;

	while (at < frame.used && !frame.gone) {
		long k = syscall(SYS_write, frame.fd, frame.bytes + at, frame.used - at);

		if (k >= 0) {
			at += (size_t)k;
			frame.total += (unsigned long)k;
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = frame.fd, .events = POLLOUT};

			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			frame.gone = true;
		}
	}
	frame.used = 0;
}

ssize_t write(int fd, const void *p, size_t n) __attribute__((visibility("default")));

ssize_t
write(int fd, const void *p, size_t n)
{
	if (fd != frame.fd || fd < 0)
		return syscall(SYS_write, fd, p, n);
	if (frame.used + n > sizeof(frame.bytes))
		frame_flush();
	if (n > sizeof(frame.bytes))
		return syscall(SYS_write, fd, p, n);
	memcpy(frame.bytes + frame.used, p, n);
	frame.used += n;
	if (frame.used > frame.most)
		frame.most = frame.used;
	return (ssize_t)n;
}

static void
frame_puts(const char *s)
{
	if (s && write(frame.fd, s, strlen(s)) < 0)
		frame.gone = true;
}

/* --- the terminal ---------------------------------------------------------------------------- */

struct terminal {
	SCREEN *screen;
	FILE *in;
	int rows, cols, colours;
	bool ascii, default_colours, cursor, whole, own_in;
	bool slow; /* the last frame had to wait: the terminal does not keep up */
	char notice[160];
	attr_t attrs[UIR_COUNT];
	short pairs[UIR_COUNT];
	struct cell *shown; /* what the terminal shows, rows * cols */
	bool stale;         /* … after a new size or theme, nothing of ours */
	cchar_t *line;      /* cols */
};

enum { SLOW_US = 10000 };

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

/* For die() and fatal signals: nothing but write and tcsetattr, with what was made ready before. */
static struct {
	bool armed;
	int in;
	struct termios modes;
	char bytes[256];
	size_t n;
	size_t cursor; /* where the bytes that show the cursor begin */
} rescue;

static void
rescue_run(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = false;
	if (syscall(SYS_write, frame.fd, rescue.bytes, rescue.n) < 0)
		errno = 0;
	frame.fd = -1;
	tcsetattr(rescue.in, TCSAFLUSH, &rescue.modes);
}

/* Appends a capability without its padding "$<5>". */
static void
rescue_add(const char *s)
{
	for (; s && s != (const char *)-1 && *s && rescue.n < sizeof(rescue.bytes); s++) {
		if (s[0] == '$' && s[1] == '<') {
			while (*s && *s != '>')
				s++;
			continue;
		}
		rescue.bytes[rescue.n++] = *s;
	}
}

static const char *
capability(const char *name)
{
	return tigetstr((NCURSES_CONST char *)(uintptr_t)name);
}

static void
rescue_arm(int in)
{
	rescue.n = 0;
	rescue.in = in;
	rescue_add(PASTE_OFF);
	rescue_add(capability("sgr0"));
	rescue_add(capability("op"));
	rescue_add(capability("cnorm"));
	rescue_add(capability("rmcup"));
	/* terminals that keep the cursor's visibility with its place (libvterm) hide it again here
	 */
	rescue.cursor = rescue.n;
	rescue_add(capability("cnorm"));
	rescue.armed = true;
	die_register(rescue_run);
}

static SCREEN *
try_newterm(const char *name, FILE *in)
{
	return newterm((NCURSES_CONST char *)(uintptr_t)name, stdout, in);
}

/* The terminal by its name, or by the nearest that serves. */
static SCREEN *
start_screen(struct terminal *t)
{
	const char *name = getenv("TERM");
	bool many = name && span_ends(span_of(name), "-256color");
	const char *const others[] = {many ? "xterm-256color" : "xterm", "xterm", "ansi"};
	SCREEN *s = name && *name ? try_newterm(name, t->in) : NULL;

	for (size_t i = 0; !s && i < ARRAY_SIZE(others); i++) {
		s = try_newterm(others[i], t->in);
		if (s)
			snprintf(t->notice, sizeof(t->notice),
				"TERM=%.40s is not known here: taken for %s", name ? name : "",
				others[i]);
	}
	return s;
}

static void
set_colours(struct terminal *t, enum colour_mode mode)
{
	const char *no = getenv("NO_COLOR");

	if (mode == COLOUR_NEVER || (mode == COLOUR_AUTO && no && *no) || !has_colors())
		return;
	start_color();
	t->default_colours = use_default_colors() == OK;
	t->colours = COLORS;
}

static bool
ask_size(struct terminal *t)
{
	struct winsize w;
	int rows = LINES, cols = COLS;

	if (ioctl(frame.fd, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
		rows = w.ws_row < CANVAS_MAX_ROWS ? w.ws_row : CANVAS_MAX_ROWS;
		cols = w.ws_col < CANVAS_MAX_COLS ? w.ws_col : CANVAS_MAX_COLS;
	}
	if (rows == t->rows && cols == t->cols)
		return false;
	if (rows != LINES || cols != COLS)
		resizeterm(rows, cols);
	t->rows = rows;
	t->cols = cols;
	free(t->shown);
	t->shown = xcalloc((size_t)rows * (size_t)cols, sizeof(*t->shown));
	t->stale = true;
	t->line = xreallocarray(t->line, (size_t)cols + 1, sizeof(*t->line));
	return true;
}

static struct terminal *
curses_open(const struct term_options *o, struct err *e)
{
	struct terminal *t = xcalloc(1, sizeof(*t));
	int in = STDIN_FILENO;

	if (!isatty(in)) {
		/* a token may come through stdin: the keys then come from the terminal itself */
		in = open("/dev/tty", O_RDONLY | O_CLOEXEC);
		t->own_in = in >= 0;
	}
	if (in < 0 || !isatty(STDOUT_FILENO) || tcgetattr(in, &rescue.modes) < 0) {
		err_set(e, RES_UNSUPPORTED, "there is no terminal");
		goto fail;
	}
	t->in = t->own_in ? fdopen(in, "r") : stdin;
	setlocale(LC_CTYPE, "");
	t->ascii = o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	/* the size comes from the terminal, whatever LINES and COLUMNS were exported */
	use_env(FALSE);
	use_tioctl(TRUE);
	frame.gone = false;
	frame.fd = STDOUT_FILENO;
	t->screen = start_screen(t);
	if (!t->screen || !capability("cup")) {
		err_set(e, RES_UNSUPPORTED, "the terminal (TERM=%s) cannot place a cursor",
			getenv("TERM") ? getenv("TERM") : "");
		goto fail;
	}
	rescue_arm(in);
	/*
	 * Raw: a pasted Ctrl-C, Ctrl-Z or Ctrl-S is a byte like any other.  What they mean as keys
	 * is for app.c.
	 */
	raw();
	noecho();
	nonl();
	typeahead(-1); /* no looking for keys, and no half a frame, when more of them wait */
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	set_colours(t, o->colour);
	curs_set(0);
	frame_puts(PASTE_ON);
	ask_size(t);
	return t;
fail:
	if (t->screen) {
		endwin();
		delscreen(t->screen);
	}
	frame_flush();
	frame.fd = -1;
	if (t->own_in && !t->in)
		close(in);
	else if (t->own_in)
		fclose(t->in);
	free(t);
	return NULL;
}

static void
leave(struct terminal *t)
{
	frame_puts(PASTE_OFF);
	if (t->cursor)
		curs_set(0);
	endwin();
	if (write(frame.fd, rescue.bytes + rescue.cursor, rescue.n - rescue.cursor) < 0)
		frame.gone = true;
	frame_flush();
}

static void
curses_close(struct terminal *t)
{
	if (!t)
		return;
	/* what was pasted and not read is not for the shell; once more for what came while the
	 * frame went out */
	tcflush(fileno(t->in), TCIFLUSH);
	leave(t);
	tcflush(fileno(t->in), TCIFLUSH);
	rescue.armed = false;
	frame.fd = -1;
	if (t->shown)
		wipe(t->shown, sizeof(*t->shown) * (size_t)(t->rows * t->cols));
	wipe(frame.bytes, frame.most); /* a token may have been shown */
	delscreen(t->screen);
	if (t->own_in)
		fclose(t->in);
	free(t->shown);
	free(t->line);
	free(t);
}

static int
curses_fd(const struct terminal *t)
{
	return fileno(t->in);
}

static long
curses_read(struct terminal *t, char *p, size_t n)
{
	ssize_t k = read(fileno(t->in), p, n);

	if (k >= 0)
		return k;
	return errno == EINTR || errno == EAGAIN ? -1 : 0;
}

static bool
curses_resized(struct terminal *t)
{
	return ask_size(t);
}

static void
curses_size(const struct terminal *t, int *rows, int *cols)
{
	*rows = t->rows;
	*cols = t->cols;
}

static bool
curses_ascii(const struct terminal *t)
{
	return t->ascii;
}

static int
curses_colours(const struct terminal *t)
{
	return t->colours;
}

static const char *
curses_notice(const struct terminal *t)
{
	return t->notice;
}

static attr_t
look_attrs(unsigned look)
{
	attr_t a = A_NORMAL;

	if (look & LOOK_BOLD)
		a |= A_BOLD;
	if (look & LOOK_DIM)
		a |= A_DIM;
	if (look & LOOK_UNDERLINE)
		a |= A_UNDERLINE;
	if (look & LOOK_REVERSE)
		a |= A_REVERSE;
	if (look & LOOK_ITALIC)
		a |= A_ITALIC;
	return a;
}

static void
curses_set_theme(struct terminal *t, const struct theme *theme)
{
	struct {
		int fg, bg;
	} known[UIR_COUNT + 1];
	short n = 1;

	known[0].fg = known[0].bg = COLOUR_DEFAULT;
	for (int r = 0; r < UIR_COUNT; r++) {
		struct look l = theme_look(theme, (enum ui_role)r, t->colours);
		short k;

		t->attrs[r] = look_attrs(l.attrs);
		t->pairs[r] = 0;
		if (t->colours < 8)
			continue;
		if (!t->default_colours) {
			l.fg = l.fg < 0 ? COLOR_WHITE : l.fg;
			l.bg = l.bg < 0 ? COLOR_BLACK : l.bg;
		}
		for (k = 0; k < n && (known[k].fg != l.fg || known[k].bg != l.bg); k++)
			;
		if (k == n && n < COLOR_PAIRS) {
			init_pair(n, (short)l.fg, (short)l.bg);
			known[n].fg = l.fg;
			known[n++].bg = l.bg;
		}
		t->pairs[r] = k < n ? k : 0;
	}
	t->stale = true;
}

static void
curses_redraw(struct terminal *t)
{
	t->whole = true;
}

static void
to_curses(const struct terminal *t, const struct canvas *c, const struct cell *x, cchar_t *out)
{
	wchar_t text[2 + CANVAS_MARKS] = {(wchar_t)x->cp};

	/* where the C library disagrees about a width, the row would shift */
	if (x->cp >= 0x80 && wcwidth((wchar_t)x->cp) != (x->flags & CELL_WIDE ? 2 : 1))
		text[0] = '?';
	for (int i = 0; x->marks && i < CANVAS_MARKS && c->clusters[x->marks - 1][i]; i++)
		text[1 + i] = (wchar_t)c->clusters[x->marks - 1][i];
	setcchar(out, text, t->attrs[x->role], t->pairs[x->role], NULL);
}

/* What a frame leaves blank need not be handed to curses: on a large screen that is most of it. */
static void
start_blank(struct terminal *t)
{
	const struct cell blank = {' ', 0, UIR_TEXT, 0};
	cchar_t x;

	setcchar(&x, L" ", t->attrs[UIR_TEXT], t->pairs[UIR_TEXT], NULL);
	bkgrndset(&x);
	erase();
	for (size_t i = 0; i < (size_t)t->rows * (size_t)t->cols; i++)
		t->shown[i] = blank;
	t->stale = false;
}

/* The cells [*from, *to) of a row that are not as the terminal shows them; false: none. */
static bool
changed(const struct terminal *t, const struct canvas *c, int row, int *from, int *to)
{
	const struct cell *now = &c->cells[row * c->cols], *old = &t->shown[row * c->cols];

	*from = 0;
	*to = c->cols;
	/* most rows are; a cell with marks counts as changed: its marks are not kept */
	if (!c->n_clusters && memcmp(now, old, sizeof(*now) * (size_t)c->cols) == 0)
		return false;
	while (*from < *to && !now[*from].marks &&
		memcmp(&now[*from], &old[*from], sizeof(*now)) == 0)
		++*from;
	while (*to > *from && !now[*to - 1].marks &&
		memcmp(&now[*to - 1], &old[*to - 1], sizeof(*now)) == 0)
		--*to;
	/* whole wide characters only */
	if (*from < *to && now[*from].flags & CELL_CONT)
		--*from;
	return *from < *to;
}

static void
draw_row(struct terminal *t, const struct canvas *c, int row)
{
	const struct cell *now = &c->cells[row * c->cols];
	int from, to, n = 0;

	if (!changed(t, c, row, &from, &to))
		return;
	for (int col = from; col < to; col++) {
		/* most cells are as the one before them */
		if (n > 0 && !now[col].marks && !now[col].flags &&
			memcmp(&now[col], &now[col - 1], sizeof(*now)) == 0) {
			t->line[n] = t->line[n - 1];
			n++;
		} else if (!(now[col].flags & CELL_CONT)) {
			to_curses(t, c, &now[col], &t->line[n++]);
			if (now[col].flags & CELL_WIDE && wcwidth((wchar_t)now[col].cp) != 2)
				t->line[n] = t->line[n - 1], n++;
		}
	}
	mvadd_wchnstr(row, from, t->line, n);
	memcpy(&t->shown[row * c->cols + from], &now[from], sizeof(*now) * (size_t)(to - from));
}

static bool
curses_draw(struct terminal *t, const struct canvas *c)
{
	bool cursor = c->cursor_row >= 0;
	int64_t from;

	if (c->rows != t->rows || c->cols != t->cols)
		return !frame.gone;
	if (t->whole) {
		clearok(curscr, TRUE);
		t->whole = false;
	}
	if (t->stale)
		start_blank(t);
	for (int row = 0; row < c->rows; row++)
		draw_row(t, c, row);
	if (cursor != t->cursor) {
		leaveok(stdscr, !cursor);
		curs_set(cursor);
		t->cursor = cursor;
	}
	if (cursor)
		move(c->cursor_row, c->cursor_col);
	wnoutrefresh(stdscr);
	doupdate();
	from = clock_mono_us(&clock_system);
	frame_flush();
	t->slow = clock_mono_us(&clock_system) - from > SLOW_US;
	return !frame.gone;
}

static unsigned long
curses_written(const struct terminal *t)
{
	(void)t;
	return frame.total;
}

static bool
curses_writable(const struct terminal *t)
{
	struct pollfd p = {.fd = frame.fd, .events = POLLOUT};

	return !t->slow || poll(&p, 1, 0) != 0;
}

static void
curses_clip(struct terminal *t, struct span text)
{
	struct buf b;

	(void)t;
	buf_init_wiping(&b, 2 * text.n + 64);
	buf_puts(&b, "\033]52;c;");
	base64_encode(&b, text);
	buf_putc(&b, '\a');
	if (buf_status(&b) == RES_OK)
		frame_puts(buf_str(&b));
	buf_release(&b);
	frame_flush();
}

static void
curses_suspend(struct terminal *t)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL}, ours;

	leave(t);
	sigemptyset(&dfl.sa_mask);
	sigaction(SIGTSTP, &dfl, &ours);
	raise(SIGTSTP);
	/* here again after SIGCONT */
	sigaction(SIGTSTP, &ours, NULL);
	tcgetattr(fileno(t->in), &rescue.modes);
	frame_puts(PASTE_ON);
	t->cursor = false;
	t->whole = true;
	reset_prog_mode();
	refresh();
	curs_set(0);
	ask_size(t);
}

const struct term_ops term_curses = {
	.open = curses_open,
	.close = curses_close,
	.fd = curses_fd,
	.read = curses_read,
	.resized = curses_resized,
	.size = curses_size,
	.ascii = curses_ascii,
	.colours = curses_colours,
	.notice = curses_notice,
	.set_theme = curses_set_theme,
	.draw = curses_draw,
	.redraw = curses_redraw,
	.written = curses_written,
	.writable = curses_writable,
	.clip = curses_clip,
	.suspend = curses_suspend,
};
