#include "case/timeline.h"

void
life_of_token(struct life *l, const struct case_token *t)
{
	struct claims c;

	*l = (struct life){.present = t->present};
	if (t->sent.payload) {
		claims_read(&c, t->sent.payload);
		l->from = c.iat.at;
		l->not_before = c.nbf.at;
		l->to = c.exp.at;
	}
	if (!l->from && t->obtained_wall_us > 0)
		l->from = t->obtained_wall_us / 1000000;
	if (!l->to && t->expires_in >= 0 && t->obtained_wall_us > 0)
		l->to = t->obtained_wall_us / 1000000 + t->expires_in;
}

void
timeline_read(struct timeline *out, const struct facts *f)
{
	const struct case_token *t;

	memset(out, 0, sizeof *out);
	out->now_s = f->server_now_s;
	out->local_s = f->now_s;
	out->leeway_s = f->leeway_s;
	out->skew_known = f->skew.known;
	if (!f->c)
		return;
	t = case_token(f->c, SLOT_ACCESS);
	if (t && t->present)
		life_of_token(&out->access, t);
	if (f->iat.known)
		out->access.from = f->iat.at;
	if (f->nbf.known)
		out->access.not_before = f->nbf.at;
	if (f->exp.known)
		out->access.to = f->exp.at;
	t = case_token(f->c, SLOT_REFRESH);
	if (t && t->present)
		life_of_token(&out->refresh, t);
	if (f->refresh_exp.known)
		out->refresh.to = f->refresh_exp.at;
}

void
life_range(const struct life *l, int64_t now, int64_t leeway, int64_t *from, int64_t *to)
{
	int64_t start = l->from && l->from < now ? l->from : now, end = now, step;

	/* not issued yet by this clock: the scale goes in steps, not with each second */
	if (l->from > now && l->to > l->from && l->to < INT64_MAX / 4) {
		step = (l->to - l->from) / 8 + 1;
		start = l->from - (l->from - now + step - 1) / step * step;
	}
	/* times far outside of what dates can be are the user's data, too */
	if (l->to && l->to < INT64_MAX / 4 && l->to + leeway > end)
		end = l->to + leeway;
	if (l->not_before > end && l->not_before < INT64_MAX / 4)
		end = l->not_before;
	if (start < -(INT64_MAX / 4))
		start = -(INT64_MAX / 4);
	*from = start;
	*to = end + (end - start) / 20 + 1;
}

/* --- the exchanges --- */

const char *const phase_names[PHASE_COUNT] = {"dns", "connect", "tls", "wait", "receive"};

enum { RUN_MIN_US = 1000, PAUSE_SHARE = 10 };

static void
read_bar(struct exchange_bar *b, const struct exchange *x)
{
	const struct timings *t = &x->result.timings;
	const int64_t phases[PHASE_COUNT] = {t->dns, t->connect, t->tls, t->wait, t->receive};

	*b = (struct exchange_bar){.known = x->result.sent_wall_us > 0};
	b->start = x->result.sent_wall_us;
	b->total = t->total > 0 ? t->total : 0;
	for (size_t i = 0; i < PHASE_COUNT; i++)
		b->phase[i] = phases[i] > 0 ? phases[i] : 0;
}

int64_t
waterfall_read(const struct case_file *c, struct exchange_bar *bars, bool *pauses)
{
	int64_t first = INT64_MAX, busy = 0, until = 0, cut = 0, run = RUN_MIN_US;

	for (size_t i = 0; i < c->n_exchanges; i++) {
		read_bar(&bars[i], c->exchanges[i]);
		busy += bars[i].total;
		if (bars[i].known && bars[i].start < first)
			first = bars[i].start;
	}
	if (first == INT64_MAX)
		return 0;
	if (pauses)
		*pauses = false;
	for (size_t i = 0; i < c->n_exchanges; i++) {
		struct exchange_bar *b = &bars[i];
		int64_t pause;

		if (!b->known)
			continue;
		b->start -= first;
		pause = b->start - until - busy / PAUSE_SHARE;
		if (b->start + b->total > until)
			until = b->start + b->total;
		if (pauses && pause > 0 && busy > 0) {
			cut += pause;
			*pauses = true;
		}
		b->start = b->start > cut ? b->start - cut : 0;
		if (b->start + b->total > run)
			run = b->start + b->total;
	}
	return run;
}
