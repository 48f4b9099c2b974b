/*
 * A secret: a token, client secret, code, proof key.  One block of memory, wiped whole when
 * the last reference goes, never printed by accident: the value is reached only through
 * secret_reveal(), whose callers a test lists.
 */
#ifndef TT_BASE_SECRET_H
#define TT_BASE_SECRET_H

#include "base/buf.h"

struct secret;

/* Copies s.  The caller wipes his copy. */
struct secret *secret_new(struct span s);
struct secret *secret_ref(struct secret *s); /* NULL-safe */
void secret_unref(struct secret *s);         /* NULL-safe; wipes with the last reference */
/* The value, borrowed, NUL-terminated.  Sending, signing, parsing and --show-secrets only. */
struct span secret_reveal(const struct secret *s);
size_t secret_len(const struct secret *s); /* bytes; 0 for NULL */
/* Equal values, in time that depends on the lengths alone.  NULL equals nothing. */
bool secret_equal(const struct secret *a, const struct secret *b);

enum { MASK_MAX = 96 };
/*
 * What may be shown: "eyJh…[redacted 812 B, sha256:1f3a…]".  The first four characters only
 * of values of at least 32 bytes; the hash only of values of high entropy (at least 20 bytes
 * and looking random); a short secret gives "[redacted]" without even its length.
 */
char *secret_mask(const struct secret *s, char out[MASK_MAX]);
char *secret_mask_span(struct span s, char out[MASK_MAX]);
/* Does it look as if a machine had drawn it: at least 20 bytes, restless letters and digits? */
bool secret_looks_random(struct span s);
/* "sha256:" + 16 hexadecimal digits, or "" where the mask would show no hash. */
char *secret_fingerprint(struct span s, char out[32]);

/*
 * SHA-256, injected by main (base knows no crypto library); before that, masks have no hash.
 * May load a library at its first call.  False: no digest to be had.
 */
void secret_set_digest(bool (*sha256)(const void *p, size_t n, unsigned char out[32]));
bool secret_sha256(const void *p, size_t n, unsigned char out[32]);

/* No core dumps, not dumpable (no ptrace by the same user, /proc/self not readable). */
void secret_harden_process(void);

#endif
