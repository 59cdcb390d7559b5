internal import Configuration
internal import Crypto
internal import JOSE
internal import Provider

/// `martlet keys …`. A running server takes new keys over within seconds.
enum KeyCommands {
    static func run(_ call: Invocation, _ office: Office) async throws {
        let delay = try call.number("activate-in", in: 0...31_536_000)
        let trail = office.administrator.trail
        switch call.verb {
        case .keysList:
            let keys = try await office.provider.stores.keys.keys()
            Answer.print(
                list: ["items": .array(keys.map(json)), "nextCursor": .null],
                columns: ["kid", "alg", "state", "activatesAt"], json: call.wantsJSON)
        case .keysGenerate:
            let key = try await office.signingKeys.generate(try kind(call), activateIn: delay, trail)
            Answer.print(json(key), json: call.wantsJSON)
        case .keysImport:
            let file = call.operands.first ?? ""
            let key = try await office.signingKeys.importPEM(
                try SmallFile.read(file), named: file, activateIn: delay, trail)
            Answer.print(json(key), json: call.wantsJSON)
        default: break
        }
    }

    private static func kind(_ call: Invocation) throws -> SigningKey.Kind {
        switch (call.value("algorithm") ?? "RS256", call.value("bits")) {
        case ("RS256", nil), ("RS256", "2048"): return .rsa2048
        case ("RS256", "3072"): return .rsa3072
        case ("RS256", "4096"): return .rsa4096
        case ("RS256", _?): throw UsageError("--bits must be 2048, 3072 or 4096.", verb: call.verb)
        case ("ES256", nil): return .p256
        case ("ES256", _?): throw UsageError("--bits is for RS256 only.", verb: call.verb)
        default: throw UsageError("--algorithm must be RS256 or ES256.", verb: call.verb)
        }
    }

    private static func json(_ key: SigningKeyRecord) -> JSON {
        [
            "kid": .string(key.kid), "alg": .string(key.algorithm.rawValue), "state": .string(key.state.rawValue),
            "createdAt": .string(key.createdAt.rfc3339), "activatesAt": .string(key.activatesAt.rfc3339),
            "retiresAt": key.retiresAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
