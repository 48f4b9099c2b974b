#include "pty/play.h"

#include "unit.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/mem.h"

struct vt *playing;

int
play_teardown(void **state)
{
	(void)state;
	vt_free(playing);
	playing = NULL;
	return 0;
}

/* --- secrets ------------------------------------------------------------------------------------------- */

/* Masks show the first characters; what follows them must not be seen. */
enum { FORBID_SKIP = 6, FORBID_LEN = 12, FORBID_MAX = 8, ALLOW_MAX = 24 };
const int play_sizes[2][2] = {{24, 80}, {18, 60}};

static char forbidden[FORBID_MAX][FORBID_LEN + 1];
static char *allowed[ALLOW_MAX];

void
play_forbid(const char *secret)
{
	secret += strspn(secret, " \t\r\n");
	assert_true(strlen(secret) >= FORBID_SKIP + FORBID_LEN);
	for (size_t i = 0; i < FORBID_MAX; i++) {
		if (!forbidden[i][0]) {
			snprintf(forbidden[i], sizeof(forbidden[i]), "%.*s", FORBID_LEN, secret + FORBID_SKIP);
			return;
		}
	}
	fail();
}

void
play_allow(const char *open)
{
	for (size_t i = 0; i < ALLOW_MAX; i++) {
		if (allowed[i] && strcmp(allowed[i], open) == 0)
			return;
		if (!allowed[i]) {
			allowed[i] = xstrdup(open);
			return;
		}
	}
	fail();
}

void
play_forget(void)
{
	memset(forbidden, 0, sizeof(forbidden));
	for (size_t i = 0; i < ALLOW_MAX; i++) {
		free(allowed[i]);
		allowed[i] = NULL;
	}
}

static bool
is_allowed(const char *run)
{
	for (size_t i = 0; i < ALLOW_MAX && allowed[i]; i++) {
		if (strstr(allowed[i], run))
			return true;
	}
	return false;
}

static bool
is_token_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

const char *
play_leak(const char *text)
{
	static char found[256];
	/* a public key's coordinates look random, too, and so does the thumbprint of a key or certificate */
	bool keys = strstr(text, "\"kty\":") != NULL;
	bool thumbprints = strstr(text, "jkt") != NULL || strstr(text, "x5t#S256") != NULL;

	for (size_t i = 0; i < FORBID_MAX && forbidden[i][0]; i++) {
		if (strstr(text, forbidden[i]))
			return forbidden[i];
	}
	for (const char *p = text; *p;) {
		size_t n = 0;
		bool upper = false, lower = false, digit = false;

		/* a terminal without an alternate screen: "ESC [ 4 1 H" is no part of the word behind it */
		if (p[0] == '\033' && p[1] == '[') {
			p += 2 + strspn(p + 2, "0123456789;?");
			p += *p != '\0';
			continue;
		}
		while (is_token_char(p[n])) {
			upper |= isupper((unsigned char)p[n]) != 0;
			lower |= islower((unsigned char)p[n]) != 0;
			digit |= isdigit((unsigned char)p[n]) != 0;
			n++;
		}
		if ((n >= 16 && memcmp(p, "eyJ", 3) == 0) || (n >= 24 && upper && lower && digit && !keys &&
			!(thumbprints && (n == 43 || !strncmp(p + n, "…", strlen("…")))))) {
			snprintf(found, sizeof(found), "%.*s", (int)n, p);
			if (!is_allowed(found))
				return found;
		}
		p += n ? n : 1;
	}
	return NULL;
}

void
play_no_secret(struct vt *t)
{
	const char *leak = play_leak(vt_text(t));

	if (leak) {
		vt_dump(t, "no secret");
		fail_msg("a secret on the screen: %s", leak);
	}
}

/* --- keys ---------------------------------------------------------------------------------------------- */

struct vt *
play_start(const struct vt_options *o, const char *const *args)
{
	const char *argv[8] = {getenv("TOKENTRIAGE")};

	assert_non_null(argv[0]);
	for (size_t i = 0; args && args[i]; i++) {
		assert_true(i < 6);
		argv[i + 1] = args[i];
	}
	play_teardown(NULL);
	playing = vt_start(argv, o);
	assert_non_null(playing);
	return playing;
}

void
play_keys(struct vt *t, const char *keys)
{
	vt_type(t, keys);
	assert_true(vt_idle(t));
	play_no_secret(t);
}

void
play_letters(struct vt *t, const char *text)
{
	for (; *text; text++)
		play_keys(t, (char[]){*text, '\0'});
}

void
play_walk(struct vt *t)
{
	static const char *const rails[] = {"[1 Verify ", "[2 Expiration ", "[3 Refresh ", "[4 Handle ", "[5 Debug "};

	assert_true(vt_idle(t));
	assert_true(vt_has(t, "[1 Verify ·]"));
	for (size_t i = 0; i < sizeof(rails) / sizeof(*rails); i++) {
		play_keys(t, "\r");
		assert_true(vt_has(t, rails[i]));
	}
}

void
play_leave_files(struct vt *t)
{
	if (!vt_has(t, "Replace the profile's token files?"))
		return;
	assert_true(vt_has(t, "▸ 2 Leave them as they are"));
	play_keys(t, "\r");
}

void
play_refresh(struct vt *t)
{
	play_keys(t, "R");
	if (vt_has(t, "Where do the new tokens go?"))
		play_keys(t, "2");
	assert_true(vt_has(t, "Refresh the tokens?"));
	assert_true(vt_has(t, "in memory only"));
	play_keys(t, "1");
	assert_true(vt_has(t, "[3 Refresh "));
}

void
play_restored(struct vt *t)
{
	assert_true(vt_exit(t));
	vt_drain(t);
	if (!t->cursor || t->alternate)
		vt_dump(t, "a restored terminal");
	assert_false(t->alternate);
	assert_false(t->bracketed);
	assert_false(t->mouse);
	assert_true(t->cursor);
	assert_true(vt_modes_restored(t));
}

void
play_quit(struct vt *t)
{
	play_keys(t, "\033");
	vt_type(t, "q");
	play_restored(t);
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_non_null(t->plain);
	assert_non_null(strstr(t->plain, " sent.\r\n"));
	assert_null(play_leak(t->plain));
	play_teardown(NULL);
}

/* --- servers that do not answer ------------------------------------------------------------------------- */

int
play_deaf_port(bool connects, char url[64])
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (connects)
		assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	snprintf(url, 64, "http://127.0.0.1:%d", ntohs(a.sin_port));
	return fd;
}

struct vt *
play_start_waiting(int *fd)
{
	static const char *const env[] = {"TT_TEST_TOKEN=opaque-token-of-no-server", NULL};
	const struct vt_options o = {.env = env};
	char url[64], issuer[80];
	const char *args[] = {issuer, "--access-token-env=TT_TEST_TOKEN", "--timeout=600", NULL};
	struct vt *t;

	*fd = play_deaf_port(true, url);
	snprintf(issuer, sizeof(issuer), "--issuer=%s", url);
	t = play_start(&o, args);
	assert_true(vt_idle(t));
	vt_type(t, "\r");
	assert_true(vt_blocked(t));
	assert_int_equal(t->last.state, 'b');
	assert_true(vt_has(t, "Esc cancel"));
	return t;
}

/* --- what it says -------------------------------------------------------------------------------------- */

static void
append(char **text, const char *more)
{
	size_t n = *text ? strlen(*text) : 0, size = n + strlen(more) + 2;

	*text = xrealloc(*text, size);
	snprintf(*text + n, size - n, "%s%s", n ? " " : "", more);
}

char *
play_verdict(struct vt *t, char glyph[8])
{
	static const char *const behind[] = {"Next: ", "Refreshed: "};
	char *words = NULL;

	for (int row = 2; row < 8; row++) {
		const char *text = vt_row(t, row);

		if (strncmp(text, " ─", strlen(" ─")) == 0)
			break;
		if (row == 2) {
			const char *end = text[0] ? strchr(text + 1, ' ') : NULL;

			assert_non_null(end);
			snprintf(glyph, 8, "%.*s", (int)(end - text - 1), text + 1);
			text = end;
		}
		append(&words, text + strspn(text, " "));
	}
	assert_non_null(words);
	for (size_t i = 0; i < sizeof(behind) / sizeof(*behind); i++)
		if (strstr(words, behind[i]))
			*strstr(words, behind[i]) = '\0';
	return words;
}

void
play_says(struct vt *t, const char *glyph, const char *words)
{
	char state[8], *verdict = play_verdict(t, state);

	if (strcmp(glyph, state) != 0 || !strstr(verdict, words)) {
		vt_dump(t, words);
		fail_msg("not \"%s %s\" but \"%s %s\"", glyph, words, state, verdict);
	}
	free(verdict);
}

void
play_shows(struct vt *t, const char *text)
{
	if (!vt_has(t, text)) {
		vt_dump(t, text);
		fail_msg("not on the screen: %s", text);
	}
}

/* A row of the findings' page that begins a finding: what stands behind "error: "; NULL: another row. */
static const char *
begins_finding(const char *row)
{
	static const char *const heads[] = {"  error: ", "  warning: ", "  info: ", "  possible: "};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		if (strncmp(row, heads[i], strlen(heads[i])) == 0)
			return row + strlen(heads[i]);
	}
	return NULL;
}

char *
play_finding(struct vt *t, const char *id, bool *first)
{
	int rows = t->rows, cols = t->cols, n = 0;
	char *words = NULL, name[80];
	bool found = false, reading = false;

	snprintf(name, sizeof(name), "    %s · step ", id);
	vt_resize(t, 120, 100);
	play_keys(t, "f");
	assert_true(vt_has(t, " Findings "));
	for (int row = 0; row < t->rows && !found; row++) {
		const char *text = vt_row(t, row), *begin = begins_finding(text);

		found = strncmp(text, name, strlen(name)) == 0;
		if (begin) {
			free(words);
			words = NULL;
			n++;
		}
		reading = begin || (reading && strncmp(text, "    ", 4) != 0);
		if (reading)
			append(&words, begin ? begin : text + strspn(text, " "));
	}
	*first = n == 1;
	play_keys(t, "\033");
	vt_resize(t, rows, cols);
	assert_true(vt_idle(t));
	if (!found) {
		free(words);
		words = NULL;
	}
	return words;
}

static const char *
skip_small(const char *p)
{
	while (*p == ' ' || isdigit((unsigned char)*p))
		p++;
	return p;
}

bool
play_same_words(const char *a, const char *b)
{
	size_t same = 0;

	for (;; a++, b++, same++) {
		a = skip_small(a);
		b = skip_small(b);
		if (strncmp(a, "…", 3) == 0 || strncmp(b, "…", 3) == 0)
			return same >= 20;
		if (*a != *b)
			return false;
		if (!*a)
			return same > 0;
	}
}
