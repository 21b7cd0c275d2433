internal import Synchronization

/// Makes guessing passwords slow: by address and by account, before a password waits to be hashed. Lives over reloads.
///
/// An account is delayed by a minute at most, so that nobody can lock it for long; whoever's password was right a moment ago,
/// and every API key, passes without being asked here.
final class SignInThrottle: Sendable {
    struct Ticket: Sendable {
        fileprivate var address: [UInt8]
        fileprivate var account: [UInt8]
    }

    private struct Tables {
        var addresses: FailureTable<[UInt8]>
        var accounts: FailureTable<[UInt8]>
    }

    private let tables: Mutex<Tables>

    /// - Parameter addressFree: many people may share an address, and few attempts are a person's mistakes.
    init(addressFree: Int = 60, accountFree: Int = 20) {
        tables = Mutex(
            Tables(
                addresses: FailureTable(.init(free: addressFree, pending: 96, longest: .seconds(300))),
                accounts: FailureTable(.init(free: accountFree, pending: 64, longest: .seconds(60)))))
    }

    /// - Returns: a ticket to end the attempt with, or how long to wait.
    func begin(
        address: IPAddress, account: String, at now: ContinuousClock.Instant = .now
    ) -> Result<Ticket, Delay> {
        let ticket = Ticket(address: Self.network(address), account: Self.folded(account))
        return tables.withLock { tables in
            let waits = [
                tables.addresses.wait(of: ticket.address, at: now), tables.accounts.wait(of: ticket.account, at: now),
            ]
            if let wait = waits.compactMap({ $0 }).max() { return .failure(Delay(duration: wait)) }
            tables.addresses.begin(ticket.address, at: now)
            tables.accounts.begin(ticket.account, at: now)
            return .success(ticket)
        }
    }

    /// Directories take spellings that differ in case and spaces for one account: so does the count.
    private static func folded(_ account: String) -> [UInt8] {
        let words = account.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return Array(words.utf8.prefix(256))
    }

    /// - Parameter isFailure: nil when it could not be found out.
    func end(_ ticket: Ticket, isFailure: Bool?, at now: ContinuousClock.Instant = .now) {
        tables.withLock { tables in
            // A guesser with an account of his own must not clear his address with it.
            tables.addresses.end(ticket.address, isFailure: isFailure, forgives: false, at: now)
            tables.accounts.end(ticket.account, isFailure: isFailure, forgives: true, at: now)
        }
    }

    /// An IPv4 address, or the /64 that one IPv6 subscriber has.
    private static func network(_ address: IPAddress) -> [UInt8] {
        address.bytes.count == 16 ? Array(address.bytes.prefix(8)) : address.bytes
    }
}
