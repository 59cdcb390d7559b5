import JOSE

extension Client {
    /// How a client is told that a session of its user has ended.
    public struct Logout: Sendable, Equatable {
        /// Where logout tokens are sent (OpenID Connect Back-Channel Logout §2.2).
        public var backChannelURI: String?
        /// Whether the client asks for a `sid` in logout tokens; all of them have one.
        public var backChannelSessionRequired = false
        /// What browsers load at a logout (OpenID Connect Front-Channel Logout §2).
        public var frontChannelURI: String?
        /// Whether the client asks for `iss` and `sid` there; they are always there.
        public var frontChannelSessionRequired = false
        /// A client that is not told.
        public init() {}
    }
}

extension Client.Logout {
    /// Takes over the members that a body names.
    mutating func apply(_ reader: inout MemberReader) throws(OAuthError) {
        if reader.has("backchannelLogoutUri") { backChannelURI = try reader.string("backchannelLogoutUri") }
        if reader.has("backchannelLogoutSessionRequired") {
            backChannelSessionRequired = try reader.bool("backchannelLogoutSessionRequired") ?? false
        }
        if reader.has("frontchannelLogoutUri") { frontChannelURI = try reader.string("frontchannelLogoutUri") }
        if reader.has("frontchannelLogoutSessionRequired") {
            frontChannelSessionRequired = try reader.bool("frontchannelLogoutSessionRequired") ?? false
        }
    }

    /// The members as answers show them.
    var members: [(name: String, value: JSON)] {
        [
            ("backchannelLogoutUri", .string(orNull: backChannelURI)),
            ("backchannelLogoutSessionRequired", .bool(backChannelSessionRequired)),
            ("frontchannelLogoutUri", .string(orNull: frontChannelURI)),
            ("frontchannelLogoutSessionRequired", .bool(frontChannelSessionRequired)),
        ]
    }

    /// - Throws: what the client's own addresses contradict.
    static func check(_ client: Client) throws(OAuthError) {
        if let uri = client.logout.frontChannelURI, let problem = FrontChannelLogout.problem(with: uri, of: client) {
            throw .member("frontchannelLogoutUri", problem, code: .invalidClientMetadata)
        }
    }
}

extension OpenIDProvider {
    /// Refuses a back-channel address that no request would be sent to. One that stands already stays: the operator may
    /// have narrowed what is let out since.
    func checkEgress(of client: Client, replacing old: Client? = nil) throws(OAuthError) {
        guard let uri = client.logout.backChannelURI, uri != old?.logout.backChannelURI,
            let refusal = egress.refusal(of: uri)
        else { return }
        throw .member("backchannelLogoutUri", refusal, code: .invalidClientMetadata)
    }
}
