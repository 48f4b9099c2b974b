/*
 * Three people at the program, each with a whole story and what they see of it: support in a live session, a learner
 * alone with the demo, a helpdesk with what a customer sent.  On a usual and a small terminal, and line by line.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"
#include "pty/serve.h"
#include "remove-tree.h"

static char *folder, *state_home;
static struct serve server; /* the customer's; pid 0: none */

static int
set_up(void **state)
{
	(void)state;
	/* short: a long name of letters and digits looks like a secret */
	folder = xstrdup("/tmp/tt-pe-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	state_home = xasprintf("XDG_STATE_HOME=%s", folder);
	return 0;
}

static void
end_server(void)
{
	if (server.pid > 0)
		serve_end(&server);
	server.pid = 0;
}

static int
tear_down(void **state)
{
	int r = remove_tree(folder);

	play_teardown(state);
	end_server();
	free(folder);
	free(state_home);
	return r;
}

static char *
read_in(const char *name)
{
	char *path = path_join(folder, name);
	struct err e = ERR_INIT;
	struct buf b;

	buf_init(&b, 1 << 20);
	if (file_read(path, &b, &e) != RES_OK)
		fail_msg("%s", e.text);
	free(path);
	return buf_take(&b);
}

/* A file that the person wrote: these words stand in it, and nothing that may not leave the house. */
static void
file_has(const char *name, const char *const *words)
{
	char *text = read_in(name);

	for (; *words; words++)
		if (!strstr(text, *words))
			fail_msg("%s does not say: %s\n%s", name, *words, text);
	assert_null(play_leak(text));
	free(text);
}

/* The program in that folder, on a terminal of that size (rows 0: line by line, on a long one). */
static struct vt *
start(int rows, int cols, const char *const *args)
{
	const char *env[] = {state_home, NULL};
	const struct vt_options o = {.rows = rows ? rows : 200, .cols = cols, .cwd = folder, .env = env};

	return play_start(&o, args);
}

static void
end_lines(struct vt *t)
{
	vt_type(t, "q\r");
	play_restored(t);
	assert_true(WIFEXITED(t->status));
	assert_int_equal(WEXITSTATUS(t->status), 0);
	assert_null(play_leak(t->plain));
	play_teardown(NULL);
}

/* What another command of the program prints, its words on the screen. */
static void
command(const char *const *args, int cols, const char *const *words)
{
	struct vt *t = start(0, cols, args);

	assert_true(vt_exit(t));
	vt_drain(t);
	for (; *words; words++)
		play_shows(t, *words);
	play_no_secret(t);
	play_teardown(NULL);
}

/* --- support --------------------------------------------------------------------------------------- */

/* The customer's server, and the profile that support keeps of it.  What the customer sent: a token response. */
static char *
customer(void)
{
	char *path, *conf;
	struct err e = ERR_INIT;

	play_forget();
	serve_start(&server, "expired", folder);
	play_forbid(server.secret);
	path = path_join(folder, "secret.txt");
	assert_int_equal(file_write_private(path, span_of(server.secret), &e), RES_OK);
	free(path);
	conf = xasprintf("profiles = ( { name = \"acme\"; issuer = \"%s\"; client_id = \"%s\";\n"
		"  client_secret_file = \"secret.txt\"; } );\n", server.issuer, server.client);
	path = path_join(folder, "t.conf");
	assert_int_equal(file_write_private(path, span_of(conf), &e), RES_OK);
	free(path);
	free(conf);
	return read_in("tokens.json");
}

static void
test_support(void **state)
{
	static const char *const report[] = {"gets user information", "user-", "[redacted", NULL};
	static const char *const args[] = {"--config", "t.conf", NULL};
	static const char *const rails[] = {"[1 Verify ", "[2 Expiration ", "[3 Refresh ", "[4 Handle ", "[5 Debug "};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(play_sizes); k++) {
		struct vt *t;
		char *sent = customer();

		t = start(play_sizes[k][0], play_sizes[k][1], args);
		assert_true(vt_idle(t));
		/* the profile is marked; what came by mail is pasted as it came, and Enter goes through the steps */
		play_shows(t, "▸ acme");
		vt_paste(t, sent, strlen(sent));
		assert_true(vt_idle(t));
		play_no_secret(t);
		for (size_t i = 0; i < ARRAY_SIZE(rails); i++) {
			play_keys(t, "\r");
			play_shows(t, rails[i]);
		}
		play_says(t, "✗", "The access token expired");
		play_shows(t, "Press R");
		/* the fix, and that it is one */
		play_refresh(t);
		play_says(t, "✓", "gets user information for user-");
		/* for the ticket */
		play_keys(t, "x");
		play_shows(t, "Export");
		play_keys(t, "1");
		play_keys(t, "\025");
		vt_paste(t, "ticket.txt", strlen("ticket.txt"));
		play_keys(t, "\r");
		play_shows(t, "ticket.txt");
		file_has("ticket.txt", report);
		play_quit(t);
		end_server();
		free(sent);
		assert_int_equal(remove_tree(folder), 0);
		assert_int_equal(mkdir(folder, 0700), 0);
	}
}

/* A choice, and what is said then. */
static void
choose(struct vt *t, const char *keys, const char *words)
{
	vt_type(t, keys);
	if (!vt_see(t, words))
		fail_msg("not said: %s", words);
	play_no_secret(t);
}

static void
test_support_in_lines(void **state)
{
	static const char *const args[] = {"--config=t.conf", "--profile=acme", "--access-token-file=tokens.json",
		"--refresh-token-file=tokens.json", "--plain", NULL};
	static const char *const report[] = {"gets user information", "user-", "[redacted", NULL};
	struct vt *t;
	char *sent = customer();

	(void)state;
	t = start(0, 160, args);
	assert_true(vt_see(t, "Choice:"));
	choose(t, "n\r", "Now at step 2, Expiration.");
	choose(t, "n\r", "Now at step 3, Refresh.");
	choose(t, "n\r", "Now at step 4, Handle.");
	choose(t, "n\r", "The access token expired");
	choose(t, "r\r2\ry\r", "gets user information for user-");
	choose(t, "n\r", "They are left as they are.");
	choose(t, "x\r", "File for the report");
	choose(t, "ticket.txt\r", "Written.");
	file_has("ticket.txt", report);
	end_lines(t);
	free(sent);
}

/* --- the learner ----------------------------------------------------------------------------------- */

static void
test_learner(void **state)
{
	static const char *const args[] = {"demo", "expired", NULL};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(play_sizes); k++) {
		struct vt *t = start(play_sizes[k][0], play_sizes[k][1], args);

		assert_true(vt_idle(t));
		/* what is it about, and what shall I do? */
		play_keys(t, "g");
		play_shows(t, "This scenario");
		play_shows(t, "Refresh it in step 3 and see the query succeed.");
		play_shows(t, "1 Verify");
		play_keys(t, "\033");
		play_walk(t);
		play_says(t, "✗", "The access token expired");
		play_refresh(t);
		play_says(t, "✓", "gets user information for user-");
		play_shows(t, "Lesson done.");
		/* broken on purpose, and mended */
		play_keys(t, "V1");
		play_shows(t, "Revoke the token?");
		play_keys(t, "1");
		play_shows(t, "[4 Handle ");
		play_keys(t, "a");
		play_shows(t, "401");
		play_keys(t, "\033");
		play_refresh(t);
		play_says(t, "✓", "gets user information for user-");
		/* a word that was new */
		play_keys(t, "?");
		play_keys(t, "/");
		vt_paste(t, "audience", strlen("audience"));
		play_keys(t, "\r");
		play_shows(t, "audience");
		play_keys(t, "\033");
		play_quit(t);
	}
}

static void
test_learner_in_lines(void **state)
{
	static const char *const args[] = {"demo", "expired", "--plain", NULL};
	struct vt *t = start(0, 160, args);

	(void)state;
	assert_true(vt_see(t, "Choice:"));
	play_shows(t, "This scenario: Refresh it in step 3 and see the query succeed.");
	choose(t, "g\r", "The request");
	choose(t, "n\r", "Now at step 2, Expiration.");
	choose(t, "n\r", "Now at step 3, Refresh.");
	choose(t, "n\r", "Now at step 4, Handle.");
	choose(t, "n\r", "The access token expired");
	choose(t, "r\r2\ry\r", "Lesson done.");
	choose(t, "v\r1\ry\r", "401");
	choose(t, "r\ry\r", "gets user information for user-");
	choose(t, "/audience\r", "audience");
	end_lines(t);
}

/* --- the helpdesk ---------------------------------------------------------------------------------- */

/* What the customer's people recorded, and a case of somebody for whom it works. */
static void
recordings(void)
{
	static const char *const broken[] = {"demo", "rotated", "--har", "sent.har", "--format=text", NULL};
	static const char *const works[] = {"demo", "healthy", "--save", "works.case", "--format=text", NULL};
	static const char *const none[] = {NULL};

	play_forget();
	command(broken, 80, none);
	command(works, 80, none);
}

static void
test_helpdesk(void **state)
{
	static const char *const args[] = {"open", "sent.har", NULL};
	static const char *const mail[] = {"Reply to the user", "Please sign out of the application", NULL};
	static const char *const compare[] = {"compare", "works.case", "sent.har", NULL};
	static const char *const differs[] = {"It works for A and not for B", "The difference that explains it", NULL};

	(void)state;
	recordings();
	for (size_t k = 0; k < ARRAY_SIZE(play_sizes); k++) {
		struct vt *t = start(play_sizes[k][0], play_sizes[k][1], args);

		assert_true(vt_idle(t));
		play_says(t, "✗", "this refresh token was used before");
		/* why, and what to write back */
		play_keys(t, "f");
		play_shows(t, "refresh-token-rotated");
		play_keys(t, "\033[F");
		play_shows(t, "Reply to the user");
		play_keys(t, "\033");
		/* nothing goes out */
		play_keys(t, "R");
		play_shows(t, "Read-only");
		play_keys(t, "x1");
		play_keys(t, "\025");
		vt_paste(t, "mail.txt", strlen("mail.txt"));
		play_keys(t, "\r");
		if (k > 0) { /* it is there: written over when that was said */
			play_shows(t, "This file is there already");
			play_keys(t, "\r");
		}
		file_has("mail.txt", mail);
		vt_type(t, "q");
		play_restored(t);
		play_teardown(NULL);
		command(compare, play_sizes[k][1], differs);
	}
}

static void
test_helpdesk_in_lines(void **state)
{
	static const char *const args[] = {"open", "sent.har", "--plain", NULL};
	static const char *const mail[] = {"Reply to the user", "Please sign out of the application", NULL};
	struct vt *t;

	(void)state;
	recordings();
	t = start(0, 160, args);
	assert_true(vt_see(t, "Choice:"));
	play_shows(t, "read-only");
	play_shows(t, "this refresh token was used before");
	choose(t, "r\r", "nothing is sent from here");
	choose(t, "x\r", "File for the report");
	choose(t, "mail.txt\r", "Written.");
	file_has("mail.txt", mail);
	/* once more: what stands there goes only when that was said */
	choose(t, "x\r", "File for the report");
	choose(t, "mail.txt\r", "This file is there already. Write over it? [y/N]");
	choose(t, "y\r", "Written.");
	end_lines(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_support, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_support_in_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_learner, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_learner_in_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_helpdesk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_helpdesk_in_lines, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
