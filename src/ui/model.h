/* What the screens show, taken from the wizard once a turn; drawing reads this and asks no one. */
#ifndef TT_UI_MODEL_H
#define TT_UI_MODEL_H

#include "case/timeline.h"
#include "ui/keymap.h"
#include "wizard/fields.h"
#include "wizard/flow.h"

/* A login flow (flow.h), copied: what it lends is gone with the next call. */
struct login_model {
	enum flow_kind kind;
	enum flow_phase phase; /* IDLE: none began */
	char *request, *url, *redirect_uri, *user_code, *verification_uri,
		*verification_uri_complete; /* safe; NULL: none */
	bool listening, opened;
	int64_t expires_us, next_us;
	char error[80], words[LIMIT_MESSAGE];
	unsigned ignored, polls;
};
void login_model_read(struct login_model *m, const struct wizard *w);
void login_model_release(struct login_model *m);

struct ui_model {
	char profile[80], host[128];     /* safe text */
	enum state steps[STEP_COUNT];
	char step_summary[STEP_COUNT][LIMIT_MESSAGE];
	enum step running;               /* STEP_COUNT: none */
	bool busy;
	bool refreshing;                 /* … with a refresh, which is never cancelled */
	char progress[160];              /* "introspection · idp.example" */
	int64_t elapsed_us;
	bool walked;                     /* any step */
	enum state verdict_state;
	char verdict[LIMIT_MESSAGE], next[LIMIT_MESSAGE];
	enum step next_step;
	bool probes_open;                /* further probes could settle the verdict */
	struct countdown access, refresh;
	struct timeline timeline;
	bool has_access, has_refresh;
	bool can_refresh;                /* a refresh could be sent now */
	bool wants_refresh;              /* … and is what the verdict asks for */
	bool wants_login;                /* step 4 decided for a login, and one can be had */
	struct login_model login;
	struct field_list fields;        /* of the step that is shown */
	const struct case_file *c;       /* borrowed; NULL before there is one */
	const struct diagnosis *diagnosis; /* borrowed */
};

void model_init(struct ui_model *m);
void model_release(struct ui_model *m);
/* step: the one that is shown; keys: for what a row offers; local: times in local time. */
void model_read(struct ui_model *m, const struct wizard *w, enum step step,
	const struct keymap *keys, bool local);
/* Only what moves while a request runs; true: it changed. */
bool model_read_progress(struct ui_model *m, const struct wizard *w);

#endif
