#define _GNU_SOURCE
#include "clinux_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int clinux_accept(int descriptor) {
    int accepted = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return accepted < 0 ? -errno : accepted;
}

int clinux_peer(int descriptor, struct clinux_credentials *credentials) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -errno;
    credentials->pid = peer.pid;
    credentials->uid = peer.uid;
    credentials->gid = peer.gid;
    return 0;
}

int clinux_request_credentials(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ? -errno : 0;
}

ssize_t clinux_receive(int descriptor, void *buffer, size_t size, struct clinux_credentials *sender) {
    char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(64 * sizeof(int))] __attribute__((aligned(16)));
    struct iovec part = {.iov_base = buffer, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t received;
    do {
        received = recvmsg(descriptor, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return errno == EAGAIN ? 0 : -errno;
    memset(sender, 0, sizeof *sender);
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET) continue;
        if (header->cmsg_type == SCM_CREDENTIALS) {
            struct ucred credentials;
            memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            sender->pid = credentials.pid;
            sender->uid = credentials.uid;
            sender->gid = credentials.gid;
        } else if (header->cmsg_type == SCM_RIGHTS) {
            size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (size_t index = 0; index < count; index++) {
                int passed;
                memcpy(&passed, CMSG_DATA(header) + index * sizeof(int), sizeof passed);
                close(passed);
            }
        }
    }
    return received;
}

int clinux_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return -error;
    }
    return 0;
}

static int unix_address(const char *path, struct sockaddr_un *address, socklen_t *size) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t length = strlen(path);
    if (length >= sizeof address->sun_path) return -ENAMETOOLONG;
    memcpy(address->sun_path, path, length);
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    return 0;
}

int clinux_bind_unix(int descriptor, const char *path) {
    struct sockaddr_un address;
    socklen_t size;
    int error = unix_address(path, &address, &size);
    if (error) return error;
    return bind(descriptor, (struct sockaddr *)&address, size) < 0 ? -errno : 0;
}

int clinux_connect_unix(int descriptor, const char *path) {
    struct sockaddr_un address;
    socklen_t size;
    int error = unix_address(path, &address, &size);
    if (error) return error;
    return connect(descriptor, (struct sockaddr *)&address, size) < 0 ? -errno : 0;
}

int clinux_unix_path_limit(void) {
    return (int)sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}

int clinux_bind_inet(int descriptor, const char *address, int port, int version6) {
    if (version6) {
        struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
        if (inet_pton(AF_INET6, address, &name.sin6_addr) != 1) return -EINVAL;
        return bind(descriptor, (struct sockaddr *)&name, sizeof name) < 0 ? -errno : 0;
    }
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) return -EINVAL;
    return bind(descriptor, (struct sockaddr *)&name, sizeof name) < 0 ? -errno : 0;
}

int clinux_bound_port(int descriptor) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    if (getsockname(descriptor, (struct sockaddr *)&storage, &size) < 0) return -errno;
    if (storage.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&storage)->sin_port);
    if (storage.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&storage)->sin6_port);
    return -EAFNOSUPPORT;
}

static int option(int descriptor, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) < 0 ? -errno : value;
}

int clinux_describe_socket(int descriptor, struct clinux_socket *socket) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    memset(socket, 0, sizeof *socket);
    memset(&storage, 0, sizeof storage);
    if (getsockname(descriptor, (struct sockaddr *)&storage, &size) < 0) return -errno;
    socket->family = storage.ss_family;
    socket->datagram = option(descriptor, SO_TYPE) == SOCK_DGRAM;
    socket->listening = option(descriptor, SO_ACCEPTCONN) == 1;
    if (storage.ss_family == AF_INET) {
        struct sockaddr_in *name = (struct sockaddr_in *)&storage;
        socket->port = ntohs(name->sin_port);
        inet_ntop(AF_INET, &name->sin_addr, socket->name, sizeof socket->name);
    } else if (storage.ss_family == AF_INET6) {
        struct sockaddr_in6 *name = (struct sockaddr_in6 *)&storage;
        int only = 0;
        socklen_t length = sizeof only;
        getsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only, &length);
        socket->only_version6 = only;
        socket->port = ntohs(name->sin6_port);
        inet_ntop(AF_INET6, &name->sin6_addr, socket->name, sizeof socket->name);
    } else if (storage.ss_family == AF_UNIX) {
        struct sockaddr_un *name = (struct sockaddr_un *)&storage;
        memcpy(socket->name, name->sun_path, sizeof name->sun_path);
    } else {
        return -EAFNOSUPPORT;
    }
    return 0;
}

int clinux_is_numeric_address(const char *text, int version6) {
    struct in6_addr address;
    return inet_pton(version6 ? AF_INET6 : AF_INET, text, &address) == 1;
}

int clinux_resolve(const char *host, char *address, size_t size) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, NULL, &hints, &found);
    if (code) return code;
    const struct addrinfo *chosen = found;
    for (const struct addrinfo *next = found; next; next = next->ai_next) {
        if (next->ai_family == AF_INET) {
            chosen = next;
            break;
        }
    }
    code = getnameinfo(chosen->ai_addr, chosen->ai_addrlen, address, (socklen_t)size, NULL, 0, NI_NUMERICHOST);
    freeaddrinfo(found);
    return code;
}

const char *clinux_resolve_words(int code) {
    return gai_strerror(code);
}

int clinux_find_user(const char *name, uid_t *uid, gid_t *gid) {
    char buffer[16384];
    struct passwd entry, *found = NULL;
    int error = getpwnam_r(name, &entry, buffer, sizeof buffer, &found);
    if (!found) return error ? -error : -ENOENT;
    *uid = found->pw_uid;
    *gid = found->pw_gid;
    return 0;
}

int clinux_find_group(const char *name, gid_t *gid) {
    char *buffer = malloc(65536);
    if (!buffer) return -ENOMEM;
    struct group entry, *found = NULL;
    int error = getgrnam_r(name, &entry, buffer, 65536, &found);
    if (found) *gid = found->gr_gid;
    free(buffer);
    return found ? 0 : error ? -error : -ENOENT;
}

int clinux_set_reuse_port(int descriptor, int on) {
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0 ? -errno : 0;
}

int clinux_bind_to_interface(int descriptor, const char *name) {
    // The empty name unties it. A name that the kernel would cut off is none.
    if (strlen(name) >= IFNAMSIZ) return -ENODEV;
    return setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1) < 0 ? -errno : 0;
}

int clinux_set_blocking(int descriptor, int blocking) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return wanted == flags || fcntl(descriptor, F_SETFL, wanted) == 0 ? 0 : -errno;
}
