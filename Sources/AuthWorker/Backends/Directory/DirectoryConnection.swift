internal import CLDAP
internal import Glibc

/// One connection to an LDAP server, through libldap's calls that do not wait, each answer with a deadline. One thread at a time.
final class DirectoryConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    /// Whether the server has answered everything so far: then the connection may be used again.
    private(set) var isUsable = true

    /// Connects, with TLS where the settings say so.
    init(
        _ url: String, _ security: DirectorySettings.Security, until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) {
        var made: OpaquePointer?
        guard ldap_initialize(&made, url) == LDAP_SUCCESS, let made else {
            throw BackendFailure(problem: "\(url) is no URL for libldap", isOutage: false)
        }
        handle = made
        var version: CInt = LDAP_VERSION3
        var time = try Self.left(until: deadline)
        ldap_set_option(made, LDAP_OPT_PROTOCOL_VERSION, &version)
        ldap_set_option(made, LDAP_OPT_NETWORK_TIMEOUT, &time)
        ldap_set_option(made, LDAP_OPT_TIMEOUT, &time)
        // Whoever is referred to would be sent the password.
        ldap_set_option(made, LDAP_OPT_REFERRALS, nil)
        ldap_set_option(made, LDAP_OPT_X_TLS_CACERTFILE, security.authority)
        var demand: CInt = security.isVerified ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER
        ldap_set_option(made, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand)
        guard security.startsTLS || security.beginsWithTLS else { return }
        var isServer: CInt = 0
        guard ldap_set_option(made, LDAP_OPT_X_TLS_NEWCTX, &isServer) == LDAP_OPT_SUCCESS else {
            throw BackendFailure(problem: "the TLS settings cannot be used: \(security.authority)", isOutage: false)
        }
        let connected = ldap_connect(made)
        guard connected == LDAP_SUCCESS else { throw failure("connecting", connected) }
        var descriptor: CInt = -1
        ldap_get_option(made, LDAP_OPT_DESC, &descriptor)
        let limit = SocketDeadline(descriptor, deadline)
        let code = security.startsTLS ? ldap_start_tls_s(made, nil, nil) : ldap_install_tls(made)
        limit.cancel()
        guard code == LDAP_SUCCESS else {
            let failure = failure("TLS", code)
            throw ContinuousClock.now < deadline ? failure : .late
        }
    }

    deinit { ldap_unbind_ext(handle, nil, nil) }

    /// Signs in.
    /// - Parameter password: never empty: a server takes that for an anonymous sign-in, which succeeds (RFC 4513, 5.1.2).
    func bind(
        _ name: String, _ password: [UInt8], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> DirectoryBind {
        guard !password.isEmpty else { return .refused }
        var message: CInt = 0
        var secret = password.map { CChar(bitPattern: $0) }
        defer { for index in secret.indices { secret[index] = 0 } }
        let sent = secret.withUnsafeMutableBufferPointer { bytes in
            var value = berval(bv_len: ber_len_t(bytes.count), bv_val: bytes.baseAddress)
            return ldap_sasl_bind(handle, name, nil, &value, nil, nil, &message)
        }
        guard sent == LDAP_SUCCESS else { throw failure("the sign-in", sent) }
        let code = try result(of: message, until: deadline) { _ in }
        switch code {
        case LDAP_SUCCESS: return .accepted
        case LDAP_INVALID_CREDENTIALS, LDAP_NO_SUCH_OBJECT, LDAP_INVALID_DN_SYNTAX, LDAP_INAPPROPRIATE_AUTH:
            return .refused
        // What directories answer for accounts that are locked, and for passwords that have expired or must be changed.
        case LDAP_CONSTRAINT_VIOLATION, LDAP_UNWILLING_TO_PERFORM: return .forbidden(words(code))
        default: throw failure("the sign-in", code)
        }
    }

    /// Finds entries below a base.
    /// - Parameter limit: more entries than this are an error.
    func search(
        _ base: String, _ filter: String, _ attributes: [String], limit: Int, until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> [DirectoryEntry] {
        // "1.1" asks for no attribute at all.
        let names = attributes.isEmpty ? ["1.1"] : attributes
        var pointers = names.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var message: CInt = 0
        let sent = ldap_search_ext(
            handle, base, LDAP_SCOPE_SUBTREE, filter, &pointers, 0, nil, nil, nil, CInt(limit + 1), &message)
        guard sent == LDAP_SUCCESS else { throw failure("the search", sent) }
        var entries: [DirectoryEntry] = []
        let code = try result(of: message, until: deadline) { answer in
            entries.append(entry(answer, attributes))
        }
        guard code == LDAP_SUCCESS || code == LDAP_NO_SUCH_OBJECT || code == LDAP_SIZELIMIT_EXCEEDED else {
            throw failure("the search", code)
        }
        guard entries.count <= limit, code != LDAP_SIZELIMIT_EXCEEDED else {
            throw BackendFailure(
                problem: "the search finds more than \(limit): its filter is too wide", isOutage: false)
        }
        return entries
    }

    private func entry(_ answer: OpaquePointer, _ attributes: [String]) -> DirectoryEntry {
        let name = ldap_get_dn(handle, answer)
        defer { ldap_memfree(name) }
        let values = attributes.map { attribute -> [String] in
            guard let list = ldap_get_values_len(handle, answer, attribute) else { return [] }
            defer { ldap_value_free_len(list) }
            return (0..<Int(ldap_count_values_len(list))).compactMap { index in
                guard let value = list[index]?.pointee, let start = value.bv_val else { return nil }
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(value.bv_len))
                return String(validating: bytes, as: UTF8.self)
            }
        }
        return DirectoryEntry(name: name.map { String(cString: $0) } ?? "", values: values)
    }

    /// Takes the answers to one question, to the last.
    /// - Returns: the result code.
    private func result(
        of message: CInt, until deadline: ContinuousClock.Instant, _ take: (OpaquePointer) -> Void
    ) throws(BackendFailure) -> CInt {
        while true {
            var answer: OpaquePointer?
            var time: timeval
            do throws(BackendFailure) {
                time = try Self.left(until: deadline)
            } catch {
                isUsable = false
                throw error
            }
            let kind = ldap_result(handle, message, 0, &time, &answer)
            guard kind > 0, let answer else {
                isUsable = false
                if kind == 0 { throw .late }
                throw failure("the connection", LDAP_SERVER_DOWN)
            }
            defer { ldap_msgfree(answer) }
            switch UInt(kind) {
            case 0x64: take(answer)
            case 0x73: continue
            default:
                var code: CInt = LDAP_SUCCESS
                guard ldap_parse_result(handle, answer, &code, nil, nil, nil, nil, 0) == LDAP_SUCCESS else {
                    isUsable = false
                    throw failure("an answer", LDAP_SERVER_DOWN)
                }
                return code
            }
        }
    }

    private func failure(_ step: String, _ code: CInt) -> BackendFailure {
        isUsable = false
        // Codes of the client's own are negative: the server cannot be reached.
        let isOutage = code < 0 || code == LDAP_BUSY || code == LDAP_UNAVAILABLE
        return BackendFailure(problem: "\(step) failed: \(words(code))", isOutage: isOutage)
    }

    /// libldap's words for a code, and the server's own.
    private func words(_ code: CInt) -> String {
        var detail: UnsafeMutablePointer<CChar>?
        ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail)
        defer { ldap_memfree(detail) }
        var words = String(cString: ldap_err2string(code))
        if let detail, detail.pointee != 0 { words += " (\(String(cString: detail)))" }
        return words.filter { !$0.isNewline }
    }

    private static func left(until deadline: ContinuousClock.Instant) throws(BackendFailure) -> timeval {
        let left = ContinuousClock.now.duration(to: deadline).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { throw .late }
        return timeval(
            tv_sec: Int(left.seconds), tv_usec: Int(left.attoseconds / 1_000_000_000_000) + 1)
    }
}
