/*
 * bulk: the check for many tokens.  Input is read as far as there is room, each token goes to a lane (a wizard with
 * a case of its own over the shared transport), and results are written in the order of the input.
 */
#ifndef TT_CLI_BULK_H
#define TT_CLI_BULK_H

#include <signal.h>

#include "cli/app.h"
#include "engine/net-shared.h"
#include "oauth/json.h"

enum {
	BULK_LINE_MAX = 256 << 10, /* bytes of one input line: a token and its labels */
	/* bytes of one result: its labels may need six for one, besides what is said of the token */
	BULK_RESULT_MAX = 8 * BULK_LINE_MAX,
	BULK_WINDOW_MIN = 64,      /* results that may wait for one before them */
};

/* --- bulk-input.c: tokens, one a line ------------------------------------------------------- */

struct bulk_item {
	uint64_t line;        /* of the input, from 1 */
	struct secret *token; /* NULL with error set */
	struct json *labels;  /* NULL: none */
	char error[160];      /* why the line cannot be used; "" */
};
void bulk_item_release(struct bulk_item *i);

/* K/N: of the lines that hold something, counted from 0, those with i % N == K - 1. */
struct bulk_shard {
	unsigned k, n;
};
enum res bulk_shard_parse(struct bulk_shard *out, const char *text, struct err *e) MUST_USE;

enum feed { FEED_ITEM, FEED_AGAIN, FEED_END, FEED_ERROR };
struct bulk_input;
struct bulk_input *bulk_input_open(const char *path, struct bulk_shard shard, struct err *e);
void bulk_input_close(struct bulk_input *in);
/* AGAIN: nothing more is there now; poll the fd.  ITEM: *out is the caller's to release. */
enum feed bulk_input_next(struct bulk_input *in, struct bulk_item *out, struct err *e);
/* A file that others than its owner may read. */
bool bulk_input_exposed(const struct bulk_input *in);
int bulk_input_fd(const struct bulk_input *in);
/* Bytes taken and in all (0: not known), for the progress. */
void bulk_input_bytes(const struct bulk_input *in, uint64_t *taken, uint64_t *all);

/* --- bulk-summary.c: grouped by cause --------------------------------------------------------- */

struct bulk_group {
	/* the primary finding (of a healthy one, too), "unreadable", or without one "ok" or
	 * "undetermined" */
	char id[64];
	enum state state;
	uint64_t count, first_line, last_line;
	int64_t first_s, last_s;  /* when it was seen */
	char summary[LIMIT_MESSAGE]; /* of the first one */
};
enum { BULK_GROUPS = 256 };
struct bulk_summary {
	struct bulk_group v[BULK_GROUPS];
	size_t n;
	uint64_t total, resumed; /* results; of those, of a run before */
};
/* primary: what the group is called; NULL or "": without one. */
void bulk_summary_add(struct bulk_summary *s, const char *primary, enum state state, const char *words,
	uint64_t line, int64_t at_s);
/* As people read it, most frequent first; and as one JSON object. */
void bulk_summary_text(struct bulk_summary *s, struct buf *out);
struct json *bulk_summary_json(struct bulk_summary *s);
/* The status of the contract. */
int bulk_summary_status(const struct bulk_summary *s);

/* --- bulk-output.c: results in the order of the input ------------------------------------------- */

/* What each result begins with (bulk-lane.c), and a file of them. */
#define BULK_RESULT_HEAD "{\"line\":"

struct bulk_output;
/*
 * path NULL: stdout.  An existing file that is not empty is refused without resume; with it the whole lines that
 * are in it stay and are counted, and a last line that is cut off goes once all before it are of this input.  What
 * does not begin like a result is refused.  A refused file is left as it is.  The file is locked.
 */
struct bulk_output *bulk_output_open(const char *path, bool resume, size_t window, struct err *e);
/* Once *stop is set, a reader that does not read is not waited for longer than a second. */
void bulk_output_stop_by(struct bulk_output *o, const volatile sig_atomic_t *stop);
/* Writes what is whole and closes; RES_IO if something could not be written. */
enum res bulk_output_close(struct bulk_output *o, struct err *e) MUST_USE;
/*
 * Takes the next result of the earlier run and compares it with the input's item: RES_OK it is done already;
 * RES_NOTFOUND there are no more; RES_SYNTAX the file is of another input.
 */
enum res bulk_output_resume(struct bulk_output *o, const struct bulk_item *i, struct bulk_summary *s,
	struct err *e) MUST_USE;
/* The input has ended: RES_SYNTAX if the earlier run has results of more. */
enum res bulk_output_resumed_all(struct bulk_output *o, const struct bulk_summary *s,
	struct err *e) MUST_USE;
/* A place for the next result, in the order of the input; false: the window is full. */
bool bulk_output_room(const struct bulk_output *o);
bool bulk_output_place(struct bulk_output *o, uint64_t *place);
void bulk_output_put(struct bulk_output *o, uint64_t place, struct span line);
/* Writes the results that no other one stands before. */
enum res bulk_output_flush(struct bulk_output *o, struct err *e) MUST_USE;

/* --- bulk-lane.c: one token after another ---------------------------------------------------------- */

struct lane;
/*
 * A wizard with the app's profile over the shared transport.  run: its LOG_TRACE_BYTES for traceparent;
 * NULL: none is sent.
 */
struct lane *lane_new(const struct app *a, struct shared *s, const unsigned char *run,
	struct err *e);
void lane_free(struct lane *l);
/* What the first lane learnt about the server. */
void lane_adopt(struct lane *l, const struct lane *from);
/* Followed by lane_turn(). */
void lane_begin(struct lane *l, struct bulk_item *item_take, uint64_t place);
bool lane_busy(const struct lane *l);
/* Goes on; true: the token is done. */
bool lane_turn(struct lane *l);
/* Appends the result's line to out, and says its place. */
uint64_t lane_result(struct lane *l, struct buf *out, struct bulk_summary *s);
/* The verdict of a token that is done. */
const char *lane_words(const struct lane *l);
/* When it wants a turn besides its answers (a request that is tried again); INT64_MAX: never. */
int64_t lane_deadline_us(const struct lane *l);
/* A line that cannot be used, as a result; its labels go. */
void lane_unreadable(const struct lane *l, struct bulk_item *i, struct buf *out,
	struct bulk_summary *s);

#endif
