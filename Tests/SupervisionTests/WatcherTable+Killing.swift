extension WatcherTable {
    /// A process was killed.
    static let killing = [
        "killing>stopped…": """
        start | killing>start…
        stop | -
        retire | -
        restart | killing>start…
        reload | -
        kill | killing>stopped… | abandon
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | -
        adopted | -
        spawned | killing>stopped | “started”, kill, arm 10s
        spawnFailed | stopped | “stopped”
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | killing>stopped… | abandon, arm 10s
        old timer | -
        """,
        "killing>stopped": """
        start | killing>start
        stop | -
        retire | -
        restart | killing>start
        reload | -
        kill | killing>stopped | kill
        terminate | killing>stopped | kill
        terminate 2 1s | killing>stopped | kill
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | stopped | kill, “stopped 0”
        exited 78 | stopped | kill, “stopped 78”
        exited by 11 | stopped | kill, “stopped by 11”
        timer | killing>stopped | kill, arm 10s
        old timer | -
        """,
        "killing>start": """
        start | -
        stop | killing>stopped
        retire | killing>stopped
        restart | -
        reload | -
        kill | killing>start | kill
        terminate | killing>start | kill
        terminate 2 1s | killing>start | kill
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | starting… | kill, “stopped 0”, arm 10s, spawn
        exited 78 | starting… | kill, “stopped 78”, arm 10s, spawn
        exited by 11 | starting… | kill, “stopped by 11”, arm 10s, spawn
        timer | killing>start | kill, arm 10s
        old timer | -
        """,
        "killing>policy": """
        start | killing>start
        stop | killing>stopped
        retire | killing>stopped
        restart | killing>start
        reload | -
        kill | killing>stopped | kill
        terminate | killing>policy | kill
        terminate 2 1s | killing>policy | kill
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | starting… | kill, “stopped 0”, arm 10s, spawn
        exited 78 | starting… | kill, “stopped 78”, arm 10s, spawn
        exited by 11 | starting… | kill, “stopped by 11”, arm 10s, spawn
        timer | killing>policy | kill, arm 10s
        old timer | -
        """,
        "killing>watchdog 10s": """
        start | killing>start
        stop | killing>stopped
        retire | killing>stopped
        restart | killing>start
        reload | -
        kill | killing>stopped | kill
        terminate | killing>watchdog 10s | kill
        terminate 2 1s | killing>watchdog 10s | kill
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | starting… | kill, “died 0 after 10s: again in 0s, 1 of 5 in 60s”, arm 10s, spawn
        exited 78 | failed | kill, “died 78 after 10s: hopeless”
        exited by 11 | starting… | kill, “died by 11 after 10s: again in 0s, 1 of 5 in 60s”, arm 10s, spawn
        timer | killing>watchdog 10s | kill, arm 10s
        old timer | -
        """,
    ]
}
