#ifndef CLINUX_LOG_H
#define CLINUX_LOG_H
#include <stddef.h>

/// Makes a pipe hold more. Returns what it holds now, or -errno: without privilege there is a limit for each user.
int clinux_pipe_grow(int descriptor, int bytes);
/// The last newline among these bytes, counted from 0; -1 without one.
long clinux_last_newline(const void *bytes, size_t count);
/// Where a text begins in these bytes; -1 when it is not there.
long clinux_find(const void *bytes, size_t count, const void *text, size_t length);
/// The calling thread runs when nobody else wants to. For a thread that ends: an unprivileged one cannot take it back.
void clinux_run_when_idle(void);
#endif
