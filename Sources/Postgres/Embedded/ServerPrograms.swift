internal import Glibc

/// Where `initdb` and `postgres` are.
struct ServerPrograms: Sendable {
    let initdb: String
    let postgres: String

    /// Debian keeps one folder per version outside PATH: the highest, or the one that made the data.
    /// - Throws: `ClusterError.programsMissing`.
    init(version: String?, debian: String = "/usr/lib/postgresql", path: String = Self.path) throws(ClusterError) {
        let installed = ClusterDirectory.names(in: debian).compactMap(Int.init).sorted(by: >).map {
            "\(debian)/\($0)/bin"
        }
        let wanted = version.map { ["\(debian)/\($0)/bin"] } ?? installed
        let candidates = wanted + path.split(separator: ":").map(String.init)
        guard let folder = candidates.first(where: { access("\($0)/initdb", X_OK) == 0 }) else {
            throw .programsMissing(version: version)
        }
        initdb = "\(folder)/initdb"
        postgres = "\(folder)/postgres"
    }

    /// The PATH of this process.
    static var path: String { getenv("PATH").map { String(cString: $0) } ?? "" }
}
