#include "case/exchange.h"

#include "base/clock.h"
#include "base/mem.h"

static const struct {
	const char *id, *words;
} net_errors[] = {
#define NET_ERROR(sym, id, words) {id, words},
#include "case/neterrors.def"
#undef NET_ERROR
};
static_assert(ARRAY_SIZE(net_errors) == NETERR_COUNT, "one row a network error");

const char *
net_error_id(enum net_error e)
{
	return (unsigned)e < NETERR_COUNT ? net_errors[e].id : "";
}

const char *
net_error_words(enum net_error e)
{
	return (unsigned)e < NETERR_COUNT ? net_errors[e].words : "";
}

bool
net_error_from_id(struct span id, enum net_error *out)
{
	for (unsigned i = 0; i < NETERR_COUNT; i++) {
		if (span_is(id, net_errors[i].id)) {
			*out = (enum net_error)i;
			return true;
		}
	}
	return false;
}

static const char *const slot_ids[] = {
	[SLOT_NONE] = NULL,
	[SLOT_ACCESS] = "access",
	[SLOT_REFRESH] = "refresh",
	[SLOT_ID] = "id",
	[SLOT_MADE_UP] = "made-up",
};
static_assert(ARRAY_SIZE(slot_ids) == SLOT_MADE_UP + 1, "one id a slot");

const char *
token_slot_id(enum token_slot s)
{
	return slot_ids[s];
}

enum token_slot
token_slot_of_role(enum token_role r)
{
	static const enum token_slot slots[] = {[ROLE_UNKNOWN] = SLOT_ACCESS,
#define TOKEN_MEMBER(role, name, camel, words) [ROLE_##role] = SLOT_##role,
#include "oauth/tokenmembers.def"
#undef TOKEN_MEMBER
	};

	return slots[r];
}

const struct token_member *
token_slot_member(enum token_slot s)
{
	for (size_t i = 0; i < TOKEN_MEMBERS; i++)
		if (token_slot_of_role(token_members[i].role) == s)
			return &token_members[i];
	return token_slot_member(SLOT_ACCESS);
}

bool
token_slot_from_id(struct span id, enum token_slot *out)
{
	for (size_t i = SLOT_ACCESS; i < ARRAY_SIZE(slot_ids); i++) {
		if (span_is(id, slot_ids[i])) {
			*out = (enum token_slot)i;
			return true;
		}
	}
	return false;
}

void
net_result_init(struct net_result *r)
{
	memset(r, 0, sizeof(*r));
	http_response_init(&r->response);
#define TIMING(member) r->timings.member = -1;
#include "case/transfer.def"
}

static void
tls_info_release(struct tls_info *t)
{
	for (size_t i = 0; i < t->n_certs; i++) {
		struct cert_info *c = &t->certs[i];

#define CERT_TEXT(member) free(c->member);
#include "case/transfer.def"
	}
	memset(t, 0, sizeof(*t));
}

void
tls_info_copy(struct tls_info *dst, const struct tls_info *src)
{
	tls_info_release(dst);
	*dst = *src;
	for (size_t i = 0; i < src->n_certs; i++) {
		struct cert_info *c = &dst->certs[i];

#define CERT_TEXT(member) c->member = c->member ? xstrdup(c->member) : NULL;
#include "case/transfer.def"
	}
}

void
net_result_release(struct net_result *r)
{
	http_response_release(&r->response);
	tls_info_release(&r->tls);
}

struct exchange *
exchange_new(void)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	x->attempt = 1;
	http_request_init(&x->request);
	net_result_init(&x->result);
	answer_init(&x->answer);
	for (size_t i = 0; i < ARRAY_SIZE(x->tokens); i++)
		token_info_init(&x->tokens[i].info);
	return x;
}

void
exchange_free(struct exchange *x)
{
	if (!x)
		return;
	http_request_release(&x->request);
	net_result_release(&x->result);
	answer_release(&x->answer);
	for (size_t i = 0; i < ARRAY_SIZE(x->tokens); i++)
		token_info_release(&x->tokens[i].info);
	free(x);
}

char *
exchange_label(const struct exchange *x, char *out, size_t size)
{
	(void)snprintf(out, size, "exchange %u · %s%s", (unsigned)x->n, purpose_id(x->purpose),
		x->by_hand ? ", edited by hand" : "");
	return out;
}

bool
exchange_server_date(const struct exchange *x, int64_t *unix_s)
{
	struct span date = http_header(&x->result.response.headers, "date");

	return date.n && time_parse_http(date, unix_s) == RES_OK;
}
