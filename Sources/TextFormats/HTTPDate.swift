internal import Synchronization

/// The Date header, made once a second.
package enum HTTPDate {
    private static let latest = Mutex((second: Int.min, text: ""))

    package static func now() -> String {
        let time = UTCTime.now()
        return latest.withLock { latest in
            if latest.second != time.seconds { latest = (time.seconds, time.httpDate) }
            return latest.text
        }
    }
}
