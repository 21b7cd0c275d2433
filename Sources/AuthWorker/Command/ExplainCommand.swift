internal import ArgumentParser

/// `acl explain USER SCOPE`: which rule decides and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says which rule decides a request, and why each earlier one did not.")

    @Argument(help: "The account; \"\" for anonymous.")
    var user: String
    @Argument(help: "Such as repository:team/app:pull,push or registry:catalog:*.")
    var scope: String
    @Option(help: "The client's address.")
    var ip: String?
    @Option(help: "What the client asks as service.")
    var service = ""
    @Option(help: "A label of the account, group=web,dev; in the place of those of the file.")
    var label: [String] = []
    @OptionGroup var list: AccessListArguments

    func run() {
        let file = list.file()
        let address = ip.flatMap(IPAddress.init)
        if ip != nil, address == nil { AccessListArguments.fail(["--ip is no address"]) }
        let labels = label.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let values = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
            return (name: String(parts[0]), values: values)
        }
        do throws(BadRequest) {
            let request = try file.request(
                account: user, scope: scope, address: address, service: service,
                labels: label.isEmpty ? nil : Labels(labels))
            for line in file.list.explanation(request) { print(line) }
        } catch {
            AccessListArguments.fail([error.problem])
        }
    }
}
