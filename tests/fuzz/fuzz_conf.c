/* A configuration file and a theme. */
#include "fuzz/fuzz.h"

#include "cli/conf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);
	struct err e = ERR_INIT, theme = ERR_INIT;
	struct buf shown;
	struct conf c;
	struct theme t;
	char parent[32];

	conf_init(&c);
	if (conf_read(&c, text, "fuzz.conf", true, &e) == RES_OK) {
		buf_init(&shown, 1 << 20);
		conf_print(&c, c.n_profiles ? &c.profiles[0] : NULL, &shown);
		for (size_t i = 0; i < c.n_profiles; i++)
			HOLDS(c.profiles[i].name && c.profile_where[i]);
		buf_release(&shown);
	} else {
		HOLDS(e.text[0] && fuzz_is_safe(e.text));
	}
	conf_release(&c);

	theme_init_default(&t);
	if (conf_theme_parent(text, "fuzz.conf", parent, &theme) != RES_OK ||
		conf_theme_read(&t, text, "fuzz.conf", &theme) != RES_OK)
		HOLDS(theme.text[0] && fuzz_is_safe(theme.text));
	return 0;
}
