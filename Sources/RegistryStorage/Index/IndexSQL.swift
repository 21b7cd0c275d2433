import GRDB
import GRDBSQLite
import RegistryModel

/// What stands for a `?` of a statement.
enum IndexValue {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])
    /// Its value's bytes.
    case digest(Digest)

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ digest: Digest?) { self = digest.map { .digest($0) } ?? .null }
}

/// The present row of a statement; columns count from 0. Valid only within the call that gives it.
struct IndexRow {
    fileprivate let statement: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    /// 0 for NULL.
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }

    func text(_ column: Int32) -> String? { sqlite3_column_text(statement, column).map { String(cString: $0) } }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func digest(_ column: Int32) -> Digest? { Digest(bytes: bytes(column)) }
}

/// Statements without GRDB's boxing of arguments and rows, which costs more than SQLite itself where a rebuild puts in
/// hundreds of thousands of rows a second. Every statement is prepared once a connection.
extension Database {
    /// Runs a statement to its end.
    /// - Returns: how many rows it has changed.
    @discardableResult
    func run(_ sql: String, _ values: IndexValue...) throws -> Int {
        try each(sql, values) { _ in false }
        return Int(sqlite3_changes(sqliteConnection))
    }

    /// Gives row after row, until the body returns false.
    func each(_ sql: String, _ values: [IndexValue], _ body: (IndexRow) throws -> Bool) throws {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            let code = Self.bind(value, to: statement, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw failure(code, sql) }
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: guard try body(IndexRow(statement: statement)) else { return }
            case SQLITE_DONE: return
            case let code: throw failure(code, sql)
            }
        }
    }

    /// All rows, each as the body reads it; those for which it gives nil are left out.
    func all<Value>(_ sql: String, _ values: IndexValue..., read: (IndexRow) throws -> Value?) throws -> [Value] {
        var found: [Value] = []
        try each(sql, values) { row in
            if let value = try read(row) { found.append(value) }
            return true
        }
        return found
    }

    /// The first row.
    func first<Value>(_ sql: String, _ values: IndexValue..., read: (IndexRow) throws -> Value?) throws -> Value? {
        var found: Value?
        try each(sql, values) { row in
            found = try read(row)
            return false
        }
        return found
    }

    private func failure(_ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqliteConnection)), sql: sql
        )
    }

    private static func bind(_ value: IndexValue, to statement: OpaquePointer, at index: Int32) -> Int32 {
        // SQLite copies what it is given.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, Int64(number))
        case .text(let text): return sqlite3_bind_text(statement, index, text, -1, copied)
        case .blob(let bytes):
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
            }
        case .digest(let digest):
            return withUnsafeTemporaryAllocation(byteCount: digest.algorithm.byteCount, alignment: 1) { buffer in
                digest.write(into: buffer)
                return sqlite3_bind_blob(statement, index, buffer.baseAddress, Int32(buffer.count), copied)
            }
        }
    }
}
