import Foundation
import JOSE
import Provider
import TestCertificates
import Testing

@testable import Delivery

@Suite("Messages (RFC 5322, RFC 2045 to 2047), with Python's parser as the judge")
struct MailMessageTests {
    private func message(
        subject: String = "A subject", text: String = "Text\n", html: String = "<p>Text</p>\n",
        sender: String = "no-reply@id.example", recipient: String = "anna@example.org", id: String = "abc-_123"
    ) throws -> MailMessage {
        let mail = ComposedMail(
            id: id, kind: .verifyEmail, recipient: try #require(EmailAddress(recipient)), mailbox: [], language: "de",
            username: nil, link: "https://id.example/verify-email?token=x", linkLifetime: 60)
        return MailMessage(
            mail, MailWords(subject: subject, text: text, html: html), from: try #require(MailSender(sender)),
            at: Instant(seconds: 1_795_630_749))
    }

    private func judged(_ message: MailMessage) throws -> JSON {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "mail_judge.py").path
        let output = try Command.run("/usr/bin/env", ["python3", script], input: message.wireText)
        #expect(output.status == 0)
        return try JSON.parse(output.output)
    }

    @Test("fields, both parts and their order")
    func whole() throws {
        let found = try judged(try message(sender: "Example Inc. <no-reply@id.example>"))
        #expect(found["defects"] == [])
        #expect(found["to"] == ["anna@example.org"])
        #expect(found["from"] == [["Example Inc.", "no-reply@id.example"]])
        #expect(found["date"] == "2026-11-25T18:19:09+00:00")
        #expect(found["types"] == ["multipart/alternative", "text/plain", "text/html"])
        #expect(found["text"] == "Text\n" && found["html"] == "<p>Text</p>\n")
        let names = (found["headers"]?.array ?? []).compactMap { $0.array?.first?.string }
        #expect(
            names == [
                "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language",
                "Auto-Submitted",
            ])
        #expect(try message().text.contains("Message-ID: <abc-_123@id.example>\n"))
    }

    @Test(
        "subjects of any characters come back as they were, in words of 75 characters",
        arguments: [
            "Bestätigen Sie Ihre E-Mail-Adresse", "Подтвердите адрес электронной почты", "パスワードを変更しました",
            String(repeating: "long ", count: 40), String(repeating: "ä", count: 100), "=?utf-8?Q?forged?=",
            "a=?b_c?=d",
            "\u{1F426}\u{1F426}\u{1F426} martlets", "tab\tand more", "",
        ])
    func subjects(_ subject: String) throws {
        let message = try message(subject: subject)
        let found = try judged(message)
        let field = (found["headers"]?.array ?? []).first { $0.array?.first == "Subject" }?.array?.last?.string
        #expect(field == subject.replacing("\t", with: field?.contains("\t") == true ? "\t" : " "))
        let head = message.text.prefix(upTo: message.text.firstRange(of: "\n\n")?.lowerBound ?? message.text.endIndex)
        #expect(head.utf8.allSatisfy { $0 < 0x80 })
        #expect(head.split(separator: "\n").allSatisfy { $0.utf8.count <= 100 })
    }

    @Test(
        "names of senders cannot end their quotation, and no text begins a field of its own",
        arguments: ["Zoë \"Z\" <evil@example.com>, x", "back\\slash\"", "Plain", "=?utf-8?Q?x?="])
    func senders(_ name: String) throws {
        let address = try #require(EmailAddress("no-reply@id.example"))
        let mail = try message().text
        #expect(!mail.contains("evil"))
        let phrase = MailEncoding.phrase(name)
        #expect(!phrase.contains("\r") && !phrase.contains("\n\n"))
        let found = try judged(try message(sender: "\(name) <\(address)>"))
        #expect(found["from"] == [[.string(name), "no-reply@id.example"]])
        #expect(
            MailEncoding.unstructured("x\r\nBcc: evil@example.com") == "=?utf-8?Q?x=0D=0ABcc=3A_evil=40example=2Ecom?=")
    }

    @Test(
        "bodies of any characters and line lengths come back as they were (RFC 2045 §6.7)",
        arguments: [
            "Grüße aus Köln\n", "trailing space \nand tab\t\n", String(repeating: "x", count: 2000) + "\n",
            String(repeating: "ü", count: 200) + "\n", "=3D is no equals sign = ä\n", ".\n..\n.dot\n", "From here ü\n",
            "\u{1F426}\n\n\n", "--boundary--\n", "no end", "a\u{0}b\u{7F}ä\n",
        ])
    func bodies(_ text: String) throws {
        let message = try message(text: text)
        let found = try judged(message)
        #expect(found["defects"] == [])
        #expect(found["text"]?.string == text)
        #expect(found["types"]?.array?.count == 3)
        let isShort = message.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 }
        #expect(isShort)
    }

    @Test("a link in ASCII text is not broken and not encoded: it can be copied out of the file")
    func links() throws {
        let link = "https://id.example/reset-password?token=mlt_pr_498786" + String(repeating: "A", count: 43)
        #expect(try message(text: "Open\n\n\(link)\n").text.contains("\n\(link)\n"))
    }
}
