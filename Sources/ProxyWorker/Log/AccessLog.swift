import BundleLog
import Logging
import NIOCore

/// Writes the access log of one event loop to standard error, several lines in one write.
///
/// - Atomicity: a write is at most PIPE_BUF bytes or one line, so that lines of other threads never fall into it (pipe(7)).
/// - Delay: at most 50 ms.
final class AccessLog {
    private static let atomic = 4_096

    private let loop: any EventLoop
    private let output: (UnsafeRawBufferPointer) -> Void
    private var waiting: [UInt8] = []
    private var isScheduled = false

    init(loop: any EventLoop, output: @escaping (UnsafeRawBufferPointer) -> Void = StandardError.write) {
        self.loop = loop
        self.output = output
    }

    /// Whether lines of the level are written at all.
    static func isOn(_ status: Int) -> Bool {
        BundleLog.level <= (status >= 500 ? Logger.Level.warning : .info)
    }

    func write(_ line: [UInt8]) {
        if waiting.count + line.count > Self.atomic { flush() }
        waiting += line
        guard !isScheduled else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: .milliseconds(50)) { [self] in
            isScheduled = false
            flush()
        }
    }

    func flush() {
        guard !waiting.isEmpty else { return }
        waiting.withUnsafeBytes(output)
        waiting.removeAll(keepingCapacity: true)
    }
}

@available(*, unavailable)
extension AccessLog: Sendable {}
