import RegistryModel
import RegistryStorage

extension RegistryPolicy: TagRetention {
    func concerns(_ repository: RepositoryName) -> Bool { rule(for: repository) != nil }

    func verdicts(on tags: [TagFacts], in repository: RepositoryName, since: Int, now: Int) -> [TagVerdict] {
        guard let rule = rule(for: repository) else { return [] }
        return rule.decide(tags, since: since, now: now).map { verdict in
            guard !verdict.isKept, isImmutable(verdict.tag, in: repository) else { return verdict }
            return TagVerdict(tag: verdict.tag, isKept: true, reason: "immutable; without that: \(verdict.reason)")
        }
    }

    private func rule(for repository: RepositoryName) -> Retention? {
        retention.first { $0.repositories.matches(repository) }
    }
}
