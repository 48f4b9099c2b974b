/*
 * The seam between the engine and the network.  net-curl.c (libcurl, in the module net.so) and
 * net-replay.c (answers from a script, time from a manual clock) implement it.  A transport
 * never calls back: finished transfers are taken with next_done().
 */
#ifndef TT_ENGINE_TRANSPORT_H
#define TT_ENGINE_TRANSPORT_H

#include <poll.h>

#include "base/clock.h"
#include "base/log.h"
#include "case/exchange.h"
#include "case/profile.h"

struct transport;

struct net_options {
	/* total bounds the request whole: every attempt and redirect, from the first byte sent
	 * to the last read */
	int64_t connect_timeout_ms, first_byte_timeout_ms, total_timeout_ms;
	size_t max_body, max_headers;  /* bytes */
	const char *ca_file;           /* NULL: the system's authorities */
	const char *client_cert_file, *client_key_file; /* PEM; NULL */
	const char *proxy;             /* NULL: the environment's; "": none */
	const struct str_list *resolve; /* HOST:PORT:ADDRESS */
	bool insecure;                 /* certificates are not verified */
};

/* One transfer; the engine owns it, the transport fills result between start and next_done. */
struct transfer {
	const struct http_request *request; /* raw, with credentials */
	struct net_options options;
	bool may_resend;  /* idempotent: may be sent again when an open connection turns out dead */
	struct net_result result;
	void *transport_data;
	void *owner;
};

struct transport_ops {
	const char *name; /* "curl", "replay" */
	struct transport *(*open)(const struct clock *clock, struct log *log, struct err *e);
	void (*close)(struct transport *t); /* running transfers are dropped */
	enum res (*start)(struct transport *t, struct transfer *x, struct err *e);
	void (*cancel)(struct transport *t, struct transfer *x); /* done with NETERR_CANCELLED */
	/*
	 * Moves transfers forward and waits until something happens on them, on one of the fds
	 * (revents are set), or for timeout_ms (-1: no limit).  RES_IO for a failing poll.
	 */
	enum res (*wait)(struct transport *t, struct pollfd *fds, size_t n, int timeout_ms);
	struct transfer *(*next_done)(struct transport *t); /* NULL: none */
	const char *(*version)(void);
};

extern const struct transport_ops transport_curl;   /* in net-curl.c: module and tests */
extern const struct transport_ops transport_replay;

#endif
