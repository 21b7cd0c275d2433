import Foundation
import Synchronization

/// Images pushed by eight at once until the registry goes, and which of them it acknowledged.
final class PushJournal: Sendable {
    struct Image: Sendable {
        var repository: String
        var tag: String
        var digest: String
        var layer: [UInt8]
    }

    private let images = Mutex<[Image]>([])
    private let isOver = Mutex(false)
    private let number = Mutex(0)

    var acknowledged: [Image] { images.withLock { $0 } }

    /// Eight threads push until `stop`, each image to a tag of its own; a refusal or a cut connection is no acknowledgement.
    func start(_ client: PlainClient, round: Int) -> [Thread] {
        isOver.withLock { $0 = false }
        return (0..<8).map { pusher in
            let thread = Thread { [self] in
                while !isOver.withLock({ $0 }) {
                    let number = number.withLock { number in
                        number += 1
                        return number
                    }
                    let layer = Self.layer(number)
                    let name = "crash/app\(pusher)"
                    let tag = "r\(round)-\(number)"
                    guard let digest = try? client.pushImage(layer, tag, to: name) else { continue }
                    let image = Image(repository: name, tag: tag, digest: "\(digest)", layer: layer)
                    images.withLock { $0.append(image) }
                }
            }
            thread.start()
            return thread
        }
    }

    /// Until more than this many images are acknowledged, at most 20 s.
    func wait(beyond count: Int) {
        for _ in 0..<4_000 where acknowledged.count <= count { usleep(5_000) }
    }

    func stop(_ threads: [Thread]) {
        isOver.withLock { $0 = true }
        while threads.contains(where: { !$0.isFinished }) { usleep(1_000) }
    }

    /// Between 1 byte and 300 KB, different from every other.
    private static func layer(_ number: Int) -> [UInt8] {
        let size = number % 5 == 0 ? 300_000 : 1 + number * 37 % 20_000
        return (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 131 &+ ($0 >> 8) &* number) }
            + Array("\(number)".utf8)
    }

    /// What was acknowledged and is not there, or not as it was pushed.
    func lost(_ client: PlainClient, _ images: [Image]) throws -> [String] {
        var lost: [String] = []
        for image in images {
            let manifest = try client.send("GET", "/v2/\(image.repository)/manifests/\(image.tag)")
            guard manifest.status == 200, manifest.headers["docker-content-digest"] == image.digest else {
                lost.append("\(image.repository):\(image.tag): \(manifest.status)")
                continue
            }
            guard let start = manifest.text.firstRange(of: "\"layers\":[")?.upperBound,
                let digest = manifest.text[start...].firstMatch(of: /sha256:[0-9a-f]{64}/)?.output
            else {
                lost.append("\(image.repository):\(image.tag): no layer in the manifest")
                continue
            }
            let blob = try client.send("GET", "/v2/\(image.repository)/blobs/\(digest)")
            if blob.body != image.layer { lost.append("\(image.repository):\(image.tag): its layer: \(blob.status)") }
        }
        return lost
    }

    /// `count` rounds by default; DOCKMASTER_CRASH_ROUNDS says otherwise, `share` of them.
    static func rounds(_ count: Int, share: Int = 1) -> Int {
        let asked = ProcessInfo.processInfo.environment["DOCKMASTER_CRASH_ROUNDS"].flatMap(Int.init)
        return asked.map { max($0 / share, 1) } ?? count
    }
}
