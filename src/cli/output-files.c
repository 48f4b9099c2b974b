/* Where the outputs go: never over what the program reads, nor over one another. */
#include "cli/app.h"

#include <libgen.h>
#include <sys/stat.h>

#include "base/mem.h"

/* A file by what it is, not by its name; one that is not there yet by its folder and name. */
struct file_id {
	struct stat st;
	const char *name; /* in the folder st; NULL: st is the file */
};

enum { FILE_MAX = 48 };

struct taken {
	const char *path, *what;
	char option[32];
};

static bool
identify(const char *path, struct file_id *id, char **owned)
{
	const char *slash = strrchr(path, '/');

	*owned = NULL;
	id->name = NULL;
	if ((strcmp(path, "-") ? stat(path, &id->st) : fstat(STDIN_FILENO, &id->st)) == 0)
		return S_ISREG(id->st.st_mode);
	*owned = xstrdup(path);
	id->name = slash ? slash + 1 : path;
	return stat(dirname(*owned), &id->st) == 0;
}

static bool
same_file(const char *a, const char *b)
{
	struct file_id x, y;
	char *ox = NULL, *oy = NULL;
	bool same = identify(a, &x, &ox) && identify(b, &y, &oy) && x.st.st_dev == y.st.st_dev &&
		x.st.st_ino == y.st.st_ino && !x.name == !y.name &&
		(!x.name || !strcmp(x.name, y.name));

	free(ox);
	free(oy);
	return same;
}

static void
take(struct taken *v, size_t *n, const char *path, const char *what)
{
	if (path && *path && *n < FILE_MAX)
		v[(*n)++] = (struct taken){.path = path, .what = what};
}

/* What is read: the tokens, the evidence, the configuration, keys and certificates. */
static size_t
inputs(const struct app *a, struct taken *v)
{
	const struct profile *p = &a->profile;
	size_t n = 0;

	if (a->opt->command == CMD_INSPECT && !a->opt->n_args)
		take(v, &n, "-", "what is inspected");
	for (int i = 0; a->opt->command != CMD_EXPLAIN && a->opt->command != CMD_DEMO &&
		i < a->opt->n_args; i++)
		take(v, &n, a->opt->args[i],
			a->opt->command == CMD_INSPECT ? "what is inspected" : "what is read");
	take(v, &n, p->access_token_file, "the file of the access token");
	take(v, &n, p->refresh_token_file, "the file of the refresh token");
	take(v, &n, p->id_token_file, "the file of the ID token");
	take(v, &n, p->ca_file, "the file of the authorities");
	take(v, &n, p->client_cert_file, "the client's certificate");
	take(v, &n, p->client_key_file, "the client's key");
	for (size_t i = 0; i < profile_key_count; i++) {
		const char *const *member =
			(const char *const *)(const void *)((const char *)p + profile_keys[i].at);

		/* a secret's source stands behind it (profile.h) */
		if (profile_keys[i].kind == KEY_SECRET && member[1] &&
			span_starts(span_of(member[1]), "file "))
			take(v, &n, member[1] + 5, "the file of a secret");
	}
	for (size_t i = 0; i < a->conf.files.n; i++)
		take(v, &n, a->conf.files.v[i], "the configuration");
	return n;
}

enum res
app_outputs_apart(const struct app *a, struct err *e)
{
	static const enum opt outputs[] = {
		OPT_OUTPUT, OPT_SAVE, OPT_HAR, OPT_LOG_FILE, OPT_TOKENS_OUT,
		OPT_SUMMARY};
	struct taken v[FILE_MAX];
	size_t n = inputs(a, v);

	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		const char *path =
			opt_given(a->opt, outputs[i]) ? opt_str(a->opt, outputs[i]) : NULL;
		const char *name = option_rows[outputs[i]].name;

		if (!path)
			continue;
		for (size_t k = 0; k < n; k++)
			if (same_file(path, v[k].path))
				return err_set(e, RES_REFUSED,
					"--%s %s would be written over %s; give another file", name,
					path, v[k].what);
		take(v, &n, path, NULL);
		snprintf(v[n - 1].option, sizeof(v[n - 1].option), "what --%s writes", name);
		v[n - 1].what = v[n - 1].option;
	}
	return RES_OK;
}
