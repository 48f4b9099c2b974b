/*
 * The wizard against node's oidc-provider, run by tests/real/with-oidc.mjs (journey-real.sh).  "alive": five steps,
 * refresh with rotation, revocation and its proof.  "expired": a dead token, refreshed.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "pty/play.h"

static struct vt *
start(void)
{
	static const char *const secrets[] = {"TT_ACCESS_TOKEN_FILE", "TT_REFRESH_TOKEN_FILE", "TT_ID_TOKEN_FILE"};
	const char *config = getenv("TT_CONFIG");
	const char *args[] = {"--config", config, "--profile", "real", NULL};

	assert_non_null(config);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		struct err e = ERR_INIT;
		struct buf b;

		assert_non_null(getenv(secrets[i]));
		buf_init(&b, 64 << 10);
		assert_int_equal(file_read(getenv(secrets[i]), &b, &e), RES_OK);
		play_forbid(buf_str(&b));
		buf_release(&b);
	}
	assert_non_null(getenv("TT_CLIENT_SECRET"));
	play_forbid(getenv("TT_CLIENT_SECRET"));
	return play_start(NULL, args);
}

static void
test_alive(void **state)
{
	struct vt *t = start();
	char *finding;
	bool first;

	(void)state;
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "real · 127.0.0.1:"));
	play_walk(t);
	play_says(t, "✓", "gets user information for user-1");
	play_keys(t, "1");
	assert_true(vt_has(t, "── Introspection ──"));

	play_refresh(t);
	play_leave_files(t);
	vt_resize(t, 60, 100);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "a new access token came"));
	play_says(t, "✓", "gets user information for user-1");
	vt_resize(t, 24, 80);

	play_keys(t, "V");
	assert_true(vt_has(t, "Revoke which token?"));
	play_keys(t, "1");
	assert_true(vt_has(t, "Revoke the token?"));
	/* the harmless choice is the one Enter takes */
	assert_true(vt_has(t, "▸ 2 Cancel"));
	play_keys(t, "1");
	assert_true(vt_has(t, "[4 Handle "));
	assert_true(vt_has(t, "HTTP 401"));
	play_says(t, "✓", "was revoked by this case, and the server confirms");
	finding = play_finding(t, "token-revoked", &first);
	assert_non_null(finding);
	free(finding);

	play_keys(t, "5");
	vt_resize(t, 60, 108);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "POST /token/introspection → 200"));
	assert_true(vt_has(t, "GET /me → 200"));
	assert_true(vt_has(t, "GET /me → 401"));
	play_quit(t);
}

static void
test_expired(void **state)
{
	struct vt *t = start();
	char *finding, glyph[8], *verdict;
	bool first = false;

	(void)state;
	play_walk(t);
	/* an opaque token and a bare active: false: the server may not say why */
	verdict = play_verdict(t, glyph);
	finding = play_finding(t, "introspect-inactive-unspecified", &first);
	assert_string_equal(glyph, "?");
	assert_non_null(finding);
	assert_true(first);
	assert_true(play_same_words(verdict, finding));
	free(verdict);
	free(finding);
	play_refresh(t);
	play_leave_files(t);
	vt_resize(t, 60, 100);
	assert_true(vt_idle(t));
	assert_true(vt_has(t, "a new access token came"));
	play_quit(t);
}

int
main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_teardown(f, play_teardown)
	const struct CMUnitTest alive[] = {TEST(test_alive)}, expired[] = {TEST(test_expired)};

	if (argc > 1 && strcmp(argv[1], "expired") == 0)
		return cmocka_run_group_tests(expired, NULL, NULL);
	return cmocka_run_group_tests(alive, NULL, NULL);
}
