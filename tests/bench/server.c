#include "tests/bench/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST_MAX = 32 << 10, ANSWER_MAX = 8 << 10 };

/* What the threads read; set before the first of them starts. */
static struct {
	SSL_CTX *tls;
	const char *dir, *access_token;
	int port;
	struct server_shared *shared;
} self;

static void
metadata(char *out, size_t size)
{
	snprintf(out, size,
		"{\"issuer\":\"https://127.0.0.1:%1$d\","
		"\"authorization_endpoint\":\"https://127.0.0.1:%1$d/authorize\","
		"\"token_endpoint\":\"https://127.0.0.1:%1$d/token\","
		"\"introspection_endpoint\":\"https://127.0.0.1:%1$d/introspect\","
		"\"revocation_endpoint\":\"https://127.0.0.1:%1$d/revoke\","
		"\"userinfo_endpoint\":\"https://127.0.0.1:%1$d/userinfo\","
		"\"jwks_uri\":\"https://127.0.0.1:%1$d/jwks\","
		"\"response_types_supported\":[\"code\"],\"subject_types_supported\":[\"public\"],"
		"\"scopes_supported\":[\"openid\",\"profile\"],"
		"\"id_token_signing_alg_values_supported\":[\"ES256\"],"
		"\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\"]}",
		self.port);
}

/* The body for a path; the status. */
static int
answer(const char *path, char *out, size_t size)
{
	long now = (long)time(NULL);

	if (strncmp(path, "/.well-known/", 13) == 0) {
		metadata(out, size);
	} else if (strcmp(path, "/introspect") == 0) {
		snprintf(out, size,
			"{\"active\":true,\"scope\":\"openid profile\",\"client_id\":\"bench\","
			"\"username\":\"someone\",\"token_type\":\"Bearer\",\"exp\":%ld,\"iat\":%ld,"
			"\"sub\":\"248289761001\",\"iss\":\"https://127.0.0.1:%d\"}",
			now + 3000, now - 600, self.port);
	} else if (strcmp(path, "/userinfo") == 0) {
		snprintf(out, size, "{\"sub\":\"248289761001\",\"name\":\"Some One\"}");
	} else if (strcmp(path, "/token") == 0) {
		snprintf(out, size,
			"{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":3000,"
			"\"refresh_token\":\"Zb7yQx0p4KjT9sVwLr2nHc8d\",\"scope\":\"openid profile\"}",
			self.access_token);
	} else if (strcmp(path, "/jwks") == 0) {
		snprintf(out, size, "{\"keys\":[]}");
	} else if (strcmp(path, "/revoke") == 0) {
		out[0] = '\0';
	} else {
		snprintf(out, size, "{\"error\":\"not_found\"}");
		return 404;
	}
	return 200;
}

static void
record(int number, const char *raw, size_t n)
{
	char path[600];
	int fd;

	if (number > SERVER_RECORDED)
		return;
	snprintf(path, sizeof(path), "%s/request-%d", self.dir, number);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write(fd, raw, n) < 0)
		perror(path);
	close(fd);
}

/* One whole request into in; its length, 0 at the end of the connection. */
static size_t
read_request(SSL *ssl, char *in, size_t size)
{
	size_t used = 0, need = 0;

	while (used + 1 < size) {
		int n = SSL_read(ssl, in + used, (int)(size - used - 1));
		const char *end, *length;

		if (n <= 0)
			return 0;
		used += (size_t)n;
		in[used] = '\0';
		end = strstr(in, "\r\n\r\n");
		if (end && need == 0) {
			length = strcasestr(in, "\r\nContent-Length:");
			need = (size_t)(end + 4 - in);
			if (length && length < end)
				need += strtoul(length + 17, NULL, 10);
		}
		if (need > 0 && used >= need)
			return need;
	}
	return 0;
}

/* The way to a server that is not on this machine. */
static void
wait_ms(int ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000L};

	if (ms > 0)
		nanosleep(&t, NULL);
}

static bool
reply(SSL *ssl, const char *request)
{
	char path[256], body[ANSWER_MAX], out[ANSWER_MAX + 512], date[64];
	const char *from = strchr(request, ' '), *to;
	time_t now = time(NULL);
	struct tm tm;
	int status, n;

	if (!from)
		return false;
	wait_ms(atomic_load(&self.shared->delay_ms));
	to = from + 1 + strcspn(from + 1, " ?\r\n");
	snprintf(path, sizeof(path), "%.*s", (int)(to - from - 1), from + 1);
	status = answer(path, body, sizeof(body));
	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	n = snprintf(out, sizeof(out),
		"HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: application/json\r\n"
		"Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n%s",
		status, status == 200 ? "OK" : "Not Found", date, strlen(body), body);
	return n > 0 && SSL_write(ssl, out, n) == n;
}

static void *
serve_one(void *arg)
{
	int fd = (int)(intptr_t)arg, on = 1;
	char *in = malloc(REQUEST_MAX);
	SSL *ssl = SSL_new(self.tls);
	size_t n;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (in && ssl && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1) {
		while ((n = read_request(ssl, in, REQUEST_MAX)) > 0) {
			record(atomic_fetch_add(&self.shared->requests, 1) + 1, in, n);
			if (!reply(ssl, in))
				break;
		}
	}
	SSL_free(ssl);
	free(in);
	close(fd);
	return NULL;
}

static void
serve(int listener)
{
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (fd < 0)
			continue;
		atomic_fetch_add(&self.shared->connections, 1);
		if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}

static int
listen_on_loopback(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 64) != 0 ||
		getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
		close(fd);
		return -1;
	}
	*port = ntohs(at.sin_port);
	return fd;
}

bool
server_start(struct server *s, const char *dir, char *token,
	void (*make_token)(char *out, size_t size, int port), size_t token_size)
{
	int listener;

	*s = (struct server){.pid = -1};
	snprintf(s->ca_file, sizeof(s->ca_file), "%s/ca.pem", dir);
	s->shared = mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->shared == MAP_FAILED)
		return false;
	self.tls = tls_server_context(s->ca_file);
	listener = listen_on_loopback(&s->port);
	if (!self.tls || listener < 0)
		return false;
	self.dir = dir;
	make_token(token, token_size, s->port);
	self.access_token = token;
	self.port = s->port;
	self.shared = s->shared;
	s->pid = fork();
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(listener);
		_exit(0);
	}
	close(listener);
	SSL_CTX_free(self.tls);
	self.tls = NULL;
	return s->pid > 0;
}

void
server_stop(struct server *s)
{
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	s->pid = -1;
}
