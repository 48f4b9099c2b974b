/* An exchange by its parts: each with what it means, and beside those of another exchange. */
#include "ui/state.h"

#include "base/text.h"
#include "base/tr.h"
#include "case/parts.h"

enum { NAME_LEAST = 8, NAME_MOST = 18, VALUE_SHOWN = 600, BEFORE_SHOWN = 100 /* bytes */ };

static const char *const group_titles[PART_GROUPS] = {
	[PART_REQUEST] = N_("Request"),
	[PART_REQUEST_HEADER] = N_("Headers of the request"),
	[PART_REQUEST_BODY] = N_("Body of the request"),
	[PART_ANSWER] = N_("Answer"),
	[PART_ANSWER_HEADER] = N_("Headers of the answer"),
	[PART_ANSWER_BODY] = N_("Body of the answer"),
	[PART_TIME] = N_("Time"),
	[PART_TLS] = N_("TLS"),
};

static int
name_width(const struct part_list *l)
{
	int width = NAME_LEAST;

	for (size_t i = 0; i < l->n; i++) {
		int cells = (int)text_cells(span_of(l->v[i].name));

		width = cells > width ? cells : width;
	}
	return width < NAME_MOST ? width : NAME_MOST;
}

/* Blanks from the name's end to the values' column; a name that reaches into it has its own row. */
static int
blanks_behind(struct page *p, const char **name, int width)
{
	int cells = (int)text_cells(span_of(*name));

	if (cells > width) {
		page_add(p, UIR_VALUE, 2, "%s", *name);
		*name = "";
		return width;
	}
	return width - cells;
}

static void
group_heading(struct page *p, enum part_group g)
{
	if (p->n)
		page_add(p, UIR_TEXT, 0, "%s", "");
	page_add(p, UIR_TITLE, 0, "%s", tr(group_titles[g]));
}

static void
say_cut(struct page *p, bool cut)
{
	if (cut)
		page_add(p, UIR_MEANING, 2, _("… more than %d parts; an export has them all"),
			PARTS_MAX);
}

/* A place in safe text, moved to the beginning of its character. */
static size_t
char_border(const char *text, size_t at)
{
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The piece of a long value that is shown, from `from` on; appended with what says that there is
 * more. */
static void
put_piece(struct buf *out, const char *value, size_t from)
{
	size_t len = strlen(value), end = from + VALUE_SHOWN < len ? from + VALUE_SHOWN : len;

	end = char_border(value, end);
	buf_printf(out, "%s%.*s", from ? "…" : "", (int)(end - from), value + from);
	if (end < len)
		buf_printf(out, _("… (%zu bytes more)"), len - end);
}

/* --- one exchange ---------------------------------------------------------------------------- */

static void
decoded_part(struct page *p, const struct part *part, int width, bool local)
{
	const char *name = part->name;
	int blanks = blanks_behind(p, &name, width);
	char when[40];
	struct buf piece;

	buf_init(&piece, 2 * VALUE_SHOWN);
	put_piece(&piece, part->value, 0);
	page_add(p, UIR_VALUE, 2, "%s%*s  %s", name, blanks, "", buf_str(&piece));
	page_hang(p, width + 2);
	buf_release(&piece);
	if (part->date && part->meaning)
		page_add(p, UIR_MEANING, width + 4, "%s: %s", time_screen(when, part->date, local),
			tr(part->meaning));
	else if (part->date)
		page_add(p, UIR_MEANING, width + 4, "%s", time_screen(when, part->date, local));
	else if (part->meaning)
		page_add(p, UIR_MEANING, width + 4, "%s", tr(part->meaning));
}

void
page_decoded(struct page *p, const struct exchange *x, bool local)
{
	struct part_list parts;
	char label[80];
	int width;

	part_list_init(&parts);
	parts_of_exchange(&parts, x);
	width = name_width(&parts);
	if (p->n)
		page_add(p, UIR_TEXT, 0, "%s", "");
	page_add(p, UIR_TITLE, 0, "%s", exchange_label(x, label, sizeof(label)));
	for (size_t i = 0; i < parts.n; i++) {
		if (i == 0 || parts.v[i].group != parts.v[i - 1].group)
			group_heading(p, parts.v[i].group);
		decoded_part(p, &parts.v[i], width, local);
	}
	say_cut(p, parts.cut);
	part_list_release(&parts);
}

/* --- two of them -------------------------------------------------------------------------- */

/* What lies between the common beginning and the common end, at characters' borders. */
static void
hot_part(const char *value, const char *other, size_t *from, size_t *n)
{
	size_t len = strlen(value), len_other = strlen(other), head = 0, tail = 0;

	while (head < len && head < len_other && value[head] == other[head])
		head++;
	head = char_border(value, head);
	while (tail < len - head && tail + head < len_other &&
		value[len - 1 - tail] == other[len_other - 1 - tail])
		tail++;
	while (tail > 0 && ((unsigned char)value[len - tail] & 0xc0) == 0x80)
		tail--;
	*from = head;
	*n = len - head - tail;
}

/* "active    2  true", the number of the exchange before the value; of a long one what differs. */
static void
diff_side(struct page *p, const char *name, int width, uint32_t n, int digits,
	const struct part *part, const struct part *other)
{
	int blanks = blanks_behind(p, &name, width);
	size_t from = 0, hot = 0, begin = 0, lead, shown;
	struct buf piece;

	if (part && other)
		hot_part(part->value, other->value, &from, &hot);
	if (from > 3 * BEFORE_SHOWN)
		begin = char_border(part->value, from - BEFORE_SHOWN);
	buf_init(&piece, 2 * VALUE_SHOWN);
	if (part)
		put_piece(&piece, part->value, begin);
	page_add(p, part ? UIR_VALUE : UIR_DIM, 2, "%s%*s  %*u  %s", name, blanks, "", digits,
		(unsigned)n, part ? buf_str(&piece) : _("(not there)"));
	page_hang(p, width + 2 + digits + 2);
	lead = strlen(p->v[p->n - 1].text) - piece.len + (begin ? strlen("…") : 0);
	shown = VALUE_SHOWN - (from - begin);
	if (hot)
		page_hot(p, lead + from - begin, hot < shown ? hot : shown);
	buf_release(&piece);
}

static void
differences(struct page *p, const struct part_pairs *pairs, int width, uint32_t a, uint32_t b)
{
	int digits = a > 999 || b > 999 ? 4 : a > 99 || b > 99 ? 3 : a > 9 || b > 9 ? 2 : 1;
	int group = -1;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct part_pair *pair = &pairs->v[i];
		const struct part *any = pair->a ? pair->a : pair->b;

		if (pair->same)
			continue;
		if ((int)any->group != group)
			group_heading(p, any->group);
		group = (int)any->group;
		diff_side(p, any->name, width, a, digits, pair->a, pair->b);
		diff_side(p, "", width, b, digits, pair->b, pair->a);
	}
	if (group < 0)
		page_add(p, UIR_NOTE, 0, "%s", _("Nothing differs between the two."));
}

/* The names alone, a paragraph a group. */
static void
alike(struct page *p, const struct part_pairs *pairs)
{
	struct buf names;
	bool any = false;

	buf_init(&names, LIMIT_REPORT);
	for (int g = 0; g < PART_GROUPS; g++) {
		buf_clear(&names);
		for (size_t i = 0; i < pairs->n; i++)
			if (pairs->v[i].same && pairs->v[i].a->group == (enum part_group)g)
				buf_printf(
					&names, "%s%s", names.len ? ", " : "", pairs->v[i].a->name);
		if (!names.len)
			continue;
		if (!any) {
			page_add(p, UIR_TEXT, 0, "%s", "");
			page_add(p, UIR_TITLE, 0, "%s", _("The same in both"));
		}
		any = true;
		page_add(p, UIR_MEANING, 2, "%s: %s", tr(group_titles[g]), buf_str(&names));
		page_hang(p, 2);
	}
	buf_release(&names);
}

void
page_diff(struct page *p, const struct exchange *a, const struct exchange *b)
{
	struct part_list left, right;
	struct part_pairs pairs;
	char label[80];
	int width;

	part_list_init(&left);
	part_list_init(&right);
	parts_of_exchange(&left, a);
	parts_of_exchange(&right, b);
	parts_pair(&pairs, &left, &right);
	width = name_width(&left) > name_width(&right) ? name_width(&left) : name_width(&right);
	page_add(p, UIR_NAME, 0, "%s", exchange_label(a, label, sizeof(label)));
	page_add(p, UIR_NAME, 0, "%s", exchange_label(b, label, sizeof(label)));
	differences(p, &pairs, width, a->n, b->n);
	alike(p, &pairs);
	say_cut(p, left.cut || right.cut);
	part_pairs_release(&pairs);
	part_list_release(&left);
	part_list_release(&right);
}
