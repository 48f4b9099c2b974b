#include "unit.h"

#include "diagnose/fixture.h"

#include "base/encode.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"

struct reader {
	struct fixture *fx;
	const char *path;
	int line;
	int64_t now;
	/* the exchange under construction */
	bool open;
	enum purpose purpose;
	enum token_slot slot;
	uint32_t generation, follows;
	unsigned failed;
	bool login;
	int64_t at_ms, took_ms;
	enum net_error error;
	enum sig_state sig; /* of the answer itself */
	struct buf request, response;
	char proxy[140], proof_jkt[48];
	struct tls_info tls;
};

static void
bad(const struct reader *r, const char *why)
{
	fail_msg("%s:%d: %s", r->path, r->line, why);
}

/* --- {…} ---------------------------------------------------------------------------------- */

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void
http_date(struct buf *out, int64_t at)
{
	struct tm tm;
	time_t t = (time_t)at;

	assert_non_null(gmtime_r(&t, &tm));
	(void)buf_printf(out, "%s, %02d %s %d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
		months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static bool
offset_of(struct span word, const char *name, int64_t *off)
{
	if (!span_starts(word, name))
		return false;
	word = span_from(word, strlen(name));
	*off = 0;
	return !word.n || span_to_i64(word, off) == RES_OK;
}

static bool
replace_word(const struct reader *r, struct buf *out, struct span word)
{
	static const char *const names[] = {"access", "refresh", "id"};
	int64_t off;

	if (offset_of(word, "now", &off)) {
		(void)buf_printf(out, "%lld", (long long)(r->now + off));
		return true;
	}
	if (offset_of(word, "date", &off)) {
		http_date(out, r->now + r->at_ms / 1000 + off); /* when the exchange happens */
		return true;
	}
	if (span_starts(word, "basic:")) {
		(void)base64_encode(out, span_from(word, 6));
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (span_is(word, names[i])) {
			(void)buf_puts(out, r->fx->tokens[i] ? r->fx->tokens[i] : "");
			return true;
		}
	}
	return false;
}

static void
expand(const struct reader *r, struct buf *out, struct span s)
{
	while (s.n) {
		size_t end;

		if (s.p[0] == '{' && (end = span_find(s, '}')) != SIZE_MAX &&
			replace_word(r, out, span_sub(s, 1, end - 1))) {
			s = span_from(s, end + 1);
			continue;
		}
		(void)buf_putc(out, s.p[0]);
		s = span_from(s, 1);
	}
}

static void
unescape(struct buf *out, struct span s)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || i + 1 >= s.n) {
			(void)buf_putc(out, s.p[i]);
			continue;
		}
		i++;
		if (s.p[i] == 'x' && i + 2 < s.n) {
			const char *a = strchr(hex, s.p[i + 1]), *b = strchr(hex, s.p[i + 2]);

			assert_true(a && b);
			(void)buf_putc(out, (char)((a - hex) * 16 + (b - hex)));
			i += 2;
		} else {
			(void)buf_putc(out,
				s.p[i] == 'n'           ? '\n'
					: s.p[i] == 't' ? '\t'
					: s.p[i] == 'r' ? '\r'
							: s.p[i]);
		}
	}
}

/* --- tokens ------------------------------------------------------------------------------- */

static size_t
signature_bytes(struct span header)
{
	if (span_find_str(header, "\"none\"") != SIZE_MAX)
		return 0;
	if (span_find_str(header, "\"ES256\"") != SIZE_MAX)
		return 64;
	if (span_find_str(header, "\"HS256\"") != SIZE_MAX)
		return 32;
	return 256;
}

static void
make_jwt(struct buf *out, struct span claims, struct span header)
{
	char signature[256];

	for (size_t i = 0; i < sizeof(signature); i++)
		signature[i] = (char)(i * 37 + 11 + claims.n);
	(void)base64url_encode(out, header);
	(void)buf_putc(out, '.');
	(void)base64url_encode(out, claims);
	(void)buf_putc(out, '.');
	(void)base64url_encode(out, span_make(signature, signature_bytes(header)));
}

static void
give(struct reader *r, enum token_slot slot, struct span text)
{
	static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}";
	struct buf all, value;
	struct span s, head = SPAN_LIT(header);
	size_t at;

	buf_init(&all, LIMIT_TOKEN);
	buf_init(&value, LIMIT_TOKEN);
	expand(r, &all, text);
	s = buf_span(&all);
	if (span_starts(s, "jwt ")) {
		s = span_trim(span_from(s, 4));
		at = span_find_str(s, " header ");
		if (at != SIZE_MAX) {
			head = span_trim(span_from(s, at + 8));
			s = span_trim(span_sub(s, 0, at));
		}
		make_jwt(&value, s, head);
	} else if (span_starts(s, "value ")) {
		unescape(&value, span_from(s, 6));
	} else {
		bad(r, "a token is jwt or value");
	}
	case_give_token(&r->fx->c, slot, buf_span(&value), "fixture");
	free(r->fx->tokens[slot - SLOT_ACCESS]);
	r->fx->tokens[slot - SLOT_ACCESS] =
		span_dup(secret_reveal(case_token(&r->fx->c, slot)->value));
	redactor_add(r->fx->redactor, case_token(&r->fx->c, slot)->value);
	buf_release(&all);
	buf_release(&value);
}

/* --- profile ------------------------------------------------------------------------------ */

static void
set_profile(struct reader *r, struct span text)
{
	struct profile *p = &r->fx->c.profile;
	size_t eq = span_find(text, '=');
	struct span key = span_trim(span_sub(text, 0, eq)),
		    value = span_trim(span_from(text, eq + 1));

	assert_true(eq != SIZE_MAX);
	for (size_t i = 0; i < profile_key_count; i++) {
		char *at = (char *)p + profile_keys[i].at;
		int64_t number;

		if (!span_is(key, profile_keys[i].name))
			continue;
		switch (profile_keys[i].kind) {
		case KEY_STR:
		case KEY_URL:
			profile_set((char **)at, value);
			return;
		case KEY_INT:
			assert_int_equal(span_to_i64(value, &number), RES_OK);
			*(int *)at = (int)number;
			return;
		case KEY_BOOL:
			*(bool *)at = span_is(value, "true");
			return;
		case KEY_SECRET:
			*(struct secret **)at = secret_new(value);
			return;
		case KEY_LIST:
		case KEY_TOKEN:
			break;
		}
	}
	bad(r, "no such profile key");
}

/* --- exchanges ---------------------------------------------------------------------------- */

static enum step
step_of(enum purpose p)
{
	switch (p) {
	case PURPOSE_REFRESH:
	case PURPOSE_TOKEN:
		return STEP_REFRESH;
	case PURPOSE_USERINFO:
	case PURPOSE_PROBE_USERINFO:
	case PURPOSE_PROBE_FORM:
	case PURPOSE_PROBE_BARE:
	case PURPOSE_PROBE_BEARER:
	case PURPOSE_RESOURCE:
	case PURPOSE_REVOCATION:
	case PURPOSE_AUTHORIZATION:
	case PURPOSE_PAR:
	case PURPOSE_DEVICE:
		return STEP_HANDLE;
	case PURPOSE_CLOCK:
		return STEP_EXPIRY;
	case PURPOSE_DISCOVERY:
	case PURPOSE_JWKS:
	case PURPOSE_INTROSPECTION:
	case PURPOSE_PROBE_INTROSPECTION:
	case PURPOSE_PROBE_TOKEN:
	case PURPOSE_OTHER:
	case PURPOSE_COUNT:
		break;
	}
	return STEP_VERIFY;
}

/* What the program itself does with an answer: follow the metadata, take new tokens, note a
 * revocation. */
static void
follow_up(struct reader *r, struct exchange *x, struct span body)
{
	struct case_file *c = &r->fx->c;
	struct span issuer = json_get_str(x->answer.doc, "issuer");
	struct token_response t;

	if (x->purpose == PURPOSE_DISCOVERY && x->answer.outcome == OUTCOME_SUCCESS &&
		!c->metadata.doc && (!c->profile.issuer || span_is(issuer, c->profile.issuer))) {
		assert_int_equal(metadata_parse(&c->metadata, body, NULL), RES_OK);
		c->metadata_from = x->n;
	}
	if (x->purpose == PURPOSE_REFRESH && x->answer.outcome == OUTCOME_SUCCESS &&
		token_response_read(&t, body, NULL) == RES_OK) {
		case_add_generation(c, &t, x->n, x->result.answered_wall_us);
		token_response_release(&t);
	}
	if (r->login && token_response_read(&t, body, NULL) == RES_OK) {
		case_add_login(c, &t, x->n, x->result.answered_wall_us, false);
		token_response_release(&t);
	}
	if (r->failed)
		case_set_checks(c, x->n, r->failed, "");
	if (x->purpose == PURPOSE_REVOCATION && x->result.response.status == 200)
		c->revoked_wall_us = x->result.answered_wall_us;
}

static void
finish(struct reader *r)
{
	struct http_request req;
	struct net_result raw;
	struct exchange *x;

	if (!r->open)
		return;
	r->open = false;
	/* the last line's end is the file's, not the body's */
	buf_truncate(&r->request, r->request.len - 1);
	if (r->response.len)
		buf_truncate(&r->response,
			r->response.len - (buf_str(&r->response)[r->response.len - 2] != '\n'));
	http_request_init(&req);
	net_result_init(&raw);
	if (http_parse_request(&req, buf_span(&r->request), NULL) != RES_OK)
		bad(r, "the request cannot be read");
	if (r->response.len &&
		http_parse_response(&raw.response, buf_span(&r->response), NULL) != RES_OK)
		bad(r, "the response cannot be read");
	raw.error = r->error;
	raw.sent_wall_us = r->now * 1000000 + r->at_ms * 1000;
	if (raw.response.status)
		raw.answered_wall_us = raw.sent_wall_us + r->took_ms * 1000;
	raw.timings.total = r->took_ms * 1000;
	memcpy(raw.proxy, r->proxy, sizeof(raw.proxy));
	raw.via_proxy = r->proxy[0];
	tls_info_copy(&raw.tls, &r->tls);
	x = exchange_record(&req, &raw, step_of(r->purpose), r->purpose, r->fx->redactor);
	x->slot = r->slot;
	x->follows = r->follows;
	if (r->proof_jkt[0])
		text_format(x->proof_jkt, sizeof(x->proof_jkt), "%s", r->proof_jkt);
	r->proof_jkt[0] = '\0';
	case_add(&r->fx->c, x);
	x->token_generation = r->generation;
	if (r->sig != SIG_NOT_CHECKED)
		case_set_signature(&r->fx->c, x->n, r->sig, "");
	follow_up(r, x, buf_span(&raw.response.body));
	http_request_release(&req);
	net_result_release(&raw);
}

static enum token_slot
usual_slot(enum purpose p)
{
	switch (p) {
	case PURPOSE_INTROSPECTION:
	case PURPOSE_USERINFO:
	case PURPOSE_PROBE_FORM:
	case PURPOSE_PROBE_BEARER:
	case PURPOSE_RESOURCE:
	case PURPOSE_REVOCATION:
		return SLOT_ACCESS;
	case PURPOSE_REFRESH:
		return SLOT_REFRESH;
	case PURPOSE_PROBE_INTROSPECTION:
	case PURPOSE_PROBE_USERINFO:
	case PURPOSE_PROBE_TOKEN:
		return SLOT_MADE_UP;
	case PURPOSE_DISCOVERY:
	case PURPOSE_JWKS:
	case PURPOSE_CLOCK:
	case PURPOSE_PROBE_BARE:
	case PURPOSE_TOKEN:
	case PURPOSE_AUTHORIZATION:
	case PURPOSE_PAR:
	case PURPOSE_DEVICE:
	case PURPOSE_OTHER:
	case PURPOSE_COUNT:
		break;
	}
	return SLOT_NONE;
}

/* Ids of loginchecks.def, commas between them. */
static void
failed_checks(struct reader *r, struct span list)
{
	struct span id;
	enum login_check c;

	while (span_next(&list, ',', &id)) {
		if (!login_check_from_id(id, &c))
			bad(r, "no such check");
		r->failed |= check_bit(c);
	}
}

static void
option(struct reader *r, struct span word)
{
	static const char *const slots[] = {"none", "access", "refresh", "id", "made-up"};
	size_t eq = span_find(word, '=');
	struct span key = span_sub(word, 0, eq), value = span_from(word, eq + 1);
	int64_t n = 0;

	assert_true(eq != SIZE_MAX);
	if (span_is(key, "slot")) {
		for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
			if (span_is(value, slots[i]))
				r->slot = (enum token_slot)i;
		}
		return;
	}
	if (span_is(key, "proxy")) {
		(void)snprintf(r->proxy, sizeof(r->proxy), "%.*s", SPAN_ARG(value));
		return;
	}
	if (span_is(key, "failed")) {
		failed_checks(r, value);
		return;
	}
	if (span_is(key, "sig")) {
		if (!sig_state_from_id(value, &r->sig))
			bad(r, "no such state of a signature");
		return;
	}
	if (span_is(key, "error")) {
		if (!net_error_from_id(value, &r->error))
			bad(r, "no such network error");
		return;
	}
	if (span_to_i64(value, &n) != RES_OK)
		bad(r, "not a number");
	if (span_is(key, "at"))
		r->at_ms = n;
	else if (span_is(key, "took"))
		r->took_ms = n;
	else if (span_is(key, "gen"))
		r->generation = (uint32_t)n;
	else if (span_is(key, "follows"))
		r->follows = (uint32_t)n;
	else if (span_is(key, "login"))
		r->login = n;
	else
		bad(r, "no such option");
}

static void
begin(struct reader *r, struct span rest)
{
	struct span word;

	finish(r);
	r->open = true;
	buf_clear(&r->request);
	buf_clear(&r->response);
	r->tls = (struct tls_info){0};
	r->proxy[0] = '\0';
	if (!span_word(&rest, &word) || !purpose_from_id(word, &r->purpose))
		bad(r, "no such purpose");
	r->slot = usual_slot(r->purpose);
	r->error = NETERR_NONE;
	r->sig = SIG_NOT_CHECKED;
	r->generation = r->follows = 0;
	r->failed = 0;
	r->login = false;
	r->took_ms = 40;
	r->at_ms += 1000;
	while (span_word(&rest, &word))
		option(r, word);
}

/* "none", or "SUBJECT | not after": the server asked for it. */
static void
add_client_cert(struct reader *r, struct span rest)
{
	struct span subject, until = SPAN_EMPTY;

	r->tls.cert_asked = r->tls.verified = true;
	assert_true(span_next(&rest, '|', &subject));
	if (span_is(span_trim(subject), "none"))
		return;
	(void)snprintf(r->tls.client_subject, sizeof(r->tls.client_subject), "%.*s", SPAN_ARG(span_trim(subject)));
	assert_true(span_next(&rest, '|', &until));
	assert_int_equal(span_to_i64(span_trim(until), &r->tls.client_not_after), RES_OK);
}

static void
add_cert(struct reader *r, struct span rest)
{
	struct cert_info *c = &r->tls.certs[r->tls.n_certs++];
	struct span part[6] = {{0}};
	int64_t at[2] = {0, 0};
	static char text[LIMIT_CERTS][3][200];

	for (size_t i = 0; i < 6 && span_next(&rest, '|', &part[i]); i++)
		part[i] = span_trim(part[i]);
	for (size_t i = 0; i < 3; i++)
		(void)snprintf(text[r->tls.n_certs - 1][i], 200, "%.*s", SPAN_ARG(part[i]));
	c->subject = text[r->tls.n_certs - 1][0];
	c->issuer = text[r->tls.n_certs - 1][1];
	c->names = text[r->tls.n_certs - 1][2];
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(span_to_i64(part[3 + i], &at[i]), RES_OK);
	c->not_before = at[0];
	c->not_after = at[1];
	c->self_signed = span_is(part[5], "self");
}

/* --- the file ----------------------------------------------------------------------------- */

static void
expectation(struct reader *r, struct span rest)
{
	struct expectation *e = &r->fx->expect[r->fx->n_expect++];
	struct span word[4] = {{0}};

	assert_true(r->fx->n_expect <= ARRAY_SIZE(r->fx->expect));
	for (size_t i = 0; i < 4 && span_word(&rest, &word[i]); i++)
		;
	(void)snprintf(e->what, sizeof(e->what), "%.*s", SPAN_ARG(word[0]));
	(void)snprintf(e->id, sizeof(e->id), "%.*s", SPAN_ARG(word[1]));
	(void)snprintf(e->by, sizeof(e->by), "%.*s", SPAN_ARG(word[3]));
}

static void
set_signature(struct reader *r, struct span rest)
{
	struct token_info *t = &case_token(&r->fx->c, SLOT_ACCESS)->sent;
	struct span word;

	if (!span_word(&rest, &word) || !sig_state_from_id(word, &t->sig))
		bad(r, "no such state of a signature");
	(void)snprintf(t->sig_why, sizeof(t->sig_why), "%.*s", SPAN_ARG(span_trim(rest)));
}

static void
set_earlier(struct reader *r, struct span rest)
{
	struct case_token *t = case_token(&r->fx->c, SLOT_REFRESH);
	struct span word;

	if (!t->present || !span_word(&rest, &word) || !earlier_use_from_id(word, &t->earlier))
		bad(r, "no such use of a refresh token");
	t->spent = true;
	if (span_word(&rest, &word) && span_to_i64(word, &t->earlier_wall_s) != RES_OK)
		bad(r, "no number of seconds");
}

static void
read_line(struct reader *r, struct span line)
{
	struct buf full;
	struct span s;

	if (!line.n || line.p[0] == '#')
		return;
	buf_init(&full, LIMIT_BODY);
	expand(r, &full, line);
	s = buf_span(&full);
	if (span_starts(line, "access: "))
		give(r, SLOT_ACCESS, span_from(line, 8));
	else if (span_starts(line, "refresh: "))
		give(r, SLOT_REFRESH, span_from(line, 9));
	else if (span_starts(line, "id: "))
		give(r, SLOT_ID, span_from(line, 4));
	else if (span_starts(line, "profile: "))
		set_profile(r, span_from(s, 9));
	else if (span_starts(line, "own jkt: "))
		text_safe_into(r->fx->c.own_jkt, sizeof(r->fx->c.own_jkt), span_from(s, 9));
	else if (span_starts(line, "own x5t#S256: "))
		text_safe_into(r->fx->c.own_x5t_s256, sizeof(r->fx->c.own_x5t_s256), span_from(s, 14));
	else if (span_starts(line, "earlier: "))
		set_earlier(r, span_from(s, 9));
	else if (span_starts(line, "sig: "))
		set_signature(r, span_from(s, 5));
	else if (span_starts(line, "expect: "))
		expectation(r, span_from(s, 8));
	else if (span_starts(line, "now: "))
		assert_int_equal(time_parse_rfc3339(span_from(s, 5), &r->now), RES_OK);
	else if (span_starts(line, "== "))
		begin(r, span_from(s, 3));
	else if (span_starts(line, "proof jkt: "))
		text_safe_into(r->proof_jkt, sizeof(r->proof_jkt), span_from(s, 11));
	else if (span_starts(line, "alert: "))
		(void)snprintf(r->tls.alert, sizeof(r->tls.alert), "%.*s", SPAN_ARG(span_from(line, 7)));
	else if (span_starts(line, "client: "))
		add_client_cert(r, span_from(s, 8));
	else if (span_starts(line, "cert: "))
		add_cert(r, span_from(s, 6));
	else if (line.p[0] == '>')
		(void)buf_printf(&r->request, "%.*s\n", SPAN_ARG(span_from(s, s.n > 1 ? 2 : 1)));
	else if (line.p[0] == '<')
		(void)buf_printf(&r->response, "%.*s\n", SPAN_ARG(span_from(s, s.n > 1 ? 2 : 1)));
	else
		bad(r, "not understood");
	buf_release(&full);
}

void
fixture_read_text(struct fixture *fx, const char *name, struct span text)
{
	struct reader r = {.fx = fx, .path = name, .now = 1769860800}; /* 2026-01-31T12:00:00Z */
	struct span line;

	memset(fx, 0, sizeof(*fx));
	case_init(&fx->c);
	fx->redactor = redactor_new();
	buf_init(&r.request, LIMIT_BODY);
	buf_init(&r.response, LIMIT_BODY);
	r.at_ms = -20000;
	while (span_next(&text, '\n', &line)) {
		r.line++;
		read_line(&r, line);
	}
	finish(&r);
	clock_init_manual(&fx->clock, r.now * 1000000);
	buf_release(&r.request);
	buf_release(&r.response);
}

void
fixture_read(struct fixture *fx, const char *path)
{
	struct buf text;
	struct err e = ERR_INIT;

	buf_init(&text, LIMIT_BODY);
	if (file_read(path, &text, &e) != RES_OK)
		fail_msg("%s", e.text);
	fixture_read_text(fx, path, buf_span(&text));
	buf_release(&text);
}

void
fixture_release(struct fixture *fx)
{
	case_release(&fx->c);
	redactor_free(fx->redactor);
	for (size_t i = 0; i < ARRAY_SIZE(fx->tokens); i++)
		free(fx->tokens[i]);
}
