#ifndef CLINUX_CONFINE_H
#define CLINUX_CONFINE_H
#include <stdint.h>

// All of these concern the calling thread and those that it starts: call them before there are others.

/// Neither this process nor what it starts gains rights by exec (set-user-id, file capabilities). Returns 0 or -errno.
int clinux_forbid_new_privileges(void);
/// Gives up every capability but those of `kept` (bit n: capability n of linux/capability.h) that it has, from the bounding
/// set too where that is allowed. Returns 0 or -errno.
int clinux_keep_capabilities(uint64_t kept);
/// The effective capabilities of the calling thread, bit n for capability n.
uint64_t clinux_effective_capabilities(void);

/// What a place of the file system may be used for.
enum {
    CLINUX_PLACE_READ = 1,
    CLINUX_PLACE_WRITE = 2,
    CLINUX_PLACE_EXECUTE = 4,
};
/// The version of Landlock that the kernel offers; 0 when it has none or has it switched off.
int clinux_landlock_version(void);
/// Begins a rule set. `handled` says which uses (CLINUX_PLACE_…) are forbidden wherever no rule allows them. With version 6
/// signals reach processes of the same domain only. Returns its descriptor, which the caller closes, or -errno.
int clinux_landlock_begin(int handled);
/// Allows `uses` of a file, or of all below a folder. Returns 0 or -errno; a place that is not there is -ENOENT.
int clinux_landlock_allow(int rules, const char *path, int uses);
/// Puts the rules in force, for good. clinux_forbid_new_privileges comes before. Returns 0 or -errno.
int clinux_landlock_enforce(int rules);
#endif
