extension WatcherTable {
    /// No process, and none under way.
    static let resting = [
        "stopped": """
        start | starting… | arm 10s, spawn
        stop | -
        retire | -
        restart | starting… | arm 10s, spawn
        reload | -
        kill | -
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | running | “adopted”, arm 20s
        adopted | starting | “adopted”, arm 10s
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | -
        old timer | -
        """,
        "finished": """
        start | starting… | arm 10s, spawn
        stop | stopped
        retire | stopped
        restart | starting… | arm 10s, spawn
        reload | -
        kill | -
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | running | “adopted”, arm 20s
        adopted | starting | “adopted”, arm 10s
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | -
        old timer | -
        """,
        "failed": """
        start | starting… | arm 10s, spawn
        stop | stopped
        retire | stopped
        restart | starting… | arm 10s, spawn
        reload | -
        kill | -
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | running | “adopted”, arm 20s
        adopted | starting | “adopted”, arm 10s
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | -
        old timer | -
        """,
        "backoff": """
        start | starting… | arm 10s, spawn
        stop | stopped | “stopped”
        retire | stopped | “stopped”
        restart | starting… | arm 10s, spawn
        reload | -
        kill | stopped | “stopped”
        terminate | -
        terminate 2 1s | -
        aged | -
        adopted ready | running | “adopted”, arm 20s
        adopted | starting | “adopted”, arm 10s
        spawned | -
        spawnFailed | -
        refused | -
        ready | -
        alive | -
        stuck | -
        extend 30s | -
        unhealthy | -
        exited 0 | -
        exited 78 | -
        exited by 11 | -
        timer | starting… | arm 10s, spawn
        old timer | -
        """,
    ]
}
