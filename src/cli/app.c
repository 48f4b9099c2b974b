#include "cli/app.h"

#include "base/mem.h"
#include "cli/autosave.h"
#include "cli/in-flight.h"
#include "cli/modules.h"
#include "cli/screen.h"

void
app_init(struct app *a, const struct options *o)
{
	memset(a, 0, sizeof(*a));
	a->opt = o;
	conf_init(&a->conf);
	profile_init(&a->profile);
	case_init(&a->c);
	secret_fetch_init(&a->fetch);
}

void
app_release(struct app *a)
{
	secret_fetch_release(&a->fetch);
	if (a->wizard && wizard_awaits_tokens(a->wizard))
		app_warn("waiting for the new tokens, so that they are not lost");
	wizard_free(a->wizard);
	journal_free(a->journal);
	if (a->engine)
		engine_free(a->engine);
	case_release(&a->c);
	if (a->log) {
		log_flush(a->log);
		if (*log_file_failure(a->log))
			app_warn("--log-file: the log is not whole: %s", log_file_failure(a->log));
	}
	log_free(a->log);
	redactor_free(a->redactor);
	profile_release(&a->profile);
	conf_release(&a->conf);
}

/* To stderr, or into the log where the wizard has the terminal. */
static void
print_warnings(struct app *a)
{
	for (; a->warned < a->conf.warnings.n; a->warned++) {
		if (a->on_screen && a->log)
			log_add(a->log, LOG_WARN, LOGC_CONF, 0, "%s",
				a->conf.warnings.v[a->warned]);
		else
			app_warn("%s", a->conf.warnings.v[a->warned]);
	}
}

enum res
app_load_conf(struct app *a, struct err *e)
{
	enum res r;

	if (a->conf_loaded)
		return RES_OK;
	a->conf_loaded = true;
	r = conf_load(&a->conf, opt_str(a->opt, OPT_CONFIG), e);
	print_warnings(a);
	return r;
}

static enum res
no_such_profile(const struct conf *c, const char *name, struct err *e)
{
	char names[120] = "";
	size_t used = 0;

	for (size_t i = 0;
		i < c->n_profiles && used + strlen(c->profiles[i].name) + 3 < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
			c->profiles[i].name);
	if (!c->files.n)
		return err_set(e, RES_NOTFOUND,
			"there is no profile \"%s\": no configuration file was found", name);
	return err_set(e, RES_NOTFOUND, "there is no profile \"%s\"; there are: %s", name,
		*names ? names : "none");
}

static const struct profile_key *
key_of_option(const struct option_row *row)
{
	for (size_t i = 0; i < profile_key_count; i++)
		if (strcmp(profile_keys[i].name, row->key) == 0)
			return &profile_keys[i];
	return NULL;
}

static enum res
apply_list(struct str_list *member, const struct profile_key *k, const struct option_row *row,
	const struct str_list *given, struct err *e)
{
	const char *allowed = "";

	for (size_t i = 0; i < given->n; i++) {
		if (!conf_value_ok(k->name, span_of(given->v[i]), &allowed))
			return err_set(e, RES_SYNTAX, "--%s: not of the form %s", row->name,
				allowed);
		str_list_add(member, span_of(given->v[i]));
	}
	return RES_OK;
}

static enum res
apply_option(struct profile *p, const struct options *o, enum opt id, struct err *e)
{
	const struct option_row *row = &option_rows[id];
	const struct profile_key *k = key_of_option(row);
	const char *allowed = "";
	void *member = k ? (char *)p + k->at : NULL;

	switch (k ? k->kind : KEY_SECRET) {
	case KEY_INT:
		*(int *)member = opt_int(o, id);
		return RES_OK;
	case KEY_BOOL:
		*(bool *)member = true;
		return RES_OK;
	case KEY_LIST:
		return apply_list(member, k, row, &o->v[id].list, e);
	case KEY_STR:
	case KEY_URL:
	case KEY_TOKEN:
		if (!conf_value_ok(k->name, span_of(o->v[id].str), &allowed))
			return err_set(e, RES_SYNTAX, "--%s: allowed: %s", row->name, allowed);
		profile_set(member, span_of(o->v[id].str));
		return RES_OK;
	case KEY_SECRET:
		break;
	}
	return err_set(e, RES_UNSUPPORTED, "--%s has no key in a profile", row->name);
}

/* The options that set keys of a profile. */
static enum res
apply_options(struct profile *p, const struct options *o, struct err *e)
{
	enum res r = RES_OK;

	for (int i = 0; r == RES_OK && i < OPT_COUNT; i++)
		if (option_rows[i].key && opt_given(o, i))
			r = apply_option(p, o, i, e);
	if (r == RES_OK && opt_given(o, OPT_CLIENT_SECRET_ENV)) {
		secret_unref(p->client_secret);
		p->client_secret = NULL;
		free(p->client_secret_source);
		p->client_secret_source = xasprintf("env %s", opt_str(o, OPT_CLIENT_SECRET_ENV));
	}
	return r;
}

bool
app_server_given(const struct options *o)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_rows[i].kind == OPT_KIND_URL && opt_given(o, (enum opt)i))
			return true;
	return false;
}

/* Commands whose input says itself of which server it is. */
static bool
of_evidence(enum command c)
{
	return c == CMD_INSPECT || c == CMD_OPEN || c == CMD_COMPARE;
}

enum res
app_pick_profile(struct app *a, struct err *e)
{
	const struct options *o = a->opt;
	const char *name = opt_str(o, OPT_PROFILE);
	const struct profile *p = NULL;
	bool own = app_server_given(o);
	enum res r =
		app_load_conf(a, e); /* whatever of it is used: what is wrong with it is said */

	if (r != RES_OK)
		return r;
	/*
	 * An issuer or endpoint of one's own without a profile named beside it does not borrow the
	 * default profile's secrets: they would go to another host.  What inspect is given may come
	 * from anywhere: the default profile says nothing of it.
	 */
	if (!name && !own && !of_evidence(o->command))
		name = a->conf.default_profile;
	if (name) {
		p = conf_profile(&a->conf, name);
		if (!p)
			return no_such_profile(&a->conf, name, e);
		profile_release(&a->profile);
		profile_init(&a->profile);
		profile_copy(&a->profile, p);
	}
	r = apply_options(&a->profile, o, e);
	if (r == RES_OK)
		r = app_outputs_apart(a, e);
	if (r == RES_OK && a->profile.insecure)
		app_warn("TLS certificates are NOT verified (--insecure): anyone in between can "
			 "read and change "
			 "everything, the tokens too");
	return r;
}

enum res
app_fetch_secrets(struct app *a, struct profile *p, struct err *e)
{
	bool later = a->on_screen && !screen_plain(a->opt);
	enum res r =
		(later ? conf_fetch_ready_secrets : conf_fetch_secrets)(p, &a->conf.warnings, e);

	print_warnings(a);
	return r;
}

enum res
app_begin_secrets(struct app *a, struct err *e)
{
	enum res r = secret_fetch_begin(&a->fetch, &a->c.profile, e);

	if (a->fetch.key)
		wizard_hold(a->wizard);
	else
		wizard_go_on(a->wizard);
	return r;
}

bool
app_turn_secrets(struct app *a, struct err *e)
{
	struct secret *s;

	if (!secret_fetch_turn(&a->fetch, &a->c.profile, &s, e))
		return true;
	if (s) {
		wizard_give_secret(a->wizard, a->fetch.key, s);
		secret_unref(s);
		return app_begin_secrets(a, e) == RES_OK;
	}
	/* without it, what waits would only be refused */
	secret_fetch_release(&a->fetch);
	wizard_cancel(a->wizard);
	wizard_go_on(a->wizard);
	return false;
}

static enum res
open_log(struct app *a, struct err *e)
{
	const struct options *o = a->opt;
	unsigned char run[LOG_TRACE_BYTES];
	enum res r = RES_OK;

	a->redactor = redactor_new();
	a->log = log_new(
		&clock_system, a->redactor, (size_t)a->conf.ui.log_records, LIMIT_LOG_BYTES);
	if (opt_given(o, OPT_TRACE))
		r = log_set_trace(a->log, span_of(opt_str(o, OPT_TRACE)), e);
	rng_fill(&rng_system, run, sizeof(run));
	log_set_run(a->log, run);
	log_set_rotation(a->log, (uint64_t)opt_int(o, OPT_LOG_SIZE) << 10,
		(unsigned)opt_int(o, OPT_LOG_KEEP));
	if (r == RES_OK && opt_given(o, OPT_LOG_FILE))
		r = log_open_file(a->log, opt_str(o, OPT_LOG_FILE), e);
	if (r == RES_OK && opt_given(o, OPT_LOG_TO))
		r = log_open_system(
			a->log, (enum log_system_kind)opt_choice(o, OPT_LOG_TO), NULL, e);
	if (!a->on_screen)
		log_set_stderr(a->log, opt_given(o, OPT_VERBOSE) || opt_given(o, OPT_TRACE));
	return r;
}

static const struct transport_ops *
no_transport(struct err *e)
{
	err_set(e, RES_REFUSED, "nothing is sent here");
	return NULL;
}

enum res
app_start(struct app *a, bool offline, struct err *e)
{
	enum res r = open_log(a, e);
	struct engine_deps ed = {
		.clock = &clock_system,
		.rng = &rng_system,
		.log = a->log,
		.redactor = a->redactor,
		.record = &a->c,
		.load_transport = offline ? no_transport : modules_transport,
	};
	struct wizard_deps wd;

	if (r != RES_OK)
		return r;
	a->read_only = offline;
	if (a->on_screen)
		app_speak(a);
	a->engine = engine_new(&ed);
	engine_set_traceparent(a->engine, opt_given(a->opt, OPT_TRACEPARENT));
	if (!offline && a->opt->command != CMD_DEMO) {
		char *state = journal_default_folder();

		a->journal = journal_new(state, &rng_system);
		free(state);
	}
	wd = (struct wizard_deps){
		.engine = a->engine,
		.c = &a->c,
		.clock = &clock_system,
		.rng = &rng_system,
		.log = a->log,
		.redactor = a->redactor,
		.journal = a->journal,
	};
	a->wizard = wizard_new(&wd);
	if (a->opt->v[OPT_PROBES].given)
		wizard_set_probes(a->wizard, (enum probe_level)opt_choice(a->opt, OPT_PROBES));
	return RES_OK;
}

/* A token from the environment takes the place of the profile's file. */
static enum res
token_from_env(struct app *a, enum opt id, enum token_slot slot, struct err *e)
{
	struct secret *s = NULL;
	char *source;
	enum res r;

	if (!opt_given(a->opt, id))
		return RES_OK;
	source = xasprintf("env %s", opt_str(a->opt, id));
	r = conf_fetch_secret(source, &s, NULL, e);
	if (r == RES_OK)
		wizard_give_token(a->wizard, slot, secret_reveal(s), source);
	secret_unref(s);
	free(source);
	return r;
}

/* The wizard has set the engine's options by the profile; --max-body is no key of a profile. */
void
app_raise_limits(struct app *a)
{
	const struct profile *p = &a->c.profile;
	struct net_options o = engine_options_of(p);

	o.max_body = (size_t)opt_int(a->opt, OPT_MAX_BODY) << 10;
	if (opt_given(a->opt, OPT_MAX_BODY))
		engine_set_options(a->engine, &o, &p->headers);
}

enum res
app_check_tokens(const struct app *a, const struct profile *p, struct err *e)
{
	for (size_t i = 0; i < profile_key_count; i++) {
		const struct profile_key *k = &profile_keys[i];
		const char *path;

		if (k->kind != KEY_TOKEN)
			continue;
		path = *(char *const *)(const void *)((const char *)p + k->at);
		if (!path || !strcmp(path, "-") || access(path, R_OK) == 0)
			continue;
		for (int o = 0; o < OPT_COUNT; o++)
			if (option_rows[o].key && !strcmp(option_rows[o].key, k->name) &&
				opt_given(a->opt, (enum opt)o))
				return err_errno(e, "--%s %s", option_rows[o].name, path);
		return err_errno(e, "profile %s: %s_file: %s", p->name ? p->name : "(options)",
			k->name, path);
	}
	return RES_OK;
}

enum res
app_give(struct app *a, struct err *e)
{
	enum res r;

	if (opt_given(a->opt, OPT_ACCESS_TOKEN_ENV))
		profile_set(&a->profile.access_token_file, SPAN_EMPTY);
	if (opt_given(a->opt, OPT_REFRESH_TOKEN_ENV))
		profile_set(&a->profile.refresh_token_file, SPAN_EMPTY);
	r = app_check_tokens(a, &a->profile, e);
	if (r == RES_OK)
		r = wizard_use_profile(a->wizard, &a->profile, e);
	if (r == RES_OK)
		r = token_from_env(a, OPT_ACCESS_TOKEN_ENV, SLOT_ACCESS, e);
	if (r == RES_OK)
		r = token_from_env(a, OPT_REFRESH_TOKEN_ENV, SLOT_REFRESH, e);
	app_raise_limits(a);
	return r;
}

static void
show_progress(const struct app *a)
{
	char text[200];
	int64_t elapsed;

	if (wizard_progress(a->wizard, text, sizeof(text), &elapsed) && elapsed > 300000)
		fprintf(stderr, "\r\033[K%.70s  %.1f s", text, (double)elapsed / 1e6);
}

enum res
app_run(struct app *a, struct err *e)
{
	/* one line that is drawn over: nothing for a terminal that can only print */
	bool progress = isatty(STDERR_FILENO) && !screen_plain(a->opt) &&
		!opt_given(a->opt, OPT_VERBOSE) && !opt_given(a->opt, OPT_TRACE);
	enum res r = RES_OK;

	engine_turn(a->engine);
	wizard_update(a->wizard);
	while (r == RES_OK && wizard_busy(a->wizard)) {
		int64_t at = engine_deadline_us(a->engine), now = clock_mono_us(&clock_system);
		int ms = at == INT64_MAX ? -1 : at <= now ? 0 : (int)((at - now) / 1000 + 1);

		in_flight_is(wizard_refreshing(a->wizard) ? IN_FLIGHT_REFRESH : IN_FLIGHT_NOTHING);
		if (progress && (ms < 0 || ms > 200))
			ms = 200;
		r = engine_wait(a->engine, NULL, 0, ms);
		engine_turn(a->engine);
		wizard_update(a->wizard);
		autosave_turn(a->autosave, a);
		if (progress)
			show_progress(a);
		log_flush(a->log);
	}
	in_flight_is(IN_FLIGHT_NOTHING);
	if (progress)
		fputs("\r\033[K", stderr);
	if (r != RES_OK)
		err_errno(e, "waiting for the network");
	wizard_update(a->wizard);
	return r;
}
