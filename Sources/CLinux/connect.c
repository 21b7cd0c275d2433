#define _GNU_SOURCE
#include "clinux_connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clinux_socket.h"

static int begin(int domain, const struct sockaddr *address, socklen_t size) {
    int descriptor = socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, address, size) == 0 || errno == EINPROGRESS) return descriptor;
    int error = errno;
    close(descriptor);
    return -error;
}

int clinux_begin_connect_tcp(const char *address, int port) {
    struct sockaddr_in name4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &name4.sin_addr) == 1) {
        return begin(AF_INET, (struct sockaddr *)&name4, sizeof name4);
    }
    struct sockaddr_in6 name6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET6, address, &name6.sin6_addr) != 1) return -EINVAL;
    return begin(AF_INET6, (struct sockaddr *)&name6, sizeof name6);
}

int clinux_begin_connect_unix(const char *path) {
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    int result = clinux_connect_unix(descriptor, path);
    if (result == 0) return descriptor;
    close(descriptor);
    return result;
}

int clinux_connect_result(int descriptor) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -errno;
    return -error;
}
