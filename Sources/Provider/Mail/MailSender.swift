/// Whom mail is from.
public struct MailSender: Sendable, Equatable {
    /// What readers see before the address, if anything.
    public var name: String?
    /// Where answers and complaints go.
    public var address: EmailAddress

    /// A sender.
    public init(name: String?, address: EmailAddress) {
        self.name = name
        self.address = address
    }

    /// `address` or `Name <address>`; nil for anything else.
    public init?(_ text: String) {
        guard let open = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(text) else { return nil }
            self.init(name: nil, address: address)
            return
        }
        let name = text[..<open].drop(while: \.isWhitespace)
        let trimmed = String(name.reversed().drop(while: \.isWhitespace).reversed())
        guard text.hasSuffix(">"), let address = EmailAddress(String(text[text.index(after: open)...].dropLast())),
            trimmed.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }), trimmed.utf8.count <= 200
        else { return nil }
        self.init(name: trimmed.isEmpty ? nil : trimmed, address: address)
    }
}
