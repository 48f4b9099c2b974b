/* Exchanges taken apart, and two of them side by side. */
#include "unit.h"

#include "base/mem.h"
#include "case/parts.h"

static struct exchange *
exchange(const char *request, const char *response)
{
	struct exchange *x = exchange_new();
	struct err e = ERR_INIT;

	http_request_release(&x->request);
	http_request_init(&x->request);
	http_response_release(&x->result.response);
	http_response_init(&x->result.response);
	assert_int_equal(http_parse_request(&x->request, span_of(request), &e), RES_OK);
	assert_int_equal(http_parse_response(&x->result.response, span_of(response), &e), RES_OK);
	x->result.timings = (struct timings){-1, -1, -1, 25000, 1000, 26000, true};
	return x;
}

/* "group name=value" a line; of the groups from first to last. */
static void
write_parts(const struct part_list *l, enum part_group first, enum part_group last, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].group >= first && l->v[i].group <= last)
			buf_printf(out, "%d %s=%s\n", (int)l->v[i].group, l->v[i].name, l->v[i].value);
}

static const char one[] = "POST http://idp.example/introspect?tenant=a%20b&x=1&x=2 HTTP/1.1\r\nHost: idp.example\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=eyJh…[redacted 812 B]&hint=access%5Ftoken&empty";
static const char answer[] = "HTTP/1.1 401 No\x1b[2J\r\nWWW-Authenticate: DPoP algs=\"ES256\", Bearer error=\"invalid_token\"\r\n"
	"Content-Type: application/json\r\n\r\n"
	"{\"exp\":1769860623,\"cnf\":{\"jkt\":\"k\",\"deep\":{\"er\":[1,{\"a\":2}]}},\"none\":null,\"o\":{},\"e\":\"a\\u202eb\"}";

static void
test_parts(void **state)
{
	struct exchange *x = exchange(one, answer);
	struct part_list l;
	struct buf text;
	bool meant = false;

	(void)state;
	part_list_init(&l);
	buf_init(&text, 1 << 16);
	parts_of_exchange(&l, x);
	assert_false(l.cut);
	write_parts(&l, PART_REQUEST, PART_REQUEST, &text);
	assert_string_equal(buf_str(&text), "0 method=POST\n0 address=http://idp.example/introspect\n0 tenant=a b\n"
		"0 x=1\n0 x=2\n");
	buf_clear(&text);
	write_parts(&l, PART_REQUEST_BODY, PART_REQUEST_BODY, &text);
	assert_string_equal(buf_str(&text), "2 token=eyJh…[redacted 812 B]\n2 hint=access_token\n2 empty=\n");
	buf_clear(&text);
	write_parts(&l, PART_ANSWER, PART_TIME, &text);
	assert_string_equal(buf_str(&text), "3 status=401 No\\e[2J\n3 HTTP version=1.1\n"
		"4 WWW-Authenticate=DPoP\n4 WWW-Authenticate algs=ES256\n4 WWW-Authenticate=Bearer\n"
		"4 WWW-Authenticate error=invalid_token\n4 Content-Type=application/json\n"
		"5 exp=1769860623\n5 cnf.jkt=k\n5 cnf.deep.er=[1,{\"a\":2}]\n5 none=null\n5 o={}\n5 e=a\\u{202E}b\n"
		"6 wait=25 ms\n6 receive=1 ms\n6 total=26 ms\n6 reused=yes\n");
	for (size_t i = 0; i < l.n; i++) {
		if (strcmp(l.v[i].name, "exp") == 0)
			assert_int_equal(l.v[i].date, 1769860623);
		else
			assert_int_equal(l.v[i].date, 0);
		meant = meant || (strcmp(l.v[i].name, "WWW-Authenticate error") == 0 && l.v[i].meaning);
	}
	assert_true(meant);
	buf_release(&text);
	part_list_release(&l);
	exchange_free(x);
}

/* What is no form and no JSON is its kind, its beginning and its length; what never was answered has its reason. */
static void
test_other_bodies(void **state)
{
	struct exchange *x = exchange("GET http://a/ HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n<html><body>busy</body></html>");
	struct part_list l;
	struct buf text;

	(void)state;
	part_list_init(&l);
	buf_init(&text, 1 << 16);
	parts_of_exchange(&l, x);
	write_parts(&l, PART_ANSWER_BODY, PART_ANSWER_BODY, &text);
	assert_string_equal(buf_str(&text), "5 kind=an HTML page\n5 text=<html><body>busy</body></html>\n5 length=30 bytes\n");
	part_list_release(&l);
	x->result.response.status = 0;
	x->result.error = NETERR_CONNECT_TIMEOUT;
	snprintf(x->result.error_text, sizeof(x->result.error_text), "after 10 s");
	parts_of_exchange(&l, x);
	buf_clear(&text);
	write_parts(&l, PART_ANSWER, PART_ANSWER_BODY, &text);
	assert_non_null(strstr(buf_str(&text), "3 reason=after 10 s\n"));
	assert_null(strstr(buf_str(&text), "status"));
	buf_release(&text);
	part_list_release(&l);
	exchange_free(x);
}

static void
test_too_many(void **state)
{
	struct exchange *x = exchange("GET http://a/ HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
	struct part_list l;

	(void)state;
	buf_putc(&x->result.response.body, '{');
	for (int i = 0; i < 3000; i++)
		buf_printf(&x->result.response.body, "%s\"m%d\":%d", i ? "," : "", i, i);
	buf_putc(&x->result.response.body, '}');
	part_list_init(&l);
	parts_of_exchange(&l, x);
	assert_int_equal(l.n, PARTS_MAX);
	assert_true(l.cut);
	part_list_release(&l);
	exchange_free(x);
}

static const struct part_pair *
pair_called(const struct part_pairs *p, enum part_group g, const char *name, size_t nth)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct part *any = p->v[i].a ? p->v[i].a : p->v[i].b;

		if (any->group == g && strcmp(any->name, name) == 0 && nth-- == 0)
			return &p->v[i];
	}
	fail_msg("no pair %s", name);
	return NULL;
}

/* The k-th of a name beside the k-th of the other; headers by any case, members only by theirs; the order is kept. */
static void
test_pairs(void **state)
{
	struct exchange *x = exchange(one, answer);
	struct exchange *y = exchange("POST http://idp.example/introspect?x=1&x=3&x=4 HTTP/1.1\r\nhost: idp.example\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-type: application/json\r\n\r\n{\"Exp\":1,\"none\":null,\"exp\":1769860624}");
	const struct part_pair *p;
	struct part_pairs pairs;
	struct part_list a, b;
	int group = 0;

	(void)state;
	part_list_init(&a);
	part_list_init(&b);
	parts_of_exchange(&a, x);
	parts_of_exchange(&b, y);
	parts_pair(&pairs, &a, &b);
	for (size_t i = 0; i < pairs.n; i++) {
		const struct part *any = pairs.v[i].a ? pairs.v[i].a : pairs.v[i].b;

		assert_true((int)any->group >= group);
		group = (int)any->group;
		assert_int_equal(pairs.v[i].same,
			pairs.v[i].a && pairs.v[i].b && strcmp(pairs.v[i].a->value, pairs.v[i].b->value) == 0);
	}
	assert_true(pair_called(&pairs, PART_REQUEST, "x", 0)->same);
	p = pair_called(&pairs, PART_REQUEST, "x", 1);
	assert_string_equal(p->a->value, "2");
	assert_string_equal(p->b->value, "3");
	p = pair_called(&pairs, PART_REQUEST, "x", 2);
	assert_null(p->a);
	assert_string_equal(p->b->value, "4");
	assert_null(pair_called(&pairs, PART_REQUEST, "tenant", 0)->b);
	assert_true(pair_called(&pairs, PART_REQUEST_HEADER, "Host", 0)->same);
	assert_true(pair_called(&pairs, PART_ANSWER_HEADER, "Content-Type", 0)->same);
	assert_null(pair_called(&pairs, PART_ANSWER_BODY, "Exp", 0)->a);
	p = pair_called(&pairs, PART_ANSWER_BODY, "exp", 0);
	assert_true(p->a && p->b && !p->same);
	assert_true(pair_called(&pairs, PART_ANSWER_BODY, "none", 0)->same);
	part_pairs_release(&pairs);
	part_list_release(&a);
	part_list_release(&b);
	exchange_free(x);
	exchange_free(y);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_other_bodies),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
