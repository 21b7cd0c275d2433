import Testing

@testable import PluginInterface

@Suite("A notice to a plugin")
struct PluginNoticeTests {
    @Test(
        "is the design's line, byte for byte",
        arguments: [
            (
                PluginNotice.hello(settings: #"{"url":"x"}"#, window: 64),
                #"{"v":1,"type":"hello","settings":{"url":"x"},"window":64}"#
            ),
            (
                .event(
                    seq: 41,
                    SupervisorEvent(.exited, watcher: "registry", instance: 2, time: 9, fields: ["signal": "SIGSEGV"])),
                #"{"type":"event","seq":41,"kind":"exited","watcher":"registry","instance":2,"fields":{"signal":"SIGSEGV"}}"#
            ),
            (
                .event(seq: 1, SupervisorEvent(.tick)), #"{"type":"event","seq":1,"kind":"tick","fields":{}}"#
            ),
            (
                .event(seq: 2, SupervisorEvent(.gaveUp, watcher: "a\"b\n", pid: 7, fields: ["b": "\u{1}", "a": "é"])),
                #"{"type":"event","seq":2,"kind":"gave_up","watcher":"a\"b\n","fields":{"a":"é","b":"\u0001","pid":"7"}}"#
            ),
            (.result(id: "c7", nil), #"{"type":"result","id":"c7","ok":true}"#),
            (
                .result(id: "c7", .init("already backing off", remedy: "wait 4 s")),
                #"{"type":"result","id":"c7","ok":false,"problem":"already backing off","remedy":"wait 4 s"}"#
            ),
            (.gap(missed: 12), #"{"type":"gap","missed":12}"#),
            (.bye(within: .seconds(5)), #"{"type":"bye","within_s":5}"#),
        ])
    func bytes(notice: PluginNotice, line: String) {
        #expect(String(decoding: notice.line, as: UTF8.self) == line + "\n")
    }

    @Test("is one line, however the settings are written")
    func oneLine() {
        let line = PluginNotice.hello(settings: "{\n  \"a\": 1,\r\n  \"b\": \"x\\ny\"\n}", window: 64).line
        #expect(line.filter { $0 == 0x0A }.count == 1)
        #expect(JSONFields(line)?["settings"] == .other(Array("{   \"a\": 1,    \"b\": \"x\\ny\" }".utf8)))
    }
}
