// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupts;
static struct timespec counted;
static volatile sig_atomic_t worker;

static const int interrupting[] = {SIGINT, SIGTERM, SIGHUP};

static void handle_all(void (*action)(int, siginfo_t *, void *))
{
    struct sigaction change = {0};
    // Without SA_RESTART: a question on the terminal ends with the signal (sigaction(2)).
    change.sa_flags = SA_SIGINFO;
    change.sa_sigaction = action;
    sigemptyset(&change.sa_mask);
    for (size_t i = 0; i < sizeof interrupting / sizeof *interrupting; i++) {
        // What nohup(1) or a shell's background job ignores stays ignored.
        struct sigaction present;
        if (sigaction(interrupting[i], NULL, &present) == 0 && present.sa_handler == SIG_IGN)
            continue;
        sigaction(interrupting[i], &change, NULL);
    }
}

static void count(int number, siginfo_t *from, void *context)
{
    (void)number, (void)from, (void)context;
    // One wish may come several times: kill(1) to a group reaches the worker, and the guard passes it on once more.
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long since = (now.tv_sec - counted.tv_sec) * 1000 + (now.tv_nsec - counted.tv_nsec) / 1000000;
    if (interrupts > 0 && since < 1000)
        return;
    counted = now;
    if (interrupts < 100)
        interrupts = interrupts + 1;
}

static void pass_on(int number, siginfo_t *from, void *context)
{
    (void)context;
    // The terminal sends its signals to the whole foreground group: the worker has this one already.
    if (from->si_code != SI_KERNEL && worker > 0)
        kill((pid_t)worker, number);
}

void bm_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

void bm_catch_interrupts(void) { handle_all(count); }

void bm_release_interrupts(void)
{
    for (size_t i = 0; i < sizeof interrupting / sizeof *interrupting; i++) {
        struct sigaction present;
        if (sigaction(interrupting[i], NULL, &present) == 0 && present.sa_handler != SIG_IGN)
            signal(interrupting[i], SIG_DFL);
    }
}

int bm_interrupts(void) { return interrupts; }

pid_t bm_guard(int *status)
{
    sigset_t held, before;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof interrupting / sizeof *interrupting; i++)
        sigaddset(&held, interrupting[i]);
    // No signal between the fork and the handlers, or the worker would be left without its guard.
    sigprocmask(SIG_BLOCK, &held, &before);
    pid_t guard = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        int error = errno;
        sigprocmask(SIG_SETMASK, &before, NULL);
        return -error;
    }
    if (pid == 0) {
        // A guard that is killed takes its worker along, politely.
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != guard)
            _exit(130);
        sigprocmask(SIG_SETMASK, &before, NULL);
        return 0;
    }
    worker = pid;
    handle_all(pass_on);
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    worker = 0;
    bm_release_interrupts();
    return pid;
}

struct call {
    void (*work)(void *);
    void *argument;
};

static void *begin(void *pointer)
{
    const struct call *call = pointer;
    call->work(call->argument);
    return NULL;
}

int bm_on_thread(void (*work)(void *), void *argument)
{
    struct call call = {work, argument};
    pthread_attr_t attributes;
    pthread_t thread;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    // What a main thread has by default; memory is taken as it is used.
    pthread_attr_setstacksize(&attributes, 8 << 20);
    error = pthread_create(&thread, &attributes, begin, &call);
    pthread_attr_destroy(&attributes);
    if (error)
        return -error;
    // A signal for the process goes to a thread that does not hold it off, and has to end that one's waiting.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return 0;
}
