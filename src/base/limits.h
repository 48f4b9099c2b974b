/* Every bound of the program, in one place.  Bytes unless the name says otherwise. */
#ifndef TT_BASE_LIMITS_H
#define TT_BASE_LIMITS_H

enum {
	LIMIT_BODY = 1 << 20,         /* response body kept (default; --max-body raises it) */
	LIMIT_HEADERS = 64 << 10,     /* response header block kept */
	LIMIT_HEADER_COUNT = 256,     /* header lines */
	LIMIT_TOKEN = 64 << 10,       /* a token or secret as given */
	LIMIT_PASTE = 16 << 10,       /* one bracketed paste into a field */
	LIMIT_URL = 8 << 10,
	LIMIT_JSON_DEPTH = 64,
	LIMIT_JSON_BYTES = 4 << 20,
	LIMIT_CONFIG = 1 << 20,
	LIMIT_INPUT_FILE = 64 << 20,  /* what inspect reads */
	LIMIT_REPORT = 64 << 20,
	LIMIT_LOG_TEXT = 2048,        /* one log record's text */
	LIMIT_LOG_RECORDS = 10000,    /* default; ui.log_records */
	LIMIT_LOG_BYTES = 16 << 20,
	LIMIT_EXCHANGES = 4096,
	LIMIT_CLAIMS = 256,           /* members decoded of one object */
	LIMIT_CHALLENGES = 16,
	LIMIT_JWKS_KEYS = 128,
	LIMIT_CERTS = 16,
	LIMIT_REDIRECTS = 5,
	LIMIT_SPENT = 1024,           /* used refresh tokens that are remembered */
	LIMIT_MARKS = 64,             /* refreshes whose end is not known */
	LIMIT_MESSAGE = 512,          /* a verdict, summary or remedy sentence */
};

#endif
