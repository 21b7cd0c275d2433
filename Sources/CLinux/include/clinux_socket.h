#ifndef CLINUX_SOCKET_H
#define CLINUX_SOCKET_H
#include <stddef.h>
#include <sys/types.h>

struct clinux_credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/// Takes a waiting connection, close-on-exec and non-blocking. Returns its descriptor or -errno.
int clinux_accept(int descriptor);
/// Who is at the other end of a connected unix socket. Returns 0 or -errno.
int clinux_peer(int descriptor, struct clinux_credentials *credentials);
/// Makes a datagram socket tell the sender's credentials, which the kernel checks.
int clinux_request_credentials(int descriptor);
/// Takes one datagram and its sender. Returns its size, 0 for none waiting, or -errno. Descriptors sent along are closed.
ssize_t clinux_receive(int descriptor, void *buffer, size_t size, struct clinux_credentials *sender);
/// An unnamed pipe, close-on-exec at both ends; the reading end does not block. `pipe[0]` is the reading end.
int clinux_pipe(int pipe[2]);
/// Binds a unix socket of the given type below a path. Returns 0 or -errno.
int clinux_bind_unix(int descriptor, const char *path);
int clinux_connect_unix(int descriptor, const char *path);
/// How long a path of a unix socket may be, the final zero left out.
int clinux_unix_path_limit(void);
/// Binds a TCP or UDP socket to a numeric address. Returns 0 or -errno.
int clinux_bind_inet(int descriptor, const char *address, int port, int version6);
/// The port a TCP or UDP socket is bound to.
int clinux_bound_port(int descriptor);

/// What the kernel tells of a bound socket.
struct clinux_socket {
    int family;
    int datagram;
    int listening;
    int only_version6;
    int port;
    /// The numeric address, or the path.
    char name[128];
};
/// Returns 0 or -errno, -EAFNOSUPPORT for a socket that is none of IPv4, IPv6, unix.
int clinux_describe_socket(int descriptor, struct clinux_socket *socket);
/// Whether a text is an address of that version. No look-up.
int clinux_is_numeric_address(const char *text, int version6);
/// The numeric address of a host name, IPv4 where there is one. Blocks. Returns 0 or getaddrinfo's code.
int clinux_resolve(const char *host, char *address, size_t size);
const char *clinux_resolve_words(int code);
/// Looks up a user or group by name; may block (NSS). Returns 0, -ENOENT or -errno.
int clinux_find_user(const char *name, uid_t *uid, gid_t *gid);
int clinux_find_group(const char *name, gid_t *gid);
/// SO_REUSEPORT. Returns 0 or -errno.
int clinux_set_reuse_port(int descriptor, int on);
/// SO_BINDTODEVICE; "" unties. Returns 0 or -errno.
int clinux_bind_to_interface(int descriptor, const char *name);
/// O_NONBLOCK off or on. Returns 0 or -errno.
int clinux_set_blocking(int descriptor, int blocking);
#endif
