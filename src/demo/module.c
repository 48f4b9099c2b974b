#include "demo/demo.h"

/* The one symbol the program looks up. */
extern const struct demo_module tokentriage_demo;

__attribute__((visibility("default"))) const struct demo_module tokentriage_demo = {
	.abi = DEMO_MODULE_ABI,
	.ops = &demo_microhttpd,
};
