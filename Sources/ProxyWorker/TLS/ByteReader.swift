/// Reads the vectors of TLS's presentation language from bytes, strictly: each as long as it says, and nothing left over.
///
/// - Source: RFC 8446, section 3.4.
struct ByteReader {
    struct Malformed: Error, Equatable {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// An unsigned integer of `width` bytes, at most 3.
    mutating func integer(_ width: Int) throws(Malformed) -> Int {
        try bytes(width).reduce(0) { $0 << 8 | Int($1) }
    }

    /// A vector whose length stands in `width` bytes before it.
    mutating func vector(_ width: Int, _ lengths: ClosedRange<Int>) throws(Malformed) -> ByteReader {
        let count = try integer(width)
        guard lengths.contains(count) else { throw Malformed() }
        return ByteReader(try bytes(count))
    }

    /// Everything that is left, as numbers of two bytes each.
    mutating func codePoints() throws(Malformed) -> [UInt16] {
        guard rest.count.isMultiple(of: 2) else { throw Malformed() }
        var numbers: [UInt16] = []
        numbers.reserveCapacity(rest.count / 2)
        while !isAtEnd { numbers.append(UInt16(try integer(2))) }
        return numbers
    }

    mutating func remainder() -> ArraySlice<UInt8> {
        defer { rest = [] }
        return rest
    }

    func end() throws(Malformed) {
        guard isAtEnd else { throw Malformed() }
    }
}
