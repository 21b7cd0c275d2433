internal import CLinux
internal import Glibc

/// Signals as something to read: they are blocked in the thread that makes the stream and reported by a signalfd.
/// Make it before any other thread starts, so that all of them inherit the mask.
package final class SignalStream {
    package struct Arrival: Equatable, Sendable {
        package let signal: CInt
        package let sender: ProcessID

        package init(signal: CInt, sender: ProcessID) {
            self.signal = signal
            self.sender = sender
        }
    }

    private let signals: [CInt]
    private let signalDescriptor: OwnedDescriptor

    package init(_ signals: [CInt]) throws(SystemError) {
        self.signals = signals
        signalDescriptor = OwnedDescriptor(
            adopting: try checked(clinux_signalfd(signals, CInt(signals.count)), "make a signalfd"))
    }

    deinit {
        _ = clinux_unblock_signals(signals, CInt(signals.count))
    }

    package var descriptor: CInt { signalDescriptor.number }

    /// The next signal, nil when none is waiting.
    package func next() -> Arrival? {
        var sender: CInt = 0
        let signal = clinux_signalfd_read(signalDescriptor.number, &sender)
        return signal > 0 ? Arrival(signal: signal, sender: sender) : nil
    }

    /// A write to a pipe or socket whose reader has gone reports EPIPE and does not end the process.
    package static func ignoreBrokenPipes() {
        _ = clinux_ignore_signal(SIGPIPE)
    }
}
