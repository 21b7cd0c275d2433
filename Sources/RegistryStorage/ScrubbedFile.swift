import RegistryModel

/// An open file that is read through once.
///
/// `@unchecked Sendable`: one read at a time, and the descriptor never changes.
final class ScrubbedFile: @unchecked Sendable {
    private let file: OpenFile

    init(_ file: consuming OpenFile) {
        self.file = file
    }

    func read(into hash: inout ContentHash, count: Int) throws(StorageError) {
        try UploadWriter.read(file, into: &hash, upTo: hash.count + count)
    }
}
