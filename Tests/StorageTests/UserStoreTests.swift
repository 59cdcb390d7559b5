import JOSE
import Provider
import Testing

@Suite("UserStore")
struct UserStoreTests {
    @Test("a user is read as created, by id and by folded name")
    func creation() async throws {
        try await withStores { world in
            var user = world.user()
            user.passwordHash = "$scrypt$…"
            user.email = "Ä@example.org"
            user.emailVerified = true
            user.tenantID = "tenant"
            user.roles = ["a", "b \"c\"", ""]
            user.claims = ["name": "Ada", "address": ["country": "DE"], "updated_at": 1]
            user.updatedAt = world.now + 7
            let record = world.record()
            try await world.stores.users.create(user, record)
            user.ownerEmail = user.email
            #expect(try await world.stores.users.user(user.id) == user)
            #expect(try await world.stores.users.user(named: user.nameKeys.folded) == user)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.stores.users.user(UserID("nobody")) == nil)
            #expect(try await world.stores.users.user(named: "nobody") == nil)
        }
    }

    @Test("the same folded name or skeleton is a conflict, and nothing is recorded", arguments: [true, false])
    func taken(byFolded: Bool) async throws {
        try await withStores { world in
            let first = try await world.created()
            var second = world.user()
            if byFolded {
                second.nameKeys.folded = first.nameKeys.folded
            } else {
                second.nameKeys.skeleton = first.nameKeys.skeleton
            }
            let record = world.record()
            let error = await refusal { [second] () throws(OAuthError) in
                try await world.stores.users.create(second, record)
            }
            #expect(error?.code == .conflict)
            #expect(try await world.written(record) == [0, 0])
        }
    }

    @Test("of 32 people who ask for one name at once one gets it")
    func nameRace() async throws {
        try await withStores { world in
            let name = world.name("u")
            let codes = try await atOnce(32) { _ in
                var user = world.user()
                user.nameKeys.folded = name
                return await refusal { [user] () throws(OAuthError) in
                    try await world.stores.users.create(user, world.record())
                }?.code
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .conflict }.count == 31)
        }
    }

    @Test("re-hashing never undoes a change of password")
    func rehash() async throws {
        try await withStores { world in
            var user = world.user()
            user.passwordHash = "old"
            try await world.stores.users.create(user, world.record())
            try await world.stores.users.rehash(user.id, from: "old", to: "new")
            #expect(try await world.stores.users.user(user.id)?.passwordHash == "new")
            try await world.stores.users.rehash(user.id, from: "old", to: "late")
            #expect(try await world.stores.users.user(user.id)?.passwordHash == "new")
        }
    }

    @Test("users are found by how their name or address begins; what LIKE would take for a pattern is none")
    func search() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            var users: [User] = []
            for (age, (name, email)) in [
                ("anna", nil), ("annabel", "Zoe@example.org"), ("bert", "ANNA@example.org"), ("a%", nil), ("an_", nil),
            ].enumerated() {
                var user = world.user()
                user.nameKeys = User.NameKeys(folded: name, skeleton: name)
                user.createdAt = world.now + age
                user.updatedAt = user.createdAt
                user.email = email
                users.append(user)
                try await world.stores.users.create(user, world.record())
            }
            func found(_ beginning: String) async throws -> [String] {
                try await world.stores.users.users(UserFilter(beginning: beginning), PageRequest()).items
                    .map(\.nameKeys.folded)
            }
            #expect(try await found("ann") == ["anna", "annabel", "bert"])
            #expect(try await found("annab") == ["annabel"])
            #expect(try await found("zoe@") == ["annabel"])
            #expect(try await found("a%") == ["a%"])
            #expect(try await found("an_") == ["an_"])
            #expect(try await found("x").isEmpty)
            let same = try await world.stores.users.users(withEmail: "anna@EXAMPLE.org", limit: 5)
            #expect(same == [users[2]])
        }
    }

    @Test("users are listed by age, each filter matching exactly, an address in whatever letter case")
    func list() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            var users: [User] = []
            for age in 0..<5 {
                var user = world.user()
                user.createdAt = world.now + age
                user.updatedAt = user.createdAt
                user.email = age < 3 ? "shared@example.org" : "SHARED@example.org"
                users.append(user)
                try await world.stores.users.create(user, world.record())
            }
            let store = world.stores.users
            let first = try await store.users(UserFilter(), PageRequest(limit: 3))
            #expect(first.items == Array(users[..<3]))
            let second = try await store.users(UserFilter(), PageRequest(limit: 3, cursor: first.nextCursor))
            #expect(second.items == Array(users[3...]))
            #expect(second.nextCursor == nil)
            let shared = try await store.users(UserFilter(email: "shared@example.org"), PageRequest())
            #expect(shared.items == users)
            #expect(try await store.users(UserFilter(email: "hared@example.org"), PageRequest()).items.isEmpty)
            let one = try await store.users(
                UserFilter(username: users[1].nameKeys.folded, email: "shared@example.org"), PageRequest())
            #expect(one.items == [users[1]])
            let error = await refusal { () throws(OAuthError) in
                try await store.users(UserFilter(), PageRequest(cursor: "%"))
            }
            #expect(error?.parameter == "cursor")
        }
    }

    @Test("administrators of the server who can be mailed are listed by age")
    func administrators() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            var users: [User] = []
            for (age, (roles, tenant, email)) in [
                (["admin"], nil, "a@example.org"), (["viewer", "admin"], nil, "b@example.org"),
                (["admin"], nil, nil), (["admin"], "t", "c@example.org"), (["administrator"], nil, "d@example.org"),
                ([], nil, "e@example.org"),
            ].enumerated() as EnumeratedSequence<[([String], String?, String?)]> {
                var user = world.user()
                (user.roles, user.tenantID, user.email) = (roles, tenant, email)
                (user.createdAt, user.updatedAt) = (world.now + age, world.now + age)
                users.append(user)
                try await world.stores.users.create(user, world.record())
            }
            #expect(try await world.stores.users.administrators(limit: 5) == Array(users[..<2]))
            #expect(try await world.stores.users.administrators(limit: 1) == [users[0]])
        }
    }
}
