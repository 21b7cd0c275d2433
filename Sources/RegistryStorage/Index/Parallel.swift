import Dispatch
import Synchronization

/// Work that is the same for many, on all processors. Blocks: only for the storage's threads.
enum Parallel {
    /// - Returns: one result for each element, in their order.
    /// - Throws: one of the errors, after all has ended.
    static func map<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ body: @Sendable (Element) throws(StorageError) -> Value
    ) throws(StorageError) -> [Value] {
        let size = 64
        let parts = Mutex<[Int: [Value]]>([:])
        let failure = Mutex<StorageError?>(nil)
        DispatchQueue.concurrentPerform(iterations: (elements.count + size - 1) / size) { part in
            guard failure.withLock({ $0 == nil }) else { return }
            do throws(StorageError) {
                var values: [Value] = []
                for element in elements[part * size..<min((part + 1) * size, elements.count)] {
                    values.append(try body(element))
                }
                parts.withLock { $0[part] = values }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return parts.withLock { parts in parts.keys.sorted().flatMap { parts[$0] ?? [] } }
    }
}
