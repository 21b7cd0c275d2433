import SwiftASN1

/// One `-----BEGIN X-----` … `-----END X-----` of a PEM text. Whatever stands between blocks is passed over.
struct PEMBlock: Sendable, Equatable {
    /// `CERTIFICATE`, `PRIVATE KEY`, …
    var label: String
    var bytes: [UInt8]
    /// Whether a passphrase protects it.
    var encrypted: Bool

    var isPrivateKey: Bool { label.hasSuffix("PRIVATE KEY") }

    /// The block as PEM again, lines of 64 characters.
    var text: String {
        PEMDocument(type: label, derBytes: bytes).pemString + "\n"
    }

    /// The blocks of a text in their order.
    /// - Throws: `.damaged` for a block without its end, or one whose body is not base64.
    static func all(in text: String) throws(CertificateFault) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var label: String?
        var headers: [String] = []
        var body: [String] = []
        for line in text.split(whereSeparator: \.isNewline).map(trimmed) {
            if let begun = marker(line, "-----BEGIN ") {
                guard label == nil else { throw .damaged(block: blocks.count + 1, reason: "has no END line") }
                (label, headers, body) = (begun, [], [])
            } else if let ended = marker(line, "-----END ") {
                guard let begun = label, begun == ended else {
                    throw .damaged(
                        block: blocks.count + 1, reason: "has an END line that does not match its BEGIN line")
                }
                blocks.append(try block(begun, headers: headers, body: body, number: blocks.count + 1))
                label = nil
            } else if label != nil {
                if line.contains(":") { headers.append(line) } else { body.append(line) }
            }
        }
        if label != nil { throw .damaged(block: blocks.count + 1, reason: "has no END line") }
        return blocks
    }

    private static func block(
        _ label: String, headers: [String], body: [String], number: Int
    ) throws(CertificateFault) -> PEMBlock {
        let encrypted = label == "ENCRYPTED PRIVATE KEY" || headers.contains { $0.contains("ENCRYPTED") }
        if encrypted { return PEMBlock(label: label, bytes: [], encrypted: true) }
        let text = "-----BEGIN \(label)-----\n\(body.joined(separator: "\n"))\n-----END \(label)-----"
        guard let document = try? PEMDocument(pemString: text) else {
            throw .damaged(block: number, reason: "does not hold base64")
        }
        return PEMBlock(label: label, bytes: document.derBytes, encrypted: false)
    }

    private static func marker(_ line: String, _ prefix: String) -> String? {
        guard line.hasPrefix(prefix), line.hasSuffix("-----"), line.count > prefix.count + 5 else { return nil }
        return String(line.dropFirst(prefix.count).dropLast(5))
    }

    private static func trimmed(_ line: Substring) -> String {
        var rest = line
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
