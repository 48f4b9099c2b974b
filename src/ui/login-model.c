#include "ui/model.h"

#include "base/mem.h"
#include "base/text.h"

void
login_model_release(struct login_model *m)
{
	free(m->request);
	free(m->url);
	free(m->redirect_uri);
	free(m->user_code);
	free(m->verification_uri);
	free(m->verification_uri_complete);
	memset(m, 0, sizeof(*m));
}

static char *
copy(const char *s)
{
	return s && *s ? xstrdup(s) : NULL;
}

void
login_model_read(struct login_model *m, const struct wizard *w)
{
	const struct flow_view *v = wizard_login_view(w);

	login_model_release(m);
	if (!v)
		return;
	m->kind = v->kind;
	m->phase = v->phase;
	m->request = copy(v->request);
	m->url = copy(v->url);
	m->redirect_uri = copy(v->redirect_uri);
	m->user_code = copy(v->user_code);
	m->verification_uri = copy(v->verification_uri);
	m->verification_uri_complete = copy(v->verification_uri_complete);
	m->listening = v->listening;
	m->opened = v->opened;
	m->expires_us = v->expires_us;
	m->next_us = v->next_us;
	m->ignored = v->ignored;
	m->polls = v->polls;
	snprintf(m->error, sizeof(m->error), "%s", v->error ? v->error : "");
	snprintf(m->words, sizeof(m->words), "%s", v->words ? v->words : "");
}
