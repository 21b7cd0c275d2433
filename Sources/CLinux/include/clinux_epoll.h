#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H
#include <stdint.h>

#define CLINUX_READABLE 0x001u  ///< EPOLLIN
#define CLINUX_WRITABLE 0x004u  ///< EPOLLOUT
#define CLINUX_FAILED 0x008u    ///< EPOLLERR
#define CLINUX_HUNG_UP 0x010u   ///< EPOLLHUP

struct clinux_ready {
    uint64_t token;
    uint32_t events;
};

int clinux_epoll_create(void);
/// Watches a descriptor; `token` comes back with each report.
int clinux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token);
int clinux_epoll_change(int epoll, int descriptor, uint32_t events, uint64_t token);
int clinux_epoll_remove(int epoll, int descriptor);
/// Waits until something is ready. `milliseconds` < 0: for ever. Returns how many entries of `ready` are filled.
int clinux_epoll_wait(int epoll, struct clinux_ready *ready, int capacity, int milliseconds);
/// A counter that other threads raise to wake the loop (close-on-exec, non-blocking).
int clinux_eventfd(void);
int clinux_eventfd_raise(int descriptor);
int clinux_eventfd_clear(int descriptor);
#endif
