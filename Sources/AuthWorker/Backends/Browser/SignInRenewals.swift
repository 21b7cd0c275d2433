internal import BundleLog
internal import Logging

/// Questions to the provider whether an account still may, one at a time for each: a refresh token may count once only.
actor SignInRenewals {
    private let provider: any SignInProvider
    private let store: any SignInStore
    private let logger: Logger
    private var running: [String: (hash: String, task: Task<Result<SignInRecord, BackendFailure>, Never>)] = [:]

    init(provider: any SignInProvider, store: any SignInStore, logger: Logger) {
        self.provider = provider
        self.store = store
        self.logger = logger
    }

    func renewed(_ account: String, _ record: SignInRecord, now: Int64) async throws(BackendFailure) -> SignInRecord {
        // Whoever has waited meanwhile takes what was found.
        if let (hash, task) = running[account], hash == record.passwordHash { return try await task.value.get() }
        let task = Task { await ask(account, record, now: now) }
        running[account] = (record.passwordHash, task)
        let result = await task.value
        if running[account]?.task == task { running[account] = nil }
        return try result.get()
    }

    private nonisolated func ask(
        _ account: String, _ record: SignInRecord, now: Int64
    ) async -> Result<SignInRecord, BackendFailure> {
        do throws(BackendFailure) {
            // It may have been asked since the record was read.
            let present = try await store.record(of: account) ?? record
            guard present.passwordHash == record.passwordHash, present.validUntil <= now else {
                return .success(record.passwordHash == present.passwordHash ? present : record)
            }
            let store = store
            let renewed = try await provider.renew(account, present, now: now) { record throws(BackendFailure) in
                try await store.renew(record, of: account)
            }
            try await store.renew(renewed, of: account)
            return .success(renewed)
        } catch {
            logger.notice(
                "\(provider.name): cannot renew the sign-in of \(account): \(error.problem)",
                metadata: [LogField.user: .string(account)])
            return .failure(error)
        }
    }
}
