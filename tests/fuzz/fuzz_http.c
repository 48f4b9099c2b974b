/* HTTP messages as text, their headers' dates and types, form bodies. */
#include "fuzz/fuzz.h"

#include "base/clock.h"
#include "oauth/http.h"
#include "oauth/url.h"

static void
response(struct span text)
{
	struct http_response r;
	char type[80];

	http_response_init(&r);
	if (http_parse_response(&r, text, NULL) == RES_OK) {
		HOLDS(r.status >= 100 && r.status <= 999);
		HOLDS(r.body.len <= text.n);
		HOLDS(http_retry_after(&r.headers, 1769860800) >= -1);
		(void)http_media_type(&r.headers, type, sizeof(type));
		(void)body_kind_words(http_body_kind(buf_span(&r.body)));
		for (size_t i = 0; i < r.headers.n; i++)
			HOLDS(http_has_header(&r.headers, r.headers.v[i].name));
	}
	http_response_release(&r);
}

static void
request(struct span text)
{
	struct http_request r, copy;
	struct buf value;

	http_request_init(&r);
	http_request_init(&copy);
	buf_init(&value, LIMIT_TOKEN);
	if (http_parse_request(&r, text, NULL) == RES_OK) {
		HOLDS(r.method[0] && r.url);
		http_request_copy(&copy, &r);
		HOLDS(copy.headers.n == r.headers.n && copy.body.len == r.body.len);
		(void)form_get(buf_span(&r.body), "token", &value);
	}
	buf_release(&value);
	http_request_release(&copy);
	http_request_release(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);

	response(text);
	request(text);
	return 0;
}
