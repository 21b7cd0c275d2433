internal import Glibc
internal import ProcessControl

/// Why a process was not started, before the kernel was asked to.
struct LaunchProblem: Error, Equatable, CustomStringConvertible {
    var problem: String
    var remedy: String
    /// What a shell would end with: 127 for a program that is not there, 126 for one that cannot be run.
    var code: CInt = 1

    var description: String { "\(problem); \(remedy)" }

    static func shellCode(_ error: any Error) -> CInt {
        switch error {
        case let error as SpawnError where error.step == .execute: error.code == ENOENT ? 127 : 126
        case let error as LaunchProblem: error.code
        default: 1
        }
    }
}
