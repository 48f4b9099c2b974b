/* Step 2 on the screen: the times joined, the two clocks, the leeway, the time left. */
#include "wizard/fields-rooms.h"

#include "base/text.h"
#include "base/tr.h"

static const char *
form_words(enum num_form form)
{
	static const char *const words[] = {[NUM_FLOAT] = N_(", written as a fraction"),
		[NUM_STRING] = N_(", written as a string"),
		[NUM_MILLISECONDS] = N_(", written in milliseconds"),
		[NUM_ISO_DATE] = N_(", written as a date")};

	return form < ARRAY_SIZE(words) && words[form] ? tr(words[form]) : "";
}

void
field_time(struct field_list *l, const struct facts *f, const char *key, const struct fact_time *t,
	bool local)
{
	char when[40], span[32], source[80];
	int64_t left = t->at - f->server_now_s;
	struct field *row;

	if (!t->known)
		return;
	row = field_value(l, key, time_screen(when, t->at, local), t->from);
	field_mean(row, form_words(t->form)[0] ? STATE_WARNING : STATE_OK,
		left > 0 ? _("in %s, from %s%s") : _("%s ago, from %s%s"),
		span_from_now(span, left), fact_source(f, t->from, source, sizeof source),
		form_words(t->form));
}

static void
clock_rows(struct field_list *l, const struct facts *f, bool local)
{
	char when[40], span[32], text[120], source[80];
	struct field *row;
	const struct exchange *x =
		case_exchange(f->c, (uint32_t)(f->skew.known ? f->skew.from : 0));
	int64_t date;

	field_heading(l, _("Clocks"), _("when they were compared"), f->skew.from);
	if (!x || !exchange_server_date(x, &date)) {
		row = field_words(
			l, "server_clock", _("server's clock"), _("not known"), FROM_NOWHERE);
		field_mean(row, STATE_UNDETERMINED, "%s", _("no answer carried a Date header"));
		return;
	}
	field_words(l, "local_clock", _("local clock"),
		time_screen(when, x->result.answered_wall_us / 1000000, local), FROM_CLOCK);
	row = field_words(l, "server_clock", _("server's clock"), time_screen(when, date, local),
		f->skew.from);
	field_mean(row, STATE_OK, _("%s, by its Date header"), f->skew.host);
	time_span(span, (int64_t)(f->skew.seconds < 0 ? -f->skew.seconds : f->skew.seconds));
	text_format(text, sizeof text, "%+.1f s ± %.1f s", f->skew.seconds, f->skew.error);
	row = field_words(l, "clock_difference", _("difference"), text, f->skew.from);
	if (f->skew.seconds > -f->skew.error - 2 && f->skew.seconds < f->skew.error + 2)
		field_mean(row, STATE_OK, _("the clocks agree, by %s"),
			fact_source(f, f->skew.from, source, sizeof source));
	else
		field_mean(row,
			f->skew.seconds > -30 && f->skew.seconds < 30 ? STATE_OK : STATE_PROBLEM,
			f->skew.seconds > 0 ? _("the server is %s ahead")
					    : _("the server is %s behind"),
			span);
}

static const char *
left_words(enum state s, bool server)
{
	if (s == STATE_PROBLEM)
		return server ? _("expired, by the server's clock")
			      : _("expired, by the local clock");
	if (s == STATE_WARNING)
		return server ? _("about to expire, by the server's clock")
			      : _("about to expire, by the local clock");
	return server ? _("still good, by the server's clock")
		      : _("still good, by the local clock");
}

/* Of one width while it counts down by seconds: a row that shrinks would move all below it. */
static void
left_value(char *out, size_t size, int64_t left)
{
	char span[32];

	if (left > 0 && left < 3600)
		text_format(out, size, "%2d m %02d s", (int)left / 60, (int)left % 60);
	else
		text_format(out, size, left > 0 ? "%s" : _("expired %s ago"),
			time_span(span, left));
}

static void
left_row(struct field_list *l, const struct facts *f)
{
	struct field *row;
	char value[64];
	int64_t left;

	if (!facts_remaining(f, &left)) {
		row = field_words(l, "time_left", _("time left"), _("not known"), FROM_NOWHERE);
		field_mean(row, STATE_UNDETERMINED, "%s",
			_("neither introspection nor the token nor a token response states an "
			"expiry"));
		return;
	}
	left_value(value, sizeof value, left);
	row = field_words(l, "time_left", _("time left"), value, f->exp.from);
	row->state = left <= 0 ? STATE_PROBLEM : left < 60 ? STATE_WARNING : STATE_OK;
	field_mean(row, row->state, "%s", left_words(row->state, f->skew.known));
}

enum { SAME_S = 60 }; /* the way of a response, and rounding */

/* Where the sources do not agree on the end, the row of the one that is used says so. */
static void
exp_disagreement(struct field *row, const struct facts *f, bool local)
{
	const struct claim_time *said = f->introspected ? &f->introspected->exp : NULL;
	const struct claim_time *own = f->claimed ? &f->claimed->exp : NULL;
	char when[40];

	if (said && own && said->form != NUM_ABSENT && own->form != NUM_ABSENT &&
		said->form != NUM_OTHER && own->form != NUM_OTHER && said->at != own->at)
		field_mean(row, STATE_WARNING, _("%s, but the token itself says %s"), row->meaning,
			time_screen(when, own->at, local));
}

/*
 * expires_in counts from when the response came, exp is a date: both should mean the same moment.
 */
static void
expires_in_row(struct field_list *l, const struct facts *f, const struct case_token *t)
{
	char text[80], span[32];
	struct field *row;
	int64_t ahead;

	if (t->expires_in < 0)
		return;
	text_format(text, sizeof text, "%lld s", (long long)t->expires_in);
	row = field_value(l, "expires_in", text, (int)t->from);
	field_mean(row, STATE_OK, "%s", _("life stated by the token response"));
	if (!f->exp.known || t->obtained_wall_us <= 0 || f->exp.from == (int)t->from)
		return;
	ahead = t->obtained_wall_us / 1000000 + (f->server_now_s - f->now_s) + t->expires_in -
		f->exp.at;
	if (ahead > SAME_S || ahead < -SAME_S)
		field_mean(row, STATE_WARNING,
			ahead > 0 ? _("life stated by the token response: it ends %s after exp")
				  : _("life stated by the token response: it ends %s before exp"),
			span_about(span, ahead));
}

void
wizard_timeline(const struct wizard *w, struct timeline *out)
{
	timeline_read(out, wizard_facts(w));
}

void
fields_expiry(struct field_list *l, const struct wizard *w, bool local)
{
	const struct facts *f = wizard_facts(w);
	const struct case_token *t;
	char text[80];

	if (!f->c)
		return;
	field_heading(l, _("Life of the access token"), "", FROM_NOWHERE);
	left_row(l, f);
	field_time(l, f, "exp", &f->exp, local);
	if (f->exp.known)
		exp_disagreement(&l->v[l->n - 1], f, local);
	field_time(l, f, "nbf", &f->nbf, local);
	field_time(l, f, "iat", &f->iat, local);
	t = case_token(f->c, SLOT_ACCESS);
	expires_in_row(l, f, t);
	if (f->exp.known && f->iat.known) {
		char span[32];

		field_mean(field_words(l, "lifetime", _("lifetime"),
				   time_span(span, f->exp.at - f->iat.at), f->exp.from),
			STATE_OK, "%s", _("from issue to expiry"));
	}
	text_format(text, sizeof text, "%lld s", (long long)f->leeway_s);
	field_mean(field_words(l, "leeway", _("leeway"), text, FROM_PROFILE), STATE_OK, "%s",
		_("tolerance when times are compared; servers have one of their own"));
	clock_rows(l, f, local);
	if (f->refresh_exp.known) {
		field_heading(l, _("Life of the refresh token"), "", FROM_NOWHERE);
		field_time(l, f, "refresh_exp", &f->refresh_exp, local);
	}
}
