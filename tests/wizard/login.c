/* A login over the replay transport and a manual clock: what the tests of the flows have in common. */
#include "wizard/login.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/mem.h"
#include "oauth/url.h"

/* The server, whose metadata has these members, too; a place for the tokens. */
void
begin_login(struct world *t, const char *more)
{
	char *metadata = xasprintf(JSON_HEAD LOGIN_METADATA "%s}", more);

	reply("GET", "openid-configuration", NULL, metadata);
	reply("POST", "/introspect", NULL, ACTIVE);
	reply("GET", "/me", NULL, JSON_HEAD "{\"sub\":\"u1\",\"name\":\"Ada\"}");
	free(metadata);
	begin(t, NULL, NULL);
	assert_int_equal(wizard_set_token_place(t->w, PLACE_MEMORY, NULL, NULL), RES_OK);
}

const struct flow_view *
view(struct world *t)
{
	const struct flow_view *v = wizard_login_view(t->w);

	assert_non_null(v);
	return v;
}

void
prepare(struct world *t, enum flow_kind k, const struct flow_wish *wish)
{
	struct err e = ERR_INIT;

	if (wizard_login_prepare(t->w, k, wish, &e) != RES_OK)
		fail_msg("%s", e.text);
	run(t);
	assert_int_equal(view(t)->phase, FLOW_PREPARED);
	assert_int_equal(replay_requests(transport), sent_to("openid-configuration"));
}

void
go(struct world *t)
{
	struct err e = ERR_INIT;

	if (wizard_login_go(t->w, &e) != RES_OK)
		fail_msg("%s", e.text);
	run(t);
}

void
wait_s(struct world *t, int64_t seconds)
{
	clock_advance_us(&t->clock, seconds * 1000000);
	wizard_update(t->w);
	run(t);
}

void
is_logged_in(struct world *t)
{
	if (view(t)->phase != FLOW_DONE)
		fail_msg("phase %d: %s", (int)view(t)->phase, view(t)->words);
	assert_string_equal(case_token(&t->c, SLOT_ACCESS)->source, "the login");
	assert_int_equal(sent_to("/introspect"), 1);
	assert_int_equal(sent_to("idp.test/me"), 1);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
	assert_true(wizard_login_asks_user(t->w));
}

/* Nothing that was recorded, logged or shown to be sent has these values. */
void
is_masked(struct world *t, const char *value)
{
	struct log_rec rec;

	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];
		struct span to = http_header(&x->result.response.headers, "Location");

		assert_null(strstr(x->request.url, value));
		assert_true(span_find_str(buf_span(&x->request.body), value) == SIZE_MAX);
		assert_true(span_find_str(buf_span(&x->result.response.body), value) == SIZE_MAX);
		assert_true(span_find_str(to, value) == SIZE_MAX);
	}
	for (size_t i = 0; log_get(t->log, i, &rec); i++)
		assert_null(strstr(rec.text, value));
	assert_null(strstr(view(t)->request, value));
	assert_null(strstr(view(t)->words, value));
}

/* A parameter of the authorization URL, decoded. */
char *
param(struct world *t, const char *name)
{
	struct span url = span_of(view(t)->url);
	struct buf v;

	buf_init(&v, LIMIT_URL);
	assert_true(form_get(span_from(url, span_find(url, '?') + 1), name, &v));
	return buf_take(&v);
}

/* Sends one request to the listener and gives back what it answered. */
void
request(struct world *t, const char *method, const char *target, char *answer, size_t size)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 20};
	char text[4096];
	struct url u;
	ssize_t n, got = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(url_parse(&u, span_of(view(t)->redirect_uri), NULL), RES_OK);
	a.sin_port = htons((uint16_t)u.port);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&a, sizeof a), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", method, target, u.port);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	for (int i = 0; i < 1000 && recv(fd, answer, 1, MSG_PEEK | MSG_DONTWAIT) < 0; i++) {
		struct pollfd fds[FLOW_FDS];
		size_t k = wizard_login_fds(t->w, fds, FLOW_FDS);

		(void)poll(fds, k, 20);
		wizard_update(t->w);
	}
	while ((n = recv(fd, answer + got, size - 1 - (size_t)got, 0)) > 0)
		got += n;
	answer[got] = '\0';
	close(fd);
	run(t);
}

/* The redirect with this query, %s being the state that was sent. */
void
redirect(struct world *t, const char *query, const char *page)
{
	char *state = param(t, "state"), target[1024], answer[8192];
	size_t at = (size_t)snprintf(target, sizeof target, "/callback?");

	for (; *query && at < sizeof target - 100; query++)
		if (*query == '$')
			at += (size_t)snprintf(target + at, sizeof target - at, "%s", state);
		else
			target[at++] = *query;
	target[at] = '\0';
	request(t, "GET", target, answer, sizeof answer);
	if (!strstr(answer, page))
		fail_msg("%s answered %s", target, answer);
	assert_non_null(strstr(answer, "Cache-Control: no-store"));
	assert_null(strstr(answer, state)); /* nothing of the request comes back */
	free(state);
}

/* A token response with an ID token of these claims; $ stands for the nonce that was sent. */
void
reply_tokens(struct world *t, const char *claims)
{
	char *nonce = param(t, "nonce"), *response;
	struct buf json, token;

	buf_init(&json, 4096);
	buf_init(&token, 8192);
	for (; *claims; claims++)
		if (*claims == '$')
			buf_puts(&json, nonce);
		else
			buf_putc(&json, *claims);
	base64url_encode(&token, SPAN_LIT("{\"alg\":\"RS256\",\"kid\":\"k\"}"));
	buf_putc(&token, '.');
	base64url_encode(&token, buf_span(&json));
	buf_puts(&token, ".c2lnbmF0dXJlLW9mLXRoZS10ZXN0");
	response = xasprintf(TOKENS(",\"refresh_token\":\"a-new-refresh-token-0123456789\",\"id_token\":\"%s\""),
		buf_str(&token));
	reply("POST", "/token", "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA", response);
	free(response);
	free(nonce);
	buf_release(&json);
	buf_release(&token);
}

void
failed_with(struct world *t, const char *error, const char *finding)
{
	assert_int_equal(view(t)->phase, FLOW_FAILED);
	assert_string_equal(view(t)->error, error);
	if (!found(t, finding))
		fail_msg("%s is not found: %s", finding, wizard_diagnosis(t->w)->verdict.summary);
}
