#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

/// Bounds malloc's arenas: each thread that contends for memory would get one of its own, and keep what it ever held.
void clinux_limit_arenas(int count);
/// Lets go of the program's code and constants that starting has touched and serving does not need. What is needed again
/// comes back from the page cache at its first use. Gives malloc's free memory back too. Cost: well below a millisecond.
void clinux_release_startup_memory(void);
#endif
