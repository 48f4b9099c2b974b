#include "oauth/metadata.h"

static const struct {
	const char *name, *words;
} endpoints[] = {
#define ENDPOINT(sym, name, words) {name, words},
#include "oauth/endpoints.def"
#undef ENDPOINT
};

void
metadata_init(struct metadata *m)
{
	memset(m, 0, sizeof(*m));
}

void
metadata_release(struct metadata *m)
{
	json_free(m->doc);
	metadata_init(m);
}

enum res
metadata_parse(struct metadata *out, struct span body, struct err *e)
{
	const struct json *aliases;
	struct json *doc;
	enum res r;
	int i;

	metadata_release(out);
	r = json_parse(&doc, body, e);
	if (r != RES_OK)
		return r;
	if (json_type(doc) != JSON_OBJECT) {
		json_free(doc);
		return err_set(e, RES_SYNTAX, "the metadata is no JSON object");
	}
	out->doc = doc;
	out->issuer = json_get_str(doc, "issuer");
	aliases = json_get(doc, "mtls_endpoint_aliases");
	for (i = 0; i < EP_COUNT; i++) {
		out->url[i] = json_get_str(doc, endpoints[i].name);
		out->mtls[i] = json_get_str(aliases, endpoints[i].name);
	}
	return RES_OK;
}

bool
metadata_is_of(const struct metadata *m, struct span issuer)
{
	static const char *const many[] = {"common", "organizations", "consumers"};
	static const char hole[] = "{tenantid}";
	size_t at = span_find_str(m->issuer, hole);
	struct span rest;

	if (at == SIZE_MAX || span_eq(m->issuer, issuer))
		return span_eq(m->issuer, issuer);
	rest = span_sub(m->issuer, at + strlen(hole), m->issuer.n);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		size_t n = strlen(many[i]);

		if (issuer.n == at + n + rest.n &&
			span_eq(span_sub(issuer, 0, at), span_sub(m->issuer, 0, at)) &&
			span_is(span_sub(issuer, at, n), many[i]) &&
			span_eq(span_sub(issuer, at + n, rest.n), rest))
			return true;
	}
	return false;
}

enum tri
metadata_supports(const struct metadata *m, const char *member, const char *value)
{
	const struct json *list = json_get(m->doc, member);

	if (!list || json_type(list) != JSON_ARRAY)
		return TRI_UNKNOWN;
	return json_lists(list, value) ? TRI_YES : TRI_NO;
}

const char *
endpoint_name(enum endpoint e)
{
	return endpoints[e].name;
}

const char *
endpoint_words(enum endpoint e)
{
	return endpoints[e].words;
}
