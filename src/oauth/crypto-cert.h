/* Inside the crypto module: what crypto.c puts into its vtable from crypto-cert.c. */
#ifndef TT_OAUTH_CRYPTO_CERT_H
#define TT_OAUTH_CRYPTO_CERT_H

#include "oauth/crypto.h"

enum res ossl_self_signed(const struct cert_wish *w, struct buf *cert_pem, struct buf *key_pem,
	struct err *e);

#endif
