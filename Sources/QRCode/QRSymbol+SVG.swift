/// The symbol as it is drawn in SVG 2. Whoever writes the element fills the path dark on a light ground and asks for
/// `shape-rendering="crispEdges"`, so that no seams show between the rows.
extension QRSymbol {
    /// The `d` of a path that covers the dark modules, one unit each, from (0, 0) in the upper left corner: a rectangle
    /// for each horizontal run. The quiet zone is not in it: ``svgViewBox`` leaves room for that.
    public var svgPath: String {
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                var end = x
                while self[end, y] { end += 1 }
                if end > x { path += "M\(x) \(y)h\(end - x)v1h-\(end - x)z" }
                x = end + 1
            }
        }
        return path
    }

    /// The `viewBox` that shows ``svgPath`` with its quiet zone.
    public var svgViewBox: String {
        let side = size + 2 * Self.quietZone
        return "-\(Self.quietZone) -\(Self.quietZone) \(side) \(side)"
    }
}
