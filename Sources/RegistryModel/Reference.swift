/// What a client calls a manifest by: a tag or a digest.
package enum Reference: Sendable, Hashable, CustomStringConvertible {
    case tag(Tag)
    case digest(Digest)

    /// Why a text is no reference.
    package enum Refusal: Error, Equatable {
        case tagInvalid
        case digestInvalid
    }

    /// Text with a colon can only be meant as a digest.
    package init(_ text: some StringProtocol) throws(Refusal) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let digest = Digest(text) else { throw .digestInvalid }
            self = .digest(digest)
        } else {
            guard let tag = Tag(text) else { throw .tagInvalid }
            self = .tag(tag)
        }
    }

    package var description: String {
        switch self {
        case .tag(let tag): tag.description
        case .digest(let digest): digest.description
        }
    }

    /// As it follows a repository's name: `:1.4` or `@sha256:…`.
    package var suffix: String {
        switch self {
        case .tag(let tag): ":\(tag)"
        case .digest(let digest): "@\(digest.short)"
        }
    }
}
