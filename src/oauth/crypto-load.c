#include "oauth/crypto.h"

static const struct crypto_ops *(*loader)(void);
static const struct crypto_ops *ops;
static bool tried;

void
crypto_set_loader(const struct crypto_ops *(*load)(void))
{
	loader = load;
	ops = NULL;
	tried = false;
}

const struct crypto_ops *
crypto(void)
{
	if (!tried) {
		tried = true;
		ops = loader ? loader() : NULL;
	}
	return ops;
}
