#ifndef CLINUX_EXEC_H
#define CLINUX_EXEC_H

/// A file without a name, close-on-exec, gone with its last descriptor. Returns it or -errno.
int clinux_memory_file(const char *name);
/// Whether a descriptor stays open in the program that replaces this one. Returns 0 or -errno.
int clinux_keep_on_exec(int descriptor, int keep);
/// Replaces this process's program. Returns -errno, or not at all. Call it on the main thread: the kernel sends children
/// their parent-death signal when the thread that made them ends.
int clinux_execute(const char *path, char *const arguments[], char *const environment[]);
#endif
