internal import Glibc
internal import ProcessControl
internal import Supervision

// Sockets that nobody serves yet (`on_demand`), or no more (`failed`).

extension Arbiter {
    /// Whether an on-demand watcher has been asked for; its sockets are watched until it is.
    func isDemanded(_ watcher: Watcher) -> Bool {
        guard watcher.definition.onDemand else { return true }
        turn(watcher, .wanted)
        return watcher.gate.state == .open
    }

    /// Tells the gate of an on-demand watcher what has become of it.
    func noteDemand(_ watcher: Watcher, _ standing: WatcherStanding) {
        guard watcher.definition.onDemand else {
            turn(watcher, .unwanted)
            return
        }
        if watcher.goal != .up {
            turn(watcher, .unwanted)
        } else if standing.hasFailed {
            turn(watcher, .failed)
        } else if standing.isCompleted, !watcher.slots.isEmpty {
            for slot in watcher.slots { feed(.stop, to: slot) }
            turn(watcher, .finished)
        }
    }

    /// The watcher's sockets have changed: the former ones are not looked at any more.
    func forgetSocketWatches(_ watcher: Watcher) {
        if watcher.gate.state == .waiting { turn(watcher, .unwanted) }
        watcher.turningAway = nil
    }

    /// Has an on-demand watcher start now, without a connection.
    func demand(_ watcher: Watcher) {
        guard watcher.definition.onDemand else { return }
        turn(watcher, .wanted)
        turn(watcher, .demand)
    }

    private func turn(_ watcher: Watcher, _ event: OnDemandGate.Event) {
        for action in watcher.gate.handle(event, at: MonotonicTime.now.sinceBoot) {
            switch action {
            case .watchSockets:
                let descriptors = sockets.inherited(by: watcher.definition).map(\.descriptor)
                watcher.demand = SocketWatch(descriptors, loop: loop) { [weak self, weak watcher] _ in
                    guard let self, let watcher else { return }
                    self.turn(watcher, .demand)
                    self.advance()
                }
            case .ignoreSockets: watcher.demand = nil
            case .start: touch(watcher.name)
            case .giveUp(let starts, let window):
                refuse(watcher, "it ended \(starts) times within \(Words.duration(window)) without serving anybody")
            }
        }
    }

    /// While a watcher is failed, clients are turned away instead of waiting for nobody.
    func turnClientsAway(_ watcher: Watcher, _ standing: WatcherStanding) {
        let isDead = standing.hasFailed && standing.isIdle && watcher.goal == .up && !isStopping
        guard isDead, !watcher.definition.sockets.isEmpty else {
            watcher.turningAway = nil
            return
        }
        guard watcher.turningAway == nil else { return }
        let served = Set(
            watchers.values.filter { $0 !== watcher && $0.goal == .up && !$0.hasFailed }.flatMap(\.definition.sockets))
        var definition = watcher.definition
        definition.sockets.removeAll(where: served.contains)
        let descriptors = sockets.inherited(by: definition).map(\.descriptor)
        watcher.turningAway = SocketWatch(descriptors, loop: loop) { SocketWatch.turnAway($0) }
    }
}
