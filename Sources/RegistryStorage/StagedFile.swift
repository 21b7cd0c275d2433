/// A small file that has been written under a passing name, and waits for its sync and its own name.
final class StagedFile {
    private let file: OpenFile
    let path: String

    /// Writes the bytes to a new file of the staging folder.
    init(_ bytes: [UInt8], in staging: String) throws(StorageError) {
        path = "\(staging)/\(UploadID())"
        var created = try OpenFile(path, .create)
        if created == nil {
            // The staging folder itself is gone: somebody tidied up behind our back.
            _ = try Disk.makeFolder(staging)
            created = try OpenFile(path, .create)
        }
        guard let created else { throw .io(operation: "create", path: path, errno: 2) }
        file = created
        do throws(StorageError) {
            try file.write(bytes)
        } catch {
            try? Disk.remove(path)
            throw error
        }
    }

    func sync(_ desk: SyncDesk) throws(StorageError) {
        try desk.sync(file)
    }
}
