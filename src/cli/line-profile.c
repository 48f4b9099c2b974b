/* The profile editor, line by line: a key by its number, then save or test. */
#include "cli/line-parts.h"

#include "base/mem.h"
#include "base/tr.h"
#include "cli/conf-write.h"
#include "cli/profile-edit.h"

/* A secret that has no source but the keyboard, and a name that no file can have, are not kept. */
static void
drop_unkept(struct line *l, struct profile *p)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		struct buf b;

		if (i > 0 && k->kind != KEY_SECRET)
			continue;
		buf_init_wiping(&b, LIMIT_TOKEN);
		conf_key_text(p, k, &b);
		if (b.len && conf_key_set(p, k, buf_span(&b), NULL) != RES_OK) {
			(void)!conf_key_set(p, k, SPAN_EMPTY, NULL);
			if (k->kind == KEY_SECRET)
				line_put(l, _("%s is not kept: say where it comes from.\n"),
					k->name);
		}
		buf_release(&b);
	}
}

static void
put_keys(struct line *l, const struct profile *p)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		struct buf b;

		buf_init_wiping(&b, LIMIT_TOKEN);
		conf_key_text(p, k, &b);
		line_put(l, "%zu %s%s: %s\n", i + 1, k->name, k->kind == KEY_TOKEN ? "_file" : "",
			b.len ? buf_str(&b) : "-");
		buf_release(&b);
	}
}

static void
change(struct line *l, struct profile *p, const struct profile_key *k)
{
	struct err e = ERR_INIT;

	line_put(l, "%s%s: %s%s.\n", k->name, k->kind == KEY_TOKEN ? "_file" : "", tr(k->help),
		k->kind == KEY_SECRET
			? _("; env VARIABLE, file PATH, command TEXT or keyring NAME, never the "
			    "secret itself")
			: k->kind == KEY_LIST ? _("; several with \" | \" between them") : "");
	if (!line_ask(l, _("New value (empty: none):")))
		return;
	if (conf_key_set(p, k, span_of(l->answer), &e) != RES_OK)
		line_put(l, _("Not taken: %s.\n"), e.text);
	wipe(l->answer, sizeof l->answer);
}

static void
test(struct line *l, const struct profile *p)
{
	struct err e = ERR_INIT;
	struct profile_test *t = profile_test_new(l->a, p, &e);
	char words[LIMIT_MESSAGE];
	bool good;

	if (!t) {
		line_put(l, "%s\n", e.text);
		return;
	}
	line_put(l, _("Asking the issuer for its metadata ...\n"));
	while (!profile_test_turn(t, 1000, &good, words, sizeof words))
		;
	line_put(l, "%s: %s\n", good ? _("ok") : _("problem"), words);
	profile_test_free(t);
}

static bool
saved(struct line *l, const struct profile *p)
{
	struct err e = ERR_INIT;
	const char *config = opt_str(l->a->opt, OPT_CONFIG);
	char *path = conf_profile_path(&l->a->conf, config, p->name ? p->name : "", &e);
	bool ok;

	if (!path) {
		line_put(l, _("Not saved: %s.\n"), e.text);
		return false;
	}
	line_put(l,
		_("It is kept in %s, readable by you alone, without secrets: only where they come "
		"from.\n"),
		path);
	free(path);
	path = NULL;
	if (!line_agrees(l, _("Save it?"))) {
		line_put(l, _("Not saved.\n"));
		return false;
	}
	ok = profile_save(l->a, p, &path, &e) == RES_OK;
	if (ok)
		line_put(l, _("Saved.\n"));
	else
		line_put(l, _("Not saved: %s.\n"), e.text);
	free(path);
	return ok;
}

void
line_profile(struct line *l)
{
	const char *prompt = _("Number of a key to change, k keys, t test, s save, 0 leave:");
	struct profile p;
	int64_t n;
	bool going = true;

	profile_init(&p);
	profile_copy(&p, &l->a->c.profile);
	drop_unkept(l, &p);
	put_keys(l, &p);
	while (going && line_ask(l, prompt)) {
		if (!strcmp(l->answer, "k"))
			put_keys(l, &p);
		else if (!strcmp(l->answer, "t"))
			test(l, &p);
		else if (!strcmp(l->answer, "s"))
			going = !saved(l, &p);
		else if (!strcmp(l->answer, "0"))
			going = false;
		else if (span_to_i64(span_of(l->answer), &n) == RES_OK && n > 0 &&
			n <= (int64_t)profile_key_count)
			change(l, &p, &profile_keys[n - 1]);
		else
			line_put(l, _("That is none of the choices.\n"));
	}
	profile_release(&p);
}
