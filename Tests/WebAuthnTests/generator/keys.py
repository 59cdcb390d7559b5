"""COSE keys, right and broken: name, error, bytes."""

from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

from generator.authenticator import RSA, cose_key, cose_map, fixed, head

X, Y = cose_map()[-2], cose_map()[-3]
N = cose_map(RSA)[-1]
WRONG_POINT = bytes([X[0], *X[1:-1], X[-1] ^ 1])
P = 2**256 - 2**224 + 2**192 + 2**96 - 1


def small(text):
    return bytes.fromhex(text)


def modulus(bits):
    """An odd number of so many bits; that it is a product of two primes is nothing that a verifier can see."""
    number = int.from_bytes(fixed(f"modulus of {bits} bits", (bits + 7) // 8), "big") % (1 << bits)
    return (number | 1 << bits - 1 | 1).to_bytes((bits + 7) // 8, "big")


def rsa(n=N, e=b"\x01\x00\x01", **changes):
    return cose_key(RSA, m1=n, m2=e, **changes)


def es(parts):
    """An ES256 key of encoded entries, in whatever order and number."""
    return head(5, len(parts)) + b"".join(parts)


KTY, ALG, CRV = small("0102"), small("0326"), small("2001")
XS, YS = small("215820") + X, small("225820") + Y
P384 = ec.derive_private_key(5, ec.SECP384R1()).public_key().public_numbers()
X384, Y384 = P384.x.to_bytes(48, "big"), P384.y.to_bytes(48, "big")

KEYS = [
    ("RS256 of 2048 bits", "", cose_key(RSA)),
    ("RS256 of 3072 bits", "", rsa(modulus(3072))),
    ("RS256 of 4096 bits", "", rsa(modulus(4096))),
    # Algorithms that were not asked for.
    ("EdDSA", "unsupportedAlgorithm(-8)", cbor.encode({1: 1, 3: -8, -1: 6, -2: fixed("ed", 32)})),
    ("ES384", "unsupportedAlgorithm(-35)", cbor.encode({1: 2, 3: -35, -1: 2, -2: X384, -3: Y384})),
    ("PS256", "unsupportedAlgorithm(-37)", cose_key(RSA, _3=-37)),
    ("RS1", "unsupportedAlgorithm(-65535)", cose_key(RSA, _3=-65535)),
    ("ES256K", "unsupportedAlgorithm(-47)", cose_key(_3=-47, m1=8)),
    ("HMAC", "unsupportedAlgorithm(5)", cbor.encode({1: 4, 3: 5, -1: fixed("k", 32)})),
    ("the lowest number as algorithm", "credentialKeyParameter(3)", cose_key(_3=-(2**64))),
    ("a text as algorithm", "credentialKeyParameter(3)", cose_key(_3="ES256")),
    ("no algorithm", "credentialKeyParameter(3)", cose_key(_3=None)),
    # Another type or curve than the algorithm's.
    ("RS256 with the type EC2", "unsupportedKeyType(2)", cose_key(RSA, _1=2)),
    ("ES256 with the type RSA", "unsupportedKeyType(3)", cose_key(_1=3)),
    ("ES256 with the type OKP", "unsupportedKeyType(1)", cose_key(_1=1)),
    ("ES256 without a type", "credentialKeyParameter(1)", cose_key(_1=None)),
    ("ES256 with RSA's numbers", "credentialKeyParameter(-1)", cose_key(RSA, _1=2, _3=-7)),
    ("ES256 on P-384", "unsupportedCurve(2)", cose_key(m1=2, m2=X384, m3=Y384)),
    ("ES256 on secp256k1", "unsupportedCurve(8)", cose_key(m1=8)),
    ("ES256 without a curve", "credentialKeyParameter(-1)", cose_key(m1=None)),
    ("ES256 with a named curve", "credentialKeyParameter(-1)", cose_key(m1="P-256")),
    # Points.
    ("no x", "credentialKeyParameter(-2)", cose_key(m2=None)),
    ("no y", "credentialKeyParameter(-3)", cose_key(m3=None)),
    ("a compressed point", "credentialKeyParameter(-3)", cose_key(m3=True)),
    ("a text as x", "credentialKeyParameter(-2)", cose_key(m2="x" * 32)),
    ("a point off the curve", "unacceptableKey(badPoint)", cose_key(m2=WRONG_POINT)),
    ("x and y changed round", "unacceptableKey(badPoint)", cose_key(m2=Y, m3=X)),
    ("zeros as point", "unacceptableKey(badPoint)", cose_key(m2=bytes(32), m3=bytes(32))),
    ("x beyond the field", "unacceptableKey(badPoint)", cose_key(m2=P.to_bytes(32, "big"))),
    ("x of 31 bytes", "unacceptableKey(badPoint)", cose_key(m2=X[1:])),
    ("x of 33 bytes", "unacceptableKey(badPoint)", cose_key(m2=b"\0" + X)),
    ("an empty y", "unacceptableKey(badPoint)", cose_key(m3=b"")),
    # RSA numbers.
    ("RSA of 1024 bits", "unacceptableKey(modulusBits)", rsa(modulus(1024))),
    ("RSA of 2047 bits", "unacceptableKey(modulusBits)", rsa(modulus(2047))),
    ("RSA of 4104 bits", "unacceptableKey(modulusBits)", rsa(modulus(4104))),
    ("an even modulus", "unacceptableKey(badModulus)", rsa(N[:-1] + bytes([N[-1] & 0xFE]))),
    ("a modulus with a leading zero", "unacceptableKey(badModulus)", rsa(b"\0" + N)),
    ("an empty modulus", "unacceptableKey(badModulus)", rsa(b"")),
    ("the exponent 1", "unacceptableKey(badExponent)", rsa(e=b"\x01")),
    ("the exponent 3", "unacceptableKey(badExponent)", rsa(e=b"\x03")),
    ("an even exponent", "unacceptableKey(badExponent)", rsa(e=b"\x01\x00\x00")),
    ("an exponent with a leading zero", "unacceptableKey(badExponent)", rsa(e=b"\x00\x01\x00\x01")),
    ("an exponent of 33 bits", "unacceptableKey(badExponent)", rsa(e=b"\x01\x00\x00\x00\x01")),
    ("no exponent", "credentialKeyParameter(-2)", cose_key(RSA, m2=None)),
    ("an exponent as number", "credentialKeyParameter(-2)", cose_key(RSA, m2=65537)),
    ("RSA with a private exponent", "credentialKeyParameters", rsa(m3=fixed("d", 256))),
    # Parameters that are not to be there (§6.5.1).
    ("a key id", "credentialKeyParameters", cose_key(_2=b"kid")),
    ("key operations", "credentialKeyParameters", cose_key(_4=[2])),
    ("a private key", "credentialKeyParameters", cose_key(m4=fixed("d", 32))),
    ("a named parameter", "credentialKeyParameters", cbor.encode(cose_map() | {"x": 1})),
    # Not a map, or not in CTAP2's canonical form.
    ("a number as key", "credentialKeyParameters", b"\x00"),
    ("an array as key", "credentialKeyParameters", cbor.encode([2, -7, 1, X, Y])),
    ("an empty map as key", "credentialKeyParameter(3)", b"\xa0"),
    ("the shortest form", "", es([KTY, ALG, CRV, XS, YS])),
    ("alg before kty", "credentialKey(keyOrder)", es([ALG, KTY, CRV, XS, YS])),
    ("crv before kty", "credentialKey(keyOrder)", es([CRV, KTY, ALG, XS, YS])),
    ("y before x", "credentialKey(keyOrder)", es([KTY, ALG, CRV, YS, XS])),
    ("alg twice", "credentialKey(repeatedKey)", es([KTY, ALG, ALG, CRV, XS, YS])),
    ("alg twice, RS256 first", "credentialKey(repeatedKey)", es([KTY, small("03390100"), ALG, CRV, XS, YS])),
    ("y twice", "credentialKey(repeatedKey)", es([KTY, ALG, CRV, XS, YS, YS])),
    ("kty again at the end", "credentialKey(keyOrder)", es([KTY, ALG, CRV, XS, YS, KTY])),
    ("a map of indefinite length", "credentialKey(indefiniteLength)",
     b"\xbf" + KTY + ALG + CRV + XS + YS + b"\xff"),
    ("x of indefinite length", "credentialKey(indefiniteLength)",
     es([KTY, ALG, CRV, b"\x21\x5f\x58\x20" + X + b"\xff", YS])),
    ("kty in two bytes", "credentialKey(notShortest)", es([small("011802"), ALG, CRV, XS, YS])),
    ("a label in two bytes", "credentialKey(notShortest)", es([small("180102"), ALG, CRV, XS, YS])),
    ("the length of x in three bytes", "credentialKey(notShortest)",
     es([KTY, ALG, CRV, small("21590020") + X, YS])),
    ("the count in two bytes", "credentialKey(notShortest)", b"\xb8\x05" + KTY + ALG + CRV + XS + YS),
    ("a tagged x", "credentialKey(tag)", es([KTY, ALG, CRV, small("21c25820") + X, YS])),
    ("a tagged map", "credentialKey(tag)", b"\xd8\x3d" + cose_key()),
    ("x longer than memory", "credentialKey(truncated)", es([KTY, ALG, CRV, small("215b7fffffffffffffff") + X, YS])),
    ("x of the greatest length", "credentialKey(truncated)", es([KTY, ALG, CRV, small("215bffffffffffffffff") + X, YS])),
    ("more entries than bytes", "credentialKey(truncated)", small("bbffffffffffffffff") + KTY + ALG + CRV + XS + YS),
    ("one entry too many", "credentialKey(truncated)", small("a6") + KTY + ALG + CRV + XS + YS),
    ("no key", "credentialKey(truncated)", b""),
    ("a head without meaning", "credentialKey(reservedHead)", es([small("011c"), ALG, CRV, XS, YS])),
    ("a break", "credentialKey(reservedHead)", es([small("01ff"), ALG, CRV, XS, YS])),
    ("undefined as kty", "credentialKey(unsupportedSimpleValue)", es([small("01f7"), ALG, CRV, XS, YS])),
    ("bytes as label", "credentialKey(unsupportedKey)", es([small("410102"), ALG, CRV, XS, YS])),
    ("one entry too few", "trailingAuthenticatorData", small("a4") + KTY + ALG + CRV + XS + YS),
]
