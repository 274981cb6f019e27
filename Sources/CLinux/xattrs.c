// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <sys/xattr.h>

ssize_t bm_list_xattrs(int fd, char *names, size_t size)
{
    ssize_t count = flistxattr(fd, names, size);
    return count < 0 ? -errno : count;
}

ssize_t bm_get_xattr(int fd, const char *name, void *value, size_t size)
{
    ssize_t count = fgetxattr(fd, name, value, size);
    return count < 0 ? -errno : count;
}

int bm_set_xattr(int fd, const char *name, const void *value, size_t size)
{
    return fsetxattr(fd, name, value, size, 0) < 0 ? -errno : 0;
}

int bm_remove_xattr(int fd, const char *name) { return fremovexattr(fd, name) < 0 ? -errno : 0; }
