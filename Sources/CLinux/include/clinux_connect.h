#ifndef CLINUX_CONNECT_H
#define CLINUX_CONNECT_H

/// Begins to connect to a numeric address, IPv4 or IPv6, without waiting. Returns the descriptor (close-on-exec,
/// non-blocking), which is writable once it is known how it went, or -errno.
int clinux_begin_connect_tcp(const char *address, int port);
/// Connects to a unix socket without waiting. Returns the descriptor or -errno; -EAGAIN: its backlog is full.
int clinux_begin_connect_unix(const char *path);
/// What became of a connection that was begun. Returns 0 or -errno.
int clinux_connect_result(int descriptor);
#endif
