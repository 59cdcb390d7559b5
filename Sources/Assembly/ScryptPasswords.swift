internal import Crypto
internal import EventLoop
internal import Glibc
public import Provider

/// Password hashing by scrypt, on a few polite threads and within a budget of memory.
public struct ScryptPasswords: PasswordHashing {
    private let lane: Lane
    private let parameters: Scrypt.Parameters
    /// What is hashed against when there is no such user: as dear as a real one, and never right.
    private let nobody: PasswordHash?

    /// - Parameters:
    ///   - mebibytes: that hashing may take at once.
    ///   - logN: the cost of new hashes, 14 to 20; cheaper ones are made anew when their user logs in.
    public init(mebibytes: Int = 512, logN: Int = 17) {
        guard let parameters = Scrypt.Parameters(logN: logN) else {
            preconditionFailure("a password cost that no setting can have")
        }
        // One core is left for the loops, where there are several.
        let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1)
        lane = Lane(name: "scrypt", threads: threads, niceness: 10, capacity: mebibytes)
        self.parameters = parameters
        let cost = "ln=\(parameters.logN),r=\(parameters.blockSize),p=\(parameters.parallelization)"
        let salt = String(repeating: "A", count: 22)
        let key = String(repeating: "A", count: 43)
        nobody = PasswordHash(encoded: "$scrypt$\(cost)$\(salt)$\(key)")
    }

    /// How many passwords wait for their turn.
    public var waitingCount: Int { lane.waitingCount }

    /// The encoded hash of a password.
    public func hash(_ password: String) async throws(OAuthError) -> String {
        try await run(parameters) { try Scrypt.hash(Array(password.utf8), parameters: parameters).encoded }
    }

    /// Whether the password is the one.
    public func verify(_ password: String, against encoded: String?) async throws(OAuthError) -> PasswordVerdict {
        let known = encoded.flatMap { PasswordHash(encoded: $0) }
        guard let stored = known ?? nobody else { return .wrong }
        let dearer = stored.parameters.memory > parameters.memory ? stored.parameters : parameters
        let matches = try await run(dearer) { [parameters] in
            try stored.matches(Array(password.utf8), inTheTimeOf: parameters)
        }
        guard matches, known != nil else { return .wrong }
        return .right(outdated: stored.needsRehash(for: parameters))
    }

    private func run<T: Sendable>(
        _ parameters: Scrypt.Parameters, _ body: @escaping @Sendable () throws -> T
    ) async throws(OAuthError) -> T {
        do {
            return try await lane.run(weight: parameters.memory >> 20, waitingAtMost: .seconds(10), body)
        } catch {
            throw OAuthError(
                .temporarilyUnavailable, "Too many passwords are being checked right now. Try again shortly.",
                detail: "password lane: \(error)", retryAfter: 5)
        }
    }
}
