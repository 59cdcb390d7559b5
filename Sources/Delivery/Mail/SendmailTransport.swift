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
        case .exited(EX_OK, _): return
        // What no other try makes better; everything else may be mended.
        case .exited(let status, let said) where [EX_DATAERR, EX_NOUSER, EX_NOHOST].contains(status):
            throw .permanent("exit status \(status)\(said.isEmpty ? "" : ": \(said)")")
        case .exited(let status, let said):
            throw .temporary("exit status \(status)\(said.isEmpty ? "" : ": \(said)")")
        case .died(let signal): throw .temporary("signal \(signal)")
        case .tookTooLong: throw .temporary("the program took more than \(secondsEach) seconds")
        case .notStarted(let reason): throw .temporary("the program was not started: \(reason)")
        }
    }
}
