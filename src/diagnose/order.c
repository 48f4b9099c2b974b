#include "diagnose/order.h"

#include "base/mem.h"

struct order {
	bool explains[FINDINGS_MAX][FINDINGS_MAX];
	enum severity weight[FINDINGS_MAX]; /* the gravest of itself and what it leads to */
	bool placed[FINDINGS_MAX];
};

static bool
explains(const struct finding *a, const struct finding *b)
{
	return a != b && a->explains && span_has_word(span_of(a->explains), b->rule->id);
}

static void
drop_umbrellas(struct diagnosis *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		bool drop = false;

		for (size_t k = 0; k < d->n && d->findings[i].rule->umbrella && !drop; k++)
			drop = explains(&d->findings[k], &d->findings[i]) &&
				/* two umbrellas: the one that explains the other stays */
				(!d->findings[k].rule->umbrella || k != i);
		if (drop)
			continue;
		if (kept != i)
			d->findings[kept] = d->findings[i];
		kept++;
	}
	d->n = kept;
}

static void
relate(struct order *o, const struct diagnosis *d)
{
	bool changed = true;

	for (size_t i = 0; i < d->n; i++) {
		o->weight[i] = d->findings[i].severity;
		for (size_t k = 0; k < d->n; k++)
			o->explains[i][k] = explains(&d->findings[i], &d->findings[k]);
	}
	while (changed) { /* severities only rise: at most d->n rounds of two steps */
		changed = false;
		for (size_t i = 0; i < d->n; i++) {
			for (size_t k = 0; k < d->n; k++) {
				if (o->explains[i][k] && o->weight[k] > o->weight[i]) {
					o->weight[i] = o->weight[k];
					changed = true;
				}
			}
		}
	}
}

/* Does finding i stand before k, when nothing else orders them? */
static bool
before(const struct order *o, const struct diagnosis *d, size_t i, size_t k)
{
	const struct finding *a = &d->findings[i], *b = &d->findings[k];

	if (o->weight[i] != o->weight[k])
		return o->weight[i] > o->weight[k];
	if (a->rule->umbrella != b->rule->umbrella)
		return b->rule->umbrella;
	if (a->open != b->open) /* what is certain first */
		return b->open;
	if (a->rule->rank != b->rule->rank)
		return a->rule->rank < b->rule->rank;
	if (a->step != b->step)
		return a->step < b->step;
	return strcmp(a->rule->id, b->rule->id) < 0;
}

static size_t
next_of(const struct order *o, const struct diagnosis *d)
{
	size_t best = SIZE_MAX, best_any = SIZE_MAX;

	for (size_t i = 0; i < d->n; i++) {
		bool waits = false;

		if (o->placed[i])
			continue;
		for (size_t k = 0; k < d->n; k++)
			waits = waits || (!o->placed[k] && o->explains[k][i]);
		if (!waits && (best == SIZE_MAX || before(o, d, i, best)))
			best = i;
		if (best_any == SIZE_MAX || before(o, d, i, best_any))
			best_any = i;
	}
	return best != SIZE_MAX ? best : best_any; /* a ring of causes: the gravest first */
}

static void
name_causes(struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++) {
		struct finding *f = &d->findings[i];

		f->n_caused_by = 0;
		for (size_t k = 0; k < i && f->n_caused_by < FINDING_CAUSES; k++) {
			if (explains(&d->findings[k], f))
				f->caused_by[f->n_caused_by++] = d->findings[k].rule;
		}
	}
}

void
order_findings(struct diagnosis *d)
{
	struct order *o;
	struct finding *sorted;

	drop_umbrellas(d);
	if (!d->n)
		return;
	o = xcalloc(1, sizeof(*o));
	sorted = xcalloc(d->n, sizeof(*sorted));
	relate(o, d);
	for (size_t i = 0; i < d->n; i++) {
		size_t at = next_of(o, d);

		sorted[i] = d->findings[at];
		o->placed[at] = true;
	}
	memcpy(d->findings, sorted, d->n * sizeof(*sorted));
	free(sorted);
	free(o);
	name_causes(d);
}
