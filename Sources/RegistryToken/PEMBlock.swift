/// One block of a PEM text (RFC 7468); whatever stands outside of blocks is passed over, as OpenSSL and Go do.
struct PEMBlock: Equatable {
    /// `CERTIFICATE`, `PRIVATE KEY`, …
    var label: String
    var der: [UInt8]

    /// Every block in order. A block that is cut off or holds anything but Base64 has no DER.
    static func read(_ text: String) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var label: Substring?
        var body: [UInt8] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingSpaces
            if let open = line.marker("BEGIN") {
                label = open
                body = []
            } else if let close = line.marker("END"), close == label {
                let der = Base64.bytes(of: body, as: .standard) ?? []
                blocks.append(PEMBlock(label: String(close), der: der))
                label = nil
            } else if label != nil, !line.contains(":") {
                body.append(contentsOf: line.utf8)
            }
        }
        return blocks
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    fileprivate func marker(_ kind: String) -> Substring? {
        guard hasPrefix("-----\(kind) "), hasSuffix("-----"), utf8.count >= kind.utf8.count + 11 else { return nil }
        return dropFirst(6 + kind.count).dropLast(5)
    }
}
