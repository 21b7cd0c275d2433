internal import ArgumentParser
internal import Glibc
internal import WorkerRuntime

/// Where the process begins: signals are blocked on the main thread before another thread can exist and be hit by one.
///
/// Not an async `main`: on Linux that ends in dispatch_main(), which parks the main thread in sigsuspend(2) with every
/// signal open, so that SIGHUP and SIGTERM would end the process whatever the other threads block.
@main
enum AuthMain {
    static func main() {
        ServiceSignals.block()
        // The bridge from the main thread to tasks; it ends with the process.
        Task.detached {
            await AuthCommand.main()
            Glibc.exit(EXIT_SUCCESS)
        }
        while true { pause() }
    }
}
