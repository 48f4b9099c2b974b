/* The guide is the real one; what it is filled with is this. */
#include "wizard/fill.h"

static const struct {
	const char *name, *value;
} values[] = {
	{"{token}", "opaq…"}, {"{refresh}", "8xLO…"}, {"{client}", "portal"},
	{"{introspection.path}", "/introspect"}, {"{introspection.host}", "idp.example"},
	{"{introspection.header}", "Authorization: Basic base64(portal:secret)"}, {"{introspection.form}", ""},
	{"{token.path}", "/token"}, {"{token.host}", "idp.example"}, {"{token.header}", ""},
	{"{token.form}", "&client_id=portal&client_secret=…"},
	{"{userinfo.path}", "/userinfo"}, {"{userinfo.host}", "idp.example"},
	{"{revocation.path}", "/revoke"}, {"{revocation.host}", "idp.example"}, {"{revocation.header}", ""},
	{"{revocation.form}", "&client_id=portal&client_secret=…"},
};

void
fill_line(struct buf *out, const struct wizard *w, struct span line)
{
	(void)w;
	while (line.n) {
		size_t i = 0;

		while (i < ARRAY_SIZE(values) && !span_starts(line, values[i].name))
			i++;
		if (i < ARRAY_SIZE(values))
			buf_puts(out, values[i].value);
		else
			buf_add_span(out, span_sub(line, 0, 1));
		line = span_from(line, i < ARRAY_SIZE(values) ? strlen(values[i].name) : 1);
	}
}
