import RegistryStorage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A mail of log entries, as bytes.
///
/// Nothing that a client sent can become a header or end the mail: the subject is one line of printable ASCII, and the text is
/// base64, which knows neither lines of its own nor dots.
struct MailMessage: Sendable {
    /// One log entry.
    struct Entry: Sendable, Equatable {
        var time: String
        var level: String
        var message: String
        var fields: [String: String]
    }

    var from: String
    var to: [String]
    var hostName: String
    /// RFC 5322, as in `Sun, 06 Nov 1994 08:49:37 +0000`.
    var date: String
    var entries: [Entry]
    /// Entries that found the queue full.
    var omitted: Int

    var subject: String {
        let first = entries.first.map { "\($0.level): \($0.message)" } ?? "nothing"
        let more = entries.count + omitted - 1
        let rest = more > 0 ? " (and \(more) more)" : ""
        return Self.printable("[registry on \(hostName)] ", limit: 120) + Self.printable(first, limit: 150) + rest
    }

    var text: String {
        var text = ""
        for entry in entries {
            text += "\(entry.time) \(entry.level): \(entry.message)\n"
            for (key, value) in entry.fields.sorted(by: { $0.key < $1.key }) { text += "    \(key): \(value)\n" }
        }
        if omitted > 0 { text += "\nand \(omitted) more, which the registry's log has.\n" }
        return text
    }

    var bytes: [UInt8] {
        let encoded = Data(text.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        let headers = [
            "From: <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ",\r\n "))", "Subject: \(subject)",
            "Date: \(date)", "Message-ID: <\(UploadID())@\(Self.printable(hostName, limit: 200))>", "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ]
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + encoded + "\r\n").utf8)
    }

    /// One line of printable ASCII.
    private static func printable(_ text: String, limit: Int) -> String {
        String(text.unicodeScalars.prefix(limit).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
    }
}
