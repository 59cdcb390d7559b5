/// What is the same in each symbol of a version (§6.3.3–§6.3.6).
extension ModuleGrid {
    /// Draws the patterns by which a reader finds the symbol and its grid.
    mutating func drawFunctionPatterns(of version: SymbolVersion) {
        drawTimingPatterns()
        let far = size - 4
        for (x, y) in [(3, 3), (far, 3), (3, far)] { drawFinder(x: x, y: y) }
        drawAlignmentPatterns(version.alignmentCentres)
    }

    /// §6.3.5: a row and a column in which dark and light alternate.
    private mutating func drawTimingPatterns() {
        for place in 0..<size {
            draw(place.isMultiple(of: 2), x: place, y: Self.timingLine)
            draw(place.isMultiple(of: 2), x: Self.timingLine, y: place)
        }
    }

    /// §6.3.3, §6.3.4: around its centre a dark square of 3, a light ring, a dark ring and the light separator, as far
    /// as the symbol reaches.
    private mutating func drawFinder(x centreX: Int, y centreY: Int) {
        for y in max(0, centreY - 4)...min(size - 1, centreY + 4) {
            for x in max(0, centreX - 4)...min(size - 1, centreX + 4) {
                let ring = max(abs(x - centreX), abs(y - centreY))
                draw(ring != 2 && ring != 4, x: x, y: y)
            }
        }
    }

    /// §6.3.6: around each centre a light and a dark ring, wherever centres cross but in the corners of finders.
    private mutating func drawAlignmentPatterns(_ centres: [Int]) {
        guard let first = centres.first, let last = centres.last else { return }
        for centreY in centres {
            for centreX in centres {
                let corner = (centreX, centreY)
                if corner == (first, first) || corner == (last, first) || corner == (first, last) { continue }
                for y in centreY - 2...centreY + 2 {
                    for x in centreX - 2...centreX + 2 {
                        draw(max(abs(x - centreX), abs(y - centreY)) != 1, x: x, y: y)
                    }
                }
            }
        }
    }
}
