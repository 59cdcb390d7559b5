/// The migrations as the executable carries them. A new one is a file `NNNN_name.sql` here, a name in `migrations` of
/// Package.swift, and a line below. Files only ever move forward: one that has been released never changes.
public enum Migrations {
    /// Name and text of each migration, in the order in which they are applied.
    public static let all: [(name: String, text: [UInt8])] = []
}
