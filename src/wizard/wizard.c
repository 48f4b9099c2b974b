#include "wizard/wizard.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/url.h"
#include "wizard/flow.h"
#include "wizard/steps.h"

static const struct job_row jobs[JOB_COUNT] = {
	[JOB_VERIFY] = {STEP_VERIFY,
		{verify_discovery, verify_discovery_oauth, verify_ask, verify_keys}},
	[JOB_EXPIRY] = {STEP_EXPIRY, {expiry_clock, expiry_clock_unverified}},
	[JOB_REFRESH] = {STEP_REFRESH,
		{need_metadata, need_metadata_oauth, refresh_send, refresh_prove}, EP_TOKEN},
	[JOB_HANDLE] = {STEP_HANDLE, {need_metadata, need_metadata_oauth, handle_ask, handle_keys},
		EP_USERINFO},
	[JOB_DEBUG] = {STEP_DEBUG, {NULL}},
	[JOB_REVOKE] = {STEP_HANDLE,
		{need_metadata, need_metadata_oauth, revoke_send, revoke_prove, revoke_look_again},
		EP_REVOCATION},
	[JOB_PRECHECK] = {STEP_REFRESH, {need_metadata, need_metadata_oauth}, EP_TOKEN},
	[JOB_PROBES] = {STEP_COUNT, {probes_ask}},
	[JOB_RESEND] = {STEP_COUNT, {resend_send}},
	[JOB_LOGIN] = {STEP_COUNT, {login_discover, need_metadata_oauth, login_ready}},
	[JOB_LOGIN_PROVE] = {STEP_COUNT, {login_keys, login_judge}},
};

struct wizard *
wizard_new(const struct wizard_deps *deps)
{
	struct wizard *w = xcalloc(1, sizeof *w);

	w->deps = *deps;
	w->c = deps->c;
	w->probes = PROBES_SAFE;
	return w;
}

void
wizard_free(struct wizard *w)
{
	if (!w)
		return;
	wizard_settle(w);
	flow_forget(w);
	resend_drop(w);
	free(w->place_path);
	free(w->refresh_scope);
	json_free(w->jwks);
	forget_signed_answers(w);
	own_keys_forget(w);
	free(w);
}

/* --- what the case is made of --- */

static void
set_engine_options(struct wizard *w)
{
	const struct profile *p = &w->c->profile;
	const struct net_options o = engine_options_of(p);

	engine_set_options(w->deps.engine, &o, &p->headers);
}

/*
 * A header of the profile that is a key, by its name or its look (no UUID: those name tenants),
 * is known wherever a server repeats it.
 */
static void
register_headers(struct wizard *w)
{
	const struct str_list *l = &w->c->profile.headers;

	for (size_t i = 0; i < l->n; i++) {
		struct span value = span_of(l->v[i]), name;
		struct secret *s;

		if (!span_next(&value, ':', &name))
			continue;
		value = span_trim(value);
		if (!redact_pair_is_secret(name, value) &&
			(!secret_looks_random(value) || span_find(value, '-') != SIZE_MAX))
			continue;
		s = secret_new(value);
		redactor_add(w->deps.redactor, s);
		secret_unref(s);
	}
}

/*
 * A file that this program wrote (--tokens-out: a token response of RFC 6749 §5.1 with obtained_at)
 * is a form like any other.  A response as it came is not: what reads a token there reads too much.
 */
static void
accept_response(struct wizard *w, enum token_slot slot, const struct secret *file, const char *path)
{
	struct case_token *t = case_token(w->c, slot);
	struct json *doc = NULL;

	if (!(t->repaired & ODD_JSON) ||
		json_parse(&doc, span_trim(secret_reveal(file)), NULL) != RES_OK)
		return;
	if (json_get_str(doc, "access_token").n && json_i64_or(doc, "obtained_at", 0) > 0) {
		t->accepted |= ODD_JSON;
		log_add(w->deps.log, LOG_INFO, LOGC_STEP, 0,
			"%s holds a token response: its %s is taken", path,
			token_slot_member(slot)->name);
	}
	json_free(doc);
}

static enum res
read_token_file(struct wizard *w, enum token_slot slot, const char *path, struct err *e)
{
	struct secret *s = NULL;
	char *source;
	enum res r;

	if (!path)
		return RES_OK;
	r = file_read_secret(path, &s, e);
	if (r != RES_OK)
		return r;
	source = xasprintf("file %s", path);
	wizard_give_token(w, slot, secret_reveal(s), source);
	accept_response(w, slot, s, path);
	free(source);
	secret_unref(s);
	return RES_OK;
}

/* Files that are read late: said here by their name, not later as a failed handshake. */
static enum res
check_readable(const struct profile *p, struct err *e)
{
	const char *const paths[] = {p->ca_file, p->client_cert_file, p->client_key_file,
		p->client_assertion_key_file, p->dpop_key_file};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (paths[i] && access(paths[i], R_OK) != 0 &&
			!(paths[i] == p->dpop_key_file && own_keys_to_be_made(p)))
			return err_errno(e, "%s", paths[i]);
	return RES_OK;
}

enum res
wizard_use_profile(struct wizard *w, const struct profile *p, struct err *e)
{
	const struct {
		enum token_slot slot;
		const char *path;
	} files[] = {{SLOT_ACCESS, p->access_token_file}, {SLOT_REFRESH, p->refresh_token_file},
		{SLOT_ID, p->id_token_file}};
	struct err later = ERR_INIT;
	enum res first;

	wizard_settle(w);
	flow_forget(w);
	engine_forget_origins(w->deps.engine);
	case_release(w->c);
	case_init(w->c);
	w->c->created_wall_us = clock_wall_us(w->deps.clock);
	profile_copy(&w->c->profile, p);
	json_free(w->jwks);
	w->jwks = NULL;
	forget_signed_answers(w);
	own_keys_forget(w);
	w->held = w->discovered = false;
	w->refresh_block[0] = '\0';
	memset(&w->undone, 0, sizeof w->undone);
	w->asked = w->consent = 0;
	memset(&w->walk, 0, sizeof w->walk);
	w->derived = false;
	redactor_add(w->deps.redactor, w->c->profile.client_secret);
	redactor_add(w->deps.redactor, w->c->profile.introspection_client_secret);
	register_headers(w);
	set_engine_options(w);
	wizard_confirm_origins(w);
	/* all are tried, the first failure is told */
	first = check_readable(p, e);
	if (w->place == PLACE_KEYRING) /* the entry was another profile's */
		w->place = PLACE_UNCHOSEN;
	if (p->tokens_keyring) {
		enum res r = wizard_use_keyring(w, p->tokens_keyring, first == RES_OK ? e : &later);

		first = first == RES_OK ? r : first;
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		enum res r = read_token_file(
			w, files[i].slot, files[i].path, first == RES_OK ? e : &later);

		first = first == RES_OK ? r : first;
	}
	return first;
}

void
wizard_give_token(struct wizard *w, enum token_slot slot, struct span value, const char *source)
{
	static const enum token_slot all[] = {SLOT_ACCESS, SLOT_REFRESH, SLOT_ID};

	case_give_token(w->c, slot, value, source);
	/* a token response brings the other tokens along */
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		redactor_add(w->deps.redactor, case_token(w->c, all[i])->given);
		redactor_add(w->deps.redactor, case_token(w->c, all[i])->value);
	}
	refresh_recall(w);
	w->asked = w->consent = 0;
	memset(&w->walk, 0, sizeof w->walk);
	w->derived = false;
}

void
wizard_hold(struct wizard *w)
{
	w->held = true;
	w->held_us = clock_mono_us(w->deps.clock);
}

void
wizard_give_secret(struct wizard *w, const struct profile_key *key, struct secret *s)
{
	struct secret **at = (struct secret **)(void *)((char *)&w->c->profile + key->at);

	secret_unref(*at);
	*at = secret_ref(s);
	redactor_add(w->deps.redactor, s);
	w->c->revision++;
}

void
wizard_go_on(struct wizard *w)
{
	w->held = false;
	wizard_pump(w);
}

void
wizard_set_probes(struct wizard *w, enum probe_level level)
{
	w->probes = level;
}

/* --- the sequencer --- */

void
wizard_enqueue(struct wizard *w, enum job j)
{
	for (size_t i = w->running ? 1 : 0; i < w->n_queue; i++) {
		if (w->queue[i] != j)
			continue;
		if (j != JOB_PROBES) /* asked for again before it began: once is enough */
			return;
		/* they come behind everything whose answers they look at */
		memmove(w->queue + i, w->queue + i + 1, (--w->n_queue - i) * sizeof *w->queue);
	}
	if (!w->n_queue)
		engine_begin_walk(w->deps.engine);
	if (w->n_queue < WIZARD_QUEUE)
		w->queue[w->n_queue++] = j;
}

static void
finish_job(struct wizard *w)
{
	enum step s = jobs[w->queue[0]].step;

	if (s < STEP_COUNT)
		w->walk.steps[s] = STATE_OK;
	w->derived = false;
	memmove(w->queue, w->queue + 1, --w->n_queue * sizeof *w->queue);
	w->running = false;
}

/* Runs phases until one has submitted something or nothing is left. */
void
wizard_pump(struct wizard *w)
{
	if (w->pumping)
		return;
	w->pumping = true;
	while (w->n_queue && !w->outstanding && !w->held) {
		const struct job_row *row = &jobs[w->queue[0]];
		job_phase *phase;

		if (!w->running) {
			w->running = true;
			w->phase = 0;
			w->probing = PROBE_COUNT;
			if (row->step < STEP_COUNT)
				log_add(w->deps.log, LOG_INFO, LOGC_STEP, 0, "step %d %s",
					(int)row->step + 1, step_title(row->step));
		}
		phase = w->phase < ARRAY_SIZE(row->phases) ? row->phases[w->phase] : NULL;
		if (!phase)
			finish_job(w);
		else if (!phase(w))
			w->phase++;
	}
	w->pumping = false;
}

enum endpoint
wizard_needs(const struct wizard *w)
{
	return jobs[w->queue[0]].needs;
}

void
wizard_run_step(struct wizard *w, enum step s)
{
	static const enum job job_of[STEP_COUNT] = {
		[STEP_VERIFY] = JOB_VERIFY,
		[STEP_EXPIRY] = JOB_EXPIRY,
		[STEP_REFRESH] = JOB_PRECHECK,
		[STEP_HANDLE] = JOB_HANDLE,
		[STEP_DEBUG] = JOB_DEBUG,
	};

	if (wizard_running_step(w) != s)
		wizard_enqueue(w, job_of[s]);
	if (s == STEP_VERIFY || s == STEP_EXPIRY || s == STEP_HANDLE)
		wizard_enqueue(w, JOB_PROBES);
	wizard_pump(w);
}

void
wizard_walk(struct wizard *w, unsigned mask, bool may_refresh, enum token_slot revoke)
{
	const struct case_token *refresh = case_token(w->c, SLOT_REFRESH);

	w->refresh_wanted = may_refresh;
	w->revoke_wanted = revoke != SLOT_NONE;
	for (int s = 0; s < STEP_COUNT; s++)
		if (!(mask & 1u << s))
			w->walk.steps[s] = STATE_SKIPPED;
	if (mask & 1 << STEP_VERIFY)
		wizard_enqueue(w, JOB_VERIFY);
	if (mask & 1 << STEP_EXPIRY)
		wizard_enqueue(w, JOB_EXPIRY);
	if (mask & 1 << STEP_HANDLE && may_refresh)
		wizard_enqueue(w, JOB_HANDLE); /* how it was before the refresh */
	if (mask & 1 << STEP_REFRESH)
		wizard_enqueue(w,
			may_refresh && refresh->value && !refresh->spent ? JOB_REFRESH
									 : JOB_PRECHECK);
	if (mask & 1 << STEP_HANDLE && !may_refresh)
		wizard_enqueue(w, JOB_HANDLE);
	if (mask & ~(1u << STEP_DEBUG)) /* something was asked */
		wizard_enqueue(w, JOB_PROBES);
	if (revoke != SLOT_NONE) {
		w->revoke_slot = revoke;
		wizard_enqueue(w, JOB_REVOKE);
	}
	if (mask & 1 << STEP_DEBUG)
		wizard_enqueue(w, JOB_DEBUG);
	wizard_pump(w);
}

void
wizard_mark_walked(struct wizard *w, unsigned mask)
{
	for (int s = 0; s < STEP_COUNT; s++)
		w->walk.steps[s] = mask & 1u << s ? STATE_OK : STATE_SKIPPED;
	w->derived = false;
}

void
wizard_story(const struct wizard *w, struct case_story *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->steps, w->walk.steps, sizeof(out->steps));
	refresh_undone(w, &out->undone);
	out->saved_wall_us =
		w->c->as_of_wall_us ? w->c->as_of_wall_us : clock_wall_us(w->deps.clock);
	/* the verdict that was shown is the one that is saved, however late in its second */
	if (!w->c->as_of_wall_us && w->derived && w->facts.now_s < out->saved_wall_us / 1000000)
		out->saved_wall_us = w->facts.now_s * 1000000 + 999999;
}

void
wizard_resume(struct wizard *w, const struct case_story *story)
{
	wizard_settle(w);
	json_free(w->jwks);
	w->jwks = NULL;
	memcpy(w->walk.steps, story->steps, sizeof(w->walk.steps));
	w->undone = story->undone;
	w->derived = false;
}

bool
wizard_busy(const struct wizard *w)
{
	return w->n_queue || w->outstanding;
}

void
wizard_cancel(struct wizard *w)
{
	/* their answers hold tokens */
	const uint32_t kept[] = {w->refresh_id, flow_awaited(w)};

	w->n_queue = 0;
	w->running = false;
	w->consent = 0; /* given for what was cancelled */
	resend_drop(w);
	flow_interrupt(w);
	engine_cancel_others(w->deps.engine, kept, ARRAY_SIZE(kept));
}

bool
wizard_awaits_tokens(const struct wizard *w)
{
	return (w->refresh_id || flow_awaited(w)) &&
		(w->place == PLACE_FILE || w->place == PLACE_KEYRING);
}

/* The request's own time limit bounds this. */
void
wizard_settle(struct wizard *w)
{
	if (!flow_awaited(w))
		wizard_login_cancel(w);
	wizard_cancel(w);
	if (wizard_awaits_tokens(w) && engine_run(w->deps.engine, INT64_MAX) != RES_OK)
		log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0,
			"the answer with the new tokens did not come");
	wizard_cancel(w); /* the proof of what came */
	wizard_login_cancel(w);
	engine_cancel_all(w->deps.engine);
	engine_turn(w->deps.engine); /* what was cancelled is recorded in the old case */
}

bool
wizard_progress(const struct wizard *w, char *text, size_t size, int64_t *elapsed_us)
{
	enum purpose p;
	char host[128];

	if (w->held && w->n_queue) {
		text_format(text, size, _("the client secret's command"));
		*elapsed_us = clock_mono_us(w->deps.clock) - w->held_us;
		return true;
	}
	if (!engine_progress(w->deps.engine, &p, host, sizeof host, elapsed_us))
		return false;
	if (w->n_queue && w->running && w->queue[0] == JOB_PROBES && w->probing < PROBE_COUNT) {
		text_format(text, size, _("probe: %s"), tr(probe_row(w->probing)->question));
		return true;
	}
	text_format(text, size, "%s · %s", tr(purpose_words(p)), host);
	return true;
}

/* --- what is known --- */

/*
 * How often what is shown changes by the clock alone, in seconds: a countdown each second, a token
 * that expired a while ago or lives for days once a minute.
 */
static int64_t
tick_s(const struct wizard *w)
{
	int64_t left;

	if (!w->derived || !facts_remaining(&w->facts, &left))
		return 60;
	return left > -60 && left <= 2 * 86400 ? 1 : 60;
}

void
wizard_derive(struct wizard *w)
{
	facts_derive(&w->facts, w->c, w->deps.clock);
	diagnose(&w->diagnosis, &w->facts, &w->walk);
}

bool
wizard_update(struct wizard *w)
{
	int64_t tick = clock_wall_s(w->deps.clock) / tick_s(w), second;
	bool counts;

	if (w->flow)
		flow_turn(w->flow);
	wizard_pump(w);
	second = clock_mono_us(w->deps.clock) / 1000000;
	counts = flow_deadline_us(w) != INT64_MAX && w->seen_second != second;
	w->seen_second = second;
	if (w->derived && w->seen_revision == w->c->revision && w->seen_tick == tick)
		return counts;
	w->derived = true;
	w->seen_revision = w->c->revision;
	w->seen_tick = tick;
	wizard_derive(w);
	probes_advise(w);
	refresh_advise(w);
	return true;
}

void
wizard_reword(struct wizard *w)
{
	if (!w->derived)
		return;
	diagnose(&w->diagnosis, &w->facts, &w->walk);
	probes_advise(w);
	refresh_advise(w);
}

const struct facts *
wizard_facts(const struct wizard *w)
{
	return &w->facts;
}

const struct diagnosis *
wizard_diagnosis(const struct wizard *w)
{
	return &w->diagnosis;
}

const struct case_file *
wizard_case(const struct wizard *w)
{
	return w->c;
}

enum state
wizard_step_state(const struct wizard *w, enum step s)
{
	if (w->walk.steps[s] == STATE_PENDING || wizard_running_step(w) == s)
		return STATE_PENDING;
	return w->diagnosis.steps[s];
}

enum step
wizard_running_step(const struct wizard *w)
{
	enum job j = w->n_queue ? w->queue[0] : JOB_COUNT;

	if (j == JOB_PROBES)
		return w->running && w->probing < PROBE_COUNT ? probe_row(w->probing)->step
							      : STEP_COUNT;
	return j < JOB_COUNT ? jobs[j].step : STEP_COUNT;
}

int64_t
wizard_deadline_us(const struct wizard *w)
{
	int64_t left, wall, at = flow_deadline_us(w), next;

	/* nothing counts down */
	if (w->c->as_of_wall_us || !w->derived || !facts_remaining(&w->facts, &left))
		return at;
	/* the wall clock's next whole second or minute */
	wall = clock_wall_us(w->deps.clock);
	next = clock_mono_us(w->deps.clock) + tick_s(w) * 1000000 - wall % (tick_s(w) * 1000000);
	return next < at ? next : at;
}

/* A login whose answer was not waited for; false: there is none. */
static bool
login_farewell(const struct wizard *w, struct buf *out)
{
	if (!w->n_login_open && !flow_awaited(w))
		return false;
	buf_puts(out,
		_("A login's token request was sent, and its answer was not kept: tokens may have "
		"been given that are nowhere now. Log in again; the server's operator can end the "
		"sessions that are not used.\n"));
	return true;
}

static void
new_tokens_farewell(const struct wizard *w, struct buf *out)
{
	if (w->n_refreshed && *w->saved_to)
		buf_printf(out, _("The tokens were refreshed; the new ones are in %s.\n"),
			w->saved_to);
	else if (w->n_refreshed)
		buf_puts(out, _("The tokens were refreshed; the new ones were kept in memory only "
				"and are gone now.\n"));
	if (w->n_logged_in && *w->saved_to)
		buf_printf(
			out, _("You logged in again; the new tokens are in %s.\n"), w->saved_to);
	else if (w->n_logged_in)
		buf_puts(out, _("You logged in again; the new tokens were kept in memory only "
				"and are gone now.\n"));
}

void
wizard_farewell(const struct wizard *w, struct buf *out)
{
	size_t n = 0;
	bool refused = false, open = w->refresh_id != 0;

	if (w->c->offline || w->c->as_of_wall_us) { /* what was sent, another run did */
		buf_puts(out, _("This was a look at what was recorded: nothing was sent.\n"));
		if (w->derived && w->diagnosis.verdict.summary[0])
			buf_printf(out, "%s\n", w->diagnosis.verdict.summary);
		return;
	}
	for (size_t i = 0; i < w->c->n_exchanges; i++) {
		const struct exchange *x = w->c->exchanges[i];

		if (x->imported)
			continue;
		/* of a login the browser asked, not this program */
		n += !exchange_unsent(x) && x->purpose != PURPOSE_AUTHORIZATION;
		if (x->purpose != PURPOSE_REFRESH || x->answer.outcome == OUTCOME_SUCCESS ||
			!strcmp(x->answer.error, "use_dpop_nonce")) /* a question, not a refusal */
			continue;
		open = open || exchange_unanswered(x);
		refused = refused || exchange_answered(x);
	}
	n += (w->refresh_id != 0) + (flow_awaited(w) != 0) + w->n_unrecorded;
	buf_printf(out, P_("%zu request was sent.\n", "%zu requests were sent.\n", n), n);
	if (w->derived && w->diagnosis.verdict.summary[0])
		buf_printf(out, "%s\n", w->diagnosis.verdict.summary);
	new_tokens_farewell(w, out);
	if (w->n_refreshed || w->n_logged_in)
		own_keys_farewell(w, out);
	if (*w->save_error)
		buf_printf(out, _("The new tokens could not be written where they should: %s.\n"),
			w->save_error);
	if (*w->refresh_block)
		buf_printf(out, _("No refresh was sent: %s.\n"), w->refresh_block);
	if (w->n_revoked)
		buf_puts(out, _("A token was revoked.\n"));
	if (refused)
		buf_puts(out,
			_("A refresh was refused; some servers end all tokens of a login then.\n"));
	if (open)
		buf_puts(out,
			_("A refresh was sent, and its answer did not come: it is not known "
			  "whether the refresh token was used (rotated). Sending it again can end "
			  "the whole session.\n"));
	if (login_farewell(w, out))
		return;
	if (!w->n_refreshed && !w->n_revoked && !w->n_logged_in && !refused && !open)
		buf_puts(out, _("Nothing was changed on the server.\n"));
}
