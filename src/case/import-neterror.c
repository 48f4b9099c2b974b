/* What tools and libraries print when a transfer fails. */
#include "case/import-parts.h"

static const struct {
	enum net_error error;
	const char *part;
} texts[] = {
#define NET_TEXT(sym, part) {NETERR_##sym, part},
#include "case/neterrortexts.def"
#undef NET_TEXT
};

enum net_error
import_net_error(struct span text)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (span_contains_nocase(text, texts[i].part))
			return texts[i].error;
	return NETERR_NONE;
}
