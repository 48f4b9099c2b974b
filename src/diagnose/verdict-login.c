/* What a case without a token says of the way to one: a code at the redirect, an error of a login
 * or a token request. */
#include "diagnose/verdict.h"

#include "base/tr.h"
#include "diagnose/rules.h"
#include "oauth/oautherror.h"

static const struct {
	const char *code, *next;
} login_errors[] = {
#define LOGIN_ERROR(code, next) {code, next},
#include "diagnose/loginerrors.def"
#undef LOGIN_ERROR
};

/* What each grant's token request hands in, and why that is refused (RFC 6749 §5.2; RFC 8628 §3.5).
 */
static const struct {
	const char *grant, *what, *refused, *next;
	enum advice_kind advice;
} grants[] = {
	{"authorization_code", N_("authorization code"),
		N_("it is expired, used before, or was given to another client or redirect_uri, or "
		   "the code_verifier does not fit"),
		N_("Log in again and exchange the new code once, within seconds, with the same "
		   "client_id, redirect_uri and "
		   "code_verifier; the server's log says which of them it was."),
		ADVICE_LOGIN},
	{"urn:ietf:params:oauth:grant-type:device_code", N_("device code"),
		N_("it is expired, used before, or was given to another client"),
		N_("Begin again: ask the device authorization endpoint for a new code."),
		ADVICE_LOGIN},
	{"password", N_("name and password"),
		N_("they are wrong, or the account is locked, or needs another way to log in"),
		N_("Try the login in a browser with the same account; the server's log says why it "
		   "was refused."),
		ADVICE_SHOW_ERROR},
	{"urn:ietf:params:oauth:grant-type:jwt-bearer", N_("assertion"),
		N_("its issuer, audience, times or signature do not please the server"),
		N_("Compare the assertion's iss, sub, aud and exp with what the server expects; "
		   "its log says which it was."),
		ADVICE_CONTACT_ADMIN},
	{"urn:ietf:params:oauth:grant-type:token-exchange", N_("token to be exchanged"),
		N_("it is expired, revoked, or not meant for this exchange"),
		N_("Introspect the subject_token, and compare its aud with the client that asks."),
		ADVICE_CONTACT_ADMIN},
};

/* The protocol's own code where an alias took its place. */
static const char *
code_of(const struct exchange *x)
{
	return oauth_error_of_device(span_of(x->answer.vendor_code)) ? x->answer.vendor_code
								     : x->answer.error;
}

bool
is_login_request(enum purpose p)
{
	return p == PURPOSE_TOKEN || p == PURPOSE_PAR || p == PURPOSE_DEVICE ||
		p == PURPOSE_AUTHORIZATION;
}

static bool
still_waits(const struct exchange *x)
{
	const char *code = code_of(x);

	return !strcmp(code, "authorization_pending") || !strcmp(code, "slow_down");
}

bool
login_mended(const struct facts *f, const struct exchange *x)
{
	for (size_t i = x->n; x->imported && i < f->c->n_exchanges; i++) {
		const struct exchange *later = f->c->exchanges[i];

		if (later->purpose == PURPOSE_TOKEN && later->answer.outcome == OUTCOME_SUCCESS)
			return true;
	}
	return false;
}

bool
is_login_failure(const struct facts *f, const struct exchange *x)
{
	if (!exchange_answered(x) || !exchange_is_current(f->c, x) || login_mended(f, x))
		return false;
	if (!is_login_request(x->purpose))
		/* what carried a token or a client's credentials is no answer to a browser */
		return x->purpose == PURPOSE_OTHER && x->answer.outcome == OUTCOME_OAUTH_ERROR &&
			!http_has_header(&x->request.headers, "authorization");
	/* of a login of our own the end counts, and the wait for the user is none */
	if (!x->imported && (still_waits(x) || x != case_last_login(f->c)))
		return false;
	return x->purpose == PURPOSE_AUTHORIZATION ? x->answer.outcome == OUTCOME_OAUTH_ERROR
						   : x->answer.outcome != OUTCOME_SUCCESS;
}

static size_t
grant_of(const struct exchange *x)
{
	struct buf grant;
	size_t i = 0;

	buf_init(&grant, LIMIT_URL);
	if (!form_get(buf_span(&x->request.body), "grant_type", &grant))
		i = ARRAY_SIZE(grants);
	while (i < ARRAY_SIZE(grants) && !span_is(buf_span(&grant), grants[i].grant))
		i++;
	buf_release(&grant);
	return i;
}

static void
put_next(struct verdict *v, const char *code)
{
	(void)snprintf(
		v->next, sizeof(v->next), _("tokentriage explain %s says what it means."), code);
	for (size_t i = 0; i < ARRAY_SIZE(login_errors); i++)
		if (!strcmp(code, login_errors[i].code))
			(void)snprintf(v->next, sizeof(v->next), "%s", tr(login_errors[i].next));
}

static const char *
who_answered(enum purpose p)
{
	return p == PURPOSE_TOKEN     ? _("The token endpoint answered")
		: p == PURPOSE_PAR    ? _("The pushed authorization request was answered with")
		: p == PURPOSE_DEVICE ? _("The device authorization endpoint answered")
				      : _("The login ended with the error");
}

void
login_failure_words(struct verdict *v, const struct exchange *x)
{
	const char *code = code_of(x), *meaning = tr(oauth_error_meaning(span_of(code))),
		   *said = x->answer.description;
	size_t g = grant_of(x);
	char words[160], quoted[sizeof(x->answer.description) + 8];

	(void)snprintf(quoted, sizeof(quoted), said[0] ? " (\"%s\")" : "%s", said);
	if (x->purpose == PURPOSE_TOKEN && g < ARRAY_SIZE(grants) &&
		!strcmp(code, "invalid_grant")) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("The token endpoint refuses the %s, %d %s%s: %s."), tr(grants[g].what),
			x->result.response.status, code, quoted, tr(grants[g].refused));
		(void)snprintf(v->next, sizeof(v->next), "%s", tr(grants[g].next));
		v->advice = grants[g].advice;
		return;
	}
	if (!code[0]) {
		(void)snprintf(v->summary, sizeof(v->summary),
			_("The %s endpoint gave no %s: it answered %s%s."),
			x->purpose == PURPOSE_TOKEN ? _("token") : tr(purpose_words(x->purpose)),
			x->purpose == PURPOSE_TOKEN ? _("token") : _("answer that can be used"),
			answer_words(x, words, sizeof(words)), quoted);
		(void)snprintf(v->next, sizeof(v->next), "%s",
			x->imported
				? _("Give the whole exchange (curl -v, a HAR file); the server's "
				    "log says why.")
				: _("Is it the endpoint that was meant? The server's log says "
				    "why."));
		return;
	}
	(void)snprintf(v->summary, sizeof(v->summary), _("%s %s%s%s%s: no token was given."),
		who_answered(x->purpose), code, quoted, meaning ? _(", which means that ") : "",
		meaning ? meaning : "");
	put_next(v, code);
}

bool
login_open_words(struct verdict *v, const struct facts *f)
{
	const struct exchange *x = case_last_login(f->c);
	char words[160];

	if (!x)
		return false;
	if (is_login_failure(f, x)) {
		login_failure_words(v, x);
		return true;
	}
	if (x->result.error == NETERR_NONE)
		return false;
	(void)snprintf(v->summary, sizeof(v->summary), _("The %s request failed: %s."),
		tr(purpose_words(x->purpose)),
		x->result.error_text[0] ? x->result.error_text
					: answer_words(x, words, sizeof(words)));
	(void)snprintf(
		v->next, sizeof(v->next), _("Make the endpoint reachable, then log in again."));
	return true;
}

bool
token_without_user(const struct facts *f)
{
	const struct exchange *x = case_exchange(f->c, case_token(f->c, SLOT_ACCESS)->from);
	struct buf v;
	bool yes;

	if (!x || x->purpose != PURPOSE_TOKEN)
		return false;
	buf_init(&v, LIMIT_URL);
	yes = form_get(buf_span(&x->request.body), "resource", &v);
	buf_clear(&v);
	yes = yes ||
		(form_get(buf_span(&x->request.body), "grant_type", &v) &&
			span_is(buf_span(&v), "client_credentials"));
	buf_release(&v);
	return yes;
}

bool
code_words(struct verdict *v, const struct facts *f)
{
	const struct exchange *x = f->c->n_exchanges == 1 ? f->c->exchanges[0] : NULL;

	if (f->access || !x || !is_redirect(x) || !leads_back(x) || x->answer.error[0])
		return false;
	(void)snprintf(v->summary, sizeof(v->summary),
		_("This is the answer to a login with an authorization code, not a token: the code "
		  "is good once, for seconds to "
		  "minutes."));
	(void)snprintf(v->next, sizeof(v->next),
		_("Exchange it at the token endpoint: grant_type=authorization_code, the code, the "
		  "same client_id and "
		  "redirect_uri, and with PKCE the code_verifier."));
	return true;
}
