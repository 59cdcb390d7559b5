import Foundation
import Provider
import Testing

@testable import Delivery

@Suite("Templates of mail")
struct MailTemplateTests {
    private func mail(
        _ kind: MailOrder.Kind, language: String = "en", username: String? = "anna", link: String = "https://x/?a=1&b=2"
    ) throws -> ComposedMail {
        ComposedMail(
            id: "id", kind: kind, recipient: try #require(EmailAddress("anna@example.org")), mailbox: [],
            language: language, username: username, link: link, linkLifetime: kind == .verifyEmail ? 86_400 : 1800)
    }

    @Test("every mail has words in every language of the pages, a link in both parts, and no place left unfilled")
    func whole() throws {
        let templates = try MailTemplates(site: "https://id.example")
        var subjects: Set<String> = []
        for kind in MailOrder.Kind.allCases {
            for language in OpenIDProvider.uiLocales {
                let words = try #require(templates.words(of: try mail(kind, language: language)))
                subjects.insert(words.subject)
                #expect(words.text.contains("\nhttps://x/?a=1&b=2\n"), "\(kind) \(language)")
                #expect(words.html.contains("href=\"https://x/?a=1&#38;b=2\""), "\(kind) \(language)")
                for text in [words.text, words.html] {
                    #expect(text.contains("https://id.example"))
                    #expect(!text.contains("{{") && !text.contains("}}"))
                }
                #expect(words.html.contains("<html lang=\"\(language)\">"))
                #expect(words.html.utf8.allSatisfy { $0 < 0x80 }, "\(kind) \(language)")
                if kind == .verifyEmail { #expect(words.text.contains("24 ")) }
                if kind == .resetPassword { #expect(words.text.contains("30 ")) }
                if kind == .applicationRefused {
                    #expect(words.text.contains("\n–\n") && words.html.contains("&#8211;"))
                }
            }
        }
        #expect(subjects.count == MailOrder.Kind.allCases.count * 2)
    }

    @Test("a language that has no words falls back to English; without a name the address is told")
    func fallbacks() throws {
        let templates = try MailTemplates(site: "https://id.example")
        let french = templates.words(of: try mail(.resetPassword, language: "fr"))
        #expect(french == templates.words(of: try mail(.resetPassword, language: "en")))
        let nameless = try #require(templates.words(of: try mail(.resetPassword, username: nil)))
        #expect(nameless.text.contains("account anna@example.org"))
    }

    @Test("values are escaped in HTML and nowhere else, and are never templates themselves (CVE-2026-29191)")
    func escaping() throws {
        let templates = try MailTemplates(site: "https://id.example")
        let words = try #require(
            templates.words(of: try mail(.resetPassword, username: "<script>\"'&{{link}}ä")))
        #expect(words.html.contains("&#60;script&#62;&#34;&#39;&#38;{{link}}&#228;"))
        #expect(!words.html.contains("<script>"))
        #expect(words.text.contains("<script>\"'&{{link}}ä"))
    }

    @Test("an operator's file takes the place of the one of its name")
    func replacement() throws {
        let templates = try MailTemplates(site: "https://id.example") { name in
            switch name {
            case "verify-email.de.txt": "Subject: Grüße\r\n\r\nHier: {{link}}\r\n"
            case "layout.html": "<html lang=\"{{language}}\">{{content}}<p>Firma</p></html>"
            default: nil
            }
        }
        let words = try #require(templates.words(of: try mail(.verifyEmail, language: "de")))
        #expect(words.subject == "Grüße" && words.text == "Hier: https://x/?a=1&b=2\n")
        #expect(words.html.hasPrefix("<html lang=\"de\"><p>") && words.html.hasSuffix("<p>Firma</p></html>"))
        #expect(templates.words(of: try mail(.verifyEmail))?.subject == "Confirm your e-mail address")
    }

    @Test(
        "a file that cannot be meant stops the start with its name",
        arguments: [
            "Hello", "Subject: x", "Subject: x\n", "Subject: {{link}}\n\nx", "Subject: x\n\n{{lnik}}",
            "Subject: x\n\n{{link", "Subject: x\n\n{{ link }}", "subject: x\n\ny",
        ])
    func faults(_ text: String) {
        #expect {
            try MailTemplates(site: "x") { $0 == "verify-email.en.txt" ? text : nil }
        } throws: { error in
            (error as? MailTemplates.Fault)?.description.contains("verify-email.en.txt") == true
        }
    }

    @Test("the executable carries every file of the folder, and no other")
    func embedded() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Delivery/Mail/Templates")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files) == Set(MailTemplates.embedded.keys))
        for file in files {
            #expect(
                try Array(Data(contentsOf: folder.appending(path: file))) == MailTemplates.embedded[file], "\(file)")
        }
    }
}
