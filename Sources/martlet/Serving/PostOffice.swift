internal import Configuration
internal import Delivery
internal import EventLoop
internal import Glibc
internal import JOSE
internal import Provider

/// Outgoing mail: by the operator's mail system or, where there is none, as files in the data directory.
struct PostOffice: Sendable {
    private let dispatcher: MailDispatcher

    /// - Throws: `Refusal` for a mail program that cannot be run, and for templates that cannot be used.
    init(_ provider: OpenIDProvider, _ deployment: Deployment, on loop: Loop, log: Log) throws {
        let choice = deployment.mail
        dispatcher = MailDispatcher(
            on: loop, provider: provider, transport: try Self.transport(deployment, log),
            templates: try Self.templates(choice.templates, site: deployment.issuer.text), sender: choice.sender,
            report: { Self.note($0, in: log) })
    }

    /// Begins to work.
    func start() { dispatcher.start() }

    /// Lets the mail that is leaving leave.
    func stop() async { await dispatcher.stop() }

    private static func transport(_ deployment: Deployment, _ log: Log) throws -> any MailTransport {
        let lane = Lane(name: "mail", threads: 2, capacity: 2)
        if let program = deployment.mail.program {
            guard access(program, X_OK) == 0 else {
                let reason = String(cString: strerror(errno))
                throw Refusal("\(Setting.sendmail.variable) names \(program), which cannot be run: \(reason).")
            }
            return SendmailTransport(program: program, lane: lane)
        }
        // Links are as good as passwords. Only where nobody but the developer can use them does the log have them.
        let showsLinks = !deployment.issuer.isSecure
        if !showsLinks {
            log.write(.warning, "no mail leaves: \(Setting.sendmail.variable) is not set; it becomes files")
        }
        return MailFolder(path: deployment.dataDirectory + "/mail", lane: lane) { message, file in
            var members: [(name: String, value: JSON)] = [
                ("mailId", .string(message.id)), ("kind", .string(message.kind.rawValue)), ("file", .string(file)),
            ]
            if showsLinks {
                members += [("to", .string(message.recipient.text)), ("link", .string(message.link))]
            }
            log.write(.info, "mail laid down", members)
        }
    }

    private static func templates(_ directory: String?, site: String) throws -> MailTemplates {
        do {
            return try MailTemplates(site: site) { name in
                guard let directory else { return nil }
                let file = "\(directory)/\(name)"
                return access(file, F_OK) == 0 ? try SmallFile.read(file) : nil
            }
        } catch let fault as MailTemplates.Fault {
            throw Refusal("\(Setting.mailTemplates.variable): \(fault.description)")
        }
    }

    private static func note(_ report: MailDispatcher.Report, in log: Log) {
        switch report {
        case .settled(let order, let outcome, let attempts):
            let members: [(name: String, value: JSON)] = [
                ("mailId", .string(order.id)), ("kind", .string(order.kind.rawValue)),
                ("userId", .string(order.userID.text)), ("attempt", .integer(Int64(attempts))),
            ]
            note(outcome, members, in: log)
        case .noticed(let due, let outcome):
            let members: [(name: String, value: JSON)] = [
                ("applicationId", .string(due.application.id.text)),
                ("status", .string(due.application.status.rawValue)), ("attempt", .integer(Int64(due.attempts))),
            ]
            note(outcome, members, in: log)
        case .storeFailed(let error):
            log.write(.warning, "mail cannot be looked after", [("detail", .string(Sentence.about(error)))])
        }
    }

    private static func note(_ outcome: MailOutcome, _ members: [(name: String, value: JSON)], in log: Log) {
        switch outcome {
        case .sent: log.write(.info, "mail sent", members)
        case .dropped(let reason): log.write(.info, "mail dropped", members + [("reason", .string(reason))])
        case .retry(let time, let reason):
            log.write(
                .warning, "mail failed",
                members + [("reason", .string(reason)), ("nextAttemptAt", .string(time.rfc3339))])
        case .dead(let reason): log.write(.error, "mail given up", members + [("reason", .string(reason))])
        }
    }
}
