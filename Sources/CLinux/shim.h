// What Swift's Glibc module leaves out of Linux: epoll and eventfd as they are, variadic calls as plain functions.
#pragma once
#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// accept4(2), which glibc declares under _GNU_SOURCE only (and that turns bind into a union Swift cannot call).
// The new socket does not block and is closed on exec.
static inline int linux_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return (int)syscall(SYS_accept4, listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// prctl(2) is variadic. Names the calling thread (15 bytes are kept), for top, gdb and core dumps.
static inline int linux_name_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

// setpriority(2) of the calling thread alone: on Linux niceness belongs to a thread.
static inline int linux_renice_thread(int niceness) {
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
}

// pipe2(2), hidden like accept4. Neither end blocks, both are closed on exec.
static inline int linux_pipe(int ends[2]) {
    return (int)syscall(SYS_pipe2, ends, O_NONBLOCK | O_CLOEXEC);
}

// pidfd_open(2): a descriptor that becomes readable when the process has ended, and never means another process.
static inline int linux_process_descriptor(int process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

// memfd_create(2), which glibc declares under _GNU_SOURCE only: a file without a name, gone with its last descriptor.
static inline int linux_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1 /* MFD_CLOEXEC */);
}

// environ(7), a global variable that Swift's concurrency checking will not let anybody read.
static inline char **linux_environment(void) {
    extern char **environ;
    return environ;
}

// posix_spawn_file_actions_addchdir_np(3), which glibc declares under _GNU_SOURCE only.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *directory);
static inline int linux_spawn_in(posix_spawn_file_actions_t *actions, const char *directory) {
    return posix_spawn_file_actions_addchdir_np(actions, directory);
}
