// What a key does.

extension TopModel {
    /// What the terminal's loop has to do.
    enum Effect: Equatable {
        case none
        case quit
        case restart(String)
    }

    mutating func take(_ key: TopKey) -> Effect {
        message = ""
        if let watcher = asks {
            asks = nil
            guard key == .character("y") else {
                message = "\(watcher) is left alone"
                return key == .interrupt ? .quit : .none
            }
            message = "restarting \(watcher)"
            return .restart(watcher)
        }
        switch key {
        case .interrupt, .character("q"): return .quit
        case .character("s"):
            let all = Sort.allCases
            sort = all[((all.firstIndex(of: sort) ?? 0) + 1) % all.count]
        case .up, .character("k"): select(by: -1)
        case .down, .character("j"): select(by: 1)
        case .character("w"):
            let watcher = selectedRow?.watcher
            showsProcesses.toggle()
            if let watcher { select(watcher) }
        case .character("r"): asks = selectedRow?.watcher
        case .character: break
        }
        return .none
    }
}
