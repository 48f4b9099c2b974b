/* A request to be edited that only pretends: three rows, one of them a secret. */
#include "ui/fake.h"

#include "base/mem.h"
#include "wizard/resend.h"

enum { MOST = 8 };

struct resend {
	enum purpose purpose;
	struct resend_row rows[MOST];
	size_t n;
};

static void
add(struct resend *r, enum resend_kind kind, const char *name, struct span value, bool secret, bool locked)
{
	r->rows[r->n++] = (struct resend_row){.kind = kind, .name = xstrdup(name), .value = secret_new(value),
		.secret = secret, .locked = locked};
}

struct resend *
wizard_resend_new(struct wizard *w, const struct exchange *x, char *why, size_t size)
{
	struct resend *r;

	(void)w;
	if (x->purpose == PURPOSE_DISCOVERY) {
		snprintf(why, size, "there is nothing of the token in it");
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->purpose = fake.resend_as ? fake.resend_as : x->purpose;
	add(r, RESEND_URL, "", span_of(x->request.url), false, false);
	add(r, RESEND_HEADER, "Accept", SPAN_LIT("application/json"), false, false);
	add(r, RESEND_HEADER, "Authorization", SPAN_LIT("Bearer must-not-be-seen-0123456789"), true, false);
	if (r->purpose == PURPOSE_REFRESH)
		add(r, RESEND_PARAM, "refresh_token", SPAN_LIT("must-not-be-seen-0123456789"), true, true);
	return r;
}

void
resend_free(struct resend *r)
{
	for (size_t i = 0; r && i < r->n; i++) {
		free(r->rows[i].name);
		secret_unref(r->rows[i].value);
	}
	free(r);
}

enum purpose
resend_purpose(const struct resend *r)
{
	return r->purpose;
}

const char *
resend_method(const struct resend *r)
{
	return resend_has_form(r) ? "POST" : "GET";
}

const struct resend_row *
resend_rows(const struct resend *r, size_t *n)
{
	*n = r->n;
	return r->rows;
}

bool
resend_has_form(const struct resend *r)
{
	return r->purpose != PURPOSE_USERINFO;
}

const char *
resend_added(const struct resend *r)
{
	(void)r;
	return "";
}

void
resend_show(const struct resend *r, size_t row, struct buf *out)
{
	if (r->rows[row].secret)
		buf_puts(out, r->rows[row].kind == RESEND_HEADER ? "Bearer opaq…[redacted 42 B, sha256:1f3a]"
			: "refr…[redacted 39 B]");
	else
		buf_add_span(out, secret_reveal(r->rows[row].value));
}

enum res
resend_set(struct resend *r, size_t row, struct span value, struct err *e)
{
	if (r->rows[row].locked)
		return err_set(e, RES_REFUSED, "it stays as it is: what is kept of the tokens hangs on it");
	if (r->rows[row].kind == RESEND_URL && !span_starts(value, "http"))
		return err_set(e, RES_SYNTAX, "not an absolute http or https URL");
	secret_unref(r->rows[row].value);
	r->rows[row].value = secret_new(value);
	r->rows[row].changed = true;
	r->rows[row].out = false;
	return RES_OK;
}

enum res
resend_leave_out(struct resend *r, size_t row, bool out, struct err *e)
{
	if (r->rows[row].locked)
		return err_set(e, RES_REFUSED, "it cannot be left out");
	r->rows[row].out = out;
	return RES_OK;
}

enum res
resend_add(struct resend *r, enum resend_kind kind, struct span text, size_t *row, struct err *e)
{
	size_t at = span_find(text, kind == RESEND_HEADER ? ':' : '=');
	char *name;

	if (at == SIZE_MAX || r->n == MOST)
		return err_set(e, RES_SYNTAX, "not of the form Name: value");
	name = span_dup(span_sub(text, 0, at));
	add(r, kind, name, span_trim(span_from(text, at + 1)), resend_text_is_secret(kind, text), false);
	r->rows[r->n - 1].changed = true;
	free(name);
	*row = r->n - 1;
	return RES_OK;
}

bool
resend_text_is_secret(enum resend_kind kind, struct span text)
{
	(void)kind;
	return span_starts(text, "X-Api-Key:") || span_starts(text, "client_secret=");
}

enum res
wizard_resend_check(const struct wizard *w, const struct resend *r, struct err *e)
{
	(void)w;
	if (span_find_str(secret_reveal(r->rows[0].value), "idp.example") == SIZE_MAX)
		return err_set(e, RES_REFUSED, "nothing is sent to evil.test: neither the profile nor its own metadata "
			"names that origin");
	return RES_OK;
}

/* "GET https://idp.example/userinfo|Accept: x|…": what it would send. */
enum res
wizard_resend(struct wizard *w, struct resend *r, struct err *e)
{
	size_t at;

	(void)w;
	(void)e;
	at = (size_t)snprintf(fake.resent, sizeof(fake.resent), "%s", resend_method(r));
	for (size_t i = 0; i < r->n && at < sizeof(fake.resent); i++)
		if (!r->rows[i].out)
			at += (size_t)snprintf(fake.resent + at, sizeof(fake.resent) - at, "%s%s%s%.*s",
				i ? "|" : " ", r->rows[i].name, i ? ": " : "",
				SPAN_ARG(secret_reveal(r->rows[i].value)));
	resend_free(r);
	return RES_OK;
}
