/* The opening screen: its state, between its keys (screen-open.c) and its drawing (open-draw.c). */
#ifndef TT_UI_OPEN_H
#define TT_UI_OPEN_H

#include "ui/state.h"

enum open_part {
	OPEN_PROFILE, /* a list, narrowed by what is typed */
	OPEN_ISSUER,
	OPEN_CLIENT,
	OPEN_SECRET,
	OPEN_ACCESS,
	OPEN_REFRESH,
	OPEN_OFFERED,
	OPEN_RECENT,
	OPEN_PARTS
};

struct open {
	enum open_part part;      /* the one that has the keys */
	bool has_current;         /* the case has a profile to go on with */
	struct textfield fields[OPEN_PARTS]; /* of the profile: what narrows the list */
	struct picker profiles, offered, recent;
	struct ui_offer offers[UI_OFFERS];
	struct ui_recent files[UI_RECENT];
	/* stands in the field as it is; NULL: typed or pasted */
	const struct ui_offer *picked[OPEN_PARTS];
	char error[100];          /* why the issuer was not taken; "" */
};

/* Labels and hints of the fields; `secret`: never drawn. */
struct open_field {
	const char *name, *hint;
	bool secret;
};
extern const struct open_field open_fields[OPEN_PARTS];

/* What the k-th row of the list stands for: a profile of the configuration, or one of these. */
enum { OPEN_ROW_CURRENT = -1, OPEN_ROW_TYPED = -2 };
int open_row(const struct ui *ui, const struct open *o, size_t k);
bool open_shown(const struct ui *ui, const struct open *o, enum open_part part);
/* Nothing was sent yet for this case. */
bool open_fresh(const struct ui *ui);
void open_draw(const struct ui *ui, const void *state, struct canvas *c);

#endif
