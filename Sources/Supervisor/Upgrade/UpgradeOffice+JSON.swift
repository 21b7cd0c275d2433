// What GET /v1/upgrade tells, by which a client sees that the next program answers.

extension UpgradeOffice {
    var json: JSONValue {
        .object([
            ("upgrades", .integer(count)), ("version", .string(Version.text)), ("underWay", .bool(isUnderWay)),
            ("problem", lastProblem.map { .string($0) } ?? .null),
        ])
    }
}
