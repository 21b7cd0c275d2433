/// Which of a process's two streams a pipe carries.
enum LogStream: Sendable, Equatable {
    case output
    case error
}
