internal import CLinux

/// Wakes the loop at a second of the clock on the wall, and whenever somebody sets that clock.
package final class WallTimer {
    private let descriptor: OwnedDescriptor
    private let loop: EventLoop
    private var registration: EventLoop.Registration?

    /// - Parameter woken: told whether the clock was set; the timer is unarmed then.
    package init(loop: EventLoop, _ woken: @escaping (Bool) -> Void) throws(SystemError) {
        self.loop = loop
        let number = try checked(clinux_wall_timer(), "make a timer")
        descriptor = OwnedDescriptor(adopting: number)
        registration = try loop.watch(number, for: .readable) { _ in
            let result = clinux_wall_timer_read(number)
            guard result != 0 else { return }
            // One that was cancelled by a set clock is still armed.
            _ = clinux_wall_timer_arm(number, 0)
            woken(result < 0)
        }
    }

    deinit {
        if let registration { loop.stopWatching(registration) }
    }

    /// - Parameter seconds: since the epoch; a time that has passed wakes at once.
    /// - Returns: false where the kernel refuses.
    @discardableResult
    package func arm(at seconds: Int64) -> Bool {
        // A second of 0 would disarm it.
        clinux_wall_timer_arm(descriptor.number, max(1, seconds)) == 0
    }
}
