import RegistryModel
import TextFormats

extension FilesystemStorage {
    package func purgeUploads(olderThan age: Duration, dryRun: Bool) async throws(StorageError) -> [PurgedUpload] {
        try await writes.run { [self] () throws(StorageError) in
            try Self.clearStaging(layout)
            var purged: [PurgedUpload] = []
            try purge(
                layout.repositories, name: "", began: UTCTime.now().seconds - Int(age.components.seconds), dryRun,
                &purged)
            return purged
        }
    }

    private func purge(
        _ folder: String, name: String, began limit: Int, _ dryRun: Bool, _ purged: inout [PurgedUpload]
    ) throws(StorageError) {
        for entry in try Disk.entries(of: folder) ?? [] where entry.isFolder {
            if entry.name == "_uploads" {
                try purgeUploads(in: "\(folder)/_uploads", of: name, began: limit, dryRun, &purged)
            } else if !entry.name.hasPrefix("_") && name.utf8.count <= RepositoryName.maximumLength {
                let child = name.isEmpty ? entry.name : "\(name)/\(entry.name)"
                try purge("\(folder)/\(entry.name)", name: child, began: limit, dryRun, &purged)
            }
        }
    }

    private func purgeUploads(
        in folder: String, of name: String, began limit: Int, _ dryRun: Bool, _ purged: inout [PurgedUpload]
    ) throws(StorageError) {
        for entry in try Disk.entries(of: folder) ?? [] where entry.isFolder {
            let path = "\(folder)/\(entry.name)"
            guard let began = try start(of: path), began <= limit else { continue }
            var size = 0
            if let data = try OpenFile("\(path)/data", .readWrite) {
                // Somebody writes to it at this moment, however long ago it began.
                guard try data.lock() else { continue }
                size = try data.size()
                if !dryRun { try Disk.removeTree(path) }
            } else if !dryRun {
                try Disk.removeTree(path)
            }
            purged.append(
                PurgedUpload(
                    repository: name, id: entry.name, size: size, age: .seconds(UTCTime.now().seconds - began)))
        }
    }

    /// When an upload began, in seconds: as it says itself, or when its folder last changed.
    private func start(of folder: String) throws(StorageError) -> Int? {
        if let bytes = try Disk.contents(of: "\(folder)/startedat", limit: 128),
            let seconds = UTCTime(rfc3339: String(decoding: bytes, as: UTF8.self))?.seconds
        {
            return seconds
        }
        return try Disk.stamp(folder).map { $0.modified / 1_000_000_000 }
    }
}
