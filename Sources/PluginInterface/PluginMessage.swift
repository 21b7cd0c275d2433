/// What a plugin says, one JSON object a line.
/// - Unknown members are ignored; an unknown type, or a member of the wrong kind, makes a bad line.
package enum PluginMessage: Sendable, Equatable {
    /// It works from now on, and wants to hear these.
    case ready(subscribe: Set<SupervisorEvent.Kind>)
    /// It has taken the events up to this one.
    case ack(Int)
    case command(PluginCommand)

    /// Why a line is bad, as the end of a sentence.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package var description: String
        init(_ description: String) { self.description = description }
    }

    package init(line: some Collection<UInt8>) throws(Fault) {
        guard let members = JSONFields(line) else { throw Fault("it is not a JSON object") }
        if let version = members["v"], version != .other(Array("1".utf8)) {
            throw Fault("its version is not 1")
        }
        switch try Self.text("type", of: members) {
        case "ready": self = .ready(subscribe: try Self.kinds(members["subscribe"]))
        case "ack":
            guard case .other(let bytes)? = members["seq"], let number = Int(String(decoding: bytes, as: UTF8.self)),
                number > 0
            else { throw Fault("seq is not a number above 0") }
            self = .ack(number)
        case "command": self = .command(try Self.command(members))
        case let type: throw Fault("its type \(Self.short(type)) is unknown")
        }
    }

    private static func command(_ members: JSONFields) throws(Fault) -> PluginCommand {
        let id = try text("id", of: members)
        guard (1...128).contains(id.utf8.count) else { throw Fault("id is empty or longer than 128 bytes") }
        let reason = try text("reason", of: members)
        guard !reason.isEmpty, reason.utf8.count <= 1024 else {
            throw Fault("reason is empty or longer than 1,024 bytes")
        }
        var watcher: String?
        if members["watcher"] != nil { watcher = try text("watcher", of: members) }
        let order: PluginCommand.Order
        switch try text("do", of: members) {
        case "restart": order = .restart(try named(watcher))
        case "stop": order = .stop(try named(watcher))
        case "start": order = .start(try named(watcher))
        case "signal": order = .signal(try text("signal", of: members), watcher: try named(watcher))
        case "reload": order = .reload(watcher)
        case "emit": order = .emit(try texts(members["fields"]), watcher: watcher)
        case "run": order = .run(try words(members["command"]))
        case let name: throw Fault("do: \(short(name)) is no command")
        }
        return PluginCommand(id: id, order: order, reason: reason)
    }

    // MARK: Members

    private static func named(_ watcher: String?) throws(Fault) -> String {
        guard let watcher else { throw Fault("watcher is missing") }
        return watcher
    }

    private static func text(_ key: String, of members: JSONFields) throws(Fault) -> String {
        guard case .string(let bytes)? = members[key] else { throw Fault("\(key) is missing or no text") }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func kinds(_ value: JSONFields.Value?) throws(Fault) -> Set<SupervisorEvent.Kind> {
        var kinds: Set<SupervisorEvent.Kind> = []
        guard value != nil else { return kinds }
        for word in try list(value, "subscribe") {
            guard let kind = SupervisorEvent.Kind(rawValue: word) else {
                throw Fault("subscribe: \(short(word)) is no kind of event")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    private static func words(_ value: JSONFields.Value?) throws(Fault) -> [String] {
        let words = try list(value, "command")
        guard words.first?.isEmpty == false else { throw Fault("command is empty") }
        return words
    }

    private static func list(_ value: JSONFields.Value?, _ key: String) throws(Fault) -> [String] {
        guard case .other(let bytes)? = value, let elements = JSONFields.elements(bytes) else {
            throw Fault("\(key) is not a list")
        }
        var words: [String] = []
        for element in elements {
            guard case .string(let bytes) = element else { throw Fault("\(key) is not a list of texts") }
            words.append(String(decoding: bytes, as: UTF8.self))
        }
        return words
    }

    /// Texts as they are, anything else as its JSON.
    private static func texts(_ value: JSONFields.Value?) throws(Fault) -> [String: String] {
        guard let value else { return [:] }
        guard case .other(let bytes) = value, let members = JSONFields(bytes) else {
            throw Fault("fields is not an object")
        }
        return Dictionary(members.members.map { ($0.key, $0.value.text) }) { _, last in last }
    }

    private static func short(_ text: String) -> String {
        "\"\(text.prefix(40))\(text.count > 40 ? "…" : "")\""
    }
}
