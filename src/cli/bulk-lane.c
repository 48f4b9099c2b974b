#include "cli/bulk.h"

#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"

static const char unreadable[] = "unreadable";

struct lane {
	struct case_file c;
	struct redactor *redactor;
	struct log *log; /* keeps nothing but the ids of run and exchanges; NULL: they have none */
	struct engine *engine;
	struct wizard *wizard;
	size_t mark; /* of the redactor: what is registered besides the token */
	enum claims_mode claims;
	bool used, busy;
	struct bulk_item item;
	uint64_t place;
};

static struct log *
id_log(const struct redactor *r, const unsigned char *run)
{
	struct log *l = log_new(&clock_system, r, 1, 0);
	uint64_t seed;

	rng_fill(&rng_system, &seed, sizeof(seed));
	log_set_run(l, run);
	log_seed_spans(l, seed);
	log_set_level(l, LOG_ERROR);
	return l;
}

struct lane *
lane_new(const struct app *a, struct shared *s, const unsigned char *run, struct err *e)
{
	struct lane *l = xcalloc(1, sizeof(*l));
	struct engine_deps ed;
	struct wizard_deps wd;

	case_init(&l->c);
	if (opt_given(a->opt, OPT_CLAIMS))
		l->claims = (enum claims_mode)opt_choice(a->opt, OPT_CLAIMS);
	l->redactor = redactor_new();
	l->log = run ? id_log(l->redactor, run) : NULL;
	ed = (struct engine_deps){
		.clock = &clock_system,
		.rng = &rng_system,
		.log = l->log,
		.redactor = l->redactor,
		.record = &l->c,
		.ops = &transport_shared,
		.transport = shared_join(s, l),
	};
	l->engine = engine_new(&ed);
	engine_set_traceparent(l->engine, run != NULL);
	wd = (struct wizard_deps){
		.engine = l->engine,
		.c = &l->c,
		.clock = &clock_system,
		.rng = &rng_system,
		.redactor = l->redactor,
	};
	l->wizard = wizard_new(&wd);
	wizard_for_many(l->wizard);
	if (wizard_use_profile(l->wizard, &a->profile, e) != RES_OK) {
		lane_free(l);
		return NULL;
	}
	l->mark = redactor_mark(l->redactor);
	return l;
}

void
lane_free(struct lane *l)
{
	if (!l)
		return;
	wizard_free(l->wizard);
	engine_free(l->engine);
	log_free(l->log);
	case_release(&l->c);
	redactor_free(l->redactor);
	bulk_item_release(&l->item);
	free(l);
}

void
lane_adopt(struct lane *l, const struct lane *from)
{
	wizard_adopt(l->wizard, from->wizard);
}

bool
lane_busy(const struct lane *l)
{
	return l->busy;
}

void
lane_begin(struct lane *l, struct bulk_item *item_take, uint64_t place)
{
	bulk_item_release(&l->item);
	l->item = *item_take;
	memset(item_take, 0, sizeof(*item_take));
	l->place = place;
	l->busy = true;
	if (l->used) {
		wizard_renew(l->wizard);
		redactor_forget(l->redactor, l->mark);
	}
	l->used = true;
	wizard_give_token(l->wizard, SLOT_ACCESS, secret_reveal(l->item.token), "the list");
	wizard_walk(l->wizard, STEPS_ALL, false, false);
}

/* --- the result: BULK_RESULT_HEAD is how it begins ------ */

static void
put_line(struct json *j, struct buf *out)
{
	(void)json_print(j, out, false);
	(void)buf_putc(out, '\n');
	json_free(j);
}

static struct json *
begin_result(const struct bulk_item *i, int64_t now_s)
{
	struct json *j = json_new_object();
	char when[32];

	json_set_i64(j, "line", (int64_t)i->line);
	json_set_str(j, "checked", time_rfc3339(when, now_s));
	return j;
}

/* Those of the input; they go. */
static void
set_labels(const struct lane *l, struct json *j, struct bulk_item *i)
{
	if (!i->labels)
		return;
	record_mask_tree(l->redactor, i->labels);
	json_set_take(j, "labels", i->labels);
	i->labels = NULL;
}

static void
set_verdict(struct json *j, enum state state, const char *primary, const char *summary,
	const char *next)
{
	struct json *v = json_new_object();

	json_set_str(v, "state", state_id(state));
	json_set_str(v, "primary", primary);
	json_set_str(v, "summary", summary);
	json_set_str(v, "next", next);
	json_set_take(j, "verdict", v);
}

/* What was asked and how it was answered, for joining with the server's log. */
static void
set_answer(const struct lane *l, struct json *j, const char *name, const struct exchange *x)
{
	struct json *o;

	if (!x)
		return;
	o = json_new_object();
	json_set_i64(o, "status", x->result.response.status);
	if (x->result.error != NETERR_NONE)
		json_set_str(o, "error", net_error_id(x->result.error));
	else if (*x->answer.error)
		json_set_str(o, "error", x->answer.error);
	json_set_double(o, "ms", (double)x->result.timings.total / 1000);
	if (*log_span_of(l->log, x->n))
		json_set_str(o, "span_id", log_span_of(l->log, x->n));
	json_set_take(j, name, o);
}

static enum state
coarse(enum state s)
{
	return s == STATE_WARNING ? STATE_OK
		: s == STATE_OK || s == STATE_PROBLEM
		? s
		: STATE_UNDETERMINED;
}

/* What the verdict says, without the user where --claims leaves him out. */
static char *
words(const struct lane *l, const char *sentence)
{
	struct report_input in = {.w = l->wizard, .claims = l->claims};

	return l->claims == CLAIMS_KEEP ? xstrdup(sentence) : report_words(&in, sentence);
}

static void
put_result(struct lane *l, struct buf *out, struct bulk_summary *s)
{
	const struct diagnosis *d = wizard_diagnosis(l->wizard);
	const struct verdict *v = &d->verdict;
	const struct case_token *t = case_token(&l->c, SLOT_ACCESS);
	const char *primary = v->primary ? v->primary->rule->id : NULL;
	enum state state = coarse(v->state);
	int64_t now_s = clock_wall_s(&clock_system);
	struct json *j = begin_result(&l->item, now_s), *token = json_new_object(),
		    *findings = json_new_array();
	char *summary = words(l, v->summary), *next = words(l, v->next);

	json_set_str(token, "fingerprint", t->info.fingerprint);
	json_set_str(token, "kind", token_kind_id(t->info.kind));
	json_set_take(j, "token", token);
	set_labels(l, j, &l->item);
	set_verdict(j, state, primary, summary, next);
	for (size_t i = 0; i < d->n; i++)
		json_append_span(findings, span_of(d->findings[i].rule->id));
	json_set_take(j, "findings", findings);
	if (l->log)
		json_set_str(j, "trace_id", log_trace_id(l->log));
	set_answer(l, j, "introspection", case_last(&l->c, PURPOSE_INTROSPECTION, SLOT_ACCESS));
	set_answer(l, j, "userinfo",
		case_last(&l->c,
			l->c.profile.resource_url ? PURPOSE_RESOURCE : PURPOSE_USERINFO,
			SLOT_ACCESS));
	put_line(j, out);
	bulk_summary_add(s, primary, state, summary, l->item.line, now_s);
	free(summary);
	free(next);
}

void
lane_unreadable(
	const struct lane *l, struct bulk_item *i, struct buf *out, struct bulk_summary *s)
{
	int64_t now_s = clock_wall_s(&clock_system);
	struct json *j = begin_result(i, now_s);

	json_set_null(j, "token");
	set_labels(l, j, i);
	set_verdict(j, STATE_UNDETERMINED, NULL, i->error, "Mend this line of the input.");
	json_set_take(j, "findings", json_new_array());
	json_set_str(j, "error", unreadable);
	put_line(j, out);
	bulk_summary_add(s, unreadable, STATE_UNDETERMINED, i->error, i->line, now_s);
}

int64_t
lane_deadline_us(const struct lane *l)
{
	return l->busy ? engine_deadline_us(l->engine) : INT64_MAX;
}

bool
lane_turn(struct lane *l)
{
	do {
		/* delivers, and hands what is asked for now to the shared queue */
		engine_turn(l->engine);
		if (!wizard_turn(l->wizard))
			break;
		engine_turn(l->engine);
		if (lane_deadline_us(l) > clock_mono_us(&clock_system))
			return false;
	} while (true);
	wizard_update(l->wizard);
	l->busy = false;
	return true;
}

uint64_t
lane_result(struct lane *l, struct buf *out, struct bulk_summary *s)
{
	put_result(l, out, s);
	return l->place;
}

const char *
lane_words(const struct lane *l)
{
	return wizard_diagnosis(l->wizard)->verdict.summary;
}
