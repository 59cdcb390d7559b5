import COpenSSL

/// The standard alphabet without padding, as the PHC string format wants it.
enum Base64 {
    static func encodeUnpadded(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
        return String(decoding: text.prefix((bytes.count * 4 + 2) / 3), as: UTF8.self)
    }

    /// Nil unless `text` is exactly what ``encodeUnpadded(_:)`` gives for some bytes.
    static func decodeUnpadded(_ text: Substring) -> [UInt8]? {
        var padded = Array(text.utf8)
        guard padded.count % 4 != 1, padded.count <= 256 else { return nil }
        let byteCount = padded.count * 3 / 4
        padded += [UInt8](repeating: UInt8(ascii: "="), count: (4 - padded.count % 4) % 4)
        var bytes = [UInt8](repeating: 0, count: padded.count / 4 * 3)
        guard EVP_DecodeBlock(&bytes, padded, Int32(padded.count)) == Int32(bytes.count) else {
            ErrorQueue.drain()
            return nil
        }
        bytes.removeLast(bytes.count - byteCount)
        return encodeUnpadded(bytes) == text ? bytes : nil
    }
}
