internal import HTTPService
internal import HTTPTypes
internal import NIOCore
internal import RegistryModel
internal import TextFormats

/// The bodies of the token end-point.
enum TokenAnswer {
    /// A token as docker_auth gives it, with what it lacks: a client that does not know when its token was issued retries a
    /// 401 for ever, hence `issued_at` with a fraction.
    /// - Parameter refreshToken: nil where none is given.
    static func granted(_ token: [UInt8], lifetime: Int64, issuedAt: Int64, refreshToken: String?) -> OutgoingAnswer {
        var body: [UInt8] = []
        body.reserveCapacity(token.count * 2 + 240)
        body.append(contentsOf: #"{"access_token":""#.utf8)
        body.append(contentsOf: token)
        body.append(contentsOf: #"","token":""#.utf8)
        body.append(contentsOf: token)
        body.append(contentsOf: "\",\"expires_in\":\(lifetime),\"issued_at\":\"".utf8)
        let time = UTCTime(seconds: Int(issuedAt), nanoseconds: UTCTime.now().nanoseconds)
        body.append(contentsOf: time.rfc3339Microseconds.utf8)
        body.append(UInt8(ascii: "\""))
        if let refreshToken {
            body.append(contentsOf: #","refresh_token":"#.utf8)
            JSONString.append(refreshToken, to: &body)
        }
        body.append(UInt8(ascii: "}"))
        var answer = OutgoingAnswer.json(body)
        if refreshToken != nil { answer.headers[.cacheControl] = "no-store" }
        return answer
    }

    /// - Source: RFC 6749, section 5.2.
    static func oauth(_ error: String, _ description: String) -> OutgoingAnswer {
        var body: [UInt8] = Array(#"{"error":"#.utf8)
        JSONString.append(error, to: &body)
        body.append(contentsOf: #","error_description":"#.utf8)
        JSONString.append(description, to: &body)
        body.append(UInt8(ascii: "}"))
        var answer = OutgoingAnswer.json(body, status: .badRequest)
        answer.headers[.cacheControl] = "no-store"
        return answer
    }

    /// In the registry's form, whose message docker shows to a person; docker_auth has no such answer.
    static func delayed(_ delay: Delay) -> OutgoingAnswer {
        let message = "too many failed sign-ins, try again in \(delay.seconds) s"
        let error = OCIError(.tooManyRequests, message: message)
        var answer = OutgoingAnswer.json(Array(buffer: error.body), status: error.status)
        answer.headers[.retryAfter] = String(delay.seconds)
        return answer
    }

    static let busy = retry(.serviceUnavailable, "Too many sign-ins are waiting, try again soon.", after: 1)

    /// A back-end could not say: the client learns which step failed and whether to try again, the log learns why.
    static func failed(_ failure: BackendFailure, _ step: String) -> OutgoingAnswer {
        guard failure.isOutage else { return .refusal(.internalServerError, "\(step) failed; the log says why.") }
        return retry(.serviceUnavailable, "\(step) cannot be asked now, try again soon.", after: 5)
    }

    /// As docker_auth words a failure that the account's owner can mend.
    static func shown(_ failure: BackendFailure, authenticator: Int) -> OutgoingAnswer {
        .refusal(
            .internalServerError,
            "Authentication failed (authn #\(authenticator) returned error: \(failure.problem))")
    }

    private static func retry(_ status: HTTPResponse.Status, _ text: String, after seconds: Int64) -> OutgoingAnswer {
        var answer = OutgoingAnswer.refusal(status, text)
        answer.headers[.retryAfter] = String(seconds)
        return answer
    }
}
