#include "oauth/clientauth.h"

#include "base/encode.h"
#include "base/limits.h"

static const char *const ids[AUTH_COUNT] = {
	"",
#define CLIENT_AUTH(sym, id, words) id,
#include "oauth/clientauth.def"
#undef CLIENT_AUTH
};

static enum res
apply_basic(struct http_request *r, const struct client_credentials *c)
{
	struct span secret = secret_reveal(c->secret);
	struct buf plain, header;
	enum res res;

	buf_init_wiping(&plain, 8 * LIMIT_TOKEN);
	buf_init_wiping(&header, 16 * LIMIT_TOKEN);
	if (c->raw_basic) {
		buf_add_span(&plain, c->client_id);
		buf_putc(&plain, ':');
		buf_add_span(&plain, secret);
	} else {
		form_encode(&plain, c->client_id);
		buf_putc(&plain, ':');
		form_encode(&plain, secret);
	}
	buf_puts(&header, "Basic ");
	base64_encode(&header, buf_span(&plain));
	res = buf_status(&plain) != RES_OK ? buf_status(&plain) : buf_status(&header);
	if (res == RES_OK)
		http_headers_set(&r->headers, "Authorization", buf_span(&header));
	buf_release(&plain);
	buf_release(&header);
	return res;
}

enum res
client_auth_apply(struct http_request *r, const struct client_credentials *c, struct err *e)
{
	enum client_auth m = c->method;
	enum res res = RES_OK;

	if (m == AUTH_UNSET)
		m = c->secret ? AUTH_BASIC : AUTH_NONE;
	if ((m == AUTH_BASIC || m == AUTH_POST) && !c->secret)
		return err_set(e, RES_UNSUPPORTED, "%s needs a client secret", client_auth_id(m));
	switch (m) {
	case AUTH_BASIC:
		res = apply_basic(r, c);
		break;
	case AUTH_POST:
		form_add(&r->body, "client_id", c->client_id);
		res = form_add_secret(&r->body, "client_secret", c->secret);
		break;
	case AUTH_NONE:
	case AUTH_TLS: /* RFC 8705 §2: the certificate proves it, the body names the client */
	case AUTH_TLS_SELF:
		if (c->client_id.n)
			res = form_add(&r->body, "client_id", c->client_id);
		break;
	default:
		return err_set(e, RES_UNSUPPORTED,
			"%s needs a signed assertion, which this version does not make",
			client_auth_id(m));
	}
	if (res != RES_OK)
		return err_set(e, res, "the client credentials are too long for a request");
	return RES_OK;
}

const char *
client_auth_id(enum client_auth a)
{
	return ids[a];
}

bool
client_auth_from_id(struct span id, enum client_auth *out)
{
	int i;

	for (i = AUTH_UNSET + 1; i < AUTH_COUNT; i++) {
		if (span_is(id, ids[i])) {
			*out = (enum client_auth)i;
			return true;
		}
	}
	return false;
}

static bool
has_reserved(struct span s)
{
	struct buf b;
	bool differs;

	buf_init_wiping(&b, 8 * LIMIT_TOKEN);
	form_encode(&b, s);
	differs = !span_eq(buf_span(&b), s);
	buf_release(&b);
	return differs;
}

bool
client_auth_has_reserved(const struct client_credentials *c)
{
	return has_reserved(c->client_id) || (c->secret && has_reserved(secret_reveal(c->secret)));
}
