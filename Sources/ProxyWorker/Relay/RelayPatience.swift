import NIOCore

/// Who keeps a request waiting, and how long it may.
enum RelayPatience {
    struct Limit: Equatable {
        var time: TimeAmount
        /// The status when no answer has begun.
        var status: Int
        var problem: String
    }

    static func limit(
        requestComplete: Bool, readsHeld: Bool, answer: Exchange.Answer, clientWritable: Bool, idle: TimeAmount,
        response: TimeAmount
    ) -> Limit {
        if answer != .none, !clientWritable {
            return Limit(time: idle, status: 408, problem: "the client stopped reading the answer")
        }
        if answer != .complete, requestComplete || readsHeld {
            return Limit(time: response, status: 504, problem: "the upstream did not answer in time")
        }
        return Limit(time: idle, status: 408, problem: "the client stopped sending its body")
    }
}
