/* --print-config: what is in force, in the configuration's own syntax. */
#include "cli/conf.h"

#include "base/redact.h"
#include "base/text.h"

/* Addresses and commands can hold a secret as well. */
static void
quoted(struct buf *out, const char *v)
{
	struct buf safe, masked;

	buf_init(&safe, LIMIT_URL * 8);
	buf_init(&masked, LIMIT_URL * 8);
	if (redact_text(NULL, &masked, span_of(v)) == RES_OK)
		text_safe(&safe, buf_span(&masked));
	buf_putc(out, '"');
	for (size_t i = 0; i < safe.len; i++) {
		if (safe.p[i] == '"' || safe.p[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, safe.p[i]);
	}
	buf_putc(out, '"');
	buf_release(&safe);
	buf_release(&masked);
}

static void
strings(struct buf *out, const struct str_list *l)
{
	buf_puts(out, "(");
	for (size_t i = 0; i < l->n; i++) {
		buf_puts(out, i ? ", " : " ");
		quoted(out, l->v[i]);
	}
	buf_puts(out, l->n ? " )" : ")");
}

static void
print_secret(struct buf *out, const struct profile_key *k, const struct secret *const *member)
{
	const char *source = ((const char *const *)member)[1];
	size_t form = source ? strcspn(source, " ") : 0;
	char mask[MASK_MAX];

	if (!source) {
		buf_printf(out, "    # %s_env = \"\"; (or _file, _command, _keyring)", k->name);
	} else {
		buf_printf(out, "    %s_%.*s = ", k->name, (int)form, source);
		quoted(out, source + form + 1);
		buf_puts(out, ";");
	}
	buf_printf(out, "  # %s", k->help);
	if (*member)
		buf_printf(out, "; now %s", secret_mask(*member, mask));
	buf_putc(out, '\n');
}

/* Values of headers and proxies can be secrets. */
static void
print_headers(struct buf *out, const struct str_list *l)
{
	buf_puts(out, "(");
	for (size_t i = 0; i < l->n; i++)
		buf_printf(out, "%s\"%.*s: [redacted]\"", i ? ", " : " ",
			(int)strcspn(l->v[i], ":"), l->v[i]);
	buf_puts(out, l->n ? " )" : ")");
}

static void
print_key(struct buf *out, const struct profile *p, const struct profile_key *k)
{
	const void *member = (const char *)p + k->at;
	const char *str;

	switch (k->kind) {
	case KEY_SECRET:
		print_secret(out, k, member);
		return;
	case KEY_BOOL:
		buf_printf(out, "    %s = %s;  # %s (default %s)\n", k->name,
			*(const bool *)member ? "true" : "false", k->help,
			k->dflt ? "true" : "false");
		return;
	case KEY_INT:
		buf_printf(out, "    %s = %d;  # %s (%d to %d %s; default %d)\n", k->name,
			*(const int *)member, k->help, k->min, k->max, k->unit, k->dflt);
		return;
	case KEY_LIST:
		buf_printf(out, "    %s = ", k->name);
		if (strcmp(k->name, "headers"))
			strings(out, member);
		else
			print_headers(out, member);
		buf_printf(out, ";  # %s\n", k->help);
		return;
	case KEY_STR:
	case KEY_URL:
	case KEY_TOKEN:
		break;
	}
	str = *(const char *const *)member;
	buf_printf(out, "    %s%s%s = ", str ? "" : "# ", k->name,
		k->kind == KEY_TOKEN ? "_file" : "");
	if (!strcmp(k->name, "proxy") && str && strchr(str, '@'))
		buf_puts(out, "\"[redacted]\"");
	else
		quoted(out, str ? str : "");
	buf_printf(out, ";  # %s\n", k->help);
}

static void
print_binding(struct buf *out, const struct keymap *m, enum action a)
{
	char name[32];

	buf_printf(out, "  %s = [", action_infos[a].id);
	for (int i = 0; i < KEYS_PER_ACTION && m->keys[a][i].code; i++) {
		buf_puts(out, i ? ", " : " ");
		quoted(out, key_name(m->keys[a][i], name, sizeof(name)));
	}
	buf_printf(out, " ];  # %s (default %s)\n", action_infos[a].help, action_infos[a].keys);
}

void
conf_print(const struct conf *c, const struct profile *p, struct buf *out)
{
	for (size_t i = 0; i < c->files.n; i++) {
		buf_puts(out, "# read: ");
		text_safe(out, span_of(c->files.v[i]));
		buf_putc(out, '\n');
	}
	if (!c->files.n)
		buf_puts(out, "# no configuration file\n");
	if (c->default_profile)
		buf_printf(out, "default_profile = \"%s\";\n", c->default_profile);
	buf_puts(out, "ui: {\n");
#define UI_STR(key, dflt, help)                                                                    \
	buf_puts(out, "  " #key " = ");                                                            \
	quoted(out, c->ui.key);                                                                    \
	buf_puts(out, ";  # " help " (default " dflt ")\n");
#define UI_BOOL(key, dflt, help)                                                                   \
	buf_printf(out, "  " #key " = %s;  # " help " (default " #dflt ")\n",                      \
		c->ui.key ? "true" : "false");
#define UI_INT(key, dflt, lo, hi, help)                                                            \
	buf_printf(out, "  " #key " = %d;  # " help " (" #lo " to " #hi "; default " #dflt ")\n",  \
		c->ui.key);
#include "cli/uikeys.def"
#undef UI_STR
#undef UI_BOOL
#undef UI_INT
	buf_puts(out, "};\nkeys: {\n");
	for (int a = 1; a < ACT_COUNT; a++)
		print_binding(out, &c->keymap, (enum action)a);
	buf_puts(out, "};\nprofiles = (\n");
	if (p) {
		buf_puts(out, "  {\n");
		for (size_t i = 0; i < profile_key_count; i++)
			print_key(out, p, &profile_keys[i]);
		buf_puts(out, "  }\n");
	}
	buf_puts(out, ");\n");
	for (size_t i = 0; i < c->n_profiles; i++)
		if (!p || !p->name || strcmp(p->name, c->profiles[i].name))
			buf_printf(out, "# another profile: %s (-p %s), in %s\n",
				c->profiles[i].name, c->profiles[i].name, c->profile_where[i]);
}
