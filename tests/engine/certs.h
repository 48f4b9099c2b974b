/* Certificates made at test time, with OpenSSL. */
#ifndef TT_TESTS_ENGINE_CERTS_H
#define TT_TESTS_ENGINE_CERTS_H

#include <openssl/ssl.h>

struct identity {
	X509 *cert;
	EVP_PKEY *key;
};

struct cert_spec {
	const char *name;         /* CN */
	const char *alt;          /* subjectAltName, "IP:127.0.0.1,DNS:localhost"; NULL */
	long from_s, to_s;        /* from now */
	const struct identity *issuer; /* NULL: self-signed */
	int ca;
	const char *info_access;       /* authorityInfoAccess, "caIssuers;URI:http://…"; NULL */
};

void identity_make(struct identity *out, const struct cert_spec *spec);
void identity_release(struct identity *id);
/* The certificate as PEM in a new file, whose name is written to path. */
void identity_write(const struct identity *id, char *path, size_t size);
void identity_write_key(const struct identity *id, char *path, size_t size);
/* A server's context with the leaf and, unless NULL, its issuer in the chain. */
SSL_CTX *server_context(const struct identity *leaf, const struct identity *issuer);

#endif
