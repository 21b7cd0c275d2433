internal import CLinux
internal import ProcessControl

/// Wakes the loop at a time of the wall clock, and whenever somebody sets that clock.
final class WallTimer {
    private let descriptor: OwnedDescriptor
    private let loop: EventLoop
    private var registration: EventLoop.Registration?

    /// - Parameter woken: told whether the clock was set; the timer is unarmed then.
    init(loop: EventLoop, _ woken: @escaping (Bool) -> Void) throws(SystemError) {
        self.loop = loop
        let number = clinux_wall_timer()
        guard number >= 0 else { throw SystemError("make a timer", code: -number) }
        descriptor = OwnedDescriptor(adopting: number)
        registration = try loop.watch(number, for: .readable) { _ in
            let result = clinux_wall_timer_read(number)
            if result != 0 { woken(result < 0) }
        }
    }

    deinit {
        if let registration { loop.stopWatching(registration) }
    }

    /// - Parameter seconds: since the epoch; a time that has passed wakes at once.
    func arm(at seconds: Int64) {
        _ = clinux_wall_timer_arm(descriptor.number, seconds)
    }
}
