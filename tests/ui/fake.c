#include "ui/fake.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/command.h"

struct fake fake;
struct ui_deps fake_deps;
const int fake_sizes[4][2] = {{18, 60}, {24, 80}, {40, 120}, {60, 200}};

/* --- the case ------------------------------------------------------------------------------------ */

#define NOW_S INT64_C(1769860800) /* 2026-01-31T12:00:00Z */

static const struct rule rule_expired = {.id = "token-expired", .severity = SEV_ERROR, .step = STEP_EXPIRY,
	.references = "RFC 6750 §3.1"};
static const struct rule rule_skew = {.id = "clock-skew-local", .severity = SEV_WARNING, .step = STEP_EXPIRY,
	.references = "RFC 7519 §4.1.4"};

static const struct rule rule_own_skew = {.id = "clock-skew-local", .severity = SEV_ERROR, .step = STEP_EXPIRY,
	.references = "RFC 7519 §4.1.4"};
static const struct rule rule_rejected = {.id = "userinfo-rejects-active-token", .severity = SEV_ERROR,
	.step = STEP_HANDLE, .references = "RFC 6750 §3.1"};
static const struct rule rule_early = {.id = "token-not-yet-valid", .severity = SEV_WARNING, .step = STEP_EXPIRY,
	.references = "RFC 7519 §4.1.5"};

static void
add_exchange(enum step step, enum purpose purpose, const char *method, const char *url, const char *answer)
{
	struct exchange *x = exchange_new();
	struct err e = ERR_INIT;

	x->step = step;
	x->purpose = purpose;
	x->slot = SLOT_ACCESS;
	http_request_set(&x->request, method, span_of(url));
	if (http_headers_add(&x->request.headers, SPAN_LIT("Authorization"),
		SPAN_LIT("Bearer eyJh…[redacted 812 B]")) != RES_OK)
		die("headers");
	http_response_release(&x->result.response);
	http_response_init(&x->result.response);
	if (http_parse_response(&x->result.response, span_of(answer), &e) != RES_OK)
		die("%s", e.text);
	x->result.timings = (struct timings){1000, 4000, 31000, 29000, 2000, 67000, false};
	snprintf(x->result.remote, sizeof(x->result.remote), "192.0.2.7:443");
	snprintf(x->result.tls.version, sizeof(x->result.tls.version), "TLSv1.3");
	snprintf(x->result.tls.cipher, sizeof(x->result.tls.cipher), "TLS_AES_256_GCM_SHA384");
	x->result.tls.verified = true;
	x->result.sent_wall_us = NOW_S * 1000000;
	case_add(&fake.c, x);
}

static void
no_answer(struct exchange *x)
{
	http_response_release(&x->result.response);
	http_response_init(&x->result.response);
	x->result.error = NETERR_READ_TIMEOUT;
	snprintf(x->result.error_text, sizeof(x->result.error_text), "no answer within 10 s");
	x->result.timings = (struct timings){1000, 4000, 31000, 9964000, 0, 10000000, false};
}

static void
fill_finding(struct finding *f, const struct rule *r, const char *summary, const char *remedy)
{
	f->rule = r;
	f->step = r->step;
	f->severity = r->severity;
	snprintf(f->summary, sizeof(f->summary), "%s", summary);
	snprintf(f->remedy, sizeof(f->remedy), "%s", remedy);
	f->n_evidence = 1;
	snprintf(f->evidence[0].fact, sizeof(f->evidence[0].fact), "exp");
	snprintf(f->evidence[0].value, sizeof(f->evidence[0].value), "2026-01-31 11:57:03Z");
	f->evidence[0].from = 2;
}

/* skew → expired → rejected, and skew → not yet valid */
static void
fill_chain(struct diagnosis *d)
{
	fill_finding(&d->findings[0], &rule_own_skew, d->verdict.summary, d->verdict.next);
	fill_finding(&d->findings[1], &rule_expired, "The access token expired 3 min ago by the server's clock; by this "
		"machine's it still has 9 min, so that nobody here refreshed it.", "Refresh the token.");
	fill_finding(&d->findings[2], &rule_rejected, "The user-information query was refused with invalid_token.",
		"Ask again with a new token.");
	fill_finding(&d->findings[3], &rule_early, "The new token is not valid before 12 min from now.", "Wait.");
	d->findings[1].caused_by[0] = &rule_own_skew;
	d->findings[1].n_caused_by = 1;
	d->findings[2].caused_by[0] = &rule_own_skew;
	d->findings[2].caused_by[1] = &rule_expired;
	d->findings[2].n_caused_by = 2;
	d->findings[3].caused_by[0] = &rule_own_skew;
	d->findings[3].n_caused_by = 1;
	d->n = 4;
}

static void
diagnose_fake(void)
{
	struct diagnosis *d = &fake.d;
	struct verdict *v = &d->verdict;

	memset(d, 0, sizeof(*d));
	switch (fake.state) {
	case FAKE_PROBLEM:
	case FAKE_OFFLINE:
		v->state = STATE_PROBLEM;
		snprintf(v->summary, sizeof(v->summary), "The access token expired 3 min ago by the server's clock.");
		snprintf(v->next, sizeof(v->next), "%s", fake.state == FAKE_OFFLINE ?
			"Log in again for a new token." : "Refresh it: step 3.");
		v->next_step = STEP_REFRESH;
		fill_finding(&d->findings[0], &rule_expired, v->summary, "Refresh the token, then ask again.");
		fill_finding(&d->findings[1], &rule_skew, "This machine's clock is 41 s behind the server's.",
			"Set the clock by NTP.");
		d->n = 2;
		v->primary = &d->findings[0];
		break;
	case FAKE_CHAIN:
		v->state = STATE_PROBLEM;
		snprintf(v->summary, sizeof(v->summary), "This machine's clock is 12 min behind the server's.");
		snprintf(v->next, sizeof(v->next), "Set the clock by NTP, then walk again.");
		fill_chain(d);
		v->primary = &d->findings[0];
		break;
	case FAKE_UNDETERMINED:
		v->state = STATE_UNDETERMINED;
		snprintf(v->summary, sizeof(v->summary), "The authorization server says that the token is not active, "
			"and nothing that it or the token itself says tells whether it expired, was revoked, or is "
			"meant for another client.");
		snprintf(v->next, sizeof(v->next), "Ask for user information with it: 4 Handle, Enter");
		v->next_step = STEP_HANDLE;
		break;
	default:
		v->state = STATE_OK;
		snprintf(v->summary, sizeof(v->summary), "%s", fake.state == FAKE_OK ?
			"The token works: it is active and user information came." : "");
		snprintf(v->next, sizeof(v->next), "%s", fake.state == FAKE_OK ?
			"Nothing needs to be done: refresh it before it expires." : "");
		break;
	}
}

void
fake_set(enum fake_state state)
{
	fake.state = state;
	fake.revision++;
	fake.exp_us = state == FAKE_OK ? (NOW_S + 299) * 1000000 : state == FAKE_PROBLEM || state == FAKE_CHAIN || state == FAKE_OFFLINE ? (NOW_S - 177) * 1000000 : 0;
	diagnose_fake();
}

static void
fill_case(enum fake_state state)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"sub\":\"u1\",\"name\":\"Ada\"}";
	static const char refused[] =
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n\r\n";

	case_init(&fake.c);
	profile_set(&fake.c.profile.name, SPAN_LIT("acme"));
	profile_set(&fake.c.profile.issuer, SPAN_LIT("https://user@idp.example/realms/acme"));
	case_give_token(&fake.c, SLOT_ACCESS, SPAN_LIT("opaque-token-of-the-tests-0123456789abcdef"), "file at.txt");
	case_give_token(&fake.c, SLOT_REFRESH, SPAN_LIT("refresh-token-of-the-tests-0123456789abc"), "file rt.txt");
	add_exchange(STEP_VERIFY, PURPOSE_DISCOVERY, "GET", "https://idp.example/.well-known/openid-configuration",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"issuer\":\"https://idp.example\"}");
	add_exchange(STEP_VERIFY, PURPOSE_INTROSPECTION, "POST", "https://idp.example/introspect",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\n \"active\": false\n}\n");
	add_exchange(STEP_HANDLE, PURPOSE_USERINFO, "GET", "https://idp.example/userinfo", state == FAKE_OK ? ok : refused);
	if (state == FAKE_UNDETERMINED)
		no_answer(fake.c.exchanges[2]);
}

static void
fill_log(void)
{
	struct log *l = fake.log;

	for (int i = 0; i < 3; i++) {
		log_add(l, LOG_INFO, LOGC_HTTP, 1, "→ GET idp.example/.well-known/openid-configuration");
		clock_advance_us(&fake.clock, 12000);
		log_add(l, LOG_INFO, LOGC_HTTP, 1, "← 200 application/json 12 ms (reused)");
		log_add(l, LOG_INFO, LOGC_HTTP, 2, "→ POST idp.example/introspect");
		clock_advance_us(&fake.clock, 67000);
		log_add(l, LOG_INFO, LOGC_HTTP, 2, "← 200 application/json 67 ms (dns 1 tcp 4 tls 31 wait 29)");
		log_add(l, LOG_WARN, LOGC_STEP, 0, "the clock of this machine is 41 s behind the server's");
	}
	log_add(l, LOG_ERROR, LOGC_NET, 3, "a hostile \033[2J\xe2\x80\xae reason\r\nphrase");
}

void
fake_init(enum fake_state state)
{
	memset(&fake, 0, sizeof(fake));
	clock_init_manual(&fake.clock, NOW_S * 1000000);
	fake.redactor = redactor_new();
	fake.log = log_new(&fake.clock, fake.redactor, 1000, 1 << 20);
	fill_case(state);
	fake_set(state);
	if (state != FAKE_EMPTY)
		fill_log();
	fake_deps = (struct ui_deps){.wizard = (struct wizard *)&fake, .engine = (struct engine *)&fake,
		.clock = &fake.clock, .log = fake.log, .guide = true, .offline = state == FAKE_OFFLINE};
}

void
fake_release(void)
{
	case_release(&fake.c);
	log_free(fake.log);
	redactor_free(fake.redactor);
}

struct ui *
fake_ui(enum step step)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	ui->d = &fake_deps;
	ui->prepared = true;
	ui->step = step;
	ui->guide = true;
	ui->records = fake.log;
	logview_init(&ui->log);
	keymap_init(&ui->keymap);
	theme_init_default(&ui->theme);
	canvas_init(&ui->canvas);
	canvas_resize(&ui->canvas, 24, 80);
	model_init(&ui->m);
	for (int s = 0; s < STEP_COUNT; s++)
		ui->places[s] = (struct place){-1, 0};
	ui_push(ui, &screen_step);
	model_read(&ui->m, fake_deps.wizard, step, &ui->keymap, false);
	return ui;
}

void
fake_ui_free(struct ui *ui)
{
	while (ui->n_layers)
		ui_pop(ui);
	dialog_forget(ui);
	command_history_forget(ui);
	canvas_release(&ui->canvas);
	model_release(&ui->m);
	logview_release(&ui->log);
	free(ui);
}

/* --- the wizard ---------------------------------------------------------------------------------------- */

static int64_t
wall_us(void)
{
	return fake.real ? clock_wall_us(&clock_system) : clock_wall_us(&fake.clock);
}

static int64_t
mono_us(void)
{
	return fake.real ? clock_mono_us(&clock_system) : clock_mono_us(&fake.clock);
}

static int64_t
life_s(void)
{
	return fake.life_s ? fake.life_s : 420;
}

void
wizard_countdown(const struct wizard *w, enum token_slot slot, struct countdown *out)
{
	(void)w;
	*out = (struct countdown){.known = fake.exp_us && slot == SLOT_ACCESS};
	if (!out->known) {
		if (slot == SLOT_REFRESH && fake.state >= FAKE_OK)
			*out = (struct countdown){true, 29 * 86400 + 7200, 0, STATE_OK};
		return;
	}
	out->left_s = (fake.exp_us - wall_us()) / 1000000 - fake.skew_s;
	out->life_s = life_s();
	out->band = out->left_s <= 0 ? STATE_PROBLEM : out->left_s < 60 ? STATE_WARNING : STATE_OK;
}

/* Seven minutes of life; the server's clock is 41 s ahead where a skew was found; a refresh token of 30 days. */
void
wizard_timeline(const struct wizard *w, struct timeline *out)
{
	int64_t now = wall_us() / 1000000, skew = fake.skew_s ? fake.skew_s : fake.state == FAKE_PROBLEM || fake.state == FAKE_OFFLINE ? 41 : 0;

	(void)w;
	*out = (struct timeline){.now_s = now + skew, .local_s = now, .leeway_s = 60, .skew_known = skew != 0};
	if (fake.exp_us)
		out->access = (struct life){true, fake.exp_us / 1000000 - life_s(), 0, fake.exp_us / 1000000};
	if (fake.state >= FAKE_OK)
		out->refresh = (struct life){true, NOW_S - 86400 + 7200, 0, NOW_S + 29 * 86400 + 7200};
}

enum res
wizard_use_profile(struct wizard *w, const struct profile *p, struct err *e)
{
	(void)w;
	(void)p;
	(void)e;
	return RES_OK;
}

void
wizard_give_token(struct wizard *w, enum token_slot slot, struct span value, const char *source)
{
	(void)w;
	fake.gave++;
	snprintf(fake.given, sizeof(fake.given), "%.*s", SPAN_ARG(value));
	snprintf(fake.source, sizeof(fake.source), "%s", source);
	case_give_token(&fake.c, slot, value, source);
}

enum res
wizard_take_text(struct wizard *w, enum token_slot slot, struct span text, const char *source, char *note,
	size_t size, struct err *e)
{
	(void)snprintf(note, size, "%s", "");
	if (span_starts(text, "no token: "))
		return err_set(e, RES_NOTFOUND, "this is a test, and there is no access token in it");
	wizard_give_token(w, slot, text, source);
	return RES_OK;
}

enum res
wizard_set_token_place(struct wizard *w, enum token_place place, const char *path, struct err *e)
{
	(void)w;
	if (path && strcmp(path, "/nowhere/x") == 0)
		return err_set(e, RES_IO, "/nowhere/x: there is no such folder, and a reason may well be longer than "
			"one row of the dialog is on a small terminal");
	fake.place = place;
	snprintf(fake.path, sizeof(fake.path), "%s", path ? path : "");
	return RES_OK;
}

enum token_place
wizard_token_place(const struct wizard *w, const char **path)
{
	(void)w;
	if (path)
		*path = fake.path;
	return fake.place;
}

void
wizard_run_step(struct wizard *w, enum step s)
{
	(void)w;
	(void)s;
	fake.ran++;
	fake_set(FAKE_RUNNING);
	fake.done_us = mono_us() + 50000;
}

void
wizard_walk(struct wizard *w, unsigned mask, bool may_refresh, enum token_slot revoke)
{
	(void)mask;
	(void)may_refresh;
	(void)revoke;
	fake.walks++;
	wizard_run_step(w, STEP_VERIFY);
}

bool
wizard_busy(const struct wizard *w)
{
	(void)w;
	return fake.state == FAKE_RUNNING;
}

void
wizard_cancel(struct wizard *w)
{
	(void)w;
	fake.cancelled++;
	fake.done_us = 0;
	fake_set(FAKE_UNDETERMINED);
}

bool
wizard_refreshing(const struct wizard *w)
{
	(void)w;
	return fake.state == FAKE_RUNNING && fake.refreshing;
}

bool
wizard_awaits_tokens(const struct wizard *w)
{
	return wizard_refreshing(w) && fake.place == PLACE_FILE;
}

void
wizard_settle(struct wizard *w)
{
	(void)w;
	fake.done_us = 0;
}

bool
wizard_progress(const struct wizard *w, char *text, size_t size, int64_t *elapsed_us)
{
	(void)w;
	snprintf(text, size, "introspection · idp.example");
	*elapsed_us = 3000000;
	return fake.state == FAKE_RUNNING;
}

size_t
wizard_open_probes(const struct wizard *w, const struct probe_row *out[])
{
	static const struct probe_row rows[] = {
		{"other-auth-method", PROBES_ALL, STEP_VERIFY, 1, 0, "Is the client accepted the other way?",
			"it counts as one more failed login", ""},
		{"again-after-2s", PROBES_ALL, STEP_VERIFY, 2, 2, "Is the token accepted two seconds later?",
			"it takes two seconds", ""},
	};

	(void)w;
	if (fake.state != FAKE_UNDETERMINED || fake.probed)
		return 0;
	out[0] = &rows[0];
	out[1] = &rows[1];
	return 2;
}

void
probe_cost(const struct probe_row *p, char *out, size_t size)
{
	snprintf(out, size, "%u request%s%s; %s", p->requests, p->requests == 1 ? "" : "s", p->seconds ? ", 2 s" : "",
		p->danger);
}

enum res
wizard_run_probes(struct wizard *w, struct err *e)
{
	(void)w;
	(void)e;
	fake.probed++;
	return RES_OK;
}

bool
wizard_can_refresh(const struct wizard *w, char *why, size_t size)
{
	(void)w;
	snprintf(why, size, "no");
	return !fake.no_refresh && fake.state != FAKE_OFFLINE;
}

enum res
wizard_refresh(struct wizard *w, struct err *e)
{
	(void)w;
	(void)e;
	fake.refreshed++;
	fake_set(FAKE_OK);
	return RES_OK;
}

size_t
wizard_interrupted(const struct wizard *w, struct journal_entry *out, size_t max)
{
	size_t n = fake.interrupted < max ? fake.interrupted : max;

	(void)w;
	memset(out, 0, max * sizeof *out);
	return n;
}

enum res
wizard_dismiss(struct wizard *w, const struct journal_entry *seen, struct err *e)
{
	(void)w;
	(void)seen;
	(void)e;
	fake.interrupted--;
	return RES_OK;
}

char *
interrupted_words(const struct journal_entry *entry, char *out, size_t size)
{
	(void)entry;
	snprintf(out, size, "A refresh of acme at idp.example ended before its answer was kept.");
	return out;
}

enum res
wizard_set_refresh_scope(struct wizard *w, const char *scope, struct err *e)
{
	(void)w;
	(void)scope;
	(void)e;
	return RES_OK;
}

bool
wizard_can_revoke(const struct wizard *w, enum token_slot slot, char *why, size_t size)
{
	(void)w;
	(void)slot;
	snprintf(why, size, "the refresh token and, on most servers, every access token of its grant will stop working");
	return true;
}

enum res
wizard_revoke(struct wizard *w, enum token_slot slot, struct err *e)
{
	(void)w;
	(void)slot;
	(void)e;
	fake.revoked++;
	return RES_OK;
}

enum res
wizard_replace_token_files(struct wizard *w, struct err *e)
{
	(void)w;
	if (fake.c.n_generations < 2)
		return err_set(e, RES_NOTFOUND, "no new tokens have come in this run");
	fake.replaced++;
	return RES_OK;
}

bool
wizard_update(struct wizard *w)
{
	int64_t second = wall_us() / 1000000;
	bool changed;

	(void)w;
	if (fake.state == FAKE_RUNNING && fake.done_us && mono_us() >= fake.done_us)
		fake_set(FAKE_PROBLEM);
	changed = fake.seen != fake.revision || (fake.exp_us && second != fake.last_second);
	fake.seen = fake.revision;
	fake.last_second = second;
	return changed;
}

const struct diagnosis *
wizard_diagnosis(const struct wizard *w)
{
	(void)w;
	return &fake.d;
}

const struct case_file *
wizard_case(const struct wizard *w)
{
	(void)w;
	return &fake.c;
}

enum state
wizard_step_state(const struct wizard *w, enum step s)
{
	static const enum state problem[STEP_COUNT] = {STATE_OK, STATE_WARNING, STATE_SKIPPED, STATE_PROBLEM,
		STATE_UNDETERMINED};

	(void)w;
	if (fake.state == FAKE_EMPTY || fake.state == FAKE_RUNNING)
		return STATE_PENDING;
	if (fake.state == FAKE_UNDETERMINED)
		return s == STEP_VERIFY ? STATE_UNDETERMINED : STATE_PENDING;
	return fake.state == FAKE_OK ? STATE_OK : problem[s];
}

enum step
wizard_running_step(const struct wizard *w)
{
	(void)w;
	return fake.state == FAKE_RUNNING ? STEP_VERIFY : STEP_COUNT;
}

int64_t
wizard_deadline_us(const struct wizard *w)
{
	int64_t left = 1000000 - wall_us() % 1000000;

	(void)w;
	return fake.exp_us && fake.exp_us > wall_us() ? mono_us() + left : INT64_MAX;
}

void
wizard_farewell(const struct wizard *w, struct buf *out)
{
	(void)w;
	buf_puts(out, "This run sent 3 requests to idp.example.\nNothing was changed.\n");
}

void
wizard_advice(const struct wizard *w, struct advice *out)
{
	size_t here = decision_here(w);

	memset(out, 0, sizeof(*out));
	out->kind = fake.decided ? fake.decided : here < decision_count ? decisions[here].kind : ADVICE_UNKNOWN;
}

/* --- the engine ----------------------------------------------------------------------------------------- */

void
engine_turn(struct engine *e)
{
	(void)e;
}

int64_t
engine_deadline_us(const struct engine *e)
{
	(void)e;
	return fake.state == FAKE_RUNNING && fake.done_us ? fake.done_us : INT64_MAX;
}

enum res
engine_wait(struct engine *e, struct pollfd *fds, size_t n, int timeout_ms)
{
	int r;

	(void)e;
	r = poll(fds, n, fake.real ? timeout_ms : 0);
	if (r == 0 && timeout_ms != 0 && fake.on_wait) {
		fake.on_wait(timeout_ms);
		return poll(fds, n, 0) < 0 ? RES_IO : RES_OK;
	}
	if (!fake.real && r == 0 && timeout_ms > 0)
		clock_advance_us(&fake.clock, timeout_ms * INT64_C(1000));
	return r < 0 && n == 0 ? RES_IO : RES_OK;
}

enum res
exchange_curl_command(const struct exchange *x, struct buf *out)
{
	return buf_printf(out, "curl '%s'", x->request.url);
}
