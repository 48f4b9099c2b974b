/* Where a profile's secrets come from: environment, file, command. */
#include "cli/conf.h"


#include "base/file.h"
#include "base/mem.h"
#include "cli/keyring.h"
#include "engine/keyring.h"

#define COMMAND "command "
#define KEYRING "keyring "
enum { COMMAND_MS = 10000 };

void
conf_warn(struct str_list *warnings, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	if (!warnings)
		return;
	buf_init(&b, 1000);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	str_list_add(warnings, buf_span(&b));
	buf_release(&b);
}

enum res
conf_run_command(const char *command, int limit_ms, struct buf *out, struct err *e)
{
	struct child c;
	enum res r;

	child_init(&c);
	r = child_start(&c, command, limit_ms, e);
	if (r != RES_OK)
		return r;
	r = child_wait(&c, e);
	if (r == RES_OK && buf_add_span(out, buf_span(&c.out)) != RES_OK)
		r = err_set(e, buf_status(out), "the command's output is too long");
	child_release(&c);
	return r;
}

/* The secret that a command printed: without the newline at its end. */
static enum res
secret_of(const char *what, const struct buf *out, struct secret **value, struct err *e)
{
	struct span s = span_chomp(buf_span(out));

	if (!s.n)
		return err_set(e, RES_NOTFOUND, "%s printed nothing", what);
	*value = secret_new(s);
	return RES_OK;
}

static enum res
from_command(const char *command, struct secret **out, struct err *e)
{
	struct buf b;
	enum res r;

	buf_init_wiping(&b, LIMIT_TOKEN);
	r = conf_run_command(command, COMMAND_MS, &b, e);
	if (r == RES_OK)
		r = secret_of("the command", &b, out, e);
	buf_release(&b);
	return r;
}

static enum res
from_env(const char *name, struct secret **out, struct err *e)
{
	const char *v = getenv(name);

	if (!v || !*v)
		return err_set(e, RES_NOTFOUND, "the environment variable %s is %s", name,
			v ? "empty" : "not set");
	*out = secret_new(span_of(v));
	return RES_OK;
}

enum res
conf_fetch_secret(const char *source, struct secret **out, struct str_list *warnings, struct err *e)
{
	struct span s = span_of(source);

	*out = NULL;
	if (span_starts(s, "env "))
		return from_env(source + 4, out, e);
	if (span_starts(s, COMMAND))
		return from_command(source + sizeof(COMMAND) - 1, out, e);
	if (span_starts(s, "file ")) {
		if (file_others_can_read(source + 5))
			conf_warn(warnings,
				"%s holds a secret and is readable by others (chmod 600)",
				source + 5);
		return file_read_secret(source + 5, out, e);
	}
	if (span_starts(s, KEYRING))
		return keyring_get(source + sizeof(KEYRING) - 1, out, e);
	return err_set(e, RES_SYNTAX, "not a source of a secret");
}

/* One that takes time: beside the loop it is begun, and waited for. */
static bool
is_slow(const char *source)
{
	return span_starts(span_of(source), COMMAND) || span_starts(span_of(source), KEYRING);
}

static enum res
of_profile(struct err *e, enum res r, const struct profile *p, const struct profile_key *k,
	const struct err *why)
{
	return err_set(
		e, r, "profile %s: %s: %s", p->name ? p->name : "(options)", k->name, why->text);
}

/* The source of a secret, which stands behind it (profile.h). */
static const char *
source_of(const struct profile *p, const struct profile_key *k, struct secret *const **value)
{
	struct secret *const *at = (struct secret *const *)(const void *)((const char *)p + k->at);

	*value = at;
	return ((char *const *)at)[1];
}

/* A token's or a private key's file that is not private. */
static void
warn_of_file(const struct profile *p, const struct profile_key *k, struct str_list *warnings)
{
	bool key = k->kind == KEY_STR && span_ends(span_of(k->name), "_key_file");
	const char *file;

	if (k->kind != KEY_TOKEN && !key)
		return;
	file = *(char *const *)(const void *)((const char *)p + k->at);
	if (file && strcmp(file, "-") && file_others_can_read(file))
		conf_warn(warnings, "%s holds a %s and is readable by others (chmod 600)", file,
			key ? "private key" : "token");
}

static enum res
fetch_secrets(struct profile *p, bool commands, struct str_list *warnings, struct err *e)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		struct err why = ERR_INIT;
		struct secret *const *value;
		const char *source;

		warn_of_file(p, k, warnings);
		if (k->kind != KEY_SECRET)
			continue;
		source = source_of(p, k, &value);
		if (!source || *value || (!commands && is_slow(source)))
			continue;
		enum res r = conf_fetch_secret(
			source, (struct secret **)(uintptr_t)value, warnings, &why);
		if (r != RES_OK)
			return of_profile(e, r, p, k, &why);
	}
	return RES_OK;
}

enum res
conf_fetch_secrets(struct profile *p, struct str_list *warnings, struct err *e)
{
	return fetch_secrets(p, true, warnings, e);
}

enum res
conf_fetch_ready_secrets(struct profile *p, struct str_list *warnings, struct err *e)
{
	return fetch_secrets(p, false, warnings, e);
}

/* --- beside the loop --- */

void
secret_fetch_init(struct secret_fetch *f)
{
	f->key = NULL;
	child_init(&f->command);
}

void
secret_fetch_release(struct secret_fetch *f)
{
	f->key = NULL;
	child_release(&f->command);
}

enum res
secret_fetch_begin(struct secret_fetch *f, const struct profile *p, struct err *e)
{
	struct secret *const *value;

	secret_fetch_release(f);
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		const char *source = k->kind == KEY_SECRET ? source_of(p, k, &value) : NULL;
		struct err why = ERR_INIT;
		enum res r;

		if (!source || *value || !is_slow(source))
			continue;
		r = span_starts(span_of(source), KEYRING)
			? keyring_begin(&f->command, source + sizeof(KEYRING) - 1, &why)
			: child_start(&f->command, source + sizeof(COMMAND) - 1, COMMAND_MS, &why);
		if (r != RES_OK)
			return of_profile(e, r, p, k, &why);
		f->key = k;
		return RES_OK;
	}
	return RES_OK;
}

bool
secret_fetch_turn(
	struct secret_fetch *f, const struct profile *p, struct secret **out, struct err *e)
{
	struct err why = ERR_INIT;
	enum res r;

	*out = NULL;
	if (!f->key || !child_turn(&f->command, &r, &why))
		return false;
	if (r == RES_OK)
		r = secret_of(f->command.what, &f->command.out, out, &why);
	if (r != RES_OK)
		of_profile(e, r, p, f->key, &why);
	return true;
}
