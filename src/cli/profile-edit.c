#include "cli/profile-edit.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/conf-write.h"
#include "cli/modules.h"
#include "oauth/url.h"

enum res
profile_save(struct app *a, const struct profile *p, char **path, struct err *e)
{
	const char *config = opt_str(a->opt, OPT_CONFIG);
	enum res r = conf_profile_save(&a->conf, config, p, path, e);
	struct conf fresh;

	if (r != RES_OK)
		return r;
	conf_init(&fresh);
	if (conf_load(&fresh, config, NULL) == RES_OK) {
		struct conf was = a->conf;

		a->conf.profiles = fresh.profiles;
		a->conf.profile_where = fresh.profile_where;
		a->conf.n_profiles = fresh.n_profiles;
		fresh.profiles = was.profiles;
		fresh.profile_where = was.profile_where;
		fresh.n_profiles = was.n_profiles;
	}
	conf_release(&fresh);
	return RES_OK;
}

struct profile_test {
	struct engine *engine;
	struct case_file record;
	struct profile p;
	bool done, good;
	char words[LIMIT_MESSAGE];
};

static void
say(struct profile_test *t, bool good, const char *fmt, ...)
{
	char raw[LIMIT_MESSAGE];
	va_list ap;

	va_start(ap, fmt);
	text_vformat(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	t->done = true;
	t->good = good;
	text_safe_into(t->words, sizeof(t->words), span_of(raw));
}

/* What the program needs of the metadata, and it does not name. */
static void
say_metadata(struct profile_test *t, const struct metadata *m)
{
	static const enum endpoint wanted[] = {EP_TOKEN, EP_INTROSPECTION, EP_USERINFO};
	char differs[200];
	struct buf b;

	if (!metadata_is_of(m, span_of(t->p.issuer))) {
		url_difference(differs, sizeof(differs), m->issuer, span_of(t->p.issuer));
		say(t, false,
			"It answers, but its metadata is of another issuer, %.*s (it differs %s).",
			SPAN_ARG(m->issuer), differs);
		return;
	}
	buf_init(&b, LIMIT_MESSAGE);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!m->url[wanted[i]].n && !profile_endpoint(&t->p, wanted[i]).n)
			buf_printf(&b, "%s%s", b.len ? ", " : "", endpoint_words(wanted[i]));
	say(t, true, "The issuer answers, and its metadata is its own.%s%s%s",
		b.len ? " It names no " : "", b.len ? buf_str(&b) : "", b.len ? "." : "");
	buf_release(&b);
}

static void
answered(void *ctx, const struct net_result *raw, const struct exchange *x)
{
	struct profile_test *t = ctx;
	struct metadata m;

	if (!x) {
		say(t, false, "Cancelled.");
		return;
	}
	if (raw->error != NETERR_NONE) {
		say(t, false, "No answer: %s%s%s.", net_error_words(raw->error),
			raw->error_text[0] ? ": " : "", raw->error_text);
		return;
	}
	if (raw->response.status != 200) {
		say(t, false, "%s answers %d: there is no metadata.", t->p.issuer,
			raw->response.status);
		return;
	}
	metadata_init(&m);
	if (metadata_parse(&m, buf_span(&raw->response.body), NULL) == RES_OK)
		say_metadata(t, &m);
	else
		say(t, false, "It answers, but not with metadata: no JSON object came.");
	metadata_release(&m);
}

struct profile_test *
profile_test_new(const struct app *a, const struct profile *p, struct err *e)
{
	struct engine_call call = {.step = STEP_VERIFY,
		.purpose = PURPOSE_DISCOVERY,
		.idempotent = true,
		.follow_redirects = true,
		.done = answered};
	struct profile_test *t;
	struct net_options o;
	struct buf url;

	if (!p->issuer || !p->discovery) {
		err_set(e, RES_REFUSED,
			"There is no issuer to ask for metadata: the test needs one, and "
			"discovery.");
		return NULL;
	}
	t = xcalloc(1, sizeof(*t));
	case_init(&t->record);
	profile_init(&t->p);
	profile_copy(&t->p, p);
	t->engine = engine_new(&(struct engine_deps){
		.clock = &clock_system,
		.rng = &rng_system,
		.log = a->log,
		.redactor = a->redactor,
		.record = &t->record,
		.load_transport = modules_transport,
	});
	o = engine_options_of(&t->p);
	engine_set_options(t->engine, &o, &t->p.headers);
	engine_confirm_origin(t->engine, span_of(t->p.issuer));
	buf_init(&url, LIMIT_URL);
	if (url_well_known_openid(&url, span_of(t->p.issuer)) != RES_OK) {
		say(t, false, "The issuer is no address.");
	} else {
		call.ctx = t;
		http_request_init(&call.http);
		http_request_set(&call.http, "GET", buf_span(&url));
		engine_submit(t->engine, &call);
	}
	buf_release(&url);
	return t;
}

bool
profile_test_turn(struct profile_test *t, int wait_ms, bool *good, char *words, size_t size)
{
	engine_turn(t->engine);
	if (!t->done) {
		int64_t due = engine_deadline_us(t->engine), now = clock_mono_us(&clock_system);
		int64_t left = due == INT64_MAX ? wait_ms : (due - now) / 1000 + 1;

		(void)!engine_wait(t->engine, NULL, 0,
			left < 0 ? 0 : left < wait_ms ? (int)left : wait_ms);
		engine_turn(t->engine);
	}
	if (!t->done)
		return false;
	*good = t->good;
	snprintf(words, size, "%s", t->words);
	return true;
}

void
profile_test_free(struct profile_test *t)
{
	if (!t)
		return;
	engine_free(t->engine);
	case_release(&t->record);
	profile_release(&t->p);
	free(t);
}
