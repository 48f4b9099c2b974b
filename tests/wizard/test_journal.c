/* What outlives a run about refresh tokens: marks and used ones, and that none is sent twice. */
#include "world.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "oauth/crypto.h"

static char dir[64];
static struct rng rng;

static bool
sha256(const void *p, size_t n, unsigned char out[32])
{
	return crypto_openssl.sha256(p, n, out);
}

static int
folder(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/tokentriage-journal.XXXXXX");
	rng_init_seeded(&rng, 11);
	secret_set_digest(sha256);
	return mkdtemp(dir) ? 0 : -1;
}

static void
empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *name = path_join(path, entry->d_name);

		if (entry->d_name[0] != '.' && unlink(name) != 0)
			empty(name);
		free(name);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

static int
no_folder(void **state)
{
	(void)state;
	empty(dir);
	return 0;
}

static struct journal *
opened(void)
{
	char *path = path_join(dir, "state/tokentriage");
	struct journal *j = journal_new(path, &rng);

	free(path);
	return j;
}

static enum earlier_use
known(struct journal *j, const char *token)
{
	struct secret *s = secret_new(span_of(token));
	struct journal_entry entry;

	assert_int_equal(journal_look(j, s, &entry, NULL), RES_OK);
	secret_unref(s);
	return entry.use;
}

static enum res
began(struct journal *j, const char *token, int64_t at)
{
	struct secret *s = secret_new(span_of(token));
	struct journal_entry entry;
	enum res r = journal_begin(j, s, "acme at idp.test", at, &entry, NULL);

	secret_unref(s);
	return r;
}

/* The whole of every file there, for what must not stand in it. */
static bool
holds(const char *text)
{
	char *path = path_join(dir, "state/tokentriage");
	DIR *d = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (d && (entry = readdir(d))) {
		char *name = path_join(path, entry->d_name);
		struct buf b;

		buf_init(&b, 1 << 20);
		if (entry->d_name[0] != '.' && file_read(name, &b, NULL) == RES_OK)
			found = found || span_find_str(buf_span(&b), text) != SIZE_MAX ||
				strstr(entry->d_name, text);
		buf_release(&b);
		free(name);
	}
	if (d)
		closedir(d);
	free(path);
	return found;
}

static void
nothing_is_made_before_the_first_mark(void **state)
{
	struct journal *j = opened();
	struct journal_entry marks[4];

	(void)state;
	assert_int_equal(known(j, "rt-0123456789"), EARLIER_NONE);
	assert_int_equal(journal_interrupted(j, marks, 4), 0);
	assert_int_not_equal(access(journal_folder(j), F_OK), 0);
	journal_free(j);
}

static void
each_end_is_remembered_by_the_next_run(void **state)
{
	static const struct {
		enum journal_end how;
		enum earlier_use use;
		size_t marks;
	} rows[] = {{JOURNAL_UNSENT, EARLIER_NONE, 0}, {JOURNAL_SPENT, EARLIER_SPENT, 0},
		{JOURNAL_REFUSED, EARLIER_REFUSED, 0}, {JOURNAL_KEPT, EARLIER_NONE, 0},
		{JOURNAL_OPEN, EARLIER_OPEN, 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct journal *j = opened();
		struct journal_entry marks[4];
		char token[32];
		struct stat st;

		snprintf(token, sizeof token, "refresh-token-%zu", i);
		assert_int_equal(began(j, token, 1000), RES_OK);
		assert_int_equal(known(j, token), EARLIER_RUNNING);
		assert_int_equal(journal_interrupted(j, marks, 4), 0); /* it is not interrupted yet */
		assert_int_equal(stat(journal_folder(j), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0700);
		assert_int_equal(journal_end(j, rows[i].how, NULL), RES_OK);
		journal_free(j);
		j = opened();
		assert_int_equal(known(j, token), rows[i].use);
		assert_int_equal(began(j, token, 1001),
			rows[i].use == EARLIER_NONE ? RES_OK : RES_REFUSED);
		assert_int_equal(journal_end(j, JOURNAL_UNSENT, NULL), RES_OK);
		assert_int_equal(journal_interrupted(j, marks, 4), rows[i].marks);
		assert_false(holds("refresh-token-"));
		journal_free(j);
	}
}

static void
a_mark_is_shown_until_it_was_seen_and_its_token_stays_known(void **state)
{
	struct journal *j = opened();
	struct journal_entry marks[4];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(began(j, "first-token", 2000), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_OPEN, NULL), RES_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(journal_interrupted(j, marks, 4), 1);
		assert_int_equal(marks[0].wall_s, 2000);
		assert_string_equal(marks[0].whose, "acme at idp.test");
	}
	assert_int_equal(journal_dismiss(j, marks[0].name, &e), RES_OK);
	assert_string_equal(e.text, ""); /* what is not there yet is no error */
	assert_int_equal(journal_interrupted(j, marks, 4), 0);
	assert_int_equal(known(j, "first-token"), EARLIER_OPEN);
	/* newer tokens of the same client take its place, too */
	assert_int_equal(began(j, "second-token", 2001), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_OPEN, NULL), RES_OK);
	assert_int_equal(began(j, "third-token", 2002), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_SPENT, NULL), RES_OK);
	assert_int_equal(journal_interrupted(j, marks, 4), 0);
	assert_int_equal(known(j, "second-token"), EARLIER_OPEN);
	assert_int_equal(known(j, "third-token"), EARLIER_SPENT);
	journal_free(j);
}

/* So many as there is room for, written as the program would. */
static void
fill(struct journal *j)
{
	char *path = path_join(journal_folder(j), "spent"), name[80];
	struct buf b;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < LIMIT_SPENT; i++)
		buf_printf(&b, "%032x %d spent\n", i + 1, i);
	assert_int_equal(file_write_private(path, buf_span(&b), NULL), RES_OK);
	free(path);
	for (int i = 0; i < LIMIT_MARKS; i++) {
		FILE *f;

		snprintf(name, sizeof name, "%032x.mark", 1 << 20 | i);
		path = path_join(journal_folder(j), name);
		f = fopen(path, "w");
		assert_non_null(f);
		fprintf(f, "since %d\nwhose somebody at idp.test\n", 10 + i);
		fclose(f);
		free(path);
	}
	buf_release(&b);
}

/* The run ended between writing down that the token is used and taking the mark away. */
static void
a_left_over_mark_is_not_looked_at(void **state)
{
	struct journal *j = opened();
	struct journal_entry marks[4];
	char *spent = path_join(journal_folder(j), "spent");
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(began(j, "kept-token", 4000), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_OPEN, NULL), RES_OK);
	assert_int_equal(journal_interrupted(j, marks, 4), 1);
	marks[0].name[32] = '\0'; /* without .mark */
	buf_printf(&b, "%s 4000 spent\n", marks[0].name);
	assert_int_equal(file_write_private(spent, buf_span(&b), NULL), RES_OK);
	assert_int_equal(journal_interrupted(j, marks, 4), 0);
	assert_int_equal(known(j, "kept-token"), EARLIER_SPENT);
	buf_release(&b);
	free(spent);
	/* a login, of another client and of this one */
	assert_int_equal(began(j, "lost-token", 4001), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_OPEN, NULL), RES_OK);
	journal_supersede(j, "other at idp.test");
	assert_int_equal(journal_interrupted(j, marks, 4), 1);
	journal_supersede(j, "acme at idp.test");
	assert_int_equal(journal_interrupted(j, marks, 4), 0);
	assert_int_equal(known(j, "lost-token"), EARLIER_OPEN);
	journal_free(j);
}

static void
what_is_remembered_is_bounded(void **state)
{
	struct journal *j = opened();
	struct journal_entry *marks = xcalloc(2 * LIMIT_MARKS, sizeof *marks);

	(void)state;
	assert_int_equal(began(j, "makes-the-folder", 1), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_UNSENT, NULL), RES_OK);
	fill(j);
	assert_int_equal(began(j, "one-more", 5000), RES_OK);
	/* the oldest mark made room, and its token is among the used ones, whose oldest did so for it */
	assert_int_equal(journal_end(j, JOURNAL_OPEN, NULL), RES_OK);
	assert_int_equal(journal_interrupted(j, marks, 2 * LIMIT_MARKS), LIMIT_MARKS);
	assert_int_equal(marks[0].wall_s, 11);
	assert_int_equal(marks[LIMIT_MARKS - 1].wall_s, 5000);
	assert_true(holds("00000000000000000000000000100000 10 open"));
	assert_false(holds("00000000000000000000000000000001 0 spent"));
	assert_true(holds("00000000000000000000000000000002 1 spent"));
	free(marks);
	journal_free(j);
}

/* A process that has begun waits or dies; another one asks meanwhile and after. */
static void
two_processes_send_one_token_once(void **state)
{
	struct journal *j = opened();
	struct journal_entry marks[4];
	int ready[2], end[2], status;
	char c = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(end), 0);
	pid = fork();
	if (!pid) {
		c = began(opened(), "the-token", 3000) == RES_OK ? 'y' : 'n';
		(void)!write(ready[1], &c, 1);
		close(end[1]);
		(void)!read(end[0], &c, 1);
		raise(SIGKILL); /* as a crash does: nothing is ended */
	}
	close(end[0]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	assert_int_equal(known(j, "the-token"), EARLIER_RUNNING);
	assert_int_equal(began(j, "the-token", 3001), RES_REFUSED);
	assert_int_equal(journal_interrupted(j, marks, 4), 0);
	close(end[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(known(j, "the-token"), EARLIER_OPEN);
	assert_int_equal(began(j, "the-token", 3002), RES_REFUSED);
	assert_int_equal(journal_interrupted(j, marks, 4), 1);
	assert_int_equal(marks[0].wall_s, 3000);
	close(ready[0]);
	close(ready[1]);
	journal_free(j);
}

/* Eight at once: one sends, whoever it is. */
static void
only_one_of_many_may_send(void **state)
{
	struct journal *j;
	int sent = 0, go[2], says[2], status;
	pid_t pids[8];
	char c;

	(void)state;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(says), 0);
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = fork();
		if (!pids[i]) {
			rng_init_seeded(&rng, 100 + i);
			close(go[1]);
			(void)!read(go[0], &c, 1);
			c = began(opened(), "wanted-by-all", 1) == RES_OK ? 'y' : 'n';
			(void)!write(says[1], &c, 1);
			raise(SIGKILL);
		}
	}
	close(go[1]);
	close(says[1]);
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(read(says[0], &c, 1), 1);
		sent += c == 'y';
	}
	assert_int_equal(sent, 1);
	close(go[0]);
	close(says[0]);
	j = opened();
	assert_int_equal(known(j, "wanted-by-all"), EARLIER_OPEN);
	journal_free(j);
}

/* A record that cannot be read says nothing, and nothing is sent by it. */
static void
a_damaged_record_stops_a_refresh(void **state)
{
	struct journal *j = opened();
	char *salt;
	struct journal_entry entry;
	struct secret *s = secret_new(SPAN_LIT("a-token"));
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(began(j, "a-token", 1), RES_OK);
	assert_int_equal(journal_end(j, JOURNAL_SPENT, NULL), RES_OK);
	salt = path_join(journal_folder(j), "salt");
	assert_int_equal(file_write_private(salt, SPAN_LIT("short"), NULL), RES_OK);
	assert_int_equal(journal_look(j, s, &entry, &e), RES_SYNTAX);
	assert_int_equal(journal_begin(j, s, "x", 2, &entry, &e), RES_SYNTAX);
	assert_non_null(strstr(e.text, "salt is damaged"));
	free(salt);
	secret_unref(s);
	journal_free(j);
	/* no folder at all */
	j = journal_new(NULL, &rng);
	assert_int_equal(known(j, "a-token"), EARLIER_NONE);
	assert_int_equal(began(j, "a-token", 1), RES_UNSUPPORTED);
	journal_free(j);
}

static void
the_folder_is_by_the_environment(void **state)
{
	char *path;

	(void)state;
	setenv("HOME", "/home/u", 1);
	setenv("XDG_STATE_HOME", "/var/state", 1);
	path = journal_default_folder();
	assert_string_equal(path, "/var/state/tokentriage");
	free(path);
	setenv("XDG_STATE_HOME", "relative", 1);
	path = journal_default_folder();
	assert_string_equal(path, "/home/u/.local/state/tokentriage");
	free(path);
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	assert_null(journal_default_folder());
}

/* --- the wizard with it --- */

#define TOKENS JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\"," \
	"\"refresh_token\":\"the-new-refresh-token-9876543210\",\"token_type\":\"Bearer\"," \
	"\"expires_in\":3600}"
#define OLD "opaque-refresh-token-0123456789"

static int
world_with_folder(void **state)
{
	return folder(state) || setup(state);
}

static int
no_world(void **state)
{
	return teardown(state) || no_folder(state);
}

/* A run of the program: a new wizard over a new case, and the folder that stays. */
static void
next_run(struct world *t)
{
	if (t->journal)
		new_run(t, NULL);
	new_run(t, opened());
	begin(t, "opaque-access-token-0123456789", OLD);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
}

static void
refresh(struct world *t)
{
	struct err e = ERR_INIT;

	assert_int_equal(wizard_refresh(t->w, &e), RES_OK);
	run(t);
}

static void
answers_decide_what_the_next_run_may_send(void **state)
{
#define ANSWER(head, body) "HTTP/1.1 " head "\r\nContent-Type: application/json\r\n" DATE "\r\n" body
	static const struct {
		const char *response;
		enum net_error error;
		enum earlier_use use;
		const char *finding;
	} rows[] = {
		{TOKENS, NETERR_NONE, EARLIER_SPENT, "refresh-token-rotated"},
		{JSON_HEAD "{\"access_token\":\"the-new-access-token-9876543210\"}", NETERR_NONE,
			EARLIER_NONE, NULL},
		{ANSWER("400 Bad Request", "{\"error\":\"invalid_grant\"}"), NETERR_NONE, EARLIER_REFUSED,
			"refresh-invalid-grant-unspecified"},
		{ANSWER("401 Unauthorized", "{\"error\":\"invalid_client\"}"), NETERR_NONE, EARLIER_NONE, NULL},
		{ANSWER("400 Bad Request", "{\"error\":\"invalid_scope\"}"), NETERR_NONE, EARLIER_NONE, NULL},
		{ANSWER("429 Too Many Requests", "{}"), NETERR_NONE, EARLIER_NONE, NULL},
		{ANSWER("503 Service Unavailable\r\nRetry-After: 1", "{}"), NETERR_NONE, EARLIER_NONE, NULL},
		{ANSWER("503 Service Unavailable", "{}"), NETERR_NONE, EARLIER_OPEN, "refresh-interrupted"},
		{ANSWER("502 Bad Gateway", "{}"), NETERR_NONE, EARLIER_OPEN, "refresh-interrupted"},
		{JSON_HEAD "{\"access_tok", NETERR_NONE, EARLIER_OPEN, "refresh-interrupted"},
		{NULL, NETERR_REFUSED, EARLIER_NONE, NULL},
		{NULL, NETERR_DNS, EARLIER_NONE, NULL},
		{NULL, NETERR_CONNECT_TIMEOUT, EARLIER_NONE, NULL},
		{NULL, NETERR_TLS_EXPIRED, EARLIER_NONE, NULL},
		{NULL, NETERR_RESET, EARLIER_OPEN, "refresh-interrupted"},
		{NULL, NETERR_READ_TIMEOUT, EARLIER_OPEN, "refresh-interrupted"},
	};
	struct world *t = *state;

	healthy_server();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char token[64];
		size_t before;
		bool again = rows[i].use == EARLIER_NONE;
		struct replay_reply r = {.method = "POST", .url_contains = "/token",
			.response = rows[i].response, .error = rows[i].error, .once = true};

		replay_add(transport, &r);
		next_run(t);
		snprintf(token, sizeof token, "opaque-refresh-token-%zu-0123456789", i);
		wizard_give_token(t->w, SLOT_REFRESH, span_of(token), "test");
		before = sent_to(token);
		refresh(t);
		assert_int_equal(sent_to(token), before + 1);
		next_run(t);
		wizard_give_token(t->w, SLOT_REFRESH, span_of(token), "test");
		assert_int_equal(case_token(&t->c, SLOT_REFRESH)->earlier, rows[i].use);
		assert_int_equal(wizard_can_refresh(t->w, NULL, 0), again);
		wizard_run_step(t->w, STEP_REFRESH);
		run(t);
		assert_int_equal(sent_to(token), before + 1);
		if (rows[i].finding && !finding(t, rows[i].finding))
			fail_msg("row %zu: no %s", i, rows[i].finding);
	}
}

/* What the file held when the mark was taken away: the mark precedes the request, the store its end. */
static void
the_mark_stands_while_the_answer_is_awaited(void **state)
{
	struct world *t = *state;
	struct replay_reply late = {.method = "POST", .url_contains = "/token", .response = TOKENS,
		.delay_us = 500000, .once = true};
	struct journal_entry marks[2];
	struct journal *other;

	healthy_server();
	replay_add(transport, &late);
	next_run(t);
	assert_int_equal(wizard_refresh(t->w, NULL), RES_OK);
	other = opened();
	for (int i = 0; i < 100 && !sent_to("grant_type=refresh_token"); i++) {
		(void)!engine_run(t->engine, 1000);
		wizard_update(t->w);
	}
	assert_int_equal(sent_to("grant_type=refresh_token"), 1);
	assert_int_equal(known(other, OLD), EARLIER_RUNNING);
	assert_true(holds("whose test at idp.test"));
	run(t);
	assert_int_equal(known(other, OLD), EARLIER_SPENT);
	assert_int_equal(journal_interrupted(other, marks, 2), 0);
	journal_free(other);
}

/* The mark cannot be made, or another run has the token: nothing is sent, and the reason is shown. */
static void
without_a_mark_nothing_is_sent(void **state)
{
	struct world *t = *state;
	struct journal *other = opened();
	struct buf farewell;

	healthy_server();
	reply("POST", "/token", NULL, TOKENS);
	next_run(t);
	assert_int_equal(began(other, OLD, 5), RES_OK); /* after the token was given */
	refresh(t);
	assert_int_equal(sent_to("grant_type=refresh_token"), 0);
	assert_non_null(strstr(wizard_diagnosis(t->w)->step_summary[STEP_REFRESH], "another run"));
	assert_int_equal(wizard_step_state(t->w, STEP_REFRESH), STATE_WARNING);
	buf_init(&farewell, 1 << 16);
	wizard_farewell(t->w, &farewell);
	assert_non_null(strstr(buf_str(&farewell), "No refresh was sent: the refresh token was sent by another"));
	buf_release(&farewell);
	journal_free(other);

	new_run(t, journal_new("/proc/nowhere/state", &rng));
	begin(t, NULL, "another-refresh-token-0123456789");
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
	refresh(t);
	assert_int_equal(sent_to("grant_type=refresh_token"), 0);
	assert_non_null(strstr(wizard_diagnosis(t->w)->step_summary[STEP_REFRESH], "cannot be written down"));
}

/* Another client's, or at another server: not this profile's.  The server is known by its metadata. */
static void
whose_refresh_it_was(void **state)
{
	struct world *t = *state;
	const struct journal_entry ours = {.whose = "test at idp.test"}, other = {.whose = "shop at idp.test"},
		elsewhere = {.whose = "test at other.test"};

	healthy_server();
	next_run(t);
	wizard_run_step(t->w, STEP_VERIFY);
	run(t);
	assert_true(wizard_refresh_is_ours(t->w, &ours));
	assert_false(wizard_refresh_is_ours(t->w, &other));
	assert_false(wizard_refresh_is_ours(t->w, &elsewhere));
}

int
main(void)
{
#define W(f) cmocka_unit_test_setup_teardown(f, world_with_folder, no_world)
#define J(f) cmocka_unit_test_setup_teardown(f, folder, no_folder)
	const struct CMUnitTest tests[] = {
		J(nothing_is_made_before_the_first_mark),
		J(each_end_is_remembered_by_the_next_run),
		J(a_mark_is_shown_until_it_was_seen_and_its_token_stays_known),
		J(a_left_over_mark_is_not_looked_at),
		J(what_is_remembered_is_bounded),
		J(two_processes_send_one_token_once),
		J(only_one_of_many_may_send),
		J(a_damaged_record_stops_a_refresh),
		J(the_folder_is_by_the_environment),
		W(answers_decide_what_the_next_run_may_send),
		W(the_mark_stands_while_the_answer_is_awaited),
		W(whose_refresh_it_was),
		W(without_a_mark_nothing_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
