/// A Reed-Solomon code over GF(2^8): n redundant symbols put up to n/2 wrong ones right, wherever they are.
///
/// The code of GRUB's core images (grub-core/lib/reed_solomon.c): the field's polynomial is 0x11d, the roots of a word
/// are a^0, a^1, … for a = 2, and its first symbol has the highest power. The decoder is Berlekamp and Massey's with
/// Forney's values; up to n/2 errors every decoder comes to the same word.
struct ReedSolomon {
    /// a^0, a^1, … twice around, so that the sum of two logarithms needs no remainder.
    private let powers: [UInt8]
    /// The logarithm of each byte; that of 0 means nothing.
    private let logarithms: [Int]

    init() {
        var powers = [UInt8](repeating: 0, count: 510)
        var logarithms = [Int](repeating: 0, count: 256)
        var power: UInt8 = 1
        for exponent in 0..<255 {
            powers[exponent] = power
            powers[exponent + 255] = power
            logarithms[Int(power)] = exponent
            power = (power << 1) ^ (power & 0x80 == 0 ? 0 : 0x1d)
        }
        self.powers = powers
        self.logarithms = logarithms
    }

    /// Puts `word`, whose last `redundancy` symbols are redundant, right; answers at which places it was wrong.
    ///
    /// Nil where more is wrong than the redundancy can put right: the word is then as it was.
    func correct(_ word: inout [UInt8], redundancy: Int) -> [Int]? {
        guard redundancy > 0 else { return [] }
        // The field has a power for each of 255 symbols.
        guard redundancy <= word.count, word.count <= 255 else { return nil }
        // Four syndromes show any four errors, and of more all but one in 2^32.
        guard syndromes(of: word, count: min(redundancy, 4)).contains(where: { $0 != 0 }) else { return [] }
        let syndromes = syndromes(of: word, count: redundancy)
        let locator = locator(of: syndromes)
        let errors = locator.count - 1
        guard errors <= redundancy / 2 else { return nil }
        // The locator's roots are the inverses of a^exponent, one for each wrong symbol.
        let exponents = (0..<word.count).filter { value(of: locator, at: 255 - $0) == 0 }
        guard exponents.count == errors else { return nil }
        let evaluator = (0..<redundancy).map { degree in
            (0...min(degree, errors)).reduce(UInt8(0)) {
                $0 ^ product(locator[$1], syndromes[degree - $1])
            }
        }
        // The derivative: of an odd degree's term one remains, of an even one's none.
        let derivative = locator.indices.dropFirst().map { $0 % 2 == 1 ? locator[$0] : 0 }
        for exponent in exponents {
            let inverse = 255 - exponent
            let quotient = quotient(value(of: evaluator, at: inverse), value(of: derivative, at: inverse))
            word[word.count - 1 - exponent] ^= product(powers[exponent], quotient)
        }
        return exponents.map { word.count - 1 - $0 }
    }

    /// The values of a word at its roots: zeros where it is whole.
    private func syndromes(of word: [UInt8], count: Int) -> [UInt8] {
        (0..<count).map { root in
            word.reduce(UInt8(0)) { sum, symbol in
                (sum == 0 ? 0 : powers[logarithms[Int(sum)] + root]) ^ symbol
            }
        }
    }

    /// The shortest register that makes the syndromes, lowest degree first (Massey 1969).
    private func locator(of syndromes: [UInt8]) -> [UInt8] {
        var locator: [UInt8] = [1]
        var earlier: [UInt8] = [1]
        var length = 0
        var shift = 1
        var earlierDiscrepancy: UInt8 = 1
        for position in syndromes.indices {
            let discrepancy = (0...min(length, locator.count - 1, position)).reduce(UInt8(0)) {
                $0 ^ product(locator[$1], syndromes[position - $1])
            }
            guard discrepancy != 0 else {
                shift += 1
                continue
            }
            let factor = quotient(discrepancy, earlierDiscrepancy)
            var next = locator + [UInt8](repeating: 0, count: max(0, earlier.count + shift - locator.count))
            for degree in earlier.indices { next[degree + shift] ^= product(factor, earlier[degree]) }
            if 2 * length <= position {
                (earlier, earlierDiscrepancy) = (locator, discrepancy)
                length = position + 1 - length
                shift = 1
            } else {
                shift += 1
            }
            locator = next
        }
        while locator.count > 1, locator.last == 0 { locator.removeLast() }
        // A register that is longer than its polynomial has no place for each error.
        return locator.count - 1 == length
            ? locator : locator + [UInt8](repeating: 0, count: length + 1 - locator.count)
    }

    /// A polynomial, lowest degree first, at a^exponent.
    private func value(of polynomial: [UInt8], at exponent: Int) -> UInt8 {
        polynomial.reversed().reduce(UInt8(0)) { sum, coefficient in
            (sum == 0 ? 0 : powers[logarithms[Int(sum)] + exponent % 255]) ^ coefficient
        }
    }

    private func product(_ one: UInt8, _ other: UInt8) -> UInt8 {
        one == 0 || other == 0 ? 0 : powers[logarithms[Int(one)] + logarithms[Int(other)]]
    }

    private func quotient(_ one: UInt8, _ other: UInt8) -> UInt8 {
        one == 0 || other == 0 ? 0 : powers[logarithms[Int(one)] + 255 - logarithms[Int(other)]]
    }
}
