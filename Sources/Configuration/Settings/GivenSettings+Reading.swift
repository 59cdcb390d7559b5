internal import HTTP
internal import HTTPClient
internal import HTTPServer

/// One method for each kind of value: text in, typed value or a sentence out.
extension GivenSettings {
    func issuer() throws(ConfigurationError) -> Issuer {
        let given = try required(.issuer)
        do {
            return try Issuer(parsing: given.text)
        } catch {
            throw ConfigurationError(given, error.text)
        }
    }

    func listenAddress() throws(ConfigurationError) -> ListenAddress {
        let given = try required(.listen)
        guard let address = ListenAddress(given.text) else {
            throw ConfigurationError(given, "must be host:port or [v6]:port")
        }
        return address
    }

    func database() throws(ConfigurationError) -> Deployment.DatabaseChoice {
        let owner = self[.ownerDatabaseURL]
        guard let serving = self[.databaseURL] else {
            if let owner {
                throw ConfigurationError(owner, "is set, but \(Setting.databaseURL.variable) is not")
            }
            return .embedded
        }
        for given in [serving, owner].compactMap({ $0 }) where !Self.looksLikeConnection(given.text) {
            throw ConfigurationError(given, "must be a postgresql:// URL or libpq's 'keyword=value …'")
        }
        return .external(serving: serving.text, owner: owner?.text ?? serving.text)
    }

    private static func looksLikeConnection(_ text: String) -> Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") || text.contains("=")
    }

    func certificate() throws(ConfigurationError) -> Deployment.CertificateFiles? {
        switch (self[.tlsCertificate], self[.tlsKey]) {
        case (nil, nil): return nil
        case (let certificate?, nil):
            throw ConfigurationError(certificate, "is set, but \(Setting.tlsKey.variable) is not")
        case (nil, let key?):
            throw ConfigurationError(key, "is set, but \(Setting.tlsCertificate.variable) is not")
        case (_?, _?):
            return .init(certificate: try text(.tlsCertificate), key: try text(.tlsKey))
        }
    }

    /// What browsers use to reach the server must be what the issuer says.
    func checkTransport(_ issuer: Issuer, hasCertificate: Bool) throws(ConfigurationError) {
        let isBehindProxy = try isOn(.behindTLSProxy)
        let given = try required(.issuer)
        if issuer.isSecure, !hasCertificate, !isBehindProxy {
            throw ConfigurationError(
                given,
                "is https: set \(Setting.tlsCertificate.variable) and \(Setting.tlsKey.variable), or "
                    + "\(Setting.behindTLSProxy.variable)=1 if TLS ends at a trusted proxy")
        }
        if !issuer.isSecure, hasCertificate || isBehindProxy {
            throw ConfigurationError(given, "must be https, since browsers reach this server over TLS")
        }
    }

    func administrator() throws(ConfigurationError) -> Deployment.AdministratorChoice {
        for setting in [Setting.adminClientID, .adminClientSecret] {
            guard let given = self[setting] else { continue }
            // VSCHAR of RFC 6749 appendix A; the id stands in URLs, too.
            let isID = setting == .adminClientID
            let isFit = given.text.utf8.allSatisfy { byte in
                isID ? Grammar.isUnreserved(byte) : (0x20...0x7E).contains(byte)
            }
            guard !given.text.isEmpty, given.text.utf8.count <= 200, isFit else {
                throw ConfigurationError(
                    given,
                    isID
                        ? "must be 1 to 200 letters, digits, '-', '.', '_' or '~'"
                        : "must be 1 to 200 printable ASCII characters")
            }
        }
        return .init(clientID: self[.adminClientID]?.text, clientSecret: self[.adminClientSecret]?.text)
    }

    func addressRanges(_ setting: Setting) throws(ConfigurationError) -> [AddressRange] {
        guard let given = self[setting] else { return [] }
        var ranges: [AddressRange] = []
        for item in Self.items(of: given.text) {
            guard let range = AddressRange(item) else {
                throw ConfigurationError(
                    given, "must list addresses and CIDRs, such as 10.0.0.0/8, with no bits set beyond the prefix")
            }
            ranges.append(range)
        }
        return ranges
    }

    func egressAllowance() throws(ConfigurationError) -> EgressAllowance {
        guard let given = self[.egressAllow] else { return EgressAllowance() }
        do {
            return try EgressAllowance(given.text)
        } catch {
            throw ConfigurationError(given, "must list host names, addresses and CIDRs, without scheme or port")
        }
    }

    func number(_ setting: Setting, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        let given = try required(setting)
        guard let number = Int(given.text), range.contains(number), String(number) == given.text else {
            throw ConfigurationError(
                given, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Within what tables are kept for: days of access tokens for a month, everything else for 400 days.
    func lifetimes() throws(ConfigurationError) -> Deployment.Lifetimes {
        let day = 86_400
        return .init(
            accessToken: try number(.accessTokenTTL, in: 1...30 * day),
            idToken: try number(.idTokenTTL, in: 1...30 * day),
            refreshToken: try number(.refreshTokenTTL, in: 1...400 * day),
            authorizationCode: try number(.authorizationCodeTTL, in: 1...600),
            session: try number(.sessionTTL, in: 60...400 * day))
    }

    /// Profiles that this version does not have are refused by name, not taken for another.
    func clientProfile(_ setting: Setting) throws(ConfigurationError) -> Deployment.ClientProfile {
        let given = try required(setting)
        if let profile = Deployment.ClientProfile(rawValue: given.text) { return profile }
        guard !["oauth21", "fapi2-security", "fapi2-message-signing"].contains(given.text) else {
            throw ConfigurationError(given, "asks for something that is not available yet; leave it out")
        }
        throw ConfigurationError(given, "must be default, oauth21, fapi2-security, fapi2-message-signing or legacy")
    }

    /// The budget of memory must admit one hash of this cost (RFC 7914 §2: 128·r·N bytes, here with r = 8).
    func passwordMemory(forHashesOf cost: Int) throws(ConfigurationError) -> Int {
        let budget = try number(.passwordMemory, in: 1...1 << 20)
        let oneHash = 1 << (cost - 10)
        guard budget >= oneHash else {
            throw ConfigurationError(
                try required(.passwordMemory),
                "must be at least \(oneHash): one hash with \(try required(.passwordCost).name)=\(cost) takes that "
                    + "many MiB")
        }
        return budget
    }

    func isOn(_ setting: Setting) throws(ConfigurationError) -> Bool {
        let given = try required(setting)
        guard given.text == "0" || given.text == "1" else { throw ConfigurationError(given, "must be 0 or 1") }
        return given.text == "1"
    }

    func logLevel() throws(ConfigurationError) -> LogLevel {
        let given = try required(.log)
        guard let level = LogLevel(rawValue: given.text) else {
            throw ConfigurationError(given, "must be \(LogLevel.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return level
    }

    /// A path or the like: anything but nothing.
    func text(_ setting: Setting) throws(ConfigurationError) -> String {
        let given = try required(setting)
        guard !given.text.isEmpty, !given.text.utf8.contains(0) else {
            throw ConfigurationError(given, "must not be empty")
        }
        return given.text
    }

    func required(_ setting: Setting) throws(ConfigurationError) -> GivenValue {
        guard let given = self[setting] else { throw ConfigurationError("\(setting.variable) is missing.") }
        return given
    }

    /// Items between commas or spaces.
    private static func items(of text: String) -> [String] {
        text.split { $0 == "," || $0 == " " }.map(String.init)
    }
}
