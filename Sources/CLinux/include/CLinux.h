// SPDX-License-Identifier: GPL-2.0-or-later
// The few system calls and ioctls that Swift cannot express (variadic, macro-only or thread-sensitive).
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The arguments as the kernel gave them; Swift's own CommandLine reads /proc, which may not be there.
int bm_argument_count(void);
const char *bm_argument(int index);

/// openat2(2) with RESOLVE_IN_ROOT (magic links refused). Returns a descriptor or -errno.
int bm_openat2_in_root(int root, const char *path, int flags, unsigned int mode);
/// openat(2), for the walk on kernels without openat2. Returns a descriptor or -errno.
int bm_openat(int directory, const char *name, int flags, unsigned int mode);

/// O_PATH, which glibc hides without _GNU_SOURCE (asm-generic/fcntl.h).
static const int bm_o_path = 010000000;

/// Opens a device for reading past the page cache. A descriptor or -errno.
int bm_open_direct(const char *path);
/// pipe2(2), close-on-exec. 0 or -errno.
int bm_pipe(int *reader, int *writer);

/// Private mount namespace for the calling process, propagation off. Call before the first thread. 0 or -errno.
int bm_private_mounts(void);

/// Size in bytes and logical sector size of an open block device. 0 or -errno.
int bm_block_size(int fd, uint64_t *bytes, uint32_t *sector);
/// Makes the kernel drop its clean pages of a device. 0 or -errno.
int bm_drop_cache(int fd);
/// Keeps memory that is given back for the next buffer, in two arenas for all threads (mallopt(3)).
void bm_keep_freed_memory(void);

/// Attaches `fd` read-only or not at offset/limit to a free loop device (autoclear). Returns its number or -errno.
int bm_loop_attach(int fd, uint64_t offset, uint64_t limit, uint32_t sector, int read_only, const char *name,
                   int *loop_fd);
/// Detaches now. 0 or -errno.
int bm_loop_detach(int loop_fd);

/// syncfs(2), which glibc hides without _GNU_SOURCE. 0, or -1 with errno.
int bm_sync(int fd);
/// Freezes and thaws the filesystem that `fd` lies on, at once, and both whatever happens to this process. 0 or -errno.
int bm_settle(int fd);
/// Thaws what a process that is gone has left frozen. 0 or -errno: EINVAL where it is not.
int bm_thaw(int fd);

/// 1 where `fd` is of a btrfs subvolume that takes no writes, 0 where it is not, -errno where it is none of btrfs.
int bm_is_read_only_subvolume(int fd);

/// Extended attributes of an open file: SELinux labels, ACLs, capabilities (xattr(7)). Sizes, 0, or -errno.
ssize_t bm_list_xattrs(int fd, char *names, size_t size);
ssize_t bm_get_xattr(int fd, const char *name, void *value, size_t size);
int bm_set_xattr(int fd, const char *name, const void *value, size_t size);
int bm_remove_xattr(int fd, const char *name);

/// What a child process is to be. All pointers outlive the call; strings are NUL-terminated.
struct bm_child {
    const char *const *arguments;    // argv[0] is the path to execute
    const char *const *environment;
    const char *root;                // chroot there first; NULL for none
    const char *directory;           // working directory after chroot; NULL for "/"
    int input, output, error;        // become 0, 1, 2; -1 = /dev/null
    int new_session;                 // setsid, so that signals of the terminal do not reach it
    int pid_namespace;               // CLONE_NEWPID with a PID 1 of bootmend's own that mounts /proc and reaps
    const char *proc;                // where PID 1 mounts the fresh /proc (outside of the chroot); NULL for none
    const char *command_line;        // a file in `root` that lies over cmdline in it where it is there; NULL for none
};
/// Starts a child. Returns its pid or -errno of what failed (exec failures included).
pid_t bm_spawn(const struct bm_child *child);

/// Forks a process that reads and writes what it has read into a pipe, and has nothing else of this one's. Returns 0 in it,
/// with the pipe's end to write to; 1 in this one, with its pid and the end to read from; -errno where fork fails.
int bm_reader(pid_t *pid, int *end);

/// What a read server is asked; it answers an int64_t, the bytes that follow it or -errno of pread(2).
struct bm_read_request {
    uint64_t offset;
    uint64_t count;
};
/// Bytes that a read server reads at once, at most.
static const uint64_t bm_read_largest = 1 << 20;
/// Forks a process that reads `device` for this one, and has nothing else of it. From any thread. Its socket or -errno.
int bm_read_server(int device, int drops_cache, pid_t *pid);

/// Sends a signal to a whole session started by bm_spawn. 0 or -errno.
int bm_kill(pid_t pid, int signal);

/// A reader that goes away makes write(2) fail instead of ending the program.
void bm_ignore_broken_pipes(void);
/// SIGINT, SIGTERM and SIGHUP are counted, by `bm_interrupts`, instead of ending the program; and back again.
void bm_catch_interrupts(void);
void bm_release_interrupts(void);
int bm_interrupts(void);
/// Forks a worker before the first thread. Returns 0 in the worker; in the guard, which passes signals on, the
/// worker's pid once it has ended, with its wait status. -errno where fork fails.
pid_t bm_guard(int *status);
/// Does `work(argument)` on a thread of its own, which signals reach as they reached this one, and waits for its end. 0, or
/// -errno where there is no thread to be had.
int bm_on_thread(void (*work)(void *), void *argument);

/// The status of a mapped device's first target, "raid raid1 2 AA …", read without flushing it. 0 or -errno.
int bm_dm_status(unsigned int major, unsigned int minor, char *line, size_t size);

/// Columns of the terminal at `fd`, 0 when it does not say.
int bm_columns(int fd);
/// Echo of the terminal on or off. 0 or -errno.
int bm_echo(int fd, int on);

/// memfd_create(2) or an unlinked file in /run where the kernel is older. A descriptor or -errno.
int bm_memory_file(const char *name);

/// S_IFMT tests, device numbers: macros in C.
int bm_is_block(unsigned int mode);
unsigned int bm_major(uint64_t device);
unsigned int bm_minor(uint64_t device);
