import ProcessControl
import Testing

@testable import Supervisor

@Suite("dockmaster top")
struct TopTests {
    /// Two looks at two watchers, ten seconds apart: `web` with two processes that use half a processor, `db` idle.
    private func model(web: String = "web", looks: Int = 2) -> TopModel {
        var model = TopModel()
        for look in 0..<looks {
            let status = """
                {"version":"1","pid":1,"state":"running","ready":true,"uptime_s":\(look * 10),"summary":"everything is ready",
                "watchers":[
                {"name":"\(web)","state":"running","instances":[
                {"instance":1,"pid":11,"state":"running","uptime_s":\(look * 10),"restarts":2},
                {"instance":2,"pid":12,"state":"running","uptime_s":\(look * 10),"restarts":0}]},
                {"name":"db","state":"failed","instances":[{"instance":7,"pid":null,"state":"failed","restarts":5}]}]}
                """
            let stats = """
                {"watchers":[{"watcher":"\(web)","processes":[
                {"pid":11,"cpu_s":\(Double(look) * 2),"pss":1048576,"rss":2097152,"fds":7,"children":[
                {"pid":13,"cpu_s":\(Double(look) * 3),"pss":1048576,"fds":3}]},
                {"pid":12,"cpu_s":0,"pss":1048576,"fds":5,"children":[]}]},
                {"watcher":"db","processes":[]}]}
                """
            model.note(
                status: JSONValue(status.utf8) ?? .null, stats: JSONValue(stats.utf8) ?? .null,
                at: MonotonicTime(nanoseconds: UInt64(look) * 10_000_000_000 + 1))
        }
        return model
    }

    @Test("fits every terminal, whatever the names", arguments: 20...200)
    func widths(width: Int) {
        for name in ["web", "registry-with-quite-a-long-name-that-goes-on", "日本語のサービス", "e\u{301}té🐳"] {
            for showsProcesses in [false, true] {
                var model = model(web: name, looks: 60)
                model.showsProcesses = showsProcesses
                let lines = TopScreen.lines(model, width: width, height: 24, colours: false)
                #expect(lines.count == 24)
                for line in lines { #expect(TextWidth.of(line) <= width, "\(width): \(line)") }
            }
        }
    }

    @Test("shows the whole at 100 columns")
    func whole() {
        let lines = TopScreen.lines(model(), width: 100, height: .max, colours: false)
        #expect(lines[0] == "everything is ready")
        #expect(lines[1] == "dockmaster 1, pid 1, up 10s")
        #expect(lines[2].hasPrefix("WATCHER"))
        #expect(
            lines[3].contains("web ×2") && lines[3].contains(" 50.0 ") && lines[3].contains("3.0 MB"), "\(lines[3])")
        #expect(lines[3].contains("█") && lines[3].contains("▁"), "\(lines[3])")
        #expect(lines[4].contains("failed"))
    }

    @Test("shows the processes, the busiest first")
    func processes() {
        var model = model()
        model.showsProcesses = true
        #expect(model.rows.map(\.title) == ["web[1]", "web[2]", "db[7]"])
        #expect(model.rows[0].cpu == 50)
        #expect(model.rows[0].memory == 2 << 20)
        #expect(model.rows[0].descriptors == 10)
        model.sort = .name
        #expect(model.rows.map(\.title) == ["db[7]", "web[1]", "web[2]"])
        model.sort = .restarts
        #expect(model.rows.map(\.restarts) == [5, 2, 0])
    }

    @Test("is driven by keys, and asks before it restarts")
    func keys() {
        var model = model()
        #expect(model.selectedRow?.watcher == "web")
        #expect(model.take(.down) == .none)
        #expect(model.selectedRow?.watcher == "db")
        #expect(model.take(.character("j")) == .none)
        #expect(model.selectedRow?.watcher == "db", "the last stays selected")
        #expect(model.take(.up) == .none)
        #expect(model.take(.character("w")) == .none)
        #expect(model.showsProcesses && model.selectedRow?.title == "web[1]")
        #expect(model.take(.character("r")) == .none)
        #expect(TopScreen.lines(model, width: 80, height: 24, colours: false).last?.hasPrefix("restart web?") == true)
        #expect(model.take(.character("n")) == .none)
        #expect(model.take(.character("r")) == .none)
        #expect(model.take(.character("y")) == .restart("web"))
        let before = model.sort
        #expect(model.take(.character("s")) == .none)
        #expect(model.sort != before)
        #expect(model.take(.character("q")) == .quit)
        #expect(model.take(.interrupt) == .quit)
    }

    @Test("keeps the selected row in sight", arguments: [5, 8, 24])
    func scrolls(height: Int) {
        var model = TopModel()
        let watchers = (0..<100).map { #"{"name":"w\#($0)","state":"running","instances":[]}"# }
        let status = #"{"watchers":[\#(watchers.joined(separator: ","))]}"#
        model.note(status: JSONValue(status.utf8) ?? .null, stats: .null)
        for _ in 0..<57 { _ = model.take(.down) }
        let lines = TopScreen.lines(model, width: 60, height: height, colours: false)
        #expect(lines.count == height)
        #expect(lines.contains { $0.hasPrefix("w57 ") })
    }

    @Test("understands what terminals send")
    func decoding() {
        #expect(
            TopKey.decode(Array("\u{1B}[A\u{1B}OBjq\u{1B}[5~x".utf8)) == [
                .up, .down, .character("j"), .character("q"), .character("x"),
            ])
        #expect(TopKey.decode([0x1B]) == [.interrupt])
        #expect(TopKey.decode([3]) == [.interrupt])
        #expect(TopKey.decode([0x1B, 0x5B]) == [])
    }

    @Test("draws courses in eighths")
    func sparklines() {
        #expect(Sparkline.text([0, 12.5, 50, 99, 100], width: 7, ceiling: 100) == "  ▁▂▅██")
        #expect(Sparkline.text([1, 2, 3], width: 2, ceiling: 1) == "▆█")
        #expect(Sparkline.text([.infinity, -1], width: 2, ceiling: 0).count == 2)
        #expect(Sparkline.text([], width: 3, ceiling: 0) == "   ")
    }
}

@Suite("Text on a terminal")
struct TextWidthTests {
    @Test(
        "takes as many columns as it does",
        arguments: [("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("🐳", 2), ("█▁", 2), ("", 0), ("a\u{200B}b", 2)])
    func widths(text: String, width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test("is cut with a mark, never within a character")
    func cut() {
        #expect(TextWidth.fit("registry", 5) == "regi…")
        #expect(TextWidth.fit("日本語", 4) == "日… ")
        #expect(TextWidth.fit("ab", 4) == "ab  ")
    }

    @Test("stands in columns, figures at the right, colours only when asked for")
    func table() {
        var table = TextTable(["NAME", "N", "WHAT"])
        table.rows = [[.init("a"), .figure("1"), .init("")], [.init("日本", .good), .figure("10"), .init("x")]]
        #expect(table.text(colours: false) == "NAME   N  WHAT\na      1\n日本  10  x\n")
        #expect(table.text(colours: true).contains("\u{1B}[32m日本\u{1B}[0m"))
    }

    @Test("says figures shortly")
    func figures() {
        let sizes = [0, 1023, 5 << 20, 1_500_000_000, 1 << 50].map { Figures.bytes($0) }
        #expect(sizes == ["0 KB", "1 KB", "5.0 MB", "1.4 GB", "1024 TB"])
        #expect([5, 65, 700, 3700, 90_000].map { Figures.span($0) } == ["5s", "1m5s", "11m", "1h1m", "1d1h"])
        #expect([0, 12.34, 99.96, 250].map { Figures.percent($0) } == ["0.0", "12.3", "100", "250"])
    }
}
