/* What a refresh changed: the newest tokens of a case against those before. */
#ifndef TT_CASE_RENEWAL_H
#define TT_CASE_RENEWAL_H

#include "case/case.h"

struct renewal {
	const struct case_tokens *old, *new; /* borrowed from the case */
	bool by_refresh, by_login;   /* a login's tokens are another family's; neither: imported */
	bool same_access;            /* the same access token again */
	bool refresh_given, rotated; /* the response had a refresh token; another one than before */
	int64_t old_life, new_life;  /* of the access token, seconds; -1: not known */
	char old_scope[400], new_scope[400]; /* safe; "": nobody said */
	char asked_scope[400];       /* the narrower one the request asked for (RFC 6749 §6); "" */
	char lost[200], gained[200]; /* scopes, blank-separated; "" */
	char old_aud[300], new_aud[300];     /* safe; "": nobody said */
	/* expires_in and exp of the new access token are both there, and say … */
	bool differs;
	/* … this many seconds apart (exp less what expires_in gives) */
	int64_t exp_off;
};

/* False: there is nothing but the tokens as given. */
bool case_renewal(const struct case_file *c, struct renewal *out);
/*
 * "a new refresh token took the old one's place, scope lost: email, it lives 1 h instead of 2 h";
 * "" where there is nothing to say.
 */
char *renewal_words(const struct renewal *r, char *out, size_t size);

#endif
