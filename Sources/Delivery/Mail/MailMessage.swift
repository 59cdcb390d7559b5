internal import HTTP
public import Provider

/// A whole message (RFC 5322) with a part of plain text and one of HTML that say the same (RFC 2046 §5.1.4).
///
/// Nothing that came from outside can begin a field of its own: addresses are ``EmailAddress``es, which have no line
/// breaks, and other texts are encoded.
public struct MailMessage: Sendable, Equatable {
    /// The same in every attempt; stands in `Message-ID`.
    public let id: String
    /// What it is about.
    public let kind: MailOrder.Kind
    /// Whom it is from.
    public let sender: MailSender
    /// Where it goes.
    public let recipient: EmailAddress
    /// The address it leads to, for a transport that shows it; it may have a secret in it.
    public let link: String
    /// The message, its lines ended by LF alone, as local mail programs expect it.
    public let text: String

    init(_ mail: ComposedMail, _ words: MailWords, from sender: MailSender, at now: Instant) {
        id = mail.id
        kind = mail.kind
        self.sender = sender
        recipient = mail.recipient
        link = mail.link
        // `=_` stands in no quoted-printable text, and nobody can guess the id.
        let boundary = "=_\(mail.id)"
        let name = sender.name.map { MailEncoding.phrase($0) + " " } ?? ""
        let date = HTTPDate(secondsSince1970: now.seconds).description.dropLast(3)
        var lines = [
            "From: \(name)<\(sender.address)>",
            "To: <\(mail.recipient)>",
            "Subject: \(MailEncoding.unstructured(words.subject))",
            "Date: \(date)+0000",
            "Message-ID: <\(mail.id)@\(sender.address.domain)>",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
            "Content-Language: \(mail.language)",
            // RFC 3834 §5: no machine shall answer.
            "Auto-Submitted: auto-generated",
            "",
        ]
        for (type, part) in [("plain", words.text), ("html", words.html)] {
            let body = MailEncoding.body(part)
            lines += [
                "--\(boundary)", "Content-Type: text/\(type); charset=utf-8",
                "Content-Transfer-Encoding: \(body.encoding)", "", body.text,
            ]
        }
        text = (lines + ["--\(boundary)--", ""]).joined(separator: "\n")
    }

    /// The message as it travels and as files keep it: each line ended by CRLF.
    public var wireText: String { text.replacing("\n", with: "\r\n") }
}
