// The SHA-2 contexts of libcrypto are plain structures: their state can be saved and restored, which EVP digests cannot.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
