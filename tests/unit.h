/* What every unit test includes before anything of its own. */
#ifndef TT_TESTS_UNIT_H
#define TT_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#endif
