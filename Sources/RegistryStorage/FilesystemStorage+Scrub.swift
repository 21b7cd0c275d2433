import RegistryModel

extension FilesystemStorage {
    /// Compares the blobs of one folder of two hex digits with their digests, moves what differs to quarantine, and remembers
    /// how far it came, so that the next step, or the next process, goes on there.
    /// - Parameter pause: called after each part with its length, to keep to a rate.
    package func scrubStep(
        pause: @Sendable (_ bytes: Int) async throws -> Void
    ) async throws -> ScrubStep {
        var step = ScrubStep()
        let folders = try await reads.run { [self] () throws(StorageError) in try scrubFolders() }
        let last = try await reads.run { [self] () throws(StorageError) in try scrubCursor() }
        guard let folder = folders.first(where: { last.utf8.lexicographicallyPrecedes($0.utf8) }) else {
            try await moveCursor(to: "")
            step.isLast = true
            return step
        }
        let names = try await reads.run { [layout] () throws(StorageError) in
            try (Disk.entries(of: "\(layout.blobs)/\(folder)") ?? []).map(\.name).sorted()
        }
        for name in names {
            guard let algorithm = folder.split(separator: "/").first.flatMap({ DigestAlgorithm(rawValue: String($0)) }),
                let digest = Digest(algorithm: algorithm, hex: name)
            else { continue }
            guard let compared = try await compare(digest, pause) else { continue }
            step.blobs += 1
            step.bytes += compared.bytes
            guard compared.isDamaged else { continue }
            // Before it goes: a damaged manifest is found through its links, a layer through its manifests.
            let images = try await images(with: digest)
            if try await quarantine(digest, compared.stamp) {
                step.damaged.append(DamagedBlob(digest: digest, images: images))
            }
        }
        try await moveCursor(to: folder)
        step.isLast = folder == folders.last
        if step.isLast { try await moveCursor(to: "") }
        return step
    }

    /// - Returns: nil when it is gone.
    private func compare(
        _ digest: Digest, _ pause: @Sendable (Int) async throws -> Void
    ) async throws -> (bytes: Int, isDamaged: Bool, stamp: Disk.Stamp)? {
        let opened = try await reads.run {
            [layout] () throws(StorageError) -> (file: ScrubbedFile, stamp: Disk.Stamp)? in
            guard let stamp = try Disk.stamp(layout.blob(digest)), let file = try OpenFile(layout.blob(digest), .read)
            else { return nil }
            return (ScrubbedFile(file), stamp)
        }
        guard let opened else { return nil }
        var hash = ContentHash(digest.algorithm)
        while true {
            let before = hash
            hash = try await reads.run { () throws(StorageError) in
                var hash = before
                try opened.file.read(into: &hash, count: 1 << 20)
                return hash
            }
            if hash.count == before.count { break }
            try await pause(hash.count - before.count)
        }
        return (hash.count, hash.digest() != digest, opened.stamp)
    }

    /// Moves a damaged file out of the way, durably; never deletes it.
    /// - Returns: false when a push has replaced it meanwhile.
    func quarantine(_ digest: Digest, _ stamp: Disk.Stamp) async throws(StorageError) -> Bool {
        try await writes.run { [self] () throws(StorageError) in try setAside(digest, stamp) }
    }

    /// As `quarantine`, on the calling thread.
    func setAside(_ digest: Digest, _ stamp: Disk.Stamp) throws(StorageError) -> Bool {
        let path = layout.blob(digest)
        guard try Disk.stamp(path)?.inode == stamp.inode else { return false }
        verified.remove(digest)
        var change = change()
        change.move(path, to: layout.quarantined(digest))
        change.touch(Disk.parent(of: path))
        ledger.unsettle(Disk.parent(of: path))
        try change.sync()
        guard try Disk.stamp(layout.quarantined(digest))?.inode != stamp.inode else { return true }
        // A push came in between: its bytes are right, and go back to where it has put them.
        var back = self.change()
        back.move(layout.quarantined(digest), to: path, isLasting: false)
        try back.sync()
        return false
    }

    /// The folders of two hex digits, `sha256/00` and so on, sorted.
    private func scrubFolders() throws(StorageError) -> [String] {
        var folders: [String] = []
        for algorithm in DigestAlgorithm.allCases {
            for entry in try Disk.entries(of: "\(layout.blobs)/\(algorithm.rawValue)") ?? [] where entry.isFolder {
                folders.append("\(algorithm.rawValue)/\(entry.name)")
            }
        }
        return folders.sorted()
    }

    private func scrubCursor() throws(StorageError) -> String {
        String(decoding: try Disk.contents(of: layout.scrubCursor, limit: 64) ?? [], as: UTF8.self)
    }

    private func moveCursor(to folder: String) async throws(StorageError) {
        try await writes.run { [self] () throws(StorageError) in
            var change = change()
            try change.write(Array(folder.utf8), at: layout.scrubCursor)
            try change.sync()
        }
    }
}
