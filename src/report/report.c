#include "report/report.h"

#include <ctype.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "diagnose/chain.h"
#include "diagnose/reply.h"
#include "report/parts.h"

enum { PERSONAL_MIN = 6 }; /* bytes; shorter values would take ordinary words out of sentences */

/* Claims about a person (OpenID Connect Core §5.1 and common further ones). */
static const char *const personal_names[] = {
	"sub",
	"name",
	"given_name",
	"family_name",
	"middle_name",
	"nickname",
	"preferred_username",
	"profile",
	"picture",
	"website",
	"email",
	"gender",
	"birthdate",
	"zoneinfo",
	"locale",
	"phone_number",
	"address",
	"formatted",
	"street_address",
	"locality",
	"region",
	"postal_code",
	"country",
	"username",
	"user_name",
	"upn",
	"unique_name",
	"login",
	"mail",
	"phone",
	"display_name",
	"displayName",
	"userPrincipalName",
	"givenName",
	"surname",
	"mobilePhone",
};

/* Members that are the protocol's own and say nothing of a person. */
static const char *const protocol_names[] = {
	"active",
	"iss",
	"aud",
	"exp",
	"nbf",
	"iat",
	"auth_time",
	"updated_at",
	"jti",
	"scope",
	"scp",
	"client_id",
	"azp",
	"appid",
	"token_type",
	"typ",
	"token_use",
	"acr",
	"amr",
	"cnf",
	"jkt",
	"x5t#S256",
	"access_token",
	"refresh_token",
	"id_token",
	"expires_in",
	"refresh_expires_in",
	"not-before-policy",
	"at_hash",
	"c_hash",
	"nonce",
	"alg",
	"kid",
	"ver",
	"gty",
	"email_verified",
	"phone_number_verified",
	"error",
	"error_description",
	"error_uri",
	"errors",
	"code",
	"message",
	"status",
	"statusCode",
	"reason",
	"type",
	"errorCode",
	"errorSummary",
	"errorId",
	"detail",
	"title",
	"ok",
	"timestamp",
	"path",
};

static bool
is_among(const char *const *names, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

bool
report_omits(const struct report *r, struct span name)
{
	size_t dot;

	if (r->in->claims == CLAIMS_KEEP)
		return false;
	while ((dot = span_find(name, '.')) != SIZE_MAX)
		name = span_from(name, dot + 1);
	return is_among(personal_names, ARRAY_SIZE(personal_names), name);
}

/* May this answer's body hold claims? */
static bool
may_hold_claims(const struct exchange *x)
{
	return x->purpose != PURPOSE_DISCOVERY && x->purpose != PURPOSE_JWKS &&
		x->purpose != PURPOSE_CLOCK;
}

bool
report_omits_field(const struct report *r, const struct field *f)
{
	const struct exchange *x = f->from > 0 ? case_exchange(r->c, (uint32_t)f->from) : NULL;
	struct span name = span_of(f->name);

	if (r->in->claims == CLAIMS_KEEP)
		return false;
	if (report_omits(r, span_of(f->key)) || report_omits(r, name))
		return true;
	if (is_among(protocol_names, ARRAY_SIZE(protocol_names), name))
		return false;
	return (x && may_hold_claims(x) && json_get(x->answer.doc, f->name)) ||
		span_starts(span_of(f->key), "claim.");
}

static void
collect_personal(struct report *r, const struct json *doc)
{
	struct span v;

	for (const struct json *m = json_first(doc); m; m = json_next(m)) {
		if (json_type(m) == JSON_OBJECT || json_type(m) == JSON_ARRAY)
			collect_personal(r, m);
		else if (json_to_span(m, &v) && v.n >= PERSONAL_MIN &&
			is_among(personal_names, ARRAY_SIZE(personal_names), json_name(m)))
			str_list_add(&r->personal, v);
	}
}

/* The longest first, so that no part of a value stays when another is contained in it. */
static int
longer_first(const void *a, const void *b)
{
	size_t na = strlen(*(char *const *)a), nb = strlen(*(char *const *)b);

	return na < nb ? 1 : na > nb ? -1 : 0;
}

static struct diagnosis *
in_commands(const struct diagnosis *from)
{
	struct diagnosis *d = xmalloc(sizeof(*d));

	/* the findings that there are: most of its 140 KB are room for more */
	memcpy(d->findings, from->findings, from->n * sizeof(*d->findings));
	memcpy(&d->n, &from->n, sizeof(*d) - offsetof(struct diagnosis, n));
	if (from->verdict.primary)
		d->verdict.primary = d->findings + (from->verdict.primary - from->findings);
	say_where(AUDIENCE_COMMANDS, from->verdict.next, d->verdict.next, sizeof(d->verdict.next));
	for (size_t i = 0; i < d->n; i++)
		say_where(AUDIENCE_COMMANDS, from->findings[i].remedy, d->findings[i].remedy,
			sizeof(d->findings[i].remedy));
	return d;
}

void
report_init(struct report *r, const struct report_input *in)
{
	*r = (struct report){.in = in,
		.c = wizard_case(in->w),
		.f = wizard_facts(in->w),
		.d = in_commands(wizard_diagnosis(in->w))};
	if (in->claims == CLAIMS_KEEP)
		return;
	for (size_t i = 0; i < r->c->n_generations; i++) {
		collect_personal(r, r->c->generations[i].access.sent.payload);
		collect_personal(r, r->c->generations[i].refresh.sent.payload);
		collect_personal(r, r->c->generations[i].id.sent.payload);
	}
	for (size_t i = 0; i < r->c->n_exchanges; i++)
		if (may_hold_claims(r->c->exchanges[i]))
			collect_personal(r, r->c->exchanges[i]->answer.doc);
	if (r->personal.n)
		qsort(r->personal.v, r->personal.n, sizeof(*r->personal.v), longer_first);
}

void
report_release(struct report *r)
{
	for (size_t i = 0; i < r->personal.n; i++)
		free(r->personal.v[i]);
	free(r->personal.v);
	free(r->d);
}

char *
report_words(const struct report_input *in, const char *sentence)
{
	struct report r;
	char *out;

	report_init(&r, in);
	out = report_text(&r, span_of(sentence));
	report_release(&r);
	return out;
}

static bool
in_word(struct span s, size_t at)
{
	return at < s.n && isalnum((unsigned char)s.p[at]);
}

/* Copies s without the personal values, where they stand as words of their own. */
static void
leave_out(const struct report *r, struct buf *out, struct span s)
{
	for (size_t at = 0; at < s.n;) {
		struct span rest = span_from(s, at);
		size_t k;

		for (k = 0; k < r->personal.n; k++)
			if (span_starts(rest, r->personal.v[k]) && !(at && in_word(s, at - 1)) &&
				!in_word(rest, strlen(r->personal.v[k])))
				break;
		if (k < r->personal.n) {
			buf_puts(out, OMITTED);
			at += strlen(r->personal.v[k]);
		} else {
			buf_putc(out, s.p[at++]);
		}
	}
}

static char *
text_of(const struct report *r, struct span s, bool lines)
{
	struct buf plain, safe;

	buf_init(&plain, LIMIT_REPORT);
	buf_init(&safe, LIMIT_REPORT);
	if (r->personal.n) {
		leave_out(r, &plain, s);
		s = buf_span(&plain);
	}
	if (lines)
		text_safe_lines(&safe, s);
	else
		text_safe(&safe, s);
	buf_release(&plain);
	return buf_take(&safe);
}

char *
report_text(const struct report *r, struct span s)
{
	return text_of(r, s, false);
}

char *
report_lines(const struct report *r, struct span s)
{
	return text_of(r, s, true);
}

void
report_set(const struct report *r, struct json *obj, const char *key, struct span s)
{
	char *text = text_of(r, s, false);

	json_set_str(obj, key, text);
	free(text);
}

static struct json *copy_value(const struct report *r, const struct json *j);

static void
copy_scalar(const struct report *r, struct json *into, const char *key, const struct json *j)
{
	struct span s;

	if (json_to_span(j, &s))
		report_set(r, into, key, s);
	else
		json_set_dup(into, key, j);
}

static void
copy_member(const struct report *r, struct json *into, const struct json *m)
{
	char *key = report_text(r, json_name(m));

	if (r->in->claims != CLAIMS_KEEP &&
		!is_among(protocol_names, ARRAY_SIZE(protocol_names), json_name(m)))
		json_set_str(into, key, OMITTED);
	else if (json_type(m) == JSON_OBJECT || json_type(m) == JSON_ARRAY)
		json_set_take(into, key, copy_value(r, m));
	else
		copy_scalar(r, into, key, m);
	free(key);
}

/* An object or array, every name and string safe. */
static struct json *
copy_value(const struct report *r, const struct json *j)
{
	bool object = json_type(j) == JSON_OBJECT;
	struct json *out = object ? json_new_object() : json_new_array();

	for (const struct json *m = json_first(j); m; m = json_next(m)) {
		struct span s;

		if (object) {
			copy_member(r, out, m);
		} else if (json_type(m) == JSON_OBJECT || json_type(m) == JSON_ARRAY) {
			json_append_take(out, copy_value(r, m));
		} else if (json_to_span(m, &s)) {
			char *text = report_text(r, s);

			json_append_span(out, span_of(text));
			free(text);
		} else {
			json_append_take(out, json_dup(m));
		}
	}
	return out;
}

struct json *
report_claims(const struct report *r, const struct json *doc)
{
	if (!doc || r->in->claims == CLAIMS_NONE ||
		(json_type(doc) != JSON_OBJECT && json_type(doc) != JSON_ARRAY))
		return NULL;
	return copy_value(r, doc);
}

enum state
report_step_state(const struct report *r, enum step s)
{
	enum state v = r->d->steps[s];

	return v == STATE_PENDING ? STATE_SKIPPED : v;
}

const char *
report_step_summary(const struct report *r, enum step s)
{
	if (*r->d->step_summary[s])
		return r->d->step_summary[s];
	return report_step_state(r, s) == STATE_SKIPPED ? "not walked" : "";
}

char *
report_outcome(const struct exchange *x, char *out, size_t size)
{
	const struct http_response *p = &x->result.response;

	if (p->status)
		snprintf(out, size, "HTTP %d%s", p->status,
			x->result.error == NETERR_NONE ? "" : " (broken off)");
	else
		snprintf(out, size, "%s",
			x->result.error == NETERR_NONE ? "its answer was not given"
						       : net_error_words(x->result.error));
	return out;
}

char *
report_body(const struct report *r, const struct exchange *x, bool response)
{
	struct span body = buf_span(response ? &x->result.response.body : &x->request.body);
	bool claims = response && may_hold_claims(x) && r->in->claims != CLAIMS_KEEP;
	struct json *doc = NULL, *copy = NULL;
	struct buf text;
	char *out = NULL;

	if (!body.n || (claims && r->in->claims == CLAIMS_NONE))
		return NULL;
	/* one that holds claims is written from its document, so that the mode can apply */
	if (!claims || json_parse(&doc, body, NULL) != RES_OK)
		return text_of(r, body, true);
	buf_init(&text, LIMIT_REPORT);
	copy = report_claims(r, doc);
	if (copy && json_print(copy, &text, false) == RES_OK)
		out = text_of(r, buf_span(&text), true);
	buf_release(&text);
	json_free(copy);
	json_free(doc);
	return out;
}

void
report_reply(const struct report *r, struct buf *out)
{
	(void)reply_text(r->d, out);
}

const char *
report_remedy(const struct report *r)
{
	const struct verdict *v = &r->d->verdict;

	return v->primary && v->state != STATE_OK ? v->primary->remedy : v->next;
}

void
report_as_of(const struct report *r, struct buf *out)
{
	const struct case_file *c = r->c;
	char when[40];

	if (c->as_of_wall_us)
		buf_printf(out, "%s %s; times are as of then.",
			c->written_wall_us ? "From a mail of" : "Recorded",
			time_screen(when, c->as_of_wall_us / 1000000, false));
	if (c->records_lost)
		buf_printf(out,
			"%s%zu damaged record%s of the case file could not be read: what is "
			"missing here may have been in %s.",
			out->len ? " " : "", c->records_lost, c->records_lost == 1 ? "" : "s",
			c->records_lost == 1 ? "it" : "them");
}

void
report_chain(const struct report *r, struct buf *out)
{
	(void)chain_words(r->d, out);
}

void
report_escape(struct buf *out, const char *safe)
{
	for (const char *p = safe; *p; p++) {
		switch (*p) {
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		case '\'':
			buf_puts(out, "&#39;");
			break;
		default:
			buf_putc(out, *p);
		}
	}
}

void
report_markup(const struct report *r, struct buf *out, struct span s)
{
	char *text = report_text(r, s);

	report_escape(out, text);
	free(text);
}

const struct report_form report_forms[REPORT_FORMATS] = {
#define FORMAT(sym, id, write, label, file) [REPORT_##sym] = {id, label, file},
#include "report/formats.def"
#undef FORMAT
};

static void (*const writers[REPORT_FORMATS])(const struct report *r, struct buf *out) = {
#define FORMAT(sym, id, write, label, file) [REPORT_##sym] = write,
#include "report/formats.def"
#undef FORMAT
};

bool
report_format_from_id(struct span id, enum report_format *out)
{
	for (int f = 0; f < REPORT_FORMATS; f++)
		if (span_is(id, report_forms[f].id)) {
			*out = (enum report_format)f;
			return true;
		}
	return false;
}

enum res
report_write(const struct report_input *in, enum report_format form, struct buf *out)
{
	struct report r;

	if (tr_suspend())
		wizard_reword(in->w);
	report_init(&r, in);
	writers[form](&r, out);
	report_release(&r);
	if (tr_resume())
		wizard_reword(in->w);
	return buf_status(out);
}
