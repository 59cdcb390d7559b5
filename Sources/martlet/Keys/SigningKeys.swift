internal import Crypto
internal import EventLoop
internal import Provider

/// Puts signing keys into the store: those the operator brings, and the first ones.
struct SigningKeys {
    let store: any KeyStore
    let master: MasterKey
    let surroundings: Surroundings
    let lane: Lane

    /// Seconds between a key's publication and its first signature when there is another to sign meanwhile: longer than
    /// verifiers may keep the JWKS.
    static let publishedAhead = 600

    /// Makes a first key of each algorithm that has none. RS256 with 2048 bits is what every relying party knows.
    func ensureFirst(_ trail: Trail) async throws {
        let present = Set(try await store.keys().map(\.algorithm))
        for (algorithm, kind) in [(SigningAlgorithm.rs256, SigningKey.Kind.rsa2048), (.es256, .p256)]
        where !present.contains(algorithm) {
            let key = try await lane.run { try SigningKey.generate(kind) }
            let record = try master.record(of: key, createdAt: trail.now, activatesAt: trail.now)
            _ = try await store.addFirst(record, entry(record, "key.generate", trail))
        }
    }

    /// Makes a key.
    func generate(_ kind: SigningKey.Kind, activateIn seconds: Int?, _ trail: Trail) async throws -> SigningKeyRecord {
        let key = try await lane.run { try SigningKey.generate(kind) }
        return try await add(key, "key.generate", activateIn: seconds, trail)
    }

    /// Takes over a PEM key.
    /// - Throws: `Refusal` for a text that is no such key; `conflict` for a key that is known.
    func importPEM(_ text: String, named name: String, activateIn seconds: Int?, _ trail: Trail) async throws
        -> SigningKeyRecord
    {
        try await add(read(text, named: name), "key.import", activateIn: seconds, trail)
    }

    /// Takes over the PEM keys of the directory that are not known yet; those that were retired stay so.
    func importNew(from directory: KeyDirectory, _ trail: Trail) async throws {
        let known = Set(try await store.keys().map(\.kid))
        for (name, text) in try directory.pemFiles() {
            let record = try master.record(
                of: read(text, named: "\(directory.path)/\(name)"), createdAt: trail.now, activatesAt: trail.now)
            guard !known.contains(record.kid) else { continue }
            do {
                _ = try await importPEM(text, named: name, activateIn: nil, trail)
            } catch let error as OAuthError where error.code == .conflict {
                continue
            }
        }
    }

    private func read(_ pem: String, named name: String) throws -> SigningKey {
        do {
            return try SigningKey(pem: pem)
        } catch {
            throw Refusal("\(name) cannot be used as a signing key: \(error)")
        }
    }

    private func add(
        _ key: SigningKey, _ action: String, activateIn seconds: Int?, _ trail: Trail
    ) async throws -> SigningKeyRecord {
        var record = try master.record(of: key, createdAt: trail.now, activatesAt: trail.now)
        let hasOther = try await store.keys().contains { $0.algorithm == record.algorithm }
        let delay = seconds ?? (hasOther ? Self.publishedAhead : 0)
        record.activatesAt = trail.now + delay
        if delay > 0 { record.state = .published }
        try await store.add(record, entry(record, action, trail))
        return record
    }

    private func entry(_ record: SigningKeyRecord, _ action: String, _ trail: Trail) -> Record {
        Record(
            trail, events: [.keyRotated(kid: record.kid, algorithm: record.algorithm)],
            audit: AuditEntry(action: action, subject: "key:\(record.kid)"))
    }
}
