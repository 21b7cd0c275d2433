internal import Glibc
internal import ProcessControl

/// The logs folder: `<watcher>/<name>.log` and the older files beside each.
struct LogFolder {
    let path: String

    /// The logs of a watcher with the numbers of their files, sorted by path; those elsewhere, where links lead, too.
    func logs(of watcher: String) -> [(path: String, numbers: Set<Int>)] {
        let folder = "\(path)/\(watcher)"
        var logs: [String: Set<Int>] = [:]
        for name in Self.entries(folder) ?? [] {
            guard let (log, number) = Self.parse(name) else { continue }
            if number == 0, let target = SymbolicLink.target("\(folder)/\(log)"), target.hasPrefix("/") {
                let numbers = Self.numbers(of: target)
                if !numbers.isEmpty { logs[target] = numbers }
            } else {
                logs["\(folder)/\(log)", default: []].insert(number)
            }
        }
        return logs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The numbers of a log's files, whatever its name.
    private static func numbers(of log: String) -> Set<Int> {
        let slash = log.lastIndex(of: "/") ?? log.startIndex
        let name = log[log.index(after: slash)...]
        let numbers = (entries(String(log[..<slash])) ?? []).compactMap { entry -> Int? in
            if entry == name { return 0 }
            guard entry.hasPrefix(name + ".") else { return nil }
            var rest = entry.dropFirst(name.count + 1)
            if rest.hasSuffix(".gz") { rest = rest.dropLast(3) }
            return Int(rest).flatMap { $0 > 0 ? $0 : nil }
        }
        return Set(numbers)
    }

    /// `a.log` → 0, `a.log.3` and `a.log.3.gz` → 3; nil for what is no log.
    private static func parse(_ name: String) -> (log: String, number: Int)? {
        if name.hasSuffix(".log") { return (name, 0) }
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.last == "gz" { parts.removeLast() }
        guard parts.count >= 3, let number = parts.last.flatMap({ Int($0) }), number > 0 else { return nil }
        parts.removeLast()
        guard parts.last == "log" else { return nil }
        return (parts.joined(separator: "."), number)
    }

    /// Why there is nothing to be read, if so.
    var problem: String? {
        guard access(path, R_OK | X_OK) != 0 else { return nil }
        return "\(SystemError.last("read the logs in \(path)").problem); name their folder with --logs"
    }

    /// Everyone who has a log.
    var watchers: [String] { folders.filter { !logs(of: $0).isEmpty }.sorted() }

    /// Every folder in it, of watchers that have not written yet too.
    var folders: [String] { Self.entries(path) ?? [] }

    /// The watchers that one of the patterns names; all without any.
    /// - Parameter mayBeNew: whether a watcher that has a folder and no line yet is as good.
    func select(_ patterns: [String], mayBeNew: Bool = false) throws(Refusal) -> [String] {
        let known = mayBeNew ? folders.sorted() : watchers
        guard !patterns.isEmpty else { return known }
        for pattern in patterns where !known.contains(where: WatcherGlob(pattern).matches) {
            let names = known.isEmpty ? "there are none yet" : "there are \(known.joined(separator: ", "))"
            throw Refusal(problems: ["no logs of \"\(pattern)\" in \(path): \(names)"])
        }
        return known.filter { name in patterns.contains { WatcherGlob($0).matches(name) } }
    }

    private static func entries(_ path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
