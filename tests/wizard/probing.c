#include "probing.h"

#include "base/encode.h"
#include "base/mem.h"

static const char *
auth_word(const struct exchange *x)
{
	switch (x->auth) {
	case AUTH_BASIC:
		return x->auth_raw_basic ? ":raw" : ":basic";
	case AUTH_POST:
		return ":post";
	case AUTH_NONE:
		return ":none";
	default:
		return "";
	}
}

static void
asked(const struct world *t, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < t->c.n_exchanges; i++) {
		const struct exchange *x = t->c.exchanges[i];

		buf_printf(out, "%s%s%s", i ? " " : "", purpose_id(x->purpose), auth_word(x));
	}
}

void
assert_asked(const struct world *t, const char *want)
{
	struct buf got;

	buf_init(&got, 4000);
	asked(t, &got);
	assert_string_equal(buf_str(&got), want);
	buf_release(&got);
}

char *
jwt(const char *iss, const char *aud, int64_t age_s, size_t padding)
{
	static const char head[] = "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}";
	struct buf b;
	char *claims, *fill = xcalloc(1, padding + 1);

	memset(fill, 'x', padding);
	claims = xasprintf("{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"u1\",\"client_id\":\"app\",\"scope\":\"openid\","
		"\"iat\":%lld,\"exp\":%lld,\"groups\":\"%s\"}", iss, aud, (long long)(NOW_S - age_s),
		(long long)(NOW_S - age_s + 3600), fill);
	buf_init(&b, 64 << 10);
	base64url_encode(&b, SPAN_LIT(head));
	buf_putc(&b, '.');
	base64url_encode(&b, span_of(claims));
	buf_putc(&b, '.');
	for (int i = 0; i < 86; i++) /* as long as one of ES256 */
		buf_putc(&b, 'A');
	free(claims);
	free(fill);
	return buf_take(&b);
}

void
walk(struct world *t, enum probe_level level, const char *access)
{
	begin(t, access, NULL);
	wizard_set_probes(t->w, level);
	wizard_walk(t->w, STEPS_ALL, false, false);
	for (int i = 0; i < 20 && wizard_busy(t->w); i++)
		run(t);
}

const char *
primary(const struct world *t)
{
	const struct verdict *v = &wizard_diagnosis(t->w)->verdict;

	return v->primary ? v->primary->rule->id : "";
}

enum state
verdict(const struct world *t)
{
	return wizard_diagnosis(t->w)->verdict.state;
}
