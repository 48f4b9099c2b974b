/*
 * JSON (RFC 8259).  json.c alone knows cJSON; what is borrowed from a node lives as long as its
 * document.  Parsing is strict: one value, nothing behind it, valid UTF-8, at most
 * LIMIT_JSON_DEPTH deep and LIMIT_JSON_BYTES long; a byte-order mark is an error that says so.
 * Strings with an embedded U+0000 are cut there by cJSON; json_parse refuses them instead.
 */
#ifndef TT_OAUTH_JSON_H
#define TT_OAUTH_JSON_H

#include "base/buf.h"

struct json; /* a node; the root node owns the document */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* *out is freed with json_free(). */
enum res json_parse(struct json **out, struct span text, struct err *e) MUST_USE;
void json_free(struct json *root); /* NULL-safe; wipes */

enum json_type json_type(const struct json *j);
/*
 * Members: case-sensitive; of two of one name the last, as ECMAScript reads and RFC 7519 §4 allows;
 * NULL if absent, null-safe on j.
 */
const struct json *json_get(const struct json *j, const char *name);
const struct json *json_member(const struct json *j, struct span name);
/*
 * Does any object in the tree hold a name twice with values that differ, so that readers may
 * disagree?  Gives the first such pair: the earlier member, and the one that json_get() gives.
 */
bool json_ambiguous(const struct json *j, const struct json **earlier, const struct json **last);
size_t json_count(const struct json *j); /* of an array or object */
const struct json *json_first(const struct json *j); /* child; NULL */
const struct json *json_next(const struct json *child);
struct span json_name(const struct json *child); /* of an object's member */

/* False if j is NULL or of another type. */
bool json_to_bool(const struct json *j, bool *out);
bool json_to_span(const struct json *j, struct span *out);
bool json_to_double(const struct json *j, double *out);
/* The digits as they were written, of an integer that may be too long for a double (beyond
 * 2^53); false otherwise. */
bool json_long_integer(const struct json *j, struct span *out);
/* The span of a string member, or the empty span. */
struct span json_get_str(const struct json *j, const char *name);
/* Is word one of an array's strings?  False if list is NULL or no array. */
bool json_lists(const struct json *list, const char *word);

/* How a number or NumericDate was written; for the finding timestamp-type-wrong. */
enum num_form {
	NUM_ABSENT,
	NUM_INTEGER,
	NUM_FLOAT,
	NUM_STRING,
	NUM_MILLISECONDS,
	NUM_ISO_DATE,
	NUM_OTHER
};
/*
 * A time in seconds since 1970 however it was written (RFC 7519 §2 wants a number): floats are
 * rounded down, values of 13 digits and more taken as milliseconds, strings of either, RFC 3339.
 * NUM_OTHER: present, but no time; NUM_ABSENT: j is NULL or null.
 */
enum num_form json_to_time(const struct json *j, int64_t *unix_s);
/* An integer written as number or as decimal string (expires_in); false otherwise. */
bool json_to_i64(const struct json *j, int64_t *out, enum num_form *form);

/* Compact or indented text; appended. */
enum res json_print(const struct json *j, struct buf *out, bool pretty);
/* Do both print the same?  False of what is too large to print. */
bool json_same(const struct json *a, const struct json *b);

/* --- building (reports, case files, requests) --------------------------------------------- */
struct json *json_new_object(void);
struct json *json_new_array(void);
/* All strings must be text that may be shown; the caller sanitises.  Keys are literals. */
void json_set_span(struct json *obj, const char *key, struct span v);
void json_set_str(struct json *obj, const char *key, const char *v); /* NULL: null */
void json_set_i64(struct json *obj, const char *key, int64_t v);
void json_set_double(struct json *obj, const char *key, double v); /* 3 decimals */
void json_set_bool(struct json *obj, const char *key, bool v);
void json_set_null(struct json *obj, const char *key);
void json_set_take(struct json *obj, const char *key, struct json *child); /* owns child */
void json_set_dup(struct json *obj, const char *key, const struct json *j); /* deep copy */
void json_append_take(struct json *arr, struct json *child);
void json_append_span(struct json *arr, struct span v);
void json_append_i64(struct json *arr, int64_t v);
/* Replaces a string's or a number's value in place (masking a tree before it is printed). */
void json_replace_str(struct json *node, struct span v);
/* Another name for an object's member (of a parsed tree). */
void json_rename(struct json *member, struct span name);
struct json *json_dup(const struct json *j);

#endif
