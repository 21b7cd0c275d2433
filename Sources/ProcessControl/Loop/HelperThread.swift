internal import CLinux
internal import Glibc

/// A thread for work that may block, beside the loop that must not. It blocks every signal and is never joined
/// unless its caller waits for a message from it.
package enum HelperThread {
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// - Parameter name: at most 15 bytes, as it shows in `top -H`.
    /// - Parameter stack: bytes of stack; parsing a configuration needs more than a relay.
    package static func start(
        _ name: String, stack: Int = 1 << 20, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stack)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let argument = Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                _ = clinux_block_all_signals()
                _ = clinux_name_thread(start.name)
                start.body()
                return nil
            }, argument)
        guard code == 0 else {
            Unmanaged<Start>.fromOpaque(argument).release()
            throw SystemError("start thread \(name)", code: code)
        }
    }
}
