/// The names of the fields that log lines of every process share, so that one query finds a request in all of them.
package enum LogField {
    package static let requestID = "request_id"
    package static let user = "user"
    package static let repository = "repository"
    package static let remote = "remote"
    package static let status = "status"
    package static let method = "method"
    package static let path = "path"
    package static let bytes = "bytes"
    package static let durationMilliseconds = "duration_ms"
    package static let error = "error"
    package static let event = "event"
}
