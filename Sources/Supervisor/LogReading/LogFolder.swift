internal import Glibc
internal import ProcessControl

/// The logs folder: `<watcher>/<name>.log` and the older files beside each.
struct LogFolder {
    let path: String

    /// The logs of a watcher with the numbers of their files, sorted by path; those elsewhere, where links lead, too.
    func logs(of watcher: String) -> [(path: String, numbers: Set<Int>)] {
        let folder = "\(path)/\(watcher)"
        var logs: [String: Set<Int>] = [:]
        for name in Self.entries(folder) {
            let (log, number) = Self.parse(name)
            guard log.hasSuffix(".log") else { continue }
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
        let numbers = entries(String(log[..<slash])).compactMap { entry -> Int? in
            if entry == name { return 0 }
            let older = parse(entry)
            return older.log == name && older.number > 0 ? older.number : nil
        }
        return Set(numbers)
    }

    /// `a.log.3` and `a.log.3.gz` → a.log, 3; every other name is a log itself: 0.
    private static func parse(_ name: String) -> (log: String, number: Int) {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.last == "gz" { parts.removeLast() }
        guard parts.count >= 2, let number = parts.last.flatMap({ Int($0) }), number > 0 else { return (name, 0) }
        return (parts.dropLast().joined(separator: "."), number)
    }

    /// Why there is nothing to be read, if so.
    var problem: String? {
        guard access(path, R_OK | X_OK) != 0 else { return nil }
        return "\(SystemError.last("read the logs in \(path)").problem); name their folder with --logs"
    }

    /// Everyone who has a log.
    var watchers: [String] { folders.filter { !logs(of: $0).isEmpty }.sorted() }

    /// Every folder in it, of watchers that have not written yet too.
    var folders: [String] { Self.entries(path) }

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

    private static func entries(_ path: String) -> [String] {
        ProcessTable.entries(of: path).filter { !$0.hasPrefix(".") }
    }
}
