// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int bm_dm_status(unsigned int major, unsigned int minor, char *line, size_t size)
{
    union {
        struct dm_ioctl head;
        char bytes[16384];
    } buffer = {.head = {
                    // The interface of every kernel since 2.6; the kernel fills in its own.
                    .version = {DM_VERSION_MAJOR, 0, 0},
                    .data_size = sizeof buffer,
                    .data_start = sizeof(struct dm_ioctl),
                    .flags = DM_NOFLUSH_FLAG,
                    .dev = makedev(major, minor),
                }};
    int control = open("/dev/mapper/control", O_RDONLY | O_CLOEXEC);
    if (control < 0)
        return -errno;
    int result = ioctl(control, DM_TABLE_STATUS, &buffer) < 0 ? -errno : 0;
    close(control);
    if (result < 0)
        return result;
    const struct dm_target_spec *target = (const void *)(buffer.bytes + buffer.head.data_start);
    if (buffer.head.target_count == 0 || buffer.head.flags & DM_BUFFER_FULL_FLAG ||
        buffer.head.data_start > sizeof buffer - sizeof *target)
        return -EINVAL;
    buffer.bytes[sizeof buffer - 1] = 0;
    snprintf(line, size, "%.15s %s", target->target_type, (const char *)(target + 1));
    return 0;
}
