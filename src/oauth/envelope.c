#include "oauth/envelope.h"

#include "base/encode.h"

static const struct {
	int number;
	const char *name;
	int status;
} grpc_statuses[] = {
#define GRPC_STATUS(number, name, status) {number, name, status},
#include "oauth/envelopes.def"
};

static const struct {
	const char *name;
	int status;
} soap_codes[] = {
#define SOAP_CODE(name, status) {name, status},
#include "oauth/envelopes.def"
};

enum { FAULT_MAX = 8192 }; /* an envelope of more is no fault */

/* --- SOAP --------------------------------------------------------------------------------- */

/* "soap:Client" without the name space's prefix. */
static struct span
local_name(struct span name)
{
	size_t colon = span_find(name, ':');

	return colon == SIZE_MAX ? name : span_from(name, colon + 1);
}

/* What stands behind the first start tag of that local name; the empty span: there is none. */
static struct span
inside(struct span xml, const char *name)
{
	size_t open, end;

	while ((open = span_find(xml, '<')) != SIZE_MAX) {
		struct span tag, word;

		xml = span_from(xml, open + 1);
		end = span_find(xml, '>');
		if (end == SIZE_MAX)
			break;
		tag = span_sub(xml, 0, end);
		xml = span_from(xml, end + 1);
		if (span_word(&tag, &word) && !span_starts(word, "/") &&
			span_is(local_name(word), name))
			return xml;
	}
	return SPAN_EMPTY;
}

/* An element's text, up to the next tag. */
static struct span
text_of(struct span xml, const char *name)
{
	xml = inside(xml, name);
	return span_trim(span_sub(xml, 0, span_find(xml, '<')));
}

/* SOAP 1.2: the codes stand inside one another, the closest one last. */
static struct span
closest_value(struct span fault)
{
	struct span code = inside(fault, "Code"), value = text_of(code, "Value"),
		    closer = text_of(inside(code, "Subcode"), "Value");

	return closer.n ? closer : value;
}

static bool
read_soap(struct body_error *b, struct span xml)
{
	struct span fault = inside(span_sub(xml, 0, FAULT_MAX), "Fault");
	struct span code = text_of(fault, "faultcode"), text = text_of(fault, "faultstring");

	if (!code.n)
		code = closest_value(fault);
	if (!text.n)
		text = text_of(inside(fault, "Reason"), "Text");
	if (!code.n)
		return false;
	b->dialect = "soap";
	(void)buf_add_span(&b->vendor_code, local_name(code));
	(void)buf_add_span(&b->description, text);
	return true;
}

/* "Server.Busy" is a Server's, too (SOAP 1.1 §4.4.1). */
static int
soap_status(struct span code)
{
	code = span_sub(code, 0, span_find(code, '.'));
	for (size_t i = 0; i < ARRAY_SIZE(soap_codes); i++)
		if (span_is(code, soap_codes[i].name))
			return soap_codes[i].status;
	return 400;
}

/* --- gRPC --------------------------------------------------------------------------------- */

static bool
read_grpc(struct body_error *b, const struct http_headers *headers)
{
	struct span number = span_trim(http_header(headers, "grpc-status")),
		    message = http_header(headers, "grpc-message");
	int64_t n;

	if (!number.n || span_to_i64(number, &n) != RES_OK)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(grpc_statuses); i++) {
		if (grpc_statuses[i].number != n)
			continue;
		b->dialect = "grpc";
		(void)buf_puts(&b->vendor_code, grpc_statuses[i].name);
		(void)percent_decode(&b->description, message);
		return true;
	}
	return false;
}

static int
grpc_status(struct span name, int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(grpc_statuses); i++)
		if (span_is(name, grpc_statuses[i].name))
			return grpc_statuses[i].status;
	return status;
}

/* --- both --------------------------------------------------------------------------------- */

bool
envelope_read(struct body_error *b, const struct http_response *r)
{
	struct span body = buf_span(&r->body);

	return read_grpc(b, &r->headers) ||
		(http_body_kind(body) == BODY_XML && read_soap(b, body));
}

int
envelope_status(const char *dialect, const char *vendor_code, int status)
{
	if (!strcmp(dialect, "soap") && status >= 400)
		return soap_status(span_of(vendor_code));
	if (!strcmp(dialect, "grpc"))
		return grpc_status(span_of(vendor_code), status);
	return status;
}
