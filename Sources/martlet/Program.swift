internal import Configuration

/// The program from its arguments to its exit status: 0 done, 1 refused, 2 wrong usage.
struct Program {
    let arguments: [String]
    let environment: [String: String]

    func run() async -> Int32 {
        do {
            let call = try Invocation(arguments)
            guard call.verb == .serve else {
                try await run(call)
                return 0
            }
            return await serve(call)
        } catch {
            Terminal.complain(Sentence.about(error))
            return Self.status(of: error)
        }
    }

    private func run(_ call: Invocation) async throws {
        if call.verb == .help { return try HelpCommand.run(call) }
        let given = try GivenSettings(environment: environment, flags: call.settings)
        // Shown also when it is wrong: that is when one looks.
        if call.verb == .config { Terminal.print(ConfigCommand.text(given, json: call.wantsJSON)) }
        let deployment = try Deployment(given)
        switch call.verb {
        case .serve, .help, .config: break
        case .migrate: try await MigrateCommand.run(call, deployment)
        case .clientsList, .clientsCreate, .clientsShow, .clientsUpdate, .clientsDelete, .clientsRotateSecret,
            .clientsSecrets, .clientsRemoveSecret:
            try await Office.open(deployment) { try await ClientCommands.run(call, $0) }
        case .usersList, .usersCreate, .usersShow, .usersUpdate, .usersDelete, .usersResetFactors:
            try await Office.open(deployment) { try await UserCommands.run(call, $0) }
        case .clientsScopes, .clientsSetScope, .clientsDeleteScope, .clientsConsents, .clientsTokens,
            .clientsRevokeTokens, .usersConsents, .usersRevokeConsent, .usersSessions, .usersEndSessions, .usersTokens,
            .usersRevokeTokens:
            try await Office.open(deployment) { try await AccessCommands.run(call, $0) }
        case .applicationsList, .applicationsShow, .applicationsApprove, .applicationsRefuse, .applicationsResend:
            try await Office.open(deployment) { try await ApplicationCommands.run(call, $0) }
        case .keysList, .keysGenerate, .keysImport:
            try await Office.open(deployment) { try await KeyCommands.run(call, $0) }
        case .auditVerify, .auditCheckpoint:
            try await Office.open(deployment) { try await AuditCommands.run(call, $0) }
        }
    }

    /// The one verb that talks to a log and not to a person.
    private func serve(_ call: Invocation) async -> Int32 {
        let log: Log
        do {
            log = try Log(level: .info)
        } catch {
            Terminal.complain(Sentence.about(error))
            return 1
        }
        do {
            let given = try GivenSettings(environment: environment, flags: call.settings)
            let deployment = try Deployment(given)
            log.change(to: deployment.log)
            try await Serve(deployment, log, announcesJSON: call.wantsJSON).run()
            await log.close()
            return 0
        } catch {
            log.write(.error, Sentence.about(error))
            await log.close()
            return Self.status(of: error)
        }
    }

    private static func status(of error: any Error) -> Int32 {
        error is UsageError || error is ConfigurationError ? 2 : 1
    }
}
