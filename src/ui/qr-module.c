/* The module qr.so: libqrencode, and nothing of the program. */
#include "ui/qr.h"

#include <qrencode.h>

static bool
encode(const char *text, struct qr_code *out)
{
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	bool ok = q && q->width > 0 && q->width <= QR_MAX;

	out->size = ok ? q->width : 0;
	for (int i = 0; i < out->size * out->size; i++)
		out->dark[i] = q->data[i] & 1;
	if (q)
		QRcode_free(q);
	return ok;
}

static const struct qr_ops ops = {encode};

/* The one symbol the program looks up. */
extern const struct qr_module tokentriage_qr;

__attribute__((visibility("default"))) const struct qr_module tokentriage_qr = {
	.abi = QR_MODULE_ABI,
	.ops = &ops,
};
