#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H
#include <stdint.h>

/// Orphans of our descendants come to us, not to PID 1. Returns 0 or -errno.
int clinux_become_subreaper(void);
/// Keeps this process from writing core files and from being traced by its own user.
int clinux_forbid_core_dumps(void);
/// Allows as many open descriptors as the hard limit does: each connection takes one, a blob on its way another.
/// What clinux_spawn starts keeps the limit that was there before.
void clinux_raise_descriptor_limit(void);
/// Takes it back to what it was before, for a program that takes our place or is started by us: one that uses select(2)
/// breaks past 1,024 descriptors, one that wants more raises its own. Returns 0 or -errno.
int clinux_restore_descriptor_limit(void);
/// Opens /dev/null where standard input, output or error is closed, so that no other file can get their number and be
/// written to by mistake. Call it first of all. Returns 0 or -errno.
int clinux_fill_standard_descriptors(void);
/// Names the calling thread (15 bytes) as it shows in top and in /proc.
int clinux_name_thread(const char *name);
/// Nanoseconds of CLOCK_MONOTONIC, which nobody can set.
uint64_t clinux_monotonic_nanoseconds(void);
#endif
