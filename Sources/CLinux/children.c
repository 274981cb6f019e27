// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Between fork and exec only async-signal-safe calls: a threaded Swift process may hold any lock.

static _Noreturn void fail(int report)
{
    int error = errno;
    ssize_t written = write(report, &error, sizeof error);
    _exit(written == sizeof error ? 126 : 127);
}

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void close_span(unsigned int first, unsigned int last)
{
    if (first > last || syscall(SYS_close_range, first, last, 0u) == 0)
        return;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= last)
        last = (unsigned int)limit.rlim_cur - 1; // kernels before 5.9 have no close_range(2)
    for (unsigned int fd = first; fd <= last; fd++)
        close((int)fd);
}

// Closes everything but the standard streams and `kept`.
static void close_others(int kept)
{
    if (kept > 3)
        close_span(3, (unsigned int)kept - 1);
    close_span(kept < 3 ? 3 : (unsigned int)kept + 1, 1u << 20);
}

// A descriptor above the standard streams, so that placing one stream cannot overwrite the source of the next.
static int lifted(int fd, int as)
{
    if (fd >= 0)
        return fcntl(fd, F_DUPFD_CLOEXEC, 64);
    fd = open("/dev/null", (as == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
    if (fd < 0) { // a rescue root may have no /dev/null: a pipe nobody holds reads as empty
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
            return -1;
        fd = as == 0 ? ends[0] : ends[1];
        if (as == 0)
            close(ends[1]);
    }
    return fcntl(fd, F_DUPFD_CLOEXEC, 64);
}

static _Noreturn void become(const struct bm_child *child, int report)
{
    int high = fcntl(report, F_DUPFD_CLOEXEC, 64);
    if (high >= 0)
        report = high;
    int streams[3] = {lifted(child->input, 0), lifted(child->output, 1), lifted(child->error, 2)};
    for (int as = 0; as < 3; as++)
        if (streams[as] < 0 || dup2(streams[as], as) < 0)
            fail(report);
    close_others(report);
    umask(022);
    if (child->root && (chroot(child->root) < 0 || chdir("/") < 0))
        fail(report);
    if (chdir(child->directory ? child->directory : "/") < 0)
        fail(report);
    execve(child->arguments[0], (char *const *)child->arguments, (char *const *)child->environment);
    fail(report);
}

static void default_signals(void)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// The fresh /proc. Never through a symbolic link: the target's own could lead the mount out of its root.
static int mount_proc(const char *path)
{
    int directory = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 || fchdir(directory) < 0)
        return -1;
    close(directory);
    return mount("proc", ".", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

// A file under `root`, never through a link; -1 where there is none. Opened here, after unshare(2): what was opened in another
// mount namespace cannot be bound (mount(2), EINVAL).
static int open_beneath(const char *root, const char *path)
{
    int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (at >= 0 && *path) {
        char name[NAME_MAX + 1];
        path += strspn(path, "/");
        size_t length = strcspn(path, "/");
        int next = -1;
        if (length > 0 && length < sizeof name) {
            memcpy(name, path, length);
            name[length] = 0;
            next = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        }
        close(at);
        at = next;
        path += length;
    }
    struct stat status;
    if (at < 0 || (fstat(at, &status) == 0 && S_ISREG(status.st_mode)))
        return at;
    close(at);
    return -1;
}

// What the rescue system was started with is nothing to the tools of another system: they see that one's own words.
static int mask_command_line(const char *proc, const char *root, const char *path)
{
    int words = open_beneath(root ? root : "/", path);
    if (words < 0)
        return 0;
    // Looked up in the /proc that is new: the rescue system may have none. No snprintf, which may take a lock.
    char source[24] = "self/fd/";
    size_t end = strlen(source);
    for (int unit = 1000000000; unit > 0; unit /= 10)
        if (words >= unit || unit == 1)
            source[end++] = (char)('0' + words / unit % 10);
    source[end] = 0;
    int directory = open(proc, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 || fchdir(directory) < 0)
        return -1;
    close(directory);
    int result = mount(source, "cmdline", NULL, MS_BIND, NULL);
    close(words);
    return result;
}

// PID 1 of the new namespace: not chrooted, mounts a fresh /proc, waits for the tool, and takes every stray with it
// when it exits (pid_namespaces(7)).
static _Noreturn void reap(const struct bm_child *child, int report)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Out of the terminal's group: it has no handlers to lose, but it is not the terminal's to stop either. A shell has
    // to stay in the session of its terminal, and signals without a handler do not reach a PID 1.
    if (child->new_session)
        setsid();
    // A mount namespace of its own: the fresh /proc is gone with the namespace, whatever happens.
    if (child->proc) {
        if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount_proc(child->proc) < 0 ||
            (child->command_line && mask_command_line(child->proc, child->root, child->command_line) < 0))
            fail(report);
    }
    // Not fork(3): after a bare clone(2) in a threaded process glibc's locks may be held by threads that are not here.
    pid_t tool = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (tool < 0)
        fail(report);
    if (tool == 0) {
        if (child->new_session)
            setsid();
        become(child, report);
    }
    // Nothing of the parent's stays open here: pipes must end when their users do.
    close_span(0, 1u << 20);
    int status = 0;
    for (;;) {
        pid_t ended = wait(&status);
        if (ended == tool)
            break;
        if (ended < 0 && errno != EINTR)
            _exit(127);
    }
    // A namespace's PID 1 cannot die of its own signal: the number travels as 128 + n, as in a shell.
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

pid_t bm_spawn(const struct bm_child *child)
{
    // Started with SIGCHLD ignored (some inits do), the kernel would throw every exit status away (wait(2)).
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        signal(SIGCHLD, SIG_DFL);
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = child->pid_namespace
                    ? (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL)
                    : fork();
    if (pid < 0) {
        int error = errno;
        close(report[0]);
        close(report[1]);
        return -error;
    }
    if (pid == 0) {
        close(report[0]);
        default_signals();
        if (child->pid_namespace)
            reap(child, report[1]);
        if (child->new_session)
            setsid();
        become(child, report[1]);
    }
    close(report[1]);
    int error = 0;
    ssize_t count;
    do
        count = read(report[0], &error, sizeof error);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count == sizeof error) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
        return -error;
    }
    return pid;
}

int bm_kill(pid_t pid, int signal)
{
    if (kill(-pid, signal) == 0 || kill(pid, signal) == 0)
        return 0;
    return -errno;
}

// fork(2), both ends closed where it fails. As fork(2), or -errno.
static pid_t fork_with(const int ends[2])
{
    pid_t child = fork();
    if (child >= 0)
        return child;
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return -error;
}

// A thread in the kernel's hands cannot be killed, and the process cannot end while it has one: what may hang is read by
// a process of its own, in a session of its own, which is left behind.
int bm_reader(pid_t *pid, int *end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    pid_t child = fork_with(ends);
    if (child < 0)
        return child;
    if (child > 0) {
        close(ends[1]);
        *pid = child;
        *end = ends[0];
        return 1;
    }
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    default_signals();
    // Whoever waits for the end of bootmend's output does not wait for a disk.
    int kept = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
    close_others(kept);
    for (int stream = 0; stream < 3; stream++)
        close(stream);
    *pid = 0;
    *end = kept;
    return 0;
}

// 0 where the other side is gone before `count` bytes are through.
static int receive(int socket, void *bytes, size_t count)
{
    for (size_t done = 0; done < count;) {
        ssize_t got = read(socket, (char *)bytes + done, count - done);
        if (got > 0)
            done += (size_t)got;
        else if (got == 0 || errno != EINTR)
            return 0;
    }
    return 1;
}

static int send_whole(int socket, const void *bytes, size_t count)
{
    for (size_t done = 0; done < count;) {
        ssize_t put = write(socket, (const char *)bytes + done, count - done);
        if (put > 0)
            done += (size_t)put;
        else if (errno != EINTR)
            return 0;
    }
    return 1;
}

static _Noreturn void serve(int socket, int device, int drops_cache)
{
    void *buffer = mmap(NULL, bm_read_largest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct bm_read_request request;
    while (buffer != MAP_FAILED && receive(socket, &request, sizeof request)) {
        if (drops_cache)
            bm_drop_cache(device);
        size_t count = request.count < bm_read_largest ? request.count : bm_read_largest;
        ssize_t got;
        do
            got = pread(device, buffer, count, (off_t)request.offset);
        while (got < 0 && errno == EINTR);
        int64_t answer = got < 0 ? -errno : got;
        if (!send_whole(socket, &answer, sizeof answer) || (got > 0 && !send_whole(socket, buffer, (size_t)got)))
            break;
    }
    _exit(0);
}

// It ends with its socket: PR_SET_PDEATHSIG would end it with the thread that forked it.
int bm_read_server(int device, int drops_cache, pid_t *pid)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    pid_t child = fork_with(ends);
    if (child < 0)
        return child;
    if (child == 0) {
        setsid();
        default_signals();
        int socket = lifted(ends[1], 0), disk = lifted(device, 0);
        if (socket < 0 || disk < 0 || dup2(socket, 0) < 0 || dup2(disk, 1) < 0)
            _exit(1);
        close(2);
        close_others(1);
        serve(0, 1, drops_cache);
    }
    close(ends[1]);
    *pid = child;
    return ends[0];
}
