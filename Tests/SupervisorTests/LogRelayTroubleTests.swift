import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The log relay in trouble")
struct LogRelayTroubleTests {
    private func wait(_ limit: Duration = .seconds(20), until isSo: () -> Bool) -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        while !isSo() {
            guard MonotonicTime.now < deadline else { return false }
            usleep(3000)
        }
        return true
    }

    @Test("reads a pipe that it could not watch at first as soon as it can")
    func retry() throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        // No epoll watches an ordinary file.
        let file = try OwnedDescriptor.open("\(folder.path)/file", O_RDONLY | O_CREAT)
        // A number that no other test comes to.
        let place = fcntl(file.number, F_DUPFD_CLOEXEC, 900)
        #expect(place >= 900)
        relay.post(
            .open(
                slot: 1, watcher: "a", stream: .output, file: nil, rotation: LogRotation(), descriptor: place))
        let own = "\(folder.path)/dockmaster/dockmaster.log"
        #expect(wait { TextFile.read(own)?.contains("cannot read the output of a yet") == true })
        let ends = try Pipe().ends()
        let reading = OwnedDescriptor(adopting: ends.reading)
        let writing = OwnedDescriptor(adopting: ends.writing)
        close(place)
        #expect(fcntl(reading.number, F_DUPFD_CLOEXEC, place) == place)
        #expect(write(writing.number, "late\n", 5) == 5)
        #expect(wait { TextFile.read("\(folder.path)/a/a.log") == "late\n" })
        #expect(TextFile.read(own)?.matches(of: /cannot read the output/).count == 1)
        relay.finish()
    }

    @Test("loses lines of the supervisor when too many wait, never the command to read a pipe or to end")
    func mailbox() throws {
        let mailbox = try Mailbox<LogCommand>(limit: 2)
        func post(_ command: LogCommand) -> Bool { mailbox.post(command, mayBeLost: command.mayBeLost) }
        #expect(post(.record([])) && post(.record([])))
        #expect(!post(.record([])) && !post(.banner("")))
        #expect(post(.spawned(slot: 1, instance: 1)) && post(.close(slot: 1)) && post(.finish))
        let (messages, dropped) = mailbox.take()
        #expect(messages.count == 5 && dropped == 2)
        #expect(post(.record([])))
    }
}
