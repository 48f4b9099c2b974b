#include "cli/offers.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "oauth/token.h"
#include "oauth/url.h"

enum { OPAQUE_LEAST = 16 }; /* shorter words are as likely to be anything */

static bool
one_word(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n >= OPAQUE_LEAST;
}

static void
issuer_host(const struct token_info *t, char *out, size_t size)
{
	struct span iss = t->payload ? json_get_str(t->payload, "iss") : SPAN_EMPTY;
	struct url u;

	out[0] = '\0';
	if (iss.n && url_parse(&u, iss, NULL) == RES_OK)
		text_safe_into(out, size, u.host);
}

static const char *
kind_words(const struct token_info *t)
{
	if (t->odd & ODD_JSON)
		return _("token response");
	return t->kind == TOKEN_JWT    ? _("JWT")
		: t->kind == TOKEN_JWE ? _("encrypted JWT")
				       : _("opaque token");
}

bool
offer_describe(const struct secret *value, char *out, size_t size)
{
	struct span s = span_trim(secret_reveal(value));
	char host[80], lead[16] = "";
	struct token_info t;
	bool is;

	if (s.n > LIMIT_TOKEN)
		return false;
	token_info_init(&t);
	token_info_read(&t, s);
	issuer_host(&t, host, sizeof(host));
	/* as the mask has them: of a short value, none */
	if (s.n >= 32)
		snprintf(lead, sizeof(lead), "%.4s… ", s.p);
	is = t.kind != TOKEN_OPAQUE || t.odd & (ODD_JSON | ODD_BEARER_PREFIX) || one_word(s);
	if (is)
		text_format(out, size, *host ? _("%s%s, %zu bytes, of %s") : _("%s%s, %zu bytes"),
			t.odd & ODD_JSON ? "" : lead, kind_words(&t), s.n, host);
	token_info_release(&t);
	return is;
}

/* A source that is not there is no error: the screen only offers. */
static bool
look(const char *source, enum token_slot slot, bool given, struct ui_offer *out)
{
	struct err e = ERR_INIT;

	memset(out, 0, sizeof(*out));
	if (conf_fetch_secret(source, &out->value, NULL, &e) != RES_OK)
		return false;
	if (!offer_describe(out->value, out->what, sizeof(out->what))) {
		secret_unref(out->value);
		out->value = NULL;
		return false;
	}
	text_safe_into(out->from, sizeof(out->from), span_of(source));
	out->slot = slot;
	out->given = given;
	return true;
}

/* A pipe would hold the screen up, and the clipboard of a device is none. */
static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= LIMIT_TOKEN;
}

size_t
offers_find(const struct app *a, struct ui_offer *out, size_t most)
{
	const struct options *o = a->opt;
	const char *clip = a->conf.ui.clipboard_file;
	struct place {
		const char *form, *name;
		enum token_slot slot;
		bool given;
	} places[] = {
		{"env", opt_str(o, OPT_ACCESS_TOKEN_ENV), SLOT_ACCESS, true},
		{"env", opt_str(o, OPT_REFRESH_TOKEN_ENV), SLOT_REFRESH, true},
		{"file", opt_str(o, OPT_ACCESS_TOKEN_FILE), SLOT_ACCESS, true},
		{"file", opt_str(o, OPT_REFRESH_TOKEN_FILE), SLOT_REFRESH, true},
		{"env", "TOKENTRIAGE_ACCESS_TOKEN", SLOT_ACCESS, false},
		{"env", "TOKENTRIAGE_REFRESH_TOKEN", SLOT_REFRESH, false},
		{"file", clip && *clip ? clip : NULL, SLOT_ACCESS, false},
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && n < most; i++) {
		const struct place *p = &places[i];
		bool file = p->name && !strcmp(p->form, "file");
		char *source;

		if (!p->name || (file && !is_file(p->name)))
			continue;
		source = xasprintf("%s %s", p->form, p->name);
		n += look(source, p->slot, p->given, &out[n]);
		free(source);
	}
	return n;
}
