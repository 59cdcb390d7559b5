import JOSE

/// What the page about a device needs.
public struct DevicePrompt: Sendable {
    /// What the user typed, to be compared with the device's screen (RFC 8628 §3.3.1).
    public var userCode: UserCode
    /// Who asks.
    public var client: Client
    /// Who would allow it.
    public var user: User
    /// What is asked for, one choice a scope.
    public var choices: [ConsentPrompt.Choice]
}

/// What becomes of a user code that somebody typed.
public enum DeviceStep: Sendable {
    /// The user is asked.
    case ask(DevicePrompt)
    /// No device waits for this user with this code: it is wrong, another user's, decided on, or too old.
    case noSuchCode
    /// Too many wrong codes.
    case throttled(seconds: Int)
    /// The user may not use this client.
    case refused(OAuthError, Client)
    /// It is decided.
    case decided(allowed: Bool, Client)
}

/// The user's side of the device flow (RFC 8628 §3.3). Always asked, also of clients that spare the user the consent page:
/// only the question keeps a code that somebody else sent from being enough (§5.4).
extension OpenIDProvider {
    /// Finds the device of a code.
    public func device(
        _ code: UserCode, for login: (session: Session, user: User), trail: Trail
    ) async throws(OAuthError) -> DeviceStep {
        switch try await waiting(code, login, trail) {
        case .found(let found):
            let consented = try await stores.consents.consent(of: login.user.id, to: found.client.id)?.scopes
            return .ask(
                DevicePrompt(
                    userCode: code, client: found.client, user: login.user,
                    choices: choices(of: found.device.authorization.scopes, granted: consented ?? ScopeList())))
        case .other(let step): return step
        }
    }

    /// Takes the user's decision.
    ///
    /// - Parameters:
    ///   - allowed: the scopes that the user left ticked; nil when the device is denied.
    ///   - version: which words the form had (``ConsentWording/version``), if it said.
    public func decideDevice(
        _ code: UserCode, allowed: ScopeList?, wording version: String? = nil,
        by login: (session: Session, user: User), trail: Trail
    ) async throws(OAuthError) -> DeviceStep {
        let found: WaitingDevice
        switch try await waiting(code, login, trail) {
        case .found(let device): found = device
        case .other(let step): return step
        }
        let (user, asked) = (login.user, found.device.authorization.scopes)
        let granted = allowed.map { asked.intersection($0.union(ConsentPrompt.required)) }
        // Who unticked everything has denied it.
        guard let granted, !granted.isEmpty || asked.isEmpty else {
            let isFirst = try await stores.devices.decide(found.device, grant: nil, Record(trail.acting(as: user.id)))
            return isFirst ? .decided(allowed: false, found.client) : .noSuchCode
        }
        let words = wording(of: asked, said: version)
        if case .outdated = words { return try await device(code, for: login, trail: trail) }
        if !granted.isEmpty {
            let consent = Consent(
                id: newConsentID(), userID: user.id, clientID: found.client.id, scopes: granted, grantedAt: trail.now)
            let record = Record(
                trail.acting(as: user.id), events: [.consentGranted(user.id, found.client.id, granted)])
            _ = try await stores.consents.grant(consent, in: words.known, record)
        }
        var grant = newGrant(found, granted, login, at: trail.now)
        grant.consented = granted
        let isFirst = try await stores.devices.decide(found.device, grant: grant, Record(trail.acting(as: user.id)))
        return isFirst ? .decided(allowed: true, found.client) : .noSuchCode
    }

    private struct WaitingDevice {
        let device: UndecidedDevice
        let client: Client
    }

    private enum Search {
        case found(WaitingDevice)
        case other(DeviceStep)
    }

    /// Looks for the device under the throttle. A right code does not make up for wrong ones: who has a device of their
    /// own could otherwise guess for ever.
    private func waiting(
        _ code: UserCode, _ login: (session: Session, user: User), _ trail: Trail
    ) async throws(OAuthError) -> Search {
        let user = login.user
        let (account, address) = (user.id.text, trail.network)
        let admission = try await codeThrottle.admit(account: account, address: address, at: surroundings.now)
        if case .wait(let seconds) = admission { return .other(.throttled(seconds: seconds)) }
        let device: UndecidedDevice?
        let registered: RegisteredClient?
        do {
            device = try await stores.devices.claim(
                userCodeHash: master.hash(of: code), by: user.id, at: trail.now)
            registered =
                if let device { try await stores.clients.client(device.authorization.clientID, at: trail.now) } else {
                    nil
                }
        } catch {
            codeThrottle.withdraw(account: account, address: address)
            throw error
        }
        guard let device, let client = registered?.client, client.grantTypes.contains(.deviceCode) else {
            codeThrottle.confirm(account: account, address: address, at: surroundings.now())
            return .other(.noSuchCode)
        }
        codeThrottle.withdraw(account: account, address: address)
        if let refusal = NextStep.refusal(of: client, scopes: device.authorization.scopes, to: user) {
            return .other(.refused(refusal, client))
        }
        if let age = client.lifetimes.session, login.session.authTime + age <= trail.now {
            let tooOld = OAuthError(.loginRequired, "The login is too old for this client. Log in again.")
            return .other(.refused(tooOld, client))
        }
        return .found(WaitingDevice(device: device, client: client))
    }

    private func newGrant(
        _ found: WaitingDevice, _ granted: ScopeList, _ login: (session: Session, user: User), at now: Instant
    ) -> Grant {
        let (session, user) = login
        let (client, authorization) = (found.client, found.device.authorization)
        let offline = granted.contains("offline_access")
        var expiresAt = end(ofRefreshing: client, granted, session, now: now)
        if !client.grantTypes.contains(.refreshToken) {
            // Its one access token is all there is, fetched at the last moment at the latest.
            let lifetime = lifetime(of: .accessToken, client: client, user: user, scopes: granted, by: .deviceCode)
            expiresAt = authorization.expiresAt + lifetime
        }
        return Grant(
            id: GrantID(
                until: expiresAt, in: session, at: now, random: Base64URL.encode(surroundings.random(16))),
            clientID: client.id, userID: session.userID, sessionID: session.id, scopes: granted,
            resources: authorization.resources, offline: offline, authTime: session.authTime, amr: session.amr,
            acr: session.acr, nonce: nil, claimsRequest: nil, createdAt: now, expiresAt: expiresAt)
    }
}
