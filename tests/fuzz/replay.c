/* replay [FILE|FOLDER…]: each file through the fuzzer once, as TAP; without arguments its kept corpus. */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

enum { INPUT_MAX = 1 << 20 };

static unsigned n;

static void
one(const char *path)
{
	struct err e = ERR_INIT;
	struct buf b;

	buf_init(&b, INPUT_MAX);
	if (file_read(path, &b, &e) != RES_OK) {
		printf("not ok %u - %s\n", ++n, e.text);
	} else {
		/* exactly as long as it is, so that reading behind its end is seen */
		uint8_t *copy = xmalloc(b.len ? b.len : 1);

		memcpy(copy, buf_span(&b).p, b.len);
		LLVMFuzzerTestOneInput(copy, b.len);
		free(copy);
		printf("ok %u - %s\n", ++n, path);
	}
	buf_release(&b);
}

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
each(const char *path)
{
	struct dirent **names;
	int found = scandir(path, &names, visible, alphasort);

	if (found < 0) {
		one(path);
		return;
	}
	for (int i = 0; i < found; i++) {
		char *file = xasprintf("%s/%s", path, names[i]->d_name);

		one(file);
		free(file);
		free(names[i]);
	}
	free(names);
}

int
main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '_'), *src = getenv("srcdir");

	for (int i = 1; i < argc; i++)
		each(argv[i]);
	if (argc == 1) {
		char *path = xasprintf("%s/tests/fuzz/corpus/%s", src ? src : ".", name ? name + 1 : "");

		each(path);
		free(path);
	}
	printf("1..%u\n", n);
	return 0;
}
