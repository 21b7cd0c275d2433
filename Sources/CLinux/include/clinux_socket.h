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
/// Binds a TCP socket to a numeric address. Returns 0 or -errno.
int clinux_bind_tcp(int descriptor, const char *address, int port, int version6);
/// The port a TCP socket is bound to.
int clinux_bound_port(int descriptor);
#endif
