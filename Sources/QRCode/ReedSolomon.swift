/// Reed–Solomon codes over GF(2⁸) as §7.5.2 and Annex A want them.
struct ReedSolomon {
    /// The coefficients of the generator polynomial from the highest power down, without the first, which is 1.
    let generator: [UInt8]

    /// The code with so many error correction codewords: its generator is the product of all x − αⁱ below that number.
    init(checkCount: Int) {
        var product: [UInt8] = [1]
        for exponent in 0..<checkCount {
            let root = GaloisField.power(exponent)
            let shifted = product + [0]
            let scaled = [0] + product.map { GaloisField.product($0, root) }
            product = zip(shifted, scaled).map { $0 ^ $1 }
        }
        generator = Array(product.dropFirst())
    }

    /// The remainder of the data, times x to the number of error correction codewords, by the generator polynomial.
    func checkCodewords(of data: ArraySlice<UInt8>) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: generator.count)
        for codeword in data {
            let factor = codeword ^ remainder.removeFirst()
            remainder.append(0)
            for (index, coefficient) in generator.enumerated() {
                remainder[index] ^= GaloisField.product(coefficient, factor)
            }
        }
        return remainder
    }
}

/// GF(2⁸) modulo x⁸ + x⁴ + x³ + x² + 1, where α = 2 generates all but 0 (§7.5.2).
enum GaloisField {
    /// αⁱ.
    static func power(_ exponent: Int) -> UInt8 { powers[exponent % 255] }

    /// The product of two elements; their sum is their exclusive or.
    static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        a == 0 || b == 0 ? 0 : power(logarithms[Int(a)] + logarithms[Int(b)])
    }

    private static let powers: [UInt8] = {
        var powers: [UInt8] = []
        var element: UInt8 = 1
        for _ in 0..<255 {
            powers.append(element)
            element = element << 1 ^ (element >> 7) * 0b0001_1101
        }
        return powers
    }()

    /// The exponents of all elements but 0, which has none.
    private static let logarithms: [Int] = {
        var logarithms = [Int](repeating: 0, count: 256)
        for (exponent, element) in powers.enumerated() { logarithms[Int(element)] = exponent }
        return logarithms
    }()
}
