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
