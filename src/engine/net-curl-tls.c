#include "engine/net-curl.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/text.h"

enum { NAME_TEXT_MAX = 300, SAN_TEXT_MAX = 600 };

static int context_index = -1; /* of the struct tls_seen in an SSL_CTX */

/* --- certificates --- */

/* "CN=idp.example,O=Example", the most specific part first, UTF-8 as it is. */
static char *
name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL, *p = NULL;
	long n;

	if (bio &&
		X509_NAME_print_ex(bio, name, 0,
			XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0 &&
		(n = BIO_get_mem_data(bio, &p)) > 0)
		text = text_safe_dup(span_make(p, (size_t)n), NAME_TEXT_MAX);
	BIO_free(bio);
	return text ? text : xstrdup("");
}

static void
add_name(struct buf *out, const GENERAL_NAME *g)
{
	const ASN1_OCTET_STRING *ip;
	char text[64] = "";

	if (g->type != GEN_DNS && g->type != GEN_IPADD && g->type != GEN_URI)
		return;
	if (out->len)
		buf_puts(out, ", ");
	if (g->type != GEN_IPADD) {
		const ASN1_IA5STRING *s =
			g->type == GEN_DNS ? g->d.dNSName : g->d.uniformResourceIdentifier;

		buf_add(out, ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
		return;
	}
	ip = g->d.iPAddress;
	if (ASN1_STRING_length(ip) == 4) {
		const unsigned char *b = ASN1_STRING_get0_data(ip);

		snprintf(text, sizeof(text), "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	} else if (ASN1_STRING_length(ip) == 16) {
		const unsigned char *b = ASN1_STRING_get0_data(ip);

		for (int i = 0; i < 16; i += 2)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%x",
				i ? ":" : "", (unsigned)b[i] << 8 | b[i + 1]);
	}
	buf_puts(out, text);
}

static char *
alternative_names(X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	struct buf b;
	char *text;

	buf_init(&b, LIMIT_HEADERS);
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && b.len < SAN_TEXT_MAX; i++)
		add_name(&b, sk_GENERAL_NAME_value(names, i));
	text = text_safe_dup(buf_span(&b), SAN_TEXT_MAX);
	buf_release(&b);
	GENERAL_NAMES_free(names);
	return text;
}

/* Public authorities must say so; who signs for himself rarely does. */
static bool
publishes_issuer(X509 *cert)
{
	AUTHORITY_INFO_ACCESS *all = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
	bool yes = false;

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all); i++)
		yes = yes ||
			OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(all, i)->method) ==
				NID_ad_ca_issuers;
	AUTHORITY_INFO_ACCESS_free(all);
	return yes;
}

static int64_t
seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

void
tls_info_clear(struct tls_info *t)
{
	for (size_t i = 0; i < t->n_certs; i++) {
		free(t->certs[i].subject);
		free(t->certs[i].issuer);
		free(t->certs[i].names);
	}
	*t = (struct tls_info){0};
}

static void
read_chain(struct tls_info *out, const STACK_OF(X509) *chain)
{
	for (int i = 0; i < sk_X509_num(chain) && out->n_certs < LIMIT_CERTS; i++) {
		X509 *x = sk_X509_value(chain, i);
		struct cert_info *c = &out->certs[out->n_certs++];

		c->subject = name_text(X509_get_subject_name(x));
		c->issuer = name_text(X509_get_issuer_name(x));
		c->names = alternative_names(x);
		c->not_before = seconds_of(X509_get0_notBefore(x));
		c->not_after = seconds_of(X509_get0_notAfter(x));
		c->issuer_published = publishes_issuer(x);
		c->self_signed = X509_self_signed(x, 0) == 1;
	}
}

static void
read_session(struct tls_info *out, const SSL *ssl)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

	if (!cipher)
		cipher = SSL_get_pending_cipher(ssl);
	snprintf(out->version, sizeof(out->version), "%s", SSL_get_version(ssl));
	snprintf(out->cipher, sizeof(out->cipher), "%s", cipher ? SSL_CIPHER_get_name(cipher) : "");
}

/* Is the leaf's name the host's?  libcurl asks this itself, unless it is told not to verify. */
static bool
host_matches(X509 *leaf, struct span host)
{
	char *name = span_dup(host);
	bool yes = leaf && (X509_check_ip_asc(leaf, name, 0) == 1 ||
		X509_check_host(leaf, name, host.n, 0, NULL) == 1);

	free(name);
	return yes;
}

static void
read_verdict(struct tls_info *out, long result, bool name_ok)
{
	out->verified = result == X509_V_OK && name_ok;
	if (result != X509_V_OK)
		text_safe_into(out->verify_words, sizeof(out->verify_words),
			span_of(X509_verify_cert_error_string(result)));
	else if (!name_ok)
		snprintf(out->verify_words, sizeof(out->verify_words),
			"the certificate is for another name");
}

void
tls_info_read(struct tls_info *out, CURL *easy, struct span host)
{
	struct curl_tlssessioninfo *info = NULL;
	const struct tls_seen *seen;
	const SSL *ssl;

	if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || !info ||
	    info->backend != CURLSSLBACKEND_OPENSSL || !info->internals)
		return;
	ssl = info->internals;
	seen = context_index < 0 ? NULL : SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index);
	tls_info_clear(out);
	if (seen)
		tls_info_add_peer(out, seen);
	read_session(out, ssl);
	read_chain(out, SSL_get_peer_cert_chain(ssl));
	read_verdict(out, SSL_get_verify_result(ssl),
		host_matches(SSL_get0_peer_certificate(ssl), host));
}

static void
tls_info_copy_peer(struct tls_info *out, const struct tls_info *from)
{
	memcpy(out->alert, from->alert, sizeof(out->alert));
	out->cert_asked = from->cert_asked;
	memcpy(out->client_subject, from->client_subject, sizeof(out->client_subject));
	out->client_not_after = from->client_not_after;
}

void
tls_info_add_peer(struct tls_info *out, const struct tls_seen *s)
{
	tls_info_copy_peer(out, &s->info);
}

/* --- what a handshake shows, also one that fails --- */

struct tls_seen *
tls_seen_new(const char *authorities)
{
	struct tls_seen *s = xcalloc(1, sizeof(*s));

	s->authorities = authorities ? xstrdup(authorities) : NULL;
	s->refs = 1;
	s->verify_result = -1;
	return s;
}

static struct tls_seen *
seen_ref(struct tls_seen *s)
{
	s->refs++;
	return s;
}

void
tls_seen_unref(struct tls_seen *s)
{
	if (!s || --s->refs)
		return;
	tls_info_clear(&s->info);
	free(s->authorities);
	free(s);
}

/* OpenSSL's own verification, and a look at what it was given. */
static int
verify(X509_STORE_CTX *sc, void *arg)
{
	struct tls_seen *s = arg;
	const SSL *ssl = X509_STORE_CTX_get_ex_data(sc, SSL_get_ex_data_X509_STORE_CTX_idx());
	int ok = X509_verify_cert(sc);
	struct tls_info before = s->info;

	tls_info_clear(&s->info);
	tls_info_copy_peer(&s->info, &before); /* TLS 1.3 asks for our certificate first */
	s->seen = true;
	s->verify_result = X509_STORE_CTX_get_error(sc);
	if (ssl)
		read_session(&s->info, ssl);
	read_chain(&s->info, X509_STORE_CTX_get0_untrusted(sc));
	read_verdict(&s->info, s->verify_result, true);
	return ok > 0;
}

/* Called when the server asks for a certificate; what is set is sent. */
static int
on_cert_request(SSL *ssl, void *arg)
{
	struct tls_seen *s = arg;
	X509 *own = SSL_get_certificate(ssl);
	char *name;

	s->info.cert_asked = true;
	if (own) {
		name = name_text(X509_get_subject_name(own));
		text_safe_into(
			s->info.client_subject, sizeof(s->info.client_subject), span_of(name));
		if (!*name)
			snprintf(s->info.client_subject, sizeof(s->info.client_subject),
				"(no name)");
		s->info.client_not_after = seconds_of(X509_get0_notAfter(own));
		free(name);
	}
	return 1;
}

/* OpenSSL 3.0 has no words for the newer ones. */
static const char *
alert_words(int value)
{
	switch (value & 0xff) {
	case TLS13_AD_MISSING_EXTENSION:
		return "missing extension";
	case TLS13_AD_CERTIFICATE_REQUIRED:
		return "certificate required";
	case TLS1_AD_NO_APPLICATION_PROTOCOL:
		return "no application protocol";
	default:
		return SSL_alert_desc_string_long(value);
	}
}

/* A session that is taken up again is not verified again; what was seen then stands in it. */
static void
see_resumed(struct tls_seen *s, const SSL *ssl)
{
	s->seen = true;
	s->verify_result = SSL_get_verify_result(ssl);
	read_session(&s->info, ssl);
	read_chain(&s->info, SSL_get_peer_cert_chain(ssl));
	read_verdict(&s->info, s->verify_result, true);
}

static void
on_info(const SSL *ssl, int where, int value)
{
	struct tls_seen *s = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index);

	if (s && where & SSL_CB_HANDSHAKE_DONE && !s->seen && SSL_session_reused(ssl))
		see_resumed(s, ssl);
	if (where != SSL_CB_READ_ALERT || value >> 8 != SSL3_AL_FATAL || !s)
		return;
	s->alert = value & 0xff;
	text_safe_into(s->info.alert, sizeof(s->info.alert), span_of(alert_words(value)));
}

static void
drop_seen(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	tls_seen_unref(ptr);
}

static CURLcode
set_up_context(CURL *easy, void *ssl_ctx, void *arg)
{
	struct tls_seen *s = arg;

	(void)easy;
	if (context_index < 0)
		context_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, drop_seen);
	if (context_index < 0 || !SSL_CTX_set_ex_data(ssl_ctx, context_index, s))
		return CURLE_OK; /* no facts, but a connection */
	seen_ref(s);
	if (s->authorities && SSL_CTX_load_verify_file(ssl_ctx, s->authorities) != 1)
		ERR_clear_error();
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, s);
	SSL_CTX_set_cert_cb(ssl_ctx, on_cert_request, s);
	SSL_CTX_set_info_callback(ssl_ctx, on_info);
	return CURLE_OK;
}

bool
tls_seen_watch(CURL *easy, struct tls_seen *s)
{
	if (curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_up_context) != CURLE_OK)
		return false;
	return curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, s) == CURLE_OK;
}
