/*
 * A server's sentence read by its words: servers word one cause in a hundred ways, but with the
 * same few words near each other.
 */
#ifndef TT_OAUTH_WORDS_H
#define TT_OAUTH_WORDS_H

#include "base/span.h"

enum { WORDS_MAX = 96, WORDS_BYTES = 1024 };

/* The words of one text, lower case; "expired_accessToken" is three, a UUID is one.  What is too
 * long is cut off. */
struct words {
	char bytes[WORDS_BYTES];
	struct {
		unsigned short at, n;
	} v[WORDS_MAX];
	size_t n;
};

void words_read(struct words *w, struct span text);

/*
 * Does the pattern hold?  It is a row of groups, separated by blanks; a group is words separated by
 * "|", of which one must be there ("expire*": any word that begins so).  All groups must be met by
 * different words within eight words of one another, in any order.  A group that begins with "!"
 * must not be met anywhere in the text.
 */
bool words_match(const struct words *w, const char *pattern);
/* Is every word one of the group?  True of no words at all. */
bool words_all(const struct words *w, const char *group);

#endif
