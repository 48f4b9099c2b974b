/* What the tests of the importers share. */
#ifndef TT_TESTS_CASE_IMPORTING_H
#define TT_TESTS_CASE_IMPORTING_H

#include "unit.h"

#include "base/redact.h"
#include "case/facts.h"
#include "case/import-parts.h"

/* header {"alg":"RS256"}, claims {"sub":"u","scope":"openid"}, a signature of 256 bytes of zeros */
#define JWT_HEAD "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1Iiwic2NvcGUiOiJvcGVuaWQifQ."
#define A57 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define JWT JWT_HEAD A57 A57 A57 A57 A57 A57

/* Reads it; what did not go is said. */
static inline enum res
reads(struct import *im, const char *text, size_t n, enum purpose purpose)
{
	struct err e = ERR_INIT;
	enum res r;

	import_init(im);
	r = import_read(im, span_make(text, n), purpose, &e);
	if (r != RES_OK && getenv("VERBOSE"))
		print_message("# %s\n", e.text);
	assert_int_equal(e.code, r);
	assert_true(r == RES_OK || e.text[0]);
	assert_true(r != RES_OK || im->taken_as[0]);
	return r;
}

static inline void
take(struct import *im, const char *text)
{
	assert_int_equal(reads(im, text, strlen(text), PURPOSE_COUNT), RES_OK);
}

static inline void
refuse(const char *text, enum res want)
{
	struct import im;

	assert_int_equal(reads(&im, text, strlen(text), PURPOSE_COUNT), want);
	import_release(&im);
}

static inline bool
noted(const struct import *im, const char *part)
{
	for (size_t i = 0; i < im->n_notes; i++)
		if (strstr(im->notes[i], part))
			return true;
	return false;
}

static inline const struct import_token *
token_of(const struct import *im, enum token_slot slot)
{
	for (size_t i = 0; i < im->n_tokens; i++)
		if (im->tokens[i].slot == slot)
			return &im->tokens[i];
	return NULL;
}

static inline bool
token_is(const struct import *im, enum token_slot slot, const char *value)
{
	const struct import_token *t = token_of(im, slot);
	struct secret *s = secret_new(span_of(value));
	bool same = t && secret_equal(t->value, s);

	secret_unref(s);
	return same;
}

#endif
