internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// A file of NAME=value lines with secrets, as `env_file` names it. Read at each start.
/// - Quotes and comments as in systemd.exec(5), EnvironmentFile=: `#` or `;` begins a comment line; '…' is literal;
///   "…" knows \n, \t, \", \\ and \$; nothing is expanded.
/// - Refused: a file that others may read, or that is neither root's nor our own.
/// - No problem's words ever contain a value.
enum EnvironmentFile {
    private static let limit = 1 << 20

    static func read(_ path: String) throws(LaunchProblem) -> [String: String] {
        let descriptor: OwnedDescriptor
        do throws(SystemError) {
            // A FIFO would keep us waiting for its writer.
            descriptor = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw LaunchProblem(problem: "cannot read env_file: \(error.problem)", remedy: error.remedy)
        }
        try check(descriptor.number, path)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor.number, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                let error = SystemError.last("read env_file \(path)")
                throw LaunchProblem(problem: error.problem, remedy: error.remedy)
            }
            if count == 0 { return try parse(bytes, path) }
            bytes += chunk[..<count]
        }
        throw LaunchProblem(problem: "env_file \(path) is longer than 1 MiB", remedy: "name a file of NAME=value lines")
    }

    /// Tells versions of the file apart by what processes are given of it: a comment is no other version.
    static func fingerprint(_ path: String) throws(LaunchProblem) -> UInt64 {
        let lines = try read(path).map { "\($0.key)=\($0.value)\0" }
        return WatcherDefinition.fingerprint(lines.sorted().joined())
    }

    private static func check(_ descriptor: CInt, _ path: String) throws(LaunchProblem) {
        var status = clinux_status()
        guard clinux_fstat(descriptor, &status) == 0, status.is_file else {
            throw LaunchProblem(problem: "env_file \(path) is no file", remedy: "name a file of NAME=value lines")
        }
        guard status.mode & 0o077 == 0 else {
            throw LaunchProblem(
                problem: "env_file \(path) may be used by others than its owner", remedy: "chmod 600 \(path)")
        }
        guard status.owner == 0 || status.owner == geteuid() else {
            throw LaunchProblem(
                problem: "env_file \(path) belongs to user \(status.owner)",
                remedy: "chown it to root, or to dockmaster's user")
        }
    }

    static func parse(_ bytes: [UInt8], _ path: String) throws(LaunchProblem) -> [String: String] {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw LaunchProblem(problem: "env_file \(path) is not UTF-8 text", remedy: "write NAME=value lines")
        }
        var result: [String: String] = [:]
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = raw[...]
            if line.last == "\r" || line.last == "\r\n" { line = line.dropLast() }
            line = line.drop { $0 == " " || $0 == "\t" }
            guard let first = line.first, first != "#", first != ";" else { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7) }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmed
            guard parts.count == 2, isName(name), let value = value(parts[1].trimmed) else {
                throw LaunchProblem(
                    problem: "env_file \(path), line \(index + 1), is not NAME=value",
                    remedy: "write NAME=value, or NAME='value' where it has quotes or spaces at its ends")
            }
            result[String(name)] = value
        }
        return result
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, first < 0x30 || first > 0x39 else { return false }
        return name.utf8.allSatisfy { byte in
            byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
    }

    /// - Returns: nil when a quote is not closed, or something stands behind it.
    private static func value(_ text: Substring) -> String? {
        guard let quote = text.first, quote == "'" || quote == "\"" else { return String(text) }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let after = rest.trimmed
                return after.isEmpty || after.first == "#" ? value : nil
            }
            guard character == "\\", quote == "\"", let next = rest.first, let plain = escapes[next] else {
                value.append(character)
                continue
            }
            value.append(plain)
            rest.removeFirst()
        }
        return nil
    }

    private static let escapes: [Character: Character] = ["n": "\n", "t": "\t", "\"": "\"", "\\": "\\", "$": "$"]
}

extension Substring {
    /// Without spaces and tabs at its ends.
    fileprivate var trimmed: Substring {
        var result = drop { $0 == " " || $0 == "\t" }
        while let last = result.last, last == " " || last == "\t" { result.removeLast() }
        return result
    }
}
