extension WatcherTable {
    /// A process is on its way, or there.
    static let starting = [
        "starting…": """
        start | -
        stop | stopping>stopped… | “stopping”, abandon, arm 5s
        retire | stopping>stopped… | “stopping”, abandon, arm 5s
        restart | stopping>start… | “stopping”, abandon, arm 5s
        reload | starting+reload…
        kill | killing>stopped… | abandon, arm 10s
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | -
        adopted | -
        spawned | starting | “started”
        spawnFailed | backoff | “not started: again in 0.5s, 1 of 5 in 60s”, arm 0.5s
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | starting… | arm 30s
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | stopping>start timeout… | “start timed out after 90s”, abandon, arm 5s
        old timer | -
        """,
        "starting+reload…": """
        start | -
        stop | stopping>stopped… | “stopping”, abandon, arm 5s
        retire | stopping>stopped… | “stopping”, abandon, arm 5s
        restart | stopping>start… | “stopping”, abandon, arm 5s
        reload | -
        kill | killing>stopped… | abandon, arm 10s
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | -
        adopted | -
        spawned | starting+reload | “started”
        spawnFailed | backoff | “not started: again in 0.5s, 1 of 5 in 60s”, arm 0.5s
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | starting+reload… | arm 30s
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | stopping>start timeout… | “start timed out after 90s”, abandon, arm 5s
        old timer | -
        """,
        "starting": """
        start | -
        stop | stopping>stopped | “stopping”, signal 15, arm 5s
        retire | stopping>stopped | “stopping”, signal 15, arm 5s
        restart | stopping>start | “stopping”, signal 15, arm 5s
        reload | starting+reload
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>policy | “stopping”, signal 15, arm 5s
        terminate 2 1s | stopping>policy | “stopping”, signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | killing>refused | “refused”, kill, arm 10s
        ready | running | “ready after 90s”, arm 20s
        alive | -
        stuck | -
        extend 30s | starting | arm 30s
        unhealthy | -
        exited 0 | backoff | kill, “died 0 after no time: again in 0.5s, 1 of 5 in 60s”, arm 0.5s
        exited 78 | failed | kill, “died 78 after no time: hopeless”
        exited by 11 | backoff | kill, “died by 11 after no time: again in 0.5s, 1 of 5 in 60s”, arm 0.5s
        timer | stopping>start timeout | “start timed out after 90s”, signal 15, arm 5s
        old timer | -
        """,
        "starting+reload": """
        start | -
        stop | stopping>stopped | “stopping”, signal 15, arm 5s
        retire | stopping>stopped | “stopping”, signal 15, arm 5s
        restart | stopping>start | “stopping”, signal 15, arm 5s
        reload | -
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>policy | “stopping”, signal 15, arm 5s
        terminate 2 1s | stopping>policy | “stopping”, signal 2, arm 1s
        aged | -
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | killing>refused | “refused”, kill, arm 10s
        ready | running | “ready after 90s”, arm 20s, signal 1
        alive | -
        stuck | -
        extend 30s | starting+reload | arm 30s
        unhealthy | -
        exited 0 | backoff | kill, “died 0 after no time: again in 0.5s, 1 of 5 in 60s”, arm 0.5s
        exited 78 | failed | kill, “died 78 after no time: hopeless”
        exited by 11 | backoff | kill, “died by 11 after no time: again in 0.5s, 1 of 5 in 60s”, arm 0.5s
        timer | stopping>start timeout | “start timed out after 90s”, signal 15, arm 5s
        old timer | -
        """,
        "running": """
        start | -
        stop | stopping>stopped | “stopping”, signal 15, arm 5s
        retire | stopping>retired | “retiring for 60s”, signal 3, arm 60s
        restart | stopping>start | “stopping”, signal 15, arm 5s
        reload | running | signal 1
        kill | killing>stopped | kill, arm 10s
        terminate | stopping>policy | “stopping”, signal 15, arm 5s
        terminate 2 1s | stopping>policy | “stopping”, signal 2, arm 1s
        aged | stopping>start | “aged after 70s”, signal 15, arm 5s
        adopted ready | -
        adopted | -
        spawned | -
        spawnFailed | -
        refused | killing>refused 70s | “refused”, kill, arm 10s
        ready | -
        alive | running | arm 20s
        stuck | killing>watchdog 70s | “watchdog after 20s”, kill, arm 10s
        extend 30s | running | arm 30s
        unhealthy | stopping>unhealthy 70s | “unhealthy after 70s”, signal 15, arm 5s
        exited 0 | starting… | kill, “died 0 after 70s: again in 0s, 1 of 5 in 60s”, arm 10s, spawn
        exited 78 | failed | kill, “died 78 after 70s: hopeless”
        exited by 11 | starting… | kill, “died by 11 after 70s: again in 0s, 1 of 5 in 60s”, arm 10s, spawn
        timer | killing>watchdog 70s | “watchdog after 20s”, kill, arm 10s
        old timer | -
        """,
    ]
}
