extension WatcherTable {
    /// A process was told to stop.
    static let stopping = [
        "stopping>stopped…": """
        start | stopping>start…
        stop | -
        retire | -
        restart | stopping>start…
        reload | -
        kill | killing>stopped… | abandon, arm 10s
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | -
        adopted | -
        spawned | stopping>stopped | “started”, signal 15, arm 5s
        spawnFailed | stopped | “stopped”
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | stopping>stopped… | arm 30s
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | killing>stopped… | “grace over after 80s”, abandon, arm 10s
        old timer | -
        """,
        "stopping>stopped": """
        start | stopping>start
        stop | -
        retire | -
        restart | stopping>start
        reload | -
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>stopped | signal 15, arm 5s
        terminate 2 1s | stopping>stopped | signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | stopping>stopped | arm 30s
        unhealthy | -
        exited 0 | stopped | kill, “stopped 0”
        exited 78 | stopped | kill, “stopped 78”
        exited by 11 | stopped | kill, “stopped by 11”
        timer | killing>stopped | “grace over after 60s”, kill, arm 10s
        old timer | -
        """,
        "stopping>retired": """
        start | stopping>start | signal 15, arm 5s
        stop | stopping>stopped | signal 15, arm 5s
        retire | -
        restart | stopping>start | signal 15, arm 5s
        reload | -
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>stopped | signal 15, arm 5s
        terminate 2 1s | stopping>stopped | signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | stopping>retired | arm 30s
        unhealthy | -
        exited 0 | stopped | kill, “stopped 0”
        exited 78 | stopped | kill, “stopped 78”
        exited by 11 | stopped | kill, “stopped by 11”
        timer | stopping>stopped | “retired for 60s”, signal 15, arm 5s
        old timer | -
        """,
        "stopping>start": """
        start | -
        stop | stopping>stopped
        retire | stopping>stopped
        restart | -
        reload | -
        kill | killing>start | kill, arm 10s
        terminate | stopping>start | signal 15, arm 5s
        terminate 2 1s | stopping>start | signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | stopping>start | arm 30s
        unhealthy | -
        exited 0 | starting… | kill, “stopped 0”, arm 10s, spawn
        exited 78 | starting… | kill, “stopped 78”, arm 10s, spawn
        exited by 11 | starting… | kill, “stopped by 11”, arm 10s, spawn
        timer | killing>start | “grace over after 60s”, kill, arm 10s
        old timer | -
        """,
        "stopping>policy": """
        start | stopping>start
        stop | stopping>stopped
        retire | stopping>stopped
        restart | stopping>start
        reload | -
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>policy | signal 15, arm 5s
        terminate 2 1s | stopping>policy | signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | stopping>policy | arm 30s
        unhealthy | -
        exited 0 | starting… | kill, “stopped 0”, arm 10s, spawn
        exited 78 | starting… | kill, “stopped 78”, arm 10s, spawn
        exited by 11 | starting… | kill, “stopped by 11”, arm 10s, spawn
        timer | killing>policy | “grace over after 60s”, kill, arm 10s
        old timer | -
        """,
        "stopping>unhealthy 10s": """
        start | stopping>start
        stop | stopping>stopped
        retire | stopping>stopped
        restart | stopping>start
        reload | -
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>unhealthy 10s | signal 15, arm 5s
        terminate 2 1s | stopping>unhealthy 10s | signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | stopping>unhealthy 10s | arm 30s
        unhealthy | -
        exited 0 | starting… | kill, “died 0 after 10s: again in 0s, 1 of 5 in 60s”, arm 10s, spawn
        exited 78 | failed | kill, “died 78 after 10s: hopeless”
        exited by 11 | starting… | kill, “died by 11 after 10s: again in 0s, 1 of 5 in 60s”, arm 10s, spawn
        timer | killing>unhealthy 10s | “grace over after 60s”, kill, arm 10s
        old timer | -
        """,
    ]
}
