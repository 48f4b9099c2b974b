/* A saved case or a HAR file in the wizard, offline and read-only. */
#ifndef TT_CLI_OPEN_H
#define TT_CLI_OPEN_H

#include "cli/app.h"

/* False: the file cannot be read, and e says why; else *status is the program's. */
bool open_show(const struct options *o, const char *path, int *status, struct err *e) MUST_USE;

#endif
