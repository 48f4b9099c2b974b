/*
 * Cause ordering: nothing explains itself by a ring, and the result hangs on nothing but the case: not
 * on the order of the rules, nor on which of two answers of one instant was recorded first.
 */
#include "unit.h"

#include <dirent.h>

#include "base/mem.h"
#include "diagnose/fixture.h"
#include "diagnose/order.h"

enum { ROUNDS = 4 };

/* --- no ring ------------------------------------------------------------------------------ */

static size_t
index_of(struct span id)
{
	return (size_t)(rule_find(id) - rules);
}

/* 0 not seen, 1 on the way, 2 done */
static void
walk(size_t at, char *seen)
{
	struct span rest = span_of(rules[at].explains), word;

	seen[at] = 1;
	while (span_word(&rest, &word)) {
		size_t to = index_of(word);

		if (seen[to] == 1)
			fail_msg("%s explains %s, and is explained by it", rules[at].id, rules[to].id);
		if (!seen[to])
			walk(to, seen);
	}
	seen[at] = 2;
}

/* What a predicate changes in `explains` it only takes away: the table is the whole graph. */
static void
no_ring_of_causes(void **state)
{
	char *seen = xcalloc(rule_count, 1);

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		if (!seen[i])
			walk(i, seen);
	}
	free(seen);
}

/* --- shuffling ---------------------------------------------------------------------------- */

struct outcome_text {
	char text[4096];
};

static void
put_down(const struct diagnosis *d, struct outcome_text *out)
{
	struct buf b;

	buf_init(&b, sizeof(out->text) - 1);
	(void)buf_printf(&b, "%s", state_id(d->verdict.state));
	for (size_t i = 0; i < d->n; i++) {
		(void)buf_printf(&b, " %s:%s", d->findings[i].rule->id,
			severity_id(d->findings[i].severity));
		for (size_t k = 0; k < d->findings[i].n_caused_by; k++)
			(void)buf_printf(&b, "<%s", d->findings[i].caused_by[k]->id);
	}
	(void)snprintf(out->text, sizeof(out->text), "%s", buf_str(&b));
	buf_release(&b);
}

static void
shuffle(size_t *v, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		v[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k, t = v[i - 1];

		*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
		k = (size_t)(*seed >> 33) % i;
		v[i - 1] = v[k];
		v[k] = t;
	}
}

static void
rules_in_any_order(const struct facts *f, const char *path, uint64_t *seed)
{
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct outcome_text want, got;
	size_t *order = xcalloc(rule_count, sizeof(*order));

	diagnose(d, f, NULL);
	put_down(d, &want);
	for (int i = 0; i < ROUNDS; i++) {
		shuffle(order, rule_count, seed);
		diagnose_in_order(d, f, NULL, order);
		put_down(d, &got);
		if (strcmp(want.text, got.text) != 0)
			fail_msg("%s: in another order of rules\n%s\nbecomes\n%s", path, want.text,
				got.text);
	}
	free(order);
	free(d);
}

/* Two answers of one instant to different questions, neither of which changes what the other is about. */
static bool
may_swap(const struct exchange *a, const struct exchange *b)
{
	const enum purpose stays[] = {PURPOSE_DISCOVERY, PURPOSE_REFRESH, PURPOSE_TOKEN, PURPOSE_REVOCATION};

	for (size_t i = 0; i < ARRAY_SIZE(stays); i++) {
		if (a->purpose == stays[i] || b->purpose == stays[i])
			return false;
	}
	return a->purpose != b->purpose && !a->follows && !b->follows;
}

/* Both go out and are answered in the same instant. */
static void
same_instant(struct exchange *a, struct exchange *b)
{
	int64_t answered = a->result.answered_wall_us && b->result.answered_wall_us
		? a->result.answered_wall_us
		: 0;

	b->result.sent_wall_us = a->result.sent_wall_us;
	if (answered)
		b->result.answered_wall_us = answered;
}

static void
swap(struct case_file *c, size_t i)
{
	struct exchange *x = c->exchanges[i];

	c->exchanges[i] = c->exchanges[i + 1];
	c->exchanges[i + 1] = x;
	c->exchanges[i]->n = (uint32_t)i + 1;
	c->exchanges[i + 1]->n = (uint32_t)i + 2;
	c->revision++;
}

static bool
is_followed(const struct case_file *c, size_t i)
{
	for (size_t k = 0; k < c->n_exchanges; k++) {
		if (c->exchanges[k]->follows == i + 1 || c->exchanges[k]->follows == i + 2)
			return true;
	}
	return false;
}

static void
result_of(struct fixture *fx, struct diagnosis *d, struct outcome_text *out)
{
	struct facts f;

	facts_derive(&f, &fx->c, &fx->clock);
	diagnose(d, &f, NULL);
	put_down(d, out);
}

static size_t
exchanges_in_any_order(struct fixture *fx, const char *path)
{
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct outcome_text want, got;
	size_t swapped = 0;

	for (size_t i = 0; i + 1 < fx->c.n_exchanges; i++) {
		if (!may_swap(fx->c.exchanges[i], fx->c.exchanges[i + 1]) || is_followed(&fx->c, i))
			continue;
		same_instant(fx->c.exchanges[i], fx->c.exchanges[i + 1]);
		result_of(fx, d, &want);
		swap(&fx->c, i);
		swapped++;
		result_of(fx, d, &got);
		if (strcmp(want.text, got.text) != 0)
			fail_msg("%s: with exchanges %zu and %zu swapped\n%s\nbecomes\n%s", path, i + 1,
				i + 2, want.text, got.text);
		swap(&fx->c, i);
	}
	free(d);
	return swapped;
}

/* diagnose() asks no rule about a profile alone; here all of them are asked. */
static void
no_rule_speaks_of_a_profile(const struct fixture *fx, const char *path)
{
	struct case_file c;
	struct facts f;
	struct finding *out = xcalloc(1, sizeof(*out));

	case_init(&c);
	profile_copy(&c.profile, &fx->c.profile);
	memcpy(c.own_jkt, fx->c.own_jkt, sizeof(c.own_jkt));
	memcpy(c.own_x5t_s256, fx->c.own_x5t_s256, sizeof(c.own_x5t_s256));
	c.offline = fx->c.offline;
	assert_true(case_is_empty(&c));
	facts_derive(&f, &c, &fx->clock);
	for (size_t i = 0; i < rule_count; i++) {
		if (rules[i].check(&f, out) == RULE_FIRES)
			fail_msg("%s: %s fires where nothing is known", path, rules[i].id);
		memset(out, 0, sizeof(*out));
	}
	free(out);
	case_release(&c);
}

static size_t
one_case(const char *path)
{
	struct fixture fx;
	struct facts f;
	uint64_t seed = 1;
	size_t swapped;

	for (const char *p = path; *p; p++)
		seed = seed * 31 + (unsigned char)*p;
	fixture_read(&fx, path);
	facts_derive(&f, &fx.c, &fx.clock);
	rules_in_any_order(&f, path, &seed);
	swapped = exchanges_in_any_order(&fx, path);
	no_rule_speaks_of_a_profile(&fx, path);
	fixture_release(&fx);
	return swapped;
}

static void
the_case_alone_decides(void **state)
{
	const char *top = getenv("srcdir") ? getenv("srcdir") : ".";
	size_t cases = 0, swapped = 0;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		char folder[400], path[800];
		struct dirent *e;
		DIR *dir;

		(void)snprintf(folder, sizeof(folder), "%s/tests/diagnose/cases/%s", top, rules[i].id);
		dir = opendir(folder);
		while (dir && (e = readdir(dir))) {
			if (!strstr(e->d_name, ".case"))
				continue;
			(void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
			swapped += one_case(path);
			cases++;
		}
		if (dir)
			closedir(dir);
	}
	print_message("# %zu cases, %zu swaps\n", cases, swapped);
	assert_true(cases > 2 * rule_count && swapped > rule_count);
}

/* --- the steps ---------------------------------------------------------------------------- */

/* A walk without a token verifies nothing, and says so. */
static void
nothing_given_is_not_verified(void **state)
{
	struct fixture fx;
	struct facts f;
	struct diagnosis d;
	struct walk all = {0};

	(void)state;
	fixture_read_text(&fx, "no token", span_of("now: 2026-01-31T12:00:00Z\n"));
	for (int s = 0; s < STEP_COUNT; s++)
		all.steps[s] = STATE_OK;
	facts_derive(&f, &fx.c, &fx.clock);
	diagnose(&d, &f, &all);
	assert_int_equal(d.verdict.state, STATE_UNDETERMINED);
	for (int s = 0; s < STEP_DEBUG; s++)
		assert_int_not_equal(d.steps[s], STATE_OK);
	fixture_release(&fx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_ring_of_causes),
		cmocka_unit_test(the_case_alone_decides),
		cmocka_unit_test(nothing_given_is_not_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
