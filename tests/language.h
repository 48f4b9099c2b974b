/* For tests that speak other languages: one process takes several, one after the other. */
#ifndef TT_TESTS_LANGUAGE_H
#define TT_TESTS_LANGUAGE_H

#include <stdlib.h>

#include "base/tr.h"

#ifdef __GLIBC__
extern int _nl_msg_cat_cntr; /* gettext's manual: told of a change of LANGUAGE by it */
#endif

/* The catalogue of the build tree; false: it was built without. */
static inline bool
speak(const char *language)
{
	const char *build = getenv("builddir");
	char po[4096];

	(void)snprintf(po, sizeof(po), "%s/po", build ? build : ".");
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	(void)setenv("LANGUAGE", language, 1);
#ifdef __GLIBC__
	_nl_msg_cat_cntr++;
#endif
	return tr_open(po);
}

#endif
