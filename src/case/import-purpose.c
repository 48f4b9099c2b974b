/* What an imported exchange is for: by its address, its body, its answer, in this order. */
#include "case/import-parts.h"

#include "base/encode.h"
#include "oauth/dialect.h"
#include "oauth/oautherror.h"
#include "oauth/token-shape.h"
#include "oauth/url.h"

/* ADDRESS(part of the path in lower case, purpose): the first that is in it. */
static const struct {
	const char *part;
	enum purpose purpose;
} paths[] = {
	{"/.well-known/openid-configuration", PURPOSE_DISCOVERY},
	{"/.well-known/oauth-authorization-server", PURPOSE_DISCOVERY},
	{"jwks", PURPOSE_JWKS},
	{"/discovery/keys", PURPOSE_JWKS},
	{"/discovery/v2.0/keys", PURPOSE_JWKS},
	{"/openid-connect/certs", PURPOSE_JWKS},
	{"/oauth2/v3/certs", PURPOSE_JWKS},
	{"introspect", PURPOSE_INTROSPECTION},
	{"tokeninfo", PURPOSE_INTROSPECTION},
	{"check_token", PURPOSE_INTROSPECTION},
	{"/revoke", PURPOSE_REVOCATION},
	{"revocation", PURPOSE_REVOCATION},
	{"userinfo", PURPOSE_USERINFO},
	{"user_info", PURPOSE_USERINFO},
	{"user-info", PURPOSE_USERINFO},
};

enum step
import_step(enum purpose p)
{
	switch (p) {
	case PURPOSE_REFRESH:
	case PURPOSE_TOKEN:
		return STEP_REFRESH;
	case PURPOSE_RESOURCE:
	case PURPOSE_REVOCATION:
	case PURPOSE_OTHER:
		return STEP_HANDLE;
	case PURPOSE_CLOCK:
		return STEP_EXPIRY;
	default:
		return purpose_endpoint(p) == EP_USERINFO ? STEP_HANDLE : STEP_VERIFY;
	}
}

static bool
path_of(struct span url, struct span *path, struct span *query)
{
	size_t at = span_find_str(url, "://");
	struct span rest = at == SIZE_MAX ? url : span_from(url, at + 3);

	if (at != SIZE_MAX)
		rest = span_from(rest, span_find(rest, '/'));
	rest = span_sub(rest, 0, span_find(rest, '#'));
	*path = span_sub(rest, 0, span_find(rest, '?'));
	*query = span_from(rest, path->n + 1);
	return path->n > 0;
}

static bool
by_path(const struct http_request *req, enum purpose *out)
{
	struct span path, query;

	if (!path_of(span_of(req->url), &path, &query))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (span_contains_nocase(path, paths[i].part)) {
			*out = paths[i].purpose;
			return true;
		}
	}
	return false;
}

/* In the form, in the query or, as some servers take it (Auth0), in a JSON body. */
static bool
grant_type(const struct http_request *req, struct span query, struct buf *out)
{
	struct span body = span_trim(buf_span(&req->body));
	struct json *doc = NULL;
	struct span grant;

	if (form_get(body, "grant_type", out) || form_get(query, "grant_type", out))
		return out->len > 0;
	if (!span_starts(body, "{") || json_parse(&doc, body, NULL) != RES_OK)
		return false;
	grant = json_get_str(doc, "grant_type");
	(void)buf_add_span(out, grant);
	json_free(doc);
	return out->len > 0;
}

/*
 * Amazon Cognito's own API, one address for all (X-Amz-Target): what its SDKs use in place of the
 * endpoints of OAuth.
 */
static bool
is_cognito(const struct http_request *req, enum purpose *out)
{
	static const char service[] = "AWSCognitoIdentityProviderService.";
	struct span target = http_header(&req->headers, "x-amz-target");

	if (!span_starts(target, service))
		return false;
	target = span_from(target, strlen(service));
	if (span_is(target, "GetUser"))
		*out = PURPOSE_USERINFO;
	else if (span_is(target, "RevokeToken"))
		*out = PURPOSE_REVOCATION;
	else if (span_is(target, "GetTokensFromRefreshToken") ||
		(span_ends(target, "InitiateAuth") &&
			span_find_str(buf_span(&req->body), "REFRESH_TOKEN") != SIZE_MAX))
		*out = PURPOSE_REFRESH;
	else if (span_ends(target, "InitiateAuth"))
		*out = PURPOSE_TOKEN;
	else
		return false;
	return true;
}

/* A token request, by its body or, where that was not shown, by its address. */
static bool
is_token_request(const struct http_request *req, enum purpose *out)
{
	struct span path = SPAN_EMPTY, query = SPAN_EMPTY;
	struct buf grant;
	bool is;

	buf_init_wiping(&grant, LIMIT_BODY);
	(void)path_of(span_of(req->url), &path, &query);
	is = grant_type(req, query, &grant);
	if (is) {
		*out = span_is(buf_span(&grant), "refresh_token") ? PURPOSE_REFRESH : PURPOSE_TOKEN;
	} else if (!strcmp(req->method, "POST") &&
		(span_ends(path, "/token") || span_ends(path, "/access_token") ||
			span_ends(path, "/token/") || span_ends(path, "/token.oauth2"))) {
		is = true;
		*out = req->body.len ? PURPOSE_TOKEN : PURPOSE_REFRESH;
	}
	buf_release(&grant);
	return is;
}

/* error, status and text of an answer whose request is not known. */
static enum purpose
by_error(struct span error, int status, struct span text)
{
	if (span_is(error, "unsupported_token_type"))
		return PURPOSE_REVOCATION;
	if (oauth_error_of_grant(oauth_error_of_alias(error)))
		return PURPOSE_REFRESH;
	if (vendor_code_of_grant(text) || span_contains_nocase(text, "refresh token"))
		return PURPOSE_REFRESH;
	/* an API that borrows the word says it with its own status, or speaks of its token */
	if (status != 400 || span_contains_nocase(text, "access token"))
		return PURPOSE_USERINFO;
	if (oauth_error_of_device(error))
		return PURPOSE_TOKEN;
	return oauth_error_of_login(error) ? PURPOSE_OTHER : PURPOSE_USERINFO;
}

/* A response alone: what it says is all there is. */
static enum purpose
by_answer(const struct http_response *r)
{
	struct json *doc = NULL;
	enum purpose p;

	if (json_parse(&doc, span_trim(buf_span(&r->body)), NULL) != RES_OK)
		doc = NULL;
	if (json_get(doc, "active"))
		p = PURPOSE_INTROSPECTION;
	else if (json_get_str(doc, "access_token").n)
		p = PURPOSE_REFRESH;
	else if (json_get(doc, "keys") && json_type(json_get(doc, "keys")) == JSON_ARRAY)
		p = PURPOSE_JWKS;
	else if (json_get_str(doc, "issuer").n && json_get_str(doc, "token_endpoint").n)
		p = PURPOSE_DISCOVERY;
	else if (json_get_str(doc, "sub").n || http_has_header(&r->headers, "www-authenticate"))
		p = PURPOSE_USERINFO;
	else
		p = by_error(json_get_str(doc, "error"), r->status,
			span_sub(buf_span(&r->body), 0, 4096));
	json_free(doc);
	return p;
}

bool
import_is_unseen(const struct import_exchange *x, struct span value)
{
	static const char *const marks[] = {
		"redacted", "***", "...", "\xe2\x80\xa6", "\xe2\x80\xa2"};

	for (size_t i = 0; x->named && i < ARRAY_SIZE(marks); i++)
		if (!token_is_unsigned_copy(value) && span_contains_nocase(value, marks[i]))
			return true;
	return x->expanded && (span_starts(value, "$") || span_starts(value, "%"));
}

bool
import_carried(const struct http_request *req, struct buf *out)
{
	static const char *const names[] = {"token", "access_token"};
	struct span v = http_header(&req->headers, "authorization"), scheme = SPAN_EMPTY, path,
		    query;

	if (span_word(&v, &scheme) && !span_trim(v).n && scheme.n > 16) /* without its scheme */
		return buf_add_span(out, scheme) == RES_OK;
	if (scheme.n && span_trim(v).n && !span_is_nocase(scheme, "basic") &&
		!span_is_nocase(scheme, "digest") && !span_is_nocase(scheme, "negotiate") &&
		!span_is_nocase(scheme, "ntlm"))
		return buf_add_span(out, span_trim(v)) == RES_OK;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (form_get(buf_span(&req->body), names[i], out) && out->len)
			return true;
	(void)path_of(span_of(req->url), &path, &query);
	return form_get(query, "access_token", out) && out->len;
}

bool
import_is_authorization_response(const struct import_exchange *x)
{
	static const char *const names[] = {"error", "code", "access_token", "id_token"};
	struct span where[2] = {
		http_header(&x->result.response.headers, "location"), span_of(x->request.url)};
	struct buf value;
	bool is = false;

	buf_init_wiping(&value, LIMIT_BODY);
	for (size_t i = 0; i < 2 && !is; i++) {
		size_t mark = span_find(where[i], '?'), hash = span_find(where[i], '#');
		struct span query =
			mark < hash ? span_sub(where[i], mark + 1, hash - mark - 1) : SPAN_EMPTY;
		struct span fragment =
			hash != SIZE_MAX ? span_from(where[i], hash + 1) : SPAN_EMPTY;

		for (size_t k = 0; k < ARRAY_SIZE(names) && !is; k++)
			is = (form_get(query, names[k], &value) ||
				     form_get(fragment, names[k], &value)) &&
				value.len &&
				(k != 1 || form_get(query, "state", &value) ||
					form_get(fragment, "state", &value));
	}
	buf_release(&value);
	return is;
}

static bool
is_user_document(const struct http_response *r)
{
	struct json *doc = NULL;
	bool is = json_parse(&doc, span_trim(buf_span(&r->body)), NULL) == RES_OK &&
		json_get_str(doc, "sub").n && !json_get(doc, "exp");

	json_free(doc);
	return is;
}

/* A refusal that speaks of tokens (RFC 6750 §3), though none was recorded. */
static bool
wants_token(const struct http_response *r)
{
	struct span v;

	if (r->status == 401)
		return http_has_header(&r->headers, "www-authenticate");
	for (size_t k = 0; http_header_at(&r->headers, "www-authenticate", k, &v); k++)
		if (span_starts_nocase(v, "bearer") || span_starts_nocase(v, "dpop"))
			return r->status >= 400;
	return false;
}

enum purpose
import_purpose(const struct import_exchange *x)
{
	const struct http_request *req = &x->request;
	const struct http_response *r = &x->result.response;
	struct buf carried;
	enum purpose p;
	bool has;

	if (!x->named && (!(req->url && req->url[0]) || x->result.error != NETERR_NONE))
		return by_answer(r);
	if (is_cognito(req, &p) || is_token_request(req, &p))
		return p;
	/* a browser's question whether the application may ask at all */
	if (!strcmp(req->method, "OPTIONS"))
		return PURPOSE_OTHER;
	if (by_path(req, &p))
		return p;
	buf_init_wiping(&carried, LIMIT_BODY);
	has = import_carried(req, &carried);
	buf_release(&carried);
	if (has && is_user_document(r))
		return PURPOSE_USERINFO;
	if (has || wants_token(r))
		return PURPOSE_RESOURCE;
	return PURPOSE_OTHER;
}

void
import_collect_tokens(struct import *im)
{
	struct json *doc;
	struct buf v;

	buf_init_wiping(&v, LIMIT_BODY);
	for (size_t i = im->n; i-- > 0;) {
		const struct import_exchange *x = im->x[i];

		buf_clear(&v);
		if (!x->token_unseen && import_carried(&x->request, &v) &&
			!import_is_unseen(x, buf_span(&v)))
			(void)import_give(im, SLOT_ACCESS, buf_span(&v), "a request");
		buf_clear(&v);
		if (form_get(buf_span(&x->request.body), "refresh_token", &v) &&
			!import_is_unseen(x, buf_span(&v)))
			(void)import_give(im, SLOT_REFRESH, buf_span(&v), "a refresh request");
		if (json_parse(&doc, span_trim(buf_span(&x->result.response.body)), NULL) != RES_OK)
			continue;
		(void)import_give_response(im, doc, "a token response");
		json_free(doc);
	}
	buf_release(&v);
}
