#include "oauth/oautherror.h"

#include "base/attr.h"

#define OAUTH_ERROR(code, defined, meaning) {code, defined, meaning},
const struct oauth_error oauth_errors[] = {
#include "oauth/oautherrors.def"
};
#undef OAUTH_ERROR
const size_t oauth_error_count = ARRAY_SIZE(oauth_errors);

const struct oauth_error *
oauth_error_find(struct span code)
{
	for (size_t i = 0; i < oauth_error_count; i++)
		if (span_is(code, oauth_errors[i].code))
			return &oauth_errors[i];
	return NULL;
}

const char *
oauth_error_meaning(struct span code)
{
	const struct oauth_error *e = oauth_error_find(code);

	return e ? e->meaning : NULL;
}

static bool
is_defined_in(const struct oauth_error *e, const char *part)
{
	return e && strstr(e->defined, part);
}

bool
oauth_error_of_device(struct span code)
{
	const struct oauth_error *e = oauth_error_find(code);

	return is_defined_in(e, "CIBA") ||
		(is_defined_in(e, "RFC 8628") && !is_defined_in(e, "RFC 6749"));
}

bool
oauth_error_of_grant(struct span code)
{
	const struct oauth_error *e = oauth_error_find(code);

	return is_defined_in(e, "RFC 6749") && is_defined_in(e, "§5.2") &&
		!is_defined_in(e, "RFC 6750");
}

bool
oauth_error_of_login(struct span code)
{
	const struct oauth_error *e = oauth_error_find(code);

	return is_defined_in(e, "OpenID Connect Core") || is_defined_in(e, "RFC 7591") ||
		(is_defined_in(e, "RFC 6749 §4.1.2.1") && !is_defined_in(e, "§5.2")) ||
		span_is(code, "redirect_uri_mismatch");
}
