/*
 * A small authorization server for many tokens: plain HTTP/1.1 on loopback, one thread, open
 * connections.
 *
 *   serve [--delay-ms N] [--throttle N] [--bad-gateway FROM-TO] [--seen FILE] [--traces FILE]
 *         [--seconds N] [--port N]
 *
 * The token decides the answer: "ok-…" is active and gets user information, "exp-…" is refused as
 * expired, everything else is refused without a reason.  --throttle: beyond N requests a second 429
 * with Retry-After: 1.  --bad-gateway: the requests of these numbers get 502, discovery not counted.
 * --seen: each token that was introspected, a line, and each "discovery".  --traces: each traceparent.
 * Prints "port N", and ends with its stdin or after N seconds (600).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CONNS = 4096, IN_MAX = 64 << 10, WAITING = 1 << 16 };

struct conn {
	int fd;
	size_t n;
	char in[IN_MAX];
};

/* An answer that waits its time; in order, since all wait as long. */
struct waiting {
	long long due_us;
	int fd;
	unsigned turn; /* of the connection, which may be another by then */
	size_t n;
	char text[768];
};

static struct conn *conns[CONNS];
static unsigned turns[CONNS];
static struct waiting *queue;
static size_t q_from, q_n;
static int port, delay_ms, throttle, wanted_port, bad_from, bad_to;
static FILE *seen, *traces;

static long long
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void
drop(int fd)
{
	free(conns[fd]);
	conns[fd] = NULL;
	turns[fd]++;
	close(fd);
}

static void
say(int fd, const char *text, size_t n)
{
	struct waiting *w;

	if (!delay_ms || q_n == WAITING) {
		if (write(fd, text, n) != (ssize_t)n)
			errno = 0; /* the client is gone: its connection says so */
		return;
	}
	w = &queue[(q_from + q_n++) % WAITING];
	w->due_us = now_us() + delay_ms * 1000LL;
	w->fd = fd;
	w->turn = turns[fd];
	w->n = n;
	memcpy(w->text, text, n);
}

static void
answer(int fd, const char *status, const char *more, const char *body)
{
	char text[768], date[40];
	time_t t = time(NULL);
	struct tm tm;
	int n;

	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	n = snprintf(text, sizeof(text),
		"HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
		status, date, more, strlen(body), body);
	say(fd, text, (size_t)n);
}

/* Beyond so many a second: true, and it was said. */
static bool
throttled(int fd)
{
	static time_t second;
	static int count;
	time_t t = time(NULL);

	if (!throttle)
		return false;
	if (t != second) {
		second = t;
		count = 0;
	}
	if (++count <= throttle)
		return false;
	answer(fd, "429 Too Many Requests", "Retry-After: 1\r\n", "{\"error\":\"slow_down\"}");
	return true;
}

/* As a gateway whose server is being restarted: true, and it was said. */
static bool
bad_gateway(int fd)
{
	static int count;

	count++;
	if (count < bad_from || count > bad_to)
		return false;
	answer(fd, "502 Bad Gateway", "", "{}");
	return true;
}

static void
saw(const char *what)
{
	if (!seen)
		return;
	fprintf(seen, "%s\n", what);
	fflush(seen);
}

static void
saw_trace(const char *head)
{
	const char *at = traces ? strcasestr(head, "\r\ntraceparent: ") : NULL;

	if (!at)
		return;
	at += strlen("\r\ntraceparent: ");
	fprintf(traces, "%.*s\n", (int)strcspn(at, "\r"), at);
	fflush(traces);
}

static void
introspect(int fd, const char *body, size_t n)
{
	char text[400], token[128] = "";
	size_t k = 0;

	if (n > 6 && !memcmp(body, "token=", 6))
		for (; k < n - 6 && k + 1 < sizeof(token) && body[6 + k] != '&'; k++)
			token[k] = body[6 + k];
	token[k] = '\0';
	saw(token);
	if (strncmp(token, "ok-", 3) != 0) {
		answer(fd, "200 OK", "", "{\"active\":false}");
		return;
	}
	snprintf(text, sizeof(text),
		"{\"active\":true,\"scope\":\"openid profile\",\"client_id\":\"app\",\"sub\":\"user-1\",\"iss\":"
		"\"http://127.0.0.1:%d\",\"exp\":%lld,\"iat\":%lld}",
		port, (long long)time(NULL) + 3600, (long long)time(NULL) - 60);
	answer(fd, "200 OK", "", text);
}

static void
userinfo(int fd, const char *head)
{
	const char *auth = strcasestr(head, "\r\nauthorization: bearer ok-");

	if (auth)
		answer(fd, "200 OK", "", "{\"sub\":\"user-1\",\"name\":\"Somebody\"}");
	else if (strcasestr(head, "\r\nauthorization: bearer exp-"))
		answer(fd, "401 Unauthorized",
			"WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The access token expired\"\r\n",
			"{\"error\":\"invalid_token\"}");
	else
		answer(fd, "401 Unauthorized",
			"WWW-Authenticate: Bearer error=\"invalid_token\"\r\n",
			"{\"error\":\"invalid_token\"}");
}

static void
discovery(int fd)
{
	char text[700];

	saw("discovery");
	snprintf(text, sizeof(text),
		"{\"issuer\":\"http://127.0.0.1:%d\",\"introspection_endpoint\":\"http://127.0.0.1:%d/introspect\","
		"\"userinfo_endpoint\":\"http://127.0.0.1:%d/userinfo\",\"token_endpoint\":\"http://127.0.0.1:%d/token\"}",
		port, port, port, port);
	answer(fd, "200 OK", "", text);
}

/* One whole request; how many bytes it had, 0: it is not whole. */
static size_t
request(struct conn *c)
{
	char *end = memmem(c->in, c->n, "\r\n\r\n", 4), *length;
	size_t head, body = 0;

	if (!end)
		return 0;
	head = (size_t)(end - c->in) + 4;
	*end = '\0';
	length = strcasestr(c->in, "\r\ncontent-length: ");
	if (length)
		body = strtoul(length + 18, NULL, 10);
	if (head + body > c->n) {
		*end = '\r';
		return 0;
	}
	saw_trace(c->in);
	if (throttled(c->fd))
		return head + body;
	if (!strncmp(c->in, "GET /.well-known/openid-configuration ", 38))
		discovery(c->fd);
	else if (bad_gateway(c->fd))
		return head + body;
	else if (!strncmp(c->in, "POST /introspect ", 17))
		introspect(c->fd, c->in + head, body);
	else if (!strncmp(c->in, "GET /userinfo ", 14))
		userinfo(c->fd, c->in);
	else
		answer(c->fd, "404 Not Found", "", "{}");
	return head + body;
}

static void
readable(int fd)
{
	struct conn *c = conns[fd];
	ssize_t n = read(fd, c->in + c->n, IN_MAX - c->n);
	size_t used;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			drop(fd);
		return;
	}
	c->n += (size_t)n;
	while ((used = request(c)) > 0) {
		memmove(c->in, c->in + used, c->n - used);
		c->n -= used;
	}
	if (c->n == IN_MAX)
		drop(fd);
}

static void
watch(int ep, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static void
accept_all(int listener, int ep)
{
	int fd, one = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (fd >= CONNS || !(conns[fd] = calloc(1, sizeof(struct conn)))) {
			close(fd);
			continue;
		}
		conns[fd]->fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		watch(ep, fd);
	}
}

/* Sends what is due, and sets the timer for the next: epoll's milliseconds make up to six of five. */
static void
send_due(int timer)
{
	struct itimerspec at = {0};

	for (; q_n; q_n--, q_from = (q_from + 1) % WAITING) {
		const struct waiting *w = &queue[q_from];

		if (w->due_us > now_us()) {
			at.it_value.tv_sec = w->due_us / 1000000;
			at.it_value.tv_nsec = w->due_us % 1000000 * 1000;
			break;
		}
		if (conns[w->fd] && turns[w->fd] == w->turn &&
			write(w->fd, w->text, w->n) != (ssize_t)w->n)
			errno = 0;
	}
	timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static int
listen_here(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((unsigned short)wanted_port)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
		bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 1024) ||
		getsockname(fd, (struct sockaddr *)&a, &len))
		return -1;
	port = ntohs(a.sin_port);
	return fd;
}

static void
loop(int listener, int seconds)
{
	int ep = epoll_create1(EPOLL_CLOEXEC);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct epoll_event got[64];
	long long end = now_us() + seconds * 1000000LL;

	watch(ep, listener);
	watch(ep, STDIN_FILENO);
	watch(ep, timer);
	while (now_us() < end) {
		int n = epoll_wait(ep, got, 64, 500);

		for (int i = 0; i < n; i++) {
			int fd = got[i].data.fd;
			char c;

			if (fd == listener)
				accept_all(listener, ep);
			else if (fd == STDIN_FILENO && read(STDIN_FILENO, &c, 1) <= 0)
				return;
			else if (fd != STDIN_FILENO && fd != timer)
				readable(fd);
		}
		send_due(timer); /* which is no longer ready when it is set anew */
	}
}

int
main(int argc, char **argv)
{
	int seconds = 600, listener;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--delay-ms"))
			delay_ms = (int)strtol(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--throttle"))
			throttle = (int)strtol(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--bad-gateway"))
			(void)sscanf(argv[i + 1], "%d-%d", &bad_from, &bad_to);
		else if (!strcmp(argv[i], "--seconds"))
			seconds = (int)strtol(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--seen"))
			seen = fopen(argv[i + 1], "a");
		else if (!strcmp(argv[i], "--traces"))
			traces = fopen(argv[i + 1], "a");
		else if (!strcmp(argv[i], "--port"))
			wanted_port = (int)strtol(argv[i + 1], NULL, 10);
	}
	listener = listen_here();
	queue = calloc(WAITING, sizeof(*queue));
	if (listener < 0 || !queue)
		return 1;
	printf("port %d\n", port);
	fflush(stdout);
	loop(listener, seconds);
	return 0;
}
