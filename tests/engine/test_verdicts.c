/*
 * The whole way, without a screen: a server with one fault on loopback, the five steps over libcurl, and
 * what the verdict names as the cause.
 */
#include "fetch.h"

#include "base/mem.h"
#include "base/redact.h"
#include "certs.h"
#include "diagnose/diagnose.h"
#include "engine/engine.h"
#include "wizard/wizard.h"

enum { DAY = 24 * 60 * 60 };
#define LOOPBACK "IP:127.0.0.1,DNS:localhost"

static struct identity ca, other_ca, sub_ca, old_sub_ca;
static struct identity published;
static struct identity good, expired, early, wrong_name, foreign, self_signed, by_sub, by_old_sub;
static struct identity *const all[] = {&ca, &other_ca, &sub_ca, &old_sub_ca, &good, &expired, &early, &wrong_name,
	&published, &foreign, &self_signed, &by_sub, &by_old_sub};
static char ca_file[256];

static int
make_certificates(void **state)
{
	(void)state;
	identity_make(&ca, &(struct cert_spec){"Test CA", NULL, -DAY, 30 * DAY, NULL, 1});
	identity_make(&other_ca, &(struct cert_spec){"Private CA", NULL, -DAY, 30 * DAY, NULL, 1});
	identity_make(&sub_ca, &(struct cert_spec){"Sub CA", NULL, -DAY, 30 * DAY, &ca, 1});
	identity_make(&old_sub_ca, &(struct cert_spec){"Old Sub CA", NULL, -9 * DAY, -2 * DAY, &ca, 1});
	identity_make(&good, &(struct cert_spec){"good", LOOPBACK, -DAY, DAY, &ca, 0});
	identity_make(&expired, &(struct cert_spec){"old", LOOPBACK, -9 * DAY, -2 * DAY, &ca, 0});
	identity_make(&early, &(struct cert_spec){"early", LOOPBACK, 2 * DAY, 9 * DAY, &ca, 0});
	identity_make(&wrong_name, &(struct cert_spec){"wrong", "DNS:idp.example", -DAY, DAY, &ca, 0});
	identity_make(&foreign, &(struct cert_spec){"foreign", LOOPBACK, -DAY, DAY, &other_ca, 0});
	identity_make(&self_signed, &(struct cert_spec){"self", LOOPBACK, -DAY, DAY, NULL, 0});
	identity_make(&by_sub, &(struct cert_spec){"below", LOOPBACK, -DAY, DAY, &sub_ca, 0});
	identity_make(&by_old_sub, &(struct cert_spec){"below old", LOOPBACK, -DAY, DAY, &old_sub_ca, 0});
	identity_make(&published, &(struct cert_spec){"public", LOOPBACK, -DAY, DAY, &sub_ca, 0,
		"caIssuers;URI:http://ca.invalid/sub.crt"});
	identity_write(&ca, ca_file, sizeof(ca_file));
	return 0;
}

static int
drop_certificates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		identity_release(all[i]);
	unlink(ca_file);
	return 0;
}

/* --- servers with one fault --- */

/* A Date that many seconds off; userinfo wants a token. */
static void
answer(struct conn *c, long off_s)
{
	time_t now = time(NULL) + off_s;
	struct tm tm;
	char head[400], date[64];
	bool ok = strstr(c->request, "Bearer a-token") != NULL;

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
	snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: application/json\r\n"
		"%sContent-Length: %d\r\n\r\n%s", ok ? "200 OK" : "401 Unauthorized", date,
		ok ? "" : "WWW-Authenticate: Bearer\r\n", ok ? 11 : 0, ok ? "{\"sub\":\"u\"}" : "");
	conn_puts(c, head);
}

static void
handle_ok(struct conn *c)
{
	answer(c, 0);
}

static void
handle_five_days_ahead(struct conn *c)
{
	answer(c, 5 * DAY);
}

static void
hang_up(struct conn *c)
{
	char hello[64];

	(void)!read(c->fd, hello, sizeof(hello));
	conn_reset(c);
}

static void
forbid_connect(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	conn_close(c);
}

static void
want_proxy_credentials(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
		"Content-Length: 0\r\n\r\n");
	conn_close(c);
}

static SSL_CTX *
only_tls_1_0(void)
{
	SSL_CTX *ctx = server_context(&good, NULL);

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ctx, TLS1_VERSION);
	return ctx;
}

static SSL_CTX *
wants_client(void)
{
	SSL_CTX *ctx = server_context(&good, NULL);

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return ctx;
}

/* --- the walk --- */

struct world {
	struct server s;
	struct rng rng;
	struct redactor *redactor;
	struct log *log;
	struct case_file c;
	struct engine *engine;
	struct wizard *w;
	struct profile p;
};

static const struct transport_ops *
load(struct err *e)
{
	(void)e;
	return &transport_curl;
}

static int
set_up(void **state)
{
	struct world *t = xcalloc(1, sizeof(*t));
	struct wizard_deps deps;

	alarm(WATCHDOG_S);
	rng_init_seeded(&t->rng, 7);
	t->redactor = redactor_new();
	t->log = log_new(&clock_system, t->redactor, 1000, 1 << 20);
	case_init(&t->c);
	t->engine = engine_new(&(struct engine_deps){.clock = &clock_system, .rng = &t->rng, .log = t->log,
		.redactor = t->redactor, .record = &t->c, .load_transport = load});
	deps = (struct wizard_deps){.engine = t->engine, .c = &t->c, .clock = &clock_system, .rng = &t->rng,
		.log = t->log, .redactor = t->redactor};
	t->w = wizard_new(&deps);
	profile_init(&t->p);
	t->p.timeout = 60;
	profile_set(&t->p.ca_file, span_of(ca_file));
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *t = *state;

	wizard_free(t->w);
	engine_free(t->engine);
	if (t->s.handle)
		server_stop(&t->s);
	SSL_CTX_free(t->s.ssl_ctx);
	case_release(&t->c);
	profile_release(&t->p);
	log_free(t->log);
	redactor_free(t->redactor);
	free(t);
	return 0;
}

static const struct finding *
walk(struct world *t)
{
	assert_int_equal(wizard_use_profile(t->w, &t->p, NULL), RES_OK);
	wizard_give_token(t->w, SLOT_ACCESS, SPAN_LIT("a-token-9f2c71e0d4b86a35"), "test");
	wizard_walk(t->w, (1u << STEP_COUNT) - 1, false, false);
	while (wizard_busy(t->w)) {
		assert_int_equal(engine_run(t->engine, INT64_MAX), RES_OK);
		wizard_update(t->w);
	}
	wizard_update(t->w);
	return wizard_diagnosis(t->w)->verdict.primary;
}

static void
start(struct world *t, SSL_CTX *ctx, void (*handle)(struct conn *), void (*accepted)(struct conn *), const char *scheme)
{
	char *url;

	t->s.ssl_ctx = ctx;
	t->s.handle = handle;
	t->s.accepted = accepted;
	server_start(&t->s);
	url = xasprintf("%s://127.0.0.1:%d/me", scheme, t->s.port);
	profile_set(&t->p.userinfo_endpoint, span_of(url));
	free(url);
}

/* The cause, and a part of its sentence and of its evidence. */
static void
leads_to(struct world *t, const char *id, const char *words, const char *fact)
{
	const struct finding *f = walk(t);
	bool found = !fact;

	if (!f || strcmp(f->rule->id, id) != 0)
		fail_msg("%s (%s), expected %s", f ? f->rule->id : "nothing", wizard_diagnosis(t->w)->verdict.summary, id);
	if (!strstr(f->summary, words))
		fail_msg("\"%s\" does not say \"%s\"", f->summary, words);
	for (size_t i = 0; i < f->n_evidence; i++)
		found = found || strstr(f->evidence[i].value, fact);
	if (!found)
		fail_msg("%s: no evidence says \"%s\"", f->summary, fact);
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_PROBLEM);
}

#define TLS_CASE(name, ctx, id, words, fact) \
	static void name(void **state) \
	{ \
		start(*state, ctx, handle_ok, NULL, "https"); \
		leads_to(*state, id, words, fact); \
	}

TLS_CASE(test_expired, server_context(&expired, NULL), "tls-expired-cert", "expired at", "CN=old")
TLS_CASE(test_not_yet_valid, server_context(&early, NULL), "tls-expired-cert", "valid only from", "CN=early")
TLS_CASE(test_expired_intermediate, server_context(&by_old_sub, &old_sub_ca), "tls-expired-cert", "CN=Old Sub CA",
	"CN=Old Sub CA")
TLS_CASE(test_missing_intermediate, server_context(&by_sub, NULL), "tls-unknown-ca", "did not send", "CN=Sub CA")
TLS_CASE(test_missing_intermediate_of_a_public_authority, server_context(&published, NULL), "tls-unknown-ca",
	"did not send", "published")
TLS_CASE(test_self_signed, server_context(&self_signed, NULL), "tls-unknown-ca", "self-signed", "CN=self")
TLS_CASE(test_private_ca, server_context(&foreign, &other_ca), "tls-unknown-ca", "private authority CN=Private CA",
	"CN=Private CA")
TLS_CASE(test_wrong_name, server_context(&wrong_name, NULL), "tls-hostname-mismatch", "is for idp.example",
	"idp.example")
TLS_CASE(test_old_protocol, only_tls_1_0(), "tls-protocol-or-sni", "could be agreed on", NULL)
TLS_CASE(test_client_certificate, wants_client(), "tls-client-cert", "wants a client certificate",
	"certificate required")

static void
test_plain_http_on_the_tls_port(void **state)
{
	start(*state, NULL, handle_ok, conn_plain_http, "https");
	leads_to(*state, "tls-protocol-or-sni", "does not speak TLS", NULL);
}

static void
test_tls_on_the_plain_port(void **state)
{
	struct world *t = *state;

	start(t, server_context(&good, NULL), handle_ok, NULL, "http");
	/* OpenSSL says nothing to who speaks HTTP there: no evidence tells it from any other hang-up */
	leads_to(t, "connection-reset", "without a whole answer", NULL);
	assert_non_null(strstr(wizard_diagnosis(t->w)->verdict.primary->remedy, "https"));
}

static void
test_reset_in_the_handshake(void **state)
{
	start(*state, NULL, handle_ok, hang_up, "https");
	leads_to(*state, "connection-reset", "in the TLS handshake", NULL);
}

static void
test_intermediate_that_is_sent(void **state)
{
	struct world *t = *state;

	start(t, server_context(&by_sub, &sub_ca), handle_ok, NULL, "https");
	assert_null(walk(t));
	assert_int_equal(wizard_diagnosis(t->w)->verdict.state, STATE_OK);
}

/*
 * By the server's own clock, read without trusting it and without sending it anything, its certificate
 * is valid: ours is wrong.
 */
static void
test_the_local_clock_is_the_reason(void **state)
{
	struct world *t = *state;
	const struct diagnosis *d;
	bool cert = false;

	start(t, server_context(&early, NULL), handle_five_days_ahead, NULL, "https");
	leads_to(t, "clock-skew-local", "behind", NULL);
	d = wizard_diagnosis(t->w);
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->findings[i].rule->id, "tls-expired-cert"))
			cert = d->findings[i].n_caused_by == 1;
	assert_true(cert);
	for (size_t i = 0; i < t->c.n_exchanges; i++)
		if (t->c.exchanges[i]->result.response.status)
			assert_false(http_has_header(&t->c.exchanges[i]->request.headers, "Authorization"));
}

static void
not_found(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nnot found");
}

/* Where the metadata is what is missing, the way out is not the metadata. */
static void
test_no_metadata(void **state)
{
	struct world *t = *state;
	const struct finding *f;
	char *issuer;

	start(t, NULL, not_found, NULL, "http");
	issuer = xasprintf("http://127.0.0.1:%d/realms/acme", t->s.port);
	profile_set(&t->p.issuer, span_of(issuer));
	profile_set(&t->p.userinfo_endpoint, SPAN_EMPTY);
	free(issuer);
	leads_to(t, "wrong-endpoint-path", "no metadata", "/.well-known/oauth-authorization-server/realms/acme");
	f = wizard_diagnosis(t->w)->verdict.primary;
	assert_non_null(strstr(f->remedy, "/realms/acme"));
	assert_non_null(strstr(f->remedy, "RFC 8414"));
	assert_non_null(strstr(f->remedy, "userinfo_endpoint"));
}

static void
through_proxy(struct world *t, const char *proxy)
{
	profile_set(&t->p.userinfo_endpoint, SPAN_LIT("https://idp.invalid/me"));
	profile_set(&t->p.proxy, span_of(proxy));
}

static void
through_server(struct world *t, void (*handle)(struct conn *))
{
	char *proxy;

	start(t, NULL, handle, NULL, "http");
	proxy = xasprintf("http://127.0.0.1:%d", t->s.port);
	through_proxy(t, proxy);
	free(proxy);
}

static void
test_proxy_wants_credentials(void **state)
{
	through_server(*state, want_proxy_credentials);
	leads_to(*state, "proxy-407", "asks for credentials (407)", "127.0.0.1:");
}

static void
test_proxy_forbids(void **state)
{
	through_server(*state, forbid_connect);
	leads_to(*state, "proxy-refused", "idp.invalid (403)", "127.0.0.1:");
}

static void
test_proxy_of_the_environment_is_none(void **state)
{
	struct world *t = *state;

	profile_set(&t->p.userinfo_endpoint, SPAN_LIT("https://idp.invalid/me"));
	setenv("https_proxy", "http://", 1);
	leads_to(t, "proxy-refused", "in the environment", "http://HOST:PORT");
	unsetenv("https_proxy");
}

static void
test_proxy_is_not_there(void **state)
{
	through_proxy(*state, "http://127.0.0.1:1");
	leads_to(*state, "connection-refused", "The proxy 127.0.0.1:1 refuses", "127.0.0.1:1");
}

/* A label of 70 characters: refused by the resolver itself, no name server is asked. */
static void
test_proxy_has_no_such_name(void **state)
{
	through_proxy(*state,
		"http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid:3128");
	leads_to(*state, "dns-failure", "The proxy aaaa", "aaaa.invalid:3128");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_expired),
		T(test_not_yet_valid),
		T(test_expired_intermediate),
		T(test_missing_intermediate),
		T(test_missing_intermediate_of_a_public_authority),
		T(test_self_signed),
		T(test_private_ca),
		T(test_wrong_name),
		T(test_old_protocol),
		T(test_client_certificate),
		T(test_plain_http_on_the_tls_port),
		T(test_tls_on_the_plain_port),
		T(test_reset_in_the_handshake),
		T(test_intermediate_that_is_sent),
		T(test_the_local_clock_is_the_reason),
		T(test_no_metadata),
		T(test_proxy_wants_credentials),
		T(test_proxy_forbids),
		T(test_proxy_of_the_environment_is_none),
		T(test_proxy_is_not_there),
		T(test_proxy_has_no_such_name),
	};

	return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
