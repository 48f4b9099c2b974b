/* New tokens: masked, stored where the user chose, and only then the case's own. */
#include "wizard/steps.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/keyring.h"
#include "wizard/token-store.h"

enum res
wizard_set_token_place(struct wizard *w, enum token_place place, const char *path, struct err *e)
{
	/* before anything is sent: what comes back cannot be had again */
	enum res r = token_store_try(place, path, e);

	if (r != RES_OK)
		return r;
	w->place = place;
	free(w->place_path);
	w->place_path = place == PLACE_FILE || place == PLACE_KEYRING ? xstrdup(path) : NULL;
	return RES_OK;
}

enum token_place
wizard_token_place(const struct wizard *w, const char **path)
{
	if (path)
		*path = w->place_path;
	return w->place;
}

/* The place failed though it was tried: a file of its own rather than lost, first where it outlives
 * a reboot. */
static void
rescue(struct wizard *w, const struct token_response *t, int64_t now_us)
{
	const char *const dirs[] = {w->deps.journal ? journal_folder(w->deps.journal) : NULL,
		getenv("XDG_RUNTIME_DIR"), "/tmp"};

	for (size_t i = 0; i < ARRAY_SIZE(dirs) && !*w->saved_to; i++) {
		char *path;

		if (!dirs[i] || !*dirs[i])
			continue;
		path = xasprintf("%s/tokentriage-rescued-%ld.json", dirs[i], (long)getpid());
		if (token_store_put(PLACE_FILE, path, t, now_us, NULL) == RES_OK)
			text_format(w->saved_to, sizeof w->saved_to, "%s", path);
		free(path);
	}
}

static void
store(struct wizard *w, const struct token_response *t, int64_t now_us, enum token_origin o)
{
	bool other = o != TOKENS_OF_REFRESH && w->place_path &&
		strcmp(w->saved_to, w->place_path) != 0;
	struct err e = ERR_INIT;
	enum res r = RES_OK;

	w->saved_to[0] = w->save_error[0] = '\0';
	if (w->place != PLACE_FILE && w->place != PLACE_KEYRING)
		return;
	/* a login ends no other's tokens: those that an earlier one left there may live */
	if (w->place == PLACE_FILE && other)
		r = token_store_set_aside(w->place_path, w->kept_before, sizeof w->kept_before, &e);
	if (r == RES_OK && token_store_put(w->place, w->place_path, t, now_us, &e) == RES_OK) {
		text_format(w->saved_to, sizeof w->saved_to,
			w->place == PLACE_KEYRING ? _("the keyring, as %s") : "%s", w->place_path);
		return;
	}
	text_format(w->save_error, sizeof w->save_error, "%s", e.text);
	rescue(w, t, now_us);
	log_add(w->deps.log, LOG_WARN, LOGC_STEP, 0,
		"the new tokens could not be written (%s); they are in %s", w->save_error,
		*w->saved_to ? w->saved_to : "memory only");
}

bool
wizard_take_tokens(
	struct wizard *w, const struct token_response *t, uint32_t from, enum token_origin o)
{
	int64_t now_us = clock_wall_us(w->deps.clock);
	struct token_response kept = *t;

	redactor_add(w->deps.redactor, t->access);
	redactor_add(w->deps.redactor, t->refresh);
	redactor_add(w->deps.redactor, t->id);
	if (!kept.refresh && o != TOKENS_OF_LOGIN) /* RFC 6749 §6: then the old one goes on */
		kept.refresh = case_token(w->c, SLOT_REFRESH)->value;
	store(w, &kept, now_us, o);
	if (o == TOKENS_OF_REFRESH)
		case_add_generation(w->c, t, from, now_us);
	else
		case_add_login(w->c, t, from, now_us, o == TOKENS_OF_EXCHANGE);
	probes_new_tokens(w);
	w->c->revision++;
	refresh_superseded(w, from);
	return !*w->save_error || *w->saved_to;
}

const char *
wizard_tokens_kept(const struct wizard *w)
{
	return w->saved_to;
}

const char *
wizard_tokens_before(const struct wizard *w)
{
	return w->kept_before;
}

/* --- tokens in the keyring --- */

/* A token response gives its tokens, each with what it says of it; anything else is the access
 * token itself. */
static void
give_response(struct wizard *w, struct span text, const char *source)
{
	struct case_token *access;
	struct token_response t;
	struct json *doc = NULL;

	if (token_response_read(&t, text, NULL) != RES_OK) {
		wizard_give_token(w, SLOT_ACCESS, text, source);
		return;
	}
	wizard_give_token(w, SLOT_ACCESS, secret_reveal(t.access), source);
	if (t.refresh)
		wizard_give_token(w, SLOT_REFRESH, secret_reveal(t.refresh), source);
	if (t.id)
		wizard_give_token(w, SLOT_ID, secret_reveal(t.id), source);
	access = case_token(w->c, SLOT_ACCESS);
	access->expires_in = t.expires_in;
	text_format(access->scope, sizeof access->scope, "%s", t.scope);
	if (json_parse(&doc, text, NULL) == RES_OK) {
		int64_t at = json_i64_or(doc, "obtained_at", 0);

		/* the entry may be anybody's */
		access->obtained_wall_us = at > 0 && at < INT64_MAX / 1000000 ? at * 1000000 : 0;
	}
	json_free(doc);
	token_response_release(&t);
}

enum res
wizard_use_keyring(struct wizard *w, const char *name, struct err *e)
{
	struct secret *s = NULL;
	enum res r = keyring_get(name, &s, e);
	char *source = xasprintf("keyring entry %s", name);

	if (r == RES_OK)
		give_response(w, secret_reveal(s), source);
	if (r == RES_NOTFOUND && e) /* the first tokens are yet to come */
		*e = (struct err)ERR_INIT;
	if (r == RES_OK || r == RES_NOTFOUND) {
		w->place = PLACE_KEYRING;
		free(w->place_path);
		w->place_path = xstrdup(name);
		r = RES_OK;
	}
	free(source);
	secret_unref(s);
	return r;
}

/* --- the profile's own token files --- */

struct token_file {
	const char *path;
	const struct case_token *token;
};

static bool
same_file(const char *a, const char *b)
{
	struct stat x, y;

	if (!a || !b)
		return false;
	return !strcmp(a, b) ||
		(stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
			x.st_ino == y.st_ino);
}

/* Does it hold a token response rather than a token?  So it will again. */
static bool
holds_response(const struct token_file *files, size_t n, size_t which)
{
	struct json *doc = NULL;
	struct buf b;
	bool yes;

	for (size_t i = 0; i < n; i++)
		if (i != which && same_file(files[i].path, files[which].path))
			return true;
	buf_init_wiping(&b, LIMIT_TOKEN * 4);
	yes = file_read(files[which].path, &b, NULL) == RES_OK &&
		json_parse(&doc, span_trim(buf_span(&b)), NULL) == RES_OK &&
		json_get(doc, "access_token");
	json_free(doc);
	buf_release(&b);
	return yes;
}

static enum res
write_response(const struct wizard *w, const char *path, struct err *e)
{
	const struct case_tokens *t = case_tokens(w->c);
	struct token_response r = {.access = t->access.value,
		.refresh = t->refresh.value,
		.id = t->id.value,
		.expires_in = t->access.expires_in};

	text_format(r.scope, sizeof r.scope, "%s", t->access.scope);
	return token_store_put(PLACE_FILE, path, &r, t->access.obtained_wall_us, e);
}

enum res
wizard_replace_token_files(struct wizard *w, struct err *e)
{
	const struct profile *p = &w->c->profile;
	const struct case_tokens *t = case_tokens(w->c);
	const struct token_file files[] = {
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
		r = holds_response(files, ARRAY_SIZE(files), i)
			? write_response(w, files[i].path, e)
			: file_write_private(
				  files[i].path, secret_reveal(files[i].token->value), e);
		if (r != RES_OK)
			return r;
		wrote = true;
	}
	if (!wrote)
		return err_set(e, RES_NOTFOUND, "the profile names no token files");
	if (!*w->saved_to) {
		text_format(w->saved_to, sizeof w->saved_to, "%s",
			_("the profile's token files"));
		w->save_error[0] = '\0';
	}
	w->derived = false;
	return RES_OK;
}
