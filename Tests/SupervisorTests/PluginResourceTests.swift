import Glibc
import Testing

@testable import Supervisor

@Suite("The resource watcher")
struct PluginResourceTests {
    private let mebibyte = 1 << 20

    private func sample(
        _ pid: Int32 = 7, started: UInt64 = 1, processor: Duration = .zero, memory: Int = 0, descriptors: Int? = nil
    ) -> ResourceJudge.Sample {
        .init(pid: pid, started: started, processor: processor, memory: memory, descriptors: descriptors)
    }

    private func judge(_ change: (inout ResourceLimits) -> Void) -> ResourceJudge {
        var limits = ResourceLimits()
        change(&limits)
        return ResourceJudge(limits: limits, totalMemory: 1000 << 20)
    }

    @Test("finds memory above the limit, three times in a row, in the design's words")
    func memory() {
        var judge = judge { $0.maxMemory = .bytes(800 << 20) }
        let high = sample(memory: 912 << 20)
        #expect(judge.judge([high], at: .seconds(0)).isEmpty)
        #expect(judge.judge([high], at: .seconds(60)).isEmpty)
        #expect(
            judge.judge([high], at: .seconds(120)) == [.init(pid: 7, reason: "912 MiB > 800 MiB, 3 times in a row")])
        #expect(judge.judge([high], at: .seconds(180)).isEmpty, "it counts anew")
    }

    @Test("forgets what a sample within the limits, an end, or another process with the pid came between")
    func forgets() {
        for between: [ResourceJudge.Sample] in [
            [sample(memory: 1)], [], [sample(started: 2, memory: 900 << 20)],
        ] {
            var judge = judge { $0.maxMemory = .bytes(800 << 20) }
            let high = sample(memory: 900 << 20)
            for time in 0..<2 { #expect(judge.judge([high], at: .seconds(time)).isEmpty) }
            #expect(judge.judge(between, at: .seconds(2)).isEmpty)
            for time in 3..<5 { #expect(judge.judge([high], at: .seconds(time)).isEmpty) }
        }
    }

    @Test("measures the processor between two samples, whatever lies between them")
    func processor() {
        var judge = judge {
            $0.maxCPU = 90
            $0.count = 1
        }
        #expect(judge.judge([sample(processor: .seconds(500))], at: .seconds(0)).isEmpty)
        #expect(judge.judge([sample(processor: .seconds(550))], at: .seconds(60)).isEmpty)
        #expect(
            judge.judge([sample(processor: .seconds(607))], at: .seconds(120))
                == [.init(pid: 7, reason: "95 % cpu > 90 %, 1 times in a row")])
        #expect(judge.judge([sample(processor: .seconds(608))], at: .seconds(120)).isEmpty, "no time has passed")
    }

    @Test("knows every limit", arguments: 0..<6)
    func limits(number: Int) {
        var judge = judge {
            $0.count = 1
            switch number {
            case 0: $0.minMemory = .bytes(10 << 20)
            case 1: $0.maxDescriptors = 9
            case 2: $0.minCPU = 50
            case 3: $0.health = 40
            case 4: $0.maxMemory = .percent(50)
            default: $0.minMemory = .percent(1)
            }
        }
        _ = judge.judge([sample(processor: .zero, memory: 20 << 20, descriptors: 1)], at: .zero)
        let second = sample(
            processor: .seconds(4), memory: [1, 1, 1, 600, 501, 9][number] << 20, descriptors: 10)
        let reasons = [
            "1 MiB < 10 MiB", "10 open files > 9", "40 % cpu < 50 %", "mean of cpu and memory 50 % > 40 %",
            "501 MiB > 500 MiB", "9 MiB < 10 MiB",
        ]
        #expect(
            judge.judge([second], at: .seconds(10))
                == [.init(pid: 7, reason: reasons[number] + ", 1 times in a row")])
    }

    @Test("reads a line of proc(5), whatever the process calls itself")
    func stat() throws {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 1 0 987654 1000000 256 184467 1 1 0"
        let sample = try #require(ProcessSample.parse(line, pid: 42))
        #expect(sample.started == 987_654)
        #expect(sample.processor == .seconds(2))
        #expect(sample.memory == 256 * 4096)
        #expect(ProcessSample.parse("42 (a", pid: 42) == nil)
    }

    @Test("reads this very process")
    func own() throws {
        let sample = try #require(ProcessSample.read(Int32(getpid()), descriptors: true))
        #expect(sample.memory > mebibyte)
        #expect((sample.descriptors ?? 0) >= 3)
        #expect(ProcessSample.read(0, descriptors: true) == nil)
    }

    @Test("writes sizes as people do")
    func sizes() {
        #expect(
            [512, 1 << 10, 1536, 912 << 20, 3 << 29].map(ResourceJudge.size)
                == ["512 B", "1 KiB", "1.5 KiB", "912 MiB", "1.5 GiB"])
    }
}
