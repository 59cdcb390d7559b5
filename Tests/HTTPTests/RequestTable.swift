import Foundation
import HTTP
import Testing

/// One case of the table in `Requests/`; its README says how a case is written.
struct TableRequest: CustomTestStringConvertible, Sendable {
    var title = ""
    var bytes: [UInt8] = []
    var limits: [String: Int] = [:]
    var verdict: [String] = []

    var testDescription: String { title }

    /// Lines as in the table: what the reader makes of the case's bytes when they arrive in these portions.
    func transcript(of portions: [ArraySlice<UInt8>], proceedsAtOnce: Bool) -> [String] {
        let wire = Wire(readerLimits)
        var lines: [String] = []
        for portion in portions {
            lines += wire.receive(portion)
            while proceedsAtOnce, wire.state == .answering { lines += wire.proceed() }
        }
        while wire.state == .answering { lines += wire.proceed() }
        return wire.state == .head || wire.state == .body ? lines + ["waits"] : lines
    }

    private var readerLimits: RequestLimits {
        var result = RequestLimits()
        if let bytes = limits["request-line"] { result.requestLineBytes = bytes }
        if let bytes = limits["header-bytes"] { result.headerBytes = bytes }
        if let count = limits["header-count"] { result.headerCount = count }
        if let bytes = limits["content"] { result.contentBytes = { _, _ in bytes } }
        return result
    }
}

extension TableRequest {
    /// All cases of one file.
    static func load(_ name: String) -> [TableRequest] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Requests/\(name).txt")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        var cases: [TableRequest] = []
        for line in text.split(separator: "\n") {
            func rest(_ prefix: String) -> String? {
                line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
            }
            if let title = rest("== ") {
                cases.append(TableRequest(title: title))
            } else if let bytes = rest(">> ") {
                cases[cases.count - 1].bytes += TableEscapes.unescape(bytes)
            } else if let verdict = rest("martlet: ") {
                cases[cases.count - 1].verdict.append(verdict)
            } else if let limits = rest("limits: ") {
                for limit in limits.split(separator: " ") {
                    let parts = limit.split(separator: "=")
                    cases[cases.count - 1].limits[String(parts[0])] = Int(parts[1])
                }
            }
        }
        return cases
    }
}

/// The escapes of the table.
enum TableEscapes {
    static func escape(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { text, byte in
            switch byte {
            case 0x0D: text += "\\r"
            case 0x0A: text += "\\n"
            case 0x09: text += "\\t"
            case 0x00: text += "\\0"
            case 0x5C: text += "\\\\"
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }

    static func unescape(_ text: String) -> [UInt8] {
        var rest = Array(text.utf8)[...]
        return unescape(&rest, untilBrace: false)
    }

    private static func unescape(_ rest: inout ArraySlice<UInt8>, untilBrace: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if untilBrace, byte == UInt8(ascii: "}") { return bytes }
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "0"): bytes.append(0x00)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest.removeFirst(2)
            case UInt8(ascii: "*"):
                let digits = rest.prefix { $0 != UInt8(ascii: "{") }
                rest.removeFirst(digits.count + 1)
                let repeated = unescape(&rest, untilBrace: true)
                for _ in 0..<(Int(String(decoding: digits, as: UTF8.self)) ?? 0) { bytes += repeated }
            default: bytes.append(escape)
            }
        }
        return bytes
    }
}
