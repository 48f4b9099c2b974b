/* For crypto_set_loader(): tests that link OpenSSL need no module. */
#ifndef TT_TESTS_OPENSSL_LOADER_H
#define TT_TESTS_OPENSSL_LOADER_H

#include "oauth/crypto.h"

static inline const struct crypto_ops *
load_openssl(void)
{
	return &crypto_openssl;
}

#endif
