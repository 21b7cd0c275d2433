internal import HTTPTypes

/// Whom the proxy says that the client's certificate names. It has verified the certificate, and removes what clients say
/// under these names; nobody else reaches the unix socket.
struct ClientCertificate: Sendable, Equatable {
    /// The key of the file that lets certificates sign in, and the authenticator's name in audit lines.
    static let key = "client_certificates"

    private static let nameField = HTTPField.Name("X-Dockmaster-Client-Name")
    private static let fingerprintField = HTTPField.Name("X-Dockmaster-Client-Fingerprint")

    /// Its account: nil when it names nobody who could be one.
    var account: String?
    /// SHA-256 in lower-case hexadecimal.
    var fingerprint: String

    /// Nil without a certificate, and for what does not come from the proxy.
    init?(_ request: IncomingRequest) {
        guard request.peer == "@", let fingerprint = Self.fingerprintField.flatMap(request.header),
            !fingerprint.isEmpty
        else { return nil }
        self.fingerprint = fingerprint
        account = Self.nameField.flatMap(request.header).flatMap {
            FormValues.unescaped(Array($0.utf8)[...], plusIsSpace: false)
        }.flatMap { Self.isAccount($0) ? $0 : nil }
    }

    private static func isAccount(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && !name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }
}
