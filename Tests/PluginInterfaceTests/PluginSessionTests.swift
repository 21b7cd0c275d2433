import Testing

@testable import PluginInterface

@Suite("A plugin's session")
struct PluginSessionTests {
    /// A session with a clock, which notes what it is told to do.
    private struct Run {
        var session: PluginSession
        var now: Duration = .seconds(100)
        var sent: [String] = []
        private var timer: (generation: Int, due: Duration)?

        init(may: Set<String> = ["restart"], settings: String = "{}") {
            session = PluginSession(settings: settings, may: may)
            _ = handle(.launched)
        }

        /// - Parameter reads: whether the plugin reads what it is sent.
        mutating func handle(_ event: PluginSession.Event, reads: Bool = true) -> [PluginSession.Action] {
            var actions = session.handle(event, at: now)
            let bytes = session.outgoing
            if reads, !bytes.isEmpty {
                sent += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
                actions += session.handle(.wrote(bytes.count), at: now)
            }
            for case .arm(let generation, let delay) in actions { timer = (generation, now + delay) }
            return actions
        }

        mutating func say(_ line: String, reads: Bool = true) -> [PluginSession.Action] {
            handle(.received(Array((line + "\n").utf8)), reads: reads)
        }

        /// Lets time pass, and the timer come when it is due.
        mutating func pass(_ duration: Duration, reads: Bool = true) -> [PluginSession.Action] {
            now += duration
            guard let due = timer, due.due <= now else { return [] }
            timer = nil
            return handle(.timer(generation: due.generation), reads: reads)
        }

        mutating func beReady(_ kinds: String = #""exited""#) {
            _ = say(#"{"type":"ready","subscribe":[\#(kinds)]}"#)
            sent = []
        }

        mutating func command(_ id: Int, _ order: String = "restart") -> [PluginSession.Action] {
            say(#"{"type":"command","id":"c\#(id)","do":"\#(order)","watcher":"w","reason":"r"}"#)
        }
    }

    private func failure(_ actions: [PluginSession.Action]) -> String? {
        for case .fail(let why) in actions { return why }
        return nil
    }

    private let exited = SupervisorEvent(.exited, watcher: "w")

    @Test("begins with hello, and hears what it subscribed to from ready on")
    func begins() {
        var run = Run(settings: #"{"a":1}"#)
        #expect(run.sent == [#"{"v":1,"type":"hello","settings":{"a":1},"window":64}"#])
        _ = run.handle(.happened(exited))
        #expect(run.sent.count == 1)
        let actions = run.say(#"{"type":"ready","subscribe":["exited"]}"#)
        #expect(actions.first == .ready([.exited]))
        _ = run.handle(.happened(SupervisorEvent(.spawned, watcher: "w")))
        _ = run.handle(.happened(exited))
        #expect(run.sent.dropFirst() == [#"{"type":"event","seq":1,"kind":"exited","watcher":"w","fields":{}}"#])
    }

    @Test("that is not ready within 5 s has failed; a timer of before does nothing")
    func neverReady() throws {
        var session = PluginSession(settings: "{}", may: [])
        let first = session.handle(.launched, at: .zero)
        #expect(first == [.arm(generation: 1, after: .seconds(5))])
        _ = session.handle(.wrote(session.outgoing.count), at: .zero)
        #expect(session.handle(.timer(generation: 0), at: .seconds(9)) == [])
        #expect(failure(session.handle(.timer(generation: 1), at: .seconds(5))) == "it was not ready within 5 s")
        #expect(session.handle(.received(Array("x\n".utf8)), at: .seconds(6)) == [])
        #expect(!session.wantsInput)
    }

    @Test("that is ready in time goes on when the timer comes")
    func readyInTime() throws {
        var session = PluginSession(settings: "{}", may: [])
        _ = session.handle(.launched, at: .zero)
        _ = session.handle(.wrote(session.outgoing.count), at: .zero)
        _ = session.handle(.received(Array("{\"type\":\"ready\"}\n".utf8)), at: .seconds(4))
        #expect(session.handle(.timer(generation: 1), at: .seconds(5)) == [])
    }

    @Test("has 64 events on the wire, 256 behind them, then a gap that counts the dropped")
    func window() throws {
        var run = Run()
        run.beReady()
        for _ in 0..<(64 + 256 + 12) { _ = run.handle(.happened(exited)) }
        #expect(run.sent.count == 64)
        run.sent = []
        _ = run.say(#"{"type":"ack","seq":64}"#)
        #expect(run.sent.count == 65)
        #expect(run.sent.first == #"{"type":"gap","missed":12}"#)
        #expect(run.sent.dropFirst().first?.contains(#""seq":65,"#) == true)
        run.sent = []
        _ = run.say(#"{"type":"ack","seq":65}"#)
        #expect(run.sent.count == 1, "each acknowledged one makes room for one, and the gap is told once")
    }

    @Test("that does not acknowledge within 5 s has failed, counted from the oldest event")
    func neverAcks() {
        var run = Run()
        run.beReady()
        #expect(failure(run.pass(.seconds(60))) == nil)
        _ = run.handle(.happened(exited))
        #expect(failure(run.pass(.seconds(4))) == nil)
        _ = run.handle(.happened(exited))
        #expect(failure(run.pass(.seconds(1))) == "it did not acknowledge an event within 5 s")
    }

    @Test("whose acknowledgements keep pace is left alone")
    func acksInTime() {
        var run = Run()
        run.beReady()
        for seq in 1...20 {
            _ = run.handle(.happened(exited))
            #expect(failure(run.pass(.seconds(3))) == nil)
            #expect(failure(run.say(#"{"type":"ack","seq":\#(seq)}"#)) == nil)
            #expect(failure(run.pass(.seconds(2))) == nil)
        }
    }

    @Test("that does not read is not read any more, and has failed after 5 s")
    func neverReads() {
        var run = Run()
        run.beReady()
        for id in 0..<2000 where run.session.wantsInput {
            _ = run.say(#"{"type":"command","id":"c\#(id)","do":"stop","watcher":"w","reason":"r"}"#, reads: false)
        }
        #expect(!run.session.wantsInput)
        #expect(run.session.outgoing.count < 70 << 10)
        #expect(failure(run.pass(.seconds(4), reads: false)) == nil)
        #expect(failure(run.pass(.seconds(1), reads: false)) == "it did not read what it was sent within 5 s")
    }

    @Test("may write two bad lines; the third ends it")
    func badLines() {
        var run = Run()
        run.beReady()
        #expect(run.say("garbage") == [.warn("wrote a bad line (1 of 3): it is not a JSON object")])
        _ = run.command(1)
        #expect(
            run.say(String(repeating: "x", count: 1 << 20))
                == [.warn("wrote a bad line (2 of 3): it is longer than 65536 bytes")])
        #expect(
            failure(run.say(#"{"type":"ack","seq":9}"#))
                == "it wrote 3 bad lines, the last because event 9 was never sent")
    }

    @Test("must say ready first, and once")
    func order() {
        var run = Run()
        #expect(run.command(1) == [.warn("wrote a bad line (1 of 3): ready must come first")])
        run.beReady()
        #expect(run.say(#"{"type":"ready"}"#) == [.warn("wrote a bad line (2 of 3): ready was said already")])
    }

    @Test("may give 10 commands in any minute; the rest is refused with the time to wait")
    func rate() {
        var run = Run()
        run.beReady()
        for id in 1...10 {
            let command = PluginCommand(id: "c\(id)", order: .restart("w"), reason: "r")
            #expect(run.command(id) == [.perform(command)])
            run.now += .seconds(1)
        }
        #expect(run.command(11) == [.warn("sends more than 10 commands a minute; the rest is refused")])
        #expect(run.command(12) == [], "told once")
        #expect(
            run.sent.last == #"{"type":"result","id":"c12","ok":false,"#
                + #""problem":"more than 10 commands within 60 s","remedy":"wait 50 s"}"#)
        run.now += .seconds(50)
        #expect(run.command(13).count == 1)
    }

    @Test("is told what is not in its may: list")
    func may() {
        var run = Run()
        run.beReady()
        let actions = run.command(1, "stop")
        #expect(actions == [.warn("asks for stop, which is not in its may: list; refused")])
        #expect(
            run.sent == [
                #"{"type":"result","id":"c1","ok":false,"problem":"stop is not in its may: list","#
                    + #""remedy":"add it there: may: [stop]"}"#
            ])
    }

    @Test("is told what became of its command")
    func result() {
        var run = Run()
        run.beReady()
        _ = run.handle(.answered(id: "c7", nil))
        #expect(run.sent == [#"{"type":"result","id":"c7","ok":true}"#])
    }

    @Test("that closes its output has failed, unless it was told to end")
    func hungUp() {
        var run = Run()
        run.beReady()
        var parting = run
        #expect(failure(run.handle(.hungUp)) == "it closed descriptor 4")
        _ = parting.handle(.dismissed)
        #expect(parting.sent == [#"{"type":"bye","within_s":5}"#])
        #expect(parting.handle(.hungUp) == [])
        #expect(parting.say("garbage\ngarbage\ngarbage\ngarbage") == [])
    }

    @Test("keeps its bounds under any sequence", arguments: 0..<40)
    func random(seed: UInt64) {
        var random = Lehmer(seed: seed)
        var session = PluginSession(settings: "{}", may: ["restart"])
        var now: Duration = .zero
        var timer: (generation: Int, due: Duration)?
        var events = 0
        var performed: [Duration] = []
        var failed = false
        var seen = 0
        func note(_ actions: [PluginSession.Action]) {
            #expect(!failed || actions.isEmpty, "after its failure it does nothing")
            for action in actions {
                switch action {
                case .arm(let generation, let after):
                    #expect(after >= .zero && after <= .seconds(5))
                    timer = (generation, now + after)
                case .perform: performed.append(now)
                case .fail: failed = true
                case .ready, .warn: break
                }
            }
        }
        note(session.handle(.launched, at: now))
        for _ in 0..<4000 {
            now += .milliseconds(Int(random.next() % 40))
            if let due = timer, due.due <= now {
                timer = nil
                note(session.handle(.timer(generation: due.generation), at: now))
            }
            switch random.next() % 12 {
            case 0...4:
                events += 1
                note(session.handle(.happened(exited), at: now))
            case 5, 6:
                note(session.handle(.received(Array("{\"type\":\"ack\",\"seq\":\(max(1, seen))}\n".utf8)), at: now))
            case 7:
                let command = #"{"type":"command","id":"c","do":"restart","watcher":"w","reason":"r"}"# + "\n"
                note(session.handle(.received(Array(command.utf8)), at: now))
            case 8:
                note(
                    session.handle(.received(Array("{\"type\":\"ready\",\"subscribe\":[\"exited\"]}\n".utf8)), at: now))
            case 9: if random.next() % 50 == 0 { note(session.handle(.received(Array("?\n".utf8)), at: now)) }
            default:
                let count = Int(random.next() % UInt64(session.outgoing.count + 1))
                seen = max(seen, Self.highestSequence(in: session.outgoing.prefix(count)))
                note(session.handle(.wrote(count), at: now))
            }
            #expect(session.outgoing.count < 200 << 10)
            let lately = performed.filter { now - $0 < .seconds(60) }
            #expect(lately.count <= 10)
        }
        #expect(events > 1000)
    }

    private static func highestSequence(in bytes: some Collection<UInt8>) -> Int {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.contains("\"seq\":") && line.hasSuffix("}")
                ? Int(line.split(separator: "\"seq\":", omittingEmptySubsequences: false)[1].prefix { $0.isNumber })
                : nil
        }.max() ?? 0
    }
}

/// A repeatable sequence of numbers.
struct Lehmer: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 2_654_435_769 &+ 88_172_645_463_325_252 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
