/* Step 3: the refresh token grant (RFC 6749 §6), never with a spent token, never without a place
 * for what comes. */
#include "wizard/steps.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/oautherror.h"
#include "oauth/url.h"

static bool
spent(const struct wizard *w, char *why, size_t size)
{
	if (why)
		text_format(why, size,
			_("the refresh token %s; sending it again can end every token of its "
			  "family"),
			case_spent_words(w->c));
	return false;
}

/* Was it revoked here, and does the server not go on calling it active? */
static bool
revoked(const struct case_file *c)
{
	const struct exchange *x = case_last(c, PURPOSE_REVOCATION, SLOT_REFRESH);
	const struct exchange *after = case_last(c, PURPOSE_INTROSPECTION, SLOT_REFRESH);

	return x && x->answer.outcome == OUTCOME_SUCCESS &&
		x->token_generation == c->n_generations - 1 &&
		!(after && after->n > x->n && after->answer.outcome == OUTCOME_SUCCESS);
}

bool
wizard_refreshing(const struct wizard *w)
{
	return w->refresh_id != 0;
}

bool
wizard_refreshable(const struct wizard *w, char *why, size_t size)
{
	const struct case_token *t = case_token(w->c, SLOT_REFRESH);
	int64_t left;

	if (!t->present)
		return cannot(why, size, "there is no refresh token in this case");
	if (t->spent)
		return spent(w, why, size);
	if (revoked(w->c))
		return cannot(why, size, "the refresh token was revoked in this case");
	if (w->refresh_id)
		return cannot(why, size,
			"the refresh token was sent, and its answer has not come yet");
	if (!wizard_endpoint(w, EP_TOKEN).n && !wizard_may_discover(w))
		return cannot(why, size,
			"no token endpoint is known: give one, or an issuer to discover it from");
	left = w->facts.refresh_exp.known ? w->facts.refresh_exp.at - w->facts.server_now_s : 1;
	if (left <= 0 && why)
		text_format(why, size,
			_("the refresh token itself has expired; the server will most likely "
			  "refuse it"));
	/* it may be wrong: the server gave the token, and a refusal of the grant spends none */
	else if (why &&
		metadata_supports(&w->c->metadata, "grant_types_supported", "refresh_token") ==
			TRI_NO)
		text_format(why, size,
			_("a refresh token is there, but the server's metadata does not offer its "
			"grant; the token endpoint knows"));
	else if (why)
		text_format(why, size, "%s",
			t->from ? _("the new refresh token is there and was not used yet")
				: _("a refresh token is there and was not used yet"));
	return true;
}

/* RFC 6749 App. A.4 */
static bool
is_scope(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			return false;
	}
	return true;
}

enum res
wizard_set_refresh_scope(struct wizard *w, const char *scope, struct err *e)
{
	struct span s = span_trim(span_of(scope));

	if (!is_scope(s))
		return err_set(e, RES_SYNTAX,
			"a scope has names with blanks between, without quotes and backslashes");
	free(w->refresh_scope);
	w->refresh_scope = s.n ? span_dup(s) : NULL;
	return RES_OK;
}

bool
wizard_can_refresh(const struct wizard *w, char *why, size_t size)
{
	const struct case_token *t = case_token(w->c, SLOT_REFRESH);

	if (!wizard_refreshable(w, why, size))
		return false;
	if (!t->value || !secret_len(t->value))
		return cannot(why, size, "the case was saved without the refresh token's value");
	return wizard_busy(w) ? cannot(why, size, "another request is under way") : true;
}

enum res
wizard_refresh(struct wizard *w, struct err *e)
{
	char why[LIMIT_MESSAGE];

	if (!wizard_can_refresh(w, why, sizeof why))
		return err_set(e, RES_REFUSED, "%s", why);
	if (w->place == PLACE_UNCHOSEN)
		return err_set(e, RES_REFUSED,
			"choose first where the new tokens go: a file, or memory only");
	wizard_enqueue(w, JOB_REFRESH);
	wizard_pump(w);
	return RES_OK;
}

static bool
known_good(const struct wizard *w, enum purpose p)
{
	const struct exchange *x = case_last(w->c, p, SLOT_ACCESS);

	return x && x->answer.outcome == OUTCOME_SUCCESS;
}

bool
wizard_tokens_misplaced(const struct wizard *w)
{
	return *w->save_error && w->c->n_generations > 1;
}

/* Why no new tokens came of a refresh that was asked for, and what to do. */
static const char *
not_refreshed(const struct wizard *w, char *why, size_t size)
{
	const struct case_token *t = case_token(w->c, SLOT_REFRESH);
	const struct exchange *x = case_last(w->c, PURPOSE_REFRESH, SLOT_REFRESH);

	if (*w->refresh_block) {
		text_format(why, size, "%s", w->refresh_block);
		return t->spent ? "Log in again: tokentriage login."
				: "Mend what keeps the mark from being written "
				  "(XDG_STATE_HOME), and refresh again.";
	}
	if (x) {
		text_format(why, size, "%s",
			exchange_answered(x) ? _("the server gave no new tokens")
					     : net_error_words(x->result.error));
		return "Look at the answer to the refresh request: step 5.";
	}
	if (!wizard_refreshable(w, why, size))
		return t->present ? "Log in again, or give what is missing: tokentriage login."
				  : "Give the refresh token (--refresh-token-file FILE), or log in "
				    "again: tokentriage login.";
	text_format(why, size, "%s",
		t->value ? _("no token endpoint is known")
			 : _("the refresh token's value is not at hand"));
	return "Give the token endpoint: --token-endpoint URL.";
}

void
refresh_undone(const struct wizard *w, struct case_undone *out)
{
	*out = w->undone;
	if (*w->refresh_block)
		text_format(out->unsent, sizeof out->unsent, "%s", w->refresh_block);
	if (wizard_tokens_misplaced(w)) {
		text_format(out->unwritten, sizeof out->unwritten, "%s", w->save_error);
		text_format(out->kept_in, sizeof out->kept_in, "%s", w->saved_to);
	}
	if (w->refresh_wanted && !w->n_refreshed) {
		out->what = UNDONE_REFRESH;
		text_format(out->next, sizeof out->next, "%s",
			not_refreshed(w, out->why, sizeof out->why));
	} else if (w->revoke_wanted && !w->n_revoked) {
		out->what = UNDONE_REVOCATION;
		text_format(out->why, sizeof out->why, "the server did not confirm it");
		text_format(out->next, sizeof out->next,
			"Look at the answer to the revocation request: step 5.");
	}
}

/* Whoever asked for it must not take a token that works for the answer. */
static void
advise_undone(struct wizard *w, const struct case_undone *undone)
{
	struct verdict *v = &w->diagnosis.verdict;
	bool refresh = undone->what == UNDONE_REFRESH;
	char was[sizeof v->summary];

	if ((v->state != STATE_OK && v->state != STATE_WARNING) || wizard_busy(w) ||
		undone->what == UNDONE_NOTHING)
		return;
	text_format(was, sizeof was, "%s", v->summary);
	text_format(v->summary, sizeof v->summary,
		refresh ? _("No refresh was done, though it was asked for: %s. %s")
			: _("No revocation was done, though it was asked for: %s. %s"),
		undone->why, was);
	text_format(v->next, sizeof v->next, "%s", undone->next);
	v->next_step = refresh ? STEP_REFRESH : STEP_DEBUG;
	v->state = STATE_UNDETERMINED;
}

/* Where the new tokens are instead, in the step's words and before those of the verdict. */
static void
say_misplaced(const struct case_undone *undone, struct diagnosis *d)
{
	char *step = d->step_summary[STEP_REFRESH], *verdict = d->verdict.summary;
	size_t step_size = sizeof d->step_summary[STEP_REFRESH];
	char was[sizeof d->verdict.summary];

	text_format(was, sizeof was, "%s", verdict);
	if (*undone->kept_in) {
		text_format(step, step_size,
			_("New tokens came, and could not be written (%s); they are in %s."),
			undone->unwritten, undone->kept_in);
		text_format(verdict, sizeof was,
			_("The new tokens could not be written (%s); they are in %s. %s"),
			undone->unwritten, undone->kept_in, was);
	} else {
		text_format(step, step_size,
			_("New tokens came, and could not be written (%s); they are in memory "
			  "only."),
			undone->unwritten);
		text_format(verdict, sizeof was,
			_("The new tokens could not be written (%s); they are in memory only. %s"),
			undone->unwritten, was);
	}
}

/* No server's fault, so no finding: but the verdict and step 3 say it before anything else. */
void
refresh_advise(struct wizard *w)
{
	struct diagnosis *d = &w->diagnosis;
	struct verdict *v = &d->verdict;
	struct case_undone undone;

	refresh_undone(w, &undone);
	if (*undone.unsent) {
		text_format(d->step_summary[STEP_REFRESH], sizeof d->step_summary[STEP_REFRESH],
			_("Not refreshed: %s."), undone.unsent);
		d->steps[STEP_REFRESH] = STATE_WARNING;
	}
	advise_undone(w, &undone);
	if (!*undone.unwritten)
		return;
	say_misplaced(&undone, d);
	if (d->steps[STEP_REFRESH] == STATE_OK)
		d->steps[STEP_REFRESH] = STATE_WARNING;
	if (*undone.kept_in)
		text_format(v->next, sizeof v->next,
			_("Move %s to where the tokens belong; the old ones may be dead."),
			undone.kept_in);
}

/* --- what outlives a run --- */

static void
used_earlier(struct wizard *w, const struct journal_entry *entry)
{
	struct case_token *t = case_token(w->c, SLOT_REFRESH);

	t->spent = true;
	t->earlier = entry->use;
	t->earlier_wall_s = entry->wall_s;
	w->c->revision++;
}

void
refresh_recall(struct wizard *w)
{
	const struct case_token *t = case_token(w->c, SLOT_REFRESH);
	struct journal_entry entry;
	struct err e = ERR_INIT;

	if (!w->deps.journal || !t->present || t->spent)
		return;
	if (journal_look(w->deps.journal, t->value, &entry, &e) != RES_OK)
		log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0,
			"what earlier runs did with the refresh token is not known: %s", e.text);
	else if (entry.use != EARLIER_NONE)
		used_earlier(w, &entry);
}

/* "acme at idp.example": the client whose refresh it is, for who reads the mark. */
static void
whose_refresh(const struct wizard *w, char *out, size_t size)
{
	const struct profile *p = &w->c->profile;
	struct url u;

	if (url_parse(&u, wizard_endpoint(w, EP_TOKEN), NULL) != RES_OK)
		u.host = SPAN_EMPTY;
	text_format(out, size, "%s at %.*s",
		p->name                ? p->name
			: p->client_id ? p->client_id
				       : "a client without a name",
		SPAN_ARG(u.host));
}

void
refresh_superseded(struct wizard *w, uint32_t from)
{
	const struct exchange *x = case_exchange(w->c, from);
	char whose[160];

	/* a refresh's own end does it */
	if (!w->deps.journal || (x && x->purpose == PURPOSE_REFRESH))
		return;
	whose_refresh(w, whose, sizeof whose);
	journal_supersede(w->deps.journal, whose);
}

/* The durable mark before anything is sent.  False: it must not be. */
static bool
mark_in_flight(struct wizard *w)
{
	struct journal_entry entry;
	struct err e = ERR_INIT;
	char whose[160];

	w->refresh_block[0] = '\0';
	if (!w->deps.journal)
		return true;
	whose_refresh(w, whose, sizeof whose);
	if (journal_begin(w->deps.journal, case_token(w->c, SLOT_REFRESH)->value, whose,
		    clock_wall_s(w->deps.clock), &entry, &e) == RES_OK)
		return true;
	if (entry.use != EARLIER_NONE) {
		used_earlier(w, &entry);
		text_format(w->refresh_block, sizeof w->refresh_block, "the refresh token %s",
			case_spent_words(w->c));
	} else {
		text_format(w->refresh_block, sizeof w->refresh_block,
			"that it is in flight cannot be written down first (%s)", e.text);
	}
	log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0, "no refresh: %s", w->refresh_block);
	return false;
}

bool
refresh_send(struct wizard *w)
{
	/* wizard_refreshable() says why, after what the metadata said, too */
	if (wizard_endpoint(w, EP_TOKEN).n && mark_in_flight(w)) {
		if (w->by_hand)
			w->refresh_id = resend_submit(w);
		else
			send_refresh(w);
	}
	resend_drop(w);
	return false;
}

/* A 4xx whose sender did not look at the grant, or looked and let it be. */
static bool
left_alone(const struct exchange *x)
{
	int s = x->result.response.status;

	if (s == 429 || (s == 503 && http_has_header(&x->result.response.headers, "Retry-After")))
		return true; /* later, it says: it has done nothing */
	if (s / 100 == 3)
		return true;
	if (s / 100 != 4 || !strcmp(x->answer.error, "invalid_grant"))
		return false;
	return oauth_error_meaning(span_of(x->answer.error)) || x->answer.kind == BODY_HTML ||
		(s != 400 && s != 401 && s != 403);
}

/* What is certain of the refresh token after an answer without tokens, or none.  In doubt it was
 * used. */
static enum journal_end
fate_of_sent(const struct exchange *x)
{
	if (!x)
		return JOURNAL_UNSENT;
	if (exchange_answered(x)) {
		if (left_alone(x))
			return JOURNAL_UNSENT;
		return x->result.response.status / 100 == 4 ? JOURNAL_REFUSED : JOURNAL_OPEN;
	}
	/* unknown trouble on a connection that was made counts as sent */
	if (exchange_unanswered(x) || (x->result.error == NETERR_OTHER && *x->result.remote))
		return JOURNAL_OPEN;
	return JOURNAL_UNSENT;
}

void
refresh_done(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct wizard *w = ctx;
	struct case_token *sent = case_token(w->c, SLOT_REFRESH);
	struct secret *old = secret_ref(sent->value);
	struct token_response t = {0};
	enum journal_end how = fate_of_sent(x);
	struct err e = ERR_INIT;

	w->outstanding--;
	w->refresh_id = 0;
	if (x && x->answer.outcome == OUTCOME_SUCCESS &&
		token_response_read(&t, buf_span(&raw->response.body), NULL) == RES_OK) {
		how = !wizard_take_tokens(w, &t, x->n, TOKENS_OF_REFRESH) ? JOURNAL_OPEN
			: t.refresh && !secret_equal(old, t.refresh)      ? JOURNAL_SPENT
									  : JOURNAL_KEPT;
		w->n_refreshed++;
	} else if (how != JOURNAL_UNSENT) {
		sent->spent = true;
	}
	/* only now: until the new tokens are kept, the mark is what a crash leaves */
	if (w->deps.journal && journal_end(w->deps.journal, how, &e) != RES_OK)
		log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0, "the mark of the refresh stays: %s",
			e.text);
	w->c->revision++;
	token_response_release(&t);
	secret_unref(old);
}

size_t
wizard_interrupted(const struct wizard *w, struct journal_entry *out, size_t max)
{
	return w->deps.journal ? journal_interrupted(w->deps.journal, out, max) : 0;
}

bool
wizard_refresh_is_ours(const struct wizard *w, const struct journal_entry *mark)
{
	char whose[sizeof mark->whose], safe[sizeof mark->whose];

	whose_refresh(w, whose, sizeof whose);
	return !strcmp(text_safe_into(safe, sizeof safe, span_of(whose)), mark->whose);
}

enum res
wizard_dismiss(struct wizard *w, const struct journal_entry *seen, struct err *e)
{
	return w->deps.journal ? journal_dismiss(w->deps.journal, seen->name, e) : RES_OK;
}

char *
interrupted_words(const struct journal_entry *entry, char *out, size_t size)
{
	char what[LIMIT_MESSAGE], when[40];

	if (entry->wall_s)
		time_rfc3339(when, entry->wall_s);
	if (*entry->whose && entry->wall_s)
		text_format(what, sizeof what,
			_("A refresh of %s, sent %s, ended before its answer was kept."),
			entry->whose, when);
	else if (*entry->whose)
		text_format(what, sizeof what,
			_("A refresh of %s ended before its answer was kept."), entry->whose);
	else if (entry->wall_s)
		text_format(what, sizeof what,
			_("A refresh, sent %s, ended before its answer was kept."), when);
	else
		text_format(what, sizeof what, "%s",
			_("A refresh ended before its answer was kept."));
	return text_format(out, size, "%s %s", what,
		_("The refresh token may have been used, and is not sent again. If the new tokens "
		  "are nowhere else, log in again."));
}

/*
 * The proof: the new token is verified, and user information asked for again.  After a refusal the
 * access token is asked about once more: a server that takes the refresh token for a stolen one
 * ends its whole family (RFC 9700 §4.14.2), and nothing else in the answer says so.
 */
bool
refresh_prove(struct wizard *w)
{
	const struct exchange *x = case_last(w->c, PURPOSE_REFRESH, SLOT_REFRESH);

	if (!x || !x->result.response.status)
		return false;
	if (x->answer.outcome == OUTCOME_SUCCESS) {
		wizard_enqueue(w, JOB_VERIFY);
		wizard_enqueue(w, JOB_EXPIRY);
		wizard_enqueue(w, JOB_HANDLE);
		wizard_enqueue(w, JOB_PROBES);
		return false;
	}
	if (w->probes == PROBES_NONE || x->result.response.status >= 500)
		return false;
	if (known_good(w, PURPOSE_INTROSPECTION))
		send_introspection(w, 0);
	if (known_good(w, PURPOSE_USERINFO) || known_good(w, PURPOSE_RESOURCE))
		send_userinfo(w, 0);
	return false;
}
