/* Step 3 on the screen: what must hold before a refresh, and what the refresh changed. */
#include "wizard/fields-rooms.h"

#include "base/text.h"
#include "base/tr.h"
#include "case/renewal.h"
#include "wizard/steps.h"

/* How the client authenticates: of what was recorded, without its secret, how it did. */
static enum client_auth
auth_method(const struct wizard *w, const struct facts *f)
{
	const struct exchange *x = f->refresh && f->refresh->auth != AUTH_UNSET ? f->refresh
									 : f->introspection;

	if (!f->c->offline && !f->c->as_of_wall_us)
		return wizard_auth_method(w, EP_TOKEN);
	return x ? x->auth : AUTH_UNSET;
}

/* May this client refresh here, as far as the server's metadata says (RFC 8414 §2)? */
static void
client_rows(struct field_list *l, const struct wizard *w, const struct facts *f)
{
	enum client_auth method = auth_method(w, f);
	enum tri grant = f->metadata
		? metadata_supports(f->metadata, "grant_types_supported", "refresh_token")
		: TRI_UNKNOWN;
	enum tri taken = f->metadata
		? metadata_supports(f->metadata, "token_endpoint_auth_methods_supported",
			  client_auth_id(method))
		: TRI_UNKNOWN;
	struct field *row;

	row = field_words(l, "refresh_grant", _("grant offered"),
		grant == TRI_YES          ? _("yes")
			: grant == TRI_NO ? _("no")
					  : _("not stated"),
		FROM_NOWHERE);
	field_mean(row, grant == TRI_NO ? STATE_WARNING : STATE_OK, "%s",
		grant == TRI_YES          ? _("grant_types_supported has refresh_token")
			: grant == TRI_NO ? _("grant_types_supported is without refresh_token")
					  : _("the metadata does not list refresh_token's grant: "
					    "only the server knows"));
	if (method == AUTH_UNSET)
		return;
	row = field_words(l, "", _("client"), client_auth_id(method), FROM_NOWHERE);
	field_mean(row, taken == TRI_NO ? STATE_WARNING : STATE_OK, "%s",
		taken == TRI_YES ? _("how the client authenticates; the token endpoint takes it")
			: taken == TRI_NO
			? _("the token endpoint's metadata does not list this way to authenticate")
			: _("how the client authenticates"));
}

/* The key that new tokens will be bound to (RFC 9449 §5), and how long it is there. */
static void
proof_row(struct field_list *l, const struct facts *f)
{
	const struct profile *p = &f->c->profile;
	struct field *row;

	if (!p->dpop)
		return;
	row = field_words(l, "", "DPoP",
		p->dpop_key_file ? _("by dpop_key_file") : _("by a key of this session"),
		FROM_PROFILE);
	field_mean(row, p->dpop_key_file ? STATE_OK : STATE_WARNING, "%s",
		p->dpop_key_file ? _("new tokens are bound to this key")
				 : _("new tokens are of use until this program ends: dpop_key_file "
				   "keeps the key"));
}

static const char *
came_with(const struct case_token *t, char *text, size_t size)
{
	text_format(text, size, _("came with %s"), tr(t->source)); /* "the refresh", "the login" */
	return text;
}

static void
precondition_rows(struct field_list *l, const struct wizard *w, const struct facts *f)
{
	const struct case_token *t = case_token(f->c, SLOT_REFRESH);
	const char *path;
	char why[LIMIT_MESSAGE], text[320];
	bool can = wizard_refreshable(w, why, sizeof why), asked = wizard_refreshing(w);
	struct field *row;

	field_heading(l, f->refresh ? _("Before another refresh") : _("Before a refresh"), "",
		FROM_NOWHERE);
	row = field_words(
		l, "refresh_possible", _("refreshable"), can ? _("yes") : _("no"), FROM_NOWHERE);
	row->offers_refresh = wizard_can_refresh(w, NULL, 0);
	field_mean(row, can ? STATE_OK : STATE_WARNING, "%s", why);
	row = field_words(l, "refresh_token", _("refresh token"),
		t->present ? t->info.mask : _("none"), FROM_TOKEN);
	if (t->present)
		row->secret = t->value;
	field_mean(row, STATE_OK, "%s",
		asked                ? _("sent: its answer is awaited, and is not cancelled")
			: t->spent   ? tr(case_spent_words(f->c))
			: t->from    ? came_with(t, text, sizeof text)
			: t->present ? _("not used, in this case or by an earlier run")
				     : "");
	client_rows(l, w, f);
	proof_row(l, f);
	switch (wizard_token_place(w, &path)) {
	case PLACE_FILE:
		text_format(text, sizeof text, "%s", path);
		break;
	case PLACE_KEYRING:
		text_format(text, sizeof text, _("the keyring, as %s"), path);
		break;
	case PLACE_MEMORY:
		text_format(text, sizeof text, _("memory only: gone when the program ends"));
		break;
	case PLACE_UNCHOSEN:
	default:
		text_format(text, sizeof text, _("not chosen yet"));
	}
	row = field_words(l, "tokens_go_to", _("new tokens to"), text, FROM_NOWHERE);
	if (wizard_tokens_misplaced(w))
		field_mean(row, STATE_PROBLEM, _("not written: %s"),
			wizard_diagnosis(w)->step_summary[STEP_REFRESH]);
	else
		field_mean(row, STATE_OK, "%s",
			_("where the new tokens are kept before anything else uses them"));
}

static void
compare_text(struct field_list *l, const char *key, const char *old, const char *new, int from,
	const char *same, const char *changed)
{
	char text[900];
	struct field *row;

	if (!*old && !*new)
		return;
	if (!strcmp(old, new)) {
		field_mean(field_value(l, key, new, from), STATE_OK, "%s", same);
		return;
	}
	text_format(text, sizeof text, "%s → %s", *old ? old : _("not stated"),
		*new ? new : _("not stated"));
	row = field_value(l, key, text, from);
	field_mean(row, STATE_OK, "%s", changed);
}

static void
lifetime_row(struct field_list *l, const struct renewal *r, int from)
{
	char a[32] = "", b[32] = "";
	int64_t off = r->exp_off < 0 ? -r->exp_off : r->exp_off;
	char off_text[32];

	if (r->old_life >= 0)
		time_span(a, r->old_life);
	if (r->new_life >= 0)
		time_span(b, r->new_life);
	compare_text(l, "lifetime", a, b, from, _("as long as before"), _("its life is another"));
	if (!r->differs)
		return;
	field_mean(field_words(l, "expires_in_and_exp", "expires_in and exp",
			   off <= 2 ? _("agree") : _("differ"), from),
		off <= 120 ? STATE_OK : STATE_WARNING,
		off <= 2                 ? _("both give the same end")
			: r->exp_off > 0 ? _("exp is %s later")
					 : _("exp is %s earlier"),
		time_span(off_text, off));
}

static void
scope_row(struct field_list *l, const struct renewal *r, int from)
{
	char text[900];
	struct field *row;

	if (!*r->old_scope || (!*r->lost && !*r->gained)) {
		compare_text(l, "scope", r->old_scope, r->new_scope, from, _("the same scope"),
			_("what it may do; of the old one it is not known"));
		return;
	}
	text_format(text, sizeof text, "%s → %s", r->old_scope, r->new_scope);
	row = field_value(l, "scope", text, from);
	field_mean(row, *r->lost && !*r->asked_scope ? STATE_WARNING : STATE_OK, "%s%s%s%s%s%s",
		*r->lost ? _("lost: ") : "", r->lost, *r->lost && *r->gained ? "; " : "",
		*r->gained ? _("gained: ") : "", r->gained,
		*r->asked_scope ? _(" (a narrower scope was asked for)") : "");
}

static void
comparison_rows(struct field_list *l, const struct renewal *r)
{
	int from = (int)r->new->access.from;
	struct field *row;

	field_heading(l, _("Old and new"), "", from);
	compare_text(l, "access_token", r->old->access.info.mask, r->new->access.info.mask, from,
		_("the server gave the same access token again"), _("a new access token came"));
	row = field_words(l, "rotation", _("refresh token"),
		!r->rotated             ? _("kept")
			: r->by_refresh ? _("rotated")
					: _("new"),
		from);
	field_mean(row, STATE_OK, "%s",
		r->rotated && !r->by_refresh
			? _("the login brought its own; the one of before stays as it was")
			: r->rotated
			? _("a new refresh token came; the old one must not be used again")
			: r->refresh_given
			? _("the same refresh token came again: it stays")
			: _("no new refresh token came: the old one stays (RFC 6749 §6)"));
	lifetime_row(l, r, from);
	scope_row(l, r, from);
	compare_text(l, "aud", r->old_aud, r->new_aud, from, _("the same audience"),
		_("it is for another audience"));
}

void
fields_refresh(struct field_list *l, const struct wizard *w, bool local)
{
	const struct facts *f = wizard_facts(w);
	struct renewal r;

	if (!f->c)
		return;
	/* what came of it first; then whether another can be had */
	if (f->refresh) {
		field_exchange_heading(l, _("Refresh"), f->refresh);
		field_answer(l, "refresh", f->refresh);
	}
	if (case_renewal(f->c, &r)) {
		/* a first login has nothing before it */
		if (r.old->access.present || r.old->refresh.present)
			comparison_rows(l, &r);
		field_time(l, f, "exp", &f->exp, local);
	}
	precondition_rows(l, w, f);
}
