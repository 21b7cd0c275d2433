internal import ArgumentParser
internal import BundleConfig
internal import Glibc

/// `acl lint`: what is wrong or likely not meant; 1 when there is anything.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Says what is wrong with the access list, or likely not meant.")

    @OptionGroup var list: AccessListArguments

    func run() {
        let file = list.file()
        let findings = file.warnings.map(\.description) + AccessListLint.findings(file.list)
        for finding in findings { print(finding) }
        print("\(file.list.rules.count) rule(s), \(findings.count) finding(s)")
        if !findings.isEmpty { Glibc.exit(EXIT_FAILURE) }
    }
}
