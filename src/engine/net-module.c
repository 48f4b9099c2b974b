#include "engine/net-module.h"

/* The one symbol of net.so; what it calls of base and oauth is the program's own. */
extern const struct net_module tokentriage_net;

__attribute__((visibility("default"))) const struct net_module tokentriage_net = {
	.abi = NET_MODULE_ABI,
	.transport = &transport_curl,
	.crypto = &crypto_openssl,
};
