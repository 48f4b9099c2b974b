/*
 * The loadable modules: net.so (libcurl, OpenSSL), demo.so (libmicrohttpd) and qr.so (libqrencode),
 * taken from beside the executable in a build tree, else from pkglibdir, and only when first
 * needed.
 */
#ifndef TT_CLI_MODULES_H
#define TT_CLI_MODULES_H

#include "demo/demo.h"
#include "engine/keyring.h"
#include "engine/net-module.h"
#include "ui/qr.h"

/* Sets the loaders of crypto() and of the digest under masks; loads nothing. */
void modules_init(void);
const struct transport_ops *modules_transport(struct err *e);
/* The folder of the executable if it is a build tree (from xmalloc), else NULL. */
char *modules_build_folder(void);
const struct demo_ops *modules_demo(struct err *e);
const struct qr_ops *modules_qr(struct err *e);
/*
 * libsecret: for a child process, see cli/keyring.h.  NULL: not built in, or it cannot be loaded.
 */
const struct keyring_ops *modules_keyring(struct err *e);

#endif
