// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define RESULT(call) ((call) < 0 ? -errno : 0)

// linux/openat2.h came with 5.6; the layout is the kernel's ABI.
struct how {
    uint64_t flags, mode, resolve;
};
#define NO_MAGICLINKS 0x02
#define IN_ROOT 0x10
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

int bm_openat2_in_root(int root, const char *path, int flags, unsigned int mode)
{
    struct how how = {.flags = (uint64_t)flags, .mode = mode, .resolve = IN_ROOT | NO_MAGICLINKS};
    // EAGAIN means that something moved during the walk; the kernel asks for another try (openat2(2)).
    for (int attempt = 0; attempt < 32; attempt++) {
        long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
    }
    return -EAGAIN;
}

int bm_openat(int directory, const char *name, int flags, unsigned int mode)
{
    int fd = openat(directory, name, flags, mode);
    return fd < 0 ? -errno : fd;
}

int bm_open_direct(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int bm_pipe(int *reader, int *writer)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    *reader = ends[0];
    *writer = ends[1];
    return 0;
}

int bm_private_mounts(void)
{
    if (unshare(CLONE_NEWNS) < 0)
        return -errno;
    return RESULT(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

int bm_block_size(int fd, uint64_t *bytes, uint32_t *sector)
{
    int size = 0;
    if (ioctl(fd, BLKGETSIZE64, bytes) < 0 || ioctl(fd, BLKSSZGET, &size) < 0)
        return -errno;
    *sector = (uint32_t)size;
    return 0;
}

int bm_drop_cache(int fd)
{
    int error = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return -error;
}

// LOOP_CONFIGURE (5.8) sets file, offset and flags in one step: udev never sees the device at the wrong offset, where
// the member of an array may begin that its rules would assemble.
static int attach(int loop, int fd, const struct loop_info64 *info, uint32_t sector)
{
#ifdef LOOP_CONFIGURE
    struct loop_config config = {.fd = (uint32_t)fd, .block_size = sector > 512 ? sector : 0, .info = *info};
    if (ioctl(loop, LOOP_CONFIGURE, &config) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOTTY && errno != ENOSYS)
        return -errno;
#endif
    if (ioctl(loop, LOOP_SET_FD, fd) < 0)
        return -errno;
    if (ioctl(loop, LOOP_SET_STATUS64, info) < 0) {
        int error = errno;
        ioctl(loop, LOOP_CLR_FD, 0);
        return -error;
    }
    if (sector > 512)
        ioctl(loop, LOOP_SET_BLOCK_SIZE, (unsigned long)sector);
    return 0;
}

int bm_loop_attach(int fd, uint64_t offset, uint64_t limit, uint32_t sector, int read_only, const char *name,
                   int *loop_fd)
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0)
        return -errno;
    int result = -EBUSY;
    // Another process may take the free number first: try again, a bounded number of times.
    for (int attempt = 0; attempt < 16 && result == -EBUSY; attempt++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0) {
            result = -errno;
            break;
        }
        char path[32];
        snprintf(path, sizeof path, "/dev/loop%d", number);
        int loop = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
        if (loop < 0) {
            result = -errno;
            break;
        }
        struct loop_info64 info = {.lo_offset = offset,
                                   .lo_sizelimit = limit,
                                   .lo_flags = LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0)};
        snprintf((char *)info.lo_file_name, sizeof info.lo_file_name, "%s", name);
        result = attach(loop, fd, &info, sector);
        if (result < 0) {
            close(loop);
            continue;
        }
        *loop_fd = loop;
        result = number;
    }
    close(control);
    return result;
}

int bm_loop_detach(int loop_fd) { return RESULT(ioctl(loop_fd, LOOP_CLR_FD, 0)); }

int bm_sync(int fd) { return syncfs(fd); }

// A frozen filesystem stays so when the process that froze it is gone, and whoever writes to it next waits for ever
// (fs/super.c, freeze_super). So a process of its own does both, which is not killed along with bootmend.
int bm_settle(int fd)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        int result = ioctl(fd, FIFREEZE, 0) < 0 || ioctl(fd, FITHAW, 0) < 0 ? errno : 0;
        _exit(result);
    }
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child < 0)
        return -error;
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int bm_thaw(int fd) { return RESULT(ioctl(fd, FITHAW, 0)); }

int bm_columns(int fd)
{
    struct winsize size = {0};
    return ioctl(fd, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}

int bm_echo(int fd, int on)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) < 0)
        return -errno;
    if (on)
        settings.c_lflag |= ECHO;
    else
        settings.c_lflag &= ~(tcflag_t)ECHO;
    return RESULT(tcsetattr(fd, TCSAFLUSH, &settings));
}

int bm_memory_file(const char *name)
{
    int fd = (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
    if (fd < 0 && errno == ENOSYS) { // before Linux 3.17
        char path[] = "/run/bootmend-XXXXXX";
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            unlink(path);
    }
    return fd < 0 ? -errno : fd;
}

int bm_is_block(unsigned int mode) { return S_ISBLK(mode); }

unsigned int bm_major(uint64_t device) { return major(device); }

unsigned int bm_minor(uint64_t device) { return minor(device); }

int bm_is_read_only_subvolume(int fd)
{
    uint64_t flags = 0;
    if (ioctl(fd, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0)
        return -errno;
    return (flags & BTRFS_SUBVOL_RDONLY) != 0;
}
