#ifndef CLINUX_H
#define CLINUX_H
// What Linux offers and Swift cannot call by itself. Every function returns a value >= 0, or -errno.
#include "clinux_access.h"
#include "clinux_confine.h"
#include "clinux_connect.h"
#include "clinux_epoll.h"
#include "clinux_exec.h"
#include "clinux_file.h"
#include "clinux_identity.h"
#include "clinux_log.h"
#include "clinux_memory.h"
#include "clinux_pidfd.h"
#include "clinux_process.h"
#include "clinux_signal.h"
#include "clinux_socket.h"
#include "clinux_spawn.h"
#include "clinux_wall_clock.h"
#endif
