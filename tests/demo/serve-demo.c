/* serve-demo SCENARIO: the embedded server for another program's client; ends with its stdin. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/rng.h"
#include "demo/demo.h"
#include "oauth/json.h"

static void
fill(void *p, size_t n)
{
	rng_fill(&rng_system, p, n);
}

static int64_t
now_s(void)
{
	return clock_wall_s(&clock_system);
}

static const struct crypto_ops *
load(void)
{
	return &crypto_openssl;
}

/* One JSON line: what a client has to know. */
static void
print_client(const struct demo_client *c)
{
	struct json *o = json_new_object();
	struct buf out;

	buf_init_wiping(&out, LIMIT_TOKEN);
	json_set_str(o, "issuer", c->issuer);
	json_set_str(o, "client_id", c->client_id);
	json_set_span(o, "client_secret", secret_reveal(c->client_secret));
	json_set_span(o, "access_token", secret_reveal(c->access_token));
	if (c->refresh_token)
		json_set_span(o, "refresh_token", secret_reveal(c->refresh_token));
	if (c->id_token)
		json_set_span(o, "id_token", secret_reveal(c->id_token));
	json_print(o, &out, false);
	puts(buf_str(&out));
	fflush(stdout);
	buf_release(&out);
	json_free(o);
}

int
main(int argc, char **argv)
{
	struct demo_config cfg = {.crypto = &crypto_openssl, .fill_random = fill, .now_s = now_s,
		.max_seconds = 120};
	struct demo_client client;
	struct demo_server *srv;
	struct err e = ERR_INIT;

	cfg.scenario = argc == 2 ? scenario_find(span_of(argv[1])) : NULL;
	if (!cfg.scenario) {
		fprintf(stderr, "usage: serve-demo SCENARIO\n");
		return 2;
	}
	crypto_set_loader(load);
	srv = demo_microhttpd.start(&cfg, &client, &e);
	if (!srv) {
		fprintf(stderr, "serve-demo: %s\n", e.text);
		return 1;
	}
	print_client(&client);
	while (getchar() != EOF)
		;
	demo_microhttpd.stop(srv);
	demo_client_release(&client);
	return 0;
}
