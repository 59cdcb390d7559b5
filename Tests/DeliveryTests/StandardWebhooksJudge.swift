import Foundation
import HTTP
import JOSE
import Provider
import TestCertificates

/// The receiver's side of Standard Webhooks as the project itself publishes it, in Python: an independent judge.
///
/// `MARTLET_TEST_PYTHON` names an interpreter that has the package; without it `python3` is asked.
enum StandardWebhooksJudge {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "standard_webhooks_judge.py").path

    /// Whether the interpreter has the package.
    static let isPresent = (try? status(of: "{}")).map { $0 != 2 && $0 != 127 } ?? false

    /// Whether the library takes this request for genuine and fresh.
    static func accepts(_ request: Request, secret: [UInt8]) throws -> Bool {
        var headers = JSONObject()
        for (name, value) in request.headers { headers[name.lowercased()] = .string(value) }
        let delivery: JSON = [
            "secret": .string("whsec_" + StandardBase64.encode(secret)), "headers": .object(headers),
            "body": .string(String(decoding: request.body, as: UTF8.self)),
        ]
        return try status(of: "\(delivery)") == 0
    }

    private static func status(of input: String) throws -> Int32 {
        let python = ProcessInfo.processInfo.environment["MARTLET_TEST_PYTHON"] ?? "python3"
        return try Command.run("/usr/bin/env", [python, script], input: input).status
    }
}
