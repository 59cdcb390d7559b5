internal import COpenSSL
internal import Glibc

/// OpenSSL's error queue of this thread. It is emptied before each call and after each failure: what one call leaves
/// there would be reported as the fault of the next.
enum ErrorQueue {
    /// The first error, which is the cause of those after it, as OpenSSL's codes and text.
    struct Entry {
        let library: Int32
        let code: Int32
        let reason: String
    }

    static func clear() {
        ERR_clear_error()
    }

    /// The cause of the last failure; the queue is empty afterwards.
    static func drain() -> Entry? {
        let error = ERR_get_error()
        guard error != 0 else { return nil }
        defer { ERR_clear_error() }
        let library = ERR_GET_LIB(error)
        let code = ERR_GET_REASON(error)
        let text = ERR_reason_error_string(error).map { String(cString: $0) }
        return Entry(library: library, code: code, reason: text ?? systemText(of: error) ?? "error \(error)")
    }

    /// ``drain()`` where only the text matters.
    static func drainedReason() -> String {
        drain()?.reason ?? "no reason given"
    }

    /// System errors (a file that is not there) carry an `errno` for which OpenSSL has no text of its own.
    private static func systemText(of error: UInt) -> String? {
        guard isSystemError(error), let text = strerror(ERR_GET_REASON(error)) else { return nil }
        return String(cString: text)
    }

    private static func isSystemError(_ error: UInt) -> Bool {
        error & (UInt(Int32.max) + 1) != 0
    }
}
