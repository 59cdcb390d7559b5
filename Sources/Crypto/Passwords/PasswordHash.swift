/// A stored password hash: `$scrypt$ln=17,r=8,p=1$<salt>$<hash>`, salt and hash in base64 without padding.
///
/// It prints its cost only: a hash in a log can be attacked offline.
public struct PasswordHash: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    static let freshSaltByteCount = 16
    static let freshKeyByteCount = 32

    /// The cost it was made with.
    public let parameters: Scrypt.Parameters
    let salt: [UInt8]
    let key: [UInt8]

    init(parameters: Scrypt.Parameters, salt: [UInt8], key: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.key = key
    }

    /// Reads the encoded form; nil when it is not one, or when its parameters are beyond the bounds of
    /// ``Scrypt/Parameters/init(logN:blockSize:parallelization:)``. Nothing is computed here.
    public init?(encoded: String) {
        guard encoded.utf8.count <= 256 else { return nil }
        let fields = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt",
            let parameters = Self.parameters(from: fields[2]),
            let salt = Base64.decodeUnpadded(fields[3]), (8...64).contains(salt.count),
            let key = Base64.decodeUnpadded(fields[4]), (16...64).contains(key.count)
        else { return nil }
        self.init(parameters: parameters, salt: salt, key: key)
    }

    /// The form to store.
    public var encoded: String {
        let cost = "ln=\(parameters.logN),r=\(parameters.blockSize),p=\(parameters.parallelization)"
        return "$scrypt$\(cost)$\(Base64.encodeUnpadded(salt))$\(Base64.encodeUnpadded(key))"
    }

    /// Says what it is, not the salt and the hash.
    public var description: String {
        "PasswordHash(scrypt, ln=\(parameters.logN), r=\(parameters.blockSize), p=\(parameters.parallelization))"
    }

    /// Says what it is, not the salt and the hash.
    public var debugDescription: String { description }

    /// Shows nothing to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether `password` is the one that was hashed. Takes as long and as much memory as ``parameters`` say.
    ///
    /// - Throws: ``CryptoError`` when the memory is not to be had; that is not a wrong password.
    public func matches(_ password: [UInt8]) throws(CryptoError) -> Bool {
        let candidate = try Scrypt.deriveKey(
            password: password, salt: salt, parameters: parameters, byteCount: key.count)
        return constantTimeEquals(candidate, key)
    }

    /// The same, but a wrong password takes the time of a hash with `cost` if that is longer: a hash from before the
    /// cost was raised would otherwise tell by time that its user exists.
    ///
    /// - Throws: ``CryptoError`` when the memory is not to be had; that is not a wrong password.
    public func matches(_ password: [UInt8], inTheTimeOf cost: Scrypt.Parameters) throws(CryptoError) -> Bool {
        if try matches(password) { return true }
        for parameters in parameters.hashesMissing(to: cost) {
            _ = try Scrypt.deriveKey(password: password, salt: salt, parameters: parameters, byteCount: key.count)
        }
        return false
    }

    /// Whether a login with the right password is the moment to store a new hash with `wanted`. A hash that is dearer
    /// than wanted stays as it is: nobody becomes easier to attack because the cost was lowered.
    public func needsRehash(for wanted: Scrypt.Parameters) -> Bool {
        parameters.isWeaker(than: wanted) || salt.count < Self.freshSaltByteCount || key.count < Self.freshKeyByteCount
    }

    /// `ln=17,r=8,p=1`, in this order and canonical decimal.
    private static func parameters(from text: Substring) -> Scrypt.Parameters? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, let logN = number(fields[0], "ln="), let blockSize = number(fields[1], "r="),
            let parallelization = number(fields[2], "p=")
        else { return nil }
        return Scrypt.Parameters(logN: logN, blockSize: blockSize, parallelization: parallelization)
    }

    private static func number(_ field: Substring, _ name: String) -> Int? {
        guard field.hasPrefix(name) else { return nil }
        let digits = field.utf8.dropFirst(name.utf8.count)
        guard (1...4).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
