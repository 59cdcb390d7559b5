import Postgres
import Provider
import Testing

@Suite("Forged buckets: unknown, and nothing is prepared for them")
struct ForgedBucketTests {
    /// Days that no row can be in now, and hours that none is.
    private func forged(_ world: World, hours: Bool = false) -> [Bucket] {
        let today = hours ? Bucket.hour(of: world.now) : Bucket.day(of: world.now)
        let distances: [Int32] = [-1000, -400, -2, 29, 30, 31, 32, 450, 1000]
        let near = distances.map { Bucket(today.value + $0) }
        let far = [0, 1, 9, 999_999_999, 2_147_483_647].map { Bucket($0) }
        return (near + far).filter { hours || !$0.isInUse(asDayAt: world.now) }
    }

    /// What the link for reads has prepared.
    private func prepared(_ world: World) async throws -> Int {
        try await world.database.read("SELECT count(*) FROM pg_prepared_statements").exactlyOne().value(0)
    }

    @Test("a refresh token of a day that none can be in is unknown to every act")
    func refreshTokens() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let buckets = forged(world)
            #expect(buckets.count >= 12)
            for bucket in buckets {
                let token = OpaqueToken(.refreshToken, bucket: bucket, secret: world.bytes())
                #expect(try await world.stores.tokens.rotate(world.rotation(of: token, tokens.grant)) == .unknown)
                let touched = try await world.stores.tokens.touch(
                    token, client: tokens.grant.clientID, idleExpiresAt: world.now + 9, at: world.now)
                #expect(touched == .unknown)
                #expect(try await world.stores.tokens.refreshToken(token, at: world.now) == nil)
            }
            let own = world.rotation(of: tokens.token, tokens.grant)
            #expect(standingSeed(try await world.stores.tokens.rotate(own)) == own.seed)
        }
    }

    @Test("a real token under another day is unknown, be it a day that is in use")
    func otherDay() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            for distance: Int32 in [-1, 1, 5] {
                let bucket = Bucket(tokens.token.bucket.value + distance)
                let text = tokens.token.text.replacing(
                    "mlt_rt_\(tokens.token.bucket.value)", with: "mlt_rt_\(bucket.value)")
                let token = try #require(OpaqueToken(.refreshToken, presented: text))
                #expect(token.bucket == bucket)
                #expect(try await world.stores.tokens.rotate(world.rotation(of: token, tokens.grant)) == .unknown)
                #expect(try await world.stores.tokens.refreshToken(token, at: world.now) == nil)
            }
        }
    }

    @Test("forged codes, refresh tokens, access tokens and grants prepare one statement each, not one for each bucket")
    func statements() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            func forge(_ day: Bucket, _ hour: Bucket) async throws {
                let code = OpaqueToken(.authorizationCode, bucket: hour, secret: world.bytes())
                let redeemed = try await world.stores.codes.redeem(
                    code, client: tokens.grant.clientID, redirectURI: "x", challenge: nil, at: world.now)
                #expect(redeemed == .unknown)
                let refresh = OpaqueToken(.refreshToken, bucket: day, secret: world.bytes())
                _ = try await world.stores.tokens.rotate(world.rotation(of: refresh, tokens.grant))
                #expect(try await world.stores.tokens.refreshToken(refresh, at: world.now) == nil)
                // Those of the next 31 days are in use for access tokens, whose day nobody can forge: it is signed.
                let isNear = (0...31).contains(Int64(day.value) - Int64(Bucket.day(of: world.now).value))
                let access = try await world.stores.tokens.accessToken(
                    tokens.access.id, bucket: isNear ? Bucket(day.value + 31) : day, at: world.now)
                #expect(access == nil)
            }
            let (days, hours) = (forged(world), forged(world, hours: true))
            try await forge(days[0], hours[0])
            let before = try await prepared(world)
            for (day, hour) in zip(days, hours) { try await forge(day, hour) }
            #expect(try await prepared(world) == before)
        }
    }
}
