internal import Crypto

/// What the authenticator says of itself, of the user and of a new credential (Level 2 §6.1).
struct AuthenticatorData: Sendable, Equatable {
    /// The bits of the flags' byte. Bits of the future are passed over.
    struct Flags: OptionSet {
        let rawValue: UInt8

        /// UP: somebody was there.
        static let userPresent = Flags(rawValue: 1 << 0)
        /// UV: and it was the user.
        static let userVerified = Flags(rawValue: 1 << 2)
        /// BE: the credential can be on more than one device (Level 3 §6.1.3).
        static let backupEligible = Flags(rawValue: 1 << 3)
        /// BS: it is.
        static let backedUp = Flags(rawValue: 1 << 4)
        /// AT: a new credential follows.
        static let hasCredential = Flags(rawValue: 1 << 6)
        /// ED: extension data follow.
        static let hasExtensions = Flags(rawValue: 1 << 7)
    }

    /// A new credential (§6.5.1).
    struct Credential: Sendable, Equatable {
        let aaguid: [UInt8]
        let id: [UInt8]
        let coseKey: [UInt8]
    }

    /// More than any authenticator writes: an id and a modulus of the longest leave room for extensions.
    static let limit = 8192

    let relyingPartyHash: [UInt8]
    let flags: Flags
    let signCount: UInt32
    let credential: Credential?

    /// Reads authenticator data that are nothing else. Extension data have to be well-formed; nothing was asked for
    /// that could stand in them.
    init(parsing bytes: [UInt8]) throws(WebAuthnError) {
        guard bytes.count <= Self.limit else { throw .tooLong("authenticatorData") }
        var rest = bytes[...]
        relyingPartyHash = Array(try Self.take(SHA256.byteCount, from: &rest))
        flags = Flags(rawValue: UInt8(try Self.takeNumber(1, from: &rest)))
        signCount = UInt32(try Self.takeNumber(4, from: &rest))
        credential = flags.contains(.hasCredential) ? try Self.takeCredential(from: &rest, of: bytes) : nil
        if flags.contains(.hasExtensions) { try Self.skipExtensions(in: &rest, of: bytes) }
        guard rest.isEmpty else { throw .trailingAuthenticatorData }
    }

    /// §7.1 steps 13 to 15, §7.2 steps 15 to 17; and Level 3's rule that what cannot be backed up is not.
    func check(_ relyingParty: RelyingParty, _ verification: UserVerification) throws(WebAuthnError) {
        guard relyingPartyHash == SHA256.hash(relyingParty.id) else { throw .wrongRelyingParty }
        guard flags.contains(.userPresent) else { throw .userNotPresent }
        guard flags.contains(.userVerified) || verification != .required else { throw .userNotVerified }
        guard flags.contains(.backupEligible) || !flags.contains(.backedUp) else { throw .backedUpWithoutEligibility }
    }

    private static func takeCredential(
        from rest: inout ArraySlice<UInt8>, of bytes: [UInt8]
    ) throws(WebAuthnError) -> Credential {
        let aaguid = try take(16, from: &rest)
        let idLength = try takeNumber(2, from: &rest)
        guard CredentialID.lengths.contains(idLength) else { throw .credentialIDLength }
        let id = try take(idLength, from: &rest)
        var reader = CBORReader(bytes, from: rest.startIndex)
        do {
            _ = try reader.readItem()
        } catch {
            throw .credentialKey(error)
        }
        let key = try take(reader.position - rest.startIndex, from: &rest)
        return Credential(aaguid: Array(aaguid), id: Array(id), coseKey: Array(key))
    }

    private static func skipExtensions(in rest: inout ArraySlice<UInt8>, of bytes: [UInt8]) throws(WebAuthnError) {
        var reader = CBORReader(bytes, from: rest.startIndex)
        let item: CBOR
        do {
            item = try reader.readItem()
        } catch {
            throw .extensionData(error)
        }
        guard let map = item.map, map.entries.allSatisfy({ $0.key.text != nil }) else { throw .extensionDataNotMap }
        rest = rest[reader.position...]
    }

    private static func take(
        _ count: Int, from rest: inout ArraySlice<UInt8>
    ) throws(WebAuthnError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .truncatedAuthenticatorData }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A number of up to four bytes, big-endian.
    private static func takeNumber(_ count: Int, from rest: inout ArraySlice<UInt8>) throws(WebAuthnError) -> Int {
        try take(count, from: &rest).reduce(0) { $0 << 8 | Int($1) }
    }
}

/// The rule for credential ids: at least 16 bytes (Level 2 §4), at most 1023 (Level 3 §7.1).
enum CredentialID {
    static let lengths = 16...1023
}
