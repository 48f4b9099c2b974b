/*
 * Reads a .case text into a case with its recorded exchanges.  A line is one of
 *
 *   # comment
 *   now: 2026-01-31T12:00:00Z                the local clock; everything below is relative to it
 *   profile: KEY = VALUE                     a key of profile.def (client_secret too)
 *   access|refresh|id: jwt {claims}          made into an unsigned JWT when the file is read
 *   access|refresh|id: jwt {claims} header {JOSE header}
 *   access|refresh|id: value TEXT            as it stands, with \n \t \r \xHH
 *   own jkt: THUMBPRINT                      of the DPoP key at hand
 *   own x5t#S256: THUMBPRINT                 of the client's certificate
 *   earlier: USE [SECONDS]                   what an earlier run did with the refresh token, and when
 *   proof jkt: THUMBPRINT                    of the key of the exchange's DPoP proof
 *   sig: STATE [WHY]                         what the signature check of the access token gave
 *   expect: first ID | has ID | not ID | state STATE | caused A by B | none (no finding at all)
 *           | remedy ID has WORD | unadvised ID word WORD | summary ID has WORD
 *   == PURPOSE [key=value …]                 an exchange: slot= gen= at=SECONDS took=MS error=ID sig=STATE failed=CHECKS
 *                                           login=1: a token response that begins new tokens
 * follows=N > request line, header, blank, body      raw HTTP text; the URL is absolute < response
 * lines cert: subject | issuer | names | not before | not after [| self]
 *
 * In all of them {now}, {now+300}, {date}, {date-600} (an HTTP date), {access}, {refresh}, {id} and
 * {basic:ID:SECRET} are replaced.
 */
#ifndef TT_TESTS_DIAGNOSE_FIXTURE_H
#define TT_TESTS_DIAGNOSE_FIXTURE_H

#include "case/case.h"

struct expectation {
	char what[12];
	char id[64], by[64];
};

struct fixture {
	struct case_file c;
	struct clock clock;
	struct redactor *redactor;
	char *tokens[3]; /* access, refresh, id: as sent */
	struct expectation expect[16];
	size_t n_expect;
};

/* Fails the running test if the file is not well-formed. */
void fixture_read(struct fixture *fx, const char *path);
void fixture_read_text(struct fixture *fx, const char *name, struct span text);
void fixture_release(struct fixture *fx);

#endif
