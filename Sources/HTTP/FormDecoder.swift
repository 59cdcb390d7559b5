/// A name with its value, from a form or a query string.
public struct FormParameter: Sendable, Hashable {
    /// The decoded name, perhaps empty.
    public var name: String
    /// The decoded value, empty when there was none.
    public var value: String

    /// A parameter of that name and value.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Why a form could not be decoded; it names the parameter where the name itself was sound.
public struct FormError: Error, Hashable {
    /// What was wrong.
    public enum Reason: Sendable, Hashable {
        /// A `%` without two hexadecimal digits behind it.
        case malformedPercentEncoding
        /// The decoded bytes are not UTF-8.
        case invalidUTF8
        /// A NUL, or a control character that was not percent-encoded.
        case controlCharacter
        /// More parameters than the limit.
        case tooManyParameters
    }

    /// What was wrong.
    public let reason: Reason
    /// The decoded name of the parameter, nil when the name was the malformed part.
    public let parameter: String?

    /// An error about `parameter`.
    public init(reason: Reason, parameter: String?) {
        self.reason = reason
        self.parameter = parameter
    }
}

/// Decodes `application/x-www-form-urlencoded` (WHATWG URL §5.1), as form bodies and query strings have it, but
/// strictly: nothing malformed is guessed at. The result is flat and ordered, so repeats stay visible to the caller and
/// no name, however many brackets it has, costs more than its length.
public enum FormDecoder {
    /// How many parameters one form may have unless the caller says otherwise.
    public static let defaultParameterLimit = 256

    /// The parameters of a form body.
    /// - Throws: ``FormError`` at the first parameter that is malformed.
    public static func decode(
        _ body: [UInt8], atMost limit: Int = defaultParameterLimit
    ) throws(FormError) -> [FormParameter] {
        var parameters: [FormParameter] = []
        let bytes = body.span
        var start = 0
        while start < bytes.count {
            var end = start
            var equals: Int?
            while end < bytes.count, bytes[end] != 0x26 {
                if equals == nil, bytes[end] == 0x3D { equals = end }
                end += 1
            }
            defer { start = end + 1 }
            guard end > start else { continue }  // nothing between two ampersands
            let name: String
            switch text(bytes.extracting(start..<(equals ?? end))) {
            case .success(let text): name = text
            case .failure(let reason): throw FormError(reason: reason, parameter: nil)
            }
            guard parameters.count < limit else { throw FormError(reason: .tooManyParameters, parameter: nil) }
            switch text(bytes.extracting((equals.map { $0 + 1 } ?? end)..<end)) {
            case .success(let value): parameters.append(FormParameter(name: name, value: value))
            case .failure(let reason): throw FormError(reason: reason, parameter: name)
            }
        }
        return parameters
    }

    /// The parameters of a query string; none when there is no query.
    /// - Throws: ``FormError`` at the first parameter that is malformed.
    public static func decode(
        query: String?, atMost limit: Int = defaultParameterLimit
    ) throws(FormError) -> [FormParameter] {
        guard let query else { return [] }
        return try decode(Array(query.utf8), atMost: limit)
    }

    private enum Decoded {
        case success(String)
        case failure(FormError.Reason)
    }

    private static func text(_ bytes: Span<UInt8>) -> Decoded {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0x2B:  // +
                decoded.append(0x20)
            case 0x25:  // %
                guard index + 2 < bytes.count, let high = Grammar.hexValue(bytes[index + 1]),
                    let low = Grammar.hexValue(bytes[index + 2])
                else { return .failure(.malformedPercentEncoding) }
                let byte = high << 4 | low
                guard byte != 0 else { return .failure(.controlCharacter) }
                decoded.append(byte)
                index += 2
            case 0x00..<0x20, 0x7F:
                return .failure(.controlCharacter)
            case let byte:
                decoded.append(byte)
            }
            index += 1
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { return .failure(.invalidUTF8) }
        return .success(text)
    }
}
