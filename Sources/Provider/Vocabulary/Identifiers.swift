import JOSE

/// A name for one thing of one kind. The kinds are types, so that a client's id cannot stand where a user's is due.
public protocol Identifier: Sendable, Hashable, CustomStringConvertible {
    /// The id as it travels: URL-safe ASCII.
    var text: String { get }
}

extension Identifier {
    /// The id as it travels.
    public var description: String { text }
}

/// `client_id` (RFC 6749 §2.2).
public struct ClientID: Identifier {
    /// The id as it travels.
    public let text: String
    /// The client with this id, which may not exist.
    public init(_ text: String) { self.text = text }
}

/// A user's `sub`, never reassigned (OpenID Connect Core §2).
public struct UserID: Identifier {
    /// The id as it travels.
    public let text: String
    /// The user with this id, who may not exist.
    public init(_ text: String) { self.text = text }
}

/// `jti` of an access token (RFC 7519 §4.1.7).
public struct TokenID: Identifier {
    /// The id as it travels.
    public let text: String
    /// The token with this id, which may not exist.
    public init(_ text: String) { self.text = text }
}

/// One of a client's secrets.
public struct SecretID: Identifier {
    /// The id as it travels.
    public let text: String
    /// The secret with this id, which may not exist.
    public init(_ text: String) { self.text = text }
}

/// An id that carries the time bucket of the row it names, so that the row is found in one partition:
/// `<bucket>-<random>`.
public protocol BucketedIdentifier: Identifier {
    /// Where the row lives.
    var bucket: Bucket { get }
    /// The random part.
    var random: String { get }
    /// The id of these parts.
    init(bucket: Bucket, random: String)
}

extension BucketedIdentifier {
    /// `<bucket>-<random>`.
    public var text: String { "\(bucket.value)-\(random)" }

    /// The id that was written as `text`; nil when it cannot be one.
    public init?(parsing text: String) {
        guard let dash = text.utf8.firstIndex(of: UInt8(ascii: "-")), let bucket = Bucket(text: text[..<dash]) else {
            return nil
        }
        let random = text[text.index(after: dash)...]
        guard !random.isEmpty, random.utf8.count <= 64 else { return nil }
        self.init(bucket: bucket, random: String(random))
    }
}

/// One authorization of a client, with every code and token that came of it: the token family.
public struct GrantID: BucketedIdentifier {
    /// Where the row lives.
    public let bucket: Bucket
    /// The random part.
    public let random: String
    /// The id of these parts.
    public init(bucket: Bucket, random: String) {
        self.bucket = bucket
        self.random = random
    }
}

/// A login session; also the `sid` claim (OpenID Connect Back-Channel Logout §2.1).
public struct SessionID: BucketedIdentifier {
    /// Where the row lives.
    public let bucket: Bucket
    /// The random part.
    public let random: String
    /// The id of these parts.
    public init(bucket: Bucket, random: String) {
        self.bucket = bucket
        self.random = random
    }
}

/// A refresh token in lists: where its row is and the hash it is stored by, from which nobody comes back to the token.
public struct RefreshTokenID: Identifier {
    /// Where the row lives.
    public let bucket: Bucket
    /// SHA-256 of the token.
    public let hash: [UInt8]

    /// `<bucket>-<hash in base64url>`.
    public var text: String { "\(bucket.value)-\(Base64URL.encode(hash))" }

    /// The id of this row.
    public init(bucket: Bucket, hash: [UInt8]) {
        self.bucket = bucket
        self.hash = hash
    }

    /// The id that was written as `text`; nil when it cannot be one.
    public init?(parsing text: String) {
        guard let dash = text.utf8.firstIndex(of: UInt8(ascii: "-")), let bucket = Bucket(text: text[..<dash]),
            let hash = Base64URL.decode(String(text[text.index(after: dash)...])), hash.count == 32
        else { return nil }
        self.init(bucket: bucket, hash: hash)
    }
}
