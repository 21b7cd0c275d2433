import Glibc

/// The signals that a service answers, as a sequence.
///
/// They are blocked in the thread that calls `block` and in every thread started from it, and taken by one thread with
/// sigwait(3), so that no handler runs in signal context.
package enum ServiceSignals {
    package enum Signal: Sendable {
        /// SIGHUP.
        case reload
        /// SIGTERM or SIGINT.
        case stop
        /// SIGQUIT: another process has taken over; what is in flight may be finished. As nginx has it.
        case retire
    }

    /// To be called on the main thread before any other thread is started.
    package static func block() {
        var set = watched
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Every signal that arrives from now on. To be called once.
    package static func stream() -> AsyncStream<Signal> {
        let (stream, continuation) = AsyncStream.makeStream(of: Signal.self)
        let box = Unmanaged.passRetained(Waiter(continuation))
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Waiter>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        if failed != 0 { box.release() } else { pthread_detach(thread) }
        return stream
    }

    private static var watched: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGHUP, SIGTERM, SIGINT, SIGQUIT] { sigaddset(&set, signal) }
        return set
    }

    /// What the waiting thread holds.
    private final class Waiter: Sendable {
        let continuation: AsyncStream<Signal>.Continuation

        init(_ continuation: AsyncStream<Signal>.Continuation) {
            self.continuation = continuation
        }

        func run() {
            var set = ServiceSignals.watched
            var signal: CInt = 0
            while sigwait(&set, &signal) == 0 {
                switch signal {
                case SIGHUP: continuation.yield(.reload)
                case SIGQUIT: continuation.yield(.retire)
                default: continuation.yield(.stop)
                }
            }
        }
    }
}
