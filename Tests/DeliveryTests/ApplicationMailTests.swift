import EventLoop
import Foundation
import JOSE
import Testing

@testable import Delivery
@testable import Provider

@Suite("Mail that tells of a decision about an application")
struct ApplicationMailTests {
    /// An application by somebody who would like to send their own words to others.
    private func asked(_ node: MailNode, language: String = "en") async throws -> String {
        let body: JSON = [
            "name": "Buy at evil.example", "description": "You have won", "grantTypes": ["authorization_code"],
            "redirectUris": ["https://evil.example/cb"], "email": "victim@example.org",
        ]
        return try await node.loop.run { [provider = node.provider, trail = node.trail] in
            let made = try await provider.requestApplication(body, language: language, trail: trail)
            return made["id"]?.string ?? ""
        }
    }

    private func decide(
        _ node: MailNode, _ act: @escaping @Sendable (OpenIDProvider, Administrator) async throws -> Void
    ) async throws {
        try await node.loop.run { [provider = node.provider, trail = node.trail] in
            try await act(provider, .local(trail: trail))
        }
    }

    @Test("an approval leaves once, with a link that is stored as a hash alone and nothing that the requester wrote")
    func approval() async throws {
        try await MailNode.run { node in
            let id = try await asked(node, language: "de")
            node.dispatcher.start()
            try await decide(node) { _ = try await $0.approveApplication(id, [:], by: $1) }
            try await node.until(settled: 1)
            let message = try #require(node.tray.messages.first)
            #expect(message.kind == .applicationApproved && message.recipient.text == "victim@example.org")
            #expect(message.link.hasPrefix(MailNode.issuer + "/applications/credentials?token=mlt_al_"))
            #expect(message.text.contains("Content-Language: de"))
            #expect(!message.text.contains("evil") && !message.text.contains("won"))
            let secret = try #require(message.link.split(separator: "=").last)
            #expect(try await node.dump("applications").contains(secret) == false)
            let client = try await node.loop.run { [provider = node.provider] in
                try await provider.clientToCollect(String(secret), at: wallClock())
            }
            #expect(client?.name == "Buy at evil.example")
        }
    }

    @Test("a try that failed leaves a link that is worth nothing: the next one has another, and it alone works")
    func retry() async throws {
        try await MailNode.run { node in
            let id = try await asked(node)
            node.tray.fail(with: [.temporary("busy"), .temporary("busy")])
            node.dispatcher.start()
            try await decide(node) { _ = try await $0.approveApplication(id, [:], by: $1) }
            try await node.until(settled: 3)
            #expect(node.tray.messages.count == 1 && node.tray.attempts == 3)
            let link = try #require(node.tray.messages.first?.link.split(separator: "=").last)
            let found = try await node.loop.run { [provider = node.provider, trail = node.trail] in
                try await provider.collectCredentials(String(link), trail: trail)
            }
            #expect(found?.secret?.hasPrefix("mlt_cs_") == true)
        }
    }

    @Test("a refusal says the administrator's reason and no more")
    func refusal() async throws {
        try await MailNode.run { node in
            let (one, two) = (try await asked(node), try await asked(node))
            node.dispatcher.start()
            try await decide(node) { provider, administrator in
                _ = try await provider.refuseApplication(
                    one, ["reason": "Which company\nare you?"], by: administrator)
            }
            try await node.until(settled: 1)
            try await decide(node) { _ = try await $0.refuseApplication(two, [:], by: $1) }
            try await node.until(settled: 2)
            let texts = node.tray.messages.map(\.text)
            #expect(texts[0].contains("Which company\nare you?") && !texts[0].contains("evil"))
            #expect(!texts[1].contains("company") && !texts[1].contains("mlt_"))
        }
    }

    @Test(
        "administrators of the server are told once an hour that applications wait, in their language; nobody else is")
    func waiting() async throws {
        try await MailNode.run { node in
            _ = try await node.user("ada", email: "ada@example.org", locale: "de", roles: ["admin"])
            _ = try await node.user("bea", email: "bea@example.org", verified: true, roles: ["viewer", "admin"])
            _ = try await node.user("carl", email: "carl@example.org", roles: ["viewer"])
            _ = try await node.user("dora", email: nil, roles: ["admin"])
            for _ in 0..<3 { _ = try await asked(node) }
            node.dispatcher.start()
            try await node.untilIdle()
            let messages = node.tray.messages.sorted { $0.recipient.text < $1.recipient.text }
            // An hour may have ended in between.
            #expect(Set(messages.map(\.recipient.text)) == ["ada@example.org", "bea@example.org"])
            #expect(messages.count <= 4)
            for message in messages {
                #expect(message.kind == .applicationsWait && message.link == MailNode.issuer + "/applications")
                #expect(!message.text.contains("evil") && !message.text.contains("won"))
            }
            #expect(messages.first?.text.contains("Content-Language: de") == true)
            #expect(messages.last?.text.contains("Content-Language: en") == true)
        }
    }

    @Test("one mail an hour and administrator, by whatever server; another one in the next hour")
    func hourly() async throws {
        try await MailNode.run { node in
            let ada = try await node.user("ada", email: "ada@example.org", roles: ["admin"])
            let orders = try await node.loop.run { [provider = node.provider] in
                let hour = Instant(seconds: 3600 * 490_000)
                var ids: [String] = []
                for moment in [hour, hour + 3599, hour + 3600] {
                    let orders = try await provider.mailsToAdministrators(at: moment)
                    #expect(orders.map(\.userID) == [ada.id])
                    ids += orders.map(\.id)
                }
                return ids
            }
            #expect(orders.count == 3 && orders[0] == orders[1] && orders[1] != orders[2])
        }
    }

    @Test("who is no administrator any more is not told, and nobody is once everything is decided")
    func inVain() async throws {
        try await MailNode.run { node in
            _ = try await node.user("ada", email: "ada@example.org", roles: ["admin"])
            let carl = try await node.user("carl", email: "carl@example.org", roles: ["viewer"])
            let id = try await asked(node)
            try await decide(node) { _ = try await $0.refuseApplication(id, [:], by: $1) }
            try await node.order(.applicationsWait, carl)
            node.dispatcher.start()
            try await node.until(settled: 3)
            try await node.untilIdle()
            #expect(node.tray.messages.map(\.kind) == [.applicationRefused])
            #expect(try await node.dump("mails").contains("no application waits"))
            #expect(try await node.dump("mails").contains("no administrator"))
        }
    }
}
