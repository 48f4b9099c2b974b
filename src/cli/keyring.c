#include "cli/keyring.h"

#include <sys/uio.h>

#include "base/mem.h"
#include "cli/modules.h"
#include "engine/keyring.h"

/* What the child is to do; its own copy after the fork. */
struct errand {
	const char *name;
	struct span value; /* put; without bytes: get */
	bool put;
};

/* Exit statuses of the child, behind which its stderr has the words. */
enum { DONE, FAILED, ABSENT };

/* By writev(2): the screen's write(2) keeps what goes to the terminal's descriptor for its next
 * frame. */
static bool
write_whole(struct span s)
{
	while (s.n) {
		struct iovec v = {(void *)(uintptr_t)s.p, s.n};
		ssize_t n = writev(STDOUT_FILENO, &v, 1);

		if (n <= 0)
			return false;
		s = span_from(s, (size_t)n);
	}
	return true;
}

/* In the child. */
static int
run(void *ctx)
{
	const struct errand *a = ctx;
	struct err e = ERR_INIT;
	const struct keyring_ops *ops = modules_keyring(&e);
	enum res r = ops ? RES_OK : RES_UNSUPPORTED;
	struct buf value;

	buf_init_wiping(&value, KEYRING_VALUE_MAX);
	if (r == RES_OK)
		r = a->put ? ops->put(a->name, a->value, &e) : ops->get(a->name, &value, &e);
	if (r == RES_OK && !write_whole(buf_span(&value)))
		r = err_set(&e, RES_IO, "the value could not be handed on");
	buf_release(&value);
	if (r != RES_OK)
		fprintf(stderr, "%s\n", e.text);
	return r == RES_OK ? DONE : r == RES_NOTFOUND ? ABSENT : FAILED;
}

enum res
keyring_begin(struct child *c, const char *name, struct err *e)
{
	struct errand a = {.name = name};

	return child_start_own(c, "the keyring", run, &a, KEYRING_MS, e);
}

static enum res
wait_for(struct errand *a, struct buf *out, struct err *e)
{
	struct child c;
	enum res r;

	child_init(&c);
	c.out.max = KEYRING_VALUE_MAX;
	r = child_start_own(&c, "the keyring", run, a, KEYRING_MS, e);
	if (r != RES_OK)
		return r;
	r = child_wait(&c, e);
	if (r != RES_OK && c.status == ABSENT)
		r = e->code = RES_NOTFOUND;
	if (r == RES_OK && out)
		r = buf_add_span(out, buf_span(&c.out));
	child_release(&c);
	return r;
}

static enum res
get(const char *name, struct buf *out, struct err *e)
{
	return wait_for(&(struct errand){.name = name}, out, e);
}

static enum res
put(const char *name, struct span value, struct err *e)
{
	return wait_for(&(struct errand){.name = name, .value = value, .put = true}, NULL, e);
}

void
keyring_init(void)
{
	static const struct keyring_ops ops = {get, put};

	keyring_set(&ops);
}
