public import JOSE

extension Registration {
    /// What the page hands to `PublicKeyCredential.parseCreationOptionsFromJSON` (Level 3 §5.1.8): the members of
    /// `PublicKeyCredentialCreationOptions` (Level 2 §5.4), byte strings as base64url.
    ///
    /// - Parameters:
    ///   - user: whom the credential is for.
    ///   - residentKey: whether it has to be usable without a name.
    ///   - excluded: the credentials that the user has, whose authenticators are not to make another.
    ///   - timeout: how long the browser waits; a hint.
    public func options(
        for user: CredentialUser, residentKey: ResidentKey = .required, excluding excluded: [CredentialDescriptor] = [],
        timeout: Duration = .seconds(300)
    ) -> JSON {
        [
            "rp": ["id": .string(relyingParty.id), "name": .string(relyingParty.name)],
            "user": [
                "id": .string(Base64URL.encode(user.handle)), "name": .string(user.name),
                "displayName": .string(user.displayName),
            ],
            "challenge": .string(Base64URL.encode(challenge)),
            "pubKeyCredParams": .array(
                COSEAlgorithm.allCases.map { ["type": "public-key", "alg": .integer($0.rawValue)] }),
            "timeout": timeout.inMilliseconds,
            "excludeCredentials": .array(excluded.map(\.json)),
            "authenticatorSelection": [
                "residentKey": .string(residentKey.rawValue),
                "requireResidentKey": .bool(residentKey == .required),  // for browsers of Level 1 (§5.4.4)
                "userVerification": .string(userVerification.rawValue),
            ],
            "attestation": "none",
        ]
    }
}

extension Authentication {
    /// What the page hands to `PublicKeyCredential.parseRequestOptionsFromJSON` (Level 3 §5.1.9): the members of
    /// `PublicKeyCredentialRequestOptions` (Level 2 §5.5), byte strings as base64url.
    ///
    /// - Parameter timeout: how long the browser waits; a hint.
    public func options(timeout: Duration = .seconds(300)) -> JSON {
        [
            "challenge": .string(Base64URL.encode(challenge)),
            "timeout": timeout.inMilliseconds,
            "rpId": .string(relyingParty.id),
            "allowCredentials": .array(allowedCredentials.map(\.json)),
            "userVerification": .string(userVerification.rawValue),
        ]
    }
}

extension CredentialDescriptor {
    fileprivate var json: JSON {
        var object = JSONObject([("type", "public-key"), ("id", .string(Base64URL.encode(id)))])
        if !transports.isEmpty { object["transports"] = .array(transports.map(JSON.string)) }
        return .object(object)
    }
}

extension Duration {
    /// As the browser takes it: an unsigned long.
    fileprivate var inMilliseconds: JSON {
        let longest = Duration.milliseconds(UInt32.max)
        let (seconds, attoseconds) = min(max(self, .zero), longest).components
        return .integer(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
