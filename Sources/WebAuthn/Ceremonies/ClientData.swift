internal import Crypto
internal import JOSE

/// What the browser says of a ceremony (Level 2 §5.8.1). `tokenBinding` is passed over: Level 3 has given it up, and no
/// browser sends it. So are members of the future, as §5.8.1 demands.
struct ClientData: Sendable, Equatable {
    /// The kinds of ceremony, by their names in `type`.
    enum Ceremony: String {
        case registration = "webauthn.create"
        case authentication = "webauthn.get"
    }

    /// More than any browser writes: the origins are the longest part of it.
    static let limit = 8192

    let type: String
    let challenge: String
    let origin: String
    /// Whether the page was embedded by another site. Level 3's `topOrigin` stands only where it was.
    let isCrossOrigin: Bool

    /// Reads client data; repeated members are refused.
    init(parsing bytes: [UInt8]) throws(WebAuthnError) {
        guard bytes.count <= Self.limit else { throw .tooLong("clientDataJSON") }
        let json: JSON
        do {
            json = try JSON.parse(Self.withoutMark(bytes), depthLimit: 8)
        } catch {
            throw .clientDataJSON(error)
        }
        let members = try ResponseMembers(json, path: "clientDataJSON")
        type = try members.text("type")
        challenge = try members.text("challenge")
        origin = try members.text("origin")
        isCrossOrigin = try members.flag("crossOrigin") || members.has("topOrigin")
    }

    /// A byte order mark is to be passed over (§7.1 step 5); the hash is of all bytes.
    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
    }

    /// §7.1 steps 7 to 9, §7.2 steps 11 to 13.
    func check(_ ceremony: Ceremony, challenge: [UInt8], origin: String) throws(WebAuthnError) {
        guard haveEqualBytes(type, ceremony.rawValue) else { throw .wrongType }
        guard constantTimeEquals(self.challenge, Base64URL.encode(challenge)) else { throw .wrongChallenge }
        guard haveEqualBytes(self.origin, origin) else { throw .wrongOrigin(self.origin) }
        guard !isCrossOrigin else { throw .crossOrigin }
    }
}
