#include "engine/net-curl.h"

/* libcurl's results as our error classes. */
#include <errno.h>

#include <openssl/ssl.h>
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

/*
 * Did the server refuse our certificate, or that there was none?  Only if it had asked for one; its
 * alert says so (RFC 8446 §6.2), under TLS 1.3 after the handshake.
 */
static bool
client_cert_refused(const struct progress *p)
{
	if (!p->cert_asked)
		return false;
	switch (p->alert) {
	case SSL3_AD_NO_CERTIFICATE:
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REVOKED:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_ACCESS_DENIED:
	case TLS13_AD_CERTIFICATE_REQUIRED:
		return true;
	case SSL_AD_DECRYPT_ERROR: /* our signature */
		return p->cert_shown;
	case SSL_AD_HANDSHAKE_FAILURE: /* TLS 1.2 has no word for it */
		return !p->cert_shown && p->verify_result == X509_V_OK;
	default:
		return false;
	}
}

static enum net_error
handshake_class(const char *words, const struct progress *p)
{
	if (says(words, "SSL_ERROR_SYSCALL") || says(words, "reset by peer") ||
	    says(words, "unexpected eof") || says(words, "SSL_ERROR_ZERO_RETURN") ||
	    says(words, "Broken pipe"))
		return NETERR_RESET;
	/* OpenSSL's words for first bytes that are no TLS record */
	if (!p->alert && p->verify_result < 0 &&
	    (says(words, "wrong version number") || says(words, "packet length too long") ||
	     says(words, "record layer failure") || says(words, "record overflow")))
		return NETERR_NOT_TLS;
	return NETERR_TLS_PROTOCOL;
}

static enum net_error
stream_class(const char *words, const struct progress *p)
{
	if (p->via_proxy && says(words, "CONNECT"))
		return NETERR_PROXY;
	if (p->https && !p->handshaken)
		return handshake_class(words, p);
	if (p->alert)
		return NETERR_TLS_PROTOCOL;
	if (says(words, "chunked-encoding") || says(words, "chunk hex") || says(words, "trailer"))
		return NETERR_NOT_HTTP; /* bytes came, in no framing of HTTP (RFC 9112 §7.1) */
	return NETERR_RESET;
}

enum net_error
net_error_of(CURLcode rc, const char *words, const struct progress *p)
{
	if (rc == CURLE_OK)
		return NETERR_NONE;
	if (!p->answered && client_cert_refused(p))
		return NETERR_TLS_CLIENT_CERT;
	if (p->connect_code && (p->connect_code < 200 || p->connect_code > 299))
		return p->connect_code == 407 ? NETERR_PROXY_AUTH : NETERR_PROXY;
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
		return handshake_class(words, p);
	case CURLE_SSL_CIPHER:
		return NETERR_TLS_PROTOCOL;
	case CURLE_SSL_CERTPROBLEM: /* unreadable, or not of one pair */
		return NETERR_TLS_CLIENT_FILE;
	case CURLE_SSL_CACERT_BADFILE:
		return NETERR_TLS_CA_FILE;
	case CURLE_SSL_CLIENTCERT:
		return NETERR_TLS_CLIENT_CERT;
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
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
