internal import Migrations

/// One step of the schema, applied once.
public struct Migration: Sendable {
    /// The file's name without `.sql`: four digits, then what it is about. The order is the order of names.
    public let name: String
    /// The file: any number of statements, run as one transaction.
    public let text: [UInt8]

    /// A migration that is not among the embedded ones.
    public init(name: String, text: [UInt8]) {
        self.name = name
        self.text = text
    }

    /// What this executable carries from `sql/`.
    public static var embedded: [Migration] {
        Migrations.all.map { Migration(name: $0.name, text: $0.text) }
    }
}

/// Why the schema could not be brought up to date. The description is for the operator.
public enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file differs from what was applied under its name.
    case changed(name: String)
    /// A later migration has been applied already.
    case outOfOrder(name: String)
    /// PostgreSQL refused it; nothing of it remains.
    case failed(name: String, reason: String)
    /// The database, not a migration, was at fault.
    case database(DatabaseError)

    /// A sentence with the file's name.
    public var description: String {
        switch self {
        case .changed(let name):
            "sql/\(name).sql has changed since it was applied; restore the file and put the change into a new one"
        case .outOfOrder(let name):
            "sql/\(name).sql has not been applied, but later migrations have; give it a higher number"
        case .failed(let name, let reason): "sql/\(name).sql failed and was rolled back: \(reason)"
        case .database(let error): "the schema could not be read or changed: \(error)"
        }
    }
}

/// What a run of the migrator found and did.
public struct MigrationReport: Sendable, Equatable {
    /// Applied in this run, in order.
    public var applied: [String] = []
    /// Applied earlier.
    public var present: [String] = []
    /// Embedded, and not yet applied: after `Migrator.check` only.
    public var pending: [String] = []
    /// Applied by a newer version of the program. Migrations are additive, so an older program runs on them.
    public var newer: [String] = []
}
