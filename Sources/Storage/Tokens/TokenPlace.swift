internal import JOSE
internal import Postgres
internal import Provider

/// Where a list of tokens goes on: behind a token of a client, or of a grant, or behind all that it has.
struct TokenPlace {
    /// What the list goes through.
    enum Order: String { case byClient = "client", byGrant = "grant" }

    /// A token among those of its client or grant. Times are to the microsecond: what was not written by this server may
    /// be finer than a millisecond.
    struct Token {
        let id: IssuedToken.ID
        let expiresAt: PostgresTimestamp
        let issuedAt: PostgresTimestamp
    }

    /// The client or grant.
    let group: String
    let token: Token?

    init(group: String, token: Token?) {
        self.group = group
        self.token = token
    }

    /// A JSON array in base64url. Opaque to callers.
    func text(_ order: Order) -> String {
        var parts: [JSON] = [.string(order.rawValue), .string(group)]
        if let token {
            switch token.id {
            case .access(let id): parts += ["access", .string(id.text)]
            case .refresh(let id): parts += ["refresh", .string(id.text)]
            }
            parts += [.integer(token.expiresAt.microseconds), .integer(token.issuedAt.microseconds)]
        }
        return Base64URL.encode(JSON.array(parts).encoded())
    }

    /// - Throws: `invalid_request` naming `cursor` for text that no list of this order gave.
    init(_ text: String, _ order: Order) throws(OAuthError) {
        guard let bytes = Base64URL.decode(text), let parts = (try? JSON.parse(bytes))?.array, parts.count >= 2,
            parts[0].string == order.rawValue, let group = parts[1].string, !group.utf8.contains(0)
        else { throw .foreignCursor }
        self.group = group
        guard parts.count > 2 else {
            token = nil
            return
        }
        guard parts.count == 6, let name = parts[3].string, !name.utf8.contains(0),
            let expires = parts[4].integer, let issued = parts[5].integer,
            Self.times.contains(expires), Self.times.contains(issued)
        else { throw .foreignCursor }
        let id: IssuedToken.ID?
        switch parts[2].string {
        case "access": id = .access(TokenID(name))
        case "refresh": id = RefreshTokenID(parsing: name).map { .refresh($0) }
        default: id = nil
        }
        guard let id else { throw .foreignCursor }
        token = Token(
            id: id, expiresAt: PostgresTimestamp(microseconds: expires),
            issuedAt: PostgresTimestamp(microseconds: issued))
    }

    /// The years 1 to 9999 in microseconds.
    private static let times: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
}
