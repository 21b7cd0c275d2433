import Dispatch
import NIOPosix
import Synchronization

/// Work that is the same for many, on all processors. Blocks: only for the storage's threads.
enum Parallel {
    /// More than processors: most of the time they wait for the disk.
    private static let helpers = {
        let pool = NIOThreadPool(numberOfThreads: 12)
        pool.start()
        return pool
    }()

    /// Work that is handed out part by part.
    private struct Share<Value: Sendable>: Sendable {
        var next = 0
        var working = 0
        var parts: [Int: [Value]] = [:]
        var failure: StorageError?
    }

    /// The present thread works too, and waits only for parts that others work on already: calls may be nested.
    /// - Returns: one result for each element, in their order.
    /// - Throws: one of the errors, after all has ended.
    static func map<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) throws(StorageError) -> Value
    ) throws(StorageError) -> [Value] {
        let size = 64
        let count = (elements.count + size - 1) / size
        let share = Owned(Share<Value>())
        let isDone = DispatchSemaphore(value: 0)
        let work: @Sendable () -> Void = {
            while let part = share.state.withLock({ begin(&$0, of: count) }) {
                do throws(StorageError) {
                    var values: [Value] = []
                    for element in elements[part * size..<min((part + 1) * size, elements.count)] {
                        values.append(try body(element))
                    }
                    share.state.withLock { $0.parts[part] = values }
                } catch {
                    share.state.withLock { $0.failure = error }
                }
                let isLast = share.state.withLock { share in
                    share.working -= 1
                    return share.working == 0 && (share.next == count || share.failure != nil)
                }
                if isLast { isDone.signal() }
            }
        }
        guard count > 0 else { return [] }
        for _ in 0..<min(count - 1, 12) { helpers.submit { state in if state == .active { work() } } }
        work()
        isDone.wait()
        let ended = share.state.withLock { $0 }
        if let error = ended.failure { throw error }
        return (0..<count).flatMap { ended.parts[$0] ?? [] }
    }

    private static func begin<Value>(_ share: inout Share<Value>, of count: Int) -> Int? {
        guard share.failure == nil, share.next < count else { return nil }
        defer { share.next += 1 }
        share.working += 1
        return share.next
    }

    /// A state that several threads change.
    private final class Owned<State: Sendable>: Sendable {
        let state: Mutex<State>

        init(_ state: State) { self.state = Mutex(state) }
    }

    /// Does the first step for one part while the second is done for the part before it, in their order.
    static func ahead<Part: Sendable, Ready: Sendable>(
        _ parts: [Part], prepare: @escaping @Sendable (Part) throws(StorageError) -> Ready,
        commit: (Ready) throws(StorageError) -> Void
    ) throws(StorageError) {
        func begin(_ part: Part) -> (DispatchGroup, Outcome<Ready>) {
            let group = DispatchGroup()
            let outcome = Outcome<Ready>()
            DispatchQueue.global().async(group: group) {
                do throws(StorageError) { outcome.set(.success(try prepare(part))) } catch {
                    outcome.set(.failure(error))
                }
            }
            return (group, outcome)
        }
        var pending = parts.first.map(begin)
        for index in parts.indices {
            guard let (group, outcome) = pending else { return }
            group.wait()
            pending = index + 1 < parts.count ? begin(parts[index + 1]) : nil
            guard let ready = try outcome.get() else { return }
            do throws(StorageError) {
                try commit(ready)
            } catch {
                pending?.0.wait()
                throw error
            }
        }
    }

    /// What another thread gives.
    private final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, StorageError>?>(nil)

        func set(_ new: Result<Value, StorageError>) { result.withLock { $0 = new } }

        func get() throws(StorageError) -> Value? { try result.withLock { $0 }?.get() }
    }
}
