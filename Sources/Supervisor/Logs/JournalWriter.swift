internal import CSystemd
internal import Glibc
internal import ProcessControl
internal import Synchronization

/// Hands entries to journald on a thread of its own: a journald that hangs stops neither the services nor their files.
final class JournalWriter: Sendable {
    private enum Item: Sendable {
        /// Whole lines of one process.
        case lines([UInt8], watcher: String, instance: Int)
        case flush(Mailbox<Bool>)
    }

    /// Bytes that may wait: journald is slower than a talkative process, and memory is ours.
    private static let limit = 4 << 20

    private let queue: Mailbox<Item>
    private let waiting: Counter
    private let lost: Counter

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    /// nil where no journald listens.
    init?() {
        guard access("/run/systemd/journal/socket", W_OK) == 0, let queue = try? Mailbox<Item>()
        else {
            return nil
        }
        self.queue = queue
        let (waiting, lost) = (Counter(), Counter())
        self.waiting = waiting
        self.lost = lost
        do {
            try HelperThread.start("journal", stack: 256 << 10) { Self.run(queue, waiting, lost) }
        } catch {
            return nil
        }
    }

    /// Never waits; lines past the queue's limit are dropped and counted.
    func write(_ block: UnsafeRawBufferPointer, watcher: String, instance: Int) {
        guard waiting.value.load(ordering: .relaxed) + block.count <= Self.limit else {
            lost.value.add(LineBuffer.count(block), ordering: .relaxed)
            return
        }
        waiting.value.add(block.count, ordering: .relaxed)
        queue.post(.lines(Array(block), watcher: watcher, instance: instance))
    }

    /// Waits until journald has everything, but not for one that hangs.
    func flush(within milliseconds: CInt = 500) {
        guard let done = try? Mailbox<Bool>(), queue.post(.flush(done)) else { return }
        var waiting = pollfd(fd: done.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, milliseconds)
    }

    private static func run(_ queue: Mailbox<Item>, _ waiting: Counter, _ lost: Counter) {
        var event = pollfd(fd: queue.descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            poll(&event, 1, -1)
            let items = queue.take().messages
            for item in items {
                switch item {
                case .lines(let block, let watcher, let instance):
                    block.withUnsafeBytes { bytes in
                        LineBuffer.lines(of: bytes) {
                            send(JournalEntry(LogLine(Array($0)[...]), watcher: watcher, instance: instance).fields)
                        }
                    }
                    waiting.value.subtract(block.count, ordering: .relaxed)
                case .flush(let done): done.post(true)
                }
            }
            let dropped = lost.value.exchange(0, ordering: .relaxed)
            if dropped > 0 {
                send(
                    [
                        "MESSAGE=\(dropped) log lines did not reach journald: it was too slow", "PRIORITY=4",
                        "SYSLOG_IDENTIFIER=dockmaster",
                    ].map { Array($0.utf8) })
            }
        }
    }

    private static func send(_ fields: [[UInt8]]) {
        let bytes = fields.flatMap { $0 }
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            let parts = fields.map { field in
                defer { offset += field.count }
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: base + offset), iov_len: field.count)
            }
            sd_journal_sendv(parts, CInt(parts.count))
        }
    }
}
