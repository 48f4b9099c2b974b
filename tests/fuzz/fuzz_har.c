/* A HAR file. */
#include "fuzz/importing.h"

#include "case/import-parts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct import im;

	import_init(&im);
	switch (import_har(&im, fuzz_span(data, size), PURPOSE_COUNT, &e)) {
	case RES_OK:
		holds_import(&im);
		break;
	case RES_NOTFOUND:
		HOLDS(im.n == 0 && im.n_tokens == 0);
		break;
	default:
		HOLDS(e.text[0] && fuzz_is_safe(e.text));
	}
	import_release(&im);
	return 0;
}
