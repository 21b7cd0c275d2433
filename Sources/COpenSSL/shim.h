// The SHA-2 contexts of libcrypto are plain structures: their state can be saved and restored, which EVP digests cannot.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

// Begins to write a range of a file back to the disk, without waiting: the final sync is then short.
// glibc declares it under _GNU_SOURCE only, which Swift's importer does not set.
extern int sync_file_range(int descriptor, long long offset, long long count, unsigned int flags);
static inline int dockmaster_start_writeback(int descriptor, long long offset, long long count) {
    return sync_file_range(descriptor, offset, count, 2u /* SYNC_FILE_RANGE_WRITE */);
}
