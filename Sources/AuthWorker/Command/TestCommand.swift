internal import ArgumentParser
internal import BundleConfig
internal import Glibc

/// `acl test FILE`: a table of expectations against the access list; 1 and the differences when they do not agree.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Compares the access list with a table of expectations.")

    @Argument(
        help: "YAML: - {account: alice, scope: \"repository:team/app:pull\", expect: [pull]}", completion: .file())
    var table: String
    @OptionGroup var list: AccessListArguments

    func run() {
        let file = list.file()
        let expectations: [AccessExpectation]
        do throws(ConfigurationErrors) {
            expectations = try AccessExpectation.read(try AccessListFile.document(table))
        } catch {
            AccessListArguments.fail(error.errors.map(\.description))
        }
        let differences = expectations.compactMap { $0.difference(file) }
        for difference in differences { print(difference) }
        print("\(expectations.count - differences.count) of \(expectations.count) as expected")
        if !differences.isEmpty { Glibc.exit(EXIT_FAILURE) }
    }
}
