internal import CSystemd
internal import Glibc
internal import ProcessControl

/// Hands entries to journald on a thread of its own: a journald that hangs stops neither the services nor their files.
final class JournalWriter: Sendable {
    private enum Item: Sendable {
        case entry(JournalEntry)
        case flush(Mailbox<Bool>)
    }

    private let queue: Mailbox<Item>

    /// nil where no journald listens.
    init?() {
        guard access("/run/systemd/journal/socket", W_OK) == 0, let queue = try? Mailbox<Item>(limit: 8192)
        else {
            return nil
        }
        self.queue = queue
        do {
            try HelperThread.start("journal", stack: 256 << 10) { Self.run(queue) }
        } catch {
            return nil
        }
    }

    /// Never waits; entries past the queue's limit are dropped and counted.
    func write(_ entry: JournalEntry) {
        queue.post(.entry(entry))
    }

    /// Waits until journald has everything, but not for one that hangs.
    func flush(within milliseconds: CInt = 500) {
        guard let done = try? Mailbox<Bool>(), queue.post(.flush(done)) else { return }
        var waiting = pollfd(fd: done.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, milliseconds)
    }

    private static func run(_ queue: Mailbox<Item>) {
        var waiting = pollfd(fd: queue.descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            poll(&waiting, 1, -1)
            let (items, dropped) = queue.take()
            for item in items {
                switch item {
                case .entry(let entry): send(entry.fields)
                case .flush(let done): done.post(true)
                }
            }
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
