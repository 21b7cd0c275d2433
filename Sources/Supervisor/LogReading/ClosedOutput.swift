internal import Glibc
internal import ProcessControl

/// Nothing can be written to standard output any more.
struct ClosedOutput: Error, Equatable {
    let code: CInt

    /// A reader that has seen enough is no failure: nothing is said about it.
    var problem: String? { code == EPIPE ? nil : SystemError("write to standard output", code: code).description }
}
