internal import Foundation

/// Reads small text files: configurations, certificates, keys.
enum TextFile {
    struct Problem: Error, Equatable {
        var problem: String
        var remedy: String
    }

    static let limit = 4 << 20

    static func read(_ path: String) throws(Problem) -> String {
        guard let file = fopen(path, "re") else {
            let reason = String(cString: strerror(errno))
            throw Problem(problem: "cannot read \(path): \(reason)", remedy: "Check the path and its permissions")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else {
                throw Problem(problem: "cannot read \(path): larger than 4 MiB", remedy: "Check the path")
            }
        }
        guard ferror(file) == 0 else {
            throw Problem(problem: "cannot read \(path): it is no readable file", remedy: "Check the path")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(problem: "cannot read \(path): it is not UTF-8", remedy: "Save it as UTF-8")
        }
        return text
    }
}
