internal import HTTPService
internal import HTTPTypes
internal import RegistryToken

/// The JSON object that an administrator sends: secrets travel in it, never in the query.
struct AdminBody {
    private let value: JSONValue

    init(_ request: AdminRequest) throws(AdminProblem) {
        do {
            value = try JSONReader.read(request.body)
        } catch {
            throw AdminProblem("the body is \(error.problem)", remedy: error.remedy, status: .badRequest)
        }
        guard value.members != nil else {
            throw AdminProblem("the body is no JSON object", remedy: "send {…}", status: .badRequest)
        }
    }

    func text(_ key: String) throws(AdminProblem) -> String {
        guard let text = value[key]?.string, !text.isEmpty else {
            throw AdminProblem("\(key) is missing", remedy: "send it as a text", status: .badRequest)
        }
        return text
    }

    /// Absent and null are an empty list.
    func texts(_ key: String) throws(AdminProblem) -> [String] {
        switch value[key] {
        case nil, .null: return []
        case let list?:
            guard let texts = list.strings else {
                throw AdminProblem("\(key) is no list of texts", remedy: "send [\"…\"]", status: .badRequest)
            }
            return texts
        }
    }

    /// Absent and null are nil.
    func integer(_ key: String) throws(AdminProblem) -> Int64? {
        switch value[key] {
        case nil, .null: return nil
        case .integer(let number): return number
        default: throw AdminProblem("\(key) is no whole number", remedy: "send 3600", status: .badRequest)
        }
    }

    /// `{"group":["web"]}`
    func labels(_ key: String) throws(AdminProblem) -> Labels {
        var pairs: [(name: String, values: [String])] = []
        for member in value[key]?.members ?? [] {
            guard let texts = member.value.strings else {
                throw AdminProblem(
                    "\(key).\(member.key) is no list of texts", remedy: "send [\"…\"]", status: .badRequest)
            }
            pairs.append((member.key, texts))
        }
        return Labels(pairs)
    }
}
