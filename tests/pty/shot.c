/*
 * shot [-s COLSxROWS] [-t TITLE] [-o FILE] [-k KEYS]... -- PROGRAM ARGUMENT...
 *
 * Runs the program in a pseudo terminal, waits until it is idle, sends each KEYS (\r \e \t \xHH) and waits again, and
 * writes its last screen as a picture.  With several -o the screens of several moments: -k and -o in their order.
 *
 * -a FILE: a walk-through, every moment at which -d SECONDS stands is a frame that is seen so long.
 */
#include <getopt.h>
#include <stdlib.h>

#include "pty/svg.h"
#include "pty/vt.h"

struct shot {
	struct vt *t;
	const char *title;
	FILE *film;      /* -a; NULL: none */
	double whole_s, at_s;
	int frames;
};

static int
usage(void)
{
	fputs("usage: shot [-s COLSxROWS] [-t TITLE] [-a FILE] {-k KEYS | -o FILE | -d SECONDS}... -- PROGRAM ARGUMENT...\n", stderr);
	return 2;
}

/* "\\r" → CR and so on, in place. */
static void
unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] == 'x' && s[2] && s[3]) {
			char hex[3] = {s[2], s[3], '\0'};

			*out++ = (char)strtol(hex, NULL, 16);
			s += 4;
		} else if (s[0] == '\\' && s[1]) {
			*out++ = s[1] == 'r' ? '\r' : s[1] == 't' ? '\t' : s[1] == 'e' ? '\033' : s[1];
			s += 2;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

static bool
take(const struct shot *s, const char *path)
{
	FILE *out = fopen(path, "w");
	bool ok;

	if (!out) {
		perror(path);
		return false;
	}
	vt_write_svg(out, s->t->screen, s->t->rows, s->t->cols, s->title);
	ok = !ferror(out);
	return fclose(out) == 0 && ok;
}

static void
frame(struct shot *s, double seconds)
{
	if (!s->film)
		return;
	vt_svg_frame(s->film, s->t->screen, s->t->rows, s->t->cols, s->frames++, s->at_s, s->at_s + seconds,
		s->whole_s);
	s->at_s += seconds;
}

static bool
film_begin(struct shot *s, const char *path)
{
	s->film = fopen(path, "w");
	if (s->film)
		vt_svg_begin(s->film, s->t->rows, s->t->cols, s->title);
	else
		perror(path);
	return s->film != NULL;
}

static bool
film_end(struct shot *s)
{
	bool ok;

	if (!s->film)
		return true;
	vt_svg_end(s->film);
	ok = !ferror(s->film);
	return fclose(s->film) == 0 && ok;
}

static const char options[] = "s:t:k:o:a:d:";

static bool
play(struct shot *s, int argc, char **argv)
{
	int c;

	if (!vt_idle(s->t))
		return false;
	optind = 0;
	while ((c = getopt(argc, argv, options)) != -1) {
		if (c == 't')
			s->title = optarg;
		if (c == 'k') {
			unescape(optarg);
			vt_type(s->t, optarg);
			if (!vt_idle(s->t))
				return false;
		}
		if (c == 'o' && !take(s, optarg))
			return false;
		if (c == 'a' && !film_begin(s, optarg))
			return false;
		if (c == 'd')
			frame(s, strtod(optarg, NULL));
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct vt_options o = {.rows = 24, .cols = 80};
	struct shot s = {.title = "tokentriage"};
	int c;
	bool ok;

	while ((c = getopt(argc, argv, options)) != -1) {
		if (c == 'd')
			s.whole_s += strtod(optarg, NULL);
		if (c == '?' || (c == 's' && sscanf(optarg, "%dx%d", &o.cols, &o.rows) != 2))
			return usage();
	}
	if (optind >= argc || o.rows < 1 || o.cols < 1 || o.rows > 500 || o.cols > 500)
		return usage();
	s.t = vt_start((const char *const *)(uintptr_t)(argv + optind), &o);
	if (!s.t)
		return 1;
	ok = play(&s, argc, argv);
	ok = film_end(&s) && ok;
	vt_free(s.t);
	return ok ? 0 : 1;
}
