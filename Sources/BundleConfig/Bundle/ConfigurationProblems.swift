/// Collects everything that is wrong, so that one reading shows it all.
///
/// A class, local to one reading: what is attempted may itself change the reader that holds it.
final class ConfigurationProblems {
    private(set) var errors: [ConfigurationError] = []

    func add(_ more: [ConfigurationError]) {
        for error in more where !errors.contains(error) { errors.append(error) }
    }

    /// What `body` gives; nil, and its errors kept, when it throws.
    @discardableResult
    func attempt<Result>(_ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch let error as ConfigurationError {
            add([error])
        } catch let error as ConfigurationErrors {
            add(error.errors)
        } catch let error as DiskError {
            add([error.at("")])
        } catch {
            add([ConfigurationError(key: "", problem: "cannot be read: \(error)", remedy: "Report this as a fault")])
        }
        return nil
    }

    /// Throws them all, in the order of their lines, when there are any.
    func check() throws(ConfigurationErrors) {
        if !errors.isEmpty { throw ConfigurationErrors(inOrder) }
    }

    private var inOrder: [ConfigurationError] {
        errors.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
            .map(\.element)
    }
}
