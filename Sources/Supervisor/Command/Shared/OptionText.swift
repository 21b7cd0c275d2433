internal import ArgumentParser

/// `key=value` on the command line. A value that is JSON is taken as JSON, anything else as text.
struct OptionText: ExpressibleByArgument {
    let key: String
    let value: JSONValue

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        key = String(argument[..<equals])
        let text = String(argument[argument.index(after: equals)...])
        value = JSONValue(text.utf8) ?? .string(text)
    }
}
