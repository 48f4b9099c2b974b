/*
 * memory.so, preloaded into the program: when everything of it has ended, what its memory still
 * holds is searched for the values that TT_MEMORY_LIST names (a line each: NAME, tab, the bytes in
 * hexadecimal), and each place is written to TT_MEMORY_FOUND: NAME, the kind of memory, context.
 * Here the last destructor runs; freed memory is searched like any other.  With TT_MEMORY_KEEP nothing
 * is wiped: then the search must find.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NEEDLES = 4096, PIECE = 1 << 20, NEEDLE_MOST = 4096, CONTEXT = 24 };

struct needle {
	const char *name;
	unsigned char *bytes;
	size_t n;
};

/* One mapping of our own that is not searched: needles, the piece at hand, which beginnings there are. */
static struct world {
	struct needle v[NEEDLES];
	size_t n;
	unsigned char text[4 << 20], piece[PIECE + NEEDLE_MOST], begins[1 << 21];
	char maps[1 << 20];
} *w;

#define SEEN __attribute__((visibility("default")))

/* The program's one way to wipe, and its fortified name. */
SEEN void
explicit_bzero(void *p, size_t n)
{
	if (getenv("TT_MEMORY_KEEP"))
		return;
	memset(p, 0, n);
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

SEEN void __explicit_bzero_chk(void *p, size_t n, size_t room);

void
__explicit_bzero_chk(void *p, size_t n, size_t room)
{
	(void)room;
	explicit_bzero(p, n);
}

static unsigned
three(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16;
}

static int
digit(int c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void
read_list(const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned char *at = w->text;
	char *rest, *line;
	size_t n;

	if (!f)
		_exit(99);
	setvbuf(f, NULL, _IONBF, 0); /* nothing of it in the heap */
	n = fread(w->text, 1, sizeof(w->text) - 1, f);
	fclose(f);
	w->text[n] = '\0';
	rest = (char *)at;
	while ((line = strsep(&rest, "\n")) && *line && w->n < NEEDLES) {
		char *hex = strchr(line, '\t');
		struct needle *x = &w->v[w->n];

		*hex++ = '\0';
		*x = (struct needle){line, (unsigned char *)hex, strlen(hex) / 2};
		for (size_t i = 0; i < x->n; i++)
			x->bytes[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
		if (x->n < 8 || x->n > NEEDLE_MOST)
			_exit(98);
		w->begins[three(x->bytes) >> 3] |= (unsigned char)(1 << (three(x->bytes) & 7));
		w->n++;
	}
}

static void
say(FILE *out, const struct needle *x, const char *kind, const unsigned char *at, size_t before)
{
	fprintf(out, "%s\t%s\t", x->name, kind);
	for (const unsigned char *p = at - (before < CONTEXT ? before : CONTEXT); p < at; p++)
		fputc(*p >= 0x20 && *p < 0x7f && *p != '\t' ? *p : '.', out);
	fputc('\n', out);
}

static void
search(FILE *out, const char *kind, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i++) {
		unsigned key = three(w->piece + i);

		if (!(w->begins[key >> 3] & 1 << (key & 7)))
			continue;
		for (size_t k = 0; k < w->n; k++)
			if (w->v[k].n <= n - i && !memcmp(w->v[k].bytes, w->piece + i, w->v[k].n))
				say(out, &w->v[k], kind, w->piece + i, i);
	}
}

/* Piece by piece, each with the beginning of the next, so that nothing lies across a seam unseen. */
static void
search_range(FILE *out, const char *kind, size_t from, size_t to)
{
	for (size_t at = from; at < to; at += PIECE) {
		size_t n = to - at < sizeof(w->piece) ? to - at : sizeof(w->piece);
		struct iovec mine = {w->piece, n}, there = {(void *)at, n};
		ssize_t got = process_vm_readv(getpid(), &mine, 1, &there, 1, 0);

		if (got > 0)
			search(out, kind, (size_t)got);
	}
}

static void
look(void)
{
	const char *list = getenv("TT_MEMORY_LIST"), *found = getenv("TT_MEMORY_FOUND");
	FILE *f, *out;
	char *rest, *line;
	size_t n;

	if (!list || !found || !*list)
		return;
	w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (w == MAP_FAILED || !(out = fopen(found, "we")))
		_exit(97);
	setvbuf(out, NULL, _IONBF, 0);
	read_list(list);
	f = fopen("/proc/self/maps", "re");
	if (!f)
		_exit(96);
	setvbuf(f, NULL, _IONBF, 0);
	n = fread(w->maps, 1, sizeof(w->maps) - 1, f);
	fclose(f);
	w->maps[n] = '\0';
	rest = w->maps;
	n = 0;
	while ((line = strsep(&rest, "\n")) && *line) {
		size_t from, to;
		char mode[8], name[256] = "anonymous";

		if (sscanf(line, "%zx-%zx %7s %*s %*s %*s %255s", &from, &to, mode, name) < 3 ||
			mode[1] != 'w' || (from <= (size_t)w && (size_t)w < to))
			continue;
		n += to - from;
		search_range(out, strrchr(name, '/') ? strrchr(name, '/') + 1 : name, from, to);
	}
	fprintf(out, "searched\t%zu\t%zu\n", n, w->n);
	fclose(out);
}

__attribute__((destructor)) static void
at_the_end(void)
{
	look();
}
