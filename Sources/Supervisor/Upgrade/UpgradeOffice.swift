internal import ProcessControl

/// What the supervisor knows of its own replacement by another program.
final class UpgradeOffice {
    /// How many upgrades this process has behind it.
    var count = 0
    /// Why the last one did not come about; nil: it did, or there was none.
    var lastProblem: String?
    /// Whether one is being prepared.
    var isUnderWay = false
    /// The run folder's lock, handed on; −1 where there is none.
    var lock: CInt = -1
    /// What the next program is started with, the program itself left out.
    var arguments = Array(CommandLine.arguments.dropFirst())

    /// What has been asked of the candidate, and who waits for the answer.
    var answers: Mailbox<Refusal?>?
    var registration: EventLoop.Registration?
}
