#include "pty/browser.h"

#include "unit.h"

#include <curl/curl.h>

#include "base/mem.h"

struct browser {
	CURL *curl;
	struct buf page;
	char *at;
};

static size_t
take(char *p, size_t size, size_t n, void *to)
{
	return buf_add(to, p, size * n) == RES_OK ? size * n : 0;
}

struct browser *
browser_new(void)
{
	struct browser *b = xcalloc(1, sizeof(*b));

	buf_init(&b->page, 1 << 20);
	b->curl = curl_easy_init();
	assert_non_null(b->curl);
	curl_easy_setopt(b->curl, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(b->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(b->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(b->curl, CURLOPT_TIMEOUT_MS, 20000L);
	curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, &b->page);
	return b;
}

void
browser_free(struct browser *b)
{
	curl_easy_cleanup(b->curl);
	buf_release(&b->page);
	free(b->at);
	free(b);
}

static long
go(struct browser *b, const char *url, int stay)
{
	char *at = NULL;
	long status = 0;

	buf_clear(&b->page);
	curl_easy_setopt(b->curl, CURLOPT_URL, url);
	curl_easy_setopt(b->curl, CURLOPT_FOLLOWLOCATION, stay == 0 ? 0L : 1L);
	curl_easy_setopt(b->curl, CURLOPT_MAXREDIRS, (long)stay);
	if (curl_easy_perform(b->curl) == CURLE_OK)
		curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(b->curl, CURLINFO_REDIRECT_URL, &at);
	if (!at)
		curl_easy_getinfo(b->curl, CURLINFO_EFFECTIVE_URL, &at);
	free(b->at);
	b->at = xstrdup(at ? at : "");
	return status;
}

long
browser_open(struct browser *b, const char *url, int stay)
{
	curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
	return go(b, url, stay);
}

long
browser_post(struct browser *b, const char *url, const char *form, int stay)
{
	curl_easy_setopt(b->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(b->curl, CURLOPT_POSTFIELDS, form);
	return go(b, url, stay);
}

const char *
browser_at(const struct browser *b)
{
	return b->at;
}

const char *
browser_page(const struct browser *b)
{
	return buf_str(&b->page);
}

long
browser_allow(struct browser *b, const char *origin, int stay)
{
	static const char name[] = "name=\"request\" value=\"";
	const char *at = strstr(browser_page(b), name), *value;
	char *form, *url;
	long status;

	if (!at)
		fail_msg("no page to allow on: %s", browser_page(b));
	value = at + strlen(name);
	form = xasprintf("request=%.*s&answer=yes", (int)strcspn(value, "\""), value);
	url = xasprintf("%s/consent", origin);
	status = browser_post(b, url, form, stay);
	free(url);
	free(form);
	return status;
}
