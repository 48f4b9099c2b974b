/*
 * Force-included before every file (configure's -include): config.h comes first everywhere,
 * and the functions below cannot be called at all.  Their headers are read before the
 * poisoning, so that only a use is refused, not the declaration.
 */
#ifndef TT_BASE_BANNED_H
#define TT_BASE_BANNED_H

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef TT_READS_OPENSSL /* its headers have parameters of a poisoned name */
#include <openssl/evp.h>
#endif
#ifdef TT_READS_GNUTLS /* so have these */
#include <gnutls/gnutls.h>
#endif

#ifdef TT_READS_LIBSECRET /* GLib's headers use alloca */
#include <libsecret/secret.h>
#endif

/* a macro cannot be poisoned */
#undef alloca
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atoll gmtime localtime ctime asctime mktemp tmpnam
#pragma GCC poison system popen alloca rand srand random strerror

#endif
