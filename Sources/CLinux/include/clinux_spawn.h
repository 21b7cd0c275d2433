#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H
#include <stddef.h>
#include <sys/types.h>

/// The step of a spawn that failed.
enum clinux_spawn_step {
    CLINUX_STEP_NONE = 0,
    CLINUX_STEP_CLONE,
    CLINUX_STEP_PIDFD,
    CLINUX_STEP_SESSION,
    CLINUX_STEP_PARENT_DEATH,
    CLINUX_STEP_DESCRIPTORS,
    CLINUX_STEP_LIMITS,
    CLINUX_STEP_GROUPS,
    CLINUX_STEP_GROUP,
    CLINUX_STEP_USER,
    CLINUX_STEP_FOLDER,
    CLINUX_STEP_EXEC,
    CLINUX_STEP_CONTROL_GROUP,
    CLINUX_STEP_NICE,
    CLINUX_STEP_PRIVILEGES,
};

struct clinux_limit {
    int resource;               ///< RLIMIT_…
    unsigned long long soft;    ///< RLIM_INFINITY for none
    unsigned long long hard;
};

/// What to start. Everything pointed to stays the caller's; nothing is allocated after the fork.
struct clinux_spawn_request {
    const char *path;           ///< the executable; no search along PATH
    char *const *arguments;     ///< NULL-terminated
    char *const *environment;   ///< NULL-terminated
    char *listen_pid;           ///< where in `environment` the child writes its own pid (room for 11 bytes), or NULL
    const char *folder;         ///< working folder, or NULL
    const int *descriptors;     ///< become 3, 4, … in the child
    int descriptor_count;       ///< at most CLINUX_SPAWN_DESCRIPTORS
    const int *placed;          ///< further descriptors: pairs of a source and the number it becomes, at most 8
    int placed_count;           ///< pairs
    int standard_input;         ///< -1: the parent's
    int standard_output;
    int standard_error;
    int new_session;            ///< setsid; the child then leads a process group of its own as well
    int parent_death_signal;    ///< 0: none
    int file_mask;              ///< umask; -1: the parent's
    int has_identity;           ///< whether uid, gid and groups are set
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t group_count;
    const struct clinux_limit *limits;
    size_t limit_count;
    int control_group;          ///< the open folder of the control group that the child enters; -1: the parent's group
    int has_nice;
    int nice;
    int no_new_privileges;
};

#define CLINUX_SPAWN_PLACED 8
#define CLINUX_SPAWN_DESCRIPTORS 256

struct clinux_spawn_result {
    pid_t pid;
    int pidfd;                  ///< close-on-exec; -1 where the kernel has none
    int step;                   ///< enum clinux_spawn_step of the failure
};

/// Starts a program and waits until it runs (the exec has happened) or has failed.
/// - Returns 0, or -errno with `step` naming what failed; a failed child has been reaped.
/// - The child has default signal dispositions, an empty signal mask and no descriptor but those asked for.
int clinux_spawn(const struct clinux_spawn_request *request, struct clinux_spawn_result *result);
#endif
