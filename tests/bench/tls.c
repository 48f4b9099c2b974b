#include "tests/bench/server.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static bool
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e && X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
	return ok;
}

/* A certificate for a day; issuer NULL: an authority, signed by itself. */
static X509 *
certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *c = X509_new();
	X509_NAME *subject = c ? X509_get_subject_name(c) : NULL;
	bool ok;

	ok = c && X509_set_version(c, X509_VERSION_3) &&
		ASN1_INTEGER_set(X509_get_serialNumber(c), issuer ? 2 : 1) &&
		X509_gmtime_adj(X509_getm_notBefore(c), -3600) &&
		X509_gmtime_adj(X509_getm_notAfter(c), 86400) && X509_set_pubkey(c, key) &&
		X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
			-1, -1, 0) &&
		X509_set_issuer_name(c, issuer ? X509_get_subject_name(issuer) : subject) &&
		extend(c, issuer ? issuer : c, NID_basic_constraints,
			issuer ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
		extend(c, issuer ? issuer : c, NID_subject_key_identifier, "hash") &&
		(!issuer || extend(c, issuer, NID_subject_alt_name, "IP:127.0.0.1")) &&
		X509_sign(c, issuer_key ? issuer_key : key, EVP_sha256());
	if (ok)
		return c;
	X509_free(c);
	return NULL;
}

static bool
write_pem(const char *path, X509 *cert)
{
	FILE *f = fopen(path, "we");
	bool ok;

	if (!f)
		return false;
	ok = PEM_write_X509(f, cert) == 1;
	return fclose(f) == 0 && ok;
}

SSL_CTX *
tls_server_context(const char *ca_file)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = NULL, *cert = NULL;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	bool ok = ca_key && key && ctx;

	ok = ok && (ca = certificate("bench authority", ca_key, NULL, NULL)) &&
		(cert = certificate("127.0.0.1", key, ca, ca_key)) && write_pem(ca_file, ca) &&
		SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1;
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(key);
	if (ok)
		return ctx;
	ERR_print_errors_fp(stderr);
	SSL_CTX_free(ctx);
	return NULL;
}

SSL_CTX *
tls_client_context(const char *ca_file)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (!ctx)
		return NULL;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_load_verify_locations(ctx, ca_file, NULL) == 1)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}
