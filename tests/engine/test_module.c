/* net.so as the program loads it: its symbols of base and oauth come from the loading program. */
#include "unit.h"

#include <dlfcn.h>

#include "base/mem.h"
#include "engine/net-module.h"

static void
test_load(void **state)
{
	const char *dir = getenv("builddir");
	char *path = xasprintf("%s/net.so", dir ? dir : ".");
	const struct net_module *m;
	struct transport *t;
	struct err e = ERR_INIT;
	unsigned char sum[32];
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	(void)state;
	if (!so)
		fail_msg("%s", dlerror());
	m = dlsym(so, "tokentriage_net");
	assert_non_null(m);
	assert_int_equal(m->abi, NET_MODULE_ABI);
	assert_string_equal(m->transport->name, "curl");
	assert_non_null(strstr(m->transport->version(), "libcurl/"));
	assert_true(m->crypto->sha256("abc", 3, sum));
	assert_int_equal(sum[0], 0xba);
	t = m->transport->open(&clock_system, NULL, &e);
	assert_non_null(t);
	m->transport->close(t);
	free(path);
	/* never unloaded: libcurl may have a resolver thread */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_load)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
