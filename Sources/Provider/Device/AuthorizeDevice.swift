import JOSE

/// The device authorization endpoint (RFC 8628 §3.1).
extension OpenIDProvider {
    /// Gives a device its codes.
    public func authorizeDevice(
        _ credentials: PresentedCredentials, trail: Trail
    ) async throws(OAuthError) -> DeviceAuthorizationResponse {
        let client = try await authenticate(credentials, trail).client
        try limits.spend(.device, .client, client.id.text, at: trail.now)
        guard client.grantTypes.contains(.deviceCode) else {
            throw OAuthError(
                .unauthorizedClient, "This client is not registered for the grant type of devices.",
                parameter: "client_id")
        }
        let parameters = credentials.parameters
        let lifetimes = settings.lifetimes
        // Rows are looked for in two hours, the present one and the next.
        let patience = min(lifetimes.deviceCode, 3600)
        let authorization = DeviceAuthorization(
            clientID: client.id,
            scopes: try ScopeRules.requested(parameters["scope"], by: client, known: scopes.names),
            resources: try ResourceIndicators.requested(parameters.resources, by: client),
            createdAt: trail.now, expiresAt: trail.now + patience, pollInterval: lifetimes.devicePoll)
        // Two live codes alike are a matter of billions; whoever tries five times in vain has another problem.
        for _ in 1...5 {
            let userCode = UserCode(random: surroundings.random)
            let deviceCode = OpaqueToken(
                .deviceCode, bucket: .hour(of: authorization.expiresAt), secret: surroundings.random(32))
            let isFree = try await stores.devices.begin(
                authorization, as: deviceCode, userCodeHash: master.hash(of: userCode))
            guard isFree else { continue }
            return DeviceAuthorizationResponse(
                deviceCode: deviceCode, userCode: userCode, expiresIn: patience,
                interval: lifetimes.devicePoll)
        }
        throw .storeUnavailable("every user code that was tried is taken")
    }
}

extension DeviceAuthorizationResponse {
    /// The answer's JSON bytes (RFC 8628 §3.2).
    ///
    /// - Parameter page: the address of the page where users type their code.
    public func json(page: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { answer in
            answer.member("device_code", deviceCode.text)
            answer.member("user_code", userCode.display)
            answer.member("verification_uri", page)
            answer.member("verification_uri_complete", "\(page)?user_code=\(userCode.display)")
            answer.member("expires_in", Int64(expiresIn))
            answer.member("interval", Int64(interval))
        }
        return writer.bytes
    }
}
