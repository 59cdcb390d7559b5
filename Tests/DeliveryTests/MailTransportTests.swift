import EventLoop
import Foundation
import Provider
import Synchronization
import TestCertificates
import Testing

@testable import Delivery

@Suite("Where mail goes", .timeLimit(.minutes(2)))
struct MailTransportTests {
    /// A directory of its own, gone afterwards.
    private func place(_ body: (String) async throws -> Void) async throws {
        let path = "/tmp/martlet-mail-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    /// A mail program that does what the script says; `$0.args`, `$0.input` are beside it.
    private func program(_ script: String, in place: String) throws -> String {
        let path = place + "/sendmail"
        // Written by another process: while this one had it open, one that another test starts might have it, too, and a
        // file that somebody writes cannot be run.
        let written = try Command.run("/bin/sh", ["-c", "cat > \(path) && chmod 755 \(path)"], input: script)
        #expect(written.status == 0)
        return path
    }

    private static let recording = """
        #!/bin/sh
        for word in "$@"; do printf '%s\\n' "$word"; done > "$0.args"
        cat > "$0.input"
        env > "$0.env"
        """

    private func message(to recipient: String = "anna@example.org", text: String = "Text\n.\nmore\n") throws
        -> MailMessage
    {
        let mail = ComposedMail(
            id: "abc", kind: .verifyEmail, recipient: try #require(EmailAddress(recipient)), mailbox: [],
            language: "en", username: nil, link: "https://x", linkLifetime: 60)
        return MailMessage(
            mail, MailWords(subject: "S", text: text, html: "<p>"), from: MailNode.sender, at: wallClock())
    }

    private func sent(_ message: MailMessage, by program: String, seconds: Int = 20) async throws -> MailTransportError?
    {
        let transport = SendmailTransport(
            program: program, lane: Lane(name: "mail", threads: 1, capacity: 1), secondsEach: seconds)
        do throws(MailTransportError) {
            try await transport.send(message)
            return nil
        } catch {
            return error
        }
    }

    @Test("the program gets the whole message, who it is from and who it is for, each as one argument")
    func handover() async throws {
        try await place { place in
            let path = try program(Self.recording, in: place)
            for recipient in ["anna@example.org", "-oQ/tmp/x@example.org", "$(touch${IFS}x)|`id`@example.org"] {
                guard EmailAddress(recipient) != nil else { continue }
                let message = try message(to: recipient)
                #expect(try await sent(message, by: path) == nil)
                let arguments = try String(contentsOfFile: path + ".args", encoding: .utf8)
                #expect(arguments == "-i\n-f\nno-reply@id.example\n--\n\(recipient)\n")
                #expect(try String(contentsOfFile: path + ".input", encoding: .utf8) == message.text)
            }
            let environment = try String(contentsOfFile: path + ".env", encoding: .utf8)
            #expect(!environment.contains("MARTLET_"))
        }
    }

    @Test(
        "what the exit status means (sysexits.h): some things no other try makes better",
        arguments: [
            (0, nil), (75, false), (69, false), (1, false), (78, false), (127, false), (67, true), (65, true),
            (68, true),
        ] as [(Int, Bool?)])
    func statuses(status: Int, isPermanent: Bool?) async throws {
        try await place { place in
            // $5 is the recipient: programs name whom they do not know.
            let path = try program(
                "#!/bin/sh\ncat >/dev/null\necho \"$5: no such user\" | tee /dev/stderr\nexit \(status)\n", in: place)
            let told: String
            switch try await sent(try message(), by: path) {
            case nil: return #expect(isPermanent == nil)
            case .permanent(let reason)?:
                #expect(isPermanent == true)
                told = reason
            case .temporary(let reason)?:
                #expect(isPermanent == false)
                told = reason
            }
            #expect(told.hasPrefix("exit status \(status)") && !told.contains("anna") && !told.contains("no such user"))
        }
    }

    @Test("a program that is not there, reads nothing, dies or never ends holds nobody up")
    func trouble() async throws {
        try await place { place in
            guard case .temporary? = try await sent(try message(), by: place + "/missing") else {
                return #expect(Bool(false), "there is nothing to run")
            }
            let long = try message(text: String(repeating: "long line\n", count: 100_000))
            let deaf = try program("#!/bin/sh\nexit 0\n", in: place)
            #expect(try await sent(long, by: deaf) == nil)
            let doomed = try program("#!/bin/sh\nkill -KILL $$\n", in: place)
            #expect(try await sent(try message(), by: doomed) == .temporary("signal 9"))
            let endless = try program("#!/bin/sh\nexec sleep 1000\n", in: place)
            #expect(
                try await sent(try message(), by: endless, seconds: 1)
                    == .temporary("the program took more than 1 seconds"))
            let loud = try program("#!/bin/sh\nyes | head -c 1000000\nexit 75\n", in: place)
            guard case .temporary(let reason)? = try await sent(try message(), by: loud) else {
                return #expect(Bool(false), "it failed")
            }
            #expect(reason.utf8.count < 500)
        }
    }

    @Test("without a mail system each message is a file that its owner alone can read, in a folder like that")
    func folder() async throws {
        try await place { place in
            let told = Mutex<[(String, String)]>([])
            let folder = MailFolder(path: place + "/data/mail", lane: Lane(name: "mail", threads: 1, capacity: 1)) {
                message, file in told.withLock { $0.append((message.link, file)) }
            }
            let message = try message()
            try await folder.send(message)
            try await folder.send(message)
            let files = told.withLock { $0 }.map(\.1)
            #expect(files.count == 2 && Set(files).count == 2 && files.sorted() == files)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place + "/data/mail").count == 2)
            for (path, mode) in [(place + "/data", 0o700), (place + "/data/mail", 0o700), (files[0], 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(path)")
            }
            #expect(try String(contentsOfFile: files[0], encoding: .utf8) == message.text.replacing("\n", with: "\r\n"))
            let nowhere = MailFolder(path: "/proc/nowhere/mail", lane: Lane(name: "mail", threads: 1, capacity: 1)) {
                _, _ in
            }
            await #expect(throws: MailTransportError.self) { try await nowhere.send(message) }
        }
    }
}
