/* The embedded authorization server as the commands use it. */
#ifndef TT_CLI_EMBEDDED_H
#define TT_CLI_EMBEDDED_H

#include "case/profile.h"
#include "demo/demo.h"

struct embedded {
	const struct demo_ops *ops;
	struct demo_server *server;
	struct demo_client client;
	const struct scenario *scenario;
	/* What its profile names, for as long as it runs: whom it trusts, its keys; "" */
	char ca_file[256], cert_file[256], key_file[256], dpop_file[256];
};

/* port 0: one that is free.  RES_IO: the modules or the port. */
enum res embedded_start(
	struct embedded *m, const struct scenario *s, int port, struct err *e) MUST_USE;
void embedded_stop(struct embedded *m); /* also of one that never started */
/* The profile that a user of this server would have written. */
void embedded_profile(const struct embedded *m, struct profile *p);

#endif
