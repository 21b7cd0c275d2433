internal import ArgumentParser
internal import WorkerRuntime

/// Where the process begins: signals are blocked on the main thread before any other thread can exist, and be hit by one.
@main
enum AuthMain {
    static func main() async {
        ServiceSignals.block()
        await AuthCommand.main()
    }
}
