/*
 * What the program's start, keys and resizing are measured against: the least an ncurses
 * program can do.  A frame round the screen, a list with a bar, a blocking read.  Nothing is
 * gathered or tuned; what ncurses writes goes out as ncurses writes it.
 *
 *   j, Down / k, Up   the bar one line down or up, round at the ends
 *   q                 ends
 *   a new size        everything is drawn again
 */
#include <locale.h>
#include <ncurses.h>

enum { TOP = 2, MARGIN = 2 };

static int selected = TOP;

static int
bottom(void)
{
	return LINES - 1 - MARGIN;
}

/* Text never reaches past the frame. */
static int
room(void)
{
	return COLS > 2 * MARGIN ? COLS - 2 * MARGIN : 0;
}

static void
draw_line(int y)
{
	char line[80];

	snprintf(line, sizeof(line), " entry %-4d what a line of a form is about as long as ", y - 1);
	if (y == selected)
		attron(A_REVERSE);
	mvaddnstr(y, MARGIN, line, room());
	attroff(A_REVERSE);
}

static void
draw_all(void)
{
	erase();
	if (COLS > 1) /* ncurses 6.4 writes past the line of a window one column wide */
		box(stdscr, 0, 0);
	mvaddnstr(0, MARGIN, " A minimal program ", room());
	for (int y = TOP; y <= bottom(); y++)
		draw_line(y);
}

static void
move_bar(int by)
{
	int before = selected;

	selected += by;
	if (selected > bottom())
		selected = TOP;
	else if (selected < TOP)
		selected = bottom();
	draw_line(before);
	draw_line(selected);
}

int
main(void)
{
	setlocale(LC_ALL, "");
	initscr();
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	draw_all();
	for (;;) {
		refresh();
		switch (getch()) {
		case 'j':
		case KEY_DOWN:
			move_bar(1);
			break;
		case 'k':
		case KEY_UP:
			move_bar(-1);
			break;
		case KEY_RESIZE:
			draw_all();
			break;
		case 'q':
			endwin();
			return 0;
		case ERR: /* the terminal went away */
			endwin();
			return 1;
		}
	}
}
