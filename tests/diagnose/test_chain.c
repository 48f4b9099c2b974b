/* The findings as a tree. */
#include "unit.h"

#include "diagnose/chain.h"

static const struct rule rules_here[] = {{.id = "clock"}, {.id = "expired"}, {.id = "rejected"}, {.id = "early"},
	{.id = "alone"}};
enum { CLOCK, EXPIRED, REJECTED, EARLY, ALONE };

static struct diagnosis d;

static struct finding *
add(int rule)
{
	struct finding *f = &d.findings[d.n++];

	memset(f, 0, sizeof(*f));
	f->rule = &rules_here[rule];
	return f;
}

static void
because(struct finding *f, int rule)
{
	f->caused_by[f->n_caused_by++] = &rules_here[rule];
}

static void
fill(void)
{
	struct finding *f;

	memset(&d, 0, sizeof(d));
	add(CLOCK);
	because(add(EXPIRED), CLOCK);
	f = add(REJECTED); /* the clock explains it, too, but by way of the expiry */
	because(f, CLOCK);
	because(f, EXPIRED);
	because(add(EARLY), CLOCK);
	add(ALONE);
}

static void
shows(bool ascii, const char *want)
{
	struct chain_row rows[FINDINGS_MAX];
	size_t n = chain_rows(&d, ascii, rows);
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s\n", rows[i].lead, rows[i].f->rule->id);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
}

static void
words(size_t n, const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	assert_int_equal(chain_words(&d, &b), n);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
}

static void
an_effect_hangs_under_its_nearest_cause(void **state)
{
	(void)state;
	fill();
	shows(false, "clock\n├─ expired\n│  └─ rejected\n└─ early\nalone\n");
	shows(true, "clock\n|- expired\n|  `- rejected\n`- early\nalone\n");
	words(3, "clock → expired → rejected");
}

static void
no_findings_no_rows(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	shows(false, "");
	words(0, "");
	add(ALONE);
	shows(false, "alone\n");
	words(1, "alone");
}

/* A cause that is no finding of this diagnosis, or stands behind its effect, hangs nothing. */
static void
causes_elsewhere_are_none(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	because(add(EXPIRED), CLOCK);
	because(add(REJECTED), ALONE);
	add(ALONE);
	shows(false, "expired\nrejected\nalone\n");
}

/* As deep as there can be findings: each once, and the strokes stay within their limit. */
static void
a_deep_chain_stays_narrow(void **state)
{
	static struct rule deep[FINDINGS_MAX];
	static char ids[FINDINGS_MAX][8];
	struct chain_row rows[FINDINGS_MAX];

	(void)state;
	memset(&d, 0, sizeof(d));
	for (size_t i = 0; i < FINDINGS_MAX; i++) {
		struct finding *f = add(ALONE);

		snprintf(ids[i], sizeof(ids[i]), "id%zu", i);
		deep[i].id = ids[i];
		f->rule = &deep[i];
		if (i) {
			f->caused_by[0] = &deep[i - 1];
			f->n_caused_by = 1;
		}
	}
	assert_int_equal(chain_rows(&d, false, rows), FINDINGS_MAX);
	for (size_t i = 0; i < FINDINGS_MAX; i++) {
		assert_ptr_equal(rows[i].f, &d.findings[i]);
		assert_int_equal(rows[i].depth, i);
		assert_true(strlen(rows[i].lead) < CHAIN_LEAD_MAX / 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_effect_hangs_under_its_nearest_cause),
		cmocka_unit_test(no_findings_no_rows),
		cmocka_unit_test(causes_elsewhere_are_none),
		cmocka_unit_test(a_deep_chain_stays_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
