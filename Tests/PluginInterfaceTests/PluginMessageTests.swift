import Testing

@testable import PluginInterface

@Suite("A message of a plugin")
struct PluginMessageTests {
    @Test("is understood as the design writes it")
    func design() throws {
        #expect(
            try PluginMessage(line: Array(#"{"type":"ready","subscribe":["exited","gave_up"]}"#.utf8))
                == .ready(subscribe: [.exited, .gaveUp]))
        #expect(try PluginMessage(line: Array(#"{"type":"ack","seq":41}"#.utf8)) == .ack(41))
        let command =
            #"{"type":"command","id":"c7","do":"restart","watcher":"registry","reason":"912 MiB > 800 MiB"}"#
        #expect(
            try PluginMessage(line: Array(command.utf8))
                == .command(PluginCommand(id: "c7", order: .restart("registry"), reason: "912 MiB > 800 MiB")))
    }

    @Test(
        "is understood for every command",
        arguments: [
            (#""do":"stop","watcher":"w""#, PluginCommand.Order.stop("w")),
            (#""do":"start","watcher":"w""#, .start("w")),
            (#""do":"signal","signal":"USR1","watcher":"w""#, .signal("USR1", watcher: "w")),
            (#""do":"reload""#, .reload(nil)),
            (#""do":"reload","watcher":"w""#, .reload("w")),
            (#""do":"emit","fields":{"a":"b","n":4}"#, .emit(["a": "b", "n": "4"], watcher: nil)),
            (#""do":"run","command":["/bin/true","a b"]"#, .run(["/bin/true", "a b"])),
        ])
    func commands(members: String, order: PluginCommand.Order) throws {
        let line = #"{"v":1,"type":"command","id":"1","reason":"r","later":[{}],\#(members)}"#
        #expect(
            try PluginMessage(line: Array(line.utf8))
                == .command(PluginCommand(id: "1", order: order, reason: "r")))
        #expect(PluginCommand.names.contains(PluginCommand(id: "", order: order, reason: "").name))
    }

    @Test(
        "is a bad line when it is anything else",
        arguments: [
            ("", "it is not a JSON object"), ("hello", "it is not a JSON object"), ("[]", "it is not a JSON object"),
            (#"{"type":"ready"}}"#, "it is not a JSON object"),
            (#"{"type":"ready""#, "it is not a JSON object"),
            (#"{"seq":1}"#, "type is missing or no text"),
            (#"{"type":7}"#, "type is missing or no text"),
            (#"{"type":"metrics"}"#, #"its type "metrics" is unknown"#),
            (#"{"v":2,"type":"ready"}"#, "its version is not 1"),
            (#"{"v":"1","type":"ready"}"#, "its version is not 1"),
            (#"{"type":"ready","subscribe":"exited"}"#, "subscribe is not a list"),
            (#"{"type":"ready","subscribe":[1]}"#, "subscribe is not a list of texts"),
            (#"{"type":"ready","subscribe":["exitd"]}"#, #"subscribe: "exitd" is no kind of event"#),
            (#"{"type":"ack"}"#, "seq is not a number above 0"),
            (#"{"type":"ack","seq":"1"}"#, "seq is not a number above 0"),
            (#"{"type":"ack","seq":1.5}"#, "seq is not a number above 0"),
            (#"{"type":"ack","seq":0}"#, "seq is not a number above 0"),
            (#"{"type":"command","do":"stop","watcher":"w","reason":"r"}"#, "id is missing or no text"),
            (
                #"{"type":"command","id":"","do":"stop","watcher":"w","reason":"r"}"#,
                "id is empty or longer than 128 bytes"
            ),
            (#"{"type":"command","id":"1","do":"stop","watcher":"w"}"#, "reason is missing or no text"),
            (
                #"{"type":"command","id":"1","do":"stop","watcher":"w","reason":""}"#,
                "reason is empty or longer than 1,024 bytes"
            ),
            (#"{"type":"command","id":"1","do":"stop","reason":"r"}"#, "watcher is missing"),
            (#"{"type":"command","id":"1","do":"stop","watcher":3,"reason":"r"}"#, "watcher is missing or no text"),
            (#"{"type":"command","id":"1","do":"burn","reason":"r"}"#, #"do: "burn" is no command"#),
            (#"{"type":"command","id":"1","do":"signal","watcher":"w","reason":"r"}"#, "signal is missing or no text"),
            (#"{"type":"command","id":"1","do":"run","command":[],"reason":"r"}"#, "command is empty"),
            (#"{"type":"command","id":"1","do":"run","command":"ls","reason":"r"}"#, "command is not a list"),
            (#"{"type":"command","id":"1","do":"emit","fields":[],"reason":"r"}"#, "fields is not an object"),
        ])
    func bad(line: String, why: String) {
        #expect(throws: PluginMessage.Fault(why)) { try PluginMessage(line: Array(line.utf8)) }
    }

    @Test("never traps, whatever the bytes are")
    func noise() {
        var random = SystemRandomNumberGenerator()
        let model = Array(#"{"type":"command","id":"c7","do":"run","command":["a","\u00e9\ud83d"],"reason":"r"}"#.utf8)
        for _ in 0..<20_000 {
            var line = model
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line[place] = UInt8.random(in: 0...255, using: &random)
                case 1: line.remove(at: place)
                default: line.removeSubrange(place...)
                }
                if line.isEmpty { break }
            }
            _ = try? PluginMessage(line: line)
        }
    }
}
