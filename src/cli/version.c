/* --version: this program, its libraries, its features. */
#include "cli/app.h"

#include <gnu/libc-version.h>

#include "cli/modules.h"

void
version_text(struct buf *out)
{
	struct err e = ERR_INIT;
	const struct transport_ops *net = modules_transport(&e);
	const struct crypto_ops *ops = crypto();

	buf_printf(out, "tokentriage %s\n", PACKAGE_VERSION);
	buf_printf(out, "libraries:\n  %s\n  %s\n",
		net ? net->version() : "libcurl: its module could not be loaded",
		ops ? ops->version() : "OpenSSL: its module could not be loaded");
	buf_printf(out, "  ncurses %s, libconfig %s, cJSON %s, libmicrohttpd %s,\n"
		"  libqrencode %s, glibc %s\n",
		TT_NCURSES_VERSION, TT_CONFIG_VERSION, TT_CJSON_VERSION, TT_MICROHTTPD_VERSION,
		TT_QRENCODE_VERSION, gnu_get_libc_version());
	buf_puts(out,
		"features: wizard line-mode introspection refresh revocation userinfo jws login "
		"demo-server");
	for (int f = 0; f < REPORT_FORMATS; f++)
		buf_printf(out, " %s", report_forms[f].id);
	buf_putc(out, '\n');
#ifdef HAVE_LIBSECRET
	buf_puts(out, "keyring: libsecret\n");
#else
	buf_puts(out, "keyring: not built in\n");
#endif
	buf_puts(out, "report schema: tokentriage.report/1\n");
	if (!net)
		buf_printf(out, "note: %s\n", e.text);
}
