import CLinux
import Glibc
import Testing

@testable import ProcessControl

@Suite("An event loop")
struct EventLoopTests {
    @Test("runs timers in the order they fall due, and not those that were cancelled")
    func timers() throws {
        let loop = try EventLoop()
        var seen: [Int] = []
        loop.after(.milliseconds(30)) { seen.append(3) }
        loop.after(.milliseconds(10)) { seen.append(1) }
        let cancelled = loop.after(.milliseconds(15)) { seen.append(9) }
        loop.after(.milliseconds(20)) { seen.append(2) }
        loop.after(.milliseconds(40)) { loop.stop() }
        loop.cancel(cancelled)
        try loop.run()
        #expect(seen == [1, 2, 3])
    }

    @Test("does not call a handler that another ended in the same turn")
    func endedHandler() throws {
        let loop = try EventLoop()
        let pipes = [try Pipe().ends(), try Pipe().ends()]
        var calls = 0
        var registrations: [EventLoop.Registration] = []
        for pipe in pipes {
            registrations.append(
                try loop.watch(pipe.reading, for: .readable) { _ in
                    calls += 1
                    for registration in registrations { loop.stopWatching(registration) }
                })
            _ = write(pipe.writing, "x", 1)
        }
        try loop.turn(waiting: .seconds(1))
        #expect(calls == 1)
        for pipe in pipes {
            close(pipe.reading)
            close(pipe.writing)
        }
    }

    @Test("keeps a thousand timers in order")
    func manyTimers() {
        var queue = TimerQueue()
        for number in 0..<1000 {
            queue.insert(.init(due: MonotonicTime(nanoseconds: UInt64(number * 7919 % 1000)), id: UInt64(number)))
        }
        var last = MonotonicTime(nanoseconds: 0)
        var count = 0
        while let entry = queue.removeFirst() {
            #expect(entry.due >= last)
            last = entry.due
            count += 1
        }
        #expect(count == 1000)
    }
}

@Suite("A mailbox")
struct MailboxTests {
    @Test("wakes the loop and keeps the order of messages from another thread")
    func order() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        var seen: [Int] = []
        _ = try loop.watch(mailbox.descriptor, for: .readable) { _ in
            seen += mailbox.take().messages
            if seen.count == 1000 { loop.stop() }
        }
        try HelperThread.start("test") { for number in 0..<1000 { mailbox.post(number) } }
        try loop.run()
        #expect(seen == Array(0..<1000))
    }

    @Test("drops and counts what goes past its limit")
    func limit() throws {
        let mailbox = try Mailbox<Int>(limit: 2)
        #expect((0..<5).map { mailbox.post($0) } == [true, true, false, false, false])
        let taken = mailbox.take()
        #expect(taken.messages == [0, 1])
        #expect(taken.dropped == 3)
        #expect(mailbox.take().dropped == 0)
    }
}

@Suite("A signal stream")
struct SignalStreamTests {
    @Test("reports a signal instead of letting it act")
    func arrival() throws {
        let stream = try SignalStream([SIGUSR2])
        #expect(stream.next() == nil)
        pthread_kill(pthread_self(), SIGUSR2)
        #expect(stream.next() == .init(signal: SIGUSR2, sender: getpid()))
    }

    @Test("knows signals by name and number")
    func names() {
        #expect(SignalName.name(SIGTERM) == "SIGTERM")
        #expect(SignalName.number("hup") == SIGHUP)
        #expect(SignalName.number("SIGUSR1") == SIGUSR1)
        #expect(SignalName.number("15") == SIGTERM)
        #expect(SignalName.number("nonsense") == nil)
    }
}
