internal import Configuration
internal import JOSE
internal import Provider

/// `martlet audit …`.
enum AuditCommands {
    static func run(_ call: Invocation, _ office: Office) async throws {
        switch call.verb {
        case .auditVerify: try await verify(call, office)
        case .auditCheckpoint:
            guard let checkpoint = try await office.provider.auditChain.checkpoint() else {
                throw Refusal("The audit log is empty.")
            }
            Answer.print(["checkpoint": .string(checkpoint)], json: call.wantsJSON)
        default: break
        }
    }

    private static func verify(_ call: Invocation, _ office: Office) async throws {
        let verdict = try await office.provider.auditChain.verify(checkpoint: call.value("checkpoint"))
        if call.wantsJSON {
            Answer.print(
                [
                    "length": .integer(verdict.length),
                    "findings": .array(verdict.findings.map { .string($0.description) }),
                ], json: true)
        } else {
            Terminal.print("\(verdict.length) lines\n" + verdict.findings.map { $0.description + "\n" }.joined())
        }
        guard verdict.findings.isEmpty else {
            throw Refusal("The audit log is not as it was written: \(verdict.findings.count) finding(s).")
        }
    }
}
