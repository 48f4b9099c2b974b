/* TLS through the libcurl transport: what is accepted, what is refused and why, and what is recorded. */
#include "fetch.h"

#include "base/mem.h"
#include "certs.h"

enum { DAY = 24 * 60 * 60 };
#define OK_ALL "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
#define LOOPBACK "IP:127.0.0.1,DNS:localhost"

static struct identity ca, other_ca, good, expired, early, wrong_name, foreign, self_signed;
static char ca_file[256];

static int
make_certificates(void **state)
{
	(void)state;
	identity_make(&ca, &(struct cert_spec){"Test CA", NULL, -DAY, 30 * DAY, NULL, 1});
	identity_make(&other_ca, &(struct cert_spec){"Unknown CA", NULL, -DAY, 30 * DAY, NULL, 1});
	identity_make(&good, &(struct cert_spec){"good", LOOPBACK, -DAY, DAY, &ca, 0});
	identity_make(&expired, &(struct cert_spec){"old", LOOPBACK, -9 * DAY, -2 * DAY, &ca, 0});
	identity_make(&early, &(struct cert_spec){"early", LOOPBACK, 2 * DAY, 9 * DAY, &ca, 0});
	identity_make(&wrong_name, &(struct cert_spec){"wrong", "DNS:idp.example,DNS:*.idp.example", -DAY, DAY, &ca, 0});
	identity_make(&foreign, &(struct cert_spec){"foreign", LOOPBACK, -DAY, DAY, &other_ca, 0});
	identity_make(&self_signed, &(struct cert_spec){"self \x1b[31m", LOOPBACK, -DAY, DAY, NULL, 0});
	identity_write(&ca, ca_file, sizeof(ca_file));
	return 0;
}

static int
drop_certificates(void **state)
{
	struct identity *all[] = {&ca, &other_ca, &good, &expired, &early, &wrong_name, &foreign, &self_signed};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		identity_release(all[i]);
	unlink(ca_file);
	return 0;
}

static void
handle_ok(struct conn *c)
{
	conn_puts(c, OK_ALL);
}

static struct fixture *
begin(void **state, SSL_CTX *ctx)
{
	struct fixture *t = *state;

	if (!t->s.handle)
		t->s.handle = handle_ok;
	t->s.ssl_ctx = ctx;
	server_start(&t->s);
	client_open(&t->c);
	t->c.options.ca_file = ca_file;
	return t;
}

static int
tear_down(void **state)
{
	struct fixture *t = *state;

	client_close(&t->c);
	server_stop(&t->s);
	SSL_CTX_free(t->s.ssl_ctx);
	free(t);
	return 0;
}

static void
assert_error(const struct fetch *f, enum net_error e)
{
	if (f->x.result.error != e)
		fail_msg("%s (%s), expected %s", net_error_id(f->x.result.error), f->x.result.error_text,
			net_error_id(e));
}

static void
test_verified(void **state)
{
	struct fixture *t = begin(state, server_context(&good, &ca));
	const struct tls_info *tls;
	struct fetch f;

	for (int i = 0; i < 2; i++) { /* a reused connection has the same facts */
		get(&f, &t->c, &t->s, "https", "/");
		tls = &f.x.result.tls;
		assert_error(&f, NETERR_NONE);
		assert_int_equal(f.x.result.timings.reused, i);
		assert_int_equal(f.x.result.timings.tls >= 0, i == 0);
		assert_string_equal(tls->version, "TLSv1.3");
		assert_memory_equal(tls->cipher, "TLS_", 4);
		assert_true(tls->verified);
		assert_string_equal(tls->verify_words, "");
		assert_int_equal(tls->n_certs, 2);
		assert_string_equal(tls->certs[0].subject, "CN=good");
		assert_string_equal(tls->certs[0].issuer, "CN=Test CA");
		assert_string_equal(tls->certs[0].names, "127.0.0.1, localhost");
		assert_false(tls->certs[0].self_signed);
		assert_true(tls->certs[1].self_signed);
		assert_in_range(tls->certs[0].not_after - tls->certs[0].not_before, 2 * DAY - 5, 2 * DAY + 5);
		fetch_release(&f);
	}
	assert_int_equal(server_count(&t->s, &t->s.handshakes), 1);
}

/* The certificate is refused; the request is never sent, and one handshake brings the facts. */
static void
refused(void **state, SSL_CTX *ctx, enum net_error error, const char *subject)
{
	struct fixture *t = begin(state, ctx);
	const struct tls_info *tls;
	struct fetch f;

	get(&f, &t->c, &t->s, "https", "/");
	tls = &f.x.result.tls;
	assert_error(&f, error);
	assert_int_equal(f.x.result.response.status, 0);
	assert_false(tls->verified);
	assert_true(*tls->verify_words);
	assert_true(*f.x.result.error_text);
	assert_true(tls->n_certs >= 1);
	assert_string_equal(tls->certs[0].subject, subject);
	assert_true(*tls->version);
	assert_true(*f.x.result.remote);
	assert_int_equal(server_count(&t->s, &t->s.connections), 1);
	assert_int_equal(server_count(&t->s, &t->s.requests), 0);
	fetch_release(&f);
}

static void
test_expired(void **state)
{
	refused(state, server_context(&expired, NULL), NETERR_TLS_EXPIRED, "CN=old");
}

static void
test_not_yet_valid(void **state)
{
	refused(state, server_context(&early, NULL), NETERR_TLS_NOT_YET_VALID, "CN=early");
}

static void
test_wrong_name(void **state)
{
	refused(state, server_context(&wrong_name, NULL), NETERR_TLS_HOSTNAME, "CN=wrong");
}

/* A session that is taken up again is not verified again: the facts are those of the first time. */
static void
test_wrong_name_of_a_resumed_session(void **state)
{
	SSL_CTX *ctx = server_context(&wrong_name, NULL);
	struct fixture *t;
	struct fetch f;

	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
	t = begin(state, ctx);
	/* the library may leave a session be; it has taken one up before long */
	for (unsigned i = 1; i <= 8 && !server_count(&t->s, &t->s.resumed); i++) {
		get(&f, &t->c, &t->s, "https", "/");
		assert_error(&f, NETERR_TLS_HOSTNAME);
		assert_int_equal(f.x.result.tls.n_certs, 1);
		assert_string_equal(f.x.result.tls.certs[0].subject, "CN=wrong");
		assert_false(f.x.result.tls.verified);
		fetch_release(&f);
		server_wait_handshakes(&t->s, i);
	}
	assert_true(server_count(&t->s, &t->s.resumed) > 0);
}

static void
test_unknown_ca(void **state)
{
	refused(state, server_context(&foreign, &other_ca), NETERR_TLS_UNKNOWN_CA, "CN=foreign");
}

static void
test_missing_intermediate(void **state)
{
	refused(state, server_context(&foreign, NULL), NETERR_TLS_UNKNOWN_CA, "CN=foreign");
}

/* … and a name with an escape in it is safe to print. */
static void
test_self_signed(void **state)
{
	refused(state, server_context(&self_signed, NULL), NETERR_TLS_UNKNOWN_CA, "CN=self \\1B[31m");
}

static void
test_insecure(void **state)
{
	struct fixture *t = begin(state, server_context(&expired, NULL));
	struct fetch f;

	t->c.options.insecure = true;
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_NONE);
	assert_int_equal(f.x.result.response.status, 200);
	assert_false(f.x.result.tls.verified);
	assert_string_equal(f.x.result.tls.verify_words, "certificate has expired");
	assert_int_equal(f.x.result.tls.n_certs, 1);
	fetch_release(&f);
	/* A connection that was not verified is not used where it must be. */
	t->c.options.insecure = false;
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_TLS_EXPIRED);
	assert_int_equal(server_count(&t->s, &t->s.requests), 1);
	fetch_release(&f);
}

static void
test_insecure_wrong_name(void **state)
{
	struct fixture *t = begin(state, server_context(&wrong_name, NULL));
	struct fetch f;

	t->c.options.insecure = true;
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_NONE);
	assert_false(f.x.result.tls.verified);
	assert_string_equal(f.x.result.tls.verify_words, "the certificate is for another name");
	assert_string_equal(f.x.result.tls.certs[0].names, "idp.example, *.idp.example");
	fetch_release(&f);
}

/* Verification that is switched off is still said to be fine where it is. */
static void
test_insecure_but_good(void **state)
{
	struct fixture *t = begin(state, server_context(&good, NULL));
	struct fetch f;

	t->c.options.insecure = true;
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_NONE);
	assert_true(f.x.result.tls.verified);
	fetch_release(&f);
}

static void
test_old_protocol(void **state)
{
	SSL_CTX *ctx = server_context(&good, NULL);
	struct fixture *t;
	struct fetch f;

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ctx, TLS1_VERSION);
	t = begin(state, ctx);
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_TLS_PROTOCOL);
	fetch_release(&f);
}

static void
test_plain_http_on_the_tls_port(void **state)
{
	struct fixture *t = *state;
	struct fetch f;

	t->s.accepted = conn_plain_http;
	begin(state, NULL);
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_NOT_TLS);
	fetch_release(&f);
}

static void
test_tls_on_the_plain_port(void **state)
{
	struct fixture *t = begin(state, server_context(&good, NULL));
	struct fetch f;

	get(&f, &t->c, &t->s, "http", "/");
	assert_true(f.x.result.error == NETERR_NOT_HTTP || f.x.result.error == NETERR_RESET);
	fetch_release(&f);
}

static void
stall(struct conn *c)
{
	conn_stall(c);
}

static void
hang_up(struct conn *c)
{
	char hello[64];

	(void)!read(c->fd, hello, sizeof(hello));
	conn_reset(c);
}

static void
test_handshake_stalls(void **state)
{
	struct fixture *t = *state;
	struct fetch f;

	t->s.accepted = stall;
	begin(state, NULL);
	t->c.options.connect_timeout_ms = 200;
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_READ_TIMEOUT); /* connected: it is the server, not the network */
	fetch_release(&f);
}

static void
test_handshake_is_reset(void **state)
{
	struct fixture *t = *state;
	struct fetch f;

	t->s.accepted = hang_up;
	begin(state, NULL);
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_RESET);
	fetch_release(&f);
}

/* A server that takes clients of other_ca only; version: of TLS, 0 for the newest. */
static SSL_CTX *
wants_client(int version)
{
	SSL_CTX *ctx = server_context(&good, NULL);

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), other_ca.cert);
	SSL_CTX_set_max_proto_version(ctx, version);
	return ctx;
}

/* In TLS 1.3 the alert comes after the handshake, in 1.2 as a failure of it without a word for this. */
static void
asked_for(void **state, int version, const char *alert)
{
	struct fixture *t = begin(state, wants_client(version));
	struct fetch f;

	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_TLS_CLIENT_CERT);
	assert_int_equal(f.x.result.tls.n_certs, 1);
	assert_true(f.x.result.tls.verified);
	assert_true(f.x.result.tls.cert_asked);
	assert_string_equal(f.x.result.tls.client_subject, "");
	assert_string_equal(f.x.result.tls.alert, alert);
	fetch_release(&f);
}

static void
test_client_certificate_is_asked_for(void **state)
{
	asked_for(state, 0, "certificate required");
}

static void
test_client_certificate_is_asked_for_by_tls_1_2(void **state)
{
	asked_for(state, TLS1_2_VERSION, "handshake failure");
}

/* Shows a client certificate with the key of another identity, or its own. */
static void
show_client(void **state, const struct identity *id, const struct identity *key, struct fetch *f)
{
	char cert[256], pem[256];
	struct fixture *t = begin(state, wants_client(0));

	identity_write(id, cert, sizeof(cert));
	identity_write_key(key, pem, sizeof(pem));
	t->c.options.client_cert_file = cert;
	t->c.options.client_key_file = pem;
	get(f, &t->c, &t->s, "https", "/");
	unlink(cert);
	unlink(pem);
}

static void
test_client_certificate_is_accepted(void **state)
{
	struct fetch f;

	show_client(state, &foreign, &foreign, &f);
	assert_error(&f, NETERR_NONE);
	assert_true(f.x.result.tls.cert_asked);
	assert_string_equal(f.x.result.tls.client_subject, "CN=foreign");
	assert_string_equal(f.x.result.tls.alert, "");
	fetch_release(&f);
}

static void
test_client_certificate_is_refused(void **state)
{
	struct fetch f;

	show_client(state, &good, &good, &f);
	assert_error(&f, NETERR_TLS_CLIENT_CERT);
	assert_string_equal(f.x.result.tls.client_subject, "CN=good");
	assert_string_equal(f.x.result.tls.alert, "unknown CA");
	fetch_release(&f);
}

static void
test_client_certificate_has_expired(void **state)
{
	struct identity old;
	struct fetch f;

	identity_make(&old, &(struct cert_spec){"old client", NULL, -9 * DAY, -2 * DAY, &other_ca, 0});
	show_client(state, &old, &old, &f);
	identity_release(&old);
	assert_error(&f, NETERR_TLS_CLIENT_CERT);
	assert_string_equal(f.x.result.tls.client_subject, "CN=old client");
	assert_true(f.x.result.tls.client_not_after < time(NULL));
	assert_string_equal(f.x.result.tls.alert, "certificate expired");
	fetch_release(&f);
}

static void
test_client_key_is_another_ones(void **state)
{
	struct fetch f;

	show_client(state, &foreign, &good, &f);
	assert_error(&f, NETERR_TLS_CLIENT_FILE);
	fetch_release(&f);
}

static void
handle_and_close(struct conn *c)
{
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
	conn_close(c);
}

static void
test_session_is_resumed(void **state)
{
	SSL_CTX *ctx = server_context(&good, NULL);
	struct fixture *t = *state;
	struct fetch f;

	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
	t->s.handle = handle_and_close;
	begin(state, ctx);
	for (int i = 0; i < 3; i++) {
		get(&f, &t->c, &t->s, "https", "/");
		assert_error(&f, NETERR_NONE);
		assert_false(f.x.result.timings.reused);
		assert_true(f.x.result.tls.verified);
		assert_int_equal(f.x.result.tls.n_certs, 1);
		fetch_release(&f);
	}
	assert_int_equal(server_count(&t->s, &t->s.handshakes), 3);
	assert_int_equal(server_count(&t->s, &t->s.resumed), 2);
}

static int
see_protocols(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in,
	unsigned in_n, void *arg)
{
	bool *h2 = arg;

	(void)ssl;
	for (unsigned i = 0; i < in_n; i += in[i] + 1u)
		if (in[i] == 2 && memcmp(in + i + 1, "h2", 2) == 0)
			*h2 = true;
	*out = (const unsigned char *)"http/1.1";
	*n = 8;
	return SSL_TLSEXT_ERR_OK;
}

static void
test_http2_is_offered(void **state)
{
	SSL_CTX *ctx = server_context(&good, NULL);
	struct fixture *t;
	struct fetch f;
	bool h2 = false;

	SSL_CTX_set_alpn_select_cb(ctx, see_protocols, &h2);
	t = begin(state, ctx);
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_NONE);
	assert_true(h2);
	fetch_release(&f);
}

/* The certificates' file can be bad, too. */
static void
test_unreadable_ca_file(void **state)
{
	struct fixture *t = begin(state, server_context(&good, NULL));
	struct fetch f;

	t->c.options.ca_file = "/nonexistent/ca.pem";
	get(&f, &t->c, &t->s, "https", "/");
	assert_error(&f, NETERR_TLS_CA_FILE);
	assert_non_null(strstr(f.x.result.error_text, "/nonexistent/ca.pem"));
	fetch_release(&f);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_verified),
		T(test_expired),
		T(test_not_yet_valid),
		T(test_wrong_name),
		T(test_wrong_name_of_a_resumed_session),
		T(test_unknown_ca),
		T(test_missing_intermediate),
		T(test_self_signed),
		T(test_insecure),
		T(test_insecure_wrong_name),
		T(test_insecure_but_good),
		T(test_old_protocol),
		T(test_plain_http_on_the_tls_port),
		T(test_tls_on_the_plain_port),
		T(test_handshake_stalls),
		T(test_handshake_is_reset),
		T(test_client_certificate_is_asked_for),
		T(test_client_certificate_is_asked_for_by_tls_1_2),
		T(test_client_certificate_is_accepted),
		T(test_client_certificate_is_refused),
		T(test_client_certificate_has_expired),
		T(test_client_key_is_another_ones),
		T(test_session_is_resumed),
		T(test_http2_is_offered),
		T(test_unreadable_ca_file),
	};

	return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
