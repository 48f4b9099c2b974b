/* Inside the wizard room: how the steps build their rows.  All text is sanitised in field_add(). */
#ifndef TT_WIZARD_FIELDS_ROOMS_H
#define TT_WIZARD_FIELDS_ROOMS_H

#include "wizard/fields.h"

struct field *field_add(struct field_list *l, enum field_kind kind, const char *key,
	struct span name, struct span value, int from);
struct field *field_heading(struct field_list *l, const char *name, const char *value, int from);
struct field *field_note(struct field_list *l, enum state state, const char *text);
/* A row of our own: the key for the report, words for people. */
struct field *field_words(
	struct field_list *l, const char *key, const char *words, const char *value, int from);
/* A member of the protocol: its name is the key and what is shown. */
struct field *field_value(struct field_list *l, const char *key, const char *value, int from);
void field_mean(struct field *f, enum state state, const char *fmt, ...) PRINTF(3, 4);
/* "Title ── exchange 2 · 67 ms" */
void field_exchange_heading(struct field_list *l, const char *title, const struct exchange *x);
/* Status, error and what they mean. */
void field_answer(struct field_list *l, const char *key, const struct exchange *x);
/* What came of a signature check: the state in words, and with which key or why not. */
void field_signature(struct field_list *l, const char *key, const char *words, enum sig_state s,
	const char *why, int from);
/* The rows of an answer that came as a JWT: header, signature, iss and aud as they should be. */
void field_signed_answer(struct field_list *l, const struct facts *f, const struct fact_signed *s);
void field_json_text(const struct json *j, struct buf *out);
/*
 * A span in its largest unit, "54 min": rows other than the countdown's must not change every
 * second. The sign is dropped; returns out.
 */
char *span_about(char out[32], int64_t seconds);
/* The same of the distance to now, "under 2 min" where seconds would move. */
char *span_from_now(char out[32], int64_t seconds);
/* A time with the distance to now by the server's clock: "expires in 4 m 59 s". */
void field_time(struct field_list *l, const struct facts *f, const char *key,
	const struct fact_time *t, bool local);

void fields_verify(struct field_list *l, const struct wizard *w, bool local);
void fields_expiry(struct field_list *l, const struct wizard *w, bool local);
void fields_refresh(struct field_list *l, const struct wizard *w, bool local);
void fields_handle(struct field_list *l, const struct wizard *w, bool local);
void fields_debug(struct field_list *l, const struct wizard *w, bool local);

#endif
