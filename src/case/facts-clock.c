/* The clocks: each host's Date against ours (RFC 9110 §6.6.1), with the error bar of the round
 * trip. */
#include "case/facts.h"

/* "host:port": two services of one machine may still have clocks of their own. */
static bool
name_of(struct span url, char *out, size_t size)
{
	struct url u;
	int n;

	if (!url.n || url_parse(&u, url, NULL) != RES_OK)
		return false;
	n = snprintf(out, size, u.port_written ? "%.*s:%d" : "%.*s", SPAN_ARG(u.host), u.port);
	return n > 0 && (size_t)n < size;
}

static struct fact_skew *
host_slot(struct facts *f, const char *host)
{
	for (size_t i = 0; i < f->n_hosts; i++) {
		if (!strcasecmp(host, f->hosts[i].host))
			return &f->hosts[i];
	}
	if (f->n_hosts == FACTS_HOSTS)
		return NULL;
	(void)snprintf(f->hosts[f->n_hosts].host, sizeof(f->hosts[0].host), "%s", host);
	return &f->hosts[f->n_hosts++];
}

const struct fact_skew *
facts_host_clock(const struct facts *f, struct span url)
{
	char host[sizeof(f->hosts[0].host)];

	if (!name_of(url, host, sizeof(host)))
		return NULL;
	for (size_t i = 0; i < f->n_hosts; i++)
		if (!strcasecmp(host, f->hosts[i].host) && f->hosts[i].known)
			return &f->hosts[i];
	return NULL;
}

/* The smallest error bar of a host counts. */
static void
look(struct facts *f, const struct exchange *x)
{
	int64_t date, sent = x->result.sent_wall_us, answered = x->result.answered_wall_us;
	struct fact_skew *s;
	struct span age = http_header(&x->result.response.headers, "age");
	char host[sizeof(f->hosts[0].host)];
	double seconds, error;

	if (sent <= 0 || answered < sent || !exchange_server_date(x, &date))
		return;
	if (age.n && !span_is(age, "0")) /* a cache's copy of an old Date */
		return;
	if (!name_of(span_of(x->request.url), host, sizeof(host)))
		return;
	s = host_slot(f, host);
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

/* The authorization server's host: who introspects, refreshes, names itself, or tells who the user
 * is. */
static bool
server_host(const struct facts *f, char *host, size_t size)
{
	const struct exchange *asked[] = {f->introspection, f->introspection_probe, f->refresh,
		f->discovery, f->userinfo, f->userinfo_probe};

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		if (asked[i] && exchange_answered(asked[i]) &&
			name_of(span_of(asked[i]->request.url), host, size))
			return true;
	}
	return name_of(f->expected_issuer.v, host, size);
}

void
facts_derive_clocks(struct facts *f)
{
	char host[sizeof(f->hosts[0].host)] = "";
	double whole;

	for (size_t i = 0; i < f->c->n_exchanges; i++)
		look(f, f->c->exchanges[i]);
	if (!server_host(f, host, sizeof(host)))
		(void)snprintf(host, sizeof(host), "%s", f->hosts[0].host);
	for (size_t i = 0; i < f->n_hosts; i++) {
		if (!strcasecmp(host, f->hosts[i].host))
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
