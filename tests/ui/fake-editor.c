/* What the profile editor needs of the configuration, in little: strings and sources, and nothing is written. */
#include "ui/fake.h"

#include "base/mem.h"

static void
text(const struct profile *p, const struct profile_key *k, struct buf *out)
{
	const void *member = (const char *)p + k->at;

	if (k->kind == KEY_BOOL)
		buf_puts(out, *(const bool *)member ? "true" : "false");
	else if (k->kind == KEY_INT)
		buf_printf(out, "%d", *(const int *)member);
	else if (k->kind == KEY_SECRET && ((const char *const *)member)[1])
		buf_puts(out, ((const char *const *)member)[1]);
	else if (k->kind != KEY_SECRET && k->kind != KEY_LIST && *(const char *const *)member)
		buf_puts(out, *(const char *const *)member);
}

static enum res
set(struct profile *p, const struct profile_key *k, struct span s, struct err *e)
{
	void *member = (char *)p + k->at;
	int64_t n = k->dflt;

	if (k->kind == KEY_BOOL) {
		*(bool *)member = span_is(s, "true");
	} else if (k->kind == KEY_INT) {
		if (span_to_i64(s, &n) != RES_OK || n < k->min || n > k->max)
			return err_set(e, RES_RANGE, "%s: allowed: a whole number from %d to %d (%s)", k->name, k->min,
				k->max, k->unit);
		*(int *)member = (int)n;
	} else if (k->kind == KEY_SECRET) {
		if (s.n && !span_starts(s, "env ") && !span_starts(s, "file "))
			return err_set(e, RES_SYNTAX, "%s: give where it comes from, never the secret itself", k->name);
		profile_set((char **)member + 1, s);
	} else if (k->kind == KEY_URL && s.n && !span_starts(s, "https://")) {
		return err_set(e, RES_SYNTAX, "%s: not an absolute http or https URL", k->name);
	} else if (k->at == 0 && s.n && span_find(s, ' ') != SIZE_MAX) {
		return err_set(e, RES_SYNTAX, "name: allowed: letters, digits and . _ @ + -, no dot in front");
	} else if (k->kind != KEY_LIST) {
		profile_set(member, s);
	}
	return RES_OK;
}

static char *
where(void *ctx, const char *name, struct err *e)
{
	(void)ctx;
	if (!*name)
		err_set(e, RES_SYNTAX, "the profile has no name");
	else if (strcmp(name, "hand") == 0)
		err_set(e, RES_REFUSED, "a profile of that name is written by hand in tokentriage.conf:3, which is never "
			"rewritten; give this one another name");
	else
		return xasprintf("/home/u/.config/tokentriage/profiles.d/%s.conf", name);
	return NULL;
}

static enum res
save(void *ctx, const struct profile *p, char **path, struct err *e)
{
	*path = where(ctx, p->name, e);
	snprintf(fake.saved, sizeof(fake.saved), "%s %s %d", p->name, p->issuer ? p->issuer : "", p->timeout);
	return *path ? RES_OK : RES_REFUSED;
}

static enum res
test(void *ctx, const struct profile *p, struct err *e)
{
	(void)ctx;
	if (!p->issuer)
		return err_set(e, RES_REFUSED, "There is no issuer to ask for metadata.");
	fake.tests = 1;
	return RES_OK;
}

/* The second look finds the answer. */
static bool
tested(void *ctx, bool *good, char *words, size_t size)
{
	(void)ctx;
	*good = true;
	if (fake.tests++ > 1)
		snprintf(words, size, "The issuer answers, and its metadata is its own.");
	return fake.tests > 2;
}

static void
test_end(void *ctx)
{
	(void)ctx;
	fake.tests = 0;
}

const struct ui_profiles fake_editor = {text, set, where, save, test, tested, test_end};
