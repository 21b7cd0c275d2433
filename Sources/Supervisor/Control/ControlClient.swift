internal import CLinux
internal import Glibc
internal import ProcessControl

/// Asks a running supervisor, and waits for its answer.
enum ControlClient {
    struct Answer {
        let status: Int
        let body: String
    }

    /// - Parameter path: the run folder's control.sock.
    static func ask(
        _ method: String, _ target: String, at path: String, accept: String, body: String = ""
    ) throws(Refusal) -> Answer {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Refusal(problems: [SystemError.last("make a socket").description]) }
        let descriptor = OwnedDescriptor(adopting: number)
        let connected = clinux_connect_unix(descriptor.number, path)
        guard connected == 0 else {
            if connected == -EACCES {
                throw Refusal(problems: ["you may not control the dockmaster at \(path); use its user, or root"])
            }
            throw Refusal(problems: ["no dockmaster runs at \(path); start one, or name its run folder (--run)"])
        }
        let request =
            "\(method) \(target) HTTP/1.1\r\nHost: dockmaster\r\nAccept: \(accept)\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        do throws(SystemError) {
            let bytes = Array(request.utf8)
            let written = bytes.withUnsafeBytes { buffer -> Result<Void, SystemError> in
                do throws(SystemError) { return .success(try descriptor.writeAll(buffer)) } catch {
                    return .failure(error)
                }
            }
            try written.get()
        } catch {
            throw Refusal(problems: [error.description])
        }
        return try parse(readAll(descriptor))
    }

    private static func readAll(_ descriptor: borrowing OwnedDescriptor) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor.number, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(Refusal) -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let words = text.prefix(64).split(separator: " ")
        guard parts.count == 2, words.count > 1, let status = Int(words[1]) else {
            throw Refusal(problems: ["dockmaster ended before it answered; see its log"])
        }
        return Answer(status: status, body: String(parts[1]))
    }
}
