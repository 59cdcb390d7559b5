import COpenSSL

/// libcrypto could not do what it was asked for: out of memory, no entropy, a provider that is not loaded.
///
/// Input that is merely wrong has errors of its own (``KeyError``, ``AESGCM/OpenError``).
public struct CryptoError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The function of libcrypto that failed.
    public let operation: String
    /// What libcrypto says about it; empty when it says nothing.
    public let reason: String

    /// Takes the reason from libcrypto's error queue of this thread and leaves the queue empty.
    init(_ operation: StaticString) {
        self.operation = "\(operation)"
        self.reason = ErrorQueue.drain()
    }

    /// One line for a log; it never holds key material.
    public var description: String {
        reason.isEmpty ? "\(operation) failed" : "\(operation) failed: \(reason)"
    }
}

/// libcrypto's error queue, one a thread. What is left in it is reported by the next call that fails.
enum ErrorQueue {
    /// Empties the queue and returns its first entry, the cause.
    @discardableResult
    static func drain() -> String {
        var cause = ""
        while true {
            let code = ERR_get_error()
            if code == 0 { return cause }
            if cause.isEmpty, let text = ERR_reason_error_string(code) { cause = String(cString: text) }
        }
    }
}
