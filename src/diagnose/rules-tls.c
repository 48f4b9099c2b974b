/* Rules about TLS: which certificate, whose, from when to when, for which names, and who refused
 * whom. */
#include "diagnose/rules.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/tr.h"

enum { HOST = 200 };

static char *
host_of(const struct exchange *x, char *out, size_t size)
{
	return url_host_text(span_of(x->request.url), out, size);
}

/* --- the chain ---------------------------------------------------------------------------- */

static const struct cert_info *
leaf(const struct exchange *x)
{
	return x->result.tls.n_certs ? &x->result.tls.certs[0] : NULL;
}

static const char *
text(const char *s, const char *none)
{
	return s && *s ? s : none;
}

static const struct cert_info *
issuer_of(const struct tls_info *t, const struct cert_info *c)
{
	for (size_t i = 0; i < t->n_certs; i++)
		if (&t->certs[i] != c && c->issuer && t->certs[i].subject &&
			!strcmp(c->issuer, t->certs[i].subject))
			return &t->certs[i];
	return NULL;
}

/* The last certificate that the leaf leads to; servers send them in any order, and strangers with
 * them. */
static const struct cert_info *
chain_end(const struct tls_info *t)
{
	const struct cert_info *c = &t->certs[0], *next;

	for (size_t i = 0; i < t->n_certs && !c->self_signed && (next = issuer_of(t, c)); i++)
		c = next;
	return c;
}

static bool
outside(const struct cert_info *c, int64_t now, bool early)
{
	return early ? c->not_before > now : c->not_after && c->not_after < now;
}

/* The certificate of the leaf's chain that is not valid now; NULL: none of those sent. */
static const struct cert_info *
out_of_time(const struct tls_info *t, int64_t now, bool early)
{
	const struct cert_info *c = t->n_certs ? &t->certs[0] : NULL;

	for (size_t i = 0; c && i < t->n_certs; i++) {
		if (outside(c, now, early))
			return c;
		c = c->self_signed ? NULL : issuer_of(t, c);
	}
	return NULL;
}

static void
ev_certificate(struct finding *out, const struct exchange *x, const struct cert_info *c)
{
	char from[32], to[32];

	if (!c)
		return;
	ev(out, "certificate.subject", (int)x->n, "%s", text(c->subject, "(empty)"));
	ev(out, "certificate.issuer", (int)x->n, "%s", text(c->issuer, "(empty)"));
	ev(out, "certificate.valid", (int)x->n, "%s to %s", time_rfc3339(from, c->not_before),
		time_rfc3339(to, c->not_after));
}

/* --- who signed it ------------------------------------------------------------------------ */

static bool
is_unknown_ca(const struct exchange *x)
{
	return x->result.error == NETERR_TLS_UNKNOWN_CA || x->result.error == NETERR_TLS_OTHER ||
		x->result.error == NETERR_TLS_CA_FILE;
}

static enum verdict_of
missing_issuer(struct finding *out, const struct exchange *x, const struct cert_info *end,
	const char *host)
{
	const char *who = text(end->issuer, "an unnamed authority");

	ev(out, "certificate missing", (int)x->n, "%s", who);
	if (end->issuer_published) {
		ev(out, "issuer's certificate", (int)x->n,
			"published, as public authorities do (caIssuers)");
		fix(out,
			"The server most likely leaves out an intermediate: have its operator send "
			"the certificate of "
			"%s along with its own. If that is a private authority, give its "
			"certificate with ca_file.",
			who);
	} else {
		fix(out,
			"If %s is a private authority, give its certificate with ca_file; if it is "
			"a public "
			"authority's intermediate, the server must send it with its own "
			"certificate. Do not "
			"switch verification off.",
			who);
	}
	return say(out,
		"The certificate of %s was issued by %s, which is not trusted here, and whose own "
		"certificate the server did not send.",
		host, who);
}

enum verdict_of
rule_tls_unknown_ca(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_unknown_ca, out);
	const struct cert_info *end;
	char host[HOST];

	if (!x)
		return RULE_PASS;
	host_of(x, host, sizeof(host));
	if (x->result.tls.verify_words[0])
		ev(out, "tls.verify", (int)x->n, "%s", x->result.tls.verify_words);
	if (x->result.error == NETERR_TLS_CA_FILE) {
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
		fix(out, "Give a readable file of PEM certificates as ca_file.");
		return say(out,
			"The file of trusted authorities cannot be used, so no server is trusted: "
			"%s",
			text(x->result.error_text, "it holds no certificate"));
	}
	if (!leaf(x))
		return say(out, "No trusted authority signed the certificate of %s.", host);
	end = chain_end(&x->result.tls);
	ev_certificate(out, x, end);
	if (x->result.error == NETERR_TLS_OTHER) {
		fix(out,
			"Have the server's operator replace the certificate, or correct what is "
			"objected to.");
		return say(out, "The certificate of %s was not accepted: %s.", host,
			text(x->result.tls.verify_words, "it could not be verified"));
	}
	if (leaf(x)->self_signed) {
		fix(out,
			"Give the server's certificate itself with ca_file if you trust it, or "
			"have it signed by "
			"an authority; do not switch verification off.");
		return say(out, "The certificate of %s is self-signed and not trusted here.", host);
	}
	if (end->self_signed) {
		fix(out,
			"Give the certificate of %s with ca_file; do not switch verification off. "
			"If you do not "
			"know that authority, a proxy may be inspecting the connection.",
			text(end->subject, "that authority"));
		return say(out,
			"The certificate of %s leads to the private authority %s, which is not "
			"trusted here.",
			host, text(end->subject, "without a name"));
	}
	return missing_issuer(out, x, end, host);
}

/* --- when it is valid --------------------------------------------------------------------- */

static bool
is_cert_time(const struct exchange *x)
{
	return x->result.error == NETERR_TLS_EXPIRED || x->result.error == NETERR_TLS_NOT_YET_VALID;
}

/* The same certificate is valid or not by whose clock? */
static void
ev_clock(const struct facts *f, struct finding *out)
{
	const struct fact_skew *s = f->skew.known ? &f->skew : &f->second_skew;

	if (s->known)
		ev(out, fact_clock(f), s->from, "%+.1f s ± %.1f s against %s", -s->seconds,
			s->error, s->host);
}

enum verdict_of
rule_tls_expired_cert(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_cert_time, out);
	const struct cert_info *c;
	char host[HOST], when[32], ago[32], which[220];
	bool early;

	if (!x)
		return RULE_PASS;
	host_of(x, host, sizeof(host));
	early = x->result.error == NETERR_TLS_NOT_YET_VALID;
	c = out_of_time(&x->result.tls, f->now_s, early);
	ev_certificate(out, x, c);
	ev_clock(f, out);
	if (early)
		fix(out,
			"Check the clock of this machine first; if it is right, the server needs "
			"another certificate.");
	if (!c)
		return say(out, "%s of %s %s.",
			leaf(x) ? _("A certificate in the chain") : _("The certificate"), host,
			early ? _("is not valid yet") : _("has expired"));
	if (c == leaf(x))
		(void)snprintf(which, sizeof(which), _("The certificate of %s"), host);
	else
		(void)snprintf(which, sizeof(which),
			_("The authority's certificate %.100s, which %.100s sends, "),
			text(c->subject, "without a name"), host);
	if (early)
		return say(out, "%s is valid only from %s on, %s from now by the %s.", which,
			time_rfc3339(when, c->not_before), time_span(ago, c->not_before - f->now_s),
			fact_clock(f));
	if (c != leaf(x))
		fix(out,
			"The server's operator must replace that certificate in the chain; the "
			"server's own is valid.");
	return say(out, "%s expired at %s, %s ago.", which, time_rfc3339(when, c->not_after),
		time_span(ago, f->now_s - c->not_after));
}

/* --- whom it is for ----------------------------------------------------------------------- */

static bool
is_cert_name(const struct exchange *x)
{
	return x->result.error == NETERR_TLS_HOSTNAME;
}

static bool
asked_by_address(const struct exchange *x)
{
	struct url u;

	return url_parse(&u, span_of(x->request.url), NULL) == RES_OK &&
		(u.ipv6 ||
			(u.host.n && u.host.p[u.host.n - 1] >= '0' &&
				u.host.p[u.host.n - 1] <= '9'));
}

enum verdict_of
rule_tls_hostname_mismatch(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_cert_name, out);
	const struct cert_info *c;
	char host[HOST], names[120];

	if (!x)
		return RULE_PASS;
	c = leaf(x);
	host_of(x, host, sizeof(host));
	ev_certificate(out, x, c);
	if (asked_by_address(x))
		fix(out,
			"Use the server's name instead of its address: certificates are for "
			"names.");
	if (!c || !c->names || !*c->names)
		return say(out, c ? "The certificate that %s showed names no host at all." :
			"The certificate that %s showed is for another name.", host);
	ev(out, "certificate.names", (int)x->n, "%s", c->names);
	text_safe_into(names, sizeof(names), span_of(c->names));
	return say(out, "The certificate is for %s, not for %s.", names, host);
}

/* --- nothing agreed on -------------------------------------------------------------------- */

static bool
is_protocol(const struct exchange *x)
{
	return x->result.error == NETERR_TLS_PROTOCOL || x->result.error == NETERR_NOT_TLS;
}

enum verdict_of
rule_tls_protocol_or_sni(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_protocol, out);
	char host[HOST];

	if (!x)
		return RULE_PASS;
	host_of(x, host, sizeof(host));
	if (x->result.tls.alert[0])
		ev(out, "tls.alert", (int)x->n, "%s", x->result.tls.alert);
	if (x->result.error_text[0])
		ev(out, "tls.error", (int)x->n, "%s", x->result.error_text);
	if (x->result.error == NETERR_NOT_TLS) {
		fix(out,
			"Check scheme and port: what answers there does not speak TLS, perhaps "
			"plain HTTP.");
		return say(out, "What answers at %s does not speak TLS.",
			peer_of(x, host, sizeof(host)));
	}
	if (x->result.tls.alert[0])
		return say(out,
			"No TLS connection to %s could be agreed on: the server says \"%s\".",
			peer_of(x, host, sizeof(host)), x->result.tls.alert);
	return say(
		out, "No TLS connection to %s could be agreed on.", peer_of(x, host, sizeof(host)));
}

/* --- the client's own certificate --------------------------------------------------------- */

/* Some servers let the handshake pass and answer with an error page of their own (nginx: 400). */
static bool
page_without_certificate(const struct exchange *x)
{
	int s = x->result.response.status;

	return exchange_answered(x) && x->result.tls.cert_asked &&
		!x->result.tls.client_subject[0] &&
		(s == 400 || s == 403 || s == 495 || s == 496) && x->answer.kind == BODY_HTML;
}

static bool
is_client_cert(const struct exchange *x)
{
	return x->result.error == NETERR_TLS_CLIENT_CERT ||
		x->result.error == NETERR_TLS_CLIENT_FILE || page_without_certificate(x);
}

enum verdict_of
rule_tls_client_cert(const struct facts *f, struct finding *out)
{
	const struct exchange *x = gravest_failure(f, is_client_cert, out);
	const struct tls_info *t;
	char host[HOST], when[32];
	bool expired;

	if (!x)
		return RULE_PASS;
	t = &x->result.tls;
	host_of(x, host, sizeof(host));
	if (x->result.error == NETERR_TLS_CLIENT_FILE) {
		ev(out, "error", (int)x->n, "%s", x->result.error_text);
		fix(out,
			"Give a certificate and the unencrypted key that belongs to it, both PEM, "
			"as "
			"client_cert_file and client_key_file.");
		return say(out, "The client certificate or its key cannot be used: %s",
			text(x->result.error_text, "they are no pair"));
	}
	if (t->alert[0])
		ev(out, "tls.alert", (int)x->n, "%s, sent by the server", t->alert);
	ev(out, "client certificate", (int)x->n, "%s",
		text(t->client_subject, "asked for, none shown"));
	if (leaf(x) && t->verified)
		ev(out, "server's certificate", (int)x->n, "trusted: %s",
			text(leaf(x)->subject, "(empty)"));
	if (!t->client_subject[0])
		return say(out, "%s wants a client certificate (%s), and none was shown.", host,
			tr(purpose_words(x->purpose)));
	expired = t->client_not_after && t->client_not_after < f->now_s;
	if (expired)
		fix(out, "Get a new client certificate: this one has expired.");
	return say(out, "%s refused the client certificate %s: %s%s%s.", host, t->client_subject,
		t->alert[0] ? t->alert : _("no reason given"), expired ? _("; it expired at ") : "",
		expired ? time_rfc3339(when, t->client_not_after) : "");
}
