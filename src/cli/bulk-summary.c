#include "cli/bulk.h"

#include "base/text.h"

/* What has no cause of its own. */
static const char *
cause_of(const char *primary, enum state state)
{
	return primary && *primary ? primary : state == STATE_OK ? "ok" : "undetermined";
}

static struct bulk_group *
group_of(struct bulk_summary *s, const char *id, enum state state)
{
	struct bulk_group *g;

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].state == state && !strcmp(s->v[i].id, id))
			return &s->v[i];
	/* there are fewer causes than places; the last place takes what is of a later program */
	g = &s->v[s->n < BULK_GROUPS ? s->n++ : BULK_GROUPS - 1];
	if (!g->count) {
		text_safe_into(g->id, sizeof(g->id), span_of(id));
		g->state = state;
	}
	return g;
}

void
bulk_summary_add(struct bulk_summary *s, const char *primary, enum state state, const char *words,
	uint64_t line, int64_t at_s)
{
	struct bulk_group *g = group_of(s, cause_of(primary, state), state);

	if (!g->count++) {
		g->first_line = line;
		g->first_s = g->last_s = at_s;
		text_safe_into(g->summary, sizeof(g->summary), span_of(words));
	}
	g->last_line = line > g->last_line ? line : g->last_line;
	g->first_line = line < g->first_line ? line : g->first_line;
	g->first_s = at_s < g->first_s ? at_s : g->first_s;
	g->last_s = at_s > g->last_s ? at_s : g->last_s;
	s->total++;
}

static int
more(const void *a, const void *b)
{
	const struct bulk_group *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->id, y->id);
}

static uint64_t
count_of(const struct bulk_summary *s, enum state state)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->v[i].state == state ? s->v[i].count : 0;
	return n;
}

void
bulk_summary_text(struct bulk_summary *s, struct buf *out)
{
	char first[32], last[32];

	qsort(s->v, s->n, sizeof(*s->v), more);
	buf_printf(out, "%llu token%s: %llu healthy, %llu with a problem, %llu undetermined",
		(unsigned long long)s->total, s->total == 1 ? "" : "s",
		(unsigned long long)count_of(s, STATE_OK),
		(unsigned long long)count_of(s, STATE_PROBLEM),
		(unsigned long long)count_of(s, STATE_UNDETERMINED));
	if (s->resumed)
		buf_printf(out, " (%llu of them by a run before)", (unsigned long long)s->resumed);
	buf_puts(out, "\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct bulk_group *g = &s->v[i];

		buf_printf(out, "%10llu  %-13s %s\n", (unsigned long long)g->count,
			state_word(g->state), g->id);
		time_rfc3339(first, g->first_s);
		if (g->first_line == g->last_line)
			buf_printf(out, "            line %llu, %s\n",
				(unsigned long long)g->first_line, first);
		else
			buf_printf(out, "            lines %llu to %llu, %s to %s\n",
				(unsigned long long)g->first_line, (unsigned long long)g->last_line,
				first, time_rfc3339(last, g->last_s));
		if (*g->summary)
			buf_printf(out, "            %s%s\n", g->summary,
				g->count > 1 ? " (the first)" : "");
	}
}

struct json *
bulk_summary_json(struct bulk_summary *s)
{
	struct json *j = json_new_object(), *groups = json_new_array();
	char text[32];

	qsort(s->v, s->n, sizeof(*s->v), more);
	json_set_str(j, "schema", "tokentriage.bulk-summary/1");
	json_set_i64(j, "total", (int64_t)s->total);
	json_set_i64(j, "ok", (int64_t)count_of(s, STATE_OK));
	json_set_i64(j, "problem", (int64_t)count_of(s, STATE_PROBLEM));
	json_set_i64(j, "undetermined", (int64_t)count_of(s, STATE_UNDETERMINED));
	for (size_t i = 0; i < s->n; i++) {
		const struct bulk_group *g = &s->v[i];
		struct json *o = json_new_object();

		json_set_str(o, "cause", g->id);
		json_set_str(o, "state", state_id(g->state));
		json_set_i64(o, "count", (int64_t)g->count);
		json_set_i64(o, "first_line", (int64_t)g->first_line);
		json_set_i64(o, "last_line", (int64_t)g->last_line);
		json_set_str(o, "first_seen", time_rfc3339(text, g->first_s));
		json_set_str(o, "last_seen", time_rfc3339(text, g->last_s));
		json_set_str(o, "summary", g->summary);
		json_append_take(groups, o);
	}
	json_set_take(j, "groups", groups);
	return j;
}

int
bulk_summary_status(const struct bulk_summary *s)
{
	if (count_of(s, STATE_PROBLEM))
		return STATUS_PROBLEM;
	return count_of(s, STATE_UNDETERMINED) ? STATUS_UNDETERMINED : STATUS_OK;
}
