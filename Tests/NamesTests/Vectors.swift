import Foundation
import Testing

/// A data file beside the tests: lines of fields separated by `;`, each a sequence of hexadecimal scalar values.
func vectors(_ name: String) throws -> [[[UInt32]]] {
    let file = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "txt"))
    return try String(contentsOf: file, encoding: .utf8)
        .split(separator: "\n").filter { !$0.hasPrefix("#") }
        .map { line in
            line.split(separator: ";").map { $0.split(separator: " ").compactMap { UInt32($0, radix: 16) } }
        }
}

func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
