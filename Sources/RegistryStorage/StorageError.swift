package import RegistryModel

/// Why the storage did not do what was asked. Nothing that throws one of these has been acknowledged.
package enum StorageError: Error, Sendable, CustomStringConvertible {
    case repositoryUnknown(RepositoryName)
    case blobUnknown(Digest)
    case manifestUnknown(Reference)
    case tagUnknown(Tag)
    /// Blobs or manifests that a manifest names and its repository does not hold.
    case contentMissing([Digest])
    case uploadUnknown(UploadID)
    /// Another request is writing to the upload.
    case uploadBusy(UploadID)
    case digestMismatch(expected: Digest, computed: Digest)
    /// A chunk that does not begin where the upload ends.
    case offsetMismatch(expected: Int, given: Int)
    /// The disk or its quota is full; what had been received is removed again.
    case noSpace(operation: String)
    /// Bytes on the disk that are not what their digest says.
    case corrupt(Digest)
    /// The client's body ended in an error; what had arrived is kept.
    case bodyFailed(any Error)
    case io(operation: String, path: String, errno: CInt)
    case stopping

    package var problem: String {
        switch self {
        case .repositoryUnknown(let name): "there is no repository \(name)"
        case .blobUnknown(let digest): "the repository holds no blob \(digest)"
        case .manifestUnknown(let reference): "the repository holds no manifest \(reference)"
        case .tagUnknown(let tag): "the repository has no tag \(tag)"
        case .contentMissing(let digests):
            "the manifest names content that the repository does not hold: "
                + digests.prefix(5).map(\.description).joined(separator: ", ")
        case .uploadUnknown(let id): "the upload \(id) is unknown, finished or expired"
        case .uploadBusy(let id): "another request is writing to the upload \(id)"
        case .digestMismatch(let expected, let computed):
            "the uploaded content is \(computed), not \(expected)"
        case .offsetMismatch(let expected, let given):
            "the chunk begins at \(given), but the upload has \(expected) bytes"
        case .noSpace(let operation): "the registry's disk is full (\(operation))"
        case .corrupt(let digest): "the content of \(digest) on the disk is damaged"
        case .bodyFailed(let error): "the request's body ended early: \(error)"
        case .io(let operation, let path, let number):
            "cannot \(operation) \(path): \(SystemErrors.text(number))"
        case .stopping: "the registry is stopping"
        }
    }

    package var remedy: String {
        switch self {
        case .repositoryUnknown, .blobUnknown, .manifestUnknown, .tagUnknown: "check the name, or push it first"
        case .contentMissing: "push the missing content first"
        case .uploadUnknown: "start a new upload"
        case .uploadBusy: "wait for the other request to end, then ask for the upload's status"
        case .digestMismatch: "send the content again"
        case .offsetMismatch: "ask for the upload's status and go on where it ends"
        case .noSpace: "free space on the disk below storage.filesystem.rootdirectory, then push again"
        case .corrupt: "push the image again from where it still exists"
        case .bodyFailed: "ask for the upload's status and go on where it ends"
        case .io: "look at the disk and at the permissions below storage.filesystem.rootdirectory"
        case .stopping: "try again in a moment"
        }
    }

    package var description: String { "\(problem). \(remedy.prefix(1).uppercased())\(remedy.dropFirst())." }
}
