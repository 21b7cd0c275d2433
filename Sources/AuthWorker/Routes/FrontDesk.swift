/// What the token end-point keeps over reloads: who has to wait, and what is counted.
struct FrontDesk: Sendable {
    var throttle = SignInThrottle()
    var metrics = AuthMetrics()
}
