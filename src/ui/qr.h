/*
 * QR codes: the vtable of a module (qr.so, which alone knows libqrencode), loaded when the first
 * one is wanted, and their drawing in cells.
 */
#ifndef TT_UI_QR_H
#define TT_UI_QR_H

#include "ui/canvas.h"

enum { QR_MODULE_ABI = 1, QR_MAX = 177 /* modules a side, of the largest version */ };

struct qr_code {
	int size; /* modules a side; 0: none */
	unsigned char dark[QR_MAX * QR_MAX];
};

struct qr_ops {
	/* Text of any bytes but NUL; error correction L.  False: it is too long. */
	bool (*encode)(const char *text, struct qr_code *out);
};

struct qr_module {
	int abi;
	const struct qr_ops *ops;
};

/*
 * Two modules a cell in UTF-8 (half blocks), two cells a module in ASCII; around it a quiet zone of
 * four modules, or what there is room for, one at the least.  False, and nothing drawn, where even
 * that does not fit; need: the cells that it would take then.
 */
bool qr_draw(
	const struct qr_code *q, struct rect r, struct canvas *c, int *need_rows, int *need_cols);
/* The rows and columns of a code with a quiet zone of `quiet` modules. */
void qr_cells(const struct qr_code *q, bool ascii, int quiet, int *rows, int *cols);

#endif
