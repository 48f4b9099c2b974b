/* A HAR file. */
#include "fuzz/importing.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	holds_importer(import_har, fuzz_span(data, size));
	return 0;
}
