/*
 * Every way to log in again, by keys, against oidc-provider and glewlwyd;
 * tests/real/with-logins.mjs has the servers and a browser without a person (logins-real.sh).  Each
 * ends with user information, or says why there is none.
 */
#include "unit.h"

#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"

enum { HOST = 3, ANSWER_MAX = 8192, ADDRESS_MAX = 4096 };
static const char prepared[] = "This is what will be sent. It waits for your word.";

/* --- the host of the servers ----------------------------------------------------------------- */

/* Asks for something and goes on reading what the program draws.  The answer's words, until the
 * next. */
static const char *
ask(struct vt *t, const char *fmt, ...)
{
	static char answer[ANSWER_MAX];
	char line[ANSWER_MAX];
	size_t len = 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	assert_true(n > 0 && (size_t)n < sizeof(line) - 1);
	line[n++] = '\n';
	assert_int_equal(write(HOST, line, (size_t)n), n);
	while (!memchr(answer, '\n', len)) {
		struct pollfd fds[] = {{.fd = HOST, .events = POLLIN},
			{.fd = t ? t->master : -1, .events = POLLIN}};
		ssize_t got;

		/*
		 * what the program does is waited for elsewhere; the host's own limits end this one
		 */
		assert_true(poll(fds, 2, 120000) > 0);
		if (fds[1].revents & POLLIN)
			vt_drain(t);
		else
			assert_int_equal(fds[1].revents, 0);
		if (!fds[0].revents)
			continue;
		got = read(HOST, answer + len, sizeof(answer) - 1 - len);
		assert_true(got > 0);
		len += (size_t)got;
	}
	answer[len - 1] = '\0';
	if (strncmp(answer, "ok ", 3) != 0)
		fail_msg("%s: %s", fmt, answer);
	return answer + 3;
}

static char folder[512], user[64];
static bool placed; /* where new tokens go was asked and answered */

static void
forbid_file(const char *name, bool must)
{
	char path[ADDRESS_MAX];
	struct err e = ERR_INIT;
	struct buf b;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	buf_init(&b, 64 << 10);
	if (access(path, F_OK) == 0 || must) {
		assert_int_equal(file_read(path, &b, &e), RES_OK);
		play_forbid(buf_str(&b));
	}
	buf_release(&b);
}

/* The program with the profile of this case of the host's. */
static struct vt *
start(const char *name)
{
	char config[ADDRESS_MAX], state[ADDRESS_MAX];
	const char *args[] = {"--config", config, "--profile", "real", NULL};
	const char *env[] = {state, NULL};
	const struct vt_options o = {.env = env};
	struct vt *t;

	play_forget();
	placed = false;
	snprintf(folder, sizeof(folder), "%s", ask(NULL, "case %s", name));
	snprintf(user, sizeof(user), "%s", ask(NULL, "user"));
	play_allow(user);
	snprintf(config, sizeof(config), "%s/tokentriage.conf", folder);
	snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/state", folder);
	forbid_file("client-secret", false);
	forbid_file("access-token", false);
	forbid_file("refresh-token", false);
	forbid_file("id-token", false);
	t = play_start(&o, args);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "real · 127.0.0.1:"));
	play_no_secret(t);
	return t;
}

/* --- what stands on the screen --------------------------------------------------------------- */

/* What stands behind a word on the screen, up to a blank or the end of its row. */
static void
behind(struct vt *t, const char *word, char *out, size_t size)
{
	const char *at = strstr(vt_text(t), word);

	assert_non_null(at);
	at += strlen(word);
	snprintf(out, size, "%.*s", (int)strcspn(at, " \n"), at);
}

/* The rows from the one that begins so, to the next that is not full, as one text: an address to be
 * copied. */
static void
joined(struct vt *t, const char *begin, char out[ADDRESS_MAX])
{
	size_t len = 0;
	bool in = false;

	out[0] = '\0';
	for (int row = 0; row < t->rows; row++) {
		const char *text = vt_row(t, row);

		in = in || strncmp(text, begin, strlen(begin)) == 0;
		if (!in)
			continue;
		len += (size_t)snprintf(out + len, ADDRESS_MAX - len, "%s", text);
		assert_true(len < ADDRESS_MAX);
		if (strlen(text) < (size_t)t->cols)
			return;
	}
	vt_dump(t, begin);
	fail_msg("no address that begins with %s", begin);
}

/* --- keys ------------------------------------------------------------------------------------ */

/* Is it all there?  What is wanted has ";" between. */
static void
holds(const char *text, const char *wanted)
{
	while (*wanted) {
		char one[128];
		size_t n = strcspn(wanted, ";");

		snprintf(one, sizeof(one), "%.*s", (int)n, wanted);
		if (!strstr(text, one))
			fail_msg("\"%s\" is not in the request that is shown:\n%s", one, text);
		wanted += n + (wanted[n] == ';');
	}
}

/* A challenge looks like a secret, and is none: the verifier stays here. */
static void
allow_challenge(struct vt *t)
{
	char challenge[128];

	if (vt_has(t, "code_challenge=")) {
		behind(t, "code_challenge=", challenge, sizeof(challenge));
		assert_int_equal(strlen(challenge), 43);
		play_allow(challenge);
	}
	play_no_secret(t);
}

/* Chooses the flow by its digit; its request is shown, and asks for all this. */
static void
prepare(struct vt *t, const char *digit, const char *words, const char *wanted)
{
	size_t size;
	char *text;

	/* where letters narrow a list, the key is another */
	play_keys(t, vt_has(t, "Which server") ? "\033i" : "i");
	play_shows(t, "Log in again: which way?");
	play_shows(t, "nothing is sent yet");
	vt_type(t, digit);
	assert_true(vt_idle(t));
	play_shows(t, words);
	play_shows(t, prepared);
	allow_challenge(t);
	size = strlen(vt_text(t)) + 1;
	text = xstrdup(vt_text(t));
	/* a long one has an end, too */
	vt_type(t, "G");
	assert_true(vt_idle(t));
	allow_challenge(t);
	size += strlen(vt_text(t)) + 1;
	text = xrealloc(text, size);
	snprintf(text + strlen(text), size - strlen(text), "\n%s", vt_text(t));
	if (strstr(text, "code_challenge="))
		holds(text, "code_challenge_method=S256;state=;nonce=");
	holds(text, wanted);
	free(text);
}

/* Agrees to it: where the tokens go is asked before it is sent.  path NULL: in memory. */
static void
agree(struct vt *t, const char *choice, const char *path)
{
	vt_type(t, choice);
	if (!placed) {
		assert_true(vt_idle(t));
		play_no_secret(t);
		play_shows(t, "Where do the new tokens go?");
		play_shows(t, "The new tokens can be had once. Choose first where they are kept.");
		vt_type(t, path ? "1" : "2");
		placed = true;
	}
	if (path) {
		assert_true(vt_idle(t));
		play_shows(t, "File for the new tokens");
		play_keys(t, path);
		vt_type(t, "\r");
	}
	assert_true(vt_blocked(t));
}

/* The address that the browser is to visit, alone and beside what is said of it. */
static void
address(struct vt *t, char out[ADDRESS_MAX])
{
	char beside[ADDRESS_MAX];

	assert_true(vt_see(t, "Open this address in a browser:"));
	assert_true(vt_idle(t));
	joined(t, "https://127.0.0.1:", beside);
	assert_null(strstr(beside, "eyJ"));
	vt_type(t, "v");
	assert_true(vt_idle(t));
	joined(t, "https://127.0.0.1:", out);
	if (!strstr(out, "id_token_hint="))
		assert_string_equal(beside, out);
	/* what it has is for everybody on the way to the server to see; a hint is not for the
	 * screen */
	play_allow(beside);
	if (!strstr(out, "id_token_hint="))
		play_no_secret(t);
	play_keys(t, "v");
	play_shows(t, "Open this address in a browser:");
}

/* The code of a redirect may not be seen either. */
static void
forbid_code(const char *redirect)
{
	const char *at = strstr(redirect, "code=");
	char code[256];

	if (!at)
		fail_msg("no code in %s", redirect);
	snprintf(code, sizeof(code), "%.*s", (int)strcspn(at + 5, "&"), at + 5);
	play_forbid(code);
}

/* The scripted browser goes there, and to the program's own listener. */
static void
visit(struct vt *t, const char *url)
{
	const char *end = ask(t, "visit %s", url);

	assert_int_equal(strncmp(end, "http://127.0.0.1:", 17), 0);
	forbid_code(end);
}

/* The login is done, where its tokens are is said; Enter goes to what the application gets. */
static void
arrived(struct vt *t, const char *words, const char *place)
{
	char done[128];

	snprintf(done, sizeof(done), "Logged in by %s", words);
	assert_true(vt_see(t, done));
	assert_true(vt_idle(t));
	play_shows(t, place);
	play_keys(t, "\r");
	play_shows(t, "[4 Handle ");
	play_leave_files(t);
}

/* The verdict: the token at hand gets it, and it is about this user. */
static void
works(struct vt *t)
{
	char words[128];

	snprintf(words, sizeof(words), "gets user information for %s", user);
	play_says(t, "✓", words);
}

static void
user_information(struct vt *t)
{
	play_shows(t, "── User information ──");
	play_shows(t, "HTTP 200");
	works(t);
}

static void
log_in_by_browser(struct vt *t, const char *request)
{
	char url[ADDRESS_MAX];

	prepare(t, "1", "authorization code with PKCE", request);
	agree(t, "2", NULL);
	address(t, url);
	visit(t, url);
	arrived(t, "authorization code with PKCE", "are in memory");
}

/* A member of the file of tokens, which nobody else can read. */
static void
kept(const char *name, char *out, size_t size)
{
	char path[ADDRESS_MAX], member[64];
	struct err e = ERR_INIT;
	const char *at;
	struct stat st;
	struct buf b;

	snprintf(path, sizeof(path), "%s/tokens.json", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	buf_init(&b, 64 << 10);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	snprintf(member, sizeof(member), "\"%s\":", name);
	at = strstr(buf_str(&b), member);
	assert_non_null(at);
	at += strlen(member) + strspn(at + strlen(member), " \"");
	snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
	buf_release(&b);
	play_forbid(out);
}

/* Refreshes; the place is chosen. */
static void
refresh(struct vt *t, const char *where)
{
	play_keys(t, "R");
	play_shows(t, "Refresh the tokens?");
	play_shows(t, where);
	play_keys(t, "1");
	play_shows(t, "[3 Refresh ");
	play_leave_files(t);
}

/* Revokes the access token; the server's answers prove it. */
static void
revoke_access(struct vt *t)
{
	char *finding;
	bool first;

	play_keys(t, "V");
	play_shows(t, "Revoke which token?");
	play_keys(t, "1");
	play_shows(t, "Revoke the token?");
	play_shows(t, "▸ 2 Cancel");
	play_keys(t, "1");
	play_shows(t, "[4 Handle ");
	play_shows(t, "HTTP 401");
	play_says(t, "✓", "was revoked by this case, and the server confirms");
	finding = play_finding(t, "token-revoked", &first);
	assert_non_null(finding);
	free(finding);
}

/* Every step and the whole record, for secrets. */
static void
look_around(struct vt *t)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5", "L", "L", "L", "f", "\033"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		play_keys(t, keys[i]);
}

/* --- oidc-provider --------------------------------------------------------------------------- */

/* Kept in a file; refreshed with rotation; revoked. */
static void
test_code(void **state)
{
	char url[ADDRESS_MAX], path[ADDRESS_MAX], first[256], second[256];
	struct vt *t = start("code");

	(void)state;
	snprintf(path, sizeof(path), "%s/tokens.json", folder);
	prepare(t, "1", "authorization code with PKCE",
		"/auth (in the browser);response_type=code;client_id=app-basic;scope=openid profile;"
		"redirect_uri=http://127.0.0.1:;Where they are kept is asked before");
	assert_int_equal(access(path, F_OK), -1);
	agree(t, "2", path);
	address(t, url);
	assert_non_null(strstr(url, "code_challenge_method=S256"));
	visit(t, url);
	arrived(t, "authorization code with PKCE", "the new tokens are in");
	kept("refresh_token", first, sizeof(first));
	user_information(t);
	look_around(t);

	refresh(t, "The new tokens are written to");
	vt_resize(t, 60, 100);
	assert_true(vt_idle(t));
	play_shows(t, "a new access token came");
	works(t);
	kept("refresh_token", second, sizeof(second));
	assert_string_not_equal(first, second);
	vt_resize(t, 24, 80);
	revoke_access(t);
	look_around(t);
	play_quit(t);
}

/* Somebody else used the refresh token: the server refuses it and ends what came of it.  Logging in
 * again helps. */
static void
test_spent(void **state)
{
	struct vt *t = start("spent");
	char *finding;
	bool first;

	(void)state;
	assert_string_equal(ask(t, "spend"), "200");
	play_keys(t, "R");
	play_shows(t, "Where do the new tokens go?");
	play_keys(t, "2");
	placed = true;
	play_shows(t, "in memory only");
	play_keys(t, "1");
	play_shows(t, "[3 Refresh ");
	play_says(t, "?", "refuses the refresh token (400 invalid_grant)");
	finding = play_finding(t, "refresh-invalid-grant-unspecified", &first);
	assert_non_null(finding);
	free(finding);
	/* it is not sent a second time */
	play_keys(t, "R");
	play_shows(t, "No refresh now");
	play_keys(t, "\033");
	log_in_by_browser(t, "client_id=app-basic;They are kept in memory only.");
	user_information(t);
	play_quit(t);
}

/* A login that ends with an error says which. */
static void
refused(struct vt *t, const char *error)
{
	char words[128];

	snprintf(words, sizeof(words), "error  %s", error);
	assert_true(vt_see(t, words));
	assert_true(vt_idle(t));
	play_no_secret(t);
	play_keys(t, "\033");
	play_shows(t, "Log in again: which way?");
	play_keys(t, "\033");
}

/* The browser ends at the application's own address, and the program is told. */
static const char *
visit_elsewhere(struct vt *t, const char *url)
{
	const char *end = ask(t, "visit %s", url);

	assert_int_equal(strncmp(end, "https://app.invalid/callback?", 29), 0);
	return end;
}

static void
ask_silently(struct vt *t, const char *wanted, char url[ADDRESS_MAX])
{
	prepare(t, "4", "silent authentication", wanted);
	agree(t, "2", NULL);
	address(t, url);
	assert_non_null(strstr(url, "&id_token_hint=eyJ"));
}

/* A client without a secret.  This server asks the user of a native one each time: no page is not
 * enough. */
static void
test_public(void **state)
{
	char url[ADDRESS_MAX];
	struct vt *t = start("public");

	(void)state;
	log_in_by_browser(t, "client_id=app-public");
	user_information(t);
	ask_silently(t, "prompt=none;redirect_uri=http://127.0.0.1:", url);
	ask(t, "visit %s", url);
	refused(t, "interaction_required");
	works(t);
	play_quit(t);
}

/* Without a page, by the browser's session; for more than was consented to; and without that
 * session. */
static void
test_silent(void **state)
{
	char url[ADDRESS_MAX];
	struct vt *t = start("web");

	(void)state;
	log_in_by_browser(t, "client_id=app-web;redirect_uri=http://127.0.0.1:");
	user_information(t);

	ask_silently(t, "prompt=none;id_token_hint=", url);
	visit(t, url);
	arrived(t, "silent authentication", "are in memory");
	user_information(t);

	prepare(t, "4", "silent authentication", "prompt=none;scope=openid profile");
	play_keys(t, "3");
	play_shows(t, "Scope to ask for");
	play_keys(t, "openid profile email");
	vt_type(t, "\r");
	assert_true(vt_idle(t));
	play_shows(t, "scope=openid profile email");
	vt_type(t, "2");
	address(t, url);
	assert_non_null(strstr(url, "scope=openid+profile+email"));
	ask(t, "visit %s", url);
	refused(t, "consent_required");

	ask(t, "forget");
	ask_silently(t, "prompt=none", url);
	ask(t, "visit %s", url);
	refused(t, "login_required");
	works(t);
	play_quit(t);
}

/* The code stands on the screen; the device that it is entered at is another one. */
static void
log_in_by_device(struct vt *t, const char *request, const char *parameter)
{
	char uri[ADDRESS_MAX], complete[ADDRESS_MAX];
	const char *code;

	prepare(t, "2", "device authorization", request);
	agree(t, "1", NULL);
	assert_true(vt_see(t, "On a phone or any other device, open"));
	assert_true(vt_idle(t));
	play_no_secret(t);
	play_shows(t, "█");
	behind(t, "     https:", uri + strlen("https:"), sizeof(uri) - 16);
	memcpy(uri, "https:", strlen("https:"));
	play_keys(t, "o");
	play_shows(t, "█ ▀▀▀ █");
	play_keys(t, "v");
	joined(t, "https://127.0.0.1:", complete);
	code = strstr(complete, parameter);
	assert_non_null(code);
	code += strlen(parameter);
	play_keys(t, "o");
	play_shows(t, code);
	play_keys(t, "o");
	ask(t, "device %s %s", uri, code);
	arrived(t, "device authorization", "are in memory");
}

static void
test_device(void **state)
{
	struct vt *t = start("device");

	(void)state;
	log_in_by_device(t,
		"POST https://127.0.0.1:;/device/auth;Authorization: Basic [redacted];client_id=app-basic",
		"user_code=");
	user_information(t);
	look_around(t);
	play_quit(t);
}

/* The request is pushed (RFC 9126), and the address has its name alone. */
static void
test_push(void **state)
{
	char url[ADDRESS_MAX];
	struct vt *t = start("push");

	(void)state;
	prepare(t, "1", "authorization code with PKCE",
		"POST https://127.0.0.1:;/request;Authorization: Basic [redacted];response_type=code");
	agree(t, "2", NULL);
	address(t, url);
	assert_non_null(strstr(url, "request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A"));
	assert_null(strstr(url, "code_challenge"));
	visit(t, url);
	arrived(t, "authorization code with PKCE", "are in memory");
	user_information(t);
	look_around(t);
	play_quit(t);
}

/* RFC 8707: the token is for that resource, which gives it the user's data. */
static void
test_resource(void **state)
{
	struct vt *t = start("resource");

	(void)state;
	log_in_by_browser(t, "resource=urn:api:opaque;scope=openid profile api:read");
	play_shows(t, "HTTP 200");
	play_says(t, "✓", user);
	play_keys(t, "1");
	vt_resize(t, 60, 100);
	assert_true(vt_idle(t));
	play_shows(t, "urn:api:opaque");
	play_quit(t);
}

/* RFC 9449, at an issuer that wants its nonce in each proof. */
static void
test_dpop(void **state)
{
	struct vt *t = start("dpop");

	(void)state;
	log_in_by_browser(t, "dpop_jkt=");
	user_information(t);
	refresh(t, "in memory only");
	works(t);
	play_keys(t, "5");
	vt_resize(t, 100, 120);
	assert_true(vt_idle(t));
	play_shows(t, "POST /token → 400");
	play_shows(t, "GET /auth → 302");
	play_no_secret(t);
	play_quit(t);
}

/* RFC 8705: a certificate that signed itself, and tokens bound to it. */
static void
test_certificate(void **state)
{
	struct vt *t = start("certificate");

	(void)state;
	log_in_by_browser(t, "client_id=app-self");
	user_information(t);
	refresh(t, "in memory only");
	works(t);
	play_quit(t);
}

/* RFC 7523: an assertion for each request of the client's own. */
static void
test_assertion(void **state)
{
	struct vt *t = start("assertion");

	(void)state;
	log_in_by_browser(t, "client_id=app-key");
	user_information(t);
	refresh(t, "in memory only");
	works(t);
	revoke_access(t);
	play_quit(t);
}

/* A token for the client itself: there is no user whose information could come. */
static void
test_client(void **state)
{
	struct vt *t = start("device");

	(void)state;
	prepare(t, "3", "client credentials",
		"POST https://127.0.0.1:;/token;grant_type=client_credentials");
	agree(t, "1", NULL);
	arrived(t, "client credentials", "are in memory");
	play_says(t, "?", "it is for no user information");
	play_keys(t, "\r");
	play_says(t, "✗", "there is no user whose information could be given");
	play_shows(t, "HTTP 401");
	look_around(t);
	play_quit(t);
}

/* --- glewlwyd -------------------------------------------------------------------------------- */

/* The redirect goes to the application's own address, and is pasted back. */
static void
test_paste(void **state)
{
	char url[ADDRESS_MAX], redirect[ADDRESS_MAX];
	struct vt *t = start("code");

	(void)state;
	prepare(t, "1", "authorization code with PKCE",
		"redirect_uri=https://app.invalid/callback");
	agree(t, "2", NULL);
	address(t, url);
	snprintf(redirect, sizeof(redirect), "%s", visit_elsewhere(t, url));
	forbid_code(redirect);
	/* what answers another login is not taken */
	play_keys(t, "b");
	vt_type(t, "https://app.invalid/callback?code=other&state=other");
	assert_true(vt_idle(t));
	play_keys(t, "\r");
	play_shows(t, "this is not the answer to this login");
	play_keys(t, "\033");
	play_keys(t, "b");
	vt_paste(t, redirect, strlen(redirect));
	assert_true(vt_idle(t));
	play_no_secret(t);
	vt_type(t, "\r");
	arrived(t, "authorization code with PKCE", "are in memory");
	user_information(t);
	refresh(t, "in memory only");
	works(t);
	revoke_access(t);
	play_quit(t);
}

static void
test_glewlwyd_device(void **state)
{
	struct vt *t = start("device");

	(void)state;
	log_in_by_device(
		t, "POST https://127.0.0.1:;/device_authorization;client_id=app-basic", "code=");
	user_information(t);
	refresh(t, "in memory only");
	works(t);
	play_quit(t);
}

int
main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_teardown(f, play_teardown)
	const struct CMUnitTest oidc[] = {TEST(test_code), TEST(test_spent), TEST(test_public),
		TEST(test_silent), TEST(test_device), TEST(test_push), TEST(test_resource),
		TEST(test_dpop), TEST(test_certificate), TEST(test_assertion), TEST(test_client)};
	const struct CMUnitTest glewlwyd[] = {TEST(test_paste), TEST(test_glewlwyd_device)};

	if (fcntl(HOST, F_SETFD, FD_CLOEXEC) < 0) {
		fprintf(stderr, "usage: with-logins.mjs [--glewlwyd] -- %s [glewlwyd]\n", argv[0]);
		return 2;
	}
	if (getenv("TT_LOGIN"))
		cmocka_set_test_filter(getenv("TT_LOGIN"));
	if (argc > 1 && strcmp(argv[1], "glewlwyd") == 0)
		return cmocka_run_group_tests(glewlwyd, NULL, NULL);
	return cmocka_run_group_tests(oidc, NULL, NULL);
}
