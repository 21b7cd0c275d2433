/// A part of a blob, as the Range header asks for it.
enum ByteRange: Equatable {
    /// The whole: no Range, one that is not understood, or several (RFC 9110 allows to ignore them).
    case whole
    case part(ClosedRange<Int>)
    /// Outside of the content: 416.
    case unsatisfiable

    /// - Source: RFC 9110, section 14.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let text = header.dropFirst(6).filter { $0 != " " }
        let ends = text.split(separator: Character("-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, !text.contains(",") else { return }
        guard Self.isNumber(ends[0]), Self.isNumber(ends[1]) else { return }
        switch (ends[0].isEmpty, ends[1].isEmpty) {
        case (true, true): return
        case (true, false):
            let count = min(Int(ends[1]) ?? .max, size)
            self = count == 0 ? .unsatisfiable : .part(size - count...size - 1)
        case (false, _):
            let start = Int(ends[0]) ?? .max
            let end = ends[1].isEmpty ? .max : Int(ends[1]) ?? .max
            guard start <= end else { return }
            self = start >= size ? .unsatisfiable : .part(start...min(end, size - 1))
        }
    }

    private static func isNumber(_ text: Substring) -> Bool { text.utf8.allSatisfy { (48...57).contains($0) } }
}
