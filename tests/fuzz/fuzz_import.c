/* Whatever somebody sends, the form found by its content. */
#include "fuzz/importing.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct import im;

	import_init(&im);
	if (import_read(&im, fuzz_span(data, size), PURPOSE_COUNT, &e) == RES_OK)
		holds_import(&im);
	else
		HOLDS(e.text[0] && fuzz_is_safe(e.text));
	import_release(&im);
	return 0;
}
