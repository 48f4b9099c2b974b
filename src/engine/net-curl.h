/* Inside the libcurl transport: what its files share.  Nothing above includes this. */
#ifndef TT_ENGINE_NET_CURL_H
#define TT_ENGINE_NET_CURL_H

#include <curl/curl.h>

#include "engine/transport.h"
#include "oauth/url.h"

/*
 * What a handshake showed.  It is written by OpenSSL's verification, also by one that fails
 * (libcurl itself gives no chain then), and shared by the transfer and the SSL_CTX of its
 * connection, which may outlive each other.
 */
struct tls_seen {
	unsigned refs;
	bool seen;
	long verify_result; /* X509_V_… */
	struct tls_info info;
	int alert;          /* the fatal one the server sent (RFC 8446 §6); 0: none */
	char *authorities;  /* to judge by where libcurl does not verify; NULL */
};
/* authorities: a bundle file, only for insecure connections: what would verification say? */
struct tls_seen *tls_seen_new(const char *authorities);
void tls_seen_unref(struct tls_seen *s);
/* Makes the handshakes of this handle write to s; false: libcurl has another TLS library. */
bool tls_seen_watch(CURL *easy, struct tls_seen *s);
/* The facts of the connection that is open under easy (also a reused one); host for insecure. */
void tls_info_read(struct tls_info *out, CURL *easy, struct span host);
void tls_info_clear(struct tls_info *t);
/* Adds what the handshake tells besides the chain: alert, client certificate. */
void tls_info_add_peer(struct tls_info *out, const struct tls_seen *s);

/* How far a transfer came, for the classes that libcurl does not tell apart. */
struct progress {
	bool https, via_proxy; /* via_proxy: an http proxy is asked to CONNECT if https, too */
	bool resolved, connected, handshaken, answered;
	long os_errno, connect_code;
	int alert;          /* the server's, fatal; 0 */
	bool cert_asked, cert_shown; /* of the client */
	long verify_result; /* -1: no certificate was looked at */
};
enum net_error net_error_of(CURLcode rc, const char *words, const struct progress *p);

struct xfer {
	struct xfer *next;         /* under way, or done in order of completion */
	struct transport *t;
	struct transfer *x;
	CURL *easy;
	struct curl_slist *headers, *resolve;
	struct tls_seen *seen;
	struct url url;            /* borrows from the request */
	size_t header_bytes, body_sent;
	int64_t start_us;          /* monotonic; moved on by what the loop was away */
	int64_t start_wall_us;
	int64_t sent_us;           /* after the start, when the request was out; 0: not yet */
	bool https, via_proxy, answered, headers_done;
	const char *proxy_fault;   /* why the proxy cannot be used; NULL */
	char words[CURL_ERROR_SIZE];
};

struct transport {
	const struct clock *clock;
	struct log *log;
	CURLM *multi;
	CURLSH *share;             /* TLS sessions; libcurl keeps them by handle otherwise */
	const char *ca_bundle;     /* the system's; NULL: libcurl's own idea */
	struct xfer *running, *done;
	CURL **idle;               /* handles for the next requests, while others are under way */
	size_t n_idle;
	struct pollfd *sockets;    /* what libcurl waits for, and room for the caller's behind */
	size_t n_sockets, room;
	struct pollfd *ready;      /* of one wait: those that something came for */
	int64_t left_us;           /* when wait() was left last */
};

/* Sets everything of a new easy handle: request, callbacks, TLS, proxy, time-outs. */
bool xfer_set_up(struct xfer *f);

#endif
