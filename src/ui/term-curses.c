/*
 * The one file that knows curses.  It finds the terminal, its modes and its strings; what changes
 * from frame to frame is for paint.h, and keys are read and decoded by ourselves (keys.h), so that
 * neither ESC nor a paste ever waits inside curses.
 *
 * curses writes when it likes; a slow terminal shows half frames then. So this file defines write()
 * itself: the dynamic linker finds it before libc's, for libncurses, too. What is meant for the
 * terminal is gathered and handed over in one write a frame; everything else passes through.
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

#include <curses.h>
#include <term.h>

#include "base/encode.h"
#include "base/mem.h"
#include "base/tr.h"
#include "ui/paint.h"

/* --- one write a frame ----------------------------------------------------------------------- */

static struct {
	int fd; /* what curses writes to; -1: pass everything through */
	int out; /* the same terminal, by a description that does not block where there is one */
	bool gone;
	size_t used, most; /* bytes that wait; that ever did */
} frame = {.fd = -1, .out = -1};
static struct term_traffic traffic;
static char frame_bytes[1 << 18];

enum { PATIENCE_MS = 1000 };

/* Not the flag of stdout itself, which is shared with the shell. */
static void
frame_open(void)
{
	frame.gone = false;
	frame.fd = STDOUT_FILENO;
	frame.out = open("/proc/self/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (frame.out < 0)
		frame.out = frame.fd;
}

static void
frame_close(void)
{
	if (frame.out != frame.fd)
		close(frame.out);
	frame.fd = frame.out = -1;
	wipe(frame_bytes, frame.most); /* a token may have been shown */
	frame.used = 0;
}

/* As much as the terminal takes now.  True: nothing waits. */
static bool
frame_send(void)
{
	size_t at = 0;

	while (at < frame.used && !frame.gone) {
		long k = syscall(SYS_write, frame.out, frame_bytes + at, frame.used - at);

		if (k >= 0) {
			at += (size_t)k;
			traffic.out += (unsigned long)k;
		} else if (errno == EAGAIN) {
			break;
		} else if (errno != EINTR) {
			frame.gone = true;
		}
	}
	frame.used = frame.gone ? 0 : frame.used - at;
	memmove(frame_bytes, frame_bytes + at, frame.used);
	return !frame.used;
}

/* All of it: a terminal that takes nothing for a second loses what it has not read yet. */
static void
frame_flush(void)
{
	struct pollfd p = {.fd = frame.out, .events = POLLOUT};
	bool forced = false;

	while (!frame_send()) {
		if (poll(&p, 1, PATIENCE_MS) != 0)
			continue;
		if (forced || tcflush(frame.out, TCOFLUSH) < 0)
			frame.gone = true;
		forced = true;
	}
}

ssize_t write(int fd, const void *p, size_t n) __attribute__((visibility("default")));

ssize_t
write(int fd, const void *p, size_t n)
{
	if (fd != frame.fd || fd < 0)
		return syscall(SYS_write, fd, p, n);
	if (frame.used + n > sizeof(frame_bytes))
		frame_flush();
	if (n > sizeof(frame_bytes))
		return syscall(SYS_write, fd, p, n);
	memcpy(frame_bytes + frame.used, p, n);
	frame.used += n;
	if (frame.used > frame.most)
		frame.most = frame.used;
	return (ssize_t)n;
}

static void
frame_add(const char *p, size_t n)
{
	if (write(frame.fd, p, n) < 0)
		frame.gone = true;
}

static void
frame_puts(const char *s)
{
	if (s)
		frame_add(s, strlen(s));
}

/* --- the terminal ---------------------------------------------------------------------------- */

struct terminal {
	SCREEN *screen;
	FILE *in;
	int rows, cols, colours;
	bool ascii, cursor, own_in;
	bool mixes; /* RGB colours by ISO 8613-6, palette colours by its terminfo entry */
	bool mouse; /* it is taken */
	char notice[160];
	struct paint paint;
};

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
/* Buttons and the wheel, no movements; coordinates as numbers (SGR) where it knows them. */
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

/*
 * For die() and fatal signals: nothing but write, tcflush and tcsetattr, with what was made ready
 * before.
 */
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
	/* where the terminal reads no more, what it has not read yet makes room */
	if (syscall(SYS_write, frame.out, rescue.bytes, rescue.n) != (long)rescue.n &&
		tcflush(frame.out, TCOFLUSH) == 0 &&
		syscall(SYS_write, frame.out, rescue.bytes, rescue.n) < 0)
		errno = 0;
	frame.fd = -1;
	tcsetattr(rescue.in, TCSAFLUSH, &rescue.modes);
}

/* NULL: the terminal has it not. */
static const char *
capability(const char *name)
{
	const char *s = tigetstr((NCURSES_CONST char *)(uintptr_t)name);

	return s == (const char *)-1 ? NULL : s;
}

/* A string without its padding "$<5>"; NULL: none. */
static size_t
bare(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; s && *s && n + 1 < size; s++) {
		if (s[0] == '$' && s[1] == '<') {
			while (s[1] && *s != '>')
				s++;
			continue;
		}
		out[n++] = *s;
	}
	out[n] = '\0';
	return n;
}

static void
rescue_add(const char *s)
{
	rescue.n += bare(rescue.bytes + rescue.n, sizeof(rescue.bytes) - rescue.n, s);
}

static void
rescue_arm(int in)
{
	rescue.n = 0;
	rescue.in = in;
	rescue_add(PASTE_OFF);
	if (capability("kmous"))
		rescue_add(MOUSE_OFF);
	rescue_add(capability("sgr0"));
	rescue_add(capability("op"));
	rescue_add(capability("cnorm"));
	rescue_add(capability("rmcup"));
	/*
	 * terminals that keep the cursor's visibility with its place (libvterm) hide it again here
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
				_("TERM=%.40s is not known here: taken for %s"), name ? name : "",
				others[i]);
	}
	return s;
}

static bool
says_direct(void)
{
	const char *term = getenv("COLORTERM");

	return (term && (strcmp(term, "truecolor") == 0 || strcmp(term, "24bit") == 0)) ||
		tigetflag("Tc") > 0 || tigetflag("RGB") > 0;
}

static void
set_colours(struct terminal *t, enum colour_mode mode)
{
	const char *no = getenv("NO_COLOR");

	if (mode == COLOUR_NEVER || (mode == COLOUR_AUTO && no && *no))
		return;
	if (tigetnum("colors") >= 8 && (capability("setaf") || capability("setf")))
		t->colours = tigetnum("colors");
	/* one that is told to mix red, green and blue by the usual sequence, beside a palette */
	t->mixes = t->colours && t->colours < COLOURS_DIRECT && says_direct();
	if (t->mixes)
		t->colours = COLOURS_DIRECT;
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
	t->rows = rows;
	t->cols = cols;
	paint_resize(&t->paint, rows, cols);
	return true;
}

/* --- its strings -----------------------------------------------------------------------------*/

static char *
decimal(char *at, int n)
{
	char digits[12];
	int k = 0;

	do
		digits[k++] = (char)('0' + n % 10);
	while (n /= 10);
	while (k > 0)
		*at++ = digits[--k];
	return at;
}

#define CUP_ANSI "\033[%i%p1%d;%p2%dH"
#define HPA_ANSI "\033[%i%p1%dG"

/* As nearly all terminals have it: the general way takes fifty times as long. */
static const char *
move_ansi(int row, int col, bool here)
{
	static char text[32] = "\033[";
	char *at = text + 2;

	if (!here) {
		at = decimal(at, row + 1);
		*at++ = ';';
	}
	at = decimal(at, col + 1);
	*at++ = here ? 'G' : 'H';
	*at = '\0';
	return text;
}

static const char *
move_general(int row, int col, bool here UNUSED)
{
	static char text[64];

	bare(text, sizeof(text), tiparm(capability("cup"), row, col));
	return text;
}

static void
learn_strings(struct paint_terminal *p)
{
	const char *hpa = capability("hpa");

	bare(p->clear, sizeof(p->clear), capability("clear"));
	bare(p->clear_end, sizeof(p->clear_end), capability("el"));
	p->clears_coloured = tigetflag("bce") > 0;
	p->last_cell_scrolls = tigetflag("am") > 0 && tigetflag("xenl") <= 0;
	p->move = move_general;
	if (strcmp(capability("cup"), CUP_ANSI) == 0 && hpa && strcmp(hpa, HPA_ANSI) == 0)
		p->move = move_ansi;
	p->put = frame_add;
}

/* The attributes, what turns them on, and their bits in "ncv": not together with colours. */
static const struct {
	unsigned look;
	const char *name;
	int no_colour;
} attributes[] = {{LOOK_BOLD, "bold", 32}, {LOOK_DIM, "dim", 16}, {LOOK_UNDERLINE, "smul", 2},
	{LOOK_REVERSE, "rev", 4}, {LOOK_ITALIC, "sitm", 1 << 15}};

/* "ESC [ numbers m" */
static bool
is_sgr(const char *s)
{
	return strncmp(s, "\033[", 2) == 0 && s[2 + strspn(s + 2, "0123456789;")] == 'm' &&
		s[strlen(s) - 1] == 'm' && strchr(s, 'm') == s + strlen(s) - 1;
}

/* One after the other; as one where they are of a kind: three bytes less, at every change. */
static void
add_string(char *out, size_t size, const char *s)
{
	char more[PAINT_STRING];
	size_t n = strlen(out);

	bare(more, sizeof(more), s);
	if (n && is_sgr(out) && is_sgr(more) && n + strlen(more) < size) {
		out[n - 1] = ';';
		memcpy(out + n, more + 2, strlen(more) - 1);
	} else {
		bare(out + n, size - n, more);
	}
}

static void
add_colour(const struct terminal *t, char *out, size_t size, const char *name,
	const char *old_name, int colour)
{
	static const int swapped[8] = {0, 4, 2, 6, 1, 5, 3, 7}; /* the old ones begin with blue */
	const char *s = capability(name);
	unsigned rgb = colour_rgb(colour);
	char mixed[40];

	if (colour < 0)
		return;
	if (t->mixes && colour & COLOUR_RGB) {
		snprintf(mixed, sizeof(mixed), "\033[%s;2;%u;%u;%um",
			strcmp(name, "setab") == 0 ? "48" : "38", rgb >> 16, rgb >> 8 & 255,
			rgb & 255);
		add_string(out, size, mixed);
		return;
	}
	/* an entry that mixes by itself takes 0 to 7 for the palette, all else for a mixture */
	if (!t->mixes && t->colours >= COLOURS_DIRECT && colour > 7)
		colour = rgb > 0 && rgb < 8 ? 8 : (int)rgb;
	if (!s) {
		s = capability(old_name);
		colour = colour < 8 ? swapped[colour] : colour;
	}
	if (s)
		add_string(out, size, tiparm(s, colour));
}

/* l becomes what of it can be had here. */
static void
look_string(const struct terminal *t, struct look *l, char *out, size_t size)
{
	bool coloured = l->fg >= 0 || l->bg >= 0;
	int never = coloured ? tigetnum("ncv") : 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		const char *s = capability(attributes[i].name);

		if (!s || (never > 0 && never & attributes[i].no_colour))
			l->attrs &= ~attributes[i].look;
		else if (l->attrs & attributes[i].look)
			add_string(out, size, s);
	}
	if (t->colours < 8)
		return;
	add_colour(t, out, size, "setaf", "setf", l->fg);
	add_colour(t, out, size, "setab", "setb", l->bg);
}

/*
 * Turns everything off.  "sgr0" also goes back to the usual characters, which are never left here;
 * and not all terminals' sees to the colours.
 */
static void
normal_string(const struct terminal *t, char *out, size_t size)
{
	static const char *const resets[] = {"\033[m", "\033[0m"};
	size_t n = bare(out, size, capability("sgr0"));

	for (size_t i = 0; i < ARRAY_SIZE(resets); i++) {
		if (strstr(out, resets[i])) {
			snprintf(out, size, "%s", resets[i]);
			return;
		}
	}
	if (t->colours)
		bare(out + n, size - n, capability("op"));
}

/* --- the interface ---------------------------------------------------------------------------- */

static struct terminal *
curses_open(const struct term_options *o, struct err *e)
{
	struct terminal *t = xcalloc(1, sizeof(*t));
	int in = STDIN_FILENO;

	paint_init(&t->paint);
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
	frame_open();
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
	set_colours(t, o->colour);
	learn_strings(&t->paint.t);
	doupdate(); /* out with what it has to say first */
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
	frame_close();
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
	if (t->mouse)
		frame_puts(MOUSE_OFF);
	if (t->cursor)
		curs_set(0);
	/* without another screen to come back from, it leaves the cursor in the last row that it
	 * knows */
	if (!capability("smcup") && (t->rows != LINES || t->cols != COLS))
		resizeterm(t->rows, t->cols);
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
	frame_close();
	paint_release(&t->paint);
	delscreen(t->screen);
	if (t->own_in)
		fclose(t->in);
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

	if (k >= 0) {
		traffic.in += (unsigned long)k;
		return k;
	}
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

/* Is all that `under` sets set by l, too? */
static bool
covers(const struct look *l, const struct look *under)
{
	return !(under->attrs & ~l->attrs) && (under->fg < 0 || l->fg >= 0) &&
		(under->bg < 0 || l->bg >= 0);
}

static void
curses_set_theme(struct terminal *t, const struct theme *theme)
{
	struct paint_terminal *p = &t->paint.t;
	struct look looks[UIR_COUNT];

	static_assert(UIR_COUNT <= 64, "a bit for each role");
	normal_string(t, p->normal, sizeof(p->normal));
	p->ink = 0;
	/* no looks where they cannot be turned off, or take cells of their own */
	for (int r = 0; r < UIR_COUNT && p->normal[0] && tigetnum("xmc") <= 0; r++) {
		struct look *l = &looks[r];

		*l = theme_look(theme, (enum ui_role)r, t->colours);
		look_string(t, l, p->look[r], sizeof(p->look[r]));
		p->anew[r][0] = '\0';
		if (is_sgr(p->normal) && is_sgr(p->look[r]))
			snprintf(p->anew[r], sizeof(p->anew[r]), "\033[0;%s", p->look[r] + 2);
		if (l->bg < 0 && !(l->attrs & (LOOK_UNDERLINE | LOOK_REVERSE)))
			p->ink |= UINT64_C(1) << r;
		p->covers[r] = 0;
		for (int under = 0; under <= r; under++) {
			if (covers(l, &looks[under]))
				p->covers[r] |= UINT64_C(1) << under;
			if (covers(&looks[under], l))
				p->covers[under] |= UINT64_C(1) << r;
		}
	}
	paint_looks_changed(&t->paint);
}

static void
curses_redraw(struct terminal *t)
{
	paint_forget(&t->paint);
}

static bool
curses_draw(struct terminal *t, const struct canvas *c)
{
	bool cursor = c->cursor_row >= 0;

	if (c->rows != t->rows || c->cols != t->cols)
		return !frame.gone;
	if (cursor != t->cursor) {
		curs_set(cursor);
		t->cursor = cursor;
	}
	paint_frame(&t->paint, c);
	frame_send();
	return !frame.gone;
}

static struct term_traffic
curses_traffic(const struct terminal *t)
{
	(void)t;
	return traffic;
}

static bool
curses_writable(struct terminal *t)
{
	(void)t;
	return frame_send();
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
	frame_send();
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
	if (t->mouse)
		frame_puts(MOUSE_ON);
	t->cursor = false;
	paint_forget(&t->paint);
	reset_prog_mode();
	doupdate();
	curs_set(0);
	ask_size(t);
}

static bool
curses_mouse(struct terminal *t, bool on)
{
	if (on && !capability("kmous"))
		return false;
	if (on != t->mouse)
		frame_puts(on ? MOUSE_ON : MOUSE_OFF);
	t->mouse = on;
	return true;
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
	.traffic = curses_traffic,
	.writable = curses_writable,
	.clip = curses_clip,
	.suspend = curses_suspend,
	.mouse = curses_mouse,
};
