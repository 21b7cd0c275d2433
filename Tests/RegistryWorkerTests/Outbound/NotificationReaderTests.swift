import BundleConfig
import Testing

@testable import RegistryWorker

@Suite("The configuration of notifications")
struct NotificationReaderTests {
    private func read(_ text: String) throws -> NotificationSettings {
        try NotificationReader.read(ConfigurationNode.parse(text, file: "config.yml"))
    }

    @Test("is distribution's")
    func whole() throws {
        let settings = try read(
            """
            events: {includereferences: true}
            endpoints:
              - name: alistener
                disabled: false
                url: https://my.listener.com/event
                headers: {Authorization: [Bearer abc, "x"], X-One: y}
                timeout: 500ms
                threshold: 5
                backoff: 2s
                ignoredmediatypes: [application/octet-stream]
                ignore: {mediatypes: [a/b], actions: [pull]}
              - {name: off, disabled: true, url: "http://[::1]:8080"}
            """)
        #expect(settings.includesReferences)
        let first = try #require(settings.endpoints.first)
        #expect(first.timeout == .milliseconds(500) && first.retry == RetryPolicy(threshold: 5, backoff: .seconds(2)))
        #expect(first.headers.map(\.name) == ["Authorization", "Authorization", "X-One"])
        #expect(first.ignoredMediaTypes == ["application/octet-stream", "a/b"] && first.ignoredActions == [.pull])
        #expect(settings.endpoints[1].isDisabled && settings.endpoints[1].host == "[::1]:8080")
        #expect(try NotificationReader.read(nil) == NotificationSettings())
    }

    @Test(
        "says what is wrong, where, and what to do",
        arguments: [
            ("endpoints: [{url: \"http://a\"}]", "endpoints[0]: has no name"),
            ("endpoints: [{name: a}]", "endpoints[0]: has no url"),
            ("endpoints: [{name: a, url: \"ftp://a\"}]", "endpoints[0].url: has no url of http or https"),
            ("endpoints: [{name: a, url: \"http://u:p@a\"}]", "endpoints[0].url: has no url"),
            ("endpoints: [{name: a, url: \"http://a\", urll: b}]", "endpoints[0].urll: is not a known key"),
            ("endpoints: [{name: a, url: \"http://a\"}, {name: a, url: \"http://b\"}]", "has the name of another"),
            ("endpoints: [{name: a, url: \"http://a\", ignore: {actions: [copy]}}]", "actions[0]: is no action"),
            ("endpoints: [{name: a, url: \"http://a\", headers: {\"a b\": c}}]", "is no header's name"),
            ("endpoints: [{name: a, url: \"http://a\", headers: {a: \"b\\nc\"}}]", "holds a control character"),
            ("endpoints: [{name: a, url: \"https://a\", cafile: /nowhere}]", "cafile: /nowhere cannot be used"),
            ("endpoints: [{name: a, url: \"http://a\", queuelimit: 5}]", "queuelimit: is less than 64KiB"),
            ("endpoints: {}", "endpoints: must be a list"),
        ])
    func faults(text: String, expected: String) {
        let error = #expect(throws: ConfigurationErrors.self) { try read(text) }
        let sentences = error?.errors.map(\.description).joined(separator: "\n") ?? ""
        #expect(sentences.contains(expected), "\(sentences)")
    }
}
