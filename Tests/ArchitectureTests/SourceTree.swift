import Foundation

/// The repository's own Swift files, read as text.
struct SourceTree {
    struct File: Sendable, CustomStringConvertible {
        /// Relative to the repository: "Sources/Supervision/WatcherMachine.swift".
        var path: String
        var lines: [Substring]

        var description: String { path }
        /// "Supervision".
        var target: String { String(path.split(separator: "/")[1]) }

        /// The modules it imports, with the line of each.
        var imports: [(module: String, line: Int)] {
            lines.enumerated().compactMap { index, line in
                guard let match = line.firstMatch(of: Self.importLine) else { return nil }
                return (String(match.1), index + 1)
            }
        }

        /// Its lines without comments and the texts of string literals, so that words in prose do not count as code.
        var code: [(text: String, line: Int)] {
            lines.enumerated().map { index, line in
                let bare = line.replacing(#/"(\\.|[^"\\])*"/#, with: "\"\"")
                let end = bare.firstRange(of: "//")?.lowerBound ?? bare.endIndex
                return (String(bare[..<end]), index + 1)
            }
        }

        nonisolated(unsafe) private static let importLine =  // a regex is a value and is never changed
            #/^\s*(?:@[A-Za-z_()]+\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|typealias)\s+)?([A-Za-z_][A-Za-z_0-9]*)/#
    }

    static let root = String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())

    /// Every Swift file below a folder of the repository.
    static func files(in folder: String) -> [File] {
        let paths = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let data = FileManager.default.contents(atPath: "\(root)/\(folder)/\(path)") else { return nil }
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            return File(path: "\(folder)/\(path)", lines: lines)
        }
    }

    /// The targets there are, by their folders below Sources.
    static var targets: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/Sources")) ?? []).sorted()
    }
}

extension SourceTree {
    /// The text of Package.swift.
    static var package: String? {
        FileManager.default.contents(atPath: root + "/Package.swift").map { String(decoding: $0, as: UTF8.self) }
    }
}
