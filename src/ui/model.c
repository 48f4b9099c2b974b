#include "ui/model.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

void
model_init(struct ui_model *m)
{
	memset(m, 0, sizeof(*m));
	m->running = STEP_COUNT;
	field_list_init(&m->fields);
}

void
model_release(struct ui_model *m)
{
	field_list_release(&m->fields);
	login_model_release(&m->login);
}

/* The host of the first URL that is known. */
static void
read_host(struct ui_model *m, const struct profile *p)
{
	const char *const urls[] = {p->issuer, p->introspection_endpoint, p->userinfo_endpoint,
		p->token_endpoint, p->resource_url};

	m->host[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(urls) && !m->host[0]; i++) {
		struct span s = span_of(urls[i]);
		size_t at = span_find_str(s, "://"), end = 0;

		if (at == SIZE_MAX)
			continue;
		s = span_from(s, at + 3);
		while (end < s.n && !strchr("/?#", s.p[end]))
			end++;
		s.n = end;
		at = span_find(s, '@'); /* user information of a URL is no business of the screen */
		if (at != SIZE_MAX)
			s = span_from(s, at + 1);
		text_safe_into(m->host, sizeof(m->host), s);
	}
}

bool
model_read_progress(struct ui_model *m, const struct wizard *w)
{
	bool busy = wizard_busy(w), changed = busy != m->busy;
	enum step running = wizard_running_step(w);
	char text[sizeof(m->progress)] = "";
	int64_t elapsed = 0;

	if (busy)
		wizard_progress(w, text, sizeof(text), &elapsed);
	/* the screen shows whole seconds */
	changed = changed || running != m->running || strcmp(text, m->progress) != 0 ||
		elapsed / 1000000 != m->elapsed_us / 1000000;
	m->busy = busy;
	changed = changed || m->refreshing != wizard_refreshing(w);
	m->refreshing = wizard_refreshing(w);
	m->running = running;
	m->elapsed_us = elapsed;
	memcpy(m->progress, text, sizeof(text));
	return changed;
}

/* What can be had now is said with its key: "press R: a refresh token is there". */
static void
name_keys(struct field_list *l, const struct keymap *keys)
{
	char key[32];

	keymap_name(keys, ACT_REFRESH, key, sizeof(key));
	for (size_t i = 0; i < l->n; i++) {
		char *was = l->v[i].meaning;

		if (!l->v[i].offers_refresh || !key[0])
			continue;
		l->v[i].meaning = xasprintf(_("press %s: %s"), key, was);
		free(was);
	}
}

/* A verdict that a probe would settle says so first, and with the key that asks it. */
static void
name_probe(struct ui_model *m, const struct wizard *w, const struct keymap *keys)
{
	const struct probe_row *open[WIZARD_PROBES];
	char key[32];

	m->probes_open = wizard_open_probes(w, open) > 0;
	if (!m->probes_open || m->verdict_state != STATE_UNDETERMINED)
		return;
	keymap_name(keys, ACT_PROBES, key, sizeof(key));
	snprintf(m->next, sizeof(m->next),
		key[0] ? _("%s probe further: %s") : _("%sprobe further: %s"), key,
		tr(open[0]->question));
}

/* Does a login lead on, and can one be had? */
static bool
login_decided(const struct wizard *w)
{
	struct advice a;

	wizard_advice(w, &a);
	if (a.kind != ADVICE_LOGIN && a.kind != ADVICE_SILENT && a.kind != ADVICE_ASK_SCOPE)
		return false;
	for (int k = 0; k < FLOW_COUNT; k++)
		if (wizard_can_login(w, (enum flow_kind)k, NULL, 0))
			return true;
	return false;
}

void
model_read(struct ui_model *m, const struct wizard *w, enum step step, const struct keymap *keys,
	bool local)
{
	const struct diagnosis *d = wizard_diagnosis(w);
	bool sends;

	m->c = wizard_case(w);
	/* of what was recorded before no key is named that would send something */
	sends = m->c && !m->c->offline && !m->c->as_of_wall_us;
	m->diagnosis = d;
	m->walked = false;
	if (m->c) {
		text_safe_into(m->profile, sizeof(m->profile), span_of(m->c->profile.name));
		read_host(m, &m->c->profile);
		m->has_access =
			case_token(m->c, SLOT_ACCESS) && case_token(m->c, SLOT_ACCESS)->present;
		m->has_refresh =
			case_token(m->c, SLOT_REFRESH) && case_token(m->c, SLOT_REFRESH)->present;
	}
	for (int s = 0; s < STEP_COUNT; s++) {
		m->steps[s] = wizard_step_state(w, (enum step)s);
		m->walked = m->walked || m->steps[s] != STATE_PENDING;
		snprintf(m->step_summary[s], sizeof(m->step_summary[s]), "%s",
			d ? d->step_summary[s] : "");
	}
	if (d) {
		m->verdict_state = d->verdict.state;
		m->next_step = d->verdict.next_step;
		snprintf(m->verdict, sizeof(m->verdict), "%s", d->verdict.summary);
		snprintf(m->next, sizeof(m->next), "%s", d->verdict.next);
	}
	m->can_refresh = sends && wizard_can_refresh(w, NULL, 0);
	/* a cause in step 3 itself is a refresh that failed */
	m->wants_refresh = m->can_refresh && d && d->verdict.primary &&
		d->verdict.next_step == STEP_REFRESH && d->verdict.primary->step != STEP_REFRESH;
	m->wants_login = sends && d && !m->wants_refresh && login_decided(w);
	wizard_countdown(w, SLOT_ACCESS, &m->access);
	wizard_countdown(w, SLOT_REFRESH, &m->refresh);
	wizard_timeline(w, &m->timeline);
	field_list_release(&m->fields);
	field_list_init(&m->fields);
	step_fields(&m->fields, w, step, local);
	login_model_read(&m->login, w);
	m->probes_open = false;
	if (sends) {
		name_probe(m, w, keys);
		name_keys(&m->fields, keys);
	}
	model_read_progress(m, w);
}
