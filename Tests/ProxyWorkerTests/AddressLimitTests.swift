import BundleConfig
import NIOCore
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("An address", .timeLimit(.minutes(1)))
struct AddressLimitTests {
    private let one = AddressBook.Key([10, 0, 0, 1])

    @Test("may have so many connections and no more, whatever others have")
    func connections() throws {
        let book = AddressBook()
        let one = try #require(one)
        let two = try #require(AddressBook.Key([10, 0, 0, 2]))
        #expect(book.enter(one, limit: 2) && book.enter(one, limit: 2) && !book.enter(one, limit: 2))
        #expect(book.enter(two, limit: 2))
        book.leave(one)
        #expect(book.enter(one, limit: 2))
        book.leave(one)
        book.leave(one)
        book.leave(two)
        #expect(book.count == 0)
    }

    @Test("of IPv6 is its /64")
    func networks() {
        let first: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 1] + Array(repeating: 7, count: 8)
        let second: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 1] + Array(repeating: 9, count: 8)
        let third: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 2] + Array(repeating: 7, count: 8)
        #expect(AddressBook.Key(first) == AddressBook.Key(second))
        #expect(AddressBook.Key(first) != AddressBook.Key(third))
        #expect(AddressBook.Key([]) == nil)
    }

    @Test("has its burst, then its rate, then its burst again")
    func bucket() throws {
        let book = AddressBook()
        let key = try #require(one)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        for _ in 0..<5 { #expect(book.take(key, rate: 2, burst: 5, now: start) == nil) }
        #expect(book.take(key, rate: 2, burst: 5, now: start) == .milliseconds(500))
        #expect(book.take(key, rate: 2, burst: 5, now: start + .milliseconds(250)) == .milliseconds(250))
        #expect(book.take(key, rate: 2, burst: 5, now: start + .milliseconds(500)) == nil)
        let later = start + .seconds(60)
        for _ in 0..<5 { #expect(book.take(key, rate: 2, burst: 5, now: later) == nil) }
        #expect(book.take(key, rate: 2, burst: 5, now: later) != nil)
        #expect(book.take(key, rate: 0, burst: 5, now: later) == nil)
    }

    @Test("is forgotten once it tells nothing any more")
    func bounded() throws {
        let book = AddressBook()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        for number in 0..<20_000 {
            let key = try #require(AddressBook.Key([10, 0, UInt8(number >> 8), UInt8(number & 255)]))
            #expect(book.take(key, rate: 10, burst: 10, now: start + .milliseconds(Int64(number))) == nil)
        }
        #expect(book.count < 10_000)
    }

    @Test("that asks too often gets 429 with Retry-After, on a connection that goes on")
    func tooMany() async throws {
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.limits.requestsPerAddress = 1
            $0.limits.requestBurst = 3
        }
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        let request = "GET /v2/x HTTP/1.1\r\nHost: a.test\r\n\r\n"
        let text = try await client.ask(String(repeating: request, count: 5), answers: 5)
        let answers = text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
        #expect(answers == ["200", "200", "200", "429", "429"])
        #expect(text.contains("Retry-After: 1\r\n") && text.contains(#""code":"TOOMANYREQUESTS""#))
        #expect(proxy.upstream.seen.withLock { $0.requests.count } == 3)
        await proxy.stop()
    }

    @Test("with too many connections gets no more, and room again when one ends")
    func tooManyConnections() async throws {
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.limits.connectionsPerAddress = 2
        }
        let request = "GET /v2/x HTTP/1.1\r\nHost: a.test\r\n\r\n"
        let first = try await RawClient.connect(port: proxy.http, tls: false)
        let second = try await RawClient.connect(port: proxy.http, tls: false)
        _ = try await first.ask(request)
        _ = try await second.ask(request)
        let third = try await RawClient.connect(port: proxy.http, tls: false)
        #expect(await third.textUntilClose() == "")
        await first.close()
        await eventually("a connection is taken again") {
            guard let again = try? await RawClient.connect(port: proxy.http, tls: false) else { return false }
            let isServed = (try? await again.ask(request).hasPrefix("HTTP/1.1 200 ")) == true
            await again.close()
            return isServed
        }
        #expect(await proxy.service.metrics().contains(#"refused_total{reason="connections_per_address"}"#))
        await proxy.stop()
    }
}
