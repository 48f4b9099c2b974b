/*
 * bare BASE-URL FILE CONNECTIONS [CA-FILE]: what libcurl alone does with the same tokens and
 * requests (introspection, then user information) on as many connections.  One multi handle, one
 * easy handle a connection.  Prints requests, seconds and requests a second.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct slot {
	CURL *easy;
	struct curl_slist *form, *bearer;
	int asked; /* 0 introspection is under way, 1 user information */
	char token[4096], body[4200], auth[4200];
	char got[1 << 16];
	size_t n;
};

static const char *base, *ca;
static FILE *list;
static long requests, failed;

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	struct slot *s = arg;

	n *= size;
	if (n < sizeof(s->got) - s->n) {
		memcpy(s->got + s->n, p, n);
		s->n += n;
	}
	return n;
}

static void
set_up(struct slot *s, int asked)
{
	char url[512];

	s->asked = asked;
	s->n = 0;
	curl_easy_reset(s->easy);
	snprintf(url, sizeof(url), "%s/%s", base, asked ? "userinfo" : "introspect");
	curl_easy_setopt(s->easy, CURLOPT_URL, url);
	curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
	curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	if (ca)
		curl_easy_setopt(s->easy, CURLOPT_CAINFO, ca);
	if (asked) {
		snprintf(s->auth, sizeof(s->auth), "Authorization: Bearer %s", s->token);
		curl_slist_free_all(s->bearer);
		s->bearer = curl_slist_append(NULL, s->auth);
		curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->bearer);
	} else {
		snprintf(s->body, sizeof(s->body), "token=%s&client_id=app", s->token);
		curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, s->body);
		curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->form);
	}
}

static int
next_token(struct slot *s)
{
	size_t n;

	if (!fgets(s->token, sizeof(s->token), list))
		return 0;
	n = strcspn(s->token, "\r\n");
	s->token[n] = '\0';
	return n > 0;
}

static int
finished(CURLM *multi, struct slot *s, CURLcode rc)
{
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	requests++;
	failed += rc != CURLE_OK || !status;
	curl_multi_remove_handle(multi, s->easy);
	if (!s->asked)
		set_up(s, 1);
	else if (next_token(s))
		set_up(s, 0);
	else
		return 0;
	curl_multi_add_handle(multi, s->easy);
	return 1;
}

int
main(int argc, char **argv)
{
	int n = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0, running = 0, left;
	struct slot *slots;
	struct timespec a, b;
	CURLM *multi;
	CURLMsg *m;
	double s;

	if (n < 1 || !(list = fopen(argv[2], "r")))
		return 2;
	base = argv[1];
	ca = argc > 4 ? argv[4] : NULL;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	slots = calloc((size_t)n, sizeof(*slots));
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++) {
		slots[i].easy = curl_easy_init();
		slots[i].form = curl_slist_append(NULL, "Accept: application/json");
		if (!next_token(&slots[i]))
			continue;
		set_up(&slots[i], 0);
		curl_multi_add_handle(multi, slots[i].easy);
		running++;
	}
	while (running) {
		curl_multi_perform(multi, &left);
		while ((m = curl_multi_info_read(multi, &left))) {
			struct slot *done = NULL;

			curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&done);
			running -= !finished(multi, done, m->data.result);
		}
		if (running)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	printf("%ld requests, %ld failed, %.3f s, %.0f a second\n", requests, failed, s,
		(double)requests / s);
	return failed != 0;
}
