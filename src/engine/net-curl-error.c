#include "engine/net-curl.h"

/* libcurl's results as our error classes. */
#include <errno.h>

#include <openssl/x509_vfy.h>

static bool
says(const char *words, const char *part)
{
	return span_contains_nocase(span_of(words), part);
}

/* The same failure, of the way to the proxy. */
static enum net_error
of_proxy(enum net_error e)
{
	switch (e) {
	case NETERR_DNS:
		return NETERR_PROXY_DNS;
	case NETERR_REFUSED:
		return NETERR_PROXY_REFUSED;
	case NETERR_UNREACHABLE:
	case NETERR_CONNECT_TIMEOUT:
		return NETERR_PROXY_UNREACHABLE;
	default:
		return NETERR_PROXY;
	}
}

static enum net_error
connect_class(const struct progress *p)
{
	switch (p->os_errno) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return NETERR_UNREACHABLE;
	case ETIMEDOUT:
		return NETERR_CONNECT_TIMEOUT;
	case ECONNRESET:
	case EPIPE:
		return NETERR_RESET;
	case EACCES:
	case EPERM:
		return NETERR_UNREACHABLE; /* a local firewall */
	default:
		return NETERR_REFUSED;
	}
}

static enum net_error
timeout_class(const struct progress *p)
{
	enum net_error e = !p->resolved ? NETERR_DNS
		: p->connected          ? NETERR_READ_TIMEOUT
					: NETERR_CONNECT_TIMEOUT;

	if (p->via_proxy && !p->connected)
		return of_proxy(e);
	/* connected to the proxy, which does not say what became of CONNECT */
	if (p->via_proxy && p->https && !p->handshaken && !p->connect_code)
		return NETERR_PROXY;
	return e;
}

static enum net_error
verify_class(const char *words, const struct progress *p)
{
	switch (p->verify_result) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return NETERR_TLS_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return NETERR_TLS_NOT_YET_VALID;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return NETERR_TLS_HOSTNAME;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
		return NETERR_TLS_UNKNOWN_CA;
	default:
		break;
	}
	/* The chain was fine; libcurl compares the name itself. */
	if (p->verify_result == X509_V_OK && (says(words, "subject") || says(words, "host name")))
		return NETERR_TLS_HOSTNAME;
	return NETERR_TLS_OTHER;
}

static enum net_error
handshake_class(const char *words)
{
	if (says(words, "SSL_ERROR_SYSCALL") || says(words, "reset by peer") ||
	    says(words, "unexpected eof") || says(words, "SSL_ERROR_ZERO_RETURN") ||
	    says(words, "Broken pipe"))
		return NETERR_RESET;
	/* The server did not like our certificate, or that there was none. */
	if (says(words, "certificate required") || says(words, "alert bad certificate") ||
	    says(words, "alert unknown ca") || says(words, "alert certificate"))
		return NETERR_TLS_OTHER;
	return NETERR_TLS_PROTOCOL;
}

static enum net_error
stream_class(const char *words, const struct progress *p)
{
	if (p->via_proxy && says(words, "CONNECT"))
		return NETERR_PROXY;
	if (p->https && !p->handshaken)
		return handshake_class(words);
	if (says(words, "alert"))
		return NETERR_TLS_OTHER;
	if (says(words, "chunked-encoding") || says(words, "chunk hex") || says(words, "trailer"))
		return NETERR_NOT_HTTP; /* bytes came, in no framing of HTTP (RFC 9112 §7.1) */
	return NETERR_RESET;
}

enum net_error
net_error_of(CURLcode rc, const char *words, const struct progress *p)
{
	if (rc == CURLE_OK)
		return NETERR_NONE;
	if (p->connect_code && (p->connect_code < 200 || p->connect_code > 299))
		return NETERR_PROXY;
	switch ((int)rc) {
	case CURLE_URL_MALFORMAT:
		return NETERR_BAD_URL;
	case CURLE_UNSUPPORTED_PROTOCOL: /* also "Received HTTP/0.9 when not allowed" */
		return p->connected ? NETERR_NOT_HTTP : NETERR_BAD_URL;
	case CURLE_WEIRD_SERVER_REPLY:
		return NETERR_NOT_HTTP;
	case CURLE_COULDNT_RESOLVE_HOST:
		return NETERR_DNS;
	case CURLE_COULDNT_RESOLVE_PROXY:
		return NETERR_PROXY_DNS;
	case CURLE_PROXY: /* SOCKS */
		return NETERR_PROXY;
	case CURLE_COULDNT_CONNECT:
		return p->via_proxy ? of_proxy(connect_class(p)) : connect_class(p);
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_class(p);
	case CURLE_PARTIAL_FILE:
		return NETERR_SHORT_BODY;
	case CURLE_PEER_FAILED_VERIFICATION:
		return verify_class(words, p);
	case CURLE_SSL_CONNECT_ERROR:
		return handshake_class(words);
	case CURLE_SSL_CIPHER:
		return NETERR_TLS_PROTOCOL;
	case CURLE_SSL_CERTPROBLEM: /* our own certificate or key cannot be read */
		return NETERR_OTHER;
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_CLIENTCERT:
		return NETERR_TLS_OTHER;
	case CURLE_HTTP2:
		return p->answered ? NETERR_RESET : NETERR_NOT_HTTP;
	case CURLE_GOT_NOTHING:
	case CURLE_HTTP2_STREAM:
	case CURLE_SEND_FAIL_REWIND: /* not sent a second time, see net-curl.c */
		return NETERR_RESET;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return stream_class(words, p);
	default:
		return NETERR_OTHER;
	}
}
