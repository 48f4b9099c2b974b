/*
 * What the wizard's profile editor needs of the configuration (CONTRACT §4): keys as lines of text,
 * and the files it writes, profiles.d/NAME.conf, one profile each.  A file without this program's
 * mark is never rewritten.
 */
#ifndef TT_CLI_CONF_WRITE_H
#define TT_CLI_CONF_WRITE_H

#include "cli/conf.h"

/* A key's value on one line; of a secret, where it comes from: "env ACME_SECRET".  Lists: with " |
 * " between. */
void conf_key_text(const struct profile *p, const struct profile_key *k, struct buf *out);
/*
 * Back: validated as the parser does it.  The empty line is the default, or no value.  Relative
 * file names are taken from the current folder.  RES_SYNTAX, RES_RANGE: e names the key and what is
 * allowed, and the key is as before (a list may be empty).
 */
enum res conf_key_set(
	struct profile *p, const struct profile_key *k, struct span text, struct err *e) MUST_USE;

/* The file's text: what differs from the defaults, secrets by reference; a secret without one is
 * left out. */
void conf_profile_write(const struct profile *p, struct buf *out);
/*
 * Where a profile of that name is kept (owned); config: of --config, or NULL.  NULL: no name, or
 * one that is no file's, or what has it was written by hand, and e says where.
 */
char *conf_profile_path(const struct conf *c, const char *config, const char *name, struct err *e);
/* Writes it there, whole or not at all, mode 0600; *where: its path (owned). */
enum res conf_profile_save(const struct conf *c, const char *config, const struct profile *p,
	char **where, struct err *e) MUST_USE;

#endif
