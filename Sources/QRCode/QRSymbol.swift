/// A QR Code symbol (ISO/IEC 18004): bytes as a square of dark and light modules that a camera can read.
///
/// Byte mode and error correction level M, in the smallest version that holds the bytes. A reader may find up to 15 % of
/// the codewords destroyed, which is the usual choice for a screen; the other modes would only make symbols of digits or
/// capitals smaller. Equal bytes give equal symbols.
public struct QRSymbol: Sendable, Hashable {
    /// The most bytes that any symbol of level M holds (Table 7, version 40).
    public static let capacity = 2331

    /// How many light modules must surround a symbol on every side (§6.3.8). They are not part of it.
    public static let quietZone = 4

    /// There is no version that holds so many bytes.
    public struct TooManyBytes: Error, Sendable, Equatable {
        /// How many there were; the most is ``QRSymbol/capacity``.
        public let byteCount: Int
    }

    /// 1 to 40.
    public let version: Int

    /// How many modules a side has: 21 to 177.
    public let size: Int

    /// Row by row.
    private let modules: [Bool]

    /// The symbol of these bytes.
    ///
    /// - Throws: ``TooManyBytes`` for more than ``capacity`` of them.
    public init(_ bytes: [UInt8]) throws(TooManyBytes) {
        guard let version = SymbolVersion.smallest(holding: bytes.count) else {
            throw TooManyBytes(byteCount: bytes.count)
        }
        self.init(version, dataCodewords: version.dataCodewords(of: bytes))
    }

    /// The symbol of the UTF-8 bytes of a text.
    ///
    /// No reader needs to be told of the encoding for ASCII, such as a URI. Beyond that the standard's default is
    /// ISO/IEC 8859-1 (§7.3.5), but readers look for UTF-8 first.
    ///
    /// - Throws: ``TooManyBytes`` for more than ``capacity`` of them.
    public init(_ text: String) throws(TooManyBytes) {
        try self.init(Array(text.utf8))
    }

    /// The symbol of codewords that fill this version.
    init(_ version: SymbolVersion, dataCodewords: [UInt8]) {
        var unmasked = ModuleGrid(version)
        unmasked.place(version.message(of: dataCodewords))
        let symbol = unmasked.maskedBest()
        self.version = version.number
        size = symbol.size
        modules = symbol.modules
    }

    /// Whether the module in column `x` and row `y` is dark; both count from 0 in the upper left corner. All beyond the
    /// edges is light, like the quiet zone.
    public subscript(x: Int, y: Int) -> Bool {
        let range = 0..<size
        return range.contains(x) && range.contains(y) && modules[y * size + x]
    }
}
