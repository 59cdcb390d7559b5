/// The device code grant at the token endpoint (RFC 8628 §3.4, §3.5).
extension OpenIDProvider {
    func redeem(
        _ request: TokenRequest.DeviceCodeRequest, _ client: AuthenticatedClient, _ trail: Trail
    ) async throws(OAuthError) -> TokenResponse {
        guard let code = OpaqueToken(.deviceCode, presented: request.code) else { throw .unknownDeviceCode }
        let id = client.client.id
        switch try await stores.devices.poll(code, client: id, at: trail.now) {
        case .approved(let grantID):
            try await refuseEarly(request.resources, trail.now) { () async throws(OAuthError) in
                try await stores.tokens.grant(grantID, at: trail.now)
            }
            guard let (grant, user) = try await stores.devices.redeem(code, client: id, grant: grantID, at: trail.now)
            else {
                throw OAuthError(
                    .invalidGrant, "The device code was used before, or what it stood for has ended.",
                    parameter: "device_code")
            }
            let order = MintOrder(
                client: client.client, holder: .user(user, grant, nonce: nil),
                scopes: grant.scopesToday(of: client.client, for: user),
                resources: try narrowed(request.resources, of: grant), grantType: .deviceCode,
                refreshToken: client.client.grantTypes.contains(.refreshToken) ? .first : nil)
            return try await mint(order, trail)
        case .redeemed(let grant):
            // Only the device has the code, so somebody else has it, too: as with codes, nothing of it goes on.
            try await revokeReused(grant, id, nil, .deviceCode, trail)
            throw OAuthError(.invalidGrant, "The device code was used before.", parameter: "device_code")
        case .pending:
            throw OAuthError(.authorizationPending, "The user has not decided yet.", parameter: "device_code")
        case .tooSoon:
            throw OAuthError(
                .slowDown, "The device asks too often: 5 more seconds must lie between two requests from now on.",
                parameter: "device_code")
        case .denied:
            throw OAuthError(.accessDenied, "The user did not allow the request.", parameter: "device_code")
        case .expired:
            throw OAuthError(.expiredToken, "The device code has expired.", parameter: "device_code")
        case .unknown:
            throw .unknownDeviceCode
        }
    }
}

extension OAuthError {
    fileprivate static var unknownDeviceCode: OAuthError {
        OAuthError(.invalidGrant, "The device code is not valid for this client.", parameter: "device_code")
    }
}
