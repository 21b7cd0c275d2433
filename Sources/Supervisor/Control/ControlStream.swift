/// The open end of an answer in lines. A client that does not read gets less, and is told how much less: lines that find
/// its buffer full are dropped and counted, and a line `{"kind":"gap","missed":12}` stands where they would have been.
final class ControlStream {
    /// Bytes that wait for one client at most.
    static let limit = 256 << 10

    /// Called when the client has gone.
    var ended: (() -> Void)?
    private let write: ([UInt8]) -> Void
    private let waiting: () -> Int
    private var missed = 0

    /// - Parameter waiting: how many bytes the client has not taken yet.
    init(waiting: @escaping () -> Int, write: @escaping ([UInt8]) -> Void) {
        self.waiting = waiting
        self.write = write
    }

    func send(_ value: JSONValue) {
        let line = value.text + "\n"
        guard waiting() + line.utf8.count <= Self.limit else {
            missed += 1
            return
        }
        tellGap()
        write(Self.chunk(line))
    }

    /// The client has taken everything: it is told now what it missed.
    func drained() {
        tellGap()
    }

    func close() {
        ended?()
        ended = nil
    }

    private func tellGap() {
        guard missed > 0 else { return }
        let gap = JSONValue.object([("kind", .string("gap")), ("missed", .integer(missed))])
        missed = 0
        write(Self.chunk(gap.text + "\n"))
    }

    private static func chunk(_ text: String) -> [UInt8] {
        Array((String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n").utf8)
    }
}
