/* A disk that fails, without root rights: LD_PRELOAD this, with DISK_PREFIX (what the paths concerned begin with) and
 * DISK_FLAG (a file). While that file exists, its first byte says how: F, full (writing fails with ENOSPC); G, gone
 * (reading, writing and opening fail with EIO). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int (*real_open)(const char *, int, ...);

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static char trouble(void) {
    const char *flag = getenv("DISK_FLAG");
    char how = 0;
    if (!real_open) real_open = next("open");
    int fd = flag ? real_open(flag, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    ssize_t (*real_read)(int, void *, size_t) = next("read");
    if (real_read(fd, &how, 1) != 1) how = 0;
    close(fd);
    return how;
}

static int concerns_path(const char *path) {
    const char *prefix = getenv("DISK_PREFIX");
    return prefix && path && strncmp(path, prefix, strlen(prefix)) == 0;
}

static int concerns(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return concerns_path(path);
}

/* 0: go on; else what errno is to be. Looking changes no errno. */
static int fails(int fd, int writes) {
    int before = errno, error = 0;
    if (concerns(fd)) {
        char how = trouble();
        error = how == 'G' ? EIO : (how == 'F' && writes ? ENOSPC : 0);
    }
    errno = before;
    return error;
}

#define GUARDED(type, name, parameters, arguments, writes)                                                            \
    type name parameters {                                                                                            \
        static type(*real) parameters;                                                                                \
        int error = fails(fd, writes);                                                                                \
        if (error) {                                                                                                  \
            errno = error;                                                                                            \
            return -1;                                                                                                \
        }                                                                                                             \
        if (!real) real = next(#name);                                                                                \
        return real arguments;                                                                                        \
    }

GUARDED(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n), 0)
GUARDED(ssize_t, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at), 0)
GUARDED(ssize_t, pread64, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at), 0)
GUARDED(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n), 1)
GUARDED(ssize_t, pwrite, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at), 1)
GUARDED(ssize_t, pwrite64, (int fd, const void *from, size_t n, off64_t at), (fd, from, n, at), 1)
GUARDED(ssize_t, writev, (int fd, const struct iovec *from, int n), (fd, from, n), 1)
GUARDED(int, fallocate, (int fd, int mode, off_t at, off_t n), (fd, mode, at, n), 1)
GUARDED(int, fallocate64, (int fd, int mode, off64_t at, off64_t n), (fd, mode, at, n), 1)

int posix_fallocate(int fd, off_t at, off_t n) { return fallocate(fd, 0, at, n) ? errno : 0; }
int posix_fallocate64(int fd, off64_t at, off64_t n) { return fallocate64(fd, 0, at, n) ? errno : 0; }

static int open_fails(const char *path) {
    if (!concerns_path(path) || trouble() != 'G') return 0;
    errno = EIO;
    return 1;
}

#define GUARDED_OPEN(name)                                                                                            \
    int name(const char *path, int flags, ...) {                                                                      \
        static int (*real)(const char *, int, ...);                                                                   \
        va_list more;                                                                                                 \
        va_start(more, flags);                                                                                        \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(more, mode_t) : 0;                                   \
        va_end(more);                                                                                                 \
        if (open_fails(path)) return -1;                                                                              \
        if (!real) real = next(#name);                                                                                \
        return real(path, flags, mode);                                                                               \
    }

GUARDED_OPEN(open)
GUARDED_OPEN(open64)
