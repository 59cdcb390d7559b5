/// Members of the object being written.
extension JSONWriter {
    /// Any value.
    public mutating func member(_ name: String, _ value: JSON) {
        self.name(name)
        self.value(value)
    }

    /// A string.
    public mutating func member(_ name: String, _ text: String) {
        self.name(name)
        value(text)
    }

    /// An integer.
    public mutating func member(_ name: String, _ number: Int64) {
        self.name(name)
        value(number)
    }

    /// An integer.
    public mutating func member(_ name: String, _ number: Int) {
        self.name(name)
        value(number)
    }

    /// A number; `null` when it is infinite or not a number, which JSON cannot write.
    public mutating func member(_ name: String, _ number: Double) {
        self.name(name)
        value(number)
    }

    /// A Boolean.
    public mutating func member(_ name: String, _ flag: Bool) {
        self.name(name)
        value(flag)
    }

    /// An array of strings.
    public mutating func member(_ name: String, _ texts: [String]) {
        self.name(name)
        value(texts)
    }

    /// A string, or no member at all.
    public mutating func member(_ name: String, ifPresent text: String?) {
        if let text { member(name, text) }
    }

    /// An integer, or no member at all.
    public mutating func member(_ name: String, ifPresent number: Int64?) {
        if let number { member(name, number) }
    }

    /// An object whose members `body` writes.
    public mutating func objectMember(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    /// A value that `body` writes, one and no more.
    public mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        body(&self)
    }

    /// An array whose elements `body` writes.
    public mutating func arrayMember(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        array(body)
    }

    /// A value that is JSON already, written as it is: what a ``JSONWriter`` gave before.
    public mutating func member(_ name: String, raw: [UInt8]) {
        self.name(name)
        value(raw: raw)
    }
}

extension JSON {
    /// The value as JSON text, without whitespace.
    ///
    /// - Parameter escapingHTML: see ``JSONWriter/init(capacity:escapingHTML:)``.
    public func encoded(escapingHTML: Bool = false) -> [UInt8] {
        var writer = JSONWriter(escapingHTML: escapingHTML)
        writer.value(self)
        return writer.bytes
    }
}

extension JSON: CustomStringConvertible {
    /// The value as JSON text.
    public var description: String { String(decoding: encoded(), as: UTF8.self) }
}
