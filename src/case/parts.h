/*
 * An exchange taken apart into named values, as a person reads it and as two are compared: request
 * line, headers, parameters of address, form and challenge, members of JSON bodies, timings, TLS.
 * Pure; everything in an exchange is masked already, and each name and value is safe text.
 */
#ifndef TT_CASE_PARTS_H
#define TT_CASE_PARTS_H

#include "case/exchange.h"

enum part_group {
	PART_REQUEST, /* method, address and its parameters */
	PART_REQUEST_HEADER,
	PART_REQUEST_BODY,
	PART_ANSWER, /* status, or why none came */
	PART_ANSWER_HEADER,
	PART_ANSWER_BODY,
	PART_TIME,
	PART_TLS,
	PART_GROUPS
};

struct part {
	enum part_group group;
	char *name, *value;  /* "exp", "1769860623"; a value is whole, however long it is */
	const char *meaning; /* in plain words; NULL: not known here */
	int64_t date;        /* of a value that is a time, in seconds since 1970; 0: it is none */
};

enum { PARTS_MAX = 1024 }; /* of one exchange; what is more is left out, and cut is set */
struct part_list {
	struct part *v;
	size_t n, cap;
	bool cut;
};
void part_list_init(struct part_list *l);
void part_list_release(struct part_list *l);

/* Appends all parts of an exchange, in the order of the groups. */
void parts_of_exchange(struct part_list *out, const struct exchange *x);
/* Appends the members of an object; deep: those of objects within it, too, as "cnf.jkt". */
void parts_of_object(
	struct part_list *out, enum part_group g, const struct json *object, bool deep);

/*
 * Two lists side by side: what has the same group and name, and is the k-th of that name in both.
 */
struct part_pair {
	const struct part *a, *b; /* borrowed; NULL: only the other one has it */
	bool same;
};
struct part_pairs {
	struct part_pair *v; /* in the order of a's, what only b has behind those of its group */
	size_t n, cap;
};
void parts_pair(struct part_pairs *out, const struct part_list *a, const struct part_list *b);
void part_pairs_release(struct part_pairs *p);

#endif
