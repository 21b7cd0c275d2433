import GRDB
import RegistryModel
import Synchronization

/// The index's background work. One call at a time.
extension RegistryIndex {
    /// A repository that was not changed for so long gets its stamp.
    private static let quiet: Duration = .seconds(2)

    /// Whether every repository has its rows and all of them are true: what collection needs.
    var isReady: Bool {
        database != nil && state.withLock { $0.isComplete && $0.stale.isEmpty && $0.swept != nil }
    }

    /// Whether `tend` has something to do by and by, without being woken.
    var hasMore: Bool {
        state.withLock { state in
            state.database == nil || !state.isComplete || !state.stale.isEmpty || state.swept == nil
                || state.work.values.contains { !$0.isSettled }
        }
    }

    /// Opens or makes the database, sweeps the tree when that is due, and reads what is stale.
    /// - Returns: repositories that changed while they were read: to be given to `refresh` under their locks.
    func tend() throws(StorageError) -> [RepositoryName] {
        if database == nil {
            guard state.withLock({ $0.mayOpen <= .now }) else { return [] }
            open()
        }
        guard database != nil else { return [] }
        let (isComplete, swept) = state.withLock { ($0.isComplete, $0.swept) }
        var overtaken: [RepositoryName] = []
        if swept == nil || !isComplete { overtaken = try sweep(comparing: true) }
        let stale = state.withLock { Array($0.stale) }.filter { !overtaken.contains($0) }
        overtaken += try refresh(stale)
        return overtaken
    }

    /// Compares the names in the tree with those in the index, and reads what is new.
    /// - Parameter comparing: each repository's stamp as well.
    /// - Returns: as `refresh`.
    func sweep(comparing: Bool) throws(StorageError) -> [RepositoryName] {
        guard
            state.withLock({ state in
                defer { state.isSweeping = true }
                return !state.isSweeping
            })
        else { return [] }
        defer { state.withLock { $0.isSweeping = false } }
        let began = ContinuousClock.now
        var walk = RepositoryWalk(layout: layout, limit: nil, after: nil)
        try walk.visit(layout.repositories, name: "")
        guard let known = known() else { return [] }
        var suspects: [RepositoryName] = []
        for name in walk.found {
            guard let stamp = known[name] else {
                suspects.append(name)
                continue
            }
            guard comparing, state.withLock({ $0.work[name].map(\.isSettled) ?? true }) else { continue }
            if try RepositoryStamp(name, layout) != stamp { suspects.append(name) }
        }
        let there = Set(walk.found)
        suspects += known.keys.filter { !there.contains($0) }
        let overtaken = try refresh(suspects)
        for name in overtaken { markStale(name) }
        finish(began)
        return overtaken
    }

    /// Names that are shown, with their stamps. `.nothing` for a repository whose rows are not true.
    private func known() -> [RepositoryName: RepositoryStamp]? {
        read { db in
            var known: [RepositoryName: RepositoryStamp] = [:]
            try db.each("SELECT key, stamp FROM repositories WHERE visible = 1", []) { row in
                if let name = row.text(0).flatMap({ RepositoryName(key: $0) }) {
                    known[name] = RepositoryStamp(value: row.integer(1))
                }
                return true
            }
            return known
        }
    }

    private func finish(_ began: ContinuousClock.Instant) {
        let isFirst = state.withLock { state in
            guard state.database != nil else { return false }
            state.swept = (.now, began.duration(to: .now))
            defer { state.isComplete = true }
            return !state.isComplete
        }
        guard isFirst else { return }
        let counts = write { db in
            try db.run("INSERT OR REPLACE INTO facts(name, value) VALUES('complete', 1)")
            return try db.first(
                "SELECT (SELECT COUNT(*) FROM repositories), (SELECT COUNT(*) FROM manifests)",
                read: { ($0.integer(0), $0.integer(1)) })
        }
        guard case let (repositories, manifests)?? = counts, repositories > 0 else { return }
        let seconds = Double(Int(began.duration(to: .now) / .milliseconds(100))) / 10
        notify(
            StorageNotice(
                level: .info, event: "index_built",
                sentence: "built the index of \(repositories) repositories and \(manifests) manifests in \(seconds) s"))
    }

    /// Whether a list of all repositories should look at the tree again: small trees nearly always, large ones now and then.
    /// - Returns: nil when not; whether it is quick enough to wait for it.
    var dueSweep: Bool? {
        state.withLock { state in
            guard let swept = state.swept, !state.isSweeping else { return nil }
            guard swept.at.duration(to: .now) > swept.took * 20 else { return nil }
            let isQuick = swept.took < .milliseconds(30)
            if !isQuick { state.swept = nil }
            return isQuick
        }
    }

    // MARK: Settling

    /// Repositories that wait for their stamp.
    func quietRepositories() -> [RepositoryName] {
        state.withLock { state in
            if state.work.count > 10_000 { state.work = state.work.filter { !$0.value.isSettled } }
            return state.work.filter { _, work in
                !work.isSettled && work.inFlight == 0 && work.changed.duration(to: .now) >= Self.quiet
            }.map(\.key)
        }
    }

    /// Writes the stamp of a repository, whose lock the caller holds alone.
    func settle(_ repository: RepositoryName) throws(StorageError) {
        let current = try RepositoryStamp(repository, layout)
        let isTrue = state.withLock { state in
            guard let work = state.work[repository], work.inFlight == 0 else { return false }
            return work.expected == current && !state.stale.contains(repository)
        }
        guard isTrue else { return markStale(repository) }
        let isWritten: Void? = write { db in
            try db.run(
                "UPDATE repositories SET stamp = ? WHERE key = ?", .integer(current.value), .text(repository.key))
            state.withLock { $0.work[repository]?.isSettled = true }
        }
        if isWritten == nil { markStale(repository) }
    }

    /// Writes the pulls that were counted.
    func writePulls() {
        let pulls = pulls.take()
        guard !pulls.isEmpty else { return }
        _ = write { db in
            for (key, value) in pulls {
                try db.run(
                    """
                    UPDATE revisions SET pulls = pulls + ?, pulled = ?
                    WHERE digest = ? AND repository = (SELECT id FROM repositories WHERE key = ?)
                    """, .integer(value.count), .integer(value.last), .digest(key.digest), .text(key.repository.key)
                )
            }
        }
    }
}
