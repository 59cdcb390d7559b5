public import JOSE

/// Scopes as operators manage them.
extension OpenIDProvider {
    /// Adds a scope.
    public func createScope(_ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        guard let name = try reader.string("name", limit: Scope.longestName) else {
            throw .member("name", "is missing")
        }
        guard !name.isEmpty, name.utf8.allSatisfy(ScopeList.isTokenByte) else {
            throw .member("name", "has a character that no scope may have (RFC 6749 section 3.3), or is empty")
        }
        let scope = Scope(name: name, descriptions: try reader.descriptions())
        try reader.refuseRest()
        guard try await stores.scopes.create(scope, administrator.record("scope.create", scope)) else {
            throw OAuthError(.conflict, "There is a scope of this name.", parameter: "name")
        }
        try await scopes.refresh(from: stores.scopes)
        return scope.json
    }

    /// Scopes by name.
    public func allScopes(_ page: PageRequest, for _: Administrator) async throws(OAuthError) -> JSON {
        try await stores.scopes.scopes(page).json(\.json)
    }

    /// One scope.
    public func scope(_ id: String, for _: Administrator) async throws(OAuthError) -> JSON {
        guard let name = Scope.name(of: id), let scope = try await stores.scopes.scope(name) else { throw .noScope }
        return scope.json
    }

    /// Replaces the descriptions of a scope. Its name stays: clients and tokens have it.
    public func replaceScope(
        _ id: String, _ body: JSON, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        guard let name = Scope.name(of: id) else { throw .noScope }
        var reader = try MemberReader(body)
        if let sent = try reader.string("name", limit: Scope.longestName), sent != name {
            throw .member("name", "cannot be changed; make another scope")
        }
        let scope = Scope(name: name, descriptions: try reader.descriptions())
        try reader.refuseRest()
        guard try await stores.scopes.replace(scope, administrator.record("scope.update", scope)) else {
            throw .noScope
        }
        try await scopes.refresh(from: stores.scopes)
        return scope.json
    }

    /// Removes a scope that nobody uses; by force also one that is used: clients may not have it any more, consents to it
    /// end as far as it goes, and every token that was granted it is dead.
    ///
    /// - Throws: `conflict` for a scope that this server itself has a meaning for, and, with the counts, for one in use.
    public func deleteScope(
        _ id: String, force: Bool, by administrator: Administrator
    ) async throws(OAuthError) {
        guard let name = Scope.name(of: id) else { throw .noScope }
        guard !Scope.builtIn.contains(name) else {
            throw OAuthError(.conflict, "The scope has a meaning for this server itself and cannot be removed.")
        }
        let scope = Scope(name: name, descriptions: [:])
        let outcome = try await stores.scopes.delete(name, force: force, administrator.record("scope.delete", scope))
        switch outcome {
        case .unknown: throw .noScope
        case .inUse(let clients, let consents):
            throw OAuthError(
                .conflict,
                "The scope is in use: \(clients) clients may have it, and \(consents) consents stand to it. With "
                    + "force=true it is taken from all of them, and their tokens with it are revoked.")
        case .deleted: try await scopes.refresh(from: stores.scopes)
        }
    }
}

extension Scope {
    /// Bytes of a name.
    fileprivate static let longestName = 200

    /// A scope as management answers show one.
    public var json: JSON {
        [
            "id": .string(id), "name": .string(name), "description": .string(orNull: descriptions["en"]),
            "descriptions": .object(
                JSONObject(descriptions.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "builtIn": .bool(Self.builtIn.contains(name)),
        ]
    }
}

extension Administrator {
    /// The line of the audit log about a scope; no event tells of scopes.
    fileprivate func record(_ action: String, _ scope: Scope) -> Record {
        Record(trail, audit: AuditEntry(action: action, subject: "scope:\(scope.name)"))
    }
}

extension MemberReader {
    /// `descriptions`, sentences by language tag (RFC 5646), of which the English one is due; `description` is another
    /// name for that alone.
    fileprivate mutating func descriptions() throws(OAuthError) -> [String: String] {
        let english = try string("description", limit: 500)
        guard let value = take("descriptions"), !value.isNull else {
            guard let english else { throw .member("descriptions", "is missing") }
            guard !english.isEmpty else { throw .member("description", "is empty") }
            return ["en": english]
        }
        guard english == nil else {
            throw .member("description", "and the member 'descriptions' mean the same; send one of them")
        }
        guard let members = value.object?.members, members.count <= 50 else {
            throw .member("descriptions", "must be an object of at most 50 texts by language tag")
        }
        var descriptions: [String: String] = [:]
        for member in members {
            guard Self.isLanguageTag(member.name) else {
                throw .member("descriptions", "has a name that is no language tag")
            }
            guard let text = member.value.string, !text.isEmpty, text.utf8.count <= 500,
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                throw .member("descriptions", "must have texts of 1 to 500 bytes without control characters")
            }
            guard !descriptions.keys.contains(where: { $0.lowercased() == member.name.lowercased() }) else {
                throw .member("descriptions", "names a language twice")
            }
            descriptions[member.name] = text
        }
        guard descriptions["en"] != nil else { throw .member("descriptions", "has no text for en") }
        return descriptions
    }

    /// The shape of RFC 5646's tags: letters, then subtags of letters and digits.
    private static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = parts.first, (2...8).contains(first.count), first.allSatisfy(ASCII.isLetter) else {
            return false
        }
        return text.utf8.count <= 35
            && parts.dropFirst().allSatisfy { part in
                (1...8).contains(part.count) && part.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) }
            }
    }
}

extension OAuthError {
    fileprivate static var noScope: OAuthError { OAuthError(.notFound, "There is no scope of this id.") }
}
