#include "tests/bench/world.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/limits.h"

enum { TOKEN_LIFE_S = 3 * 3600 };

static void
append_part(struct buf *out, const char *text)
{
	if (base64url_encode(out, (struct span){text, strlen(text)}) != RES_OK)
		abort();
}

/* A JWT that expires in some hours; its signature is no one's. */
static void
make_token(char *out, size_t size, int port)
{
	char claims[256];
	struct buf b;
	int64_t now = clock_wall_s(&clock_system);

	buf_init(&b, LIMIT_TOKEN);
	append_part(&b, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"bench\"}");
	buf_putc(&b, '.');
	snprintf(claims, sizeof(claims),
		"{\"iss\":\"https://127.0.0.1:%d\",\"sub\":\"248289761001\",\"client_id\":\"bench\","
		"\"scope\":\"openid profile\",\"iat\":%lld,\"exp\":%lld,\"jti\":\"8f14e45f\"}",
		port, (long long)now - 60, (long long)now + TOKEN_LIFE_S);
	append_part(&b, claims);
	buf_putc(&b, '.');
	append_part(&b, "a signature of sixty-four bytes, made up for the measurement ....");
	snprintf(out, size, "%.*s", (int)b.len, buf_str(&b));
	buf_release(&b);
}

static bool
write_text(const struct options *o, const char *name, const char *text)
{
	return bench_file(o, name, text, strlen(text));
}

static bool
write_profile(const struct options *o, int port)
{
	char text[2048];

	snprintf(text, sizeof(text),
		"default_profile = \"bench\";\n"
		"profiles = (\n"
		"  { name = \"bench\";\n"
		"    issuer = \"https://127.0.0.1:%d\";\n"
		"    client_id = \"bench\";\n"
		"    client_secret_file = \"%s/secret\";\n"
		"    client_auth = \"client_secret_basic\";\n"
		"    scope = \"openid profile\";\n"
		"    ca_file = \"%s/ca.pem\"; }\n"
		");\n",
		port, o->dir, o->dir);
	return write_text(o, "bench.conf", text);
}

void
world_start(struct world *w, const struct options *o)
{
	static char token[1024]; /* the server's process keeps its address */

	*w = (struct world){.up = false};
	/* The token names the issuer, and so the port, which only the server knows. */
	if (!server_start(&w->server, o->dir, token, make_token, sizeof(token))) {
		row_missing(ROW_STEPS, "the HTTPS server did not start");
		return;
	}
	w->up = write_profile(o, w->server.port) && write_text(o, "access", token) &&
		write_text(o, "refresh", "Yc6wPs9n3JhR8qUvKp1mGb7z\n") &&
		write_text(o, "secret", "kV4tNq2xLs8wPz7r\n");
	if (!w->up)
		row_missing(ROW_STEPS, "the profile could not be written");
}

void
world_stop(struct world *w)
{
	server_stop(&w->server);
	w->up = false;
}

double
run_timed(char *const *argv, int *status)
{
	posix_spawn_file_actions_t act;
	double began = now_ms();
	pid_t pid = -1;
	int raw = 0;

	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_addopen(&act, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&act, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&act, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &act, NULL, argv, bench_env()) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&act);
	if (pid < 0 || waitpid(pid, &raw, 0) != pid)
		return -1;
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	return now_ms() - began;
}
