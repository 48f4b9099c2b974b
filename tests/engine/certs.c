#include "certs.h"

#include "unit.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/err.h"

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!e || !X509_add_ext(cert, e, -1))
		die("no extension %d", nid);
	X509_EXTENSION_free(e);
}

void
identity_make(struct identity *out, const struct cert_spec *spec)
{
	static long serial = 1000;
	const struct identity *issuer = spec->issuer ? spec->issuer : out;
	X509_NAME *name;

	out->key = EVP_EC_gen("P-256");
	out->cert = X509_new();
	if (!out->key || !out->cert)
		die("no key");
	X509_set_version(out->cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(out->cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(out->cert), spec->from_s);
	X509_gmtime_adj(X509_getm_notAfter(out->cert), spec->to_s);
	name = X509_get_subject_name(out->cert);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)spec->name, -1, -1, 0);
	X509_set_issuer_name(out->cert, X509_get_subject_name(issuer->cert));
	X509_set_pubkey(out->cert, out->key);
	if (spec->ca)
		add_extension(out->cert, issuer->cert, NID_basic_constraints, "critical,CA:TRUE");
	if (spec->alt)
		add_extension(out->cert, issuer->cert, NID_subject_alt_name, spec->alt);
	if (spec->info_access)
		add_extension(out->cert, issuer->cert, NID_info_access, spec->info_access);
	if (!X509_sign(out->cert, issuer->key, EVP_sha256()))
		die("the test's certificate cannot be signed");
}

void
identity_release(struct identity *id)
{
	X509_free(id->cert);
	EVP_PKEY_free(id->key);
	*id = (struct identity){0};
}

static FILE *
new_file(char *path, size_t size)
{
	const char *dir = getenv("TMPDIR");
	FILE *f;
	int fd;

	snprintf(path, size, "%s/tokentriage-pem-XXXXXX", dir && *dir ? dir : "/tmp");
	fd = mkstemp(path);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		die("cannot write %s", path);
	return f;
}

void
identity_write(const struct identity *id, char *path, size_t size)
{
	FILE *f = new_file(path, size);

	if (!PEM_write_X509(f, id->cert) || fclose(f) != 0)
		die("cannot write %s", path);
}

void
identity_write_key(const struct identity *id, char *path, size_t size)
{
	FILE *f = new_file(path, size);

	if (!PEM_write_PrivateKey(f, id->key, NULL, NULL, 0, NULL, NULL) || fclose(f) != 0)
		die("cannot write %s", path);
}

/* Of the protocols that are offered; the tests see that h2 was among them. */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in,
	unsigned in_n, void *arg)
{
	(void)ssl;
	(void)arg;
	for (unsigned i = 0; i < in_n; i += in[i] + 1u)
		if (in[i] == 8 && memcmp(in + i + 1, "http/1.1", 8) == 0) {
			*out = in + i + 1;
			*n = in[i];
			return SSL_TLSEXT_ERR_OK;
		}
	return SSL_TLSEXT_ERR_NOACK;
}

SSL_CTX *
server_context(const struct identity *leaf, const struct identity *issuer)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx || SSL_CTX_use_certificate(ctx, leaf->cert) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, leaf->key) != 1)
		die("no TLS context for the test's server");
	if (issuer)
		SSL_CTX_add1_chain_cert(ctx, issuer->cert);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	return ctx;
}
