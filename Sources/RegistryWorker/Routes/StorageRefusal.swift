import HTTPService
import HTTPTypes
import RegistryModel
import RegistryStorage

/// How the storage's errors look to a client: never with a path of the server in them.
extension OCIError {
    init(_ error: StorageError) {
        let sentence = error.description
        switch error {
        case .repositoryUnknown(let name): self.init(.nameUnknown, message: sentence, detail: ["name": "\(name)"])
        case .blobUnknown(let digest): self.init(.blobUnknown, message: sentence, detail: ["digest": "\(digest)"])
        case .manifestUnknown(let reference):
            self.init(.manifestUnknown, message: sentence, detail: ["reference": "\(reference)"])
        case .tagUnknown(let tag): self.init(.manifestUnknown, message: sentence, detail: ["tag": "\(tag)"])
        case .contentMissing(let digests):
            let shown = digests.prefix(20).map(\.description).joined(separator: ",")
            self.init(.manifestBlobUnknown, message: sentence, detail: ["digests": shown])
        case .uploadUnknown: self.init(.blobUploadUnknown, message: sentence)
        case .uploadBusy: self.init(.blobUploadInvalid, message: sentence, status: .conflict)
        case .digestMismatch(let expected, let computed):
            self.init(
                .digestInvalid, message: sentence, detail: ["expected": "\(expected)", "computed": "\(computed)"])
        case .offsetMismatch: self.init(.rangeInvalid, message: sentence)
        case .bodyFailed: self.init(.blobUploadInvalid, message: sentence)
        case .noSpace: self.init(.unavailable, message: sentence, status: .init(code: 507))
        case .stopping: self.init(.unavailable, message: sentence)
        case .corrupt: self.init(.unknown, message: sentence)
        case .io:
            self.init(.unknown, message: "the registry's disk failed; its log says more under this request's id")
        }
    }
}
