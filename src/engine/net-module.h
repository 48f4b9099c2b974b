/* What the module net.so exports: one symbol, "tokentriage_net", of this type. */
#ifndef TT_ENGINE_NET_MODULE_H
#define TT_ENGINE_NET_MODULE_H

#include "engine/transport.h"
#include "oauth/crypto.h"

enum { NET_MODULE_ABI = 1 };

struct net_module {
	int abi;
	const struct transport_ops *transport;
	const struct crypto_ops *crypto;
};

#endif
