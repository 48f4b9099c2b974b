#include "wizard/fields.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "wizard/fields-rooms.h"

void
field_list_init(struct field_list *l)
{
	memset(l, 0, sizeof *l);
}

void
field_list_release(struct field_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].value);
		free(l->v[i].meaning);
	}
	free(l->v);
	field_list_init(l);
}

enum { FIELD_TEXT_MAX = 4096 };

struct field *
field_add(struct field_list *l, enum field_kind kind, const char *key, struct span name,
	struct span value, int from)
{
	struct field *f;

	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 32;
		l->v = xreallocarray(l->v, l->cap, sizeof *l->v);
	}
	f = &l->v[l->n++];
	memset(f, 0, sizeof *f);
	f->kind = kind;
	f->name = text_safe_dup(name, 64);
	f->value = text_safe_dup(value, FIELD_TEXT_MAX);
	f->meaning = xstrdup("");
	f->state = STATE_OK;
	f->from = from;
	text_safe_into(f->key, sizeof f->key, span_of(key));
	return f;
}

void
field_mean(struct field *f, enum state state, const char *fmt, ...)
{
	char text[LIMIT_MESSAGE];
	va_list ap;

	va_start(ap, fmt);
	text_vformat(text, sizeof text, fmt, ap);
	va_end(ap);
	free(f->meaning);
	f->meaning = text_safe_dup(span_of(text), sizeof text);
	f->state = state;
}

struct field *
field_heading(struct field_list *l, const char *name, const char *value, int from)
{
	return field_add(l, FIELD_HEADING, "", span_of(name), span_of(value), from);
}

struct field *
field_note(struct field_list *l, enum state state, const char *text)
{
	struct field *f = field_add(l, FIELD_NOTE, "", SPAN_EMPTY, span_of(text), FROM_NOWHERE);

	f->state = state;
	return f;
}

struct field *
field_value(struct field_list *l, const char *key, const char *value, int from)
{
	return field_add(l, FIELD_VALUE, key, span_of(key), span_of(value), from);
}

struct field *
field_words(struct field_list *l, const char *key, const char *words, const char *value, int from)
{
	return field_add(l, FIELD_VALUE, key, span_of(words), span_of(value), from);
}

void
field_exchange_heading(struct field_list *l, const char *title, const struct exchange *x)
{
	char text[96], span[32] = "";

	if (x->result.timings.total >= 0)
		time_span_us(span, x->result.timings.total);
	text_format(
		text, sizeof text, _("exchange %u%s%s"), (unsigned)x->n, *span ? " · " : "", span);
	field_heading(l, title, text, (int)x->n);
}

/* What came back, in words; the error class when nothing did. */
void
field_answer(struct field_list *l, const char *key, const struct exchange *x)
{
	const struct http_response *r = &x->result.response;
	char value[160];
	struct field *f;

	if (x->result.error != NETERR_NONE && !r->status) {
		f = field_value(l, key, tr(net_error_words(x->result.error)), (int)x->n);
		field_mean(f, STATE_PROBLEM, "%s", x->result.error_text);
		return;
	}
	text_format(value, sizeof value, "HTTP %d%s%s", r->status,
		r->reason && *r->reason ? " " : "", r->reason ? r->reason : "");
	f = field_value(l, key, value, (int)x->n);
	if (x->answer.outcome == OUTCOME_SUCCESS || x->answer.outcome == OUTCOME_INACTIVE)
		field_mean(f, STATE_OK, "%s", _("answered as the specification says"));
	else if (*x->answer.error)
		field_mean(f, STATE_PROBLEM, _("%s%s%s (in the %s)"), x->answer.error,
			*x->answer.description ? ": " : "", x->answer.description,
			x->answer.error_from);
	else if (x->imported && x->answer.kind == BODY_EMPTY && !r->headers.n)
		field_mean(f, STATE_PROBLEM, "%s", _("no more of the answer was given"));
	else
		field_mean(f, STATE_PROBLEM, _("the answer is %s"),
			tr(body_kind_words(x->answer.kind)));
}

void
field_signature(struct field_list *l, const char *key, const char *words, enum sig_state s,
	const char *why, int from)
{
	static const enum state states[] = {
		[SIG_NOT_CHECKED] = STATE_UNDETERMINED,
		[SIG_VALID] = STATE_OK,
		[SIG_BAD] = STATE_PROBLEM,
		[SIG_NO_KEY] = STATE_PROBLEM,
		[SIG_UNSUPPORTED_ALG] = STATE_UNDETERMINED,
		[SIG_ALG_NONE] = STATE_PROBLEM,
		[SIG_ENCRYPTED] = STATE_UNDETERMINED,
		[SIG_NOT_FOR_US] = STATE_UNDETERMINED,
		[SIG_CRITICAL] = STATE_UNDETERMINED,
	};

	field_mean(field_words(l, key, words, tr(sig_state_words(s)), from), states[s], "%s", why);
}

static void
fits_row(struct field_list *l, const char *key, const char *words, const struct fact *fits,
	struct span value, struct span want)
{
	struct field *row;

	if (fits->v == TRI_UNKNOWN)
		return;
	row = field_add(l, FIELD_VALUE, key, span_of(words), value, fits->from);
	if (fits->v == TRI_YES)
		field_mean(row, STATE_OK, "%s", _("as expected"));
	else
		field_mean(row, STATE_WARNING, _("expected %.*s"), SPAN_ARG(want));
}

void
field_signed_answer(struct field_list *l, const struct facts *f, const struct fact_signed *s)
{
	const struct answer *a = s->x ? &s->x->answer : NULL;
	struct buf header;

	if (!a)
		return;
	buf_init(&header, FIELD_TEXT_MAX);
	field_json_text(a->jose_header, &header);
	field_mean(field_add(l, FIELD_VALUE, "response_jwt", span_of(_("response JWT")),
			   buf_span(&header), (int)s->x->n),
		STATE_OK, "%s",
		a->is_encrypted
			? _("the answer itself is encrypted: only its recipient can read it")
			: _("the answer itself is signed"));
	buf_release(&header);
	field_signature(
		l, "response_signature", _("its signature"), a->sig, a->sig_why, (int)s->x->n);
	if (!a->is_signed)
		return;
	fits_row(
		l, "response_iss", _("its issuer"), &s->iss, a->envelope.iss, f->expected_issuer.v);
	fits_row(l, "response_aud", _("its audience"), &s->aud, a->envelope.aud[0], s->for_whom);
}

char *
span_about(char out[32], int64_t seconds)
{
	static const struct {
		int64_t unit;
		const char *word;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	int64_t n = seconds < 0 ? -seconds : seconds;
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(units) && n < 2 * units[i].unit)
		i++;
	snprintf(out, 32, "%lld %s", (long long)(n / units[i].unit), units[i].word);
	return out;
}

char *
span_from_now(char out[32], int64_t seconds)
{
	if (seconds <= -120 || seconds >= 120)
		return span_about(out, seconds);
	snprintf(out, 32, "%s", _("under 2 min"));
	return out;
}

/* A JSON value as one line: strings bare, the rest compact. */
void
field_json_text(const struct json *j, struct buf *out)
{
	struct span s;

	if (json_to_span(j, &s))
		buf_add_span(out, s);
	else if (json_print(j, out, false) != RES_OK)
		buf_puts(out, "…");
}

void
step_fields(struct field_list *out, const struct wizard *w, enum step s, bool local)
{
	static void (*const fill[STEP_COUNT])(struct field_list *, const struct wizard *, bool) = {
		[STEP_VERIFY] = fields_verify,
		[STEP_EXPIRY] = fields_expiry,
		[STEP_REFRESH] = fields_refresh,
		[STEP_HANDLE] = fields_handle,
		[STEP_DEBUG] = fields_debug,
	};

	fill[s](out, w, local);
}

void
wizard_countdown(const struct wizard *w, enum token_slot slot, struct countdown *out)
{
	const struct facts *f = wizard_facts(w);
	const struct fact_time *exp = slot == SLOT_REFRESH ? &f->refresh_exp : &f->exp;
	const struct case_token *t;

	memset(out, 0, sizeof *out);
	if (!f->c || !exp->known)
		return;
	out->known = true;
	out->left_s = exp->at - f->server_now_s;
	t = case_token(f->c, slot);
	if (slot == SLOT_ACCESS && f->iat.known)
		out->life_s = exp->at - f->iat.at;
	else if (t->info.claims.iat.form != NUM_ABSENT)
		out->life_s = exp->at - t->info.claims.iat.at;
	if (out->left_s <= 0)
		out->band = STATE_PROBLEM;
	else if (out->left_s < 60 || (out->life_s > 0 && out->left_s * 10 < out->life_s))
		out->band = STATE_WARNING;
	else
		out->band = STATE_OK;
}
