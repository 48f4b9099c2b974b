#include "pty/serve.h"

#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "pty/play.h"

static void
run(int in, int out, const char *scenario, const char *tokens)
{
	char *program = getenv("TOKENTRIAGE");

	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execl(program, program, "serve", "--scenario", scenario, "--tokens-out", tokens, (char *)NULL);
	_exit(127);
}

/* "NAME VALUE" a line until it is ready. */
static void
read_lines(struct serve *s, int fd)
{
	FILE *f = fdopen(fd, "r");
	char line[400];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) && strncmp(line, "ready", 5) != 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "issuer ", 7) == 0)
			snprintf(s->issuer, sizeof(s->issuer), "%s", line + 7);
		if (strncmp(line, "client_id ", 10) == 0)
			snprintf(s->client, sizeof(s->client), "%s", line + 10);
	}
	fclose(f);
	assert_true(*s->issuer && *s->client);
}

/* A member of the tokens' file; NULL: it is not there. */
static char *
member(const char *text, const char *name)
{
	char *quoted = xasprintf("\"%s\"", name);
	const char *p = strstr(text, quoted);

	free(quoted);
	if (!p || !(p = strchr(p, ':')) || !(p = strchr(p, '"')))
		return NULL;
	return xasprintf("%.*s", (int)strcspn(p + 1, "\""), p + 1);
}

static void
read_tokens(struct serve *s, const char *path)
{
	struct err e = ERR_INIT;
	struct buf b;
	char *secret;

	buf_init_wiping(&b, 1 << 16);
	assert_int_equal(file_read(path, &b, &e), RES_OK);
	s->access = member(buf_str(&b), "access_token");
	s->refresh = member(buf_str(&b), "refresh_token");
	secret = member(buf_str(&b), "client_secret");
	snprintf(s->secret, sizeof(s->secret), "%s", secret ? secret : "");
	free(secret);
	buf_release(&b);
	if (s->access)
		play_forbid(s->access);
	if (s->refresh)
		play_forbid(s->refresh);
}

void
serve_start(struct serve *s, const char *scenario, const char *folder)
{
	char *tokens = path_join(folder, "tokens.json");
	int in[2], out[2];

	memset(s, 0, sizeof(*s));
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	s->pid = fork();
	if (s->pid == 0) {
		close(in[1]);
		run(in[0], out[1], scenario, tokens);
	}
	close(in[0]);
	close(out[1]);
	s->stdin_fd = in[1];
	read_lines(s, out[0]);
	read_tokens(s, tokens);
	free(tokens);
}

void
serve_end(struct serve *s)
{
	close(s->stdin_fd);
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	free(s->access);
	free(s->refresh);
}
