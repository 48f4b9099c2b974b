/* Clients with keys and certificates over the replay transport: what the tests of them have in common. */
#include "wizard/clients.h"
#include "openssl-loader.h"

#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "oauth/jose.h"

/* Key and certificate made for the run of this test; the files' names. */
char folder[] = "/tmp/tt-clients-XXXXXX";
char key_file[64], cert_file[64], other_key_file[64], other_cert_file[64];
struct sign_key *key, *other_key;
char x5t[THUMBPRINT_MAX];

static void
make_pair(char *keys, char *certs, size_t size, const char *name, struct sign_key **k,
	char *thumbprint)
{
	const struct cert_wish w = {name, "DNS:client.test", NOW_S - 86400, NOW_S + 86400};
	struct err e = ERR_INIT;
	struct buf cert, pem;

	buf_init(&cert, 1 << 16);
	buf_init_wiping(&pem, 1 << 16);
	assert_int_equal(crypto()->self_signed(&w, &cert, &pem, &e), RES_OK);
	text_format(keys, size, "%s/%s.key", folder, name);
	text_format(certs, size, "%s/%s.pem", folder, name);
	assert_int_equal(file_write_private(keys, buf_span(&pem), &e), RES_OK);
	assert_int_equal(file_write_private(certs, buf_span(&cert), &e), RES_OK);
	assert_int_equal(sign_key_read(k, buf_span(&pem), &e), RES_OK);
	if (thumbprint)
		assert_int_equal(cert_thumbprint(thumbprint, buf_span(&cert), &e), RES_OK);
	buf_release(&cert);
	buf_release(&pem);
}

int
make_files(void **state)
{
	(void)state;
	crypto_set_loader(load_openssl);
	assert_non_null(mkdtemp(folder));
	make_pair(key_file, cert_file, sizeof key_file, "client", &key, x5t);
	make_pair(other_key_file, other_cert_file, sizeof key_file, "other", &other_key, NULL);
	return 0;
}

int
remove_files(void **state)
{
	(void)state;
	sign_key_unref(key);
	sign_key_unref(other_key);
	unlink(key_file);
	unlink(cert_file);
	unlink(other_key_file);
	unlink(other_cert_file);
	return rmdir(folder);
}

void
no_secret(struct world *t)
{
	secret_unref(t->profile.client_secret);
	t->profile.client_secret = NULL;
}

/* The k-th (from 0) request that went to a URL; fails if there is none. */
void
request_to(const char *url, size_t nth, struct http_request *out)
{
	struct err e = ERR_INIT;

	for (size_t k = 0; k < replay_requests(transport); k++) {
		http_request_init(out);
		assert_int_equal(
			http_parse_request(out, span_of(replay_request(transport, k)), &e), RES_OK);
		if (span_is(span_sub(span_of(out->url), 0, span_find(span_of(out->url), '?')),
			    url) &&
			!nth--)
			return;
		http_request_release(out);
	}
	fail_msg("no such request to %s", url);
}

struct json *
jwt_part(struct span token, int k)
{
	struct jws_parts p;
	struct json *j = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(jws_split(&p, token, &e), RES_OK);
	assert_int_equal(jose_decode_json(&j, k ? p.payload : p.header, &e), RES_OK);
	return j;
}

static bool
signed_by(struct span token, const struct sign_key *k)
{
	struct json *set = json_new_object(), *list = json_new_array(), *jwk = json_dup(k->jwk);
	struct json *header = jwt_part(token, 0);
	const struct jws_keys keys = {.jwks = set};
	char why[200];
	bool ok;

	if (json_get_str(header, "kid").n)
		json_set_span(jwk, "kid", json_get_str(header, "kid"));
	json_append_take(list, jwk);
	json_set_take(set, "keys", list);
	ok = jws_verify(token, &keys, why, sizeof why) == SIG_VALID;
	json_free(header);
	json_free(set);
	return ok;
}

/* The claims of the assertion in a request, which was signed by that key. */
struct json *
assertion_of(const struct http_request *r, const struct sign_key *k, struct json **header)
{
	struct json *claims;
	struct buf jwt;

	buf_init(&jwt, LIMIT_TOKEN);
	assert_true(form_get(buf_span(&r->body), "client_assertion", &jwt));
	if (k)
		assert_true(signed_by(buf_span(&jwt), k));
	claims = jwt_part(buf_span(&jwt), 1);
	if (header)
		*header = jwt_part(buf_span(&jwt), 0);
	buf_release(&jwt);
	return claims;
}

struct json *
proof_of(const struct http_request *r, const struct sign_key *k)
{
	struct span proof = http_header(&r->headers, "DPoP");

	assert_int_equal(http_header_count(&r->headers, "DPoP"), 1);
	if (k)
		assert_true(signed_by(proof, k));
	return jwt_part(proof, 1);
}

/* No JWT of ours stands in what was recorded or logged, nor in the curl commands. */
void
assert_nothing_recorded(struct world *t, const char *secret)
{
	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];
		struct buf curl;

		buf_init(&curl, 1 << 20);
		assert_int_equal(exchange_curl_command(x, &curl), RES_OK);
		assert_null(strstr(buf_str(&curl), secret));
		buf_release(&curl);
		assert_null(strstr(buf_str(&x->request.body), secret));
		for (size_t k = 0; k < x->request.headers.n; k++)
			assert_null(strstr(x->request.headers.v[k].value, secret));
	}
	for (size_t i = 0; i < log_count(t->log); i++) {
		struct log_rec r;

		assert_true(log_get(t->log, i, &r));
		assert_null(strstr(r.text, secret));
	}
}

#define BOUND_ACTIVE(jkt)                                                                          \
	JSON_HEAD "{\"active\":true,\"scope\":\"openid\",\"client_id\":\"app\",\"sub\":\"u1\"," \
		  "\"token_type\":\"DPoP\",\"exp\":1769864400,\"cnf\":{\"jkt\":\"" jkt "\"}}"

void
reply_bound_to(const char *jkt)
{
	char text[600];

	text_format(text, sizeof text, BOUND_ACTIVE("%s"), jkt);
	reply("POST", "/introspect", NULL, text);
}

void
walk(struct world *t)
{
	wizard_walk(t->w, STEPS_ALL, false, false);
	run(t);
}
