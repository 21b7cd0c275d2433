internal import RegistryToken

/// An OpenID Connect ID token as it came, split and decoded, nothing of it verified yet.
/// - Source: RFC 7519; RFC 7515 section 7.1.
struct WorkloadToken: Sendable {
    /// Longer ones are taken for passwords.
    static let sizeLimit = 16 << 10
    /// Seconds that clocks may differ.
    static let leeway = 60.0
    /// What tokens may be signed with.
    static let algorithms: [TokenAlgorithm] = [.rs256, .es256]

    let header: JSONValue
    let claims: JSONValue
    let signature: [UInt8]
    /// What the signature is of.
    let signedBytes: [UInt8]

    /// Nil for what has not the shape: three parts in Base64, of which the first two are JSON objects with unique keys.
    init?(_ password: [UInt8]) {
        // {" in Base64: most passwords are told at the first bytes.
        guard password.count <= Self.sizeLimit, password.starts(with: Array("ey".utf8)) else { return nil }
        let parts = password.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64.bytes(of: parts[2], as: .url)
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signedBytes = Array(password[..<parts[1].endIndex])
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONValue? {
        guard let bytes = Base64.bytes(of: part, as: .url), let value = try? JSONReader.read(bytes),
            value.members != nil
        else { return nil }
        return value
    }

    /// Whom the token says that it is from.
    var issuer: String { claims["iss"]?.string ?? "" }

    /// The texts of a claim: of a text, a number, a flag, or a list of texts; none for anything else.
    func texts(_ claim: String) -> [String] {
        switch claims[claim] {
        case .string(let text): [text]
        case .integer(let number): ["\(number)"]
        case .bool(let flag): [flag ? "true" : "false"]
        case .array: claims[claim]?.strings ?? []
        case nil, .null, .number, .object: []
        }
    }

    /// Whether the token's times hold: `exp` must be there, `nbf` may.
    /// - Parameter now: seconds since 1970.
    func checkTimes(now: Int64) throws(WorkloadTokenRefusal) {
        guard let end = try time("exp") else { throw WorkloadTokenRefusal("has no exp") }
        guard Double(now) < end + Self.leeway else { throw WorkloadTokenRefusal("has expired") }
        if let start = try time("nbf"), Double(now) < start - Self.leeway {
            throw WorkloadTokenRefusal("is not valid yet")
        }
    }

    private func time(_ claim: String) throws(WorkloadTokenRefusal) -> Double? {
        switch claims[claim] {
        case nil, .null: return nil
        case .integer(let seconds): return Double(seconds)
        case .number(let seconds): return seconds
        case .bool, .string, .array, .object: throw WorkloadTokenRefusal("has no number as its \(claim)")
        }
    }

    /// The algorithm and the name of the key, as the header says. `jwk`, `jku`, `x5u` and `x5c` are never looked at.
    func keyReference() throws(WorkloadTokenRefusal) -> (algorithm: TokenAlgorithm, id: String) {
        guard let algorithm = Self.algorithms.first(where: { $0.rawValue == header["alg"]?.string }) else {
            throw WorkloadTokenRefusal("is not signed with RS256 or ES256")
        }
        guard header["crit"] == nil else { throw WorkloadTokenRefusal("has a critical header, and none is known") }
        if let type = header["typ"], type.string?.lowercased() != "jwt" {
            throw WorkloadTokenRefusal("is of another type than JWT")
        }
        guard let id = header["kid"]?.string, !id.isEmpty else { throw WorkloadTokenRefusal("names no key") }
        return (algorithm, id)
    }
}
