/// How a process ended, in numbers only.
package enum ProcessEnd: Sendable, Equatable, Hashable, Codable {
    case code(Int32)
    case signal(Int32)
}
