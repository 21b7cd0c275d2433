import Foundation
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

@Suite("A queue of events")
struct EventQueueTests {
    private let folder = "/tmp/dockmaster-queue-\(getpid())-\(UploadID())"

    private func event(_ number: Int, size: Int = 40) -> [UInt8] {
        Array("event \(number) ".utf8) + [UInt8](repeating: 0x2E, count: size)
    }

    /// Takes everything out, in order.
    private func drain(_ queue: EventQueue) throws -> [String] {
        var texts: [String] = []
        while let (event, position) = try queue.front() {
            texts.append(String(decoding: event, as: UTF8.self).split(separator: " ")[1].description)
            try queue.accept(position, length: event.count)
        }
        return texts
    }

    @Test("gives what it was given, in order, once it is opened again")
    func order() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let queue = try EventQueue(folder: folder, limit: 1 << 20)
            for number in 0..<100 { try queue.append(event(number)) }
            for _ in 0..<10 {
                let front = try #require(try queue.front())
                try queue.accept(front.position, length: front.event.count)
            }
            #expect(queue.pending == 90)
        }
        let queue = try EventQueue(folder: folder, limit: 1 << 20)
        #expect(queue.pending == 90)
        #expect(try drain(queue) == (10..<100).map(String.init))
        #expect(queue.pending == 0)
        #expect(try EventQueue(folder: folder, limit: 1 << 20).front() == nil)
    }

    @Test("has its folder to itself, and takes over what others of its name have left, once they have ended")
    func folders() throws {
        defer { for suffix in ["", ".1", ".2"] { try? FileManager.default.removeItem(atPath: folder + suffix) } }
        let first = try QueueFolder.take(folder)
        let second = try QueueFolder.take(folder)
        #expect(first.path == folder && second.path == folder + ".1")
        try EventQueue(folder: first.path, limit: 1 << 20).append(event(1))
        #expect(try second.leftovers().taken.isEmpty && second.leftovers().isOneInUse)
        first.release()
        let left = try second.leftovers()
        #expect(left.taken.map(\.path) == [folder] && !left.isOneInUse)
        #expect(try second.leftovers().isOneInUse, "taken folders are in use")
        try left.taken.first?.remove()
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(try second.leftovers().taken.isEmpty && !second.leftovers().isOneInUse)
        #expect(try QueueFolder.take(folder).path == folder)
    }

    @Test("gives an event again until it is accepted")
    func again() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let queue = try EventQueue(folder: folder, limit: 1 << 20)
        try queue.append(event(1))
        #expect(try queue.front()?.event == event(1))
        #expect(try queue.front()?.event == event(1))
    }

    @Test("drops the oldest when it is full, counts them, and stays within its limit")
    func full() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let queue = try EventQueue(folder: folder, limit: 64 << 10)
        for number in 0..<1_000 {
            try queue.append(event(number, size: 1_000))
            #expect(queue.bytes <= 64 << 10)
        }
        #expect(queue.dropped + queue.pending == 1_000)
        #expect(queue.dropped > 0)
        let left = try drain(queue)
        #expect(left.last == "999")
        #expect(left == ((1_000 - left.count)..<1_000).map(String.init))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".events") }
        #expect(files.count <= 2)
    }

    @Test("does not take one event for another that was dropped while it was sent")
    func droppedInFlight() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let queue = try EventQueue(folder: folder, limit: 64 << 10)
        try queue.append(event(0))
        let inFlight = try #require(try queue.front())
        for number in 1..<200 { try queue.append(event(number, size: 1_000)) }
        let before = queue.pending
        try queue.accept(inFlight.position, length: inFlight.event.count)
        #expect(queue.pending == before)
    }

    @Test("goes on behind a tail that a crash has left, wherever it was cut", arguments: [1, 4, 8, 9, 30])
    func cutTail(kept: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let queue = try EventQueue(folder: folder, limit: 1 << 20)
            try queue.append(event(0))
            try queue.append(event(1))
        }
        let path = "\(folder)/1.events"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count / 2 + kept).write(to: URL(fileURLWithPath: path))
        let queue = try EventQueue(folder: folder, limit: 1 << 20)
        try queue.append(event(2))
        #expect(try drain(queue) == ["0", "2"])
    }

    @Test("tolerates damage within: what stands before it is given, and what comes later")
    func damage() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let queue = try EventQueue(folder: folder, limit: 1 << 20)
        for number in 0..<3 { try queue.append(event(number)) }
        let path = "\(folder)/1.events"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 0xFF
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.write(contentsOf: bytes)
        try handle.close()
        #expect(try drain(queue) == ["0"])
        #expect(queue.dropped == 2)
        try queue.append(event(3))
        #expect(try drain(queue) == ["3"])
    }

    @Test("repeats rather than forgets when its position is lost")
    func lostPosition() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let queue = try EventQueue(folder: folder, limit: 1 << 20)
            for number in 0..<5 { try queue.append(event(number)) }
            let front = try #require(try queue.front())
            try queue.accept(front.position, length: front.event.count)
        }
        try Data("rubbish".utf8).write(to: URL(fileURLWithPath: "\(folder)/position"))
        #expect(try drain(EventQueue(folder: folder, limit: 1 << 20)) == ["0", "1", "2", "3", "4"])
    }

    @Test("gives the disk one descriptor to sync for many events")
    func syncs() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let queue = try EventQueue(folder: folder, limit: 1 << 20)
        for number in 0..<500 { try queue.append(event(number)) }
        let taken = queue.takeUnsynced()
        // The file, and the folder that has just got it.
        #expect(taken.count == 2)
        for descriptor in taken { close(descriptor) }
        #expect(queue.takeUnsynced().isEmpty)
    }
}
