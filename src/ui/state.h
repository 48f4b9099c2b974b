/* The state of the interface, shared by loop and screens; no other room sees it. */
#ifndef TT_UI_STATE_H
#define TT_UI_STATE_H

#include "ui/logview.h"
#include "ui/model.h"
#include "ui/ui.h"

enum { UI_MIN_ROWS = 18, UI_MIN_COLS = 60, UI_GUIDE_COLS = 110, UI_WIDE_COLS = 160, UI_LAYERS = 8 };

/* What must happen after a handler. */
enum {
	UI_HANDLED = 1,
	UI_REDRAW = 2,
	UI_CLOSE = 4,     /* the screen that handled it is done */
	UI_PROPAGATE = 8, /* not mine: the loop's own actions */
};

struct ui;

/*
 * A screen or a dialog: layers on a stack, never loops of their own.  draw has const state, so that it can be
 * called at any time for any size.
 */
struct screen {
	const char *name;
	size_t state_size;
	unsigned contexts;  /* enum key_context */
	bool over;          /* drawn over the layer below */
	void (*leave)(struct ui *ui, void *state);
	unsigned (*action)(struct ui *ui, void *state, enum action a);
	/* Keys that are no action, and pastes; NULL: ignored. */
	unsigned (*event)(struct ui *ui, void *state, const struct key_event *ev);
	/*
	 * A click or a turn of the wheel that no ZONE_ACTION took, on what stands on the screen (ui->canvas).  In forms
	 * (CONTEXT_FORM) the wheel moves as the arrows do, and only clicks come here; NULL: so it does everywhere.
	 */
	unsigned (*mouse)(struct ui *ui, void *state, const struct mouse *m);
	void (*draw)(const struct ui *ui, const void *state, struct canvas *c);
	/* Actions for the footer, ended by ACT_NONE; NULL: none. */
	const enum action *(*hints)(const struct ui *ui, const void *state);
	/* Monotonic; when it passes, timeout is called.  NULL: none. */
	int64_t (*deadline)(const struct ui *ui, const void *state);
	unsigned (*timeout)(struct ui *ui, void *state, int64_t now_us);
};

struct layer {
	const struct screen *screen;
	void *state; /* wiped and freed when the layer goes */
};

/* A list's place: which row is marked, which row stands at the top. */
struct place {
	int mark; /* -1: none */
	int top;
	uint32_t kept; /* the exchange that is marked to be compared; 0: none, or not in this list */
};

enum pane { PANE_FIELDS, PANE_LOG };
/* Where a jump began (flow-jump.c). */
enum { JUMPS_MAX = 16 };
struct jump_place {
	enum step step;
	enum pane pane;
	struct place place;
	enum log_size log_size;
	uint64_t mark_seq;
	bool follow;
};

enum { DIALOG_CHOICES = 10 };
/* What was typed and stays for the next time the question is asked. */
enum { KEEP_TOKENS, KEEP_CURL, KEEP_COPY, KEEP_REPLY, KEEP_EXPORT /* one a format */, KEEP_COUNT = KEEP_EXPORT + DIALOG_CHOICES };

/* Lines of the command line that ran, the newest last; each of them of words that are no secrets. */
struct history {
	char *v[50];
	size_t n;
};

struct ui {
	const struct ui_deps *d;
	struct terminal *term;
	struct canvas canvas;
	struct theme theme;
	struct keymap keymap;
	struct keydec decoder;
	struct ui_model m;
	struct layer layers[UI_LAYERS];
	int n_layers;

	bool prepared;          /* before: the first frame */
	enum step step;         /* shown */
	struct place places[STEP_COUNT];
	enum pane pane;
	struct log_view log;
	struct log_hunt hunt;
	struct jump_place jumps[JUMPS_MAX]; /* the last one made last */
	size_t n_jumps;
	uint32_t kept_exchange; /* marked to be compared; 0: none */
	const struct log *records;
	bool local_time, guide;
	bool decoded, unwrapped; /* how pagers show exchanges, and long lines */
	bool mouse;             /* wished, and the terminal has one */
	char lesson[160];       /* how the lesson's goal was reached; "": not yet */
	char notice[240];       /* answer to the last key; gone with the next */
	char search[64];        /* what was looked for last */
	char *copying;          /* what was marked when copying was asked about; NULL */
	char *over;              /* the file that an export was told of that it is there; NULL */
	char *kept[KEEP_COUNT]; /* lines of dialogs; NULL: none */
	struct history history;

	size_t offered;         /* generations of tokens for which the profile's files were offered */
	bool dirty;             /* the screen is not what it should be */
	bool soon;              /* … because of a key: draw without waiting */
	bool model_stale;
	bool quit, silent;      /* silent: nothing is said on leaving */
	int status;
	int64_t drawn_us;
	int64_t burst_until_us; /* a burst of input goes on until then */
	uint64_t log_seen;
	int idle_fd;            /* -1; see app.c */
	struct key key;         /* the one that is acted on; code 0: none is */
};

/* --- app.c ---------------------------------------------------------------------------------- */
void ui_notice(struct ui *ui, const char *fmt, ...) PRINTF(2, 3);
/* Why nothing else begins now, and what Esc and quitting do about it. */
void ui_notice_busy(struct ui *ui);
/* A saved case: says so, and that nothing is sent; false if it is a live one. */
bool ui_notice_offline(struct ui *ui);
/* Says once that the lesson was reached; afterwards it stands over the guide. */
void ui_look_at_lesson(struct ui *ui);
void ui_leave(struct ui *ui, int status);
int64_t ui_now_us(const struct ui *ui);

/* --- layers.c ------------------------------------------------------------------------------- */
/* Pushes a screen; returns its zeroed state.  NULL if there are too many. */
void *ui_push(struct ui *ui, const struct screen *s);
void ui_pop(struct ui *ui);
void ui_pop_all(struct ui *ui); /* down to the first */
void ui_draw(const struct ui *ui, struct canvas *c);
void ui_event(struct ui *ui, const struct key_event *ev);
void ui_action(struct ui *ui, enum action a);
enum { WHEEL_ROWS = 3 }; /* of a list, by one notch */
/* The argument of the topmost zone of a kind that was clicked; -1: none was. */
int64_t ui_clicked(const struct ui *ui, enum zone_kind kind, const struct mouse *m);
int64_t ui_deadline(const struct ui *ui);
void ui_timeout(struct ui *ui, int64_t now_us);

/* --- global.c: the actions every screen has --------------------------------------------------- */
void ui_global_action(struct ui *ui, enum action a);
void ui_go_step(struct ui *ui, enum step s);

/* --- chrome.c: header, rail, verdict, footer --------------------------------------------------- */
/* Returns the rows it used. */
int chrome_header(const struct ui *ui, struct canvas *c);
void chrome_footer(const struct ui *ui, struct canvas *c);
/* "── Title ── note ─────── right ──" over the width of r. */
void chrome_title(struct canvas *c, int row, int col, int cols, bool focus, const char *title,
	const char *note, const char *right);
/* The rows between verdict and footer. */
struct rect chrome_all(const struct ui *ui, struct canvas *c);

/* --- fieldlist.c --------------------------------------------------------------------------------- */
void fieldlist_draw(const struct field_list *l, struct place p, bool focus, struct rect r, const char *search,
	struct canvas *c);
/* The rows that all of it takes. */
int fieldlist_height(const struct field_list *l, int cols);
/* Moves the mark or scrolls; rows, cols: the size of the pane. */
bool fieldlist_action(const struct field_list *l, struct place *p, enum action a, int rows, int cols);
/* wrapped: it came round the end. */
bool fieldlist_search(const struct field_list *l, struct place *p, const char *needle, bool back,
	bool *wrapped);

/* --- timeline.c ---------------------------------------------------------------------------------- */
/* The rows that the tokens' lives take at the top of a pane of so many; 0: they are not drawn. */
int timeline_rows(const struct timeline *t, int rows);
/* access, refresh: the bands of their countdowns; local: times in local time.  No word of it moves with the second. */
void timeline_draw(const struct timeline *t, enum state access, enum state refresh, bool local, struct rect r,
	struct canvas *c);

/* --- waterfall.c --------------------------------------------------------------------------------- */
/* The bar of one exchange on the run's scale; phases false: of its total only. */
void waterfall_draw(const struct exchange_bar *b, int64_t run_us, bool phases, int row, int col, int cells,
	struct canvas *c);
/* Which glyph is which phase, ending before column `end`; takes WATERFALL_LEGEND cells. */
enum { WATERFALL_LEGEND = 40 };
void waterfall_legend(int row, int end, struct canvas *c);

/* --- logpane.c ----------------------------------------------------------------------------------- */
void logpane_draw(const struct log *log, const struct log_view *v, bool focus, struct rect r,
	const char *search, struct canvas *c);
/* The record that Enter opens; false: there is none.  rows: of the pane, without its title. */
bool logpane_marked(const struct log *log, const struct log_view *v, int rows, struct log_rec *out);
bool logpane_action(const struct log *log, struct log_view *v, enum action a, int rows);
/* Scrolls sideways, if it must, so that the text is seen in the marked record. */
void logpane_reveal(const struct log *log, struct log_view *v, const char *needle, int rows, int cols);

/* --- flow-log.c: what of the log is shown, and where it stands ---------------------------------------- */
/* False: another action. */
bool flow_log_action(struct ui *ui, enum action a);
/* New records pass the filter at once; a new filter goes through the log from turn to turn. */
void flow_log_news(struct ui *ui);
bool flow_log_behind(const struct ui *ui);
void flow_log_sift(struct ui *ui); /* a slice of that */

/* --- page.c: text to scroll ------------------------------------------------------------------------ */
struct page_line {
	char *text; /* safe, one line; NULL: empty */
	uint8_t role, indent, hang; /* hang: further cells before the lines that wrap */
	uint32_t hot, n_hot;        /* bytes of the text that differ from another line's */
	uint16_t finding;           /* 1 + the index of the finding that it speaks of; 0: of none */
};
struct page {
	struct page_line *v;
	size_t n, cap;
};
void page_init(struct page *p);
void page_release(struct page *p);
void page_add(struct page *p, enum ui_role role, int indent, const char *fmt, ...) PRINTF(4, 5);
void page_hang(struct page *p, int cells); /* of the line added last */
/* Untrusted text of many lines: each is made safe. */
void page_add_lines(struct page *p, enum ui_role role, int indent, struct span text);
void page_hot(struct page *p, size_t from, size_t n); /* of the line added last */
void page_truncate(struct page *p, size_t lines);
/* Draws from visual row `top`; returns how many visual rows there are in all. */
int page_draw(const struct page *p, struct rect r, int top, const char *search, struct canvas *c);
/* A line a row, from the cell `shift` on. */
void page_draw_flat(const struct page *p, struct rect r, int top, int shift, const char *search,
	struct canvas *c);
int page_height(const struct page *p, int cols);

/* --- pager.c ------------------------------------------------------------------------------------------- */
/* Opens a pager with the page (taken).  opener: whose key closes it again; ACT_NONE: nobody's. */
void pager_open(
	struct ui *ui, enum action opener, const char *title, struct page *page_take);
/* … with an exchange below it, raw or decoded as a key says; x may be NULL. */
void pager_open_exchange(struct ui *ui, const char *title, struct page *page_take, const struct exchange *x);

/* --- pages.c: what the pagers show ------------------------------------------------------------------ */
void page_help(struct page *p, const struct keymap *m);
void page_guide(struct page *p, const struct ui *ui, enum step s);
void page_findings(struct page *p, const struct ui *ui);
/* What `tokentriage explain` and tokentriage-findings(7) say, too. */
void page_catalogue(struct page *p);
void page_entry(struct page *p, struct span id); /* one finding or error code of it */
void page_exchange(struct page *p, const struct exchange *x);
/* page-parts.c: an exchange by its parts, with what each means; and two of them, what differs first. */
void page_decoded(struct page *p, const struct exchange *x, bool local);
void page_diff(struct page *p, const struct exchange *a, const struct exchange *b);
void page_record(struct page *p, const struct log_rec *r);
/* One row of step 4's decision table in full (decision_count: none); whole: below the table, this answer's row marked. */
void page_decision(struct page *p, const struct ui *ui, size_t row, bool whole);
void page_field(struct page *p, const struct ui *ui, const struct field *f);

/* --- dialog.c: questions, menus, a line of text ------------------------------------------------------- */
struct dialog_spec {
	const char *title;
	const char *text;            /* wrapped; copied */
	const char *choices[DIALOG_CHOICES]; /* literals; n 0: text input alone */
	size_t n_choices;
	size_t first;                /* the choice that Enter takes at once: the harmless one */
	bool input, secret;          /* a line to type */
	const char *value, *hint;    /* of the line; a value is a proposal: typing replaces it */
	size_t keep;                 /* KEEP_… + 1: the line is kept there, and comes back from there; 0: not */
	/*
	 * Tries the line while the dialog stands.  False: it stays, and why is shown beside the line.  NULL: any
	 * line will do.  Opens no dialog; that is for done.
	 */
	bool (*take)(struct ui *ui, struct span text, uintptr_t arg, struct err *why);
	/* choice: index, or n_choices for the line alone; text: of the line, borrowed.  Not called on Esc. */
	void (*done)(struct ui *ui, size_t choice, struct span text, uintptr_t arg);
	uintptr_t arg;
};
void dialog_open(struct ui *ui, const struct dialog_spec *spec);
void dialog_forget(struct ui *ui); /* what was kept */
/* A message with one button. */
void dialog_tell(struct ui *ui, const char *title, const char *text);

/* --- picker.c: rows to pick one from ------------------------------------------------------------------- */
struct picker {
	size_t here, n;
	bool stays; /* the marked row counts while others have the keys, too */
};
/* Moves the mark; false: it stood at that end. */
bool picker_move(struct picker *p, int by);
/* Draws a row into r, which is one row high. */
typedef void picker_row(const void *ctx, size_t at, enum ui_role role, struct rect r, struct canvas *c);
/* The rows around the mark; returns how many rows of r they took. */
int picker_draw(const struct picker *p, bool focus, struct rect r, picker_row *draw, const void *ctx,
	struct canvas *c);

/* --- textfield.c ---------------------------------------------------------------------------------------- */
struct textfield {
	struct buf text;  /* wiping */
	size_t at;        /* byte offset of the cursor */
	bool secret;      /* never drawn; kept as pasted, line breaks and all */
	bool proposed;    /* nobody typed it yet: what is typed first replaces it */
	struct buf cut;   /* wiping; what was erased last by more than a character */
};
void textfield_init(struct textfield *f, bool secret);
void textfield_release(struct textfield *f);
void textfield_set(struct textfield *f, struct span s);
bool textfield_action(struct textfield *f, enum action a);
/* Does a text that is shown hold what has the form of a token? */
bool text_holds_token(struct span s);
/* Typed and pasted text; what is said about it goes to notice ("pasted 812 bytes"). */
bool textfield_event(struct textfield *f, const struct key_event *ev, char *notice, size_t size);
void textfield_draw(const struct textfield *f, bool focus, const char *hint, int row, int col, int cols,
	struct canvas *c);

/* --- flow-tokens.c: refresh, token files, revoke ------------------------------------------------------------ */
typedef void place_then(struct ui *ui);
/* Asks where new tokens are kept, saying why; once that is chosen, goes on. */
void place_ask(struct ui *ui, const char *why, place_then *then);
void flow_refresh(struct ui *ui);
/* Where the new tokens go, as a sentence without its full stop; owned. */
char *place_sentence(enum token_place place, const char *path);
void flow_replace(struct ui *ui);
void flow_offer_replace(struct ui *ui); /* each turn */
void flow_interrupted(struct ui *ui); /* flow-interrupted.c: at the start */
void flow_revoke(struct ui *ui);
void flow_probes(struct ui *ui); /* flow-probes.c */
void flow_login(struct ui *ui);  /* login-choose.c */

/* --- flows.c: export ---------------------------------------------------------------------------------- */
/* A path as it was typed: without blanks at its ends, "~/" is the home folder.  NULL: none was.  Owned. */
char *typed_path(struct span text, struct err *why);
/* False, with why: something stands in the file, and the name was not given twice. */
bool ui_may_write(struct ui *ui, const char *path, struct err *why);
void flow_export(struct ui *ui);
/* A report of that form into that file; an empty path is asked for.  False: e says why. */
bool flow_export_as(struct ui *ui, struct span id, struct span path, struct err *e);
void flow_save(struct ui *ui); /* the case */
void flow_reopen_log(struct ui *ui);
void flow_copy(struct ui *ui); /* flow-copy.c */
void flow_show_secret(struct ui *ui); /* peek.c */

/* --- flow-jump.c: to what proves something, and two exchanges side by side ---------------------------------- */
void flow_jump(struct ui *ui);
void flow_jump_from(struct ui *ui, const struct finding *f); /* whatever is marked */
void flow_jump_back(struct ui *ui);
void flow_mark(struct ui *ui);
void flow_diff(struct ui *ui);

/* --- flow-search.c ------------------------------------------------------------------------------------------ */
void flow_search(struct ui *ui);
void flow_search_again(struct ui *ui, bool back);
/* Goes to the first record of an exchange. */
void flow_search_exchange(struct ui *ui, uint32_t exchange);
void flow_hunt(struct ui *ui); /* a slice of the search that is on */
void ui_notice_found(struct ui *ui, bool wrapped, bool back);

/* --- the screens ------------------------------------------------------------------------------------------- */
extern const struct screen screen_step; /* the five steps: the first layer */
void screen_open_push(struct ui *ui);   /* profile and tokens */
enum { UI_THEMES = 64 };
bool screen_theme_use(struct ui *ui, const char *name, struct err *e); /* without asking */
void screen_theme_push(struct ui *ui);  /* the themes, seen while one chooses */
void screen_profile_push(struct ui *ui, const struct profile *p); /* the editor, with a copy of p */
void screen_request_push(struct ui *ui); /* the request at hand, to be changed and sent again */
/* How the step screen divides the rows between verdict and footer; rows 0: not shown. */
void step_panes(const struct ui *ui, struct rect area, struct rect *fields, struct rect *guide, struct rect *log);
/* The log's pane as it is on the screen now, its title included. */
struct rect step_log_pane(const struct ui *ui);
/* All of the guide beside the fields is seen. */
bool step_guide_fits(const struct ui *ui);
/* What Enter does now, for the footer. */
const char *step_enter_hint(const struct ui *ui);
const struct field *step_marked(const struct ui *ui);
/* The log record that is meant; false: the log has not the keys, or nothing in it. */
bool step_record(const struct ui *ui, struct log_rec *out);
/* The exchange that is meant: the marked row's, else the newest; NULL. */
const struct exchange *step_exchange(const struct ui *ui);

#endif
