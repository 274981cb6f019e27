// SPDX-License-Identifier: GPL-2.0-or-later
#include "CLinux.h"
#include <stdlib.h>

static int argument_count;
static char **arguments;

// Before Swift's own initializers: its backtracer aborts a static program that starts without /proc, unless it is
// told where its helper lies, and Swift's CommandLine is empty there.
__attribute__((constructor(101))) static void start(int count, char **values, char **environment)
{
    (void)environment;
    argument_count = count;
    arguments = values;
    setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/nonexistent", 0);
}

int bm_argument_count(void) { return argument_count; }

const char *bm_argument(int index) { return index >= 0 && index < argument_count ? arguments[index] : NULL; }
