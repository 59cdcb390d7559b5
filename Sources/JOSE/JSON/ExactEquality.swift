/// Whether two strings are the same code points, as JSON and JOSE compare (RFC 8259 §8.3, RFC 7519 §2); `==` would also
/// take canonical equivalents for equal, such as the Kelvin sign and `K`.
func exactlyEqual(_ left: String, _ right: String?) -> Bool {
    guard let right else { return false }
    return left == right && left.utf8.elementsEqual(right.utf8)
}
