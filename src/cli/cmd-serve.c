/* serve: the embedded authorization server alone, until a signal ends it. */
#include "cli/app.h"

#include <signal.h>

#include "base/file.h"
#include "cli/embedded.h"
#include "oauth/json.h"

static void
set_secret(struct json *o, const char *key, const struct secret *s)
{
	if (s)
		json_set_span(o, key, secret_reveal(s));
}

/* A token response (RFC 6749 §5.1), and beside it what a client is configured with. */
static enum res
write_tokens(const struct demo_client *c, const char *path, struct err *e)
{
	struct json *o = json_new_object();
	struct buf out;
	enum res r;

	buf_init_wiping(&out, LIMIT_TOKEN * 4);
	json_set_str(o, "token_type", c->dpop_key_pem ? "DPoP" : "Bearer");
	set_secret(o, "access_token", c->access_token);
	set_secret(o, "refresh_token", c->refresh_token);
	set_secret(o, "id_token", c->id_token);
	json_set_str(o, "scope", c->scope);
	json_set_i64(o, "obtained_at", clock_wall_s(&clock_system));
	json_set_str(o, "issuer", c->issuer);
	json_set_str(o, "client_id", c->client_id);
	set_secret(o, "client_secret", c->client_secret);
	json_set_str(o, "client_certificate", c->cert_pem);
	set_secret(o, "client_key", c->key_pem);
	set_secret(o, "dpop_key", c->dpop_key_pem);
	r = json_print(o, &out, true);
	if (r == RES_OK)
		r = file_write_private(path, buf_span(&out), e);
	else
		err_set(e, r, "the tokens do not fit");
	json_free(o);
	buf_release(&out);
	return r;
}

static int
announce(const struct embedded *m, const char *tokens)
{
	const struct demo_client *c = &m->client;
	struct buf out;
	int status;

	buf_init(&out, 8192);
	buf_printf(&out, "issuer %s\nclient_id %s\nscenario %s\n", c->issuer, c->client_id,
		m->scenario->name);
	if (*c->resource_url)
		buf_printf(&out, "resource_url %s\n", c->resource_url);
	if (*c->userinfo_endpoint)
		buf_printf(&out, "userinfo_endpoint %s\n", c->userinfo_endpoint);
	if (*c->client_auth)
		buf_printf(&out, "client_auth %s\n", c->client_auth);
	if (*c->proxy)
		buf_printf(&out, "proxy %s\n", c->proxy);
	if (*m->ca_file)
		buf_printf(&out, "ca_file %s\n", m->ca_file);
	if (*m->cert_file)
		buf_printf(&out, "client_cert_file %s\n", m->cert_file);
	if (*m->key_file)
		buf_printf(&out, "client_key_file %s\n", m->key_file);
	if (*m->dpop_file)
		buf_printf(&out, "dpop_key_file %s\n", m->dpop_file);
	if (tokens)
		buf_printf(&out, "tokens %s\n", tokens);
	else
		buf_puts(&out,
			"tokens none: --tokens-out FILE writes the tokens and the client secret "
			"there\n");
	buf_printf(&out, "ready port %d\n", m->ops->port(m->server));
	status = app_print(buf_span(&out));
	buf_release(&out);
	return status;
}

/* The signals that end it; blocked before anything is written that has to go again. */
static void
block_signals(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGHUP);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
}

/* The server has a thread of its own; the process ends by the signal, as the caller expects. */
static void
wait_for_end(struct embedded *m, const sigset_t *ends)
{
	int sig = 0;

	while (sigwait(ends, &sig) != 0)
		;
	embedded_stop(m);
	signal(sig, SIG_DFL);
	raise(sig);
	pthread_sigmask(SIG_UNBLOCK, ends, NULL);
}

int
cmd_serve(const struct options *o)
{
	const char *tokens = opt_str(o, OPT_TOKENS_OUT);
	const struct scenario *s = scenario_find(span_of(opt_str(o, OPT_SCENARIO)));
	struct embedded m = {0};
	struct err e = ERR_INIT;
	sigset_t ends;
	int status;

	if (!s) {
		err_set(&e, RES_NOTFOUND, "there is no scenario '%s'; see tokentriage demo --list",
			opt_str(o, OPT_SCENARIO));
		return app_fail(&e);
	}
	block_signals(&ends);
	if (embedded_start(&m, s, opt_int(o, OPT_PORT), &e) != RES_OK) {
		app_fail(&e);
		/* a port that was asked for and cannot be had is the user's to change */
		return e.code == RES_REFUSED ? STATUS_USAGE : STATUS_INTERNAL;
	}
	if (tokens && write_tokens(&m.client, tokens, &e) != RES_OK)
		status = app_fail(&e);
	else
		status = announce(&m, tokens);
	if (status == STATUS_OK)
		wait_for_end(&m, &ends);
	embedded_stop(&m);
	return status;
}
