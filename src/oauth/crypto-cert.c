/* Certificates for servers of our own. */
#include "oauth/crypto-cert.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static bool
add_host(X509 *cert, const char *alt)
{
	X509_EXTENSION *x;
	X509V3_CTX ctx;
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, alt);
	ok = x && X509_add_ext(cert, x, -1);
	X509_EXTENSION_free(x);
	return ok;
}

static bool
fill_cert(X509 *cert, EVP_PKEY *key, const struct cert_wish *w)
{
	X509_NAME *name = X509_get_subject_name(cert);

	return X509_set_version(cert, X509_VERSION_3) &&
		ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), w->from_s) &&
		ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)w->from_s) &&
		ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)w->until_s) &&
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
			(const unsigned char *)w->name, -1, -1, 0) &&
		X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key) &&
		add_host(cert, w->alt) && X509_sign(cert, key, EVP_sha256());
}

static bool
take_bio(BIO *bio, struct buf *out)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	return n > 0 && buf_add(out, p, (size_t)n) == RES_OK;
}

enum res
ossl_self_signed(const struct cert_wish *w, struct buf *cert_pem, struct buf *key_pem,
	struct err *e)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *for_cert = BIO_new(BIO_s_mem()), *for_key = BIO_new(BIO_s_secmem());
	X509 *cert = X509_new();
	bool ok = key && cert && for_cert && for_key && fill_cert(cert, key, w) &&
		PEM_write_bio_X509(for_cert, cert) &&
		PEM_write_bio_PKCS8PrivateKey(for_key, key, NULL, NULL, 0, NULL, NULL) &&
		take_bio(for_cert, cert_pem) && take_bio(for_key, key_pem);

	BIO_free(for_cert);
	BIO_free(for_key);
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok ? RES_OK : err_set(e, RES_UNSUPPORTED, "cannot make a certificate");
}
