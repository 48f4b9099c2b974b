#include "diagnose/chain.h"

/* Deeper rows stand no further to the right: a small screen must hold them. */
enum { CHAIN_DEPTH_SHOWN = 5 };

static const struct strokes {
	const char *pass, *branch, *last;
} unicode_strokes = {"│  ", "├─ ", "└─ "}, ascii_strokes = {"|  ", "|- ", "`- "};

/* The index of the finding it hangs under; d->n: none. */
static size_t
parent_of(const struct diagnosis *d, size_t i)
{
	const struct finding *f = &d->findings[i];

	/* a cause stands before its effects: the tree has no circle */
	for (size_t k = f->n_caused_by ? i : 0; k-- > 0;)
		for (size_t c = 0; c < f->n_caused_by; c++)
			if (d->findings[k].rule == f->caused_by[c])
				return k;
	return d->n;
}

/* The next finding behind `after` with this parent; d->n: none. */
static size_t
next_child(const struct diagnosis *d, size_t parent, size_t after)
{
	for (size_t i = after; i < d->n; i++)
		if (parent_of(d, i) == parent)
			return i;
	return d->n;
}

struct walk_state {
	const struct diagnosis *d;
	const struct strokes *s;
	struct chain_row *out;
	size_t n;
};

/* above: the strokes that the rows of this branch have in front. */
static void
add_branch(struct walk_state *w, size_t i, unsigned depth, const char *above)
{
	struct chain_row *row = &w->out[w->n++];
	char below[CHAIN_LEAD_MAX];
	bool last = !depth || next_child(w->d, parent_of(w->d, i), i + 1) == w->d->n;

	row->f = &w->d->findings[i];
	row->depth = depth;
	snprintf(row->lead, sizeof(row->lead), "%s%s", above,
		!depth         ? ""
			: last ? w->s->last
			       : w->s->branch);
	snprintf(below, sizeof(below), "%s%s", above,
		!depth || depth >= CHAIN_DEPTH_SHOWN ? "" : last ? "   " : w->s->pass);
	for (size_t k = next_child(w->d, i, i + 1); k < w->d->n; k = next_child(w->d, i, k + 1))
		add_branch(w, k, depth + 1, below);
}

size_t
chain_rows(const struct diagnosis *d, bool ascii, struct chain_row out[FINDINGS_MAX])
{
	struct walk_state w = {d, ascii ? &ascii_strokes : &unicode_strokes, out, 0};

	for (size_t i = next_child(d, d->n, 0); i < d->n; i = next_child(d, d->n, i + 1))
		add_branch(&w, i, 0, "");
	return w.n;
}

size_t
chain_words(const struct diagnosis *d, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i = next_child(d, i, i + 1))
		buf_printf(out, "%s%s", n++ ? " → " : "", d->findings[i].rule->id);
	return n;
}
