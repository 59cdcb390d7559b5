import EventLoop
import Foundation
import JOSE
import Provider
import TestDatabases
import Testing

@testable import Delivery

@Suite("The way of mail, over PostgreSQL", .serialized, .timeLimit(.minutes(2)))
struct MailDispatcherTests {
    private func token(_ message: MailMessage) -> String {
        message.link.split(separator: "token=").last.map(String.init) ?? ""
    }

    @Test("mail leaves with a link of the issuer's that works, and the secret is in no row (GHSA-2wmj-46rj-qm2w)")
    func link() async throws {
        try await MailNode.run { node in
            let anna = try await node.user("anna", email: "anna@example.org")
            try await node.order(.resetPassword, anna)
            try await node.order(.verifyEmail, anna, address: "anna@example.org")
            node.dispatcher.start()
            try await node.until(settled: 2)
            let messages = node.tray.messages
            #expect(Set(messages.map(\.kind)) == [.resetPassword, .verifyEmail])
            for message in messages {
                let path =
                    message.kind == .resetPassword ? "reset-password?token=mlt_pr_" : "verify-email?token=mlt_ev_"
                #expect(message.link.hasPrefix("\(MailNode.issuer)/\(path)"))
                #expect(message.recipient.text == "anna@example.org")
                let token = token(message)
                let user = try await node.loop.run { [provider = node.provider] in
                    try await message.kind == .resetPassword
                        ? provider.userToReset(token, at: wallClock()) : provider.userToVerify(token, at: wallClock())
                }
                #expect(user == anna)
                for table: StaticString in ["mails", "password_resets", "email_verifications", "outbox"] {
                    let rows = try await node.dump(table)
                    #expect(!rows.contains(token) && !rows.contains(token.suffix(43)), "\(table)")
                }
            }
            #expect(try await !node.dump("mails").contains("anna@example.org"), "what is settled forgets its address")
        }
    }

    @Test("that the second factors were reset is told where the owner reads, and not at an address nobody confirmed")
    func resetFactors() async throws {
        try await MailNode.run { node in
            let anna = try await node.user("anna", email: "anna@example.org", verified: true)
            try await node.loop.run { [users = node.provider.stores.users, trail = node.trail] in
                // As by a token with scope `account`: no password was shown with it.
                let standing = try #require(try await users.user(anna.id))
                var moved = standing
                (moved.email, moved.emailVerified) = ("new@example.org", false)
                #expect(try await users.change(standing, to: moved, Record(trail)))
            }
            try await node.order(.factorsReset, anna)
            node.dispatcher.start()
            try await node.until(settled: 1)
            let message = try #require(node.tray.messages.first)
            #expect(message.recipient.text == "anna@example.org" && message.link == MailNode.issuer + "/account")
        }
    }

    @Test("an inquiry becomes mail to whoever is meant: the name's owner, or all with the address, and to nobody else")
    func inquiries() async throws {
        try await MailNode.run { node in
            _ = try await node.user("anna", email: "Shared@example.org")
            _ = try await node.user("bert", email: "shared@example.org", verified: true)
            _ = try await node.user("carl", email: nil)
            node.dispatcher.start()
            try await node.ask(["username": "ANNA"])
            try await node.untilIdle()
            #expect(node.tray.messages.map(\.recipient.text) == ["Shared@example.org"])
            try await node.ask(["email": "SHARED@example.org"])
            try await node.untilIdle()
            #expect(
                node.tray.messages.map(\.recipient.text).sorted() == [
                    "Shared@example.org", "Shared@example.org", "shared@example.org",
                ])
            // Only who confirmed the address is told a name there.
            let texts = node.tray.messages.map(\.text)
            #expect(texts.filter { $0.contains("account bert") }.count == 1)
            #expect(!texts.contains { $0.contains("account anna at") })
            for body: JSON in [
                ["username": "nobody"], ["email": "nobody@example.org"], ["username": "carl"], ["username": " "],
            ] {
                try await node.ask(body)
            }
            try await node.untilIdle()
            #expect(node.tray.messages.count == 3)
            #expect(try await !node.dump("mails").contains("nobody"))
        }
    }

    @Test("a mailbox is not flooded, by whatever name or address one asks, and the answers stay the same")
    func flood() async throws {
        var limits = MailLimits()
        limits.ofKindPerUser = 3
        limits.perMailbox = 4
        try await MailNode.run(limits: limits) { node in
            _ = try await node.user("anna", email: "anna@example.org")
            _ = try await node.user("bert", email: "ANNA@example.org")
            node.dispatcher.start()
            for _ in 0..<10 {
                try await node.ask(["username": "anna"])
                try await node.untilIdle()
            }
            #expect(node.tray.messages.count == 3)
            for _ in 0..<10 {
                try await node.ask(["email": "anna@example.org"])
                try await node.untilIdle()
            }
            #expect(node.tray.messages.count == 4)
        }
    }

    @Test("mail that strangers cause to an address does not keep away that of the user who has confirmed it")
    func recovery() async throws {
        var limits = MailLimits()
        limits.perMailbox = 2
        try await MailNode.run(limits: limits) { node in
            let stranger = try await node.user("bert", email: "anna@example.org")
            _ = try await node.user("anna", email: "Anna@example.org", verified: true)
            node.dispatcher.start()
            for _ in 0..<3 { try await node.order(.verifyEmail, stranger) }
            try await node.untilIdle()
            #expect(node.tray.messages.count == 2)
            try await node.ask(["username": "anna"])
            try await node.untilIdle()
            #expect(node.tray.messages.map(\.kind) == [.verifyEmail, .verifyEmail, .resetPassword])
        }
    }

    @Test("who was called by an address once and reads mail elsewhere by now does not hear who signs up with it")
    func movedAway() async throws {
        try await MailNode.run { node in
            _ = try await node.user("anna@example.org", email: "elsewhere@example.org")
            _ = try await node.user("bert@example.org", email: "Bert@example.org")
            node.dispatcher.start()
            for name in ["anna", "bert"] {
                try await node.signUp(["username": .string(name + "@example.org"), "password": "korrektes Pferd"])
            }
            try await node.untilIdle()
            #expect(node.tray.messages.map(\.recipient.text) == ["Bert@example.org"])
            #expect(node.tray.messages.map(\.kind) == [.accountExists])
        }
    }

    @Test(
        "what fails is tried again, with another link each time, and given up in the end or at once where that is said")
    func failures() async throws {
        try await MailNode.run { node in
            let anna = try await node.user("anna", email: "anna@example.org")
            node.tray.fail(with: [.temporary("busy"), .temporary("busy")])
            try await node.order(.resetPassword, anna)
            node.dispatcher.start()
            try await node.until(settled: 3)
            #expect(node.tray.messages.count == 1 && node.tray.attempts == 3)
            node.tray.fail(with: Array(repeating: .temporary("busy"), count: 50))
            try await node.order(.passwordChanged, anna)
            try await node.until(settled: 9)
            #expect(node.tray.outcomes.last == .dead(reason: "busy; attempt 6 was the last"))
            node.tray.fail(with: [.permanent("no such user")])
            try await node.order(.accountExists, anna)
            try await node.until(settled: 10)
            #expect(node.tray.outcomes.last == .dead(reason: "no such user"))
            try await node.order(.accountExists, anna, patience: -1)
            try await node.until(settled: 11)
            #expect(node.tray.messages.count == 1)
        }
    }

    @Test("mail for an account or address that is not there any more does not leave")
    func gone() async throws {
        try await MailNode.run { node in
            let anna = try await node.user("anna", email: "anna@example.org", verified: true)
            let bert = try await node.user("bert", email: "bert@under_score")
            let dora = try await node.user("dora", email: "dora@example.org")
            let carl = try await node.user("carl", email: nil)
            try await node.order(.verifyEmail, anna, address: "anna@example.org")
            try await node.order(.verifyEmail, dora, address: "former@example.org")
            try await node.order(.passwordChanged, bert)
            try await node.order(.resetPassword, carl)
            var stranger = anna
            stranger.id = UserID("nobody")
            try await node.order(.resetPassword, stranger)
            node.dispatcher.start()
            try await node.until(settled: 5)
            #expect(node.tray.messages.isEmpty)
            #expect(node.tray.outcomes.allSatisfy { if case .dropped = $0 { true } else { false } })
        }
    }

    @Test("the language is the profile's, then the page's")
    func languages() async throws {
        try await MailNode.run { node in
            _ = try await node.user("anna", email: "anna@example.org", locale: "de-AT")
            _ = try await node.user("bert", email: "bert@example.org", locale: "fr")
            node.dispatcher.start()
            for name in ["anna", "bert"] {
                try await node.ask(["username": .string(name)])
                try await node.untilIdle()
            }
            #expect(node.tray.messages[0].text.contains("Content-Language: de"))
            #expect(node.tray.messages[1].text.contains("Content-Language: en"))
        }
    }

    @Test("two servers send each mail once; one that dies amid the work loses none")
    func servers() async throws {
        let place = try await ThrowAwayDatabase.fresh()
        try await MailNode.run(over: place, lease: .seconds(1)) { one in
            try await MailNode.run(over: place, lease: .seconds(1)) { other in
                var users: [User] = []
                for number in 0..<20 {
                    users.append(try await one.user("user\(number)", email: "user\(number)@example.org"))
                }
                // Taken by a server that then is no more.
                for user in users.prefix(4) { try await one.order(.accountExists, user) }
                _ = try await one.loop.run { [provider = one.provider] in
                    try await provider.stores.mails.take(limit: 4, leaseEndsAt: wallClock() + 1, at: wallClock())
                }
                for user in users.dropFirst(4) { try await one.order(.accountExists, user) }
                one.dispatcher.start()
                other.dispatcher.start()
                try await one.untilIdle()
                let recipients = (one.tray.messages + other.tray.messages).map(\.recipient.text)
                #expect(recipients.count == 20 && Set(recipients).count == 20)
            }
        }
    }
}
