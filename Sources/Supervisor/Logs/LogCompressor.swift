internal import CLinux
internal import Glibc
internal import ProcessControl

/// Has rotated files compressed, one at a time, by a thread that lives as long as there is one to compress and runs when
/// nobody else wants to. Lives on the relay's loop, which does all renaming: nothing is renamed under its hands.
final class LogCompressor {
    private struct Outcome: Sendable {
        let log: String
        let inode: UInt64
        let unfinished: String
        let problem: String?
    }

    private let finished: Mailbox<Outcome>
    /// How many files a log keeps; nil: it is no log of ours any more, or not to be compressed.
    private let keep: (String) -> Int?
    private let trouble: (String) -> Void
    private var waiting: [String] = []
    private var isBusy = false

    init(
        on loop: EventLoop, keep: @escaping (String) -> Int?, trouble: @escaping (String) -> Void
    ) throws(SystemError) {
        finished = try Mailbox()
        self.keep = keep
        self.trouble = trouble
        _ = try loop.watch(finished.descriptor, for: .readable) { [weak self] _ in self?.takeOutcomes() }
    }

    /// - Parameter log: the path of a log that has older files.
    func look(at log: String) {
        if !waiting.contains(log) { waiting.append(log) }
        next()
    }

    private func next() {
        while !isBusy, let log = waiting.first {
            let files = RotatedFiles(path: log, keep: keep(log) ?? 0)
            guard let number = files.oldestPlain, begin(files, number) else {
                waiting.removeFirst()
                continue
            }
        }
    }

    private func begin(_ files: RotatedFiles, _ number: Int) -> Bool {
        do throws(SystemError) {
            let source = try OwnedDescriptor.open(files.plain(number), O_RDONLY | O_NOFOLLOW)
            var status = clinux_status()
            try checked(clinux_fstat(source.number, &status), "read \(files.plain(number))")
            let (log, inode, unfinished, finished) = (files.path, status.inode, files.unfinished(number), finished)
            let plain = source.release()
            do throws(SystemError) {
                try HelperThread.start("compress", stack: 256 << 10) {
                    clinux_run_when_idle()
                    var problem: String?
                    do throws(SystemError) {
                        try LogCompression.compress(OwnedDescriptor(adopting: plain), to: unfinished)
                    } catch {
                        problem = error.description
                    }
                    finished.post(.init(log: log, inode: inode, unfinished: unfinished, problem: problem))
                }
            } catch {
                close(plain)
                throw error
            }
            isBusy = true
            return true
        } catch {
            trouble("\(files.plain(number)) stays as it is: \(error)")
            return false
        }
    }

    private func takeOutcomes() {
        for outcome in finished.take().messages {
            isBusy = false
            var problem = outcome.problem
            let files = RotatedFiles(path: outcome.log, keep: keep(outcome.log) ?? 0)
            if problem == nil, !files.adopt(outcome.unfinished, inode: outcome.inode) {
                problem = SystemError.last("put \(outcome.unfinished) in its place").description
            }
            guard let problem else { continue }
            // Not tried again before the next rotation.
            trouble("an older file of \(outcome.log) is not compressed: \(problem)")
            waiting.removeAll { $0 == outcome.log }
        }
        next()
    }
}
