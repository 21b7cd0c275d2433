import AsyncHTTPClient
import BundleConfig
import NIOCore
import NIOHTTP1
import NIOPosix
import RegistryStorage

/// How each kind of check is made.
struct HealthProbes: Sendable {
    let storage: any RegistryStore

    func checks(_ settings: HealthSettings) -> [HealthMonitor.Check] {
        settings.checks.map { check in
            HealthMonitor.Check(subject: check.subject, interval: check.interval, threshold: check.threshold) {
                await look(check)
            }
        }
    }

    private func look(_ check: HealthSettings.Check) async -> String? {
        switch check.subject {
        case .storage: await storageProblem()
        case .file(let path): FileStamp(path) == nil ? nil : "the file \(path) is there, which means out of service"
        case .http(let uri, let status, let headers):
            await httpProblem(uri, status: status, headers, within: check.timeout)
        case .tcp(let host, let port): await tcpProblem(host, port, within: check.timeout)
        }
    }

    private func storageProblem() async -> String? {
        do throws(StorageError) {
            try await storage.checkWritable()
            return nil
        } catch .noSpace {
            return "the registry's disk is full"
        } catch {
            return "the registry's storage cannot be written to"
        }
    }

    private func httpProblem(
        _ uri: String, status: Int, _ headers: [RegistryConfiguration.Header], within time: Duration
    ) async -> String? {
        var request = HTTPClientRequest(url: uri)
        request.method = .HEAD
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        do {
            let answer = try await HTTPClient.shared.execute(request, timeout: TimeAmount(time))
            guard Int(answer.status.code) == status else {
                return "\(uri) answers \(answer.status.code) instead of \(status)"
            }
            return nil
        } catch {
            return "\(uri) does not answer"
        }
    }

    private func tcpProblem(_ host: String, _ port: Int, within time: Duration) async -> String? {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(time)).connect(host: host, port: port).get()
            try? await channel.close()
            return nil
        } catch {
            return "\(host):\(port) takes no connection"
        }
    }
}
