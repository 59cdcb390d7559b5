/// How a secret gets into an authenticator.
extension TOTP {
    /// The key URI that authenticators read from a QR code, as Google Authenticator's wiki describes it («Key Uri
    /// Format»): `otpauth://totp/<issuer>:<account>?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30`.
    ///
    /// A colon parts issuer and account, and authenticators look for it after decoding: in the names themselves it
    /// becomes a hyphen, or the account would go by another name. The names are for the eye only.
    ///
    /// - Parameters:
    ///   - issuer: what the person knows this server by.
    ///   - account: what the person logs in as.
    public func keyURI(issuer: String, account: String) -> String {
        let issuer = Self.component(issuer)
        return "otpauth://totp/\(issuer):\(Self.component(account))?secret=\(Base32.standard.encode(secret))"
            + "&issuer=\(issuer)&algorithm=SHA1&digits=\(Self.digitCount)&period=\(Self.period)"
    }

    /// The secret for those who cannot scan and type it instead: base32 in groups of four, with spaces that
    /// authenticators skip.
    public var typedSecret: String {
        Base32.standard.encode(secret).grouped(by: " ")
    }

    /// RFC 3986 §2.1: everything but unreserved characters as `%XX`, a space too, since not all read `+` as one.
    private static func component(_ name: String) -> String {
        let hexDigits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: ":"): text.append(UInt8(ascii: "-"))
            case _ where ASCII.isUnreserved(byte): text.append(byte)
            default: text += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
