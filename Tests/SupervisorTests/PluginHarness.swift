import Glibc
import PluginInterface
import ProcessControl

@testable import Supervisor

/// Speaks the protocol with one plugin of etc/plugins, as the supervisor does, line by line.
final class PluginHarness {
    let folder: ScenarioFolder
    private let child: ChildProcess
    private let writing: OwnedDescriptor
    private let reading: OwnedDescriptor
    private var lines = PluginLineReader(limit: 64 << 10)
    private var pending: [String] = []
    private var seq = 0

    static let plugins = String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()) + "/etc/plugins"

    init(_ plugin: String, settings: String) throws {
        SignalStream.ignoreBrokenPipes()
        folder = try ScenarioFolder()
        let input = try Pipe().ends()
        let output = try Pipe().ends()
        writing = OwnedDescriptor(adopting: input.writing)
        reading = OwnedDescriptor(adopting: output.reading)
        let events = OwnedDescriptor(adopting: input.reading)
        let commands = OwnedDescriptor(adopting: output.writing)
        _ = fcntl(input.reading, F_SETFL, fcntl(input.reading, F_GETFL) & ~O_NONBLOCK)
        let log = try OwnedDescriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND)
        var request = SpawnRequest("/usr/bin/env", ["python3", "\(Self.plugins)/\(plugin)"])
        request.environment = ChildEnvironment.inherited()
        request.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        request.placed = [.init(descriptor: events.number, at: 3), .init(descriptor: commands.number, at: 4)]
        request.output = log.number
        request.error = log.number
        child = try Spawner.spawn(request)
        say(.hello(settings: settings, window: 64))
    }

    deinit {
        child.signalGroup(SIGKILL)
        while child.reap() == nil { usleep(500) }
    }

    var log: String { TextFile.read("\(folder.path)/log") ?? "" }

    func say(_ notice: PluginNotice) {
        let line = notice.line
        _ = write(writing.number, line, line.count)
    }

    /// Sends an event and expects its acknowledgement.
    func happen(_ event: SupervisorEvent) -> Bool {
        seq += 1
        say(.event(seq: seq, event))
        return next() == #"{"type":"ack","seq":\#(seq)}"#
    }

    /// The next line it writes; nil when none comes in time.
    func next(_ limit: Duration = .seconds(15)) -> String? {
        let deadline = MonotonicTime.now.advanced(by: limit)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while pending.isEmpty {
            guard MonotonicTime.now < deadline else { return nil }
            let count = read(reading.number, &buffer, buffer.count)
            if count > 0 {
                for case .whole(let line) in lines.take(buffer[..<count]) {
                    pending.append(String(decoding: line, as: UTF8.self))
                }
            } else if count == 0 {
                return nil
            } else {
                usleep(2000)
            }
        }
        return pending.removeFirst()
    }

    /// Says bye and gives the exit status; nil when it does not end within the 5 s it is told.
    func end() -> ExitStatus? {
        say(.bye(within: .seconds(5)))
        let deadline = MonotonicTime.now.advanced(by: .seconds(5))
        while MonotonicTime.now < deadline {
            if let status = child.reap() { return status }
            usleep(2000)
        }
        return nil
    }
}
