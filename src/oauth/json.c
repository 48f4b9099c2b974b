#include "oauth/json.h"

#include <cjson/cJSON.h>
#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "oauth/json-check.h"

/* struct json is cJSON by another name; nobody else may know. */
static const cJSON *
node(const struct json *j)
{
	return (const cJSON *)j;
}

static struct json *
wrap(cJSON *c)
{
	if (!c)
		die("out of memory (JSON)");
	return (struct json *)c;
}

/* What cJSON holds may be a token: its memory is wiped when freed. */
static void
hooks(void)
{
	static bool done;
	cJSON_Hooks h = {wiping_malloc, wiping_free};

	if (!done) {
		cJSON_InitHooks(&h);
		done = true;
	}
}

static char *
new_text(struct span v)
{
	char *s;

	hooks();
	s = cJSON_malloc(v.n + 1);
	if (!s)
		die("out of memory (JSON)");
	if (v.n)
		memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	return s;
}

/* --- integers too long for a double: their digits are kept in the node's string -------------- */

enum { EXACT_DIGITS = 15 }; /* so many digits every double keeps */

static const int64_t EXACT_MAX = 1LL << 53;

/* The next number of a text that is valid JSON; the empty span behind the last. */
static struct span
next_number(struct span *rest)
{
	while (rest->n) {
		size_t n = 0;

		if (rest->p[0] == '"') {
			for (n = 1; n < rest->n && rest->p[n] != '"'; n++)
				n += rest->p[n] == '\\';
		} else if (memchr("-0123456789", rest->p[0], 11)) {
			struct span number = *rest;

			while (n < rest->n && memchr("+-.0123456789eE", rest->p[n], 15))
				n++;
			*rest = span_from(*rest, n);
			return span_sub(number, 0, n);
		}
		*rest = span_from(*rest, n + 1);
	}
	return SPAN_EMPTY;
}

static bool
is_long_integer(struct span number)
{
	size_t sign = span_starts(number, "-");

	return number.n - sign > EXACT_DIGITS && span_find(number, '.') == SIZE_MAX &&
		span_find(number, 'e') == SIZE_MAX && span_find(number, 'E') == SIZE_MAX;
}

/* The numbers of the tree stand in the order of the text. */
static void
attach_digits(cJSON *c, struct span *rest)
{
	for (; c; c = c->next) {
		if (cJSON_IsNumber(c)) {
			struct span number = next_number(rest);

			if (is_long_integer(number))
				c->valuestring = new_text(number);
		}
		attach_digits(c->child, rest);
	}
}

static void
keep_digits(cJSON *root, struct span text)
{
	struct span rest = text, number;

	do
		number = next_number(&rest);
	while (number.n && !is_long_integer(number));
	rest = text;
	if (number.n)
		attach_digits(root, &rest);
}

bool
json_long_integer(const struct json *j, struct span *out)
{
	if (!cJSON_IsNumber(node(j)) || !node(j)->valuestring)
		return false;
	*out = span_of(node(j)->valuestring);
	return true;
}

enum res
json_parse(struct json **out, struct span text, struct err *e)
{
	const char *end = NULL;
	enum res r;
	cJSON *c;

	*out = NULL;
	r = json_check(text, e);
	if (r != RES_OK)
		return r;
	hooks();
	c = cJSON_ParseWithLengthOpts(text.p, text.n, &end, 0);
	if (!c) {
		r = err_set(e, RES_SYNTAX, "this JSON holds a value that cannot be read");
		if (e && end >= text.p && end <= text.p + text.n)
			e->offset = (size_t)(end - text.p);
		return r;
	}
	if (span_trim(span_from(text, (size_t)(end - text.p))).n) {
		cJSON_Delete(c);
		return err_set(e, RES_SYNTAX, "text behind the JSON value");
	}
	keep_digits(c, text);
	*out = (struct json *)c;
	return RES_OK;
}

void
json_free(struct json *root)
{
	cJSON_Delete((cJSON *)root);
}

enum json_type
json_type(const struct json *j)
{
	const cJSON *c = node(j);

	if (cJSON_IsObject(c))
		return JSON_OBJECT;
	if (cJSON_IsArray(c))
		return JSON_ARRAY;
	if (cJSON_IsString(c))
		return JSON_STRING;
	if (cJSON_IsNumber(c))
		return JSON_NUMBER;
	return cJSON_IsBool(c) ? JSON_BOOL : JSON_NULL;
}

/* The first byte tells most names apart, without a call. */
const struct json *
json_get(const struct json *j, const char *name)
{
	const cJSON *c, *last = NULL;

	if (!cJSON_IsObject(node(j)))
		return NULL;
	for (c = node(j)->child; c; c = c->next)
		if (c->string && c->string[0] == name[0] && !strcmp(c->string, name))
			last = c;
	return (const struct json *)last;
}

const struct json *
json_member(const struct json *j, struct span name)
{
	const cJSON *c, *last = NULL;

	if (!cJSON_IsObject(node(j)))
		return NULL;
	for (c = node(j)->child; c; c = c->next)
		if (c->string && span_is(name, c->string))
			last = c;
	return (const struct json *)last;
}

struct named {
	const cJSON *c;
	size_t at;
};

static int
by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int c = strcmp(x->c->string, y->c->string);

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* The first member whose name comes again with another value; sorted, for objects are as large
 * as a server likes. */
static bool
ambiguous_here(const cJSON *obj, const struct json **earlier, const struct json **last)
{
	size_t n = 0, best = SIZE_MAX;
	struct named *v;

	for (const cJSON *c = obj->child; c; c = c->next)
		n += c->string != NULL;
	if (n < 2)
		return false;
	v = xreallocarray(NULL, n, sizeof(*v));
	n = 0;
	for (const cJSON *c = obj->child; c; c = c->next) {
		if (c->string) {
			v[n] = (struct named){c, n};
			n++;
		}
	}
	qsort(v, n, sizeof(*v), by_name);
	for (size_t i = 0, end; i < n; i = end + 1) {
		for (end = i; end + 1 < n && !strcmp(v[end + 1].c->string, v[i].c->string); end++)
			;
		if (end == i || v[i].at >= best ||
			json_same((const struct json *)v[i].c, (const struct json *)v[end].c))
			continue;
		best = v[i].at;
		*earlier = (const struct json *)v[i].c;
		*last = (const struct json *)v[end].c;
	}
	free(v);
	return best != SIZE_MAX;
}

bool
json_ambiguous(const struct json *j, const struct json **earlier, const struct json **last)
{
	const cJSON *c;

	if (!j)
		return false;
	if (cJSON_IsObject(node(j)) && ambiguous_here(node(j), earlier, last))
		return true;
	for (c = node(j)->child; c; c = c->next)
		if (json_ambiguous((const struct json *)c, earlier, last))
			return true;
	return false;
}

size_t
json_count(const struct json *j)
{
	const cJSON *c;
	size_t n = 0;

	if (j)
		for (c = node(j)->child; c; c = c->next)
			n++;
	return n;
}

const struct json *
json_first(const struct json *j)
{
	return j ? (const struct json *)node(j)->child : NULL;
}

const struct json *
json_next(const struct json *child)
{
	return child ? (const struct json *)node(child)->next : NULL;
}

struct span
json_name(const struct json *child)
{
	return child ? span_of(node(child)->string) : SPAN_EMPTY;
}

bool
json_to_bool(const struct json *j, bool *out)
{
	if (!cJSON_IsBool(node(j)))
		return false;
	*out = cJSON_IsTrue(node(j));
	return true;
}

bool
json_to_span(const struct json *j, struct span *out)
{
	if (!cJSON_IsString(node(j)))
		return false;
	*out = span_of(node(j)->valuestring);
	return true;
}

bool
json_to_double(const struct json *j, double *out)
{
	if (!cJSON_IsNumber(node(j)))
		return false;
	*out = node(j)->valuedouble;
	return true;
}

struct span
json_get_str(const struct json *j, const char *name)
{
	struct span s = SPAN_EMPTY;

	if (!json_to_span(json_get(j, name), &s))
		return SPAN_EMPTY;
	return s;
}

bool
json_lists(const struct json *list, const char *word)
{
	struct span s;

	if (!list || json_type(list) != JSON_ARRAY)
		return false;
	for (const struct json *v = json_first(list); v; v = json_next(v))
		if (json_to_span(v, &s) && span_is(s, word))
			return true;
	return false;
}

/* --- numbers and times --- */

/* As milliseconds the year 2001, before any token; below, there are seconds of programs that mean
 * "never" by the end of the year 9999 (253402300799). */
static const double MILLISECONDS_FROM = 1e12;

/* A plain decimal number, "-12.5" or "1.7e9"; not "inf", "nan" or hexadecimal. */
static bool
decimal(struct span s, double *out)
{
	char text[64], *end;
	size_t i;

	if (!s.n || s.n >= sizeof(text))
		return false;
	for (i = 0; i < s.n; i++)
		if (!memchr("0123456789+-.eE", s.p[i], 15))
			return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out);
}

/* The integer at or below d; |d| must be under 9e18. */
static int64_t
rounded_down(double d)
{
	int64_t i = (int64_t)d;

	return (double)i > d ? i - 1 : i;
}

static bool
in_range(double d)
{
	return isfinite(d) && d < 9e18 && d > -9e18;
}

/* What a number means as a time; `plain` is its form when nothing is odd about it. */
static enum num_form
number_to_time(double d, enum num_form plain, int64_t *unix_s)
{
	if (!in_range(d))
		return NUM_OTHER;
	if (d >= MILLISECONDS_FROM || d <= -MILLISECONDS_FROM) {
		*unix_s = rounded_down(d / 1000.0);
		return NUM_MILLISECONDS;
	}
	*unix_s = rounded_down(d);
	if (plain == NUM_INTEGER && (double)*unix_s != d)
		return NUM_FLOAT;
	return plain;
}

enum num_form
json_to_time(const struct json *j, int64_t *unix_s)
{
	struct span s;
	double d;

	*unix_s = 0;
	if (!j || json_type(j) == JSON_NULL)
		return NUM_ABSENT;
	if (json_to_double(j, &d))
		return number_to_time(d, NUM_INTEGER, unix_s);
	if (!json_to_span(j, &s))
		return NUM_OTHER;
	s = span_trim(s);
	if (decimal(s, &d))
		return number_to_time(d, NUM_STRING, unix_s);
	return time_parse_rfc3339(s, unix_s) == RES_OK ? NUM_ISO_DATE : NUM_OTHER;
}

bool
json_to_i64(const struct json *j, int64_t *out, enum num_form *form)
{
	enum num_form f = NUM_OTHER;
	bool ok = false;
	struct span s;
	double d;

	if (!j || json_type(j) == JSON_NULL) {
		f = NUM_ABSENT;
	} else if (json_long_integer(j, &s)) {
		ok = span_to_i64(s, out) == RES_OK;
		f = ok ? NUM_INTEGER : NUM_OTHER;
	} else if (json_to_double(j, &d)) {
		ok = in_range(d) && (double)(int64_t)d == d;
		f = ok ? NUM_INTEGER : isfinite(d) ? NUM_FLOAT : NUM_OTHER;
		if (ok)
			*out = (int64_t)d;
	} else if (json_to_span(j, &s) && span_to_i64(span_trim(s), out) == RES_OK) {
		ok = true;
		f = NUM_STRING;
	}
	if (form)
		*form = f;
	return ok;
}

/* --- building --- */

struct json *
json_new_object(void)
{
	hooks();
	return wrap(cJSON_CreateObject());
}

struct json *
json_new_array(void)
{
	hooks();
	return wrap(cJSON_CreateArray());
}

static struct json *
new_string(struct span v)
{
	char *s = span_dup(v);
	struct json *j;

	hooks();
	j = wrap(cJSON_CreateString(s));
	wipe(s, v.n);
	free(s);
	return j;
}

void
json_set_take(struct json *obj, const char *key, struct json *child)
{
	cJSON_DeleteItemFromObjectCaseSensitive((cJSON *)obj, key);
	if (!cJSON_AddItemToObject((cJSON *)obj, key, (cJSON *)child))
		die("out of memory (JSON)");
}

void
json_set_span(struct json *obj, const char *key, struct span v)
{
	json_set_take(obj, key, new_string(v));
}

void
json_set_str(struct json *obj, const char *key, const char *v)
{
	if (v)
		json_set_take(obj, key, new_string(span_of(v)));
	else
		json_set_null(obj, key);
}

void
json_set_i64(struct json *obj, const char *key, int64_t v)
{
	cJSON *c = cJSON_CreateNumber((double)v);
	char text[24];

	json_set_take(obj, key, wrap(c));
	if (v > EXACT_MAX || v < -EXACT_MAX) {
		(void)snprintf(text, sizeof(text), "%lld", (long long)v);
		c->valuestring = new_text(span_of(text));
	}
}

void
json_set_double(struct json *obj, const char *key, double v)
{
	char text[340];

	if (!isfinite(v)) {
		json_set_null(obj, key);
		return;
	}
	snprintf(text, sizeof(text), "%.3f", v);
	json_set_take(obj, key, wrap(cJSON_CreateNumber(strtod(text, NULL))));
}

void
json_set_bool(struct json *obj, const char *key, bool v)
{
	json_set_take(obj, key, wrap(cJSON_CreateBool(v)));
}

void
json_set_null(struct json *obj, const char *key)
{
	json_set_take(obj, key, wrap(cJSON_CreateNull()));
}

void
json_set_dup(struct json *obj, const char *key, const struct json *j)
{
	if (j)
		json_set_take(obj, key, json_dup(j));
	else
		json_set_null(obj, key);
}

void
json_append_take(struct json *arr, struct json *child)
{
	if (!cJSON_AddItemToArray((cJSON *)arr, (cJSON *)child))
		die("out of memory (JSON)");
}

void
json_append_span(struct json *arr, struct span v)
{
	json_append_take(arr, new_string(v));
}

void
json_append_i64(struct json *arr, int64_t v)
{
	json_append_take(arr, wrap(cJSON_CreateNumber((double)v)));
}

/* cJSON_SetValuestring would copy a shorter text over the old one and leave its tail. */
void
json_replace_str(struct json *j, struct span v)
{
	cJSON *c = (cJSON *)j;
	char *s;

	if (!cJSON_IsString(c) && !cJSON_IsNumber(c))
		return;
	s = new_text(v);
	cJSON_free(c->valuestring); /* a number has none */
	c->valuestring = s;
	c->type = (c->type & ~0xFF) | cJSON_String; /* above: how its memory is held */
}

void
json_rename(struct json *member, struct span name)
{
	cJSON *c = (cJSON *)member;
	char *s;

	if (!c->string || c->type & cJSON_StringIsConst)
		return;
	s = new_text(name);
	cJSON_free(c->string);
	c->string = s;
}

struct json *
json_dup(const struct json *j)
{
	cJSON *c;

	if (!j)
		return NULL;
	hooks();
	c = cJSON_Duplicate(node(j), 1);
	return wrap(c);
}
