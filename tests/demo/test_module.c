#include "unit.h"

#include <dlfcn.h>

#include "base/mem.h"
#include "demo/demo.h"

/* The module as the program loads it: what it needs of the rooms it finds in the program. */
static void
test_module(void **state)
{
	char *path = xasprintf("%s/demo.so", getenv("builddir") ? getenv("builddir") : ".");
	const struct demo_module *m;
	struct demo_config c = {.scenario = scenario_find(SPAN_LIT("healthy"))};
	struct demo_client client;
	struct err e = ERR_INIT;
	void *so;

	(void)state;
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!so)
		fail_msg("%s", dlerror());
	m = dlsym(so, "tokentriage_demo");
	assert_non_null(m);
	assert_int_equal(m->abi, DEMO_MODULE_ABI);
	/* Without cryptography it does not start, and says so. */
	assert_null(m->ops->start(&c, &client, &e));
	assert_int_equal(e.code, RES_UNSUPPORTED);
	assert_true(e.text[0] != '\0');
	demo_client_release(&client);
	dlclose(so);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
