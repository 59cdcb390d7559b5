import QRCode
import Testing

@Suite("A QR Code symbol as an SVG path (SVG 2 §9.3)")
struct SVGTests {
    /// The rectangles of `M<x> <y>h<n>v1h-<n>z`, and nothing else.
    private func dark(in path: String) throws -> [[Int]: Int] {
        var modules: [[Int]: Int] = [:]
        for piece in path.split(separator: "z", omittingEmptySubsequences: false).dropLast() {
            let match = try #require(piece.wholeMatch(of: /M(\d+) (\d+)h(\d+)v1h-(\d+)/))
            #expect(match.3 == match.4)
            let (x, y, length) = (try #require(Int(match.1)), try #require(Int(match.2)), try #require(Int(match.3)))
            for place in x..<x + length { modules[[place, y], default: 0] += 1 }
        }
        return modules
    }

    @Test("it covers the dark modules, each once", arguments: [1, 14, 100, 1000])
    func covers(byteCount: Int) throws {
        let symbol = try QRSymbol((0..<byteCount).map { _ in UInt8.random(in: .min ... .max) })
        let modules = try dark(in: symbol.svgPath)
        for y in 0..<symbol.size {
            for x in 0..<symbol.size { #expect(modules[[x, y], default: 0] == (symbol[x, y] ? 1 : 0)) }
        }
        #expect(modules.keys.allSatisfy { $0.allSatisfy((0..<symbol.size).contains) })
    }

    @Test("it begins with the finders' upper edges, a run each")
    func runs() throws {
        let path = try QRSymbol("QR Code Symbol").svgPath
        #expect(path.hasPrefix("M0 0h7v1h-7zM8 0h1v1h-1zM11 0h2v1h-2zM14 0h7v1h-7zM0 1h1v1h-1z"))
    }

    @Test("§6.3.8 of ISO/IEC 18004: the view box leaves four modules on each side")
    func viewBox() throws {
        #expect(try QRSymbol("").svgViewBox == "-4 -4 29 29")
        #expect(try QRSymbol([UInt8](repeating: 0, count: QRSymbol.capacity)).svgViewBox == "-4 -4 185 185")
    }
}
