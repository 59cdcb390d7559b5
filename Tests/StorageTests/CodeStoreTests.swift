import Postgres
import Provider
import Testing

@Suite("CodeStore: RFC 6749 §4.1")
struct CodeStoreTests {
    @Test("a code is redeemed for the grant and the user as they were written")
    func redemption() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            guard case .redeemed(let grant, let user) = try await world.redeem(issue) else {
                return #expect(Bool(false), "not redeemed")
            }
            #expect(grant == issue.grant)
            #expect(user == issue.login.user)
        }
    }

    @Test("a grant with its code is recorded in the same act, and stands on the consent of the moment")
    func issue() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let consent = Consent(
                id: world.name(), userID: login.user.id, clientID: login.client.id, scopes: ScopeList(["openid"]),
                grantedAt: world.now)
            _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            let issue = try await world.issued(login)
            let row = try await world.database.read(
                "SELECT consent_id FROM grants WHERE bucket = \(issue.grant.id.bucket.value) AND id = \(issue.grant.id.text)"
            ).exactlyOne()
            #expect(try row.value(0) == consent.id)
        }
    }

    @Test("RFC 6749 §4.1.2, CVE-2026-16089: a code is consumed only when all match, and a mismatch leaves it")
    func mismatch() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            func redeem(
                client: ClientID? = nil, uri: String? = nil, challenge: String? = "challenge"
            ) async throws -> CodeRedemption {
                try await world.stores.codes.redeem(
                    issue.token, client: client ?? issue.code.clientID, redirectURI: uri ?? issue.code.redirectURI,
                    challenge: challenge, at: world.now)
            }
            #expect(try await redeem(client: ClientID("another"), uri: "x", challenge: nil) == .mismatch(.client))
            #expect(try await redeem(uri: "https://rp.example/cb/", challenge: nil) == .mismatch(.redirectURI))
            #expect(try await redeem(challenge: "other") == .mismatch(.codeVerifier))
            #expect(try await redeem(challenge: nil) == .mismatch(.codeVerifier))
            guard case .redeemed = try await redeem() else { return #expect(Bool(false), "not redeemed") }
        }
    }

    @Test("RFC 7636 §4.6, kanidm #1097: a verifier for a code without a challenge is a mismatch")
    func verifierWithoutChallenge() async throws {
        try await withStores { world in
            let issue = try await world.issued(challenge: nil)
            let wrong = try await world.stores.codes.redeem(
                issue.token, client: issue.code.clientID, redirectURI: issue.code.redirectURI, challenge: "c",
                at: world.now)
            #expect(wrong == .mismatch(.codeVerifier))
            guard case .redeemed = try await world.redeem(issue) else {
                return #expect(Bool(false), "not redeemed")
            }
        }
    }

    @Test("CVE-2026-4282: a code that was never issued, or whose bucket is forged, is unknown")
    func unknown() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let forgeries = [
                OpaqueToken(.authorizationCode, bucket: issue.token.bucket, secret: world.bytes()),
                OpaqueToken(.authorizationCode, bucket: Bucket(1), secret: world.bytes()),
                OpaqueToken(.authorizationCode, bucket: Bucket(999_999_999), secret: world.bytes()),
            ]
            for forged in forgeries {
                let outcome = try await world.stores.codes.redeem(
                    forged, client: issue.code.clientID, redirectURI: issue.code.redirectURI, challenge: "challenge",
                    at: world.now)
                #expect(outcome == .unknown)
            }
        }
    }

    @Test("an expired code is not redeemed")
    func expired() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            #expect(try await world.redeem(issue, at: issue.code.expiresAt) == .expired)
            #expect(try await world.redeem(issue, at: issue.code.expiresAt + 3600) == .expired)
        }
    }

    @Test("RFC 6749 §4.1.2: a second redemption names the grant to revoke, also after the code's time")
    func replay() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            _ = try await world.redeem(issue)
            let replayed = CodeRedemption.alreadyRedeemed(issue.grant.id, issue.code.clientID)
            #expect(try await world.redeem(issue) == replayed)
            #expect(try await world.redeem(issue, at: issue.code.expiresAt + 600) == replayed)
        }
    }

    @Test("a replay by another client tells nothing of the grant")
    func replayByAnother() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            _ = try await world.redeem(issue)
            let outcome = try await world.stores.codes.redeem(
                issue.token, client: ClientID("another"), redirectURI: issue.code.redirectURI, challenge: "challenge",
                at: world.now)
            #expect(outcome == .mismatch(.client))
        }
    }

    @Test("of 32 redemptions at once exactly one is the winner, and each other one is told of the replay")
    func race() async throws {
        try await withStores { world in
            for _ in 0..<4 {
                let issue = try await world.issued()
                let outcomes = try await atOnce(32) { _ in try await world.redeem(issue) }
                let replayed = CodeRedemption.alreadyRedeemed(issue.grant.id, issue.code.clientID)
                #expect(outcomes.filter { $0 == .redeemed(issue.grant, issue.login.user) }.count == 1)
                #expect(outcomes.filter { $0 == replayed }.count == 31)
            }
        }
    }

    @Test("a code of a grant that was revoked is not redeemed")
    func revokedGrant() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            #expect(try await world.stores.tokens.revoke(issue.grant.id, world.record()))
            #expect(try await world.redeem(issue) == .expired)
        }
    }

    @Test("however redemptions and the grant's revocation meet, nothing that was minted is alive afterwards")
    func redeemRevokeRace() async throws {
        try await withStores { world in
            for _ in 0..<8 {
                let issue = try await world.issued()
                let minted = try await atOnce(8) { number in
                    if number == 3 {
                        _ = try await world.stores.tokens.revoke(issue.grant.id, world.record())
                        return World.Tokens?.none
                    }
                    guard case .redeemed = try await world.redeem(issue) else { return nil }
                    return try await world.minted(issue)
                }
                for tokens in minted.compactMap({ $0 }) {
                    #expect(try await world.state(tokens.access)?.isActive == false)
                    #expect(try await world.stores.tokens.refreshToken(tokens.token, at: world.now)?.isActive == false)
                }
            }
        }
    }

    @Test("200 codes issued at once are all there")
    func many() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let issues = try await atOnce(200) { _ in try await world.issued(login) }
            let outcomes = try await atOnce(200) { try await world.redeem(issues[$0]) }
            let redeemed = outcomes.compactMap { if case .redeemed(let grant, _) = $0 { grant.id } else { nil } }
            #expect(Set(redeemed) == Set(issues.map(\.grant.id)))
        }
    }
}

extension Grant {
    /// The same grant under another id.
    init(copying grant: Grant, id: GrantID) {
        self = grant
        self.id = id
    }
}
