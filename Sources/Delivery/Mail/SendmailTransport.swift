public import EventLoop
internal import Glibc
internal import Provider

/// Mail by the interface that every mail system of a Unix has: a program `sendmail` that takes the message on its standard
/// input and the recipient as an argument.
public struct SendmailTransport: MailTransport {
    private let program: String
    private let lane: Lane
    private let secondsEach: Int

    /// - Parameters:
    ///   - program: the absolute path, such as `/usr/sbin/sendmail`.
    ///   - lane: where it is waited for.
    ///   - secondsEach: how long one message may take to be handed over.
    public init(program: String, lane: Lane, secondsEach: Int = 30) {
        self.program = program
        self.lane = lane
        self.secondsEach = secondsEach
    }

    /// Hands a message over to the mail system, which has it from then on.
    public func send(_ message: MailMessage) async throws(MailTransportError) {
        // -i: a line with a dot alone does not end it. -f: where it comes back to. Behind -- nothing is an option.
        let arguments = [program, "-i", "-f", message.sender.address.text, "--", message.recipient.text]
        let outcome: MailProgram.Outcome
        do {
            outcome = try await lane.run { [secondsEach] in
                MailProgram.run(arguments, input: message.text, atMost: secondsEach)
            }
        } catch {
            throw .temporary("the program was not started: \(error)")
        }
        switch outcome {
        case .exited(EX_OK): return
        // What no other try makes better; everything else may be mended.
        case .exited(let status) where [EX_DATAERR, EX_NOUSER, EX_NOHOST].contains(status):
            throw .permanent(Self.reason(status))
        case .exited(let status): throw .temporary(Self.reason(status))
        case .died(let signal): throw .temporary("signal \(signal)")
        case .tookTooLong: throw .temporary("the program took more than \(secondsEach) seconds")
        case .notStarted(let reason): throw .temporary("the program was not started: \(reason)")
        }
    }

    /// The status and what sysexits.h means by it. The program's own words would name the recipient, in a log line and in a
    /// row that outlives the mail; the log of the mail system has them.
    private static func reason(_ status: Int32) -> String {
        let meaning: String? =
            switch status {
            case EX_USAGE: "it does not take these arguments"
            case EX_DATAERR: "it refuses the message"
            case EX_NOUSER: "it does not know the recipient"
            case EX_NOHOST: "it does not know the host of the recipient"
            case EX_UNAVAILABLE: "it cannot serve"
            case EX_OSERR, EX_OSFILE, EX_CANTCREAT, EX_IOERR: "the system failed it"
            case EX_TEMPFAIL: "it asks to try again later"
            case EX_NOPERM: "it may not do this"
            case EX_CONFIG: "its configuration is wrong"
            default: nil
            }
        return "exit status \(status)\(meaning.map { ": \($0)" } ?? "") (the log of the mail system says more)"
    }
}
