import BundleConfig
import HTTPTypes

/// What a reload can change, made whole from a configuration. A request sees one value from its beginning to its end.
struct RegistrySettings: Sendable {
    let gate: AccessGate
    let isDeleteEnabled: Bool
    let isReadOnly: Bool
    let locationPrefix: String
    /// What stands before `/v2/`.
    let pathPrefix: String
    let content: ContentRules
    let headers: HTTPFields
    let policy: RegistryPolicy
    /// The longest page of the catalogue; nil for any.
    let catalogLimit: Int?

    /// - Throws: `ConfigurationError` when the key material cannot be used.
    init(_ configuration: RegistryConfiguration) throws(ConfigurationError) {
        gate = try AccessGate(configuration.access)
        isDeleteEnabled = configuration.isDeleteEnabled
        isReadOnly = configuration.isReadOnly
        policy = configuration.policy
        catalogLimit = configuration.catalogLimit
        locationPrefix = configuration.locationPrefix
        pathPrefix = configuration.pathPrefix
        content = try ContentRules(configuration.content)
        var headers = HTTPFields()
        for header in configuration.headers {
            guard let name = HTTPField.Name(header.name) else {
                throw ConfigurationError(
                    key: "http.headers.\(header.name)", problem: "is no header's name", remedy: "Correct or remove it")
            }
            headers.append(HTTPField(name: name, value: header.value))
        }
        self.headers = headers
    }
}
