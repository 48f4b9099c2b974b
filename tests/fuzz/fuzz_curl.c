/* A curl command line and what stands below it. */
#include "fuzz/importing.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	holds_importer(import_curl, fuzz_span(data, size));
	return 0;
}
