/// Cuts what a plugin writes into lines. A line beyond the limit is one line that is too long, however long it is: its
/// bytes are passed over, not kept.
package struct PluginLineReader: Sendable, Equatable {
    package enum Line: Sendable, Equatable {
        case whole([UInt8])
        case tooLong
    }

    private let limit: Int
    private var partial: [UInt8] = []
    /// Within a line that is too long already.
    private var isSkipping = false

    package init(limit: Int) { self.limit = limit }

    package mutating func take(_ bytes: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            add(rest[..<end], to: &lines)
            if !isSkipping { lines.append(.whole(partial)) }
            partial = []
            isSkipping = false
            rest = rest[rest.index(after: end)...]
        }
        add(rest, to: &lines)
        return lines
    }

    private mutating func add(_ bytes: some Collection<UInt8>, to lines: inout [Line]) {
        guard !isSkipping else { return }
        guard partial.count + bytes.count <= limit else {
            partial = []
            isSkipping = true
            lines.append(.tooLong)
            return
        }
        partial.append(contentsOf: bytes)
    }
}
