package import RegistryModel
import NIOCore
import Synchronization
import TextFormats

extension FilesystemStorage {
    /// Bytes that are collected before a thread writes them, where few uploads run.
    private static let batchSize = 256 << 10
    /// Bytes that all uploads together may collect: many that run at once write smaller batches.
    private static let batchBudget = 4 << 20
    /// Buffers that are collected: one that holds a single byte costs as much memory as a full one.
    private static let batchCount = 128

    package func beginUpload(
        in repository: RepositoryName, algorithm: DigestAlgorithm
    ) async throws(StorageError) -> Upload {
        try await writes.run { [self] () throws(StorageError) in
            let id = UploadID()
            do throws(StorageError) {
                try makePath(layout.upload(id, repository))
                guard try OpenFile(layout.uploadData(id, repository), .create) != nil,
                    let start = try OpenFile(layout.uploadStart(id, repository), .create)
                else { throw .uploadUnknown(id) }
                try start.write(Array(UTCTime.now().rfc3339.utf8))
                if algorithm != .sha256 { try saveState(ContentHash(algorithm), id, repository) }
            } catch {
                try? Disk.removeTree(layout.upload(id, repository))
                throw error
            }
            sessions.remember(id, UploadSessions.Memory(hash: ContentHash(algorithm), synced: 0))
            return Upload(id: id, size: 0)
        }
    }

    package func upload(_ id: UploadID, in repository: RepositoryName) async throws(StorageError) -> Upload {
        try await reads.run { [layout] () throws(StorageError) in
            guard let stamp = try Disk.stamp(layout.uploadData(id, repository)) else { throw .uploadUnknown(id) }
            return Upload(id: id, size: stamp.size)
        }
    }

    package func append(
        _ body: some UploadBody, to id: UploadID, in repository: RepositoryName, at offset: Int?, isLast: Bool
    ) async throws(StorageError) -> Upload {
        let writer = try await writes.run { [self] () throws(StorageError) in
            try openWriter(id, repository, at: offset)
        }
        do throws(StorageError) {
            try await receive(body, writer)
        } catch {
            try await writes.run { [self] () throws(StorageError) in
                defer { writer.release() }
                try pause(writer, id, repository, after: error)
            }
            throw error
        }
        try await writes.run { [self] () throws(StorageError) in
            defer { writer.release() }
            if isLast {
                sessions.remember(id, UploadSessions.Memory(hash: writer.hash, synced: writer.synced))
            } else {
                try pause(writer, id, repository, after: nil)
            }
        }
        return Upload(id: id, size: writer.size)
    }

    package func commit(
        _ id: UploadID, in repository: RepositoryName, as digest: Digest
    ) async throws(StorageError) -> BlobInfo {
        try await writes.run { [self] () throws(StorageError) in
            let writer = try openWriter(id, repository, at: nil)
            defer { writer.release() }
            guard let computed = try writer.digest(digest.algorithm), computed == digest else {
                sessions.remember(id, UploadSessions.Memory(hash: writer.hash, synced: writer.synced))
                throw .digestMismatch(expected: digest, computed: try writer.digest(digest.algorithm) ?? digest)
            }
            do throws(StorageError) {
                try writer.sync(desk)
                try locks.holdShared(repository) { () throws(StorageError) in
                    try guards.shared(digest) { () throws(StorageError) in
                        try place(writer, id, repository, digest)
                    }
                }
            } catch {
                discardAfter(error, id, repository)
                throw error
            }
            // The promise is kept; what is left of the upload may also go with the next purge.
            try? Disk.removeTree(layout.upload(id, repository))
            if let stamp = try Disk.stamp(layout.blob(digest)) { verified.insert(digest, stamp) }
            return BlobInfo(digest: digest, size: writer.size)
        }
    }

    /// Gives the upload's data their name and links them.
    private func place(
        _ writer: UploadWriter, _ id: UploadID, _ repository: RepositoryName, _ digest: Digest
    ) throws(StorageError) {
        try index.changing(repository) { () throws(StorageError) in
            var change = change()
            // Over a blob that is there, too: these bytes have just been compared with their digest, those may have rotted.
            change.move(layout.uploadData(id, repository), to: layout.blob(digest), isLasting: false)
            try writeLink(to: digest, at: layout.layerLink(digest, repository), &change)
            try change.sync()
            vouch(digest, repository)
            return ((), [.layer(BlobInfo(digest: digest, size: writer.size))])
        }
    }

    package func cancelUpload(_ id: UploadID, in repository: RepositoryName) async throws(StorageError) {
        try await writes.run { [self] () throws(StorageError) in
            guard try Disk.exists(layout.uploadData(id, repository)) else { throw .uploadUnknown(id) }
            _ = sessions.take(id)
            try Disk.removeTree(layout.upload(id, repository))
        }
    }

    /// Writes batches on a thread while the next is collected: at most two batches of an upload are in memory.
    private func receive(_ body: some UploadBody, _ writer: UploadWriter) async throws(StorageError) {
        var pending: EventLoopFuture<Result<Void, StorageError>>?
        var batch: [ByteBuffer] = []
        var count = 0
        var failure: StorageError?
        receiving.add(1, ordering: .relaxed)
        defer { receiving.subtract(1, ordering: .relaxed) }
        do {
            for try await buffer in body {
                batch.append(buffer)
                count += buffer.readableBytes
                let full = min(Self.batchSize, Self.batchBudget / max(receiving.load(ordering: .relaxed), 1))
                guard count >= full || batch.count >= Self.batchCount else { continue }
                if let last = pending, case .failure(let error) = try await last.get() {
                    pending = nil
                    throw error
                }
                pending = writes.begin { [batch] () throws(StorageError) in try writer.append(batch) }
                batch = []
                count = 0
            }
        } catch let error as StorageError {
            failure = error
        } catch {
            failure = .bodyFailed(error)
        }
        // Whatever happened, the writer is nobody else's before its last batch has ended.
        if let last = pending, let result = try? await last.get(), case .failure(let error) = result { failure = error }
        if case .noSpace? = failure { throw .noSpace(operation: "write an upload") }
        if let error = failure, case .io = error { throw error }
        if !batch.isEmpty {
            let rest = writes.begin { [batch] () throws(StorageError) in try writer.append(batch) }
            if let result = try? await rest.get(), case .failure(let error) = result { throw error }
        }
        if let failure { throw failure }
    }

    /// Opens an upload for writing, alone, its digest taken to its end.
    private func openWriter(
        _ id: UploadID, _ repository: RepositoryName, at offset: Int?
    ) throws(StorageError) -> UploadWriter {
        let path = layout.uploadData(id, repository)
        guard let file = try OpenFile(path, .readWrite) else { throw .uploadUnknown(id) }
        guard try file.lock() else { throw .uploadBusy(id) }
        // Whoever held the lock before may have finished the upload: then the open file is a blob by now.
        guard try Disk.exists(path) else { throw .uploadUnknown(id) }
        let size = try file.size()
        if let offset, offset != size { throw .offsetMismatch(expected: size, given: offset) }
        let memory = sessions.take(id)
        if let memory, memory.hash.count == size {
            return UploadWriter(file: file, hash: memory.hash, size: size, synced: memory.synced)
        }
        var hash = try savedState(id, repository, size: size)
        try UploadWriter.read(file, into: &hash, upTo: size)
        return UploadWriter(file: file, hash: hash, size: size, synced: 0)
    }

    /// Leaves an upload so that it can go on after a restart, or removes it when the disk is full.
    /// The data are synced before the state is written: a state on the disk never speaks of bytes that a power cut took.
    private func pause(
        _ writer: UploadWriter, _ id: UploadID, _ repository: RepositoryName, after error: StorageError?
    ) throws(StorageError) {
        do throws(StorageError) {
            if let error {
                switch error {
                case .noSpace, .io: throw error;
                default: break
                }
            }
            if writer.size - writer.synced >= stateStep {
                try writer.sync(desk)
                try saveState(writer.hash, id, repository)
            }
            sessions.remember(id, UploadSessions.Memory(hash: writer.hash, synced: writer.synced))
        } catch {
            discardAfter(error, id, repository)
            throw error
        }
    }

    /// What a failed write or sync leaves behind is not to be trusted: the kernel may hold pages for clean that never
    /// reached the disk, and a retry would find them in its cache.
    private func discardAfter(_ error: StorageError, _ id: UploadID, _ repository: RepositoryName) {
        switch error {
        case .noSpace, .io: try? Disk.removeTree(layout.upload(id, repository))
        default: break
        }
    }

    /// Makes folders without any promise.
    private func makePath(_ path: String) throws(StorageError) {
        for _ in 0..<8 {
            if try Disk.makeFolder(path) != nil { return }
            try makePath(Disk.parent(of: path))
        }
    }

    /// Writes the state of now, then removes older ones.
    private func saveState(
        _ hash: ContentHash, _ id: UploadID, _ repository: RepositoryName
    ) throws(StorageError) {
        let folder = layout.hashStates(hash.algorithm, id, repository)
        let name = String(hash.count)
        try makePath(folder)
        let passing = "\(folder)/.\(name)"
        try Disk.remove(passing)
        guard let file = try OpenFile(passing, .create) else { throw .uploadUnknown(id) }
        try file.write(hash.state)
        guard try Disk.rename(passing, to: "\(folder)/\(name)") else { throw .uploadUnknown(id) }
        for entry in try Disk.entries(of: folder) ?? [] where entry.name != name {
            try Disk.remove("\(folder)/\(entry.name)")
        }
    }

    /// The saved state that goes furthest into the data that are there; a new one when there is none.
    private func savedState(
        _ id: UploadID, _ repository: RepositoryName, size: Int
    ) throws(StorageError) -> ContentHash {
        // An upload that was begun for another algorithm has a state of it from the start.
        for algorithm in [DigestAlgorithm.sha512, .sha256] {
            let folder = layout.hashStates(algorithm, id, repository)
            guard let entries = try Disk.entries(of: folder) else { continue }
            for offset in entries.compactMap({ Int($0.name) }).filter({ $0 <= size }).sorted(by: >) {
                guard let bytes = try Disk.contents(of: "\(folder)/\(offset)", limit: 1_024) else { continue }
                if let hash = ContentHash(algorithm, state: bytes), hash.count == offset { return hash }
            }
            if algorithm == .sha512 && !entries.isEmpty { return ContentHash(.sha512) }
        }
        return ContentHash(.sha256)
    }
}
