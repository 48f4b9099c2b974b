/*
 * Which proxy a request goes through, by the rules users know from curl: the option, else
 * <scheme>_proxy and ALL_PROXY of the environment (HTTP_PROXY in capitals is not read, since a
 * web server may set it from a request's header); NO_PROXY exempts.
 */
#ifndef TT_ENGINE_NET_PROXY_H
#define TT_ENGINE_NET_PROXY_H

#include "base/span.h"

/*
 * The proxy's URL, borrowed from option or the environment; NULL: none.  option: NULL for the
 * environment's, "" for none.  The environment's proxy is not used for loopback hosts.
 */
const char *net_proxy_for(const char *url, const char *option);
/* Does a no_proxy list ("a.example,.b.example 10.0.0.0/8 *") exempt the host? */
bool net_proxy_exempt(struct span list, struct span host);

#endif
