import BundleConfig
import HTTPService
import HTTPTypes
import HummingbirdTesting
import RegistryStorage
import Testing
import TextFormats

@testable import RegistryWorker

@Suite("Metrics")
struct MetricsTests {
    @Test("count requests and the storage's actions under distribution's names")
    func names() async throws {
        let metrics = RegistryMetrics()
        try await TestRegistry(metrics: metrics).run { client in
            try await client.pushImage([1, 2, 3], "t", to: "a")
            for _ in 0..<3 { _ = try await client.send(.get, "/v2/a/manifests/t") }
            _ = try await client.send(.get, "/v2/a/manifests/none")
            _ = try await client.send(.init("BREW") ?? .get, "/v2/")
        }
        let text = metrics.text(StorageFigures())
        for line in [
            "# TYPE registry_http_requests_total counter",
            "registry_http_requests_total{code=\"200\",handler=\"manifest\",method=\"get\"} 3",
            "registry_http_requests_total{code=\"404\",handler=\"manifest\",method=\"get\"} 1",
            "registry_http_requests_total{code=\"405\",handler=\"base\",method=\"other\"} 1",
            "# TYPE registry_http_request_duration_seconds histogram",
            "registry_http_request_duration_seconds_count{handler=\"manifest\",method=\"get\"} 4",
            "registry_http_request_duration_seconds_bucket{handler=\"manifest\",method=\"get\",le=\"+Inf\"} 4",
            "registry_http_in_flight_requests{handler=\"manifest\"} 0",
            "registry_storage_action_seconds_count{action=\"GetContent\",driver=\"filesystem\"} 4",
            "registry_storage_action_seconds_count{action=\"Move\",driver=\"filesystem\"} 2",
            "registry_storage_cache_requests_total 0",
        ] {
            #expect(text.contains(line + "\n"), "\(line) in \(text)")
        }
    }

    @Test("tell the bytes of each repository, and what became of each endpoint's events")
    func storageAndNotifications() async throws {
        let registry = try TestRegistry(isNotifying: true)
        // Nobody listens there.
        let settings = try NotificationReader.read(
            ConfigurationNode.parse("endpoints: [{name: ci, url: \"http://127.0.0.1:1/\"}]", file: "config.yml"))
        await registry.hub?.follow(settings)
        try await registry.run { [registry] client in
            try await client.push([UInt8](repeating: 1, count: 5_000), to: "team/app")
            try await client.push([1, 2, 3], to: "team/app")
            try await client.push([1, 2, 3], to: "other")
            for _ in 0..<1_000 where await registry.storage.figures().repositories.isEmpty {
                _ = await registry.storage.tendIndex()
            }
            let exposition = MetricsExposition(
                metrics: RegistryMetrics(), storage: registry.storage, hub: registry.hub)
            let text = await exposition.text()
            for line in [
                "registry_storage_repository_bytes{repository=\"other\"} 3",
                "registry_storage_repository_bytes{repository=\"team/app\"} 5003",
            ] { #expect(text.contains(line + "\n"), "\(text)") }
            #expect(text.contains("registry_notifications_events_total{type=\"Events\",endpoint=\"ci\"} "), "\(text)")
            #expect(text.contains("registry_notifications_pending_total{endpoint=\"ci\"} "))
        }
        await registry.hub?.stop()
    }

    @Test("are written so that Prometheus reads them: escaped, sorted, cumulative")
    func format() {
        var text = MetricsText()
        var times = Histogram()
        for seconds in [0.001, 0.3, 0.3, 60] { times.note(seconds) }
        text.histogram("h", "Help.", [([("l", "a\"b\\c\nd")], times)])
        text.gauge("g", "Help.", [([("x", "b")], 2), ([("x", "a")], 1)])
        text.counter("none", "Help.", [])
        let written = text.finished()
        #expect(
            written.hasPrefix("# HELP h Help.\n# TYPE h histogram\nh_bucket{l=\"a\\\"b\\\\c\\nd\",le=\"0.005\"} 1\n"))
        #expect(written.contains(",le=\"0.25\"} 1\n") && written.contains(",le=\"0.5\"} 3\n"))
        #expect(written.contains(",le=\"10\"} 3\n") && written.contains(",le=\"+Inf\"} 4\n"))
        #expect(written.contains("_count{l=\"a\\\"b\\\\c\\nd\"} 4\n"))
        #expect(written.hasSuffix("g{x=\"a\"} 1\ng{x=\"b\"} 2\n") && !written.contains("none"))
    }
}
