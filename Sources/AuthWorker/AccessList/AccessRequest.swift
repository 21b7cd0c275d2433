/// One question to the access list: may this account do these actions on this resource?
struct AccessRequest: Sendable {
    /// The fields that rules match by pattern, in docker_auth's order.
    enum Field: Int, CaseIterable, Sendable {
        case account, type, name, service

        /// The field's key in a rule.
        var key: String {
            switch self {
            case .account: "account"
            case .type: "type"
            case .name: "name"
            case .service: "service"
            }
        }
    }

    /// The fields' bytes in the order of `Field`: rules compare bytes, never graphemes.
    private let fields: [[UInt8]]
    /// Nil when the client's address is unknown: then no rule with `ip` matches.
    let address: IPAddress?
    /// As asked for, sorted by bytes; may hold an action twice.
    let actions: [String]
    let labels: Labels

    init(
        account: String, type: String, name: String, service: String, address: IPAddress?, actions: [String],
        labels: Labels = .none
    ) {
        fields = [account, type, name, service].map { Array($0.utf8) }
        self.address = address
        self.actions = actions
        self.labels = labels
    }

    func text(_ field: Field) -> [UInt8] { fields[field.rawValue] }
}
