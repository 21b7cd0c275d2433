import ProcessControl
import Testing

@testable import Supervisor

@Suite("The pace of reading a stream")
struct LogReadPaceTests {
    /// Steps after reads that come so many microseconds apart.
    private func steps(_ pace: inout ReadPace, _ counts: [Int], apart: UInt64, from start: UInt64) -> [ReadPace.Step] {
        counts.enumerated().map { index, count in
            pace.step(after: count, at: MonotonicTime(nanoseconds: (start + UInt64(index) * apart) * 1000))
        }
    }

    @Test("stays prompt for a stream that writes now and then")
    func quiet() {
        var pace = ReadPace()
        let seen = steps(&pace, [Int](repeating: 100, count: 500), apart: 1500, from: 1_000_000)
        #expect(seen.allSatisfy { $0 == .goOn })
    }

    @Test("lets a stream gather that writes much in small pieces, once its pipe is larger, and until it is quiet")
    func busy() {
        var pace = ReadPace()
        let seen = steps(&pace, [Int](repeating: 100, count: 33), apart: 10, from: 1_000_000)
        #expect(seen.last == .grow)
        #expect(seen.dropLast().allSatisfy { $0 == .goOn })
        pace.grown(to: 1 << 20)
        #expect(pace.step(after: 200_000, at: MonotonicTime(nanoseconds: 2_000_000_000)) == .pause(.milliseconds(2)))
        // It would fill the pipe meanwhile.
        #expect(pace.step(after: 600_000, at: MonotonicTime(nanoseconds: 2_002_000_000)) == .goOn)
        #expect(pace.step(after: 100, at: MonotonicTime(nanoseconds: 2_004_000_000)) == .goOn)
        #expect(pace.step(after: 100, at: MonotonicTime(nanoseconds: 2_004_010_000)) == .goOn)
    }

    @Test("never pauses where the pipe cannot be made larger")
    func small() {
        for capacity in [-1, 65536] {
            var pace = ReadPace()
            #expect(pace.step(after: 65536, at: MonotonicTime(nanoseconds: 5)) == .grow)
            pace.grown(to: capacity)
            #expect(pace.step(after: 20_000, at: MonotonicTime(nanoseconds: 10)) == .goOn)
        }
    }
}
