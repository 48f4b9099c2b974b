/* The clocks: each host's Date against ours (RFC 9110 §6.6.1), with the error bar of the round
 * trip. */
#include "case/facts.h"

static struct fact_skew *
host_slot(struct facts *f, struct span host)
{
	for (size_t i = 0; i < f->n_hosts; i++) {
		if (span_is_nocase(host, f->hosts[i].host))
			return &f->hosts[i];
	}
	if (f->n_hosts == FACTS_HOSTS || host.n >= sizeof(f->hosts[0].host))
		return NULL;
	(void)snprintf(f->hosts[f->n_hosts].host, sizeof(f->hosts[0].host), "%.*s", SPAN_ARG(host));
	return &f->hosts[f->n_hosts++];
}

/* The smallest error bar of a host counts. */
static void
look(struct facts *f, const struct exchange *x)
{
	int64_t date, sent = x->result.sent_wall_us, answered = x->result.answered_wall_us;
	struct fact_skew *s;
	struct span age = http_header(&x->result.response.headers, "age");
	struct url url;
	double seconds, error;

	if (sent <= 0 || answered < sent || !exchange_server_date(x, &date))
		return;
	if (age.n && !span_is(age, "0")) /* a cache's copy of an old Date */
		return;
	if (url_parse(&url, span_of(x->request.url), NULL) != RES_OK)
		return;
	s = host_slot(f, url.host);
	if (!s)
		return;
	seconds = (double)date + 0.5 - ((double)sent + (double)answered) / 2e6;
	error = (double)(answered - sent) / 2e6 + 0.5;
	if (s->known && s->error <= error)
		return;
	s->known = true;
	s->seconds = seconds;
	s->error = error;
	s->from = (int)x->n;
}

static bool
host_of(struct span url, struct span *host)
{
	struct url u;

	if (!url.n || url_parse(&u, url, NULL) != RES_OK)
		return false;
	*host = u.host;
	return true;
}

/* The authorization server's host: who introspects, refreshes, names itself, or tells who the user
 * is. */
static bool
server_host(const struct facts *f, struct span *host)
{
	const struct exchange *asked[] = {f->introspection, f->introspection_probe, f->refresh,
		f->discovery, f->userinfo, f->userinfo_probe};

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		if (asked[i] && exchange_answered(asked[i]) &&
			host_of(span_of(asked[i]->request.url), host))
			return true;
	}
	return host_of(f->expected_issuer.v, host);
}

void
facts_derive_clocks(struct facts *f)
{
	struct span host = SPAN_EMPTY;
	double whole;

	for (size_t i = 0; i < f->c->n_exchanges; i++)
		look(f, f->c->exchanges[i]);
	if (!server_host(f, &host))
		host = f->n_hosts ? span_of(f->hosts[0].host) : SPAN_EMPTY;
	for (size_t i = 0; i < f->n_hosts; i++) {
		if (span_is_nocase(host, f->hosts[i].host))
			f->skew = f->hosts[i];
		else if (!f->second_skew.known)
			f->second_skew = f->hosts[i];
	}
	f->server_now_s = f->now_s;
	if (!f->skew.known ||
		(f->skew.seconds <= f->skew.error && f->skew.seconds >= -f->skew.error))
		return;
	whole = f->skew.seconds;
	f->server_now_s += (int64_t)(whole < 0 ? whole - 0.5 : whole + 0.5);
}
