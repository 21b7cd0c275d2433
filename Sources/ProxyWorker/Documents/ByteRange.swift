/// The part of a document that a Range field asks for.
///
/// - Source: RFC 9110, section 14: one range of bytes. Several ranges are answered with the whole document.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    case unsatisfiable

    init(_ field: String?, size: Int) {
        self = .whole
        guard let field, field.hasPrefix("bytes=") else { return }
        let text = field.dropFirst(6)
        guard let dash = text.firstIndex(of: "-"), !text.contains(",") else { return }
        let first = text[..<dash]
        let last = text[text.index(after: dash)...]
        if first.isEmpty {
            guard let count = FieldSyntax.number(last.utf8) else { return }
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
            return
        }
        guard let start = FieldSyntax.number(first.utf8) else { return }
        var end = size
        if !last.isEmpty {
            guard let number = FieldSyntax.number(last.utf8), number >= start else { return }
            end = min(size, number + 1)
        }
        self = start >= size ? .unsatisfiable : .part(start..<end)
    }
}
