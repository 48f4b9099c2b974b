/*
 * The interface's language.  A text is looked up where it is read, by what it is in English; until
 * tr_open() found a catalogue, and while it is put aside, every text is itself.  Only what a person
 * sits before opens one: reports, JSON, logs, recorded cases and what is meant for scripts are
 * English.
 *
 * A text is a whole sentence, or a label; what varies in it is a printf argument (a translation may
 * put them in another order: "%2$s").  Tables need no mark: po/tables.c says which texts of a row
 * are read by people, and who reads one calls tr().
 */
#ifndef TT_BASE_TR_H
#define TT_BASE_TR_H

#include "base/attr.h"

#define TR_FORMAT(n) __attribute__((format_arg(n)))

/* The text in the interface's language; borrowed, for good. NULL and "" are themselves. */
const char *tr(const char *text) TR_FORMAT(1);
/* One of two, by what n wants: tr_n("%zu token", "%zu tokens", n). */
const char *tr_n(const char *one, const char *many, unsigned long n) TR_FORMAT(1) TR_FORMAT(2);
/* A short text that other languages say differently in different places: tr_c("token", "none"). */
const char *tr_c(const char *context, const char *text) TR_FORMAT(2);

#define _(text) tr(text)
/* marked here (a table, an initializer), looked up with tr() where it is read */
#define N_(text) text
#define P_(one, many, n) tr_n(one, many, n)
#define C_(context, text) tr_c(context, text)
#define NC_(context, text) text

/*
 * Takes the catalogue of the user's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) below folder:
 * FOLDER/de/LC_MESSAGES/tokentriage.mo.  False: English it is, and no file was looked for if that
 * is what the user's languages begin with.
 */
bool tr_open(const char *folder);

/*
 * English for a while: what is written for others.  They nest.  True: with this the language
 * changed, so that texts that were made before are not in it.
 */
bool tr_suspend(void);
bool tr_resume(void);

#endif
