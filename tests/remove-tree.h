/* A folder of a test's own goes, with all that is in it. */
#ifndef TT_TESTS_REMOVE_TREE_H
#define TT_TESTS_REMOVE_TREE_H

#include <ftw.h>
#include <stdio.h>

#include "base/attr.h"

static inline int
remove_one(const char *path, const struct stat *st UNUSED, int type UNUSED, struct FTW *at UNUSED)
{
	return remove(path);
}

/* 0: it is gone. */
static inline int
remove_tree(const char *folder)
{
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
