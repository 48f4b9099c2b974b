/* Step 3: the refresh token grant (RFC 6749 §6), never with a spent token, never without a place
 * for what comes. */
#include "wizard/steps.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

static bool
no(char *why, size_t size, const char *text)
{
	if (why)
		text_format(why, size, "%s", text);
	return false;
}

static bool
spent(const struct wizard *w, char *why, size_t size)
{
	if (why)
		text_format(why, size,
			"the refresh token %s; sending it again can end every token of its family",
			case_spent_words(w->c));
	return false;
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
		return no(why, size, "there is no refresh token in this case");
	if (t->spent)
		return spent(w, why, size);
	if (w->refresh_id)
		return no(why, size, "the refresh token was sent, and its answer has not come yet");
	if (!wizard_endpoint(w, EP_TOKEN).n && !wizard_may_discover(w))
		return no(why, size,
			"no token endpoint is known: give one, or an issuer to discover it from");
	if (metadata_supports(&w->c->metadata, "grant_types_supported", "refresh_token") == TRI_NO)
		return no(
			why, size, "the server's metadata does not offer the refresh_token grant");
	left = w->facts.refresh_exp.known ? w->facts.refresh_exp.at - w->facts.server_now_s : 1;
	if (left <= 0 && why)
		text_format(why, size,
			"the refresh token itself has expired; the server will most likely refuse "
			"it");
	else if (why)
		text_format(why, size, "%s",
			t->from ? "the new refresh token is there and was not used yet"
				: "a refresh token is there and was not used yet");
	return true;
}

bool
wizard_can_refresh(const struct wizard *w, char *why, size_t size)
{
	const struct case_token *t = case_token(w->c, SLOT_REFRESH);

	if (!wizard_refreshable(w, why, size))
		return false;
	if (!t->value || !secret_len(t->value))
		return no(why, size, "the case was saved without the refresh token's value");
	return wizard_busy(w) ? no(why, size, "another request is under way") : true;
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

/* No server's fault, so no finding: but the verdict and step 3 say it before anything else. */
void
refresh_advise(struct wizard *w)
{
	struct diagnosis *d = &w->diagnosis;
	struct verdict *v = &d->verdict;
	char was[sizeof v->summary], where[sizeof w->saved_to + 4];

	if (!wizard_tokens_misplaced(w))
		return;
	text_format(
		where, sizeof where, "%s%s", *w->saved_to ? "in " : "in memory only", w->saved_to);
	text_format(d->step_summary[STEP_REFRESH], sizeof d->step_summary[STEP_REFRESH],
		"New tokens came, and could not be written (%s); they are %s.", w->save_error,
		where);
	if (d->steps[STEP_REFRESH] == STATE_OK)
		d->steps[STEP_REFRESH] = STATE_WARNING;
	text_format(was, sizeof was, "%s", v->summary);
	text_format(v->summary, sizeof v->summary,
		"The new tokens could not be written (%s); they are %s. %s", w->save_error, where,
		was);
	if (*w->saved_to)
		text_format(v->next, sizeof v->next,
			"Move %s to where the tokens belong; the old ones may be dead.",
			w->saved_to);
}

bool
refresh_send(struct wizard *w)
{
	/* wizard_refreshable() says why, after what the metadata said, too */
	if (wizard_endpoint(w, EP_TOKEN).n)
		send_refresh(w);
	return false;
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

enum res
wizard_replace_token_files(struct wizard *w, struct err *e)
{
	const struct profile *p = &w->c->profile;
	const struct case_tokens *t = case_tokens(w->c);
	const struct {
		const char *path;
		const struct case_token *token;
	} files[] = {
		/* the refresh token first: it is the one that cannot be had again */
		{p->refresh_token_file, &t->refresh},
		{p->access_token_file, &t->access},
		{p->id_token_file, &t->id},
	};
	bool wrote = false;

	if (w->c->n_generations < 2)
		return err_set(e, RES_NOTFOUND, "no new tokens have come in this run");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		enum res r;

		if (!files[i].path || !files[i].token->from)
			continue;
		r = file_write_private(files[i].path, secret_reveal(files[i].token->value), e);
		if (r != RES_OK)
			return r;
		wrote = true;
	}
	return wrote ? RES_OK : err_set(e, RES_NOTFOUND, "the profile names no token files");
}
