/// How a process ended, in numbers only.
package enum ProcessEnd: Sendable, Equatable, Hashable {
    case code(Int32)
    case signal(Int32)
}
