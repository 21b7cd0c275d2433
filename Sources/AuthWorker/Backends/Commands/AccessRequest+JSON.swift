internal import TextFormats

extension AccessRequest {
    /// The question as docker_auth puts it to programs, with Go's names.
    var json: [UInt8] {
        var text: [UInt8] = []
        for (name, field) in [("Account", Field.account), ("Type", .type), ("Name", .name), ("Service", .service)] {
            text.append(contentsOf: text.isEmpty ? "{".utf8 : ",".utf8)
            JSONString.append(name, to: &text)
            text.append(UInt8(ascii: ":"))
            JSONString.append(String(decoding: self.text(field), as: UTF8.self), to: &text)
        }
        text.append(contentsOf: #","IP":"#.utf8)
        JSONString.append(address?.description ?? "", to: &text)
        text.append(contentsOf: #","Actions":"#.utf8)
        JSONString.append(actions, to: &text)
        text.append(contentsOf: #","Labels":"#.utf8)
        text.append(contentsOf: labels.json.utf8)
        text.append(UInt8(ascii: "}"))
        return text
    }
}
