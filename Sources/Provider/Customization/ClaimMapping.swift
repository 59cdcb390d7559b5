public import JOSE

/// Where claims can be told.
public enum ClaimTarget: String, Sendable, CaseIterable {
    /// In ID tokens.
    case idToken = "id"
    /// In access tokens.
    case accessToken = "access"
    /// At the UserInfo endpoint.
    case userInfo = "userinfo"
}

/// One line of a client's `claimMappings`: what is known of the user is told under a name that the client understands.
///
/// It renames and routes, and tells nothing that the user was not asked for: an attribute is told only where the scope
/// that it belongs to was granted.
public struct ClaimMapping: Sendable, Equatable {
    /// What is told.
    public let source: UserAttribute
    /// The name it is told under.
    public let claim: String
    /// Where it is told.
    public let targets: Set<ClaimTarget>

    /// Most mappings of one client.
    static let limit = 50
    /// Most characters of a claim's name.
    static let longestName = 200

    /// Tells `source` under the name `claim`.
    ///
    /// - Returns: nil where ``problem(with:from:)`` finds one, or without targets.
    public init?(_ source: UserAttribute, as claim: String, in targets: Set<ClaimTarget>) {
        guard !targets.isEmpty, Self.problem(with: claim, from: source) == nil else { return nil }
        self.source = source
        self.claim = claim
        self.targets = targets
    }

    /// Why a mapping cannot set a claim of this name: the rest of a sentence that begins with the member's name; nil when
    /// it can. What is reserved is named, since it is one of a known few.
    static func problem(with claim: String, from source: UserAttribute) -> String? {
        guard (1...longestName).contains(claim.utf8.count), claim.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "has a claim that is not 1 to \(longestName) printable ASCII characters without spaces"
        }
        // Relying parties and services decide by these, so they are told from what they say or not at all.
        if ReservedClaims.authorities.contains(claim) || ReservedClaims.verified.contains(claim) {
            return source.claim == claim
                ? nil : "has the claim \(claim) from another source than the attribute that says so"
        }
        guard !ReservedClaims.names.contains(claim) else {
            return "has the claim \(claim), which only the server itself sets"
        }
        return nil
    }
}

extension ClaimMapping {
    /// `{"source", "claim", "targets"}`, as the management API shows it and the store keeps it.
    public var json: JSON {
        [
            "source": .string(source.name), "claim": .string(claim),
            "targets": .strings(ClaimTarget.allCases.filter(targets.contains).map(\.rawValue)),
        ]
    }

    /// A mapping as it was stored; nil for one that this version does not know or does not allow any more: it is then told
    /// in no token.
    public init?(stored json: JSON) {
        guard let source = json["source"]?.string.flatMap({ UserAttribute($0) }), let claim = json["claim"]?.string
        else { return nil }
        let targets = (json["targets"]?.strings ?? []).compactMap(ClaimTarget.init)
        self.init(source, as: claim, in: Set(targets))
    }

    /// The member `claimMappings` of a client.
    ///
    /// - Throws: `invalid_client_metadata` with the place of the mapping that cannot be.
    static func list(_ json: JSON) throws(OAuthError) -> [ClaimMapping] {
        func refusal(_ problem: String) -> OAuthError {
            .member("claimMappings", problem, code: .invalidClientMetadata)
        }
        guard let elements = json.array else { throw refusal("must be an array of objects") }
        guard elements.count <= limit else { throw refusal("has more than \(limit) elements") }
        var mappings: [ClaimMapping] = []
        var told: [ClaimTarget: Set<String>] = [:]
        for (index, element) in elements.enumerated() {
            let mapping = try one(element) { refusal("[\(index)] \($0)") }
            for target in mapping.targets where !told[target, default: []].insert(mapping.claim).inserted {
                throw refusal("[\(index)] sets a claim that an earlier one sets in the same target")
            }
            mappings.append(mapping)
        }
        return mappings
    }

    private static func one(
        _ json: JSON, refusal: (String) -> OAuthError
    ) throws(OAuthError) -> ClaimMapping {
        guard let members = json.object else { throw refusal("must be an object") }
        guard members.names.allSatisfy(["source", "claim", "targets"].contains) else {
            throw refusal("has a member other than source, claim and targets")
        }
        guard let source = json["source"]?.string.flatMap({ UserAttribute($0) }) else {
            throw refusal("has a source that is no attribute of users")
        }
        guard let claim = json["claim"]?.string else { throw refusal("has no claim") }
        if let problem = problem(with: claim, from: source) { throw refusal(problem) }
        let names = json["targets"]?.strings ?? []
        let targets = Set(names.compactMap(ClaimTarget.init))
        guard !names.isEmpty, targets.count == names.count,
            let mapping = ClaimMapping(source, as: claim, in: targets)
        else { throw refusal("must have as targets some of id, access and userinfo, each once") }
        return mapping
    }
}
