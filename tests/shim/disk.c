/* A disk with bad luck, laid under a process by LD_PRELOAD. It concerns only files below
 * ITN_SHIM_ROOT, and does what the rest of the environment asks:
 *
 *   ITN_SHIM_IMAGE    a folder that is kept as the disk would be after a power loss: what is written
 *                     reaches it only when its file is synced. Renames and removals reach it at once.
 *   ITN_SHIM_LIE      `all`: no sync does anything, as with SQLite's synchronous=OFF;
 *                     `wal`: syncs of write-ahead logs do nothing, as with synchronous=NORMAL.
 *   ITN_SHIM_FAULT    once the file ITN_SHIM_TRIGGER exists: `sync`: each sync fails with EIO;
 *                     `full`: each write fails with ENOSPC, the first one half done.
 *   ITN_SHIM_FAIL_AT  the sync of this number (from 1, counted from the start) fails with EIO.
 *
 * No file below the root is ever opened here: closing it would drop the POSIX locks that SQLite
 * holds on it. What is synced is read through the caller's own descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define RANGES_MAX 1024

struct range { off_t from, to; };
/* What was written to a file and not yet synced. */
struct file {
    char path[PATH_MAX];
    struct range ranges[RANGES_MAX];
    int count;
    struct file *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files;
static long syncs;
static bool half_written;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static bool fault(const char *name) {
    return strcmp(setting("ITN_SHIM_FAULT"), name) == 0
        && syscall(SYS_access, setting("ITN_SHIM_TRIGGER"), F_OK) == 0;
}

/* The part of the path below the root, or NULL where it is elsewhere. */
static const char *below_root(const char *path) {
    const char *root = setting("ITN_SHIM_ROOT");
    size_t length = strlen(root);
    if (length == 0 || strncmp(path, root, length) != 0 || path[length] != '/') return NULL;
    return path + length;
}

static const char *path_of(int fd, char *buffer) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, buffer, PATH_MAX - 1);
    if (length <= 0) return NULL;
    buffer[length] = 0;
    return below_root(buffer);
}

/* SQLite's shared-memory index is never synced and is worthless after a power loss. */
static bool is_volatile(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

static struct file *file_at(const char *path) {
    for (struct file *file = files; file; file = file->next)
        if (strcmp(file->path, path) == 0) return file;
    struct file *file = calloc(1, sizeof *file);
    snprintf(file->path, sizeof file->path, "%s", path);
    /* What an earlier process wrote may never have been synced: a sync now carries it over, too. */
    char whole[2 * PATH_MAX];
    struct stat status;
    snprintf(whole, sizeof whole, "%s%s", setting("ITN_SHIM_ROOT"), path);
    if (stat(whole, &status) == 0 && status.st_size > 0)
        file->ranges[file->count++] = (struct range){ 0, status.st_size };
    file->next = files;
    return files = file;
}

static void note(int fd, off_t from, off_t to) {
    char buffer[PATH_MAX];
    const char *path = *setting("ITN_SHIM_IMAGE") && from < to ? path_of(fd, buffer) : NULL;
    if (!path || is_volatile(path)) return;
    int error = errno;
    pthread_mutex_lock(&lock);
    struct file *file = file_at(path);
    struct range *last = file->count ? &file->ranges[file->count - 1] : NULL;
    if (last && from <= last->to && to >= last->from) {
        if (from < last->from) last->from = from;
        if (to > last->to) last->to = to;
    } else if (file->count == RANGES_MAX) {
        for (int i = 0; i < file->count; i++) {
            if (file->ranges[i].from < from) from = file->ranges[i].from;
            if (file->ranges[i].to > to) to = file->ranges[i].to;
        }
        file->ranges[0] = (struct range){ from, to };
        file->count = 1;
    } else {
        file->ranges[file->count++] = (struct range){ from, to };
    }
    pthread_mutex_unlock(&lock);
    errno = error;
}

static int open_image(const char *path) {
    char image[2 * PATH_MAX];
    snprintf(image, sizeof image, "%s%s", setting("ITN_SHIM_IMAGE"), path);
    for (char *slash = image + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        syscall(SYS_mkdir, image, 0700);
        *slash = '/';
    }
    return syscall(SYS_openat, AT_FDCWD, image, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static void die(const char *what) {
    perror(what);
    abort();
}

static void make_durable(int fd, const char *path) {
    static char block[1 << 16];
    pthread_mutex_lock(&lock);
    struct file *file = file_at(path);
    struct stat status;
    int image = open_image(path), source = fd;
    if (image < 0 || fstat(fd, &status) != 0) die("shim: image");
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        source = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
        if (source < 0) die("shim: source");
    }
    if (syscall(SYS_ftruncate, image, status.st_size) != 0) die("shim: size");
    for (int i = 0; i < file->count; i++) {
        for (off_t at = file->ranges[i].from; at < file->ranges[i].to;) {
            off_t left = file->ranges[i].to - at;
            size_t want = left < (off_t)sizeof block ? (size_t)left : sizeof block;
            ssize_t got = syscall(SYS_pread64, source, block, want, at);
            if (got < 0) die("shim: read");
            if (got == 0) break; /* Truncated since. */
            if (syscall(SYS_pwrite64, image, block, (size_t)got, at) != got) die("shim: write");
            at += got;
        }
    }
    file->count = 0;
    if (source != fd) syscall(SYS_close, source);
    syscall(SYS_close, image);
    pthread_mutex_unlock(&lock);
}

static int do_sync(int fd, long number) {
    char buffer[PATH_MAX];
    const char *path = path_of(fd, buffer);
    if (!path) return syscall(number, fd);
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) return syscall(number, fd);
    long fail_at = atol(setting("ITN_SHIM_FAIL_AT"));
    bool fails = __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST) == fail_at || fault("sync");
    if (fails) {
        errno = EIO;
        return -1;
    }
    const char *lie = setting("ITN_SHIM_LIE");
    size_t length = strlen(path);
    bool is_wal = length > 4 && strcmp(path + length - 4, "-wal") == 0;
    if (strcmp(lie, "all") == 0 || (strcmp(lie, "wal") == 0 && is_wal)) return 0;
    if (*setting("ITN_SHIM_IMAGE") && !is_volatile(path)) make_durable(fd, path);
    return 0;
}

int fsync(int fd) { return do_sync(fd, SYS_fsync); }
int fdatasync(int fd) { return do_sync(fd, SYS_fdatasync); }

/* How much of a write of this length goes through: all, half of it once, then none. */
static ssize_t room(int fd, size_t length) {
    char buffer[PATH_MAX];
    if (!*setting("ITN_SHIM_FAULT") || !path_of(fd, buffer) || !fault("full")) return length;
    if (!__atomic_exchange_n(&half_written, true, __ATOMIC_SEQ_CST) && length > 1) return length / 2;
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    ssize_t allowed = room(fd, length);
    if (allowed < 0) return -1;
    ssize_t done = syscall(SYS_pwrite64, fd, data, (size_t)allowed, at);
    note(fd, at, at + (done > 0 ? done : 0));
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    return pwrite64(fd, data, length, at);
}

ssize_t write(int fd, const void *data, size_t length) {
    ssize_t allowed = room(fd, length);
    if (allowed < 0) return -1;
    ssize_t done = syscall(SYS_write, fd, data, (size_t)allowed);
    if (done > 0) {
        off_t end = syscall(SYS_lseek, fd, 0, SEEK_CUR);
        if (end >= done) note(fd, end - done, end);
    }
    return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (room(fd, 2) < 2) return errno = ENOSPC, -1;
    ssize_t done = syscall(SYS_writev, fd, parts, count);
    if (done > 0) {
        off_t end = syscall(SYS_lseek, fd, 0, SEEK_CUR);
        if (end >= done) note(fd, end - done, end);
    }
    return done;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
    if (room(fd, 2) < 2) return errno = ENOSPC, -1;
    ssize_t done = syscall(SYS_pwritev, fd, parts, count, at, 0);
    note(fd, at, at + (done > 0 ? done : 0));
    return done;
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    return pwritev64(fd, parts, count, at);
}

/* What is cut off and grown again reads as zeros: the next sync must carry them over. */
int ftruncate64(int fd, off64_t length) {
    struct stat status;
    bool known = fstat(fd, &status) == 0;
    int result = syscall(SYS_ftruncate, fd, length);
    if (result == 0 && known) {
        off_t before = status.st_size;
        note(fd, before < length ? before : length, before < length ? length : before);
    }
    return result;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* Without a rival way to write: callers fall back to plain writes. */
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length,
                        unsigned flags) {
    (void)in, (void)in_at, (void)out, (void)out_at, (void)length, (void)flags;
    errno = ENOSYS;
    return -1;
}

static void forget(const char *path) {
    pthread_mutex_lock(&lock);
    file_at(path)->count = 0;
    pthread_mutex_unlock(&lock);
}

static int do_unlink(int folder, const char *path, int flags) {
    int result = syscall(SYS_unlinkat, folder, path, flags);
    const char *below = below_root(path);
    if (result == 0 && below && *setting("ITN_SHIM_IMAGE")) {
        char image[2 * PATH_MAX];
        snprintf(image, sizeof image, "%s%s", setting("ITN_SHIM_IMAGE"), below);
        syscall(SYS_unlinkat, AT_FDCWD, image, flags);
        forget(below);
        errno = 0;
    }
    return result;
}
int unlink(const char *path) { return do_unlink(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char *path, int flags) { return do_unlink(folder, path, flags); }

/* A name moves at once, but only over what was synced: a file renamed into place before its sync
 * is found empty, as on a real disk. */
int rename(const char *from, const char *to) {
    int result = syscall(SYS_rename, from, to);
    const char *old = below_root(from), *new = below_root(to);
    if (result == 0 && old && new && *setting("ITN_SHIM_IMAGE")) {
        char source[2 * PATH_MAX], target[2 * PATH_MAX];
        snprintf(source, sizeof source, "%s%s", setting("ITN_SHIM_IMAGE"), old);
        snprintf(target, sizeof target, "%s%s", setting("ITN_SHIM_IMAGE"), new);
        if (syscall(SYS_rename, source, target) != 0) syscall(SYS_close, open_image(new));
        forget(old);
        errno = 0;
    }
    return result;
}
