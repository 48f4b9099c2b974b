/* What the user sees of a login. */
#include "wizard/flow-parts.h"

#include "base/encode.h"
#include "base/text.h"

/* "  name=value", decoded, masked where it is a secret. */
static void
show_pair(const struct flow *f, struct buf *out, struct span pair)
{
	size_t eq = span_find(pair, '=');
	struct buf name, value, masked;
	char mask[MASK_MAX];

	buf_init(&name, LIMIT_URL);
	buf_init_wiping(&value, LIMIT_TOKEN);
	buf_init_wiping(&masked, 2 * LIMIT_TOKEN);
	(void)form_decode(&name, span_sub(pair, 0, eq));
	if (eq != SIZE_MAX)
		(void)form_decode(&value, span_from(pair, eq + 1));
	(void)buf_puts(out, "  ");
	(void)text_safe(out, buf_span(&name));
	(void)buf_putc(out, '=');
	if (redact_parameter_is_secret(buf_span(&name), buf_span(&value)))
		(void)buf_puts(out, secret_mask_span(buf_span(&value), mask));
	else if (redact_text(f->w->deps.redactor, &masked, buf_span(&value)) == RES_OK)
		(void)text_safe(out, buf_span(&masked));
	(void)buf_putc(out, '\n');
	buf_release(&name);
	buf_release(&value);
	buf_release(&masked);
}

static void
show_pairs(const struct flow *f, struct buf *out, struct span form)
{
	struct span pair;

	while (span_next(&form, '&', &pair))
		if (pair.n)
			show_pair(f, out, pair);
}

static void
show_call(struct flow *f, enum flow_request r)
{
	struct engine_call call;
	struct buf masked;

	flow_build(f, r, &call);
	(void)buf_printf(&f->request, "%s ", call.http.method);
	(void)text_safe(&f->request, span_of(call.http.url));
	(void)buf_putc(&f->request, '\n');
	for (size_t i = 0; i < call.http.headers.n; i++) {
		const struct http_header *h = &call.http.headers.v[i];

		buf_init_wiping(&masked, 4 * LIMIT_TOKEN);
		(void)redact_header(
			f->w->deps.redactor, &masked, span_of(h->name), span_of(h->value));
		(void)buf_printf(&f->request, "%s: ", h->name);
		(void)text_safe(&f->request, buf_span(&masked));
		(void)buf_putc(&f->request, '\n');
		buf_release(&masked);
	}
	if (call.dpop)
		(void)buf_puts(&f->request, "DPoP: [signed when it goes out]\n");
	show_pairs(f, &f->request, buf_span(&call.http.body));
	if (call.assertion)
		(void)buf_puts(&f->request, "  client_assertion=[signed when it goes out]\n");
	if (call.no_auth[0])
		(void)buf_printf(&f->request, _("It cannot be sent: %s.\n"), call.no_auth);
	engine_call_release(&call);
}

/* In the browser: the address, its parameters one a line. */
static void
show_url(struct flow *f)
{
	struct span url = buf_span(&f->url);
	size_t mark = span_find(url, '?');

	(void)buf_puts(&f->request, "GET ");
	(void)text_safe(&f->request, span_sub(url, 0, mark));
	(void)buf_puts(&f->request, " (in the browser)\n");
	if (mark != SIZE_MAX)
		show_pairs(f, &f->request, span_from(url, mark + 1));
}

static void
show_request(struct flow *f)
{
	buf_clear(&f->request);
	if (f->phase == FLOW_PREPARED && flow_pushes(f))
		show_call(f, SEND_PUSH);
	else if (flow_is_redirect(f->kind) && f->url.len &&
		(f->phase == FLOW_PREPARED || f->phase == FLOW_WAITING))
		show_url(f);
	else if (f->phase == FLOW_PREPARED)
		show_call(f, flow_first(f));
	else if (f->phase == FLOW_WAITING && f->device_code)
		show_call(f, SEND_TOKEN);
}

static const char *
or_null(const char *s)
{
	return *s ? s : NULL;
}

void
flow_show(struct flow *f)
{
	struct flow_view *v = &f->view;

	show_request(f);
	*v = (struct flow_view){
		.kind = f->kind,
		.phase = f->phase,
		.request = buf_str(&f->request),
		.url = or_null(buf_str(&f->url)),
		.redirect_uri = or_null(buf_str(&f->redirect_uri)),
		.listening = f->listener != NULL,
		.opened = f->opened,
		.user_code = or_null(f->user_code),
		.verification_uri = or_null(f->verification_uri),
		.verification_uri_complete = or_null(f->verification_uri_complete),
		.expires_us = f->expires_us,
		.next_us = f->next_us,
		.error = f->error,
		.words = f->words,
		.ignored = f->ignored,
		.polls = f->polls,
	};
}
