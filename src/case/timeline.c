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
	int64_t start = l->from && l->from < now ? l->from : now, end = now;

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
