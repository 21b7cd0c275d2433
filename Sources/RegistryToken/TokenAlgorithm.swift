/// The signature algorithms that tokens may use: asymmetric ones only, one for each kind of key.
/// - Source: RFC 7518 section 3.1.
package enum TokenAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
}
