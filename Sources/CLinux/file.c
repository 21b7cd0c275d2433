#define _GNU_SOURCE
#include "clinux_file.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

static int64_t nanoseconds(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int take(int result, const struct stat *from, struct clinux_status *to) {
    if (result != 0) return -errno;
    to->device = from->st_dev;
    to->inode = from->st_ino;
    to->size = from->st_size;
    to->modified = nanoseconds(from->st_mtim);
    to->changed = nanoseconds(from->st_ctim);
    to->mode = from->st_mode & 07777;
    to->owner = from->st_uid;
    to->is_folder = S_ISDIR(from->st_mode);
    to->is_file = S_ISREG(from->st_mode);
    return 0;
}

int clinux_stat(const char *path, struct clinux_status *status) {
    struct stat found;
    return take(stat(path, &found), &found, status);
}

int clinux_lstat(const char *path, struct clinux_status *status) {
    struct stat found;
    return take(lstat(path, &found), &found, status);
}

int clinux_fstat(int descriptor, struct clinux_status *status) {
    struct stat found;
    return take(fstat(descriptor, &found), &found, status);
}

int clinux_start_write_back(int descriptor, int64_t offset, int64_t count) {
    return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE) != 0 ? -errno : 0;
}

int64_t clinux_read_cached(int descriptor, void *bytes, int64_t count, int64_t offset) {
    struct iovec part = {.iov_base = bytes, .iov_len = (size_t)count};
    ssize_t result = preadv2(descriptor, &part, 1, (off_t)offset, RWF_NOWAIT);
    return result < 0 ? -errno : result;
}
