import RegistryToken
import Testing

@testable import AuthWorker
import TextFormats

@Suite("The access list, against docker_auth's")
struct AccessListVectorTests {
    /// Where docker_auth puts an account's captured text into a pattern unquoted, so that an account named
    /// `*@test.com` gets every namespace. Ours quotes it. These cases have such accounts, and ours matches less.
    private static func isUnquotedCapture(_ vector: JSONValue) -> Bool {
        let account = vector["request"]?.text("account") ?? ""
        let usesCapture = (vector["acl"]?.array ?? []).contains { rule in
            (rule["match"]?.members ?? []).contains { $0.value.string?.contains("${account:") ?? false }
        }
        return usesCapture && account.contains { "*?[]().+|\\^${}".contains($0) }
    }

    @Test("decides every captured case alike")
    func cases() throws {
        var safer: [String] = []
        var count = 0
        for vector in try Vectors.read("acl_cases.jsonl") {
            count += 1
            let id = vector.text("id")
            let line = try text(of: vector, keys: ["acl", "request"])
            let answer = try JSONReader.read(Array(AccessEvaluation.answer(line).utf8))
            if vector["allowed"] == .null {
                #expect(answer["error"]?.string != nil, "\(id): docker_auth crashes, ours must refuse the list")
                continue
            }
            let isAlike = answer["rule"] == vector["rule"] && answer["allowed"] == unique(vector["allowed"])
            if !isAlike, Self.isUnquotedCapture(vector) {
                safer.append(id)
                continue
            }
            #expect(isAlike, "\(id): \(line) gave \(answer)")
        }
        #expect(count > 4_000)
        // Enough to see that the exception stays one.
        #expect(safer.count < 60, "\(safer)")
    }

    @Test("accepts and refuses lists alike")
    func validation() throws {
        for vector in try Vectors.read("acl_validation.jsonl") {
            let line = try text(of: vector, keys: ["acl"])
            let answer = try JSONReader.read(Array(AccessEvaluation.answer(line).utf8))
            let isRefused = answer["error"]?.string != nil
            #expect(isRefused == (vector["error"] != .null), "\(vector.text("id")): \(line) gave \(answer)")
        }
    }

    /// An action that was asked for twice stands once in our answer.
    private func unique(_ value: JSONValue?) -> JSONValue? {
        guard let texts = value?.strings else { return value }
        var seen: Set<String> = []
        return .array(texts.filter { seen.insert($0).inserted }.map { .string($0) })
    }

    /// The vector's line again, with these members only.
    private func text(of vector: JSONValue, keys: [String]) throws -> String {
        var output: [UInt8] = []
        write(.object((vector.members ?? []).filter { keys.contains($0.key) }), to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(_ value: JSONValue, to output: inout [UInt8]) {
        switch value {
        case .null: output += Array("null".utf8)
        case .bool(let flag): output += Array("\(flag)".utf8)
        case .integer(let number): output += Array("\(number)".utf8)
        case .number(let number): output += Array("\(number)".utf8)
        case .string(let text): JSONString.append(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                JSONString.append(member.key, to: &output)
                output.append(UInt8(ascii: ":"))
                write(member.value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}
