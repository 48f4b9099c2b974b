/*
 * The requests as a shell script of curl commands, to be run again by hand.  Secrets are variables,
 * which the script asks for by name before anything is sent; what the case knows of the way there
 * (authorities, proxy, addresses) is in one function.
 */
#include "report/parts.h"

#include "base/mem.h"
#include "base/redact.h"
#include "base/text.h"

enum { NAMES_MAX = 32, COLUMNS = 78 };

/* Words behind "# ", wrapped. */
static void
comment(const struct report *r, struct buf *out, const char *label, const char *text)
{
	char *safe = report_text(r, span_of(text));
	struct span rest = span_of(safe), word;
	size_t col = 2 + strlen(label);

	if (!*text) {
		free(safe);
		return;
	}
	buf_printf(out, "#%s%s", *label ? " " : "", label);
	while (span_word(&rest, &word)) {
		if (col + 1 + word.n > COLUMNS) {
			buf_puts(out, "\n#  ");
			col = 3;
		}
		buf_putc(out, ' ');
		buf_add_span(out, word);
		col += 1 + word.n;
	}
	buf_putc(out, '\n');
	free(safe);
}

static void
quoted(struct buf *out, const char *text)
{
	(void)text_shell_word(out, span_of(text), false);
}

/* Only what a command line is made of stands behind a '$' in double quotes. */
static void
note_variables(struct str_list *names, struct span s)
{
	size_t at;

	while ((at = span_find_str(s, "\"$")) != SIZE_MAX) {
		struct span rest = span_from(s, at + 2);
		size_t n = 0;
		bool known = false;

		while (n < rest.n &&
			(rest.p[n] == '_' || (rest.p[n] >= 'A' && rest.p[n] <= 'Z') ||
				(rest.p[n] >= '0' && rest.p[n] <= '9')))
			n++;
		for (size_t i = 0; i < names->n; i++)
			known = known || span_is(span_sub(rest, 0, n), names->v[i]);
		if (n && !known && names->n < NAMES_MAX && n < rest.n && rest.p[n] == '"')
			str_list_add(names, span_sub(rest, 0, n));
		s = span_from(rest, n);
	}
}

static void
variables(struct buf *out, const struct str_list *names)
{
	bool any = false;

	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->v[i];

		if (strcmp(name, "MADE_UP_TOKEN") == 0) {
			buf_printf(out, ": \"${%s:=a-token-that-nobody-issued}\"\n", name);
			continue;
		}
		if (!any)
			buf_puts(out,
				"# Secrets are not in here: set these in the environment first.\n");
		any = true;
		buf_printf(out, ": \"${%s:?is a secret that this script needs}\"\n", name);
	}
	if (names->n)
		buf_putc(out, '\n');
}

/* A proxy's address may hold its password. */
static bool
is_secret(const struct report *r, const char *url)
{
	struct buf masked;
	bool differs;

	buf_init_wiping(&masked, LIMIT_REPORT);
	differs = redact_url(r->in->redactor, &masked, span_of(url)) != RES_OK ||
		!span_is(buf_span(&masked), url);
	buf_release(&masked);
	return differs;
}

/* The way to the server, as the profile has it. */
static void
request_function(const struct report *r, struct buf *out)
{
	const struct profile *p = &r->c->profile;

	buf_puts(out,
		"# Each request by this one, so that the way to the server stands in one place.\n"
		"request() {\n  curl -sS -i");
	if (p->timeout > 0)
		buf_printf(out, " --max-time %d", p->timeout);
	if (p->insecure)
		buf_puts(out, " --insecure");
	if (p->ca_file) {
		buf_puts(out, " --cacert ");
		quoted(out, p->ca_file);
	}
	if (p->proxy) {
		buf_puts(out, " --proxy ");
		if (is_secret(r, p->proxy))
			buf_puts(out, "\"$PROXY\"");
		else
			quoted(out, p->proxy);
	}
	for (size_t i = 0; i < p->resolve.n; i++) {
		buf_puts(out, " --resolve ");
		quoted(out, p->resolve.v[i]);
	}
	if (p->client_cert_file) {
		buf_puts(out, " --cert ");
		quoted(out, p->client_cert_file);
	}
	if (p->client_key_file) {
		buf_puts(out, " --key ");
		quoted(out, p->client_key_file);
	}
	buf_puts(out, " \"$@\"\n  printf '\\n\\n'\n}\n\n");
}

static void
request(const struct report *r, struct buf *out, struct str_list *names, const struct exchange *x)
{
	static const char prefix[] = "curl -sS -i";
	char outcome[80], head[200];
	struct buf one;
	struct span s;
	size_t at;

	buf_init(&one, LIMIT_REPORT);
	snprintf(head, sizeof(head), "%u %s%s, which got: %s", (unsigned)x->n,
		purpose_words(x->purpose), x->by_hand ? ", edited by hand" : "",
		report_outcome(x, outcome, sizeof(outcome)));
	comment(r, out, "", head);
	if (!x->request.url || !*x->request.url || exchange_curl_command(x, &one) != RES_OK) {
		buf_puts(out, "# (the request was not shown)\n\n");
		buf_release(&one);
		return;
	}
	s = buf_span(&one);
	at = span_find_str(s, prefix);
	if (at != SIZE_MAX) {
		char *before = report_lines(r, span_sub(s, 0, at));
		char *behind = report_lines(r, span_from(s, at + sizeof(prefix) - 1));

		buf_printf(out, "%srequest%s\n", before, behind);
		note_variables(names, span_of(behind));
		free(before);
		free(behind);
	}
	buf_release(&one);
}

void
report_shell(const struct report *r, struct buf *out)
{
	const struct verdict *v = &r->d->verdict;
	struct str_list names = {0};
	struct buf words, requests, function;
	char when[32], head[40];

	buf_init(&words, LIMIT_REPORT);
	buf_init(&requests, LIMIT_REPORT);
	buf_init(&function, LIMIT_REPORT);
	buf_puts(out, "#!/bin/sh\n");
	snprintf(head, sizeof(head), "%s:", state_word(v->state));
	comment(r, out, head, v->summary);
	report_chain(r, &words);
	comment(r, out, "cause:", buf_str(&words));
	comment(r, out, "remedy:", report_remedy(r));
	buf_clear(&words);
	report_reply(r, &words);
	comment(r, out, "for the user:", buf_str(&words));
	buf_printf(out,
		"#\n# The requests of this case, in their order; made by tokentriage %s, %s.\n",
		r->in->version, time_rfc3339(when, r->in->created_s));
	buf_puts(out,
		"# A refresh or a revocation changes what the server keeps: read before you run "
		"it.\n"
		"set -eu\n\n");
	for (size_t i = 0; i < r->c->n_exchanges; i++)
		request(r, &requests, &names, r->c->exchanges[i]);
	if (requests.len)
		request_function(r, &function);
	note_variables(&names, buf_span(&function));
	variables(out, &names);
	buf_add_span(out, buf_span(&function));
	buf_release(&function);
	buf_add_span(out, buf_span(&requests));
	if (!requests.len)
		buf_puts(out, "echo 'Nothing was sent in this case.'\n");
	buf_release(&words);
	buf_release(&requests);
	for (size_t i = 0; i < names.n; i++)
		free(names.v[i]);
	free(names.v);
}
