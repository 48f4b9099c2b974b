#include "cli/modules.h"

#include <dlfcn.h>

#include "base/file.h"
#include "base/mem.h"

/*
 * LAZY: binding every symbol of the thirty libraries behind libcurl at once is a twentieth of a
 * check.  DEEPBIND: they look for one another among themselves, and in the program and its five
 * libraries only then, which is as much again.  No name of the program's stands in one of them
 * (tests/cli/symbols.tap.sh).  Not all C libraries have it, and AddressSanitizer, which stands
 * before the C library, refuses it.
 */
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__)
enum { BINDING = RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND };
#else
enum { BINDING = RTLD_LAZY | RTLD_LOCAL };
#endif

static const struct net_module *net;

char *
modules_build_folder(void)
{
	char exe[4096], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	bool there;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	path = path_join(exe, "net.so");
	there = !access(path, R_OK);
	free(path);
	return there ? xstrdup(exe) : NULL;
}

/* Beside the executable in a build tree; else where make install put it. */
static char *
module_path(const char *name)
{
	char *folder = modules_build_folder(), *path = path_join(folder ? folder : PKGLIBDIR, name);

	free(folder);
	return path;
}

static const void *
load(const char *name, const char *symbol, struct err *e)
{
	char *path = module_path(name);
	void *handle = dlopen(path, BINDING);
	const void *p = handle ? dlsym(handle, symbol) : NULL;

	if (!p) {
		const char *why = dlerror();

		err_set(e, RES_IO, "cannot load %s: %s", path, why ? why : "no reason given");
	}
	free(path);
	return p;
}

static const struct net_module *
load_net(struct err *e)
{
	static bool failed;
	static struct err why;
	const struct net_module *m;

	if (net)
		return net;
	if (!failed) {
		m = load("net.so", "tokentriage_net", &why);
		if (m && m->abi == NET_MODULE_ABI)
			return net = m;
		if (m)
			err_set(&why, RES_UNSUPPORTED,
				"net.so is of another version of this program");
		failed = true;
	}
	if (e)
		*e = why;
	return NULL;
}

const struct transport_ops *
modules_transport(struct err *e)
{
	const struct net_module *m = load_net(e);

	return m ? m->transport : NULL;
}

const struct demo_ops *
modules_demo(struct err *e)
{
	const struct demo_module *m = load("demo.so", "tokentriage_demo", e);

	if (m && m->abi == DEMO_MODULE_ABI)
		return m->ops;
	if (m)
		err_set(e, RES_UNSUPPORTED, "demo.so is of another version of this program");
	return NULL;
}

const struct qr_ops *
modules_qr(struct err *e)
{
	static const struct qr_module *m;

	if (!m)
		m = load("qr.so", "tokentriage_qr", e);
	if (!m)
		return NULL;
	if (m->abi == QR_MODULE_ABI)
		return m->ops;
	err_set(e, RES_UNSUPPORTED, "qr.so is of another version of this program");
	return NULL;
}

const struct keyring_ops *
modules_keyring(struct err *e)
{
#ifdef HAVE_LIBSECRET
	const struct keyring_module *m = load("keyring.so", "tokentriage_keyring", e);

	if (m && m->abi == KEYRING_MODULE_ABI)
		return m->ops;
	if (m)
		err_set(e, RES_UNSUPPORTED, "keyring.so is of another version of this program");
#else
	err_set(e, RES_UNSUPPORTED, "the keyring is not built in (it needs libsecret)");
#endif
	return NULL;
}

static const struct crypto_ops *
load_crypto(void)
{
	const struct net_module *m = load_net(NULL);

	return m ? m->crypto : NULL;
}

static bool
sha256(const void *p, size_t n, unsigned char out[32])
{
	const struct crypto_ops *ops = crypto();

	return ops && ops->sha256(p, n, out);
}

void
modules_init(void)
{
	crypto_set_loader(load_crypto);
	secret_set_digest(sha256);
}
