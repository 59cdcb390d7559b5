"""Writes signatures.json and keys.json beside this file, with PyPI's `cryptography` (48 or later) as the other side.

    python3 generate.py

Signatures are made with the keys of RFC 7515 A.2 and A.3 and are the same at every run: RSA by raw exponentiation, so
that paddings can be wrong in every way, ECDSA by RFC 6979. The refused keys of keys.json are fresh at every run.
"""

import base64
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, utils, x25519

HERE = pathlib.Path(__file__).parent
RFC7515 = json.loads((HERE / "../../JOSETests/Vectors/rfc7515.json").read_text())
RSA = ser.load_pem_private_key(RFC7515[1]["pem"].encode(), None)
EC = ser.load_pem_private_key(RFC7515[2]["pem"].encode(), None)
MESSAGE = b"what is signed"

# --- RSA (RFC 8017) ---

N = RSA.public_key().public_numbers().n
E = RSA.public_key().public_numbers().e
D = RSA.private_numbers().d
K = (N.bit_length() + 7) // 8
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SHA384_INFO = bytes.fromhex("3041300d060960864801650304020205000430")
SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")


def sha256(data):
    return hashlib.sha256(data).digest()


def raw_rsa(block):
    """Signs an encoded block whatever it holds."""
    return pow(int.from_bytes(block, "big"), D, N).to_bytes(K, "big")


def pkcs1(info, start=b"\x00\x01", fill=b"\xff", separator=b"\x00", tail=b""):
    return start + fill * (K - len(start) - len(separator) - len(info) - len(tail)) + separator + info + tail


def mgf1(seed, length, digest=hashlib.sha256):
    output = b""
    counter = 0
    while len(output) < length:
        output += digest(seed + counter.to_bytes(4, "big")).digest()
        counter += 1
    return output[:length]


def pss(message, salt, mask_digest=hashlib.sha256, trailer=0xBC, separator=0x01, first=0x00):
    """EMSA-PSS (RFC 8017 §9.1.1) with SHA-256."""
    h = sha256(b"\x00" * 8 + sha256(message) + salt)
    db = b"\x00" * (K - len(salt) - 32 - 2) + bytes([separator]) + salt
    masked = bytearray(a ^ b for a, b in zip(db, mgf1(h, len(db), mask_digest)))
    masked[0] = masked[0] & 0x7F | first
    return bytes(masked) + h + bytes([trailer])


def flipped(data, index):
    changed = bytearray(data)
    changed[index] ^= 1
    return bytes(changed)


def rsa_cases():
    digest = sha256(MESSAGE)
    info = SHA256_INFO + digest
    good = raw_rsa(pkcs1(info))
    salt = bytes(range(32))
    good_pss = raw_rsa(pss(MESSAGE, salt))
    without_null = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + digest
    long_form = bytes.fromhex("308131300d060960864801650304020105000420") + digest
    cases = [
        ("RS256", "valid", good, True),
        ("RS256", "first bit changed", flipped(good, 0), False),
        ("RS256", "last bit changed", flipped(good, -1), False),
        ("RS256", "truncated", good[:-1], False),
        ("RS256", "first byte missing", good[1:], False),
        ("RS256", "a byte appended", good + b"\x00", False),
        ("RS256", "a zero byte before", b"\x00" + good, False),
        ("RS256", "empty", b"", False),
        ("RS256", "zero", bytes(K), False),
        ("RS256", "one", (1).to_bytes(K, "big"), False),
        ("RS256", "the modulus", N.to_bytes(K, "big"), False),
        ("RS256", "the modulus less one", (N - 1).to_bytes(K, "big"), False),
        ("RS256", "the modulus less the signature", (N - int.from_bytes(good, "big")).to_bytes(K, "big"), False),
        ("RS256", "all bits set", b"\xff" * K, False),
        ("RS256", "AlgorithmIdentifier without NULL", raw_rsa(pkcs1(without_null)), False),
        ("RS256", "length in long form", raw_rsa(pkcs1(long_form)), False),
        ("RS256", "bytes after the digest (Bleichenbacher 2006)", raw_rsa(
            b"\x00\x01" + b"\xff" * 8 + b"\x00" + info + b"\xab" * (K - 11 - len(info))), False),
        ("RS256", "one byte after the digest", raw_rsa(pkcs1(info, tail=b"\x00")), False),
        ("RS256", "block type 0", raw_rsa(pkcs1(info, start=b"\x00\x00")), False),
        ("RS256", "block type 2", raw_rsa(pkcs1(info, start=b"\x00\x02")), False),
        ("RS256", "first byte not zero", raw_rsa(pkcs1(info, start=b"\x01\x01")), False),
        ("RS256", "padding of zeros", raw_rsa(pkcs1(info, fill=b"\x00")), False),
        ("RS256", "no separator", raw_rsa(pkcs1(info, separator=b"\xff")), False),
        ("RS256", "a digest without DigestInfo", raw_rsa(pkcs1(digest)), False),
        ("RS256", "SHA-384", raw_rsa(pkcs1(SHA384_INFO + hashlib.sha384(MESSAGE).digest())), False),
        ("RS256", "SHA-1", raw_rsa(pkcs1(SHA1_INFO + hashlib.sha1(MESSAGE).digest())), False),
        ("RS256", "SHA-384's identifier on SHA-256's digest", raw_rsa(pkcs1(
            SHA384_INFO[:-1] + b"\x20" + digest)), False),
        ("RS256", "another message", raw_rsa(pkcs1(SHA256_INFO + sha256(b"something else"))), False),
        ("RS256", "a PS256 signature", good_pss, False),
        ("PS256", "valid", good_pss, True),
        ("PS256", "an RS256 signature", good, False),
        ("PS256", "salt of no bytes", raw_rsa(pss(MESSAGE, b"")), False),
        ("PS256", "salt of 20 bytes", raw_rsa(pss(MESSAGE, salt[:20])), False),
        ("PS256", "salt of 33 bytes", raw_rsa(pss(MESSAGE, salt + b"\x20")), False),
        ("PS256", "mask by SHA-1", raw_rsa(pss(MESSAGE, salt, mask_digest=hashlib.sha1)), False),
        ("PS256", "trailer 0xCC", raw_rsa(pss(MESSAGE, salt, trailer=0xCC)), False),
        ("PS256", "separator 0x02", raw_rsa(pss(MESSAGE, salt, separator=0x02)), False),
        ("PS256", "first bit changed", flipped(good_pss, 0), False),
        ("PS256", "last bit changed", flipped(good_pss, -1), False),
        ("PS256", "truncated", good_pss[:-1], False),
        ("PS256", "a byte appended", good_pss + b"\x00", False),
        ("PS256", "another message", raw_rsa(pss(b"something else", salt)), False),
        ("PS256", "zero", bytes(K), False),
        ("PS256", "one", (1).to_bytes(K, "big"), False),
    ]
    return [case(*c) for c in cases]


# --- ECDSA on P-256 (FIPS 186-5) ---

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


def ecdsa(message, digest=hashes.SHA256()):
    der = EC.sign(message, ec.ECDSA(digest, deterministic_signing=True))
    return der, *utils.decode_dss_signature(der)


def pair(r, s):
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def message_where(condition):
    """The first numbered message whose signature meets the condition."""
    number = 0
    while True:
        message = b"message %d" % number
        _, r, s = ecdsa(message)
        if condition(r, s):
            return message, pair(r, s)
        number += 1


def ec_cases():
    der, r, s = ecdsa(MESSAGE)
    good = pair(r, s)
    _, r384, s384 = ecdsa(MESSAGE, hashes.SHA384())
    _, other_r, other_s = ecdsa(b"something else")
    cases = [
        ("ES256", "valid", good, True),
        # ECDSA is malleable and RFC 7518 does not forbid the other s: a signature must never serve as an identifier.
        ("ES256", "n less s, which ECDSA allows", pair(r, ORDER - s), True),
        ("ES256", "r and s zero (CVE-2022-21449)", bytes(64), False),
        ("ES256", "r zero", pair(0, s), False),
        ("ES256", "s zero", pair(r, 0), False),
        ("ES256", "r is n", pair(ORDER, s), False),
        ("ES256", "s is n", pair(r, ORDER), False),
        ("ES256", "r and s are n", pair(ORDER, ORDER), False),
        ("ES256", "r is n, s is zero", pair(ORDER, 0), False),
        ("ES256", "r is n less one", pair(ORDER - 1, s), False),
        ("ES256", "r is n plus one", pair(ORDER + 1, s), False),
        ("ES256", "s is n plus one", pair(r, ORDER + 1), False),
        ("ES256", "r is p", pair(PRIME, s), False),
        ("ES256", "r and s one", pair(1, 1), False),
        ("ES256", "all bits set", b"\xff" * 64, False),
        ("ES256", "r and s exchanged", pair(s, r), False),
        ("ES256", "n less r", pair(ORDER - r, s), False),
        ("ES256", "DER", der, False),
        ("ES256", "empty", b"", False),
        ("ES256", "r only", good[:32], False),
        ("ES256", "63 bytes", good[:-1], False),
        ("ES256", "65 bytes", good + b"\x00", False),
        ("ES256", "a zero byte before", b"\x00" + good, False),
        ("ES256", "r and s of 33 bytes", b"\x00" + good[:32] + b"\x00" + good[32:], False),
        ("ES256", "r and s of 48 bytes", bytes(16) + good[:32] + bytes(16) + good[32:], False),
        ("ES256", "first bit changed", flipped(good, 0), False),
        ("ES256", "last bit changed", flipped(good, -1), False),
        ("ES256", "SHA-384", pair(r384, s384), False),
        ("ES256", "another message", pair(other_r, other_s), False),
    ]
    top = 1 << 255
    small = 1 << 248
    forms = [
        ("r and s with the high bit", lambda r, s: r >= top and s >= top),
        ("r and s without the high bit", lambda r, s: r < top and s < top),
        ("r with a leading zero byte", lambda r, s: r < small),
        ("s with a leading zero byte", lambda r, s: s < small),
        ("r with a leading zero byte before a high bit", lambda r, s: small // 2 <= r < small),
    ]
    shaped = []
    for name, condition in forms:
        message, signature = message_where(condition)
        shaped.append(case("ES256", "valid, " + name, signature, True, message))
    return [case(*c) for c in cases] + shaped


def case(algorithm, name, signature, valid, message=MESSAGE):
    return {
        "algorithm": algorithm, "name": name, "message": message.hex(), "signature": signature.hex(), "valid": valid,
    }


# --- Keys ---


def pem(key, form=ser.PrivateFormat.PKCS8, encryption=ser.NoEncryption()):
    return key.private_bytes(ser.Encoding.PEM, form, encryption).decode()


def armour(label, der):
    lines = base64.encodebytes(der).decode().replace("\n", "")
    body = "\n".join(lines[i:i + 64] for i in range(0, len(lines), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def der(key):
    return key.private_bytes(ser.Encoding.DER, ser.PrivateFormat.PKCS8, ser.NoEncryption())


def key_cases():
    good_rsa, good_ec = pem(RSA), pem(EC)
    password = ser.BestAvailableEncryption(b"password")
    other_ec = ec.generate_private_key(ec.SECP256R1())
    public = lambda key: key.public_key().public_bytes(
        ser.Encoding.X962, ser.PublicFormat.UncompressedPoint)
    inconsistent_ec = der(EC).replace(public(EC), public(other_ec))
    # OpenSSL takes a private exponent of another key without a word; the CRT parts are another key's as well.
    other = rsa.generate_private_key(65537, 2048).private_numbers()
    mine = RSA.private_numbers()
    replaced = der(RSA)
    for ours, theirs in [(mine.d, other.d), (mine.dmp1, other.dmp1), (mine.dmq1, other.dmq1)]:
        # Where a leading bit differs the lengths would too; equal lengths are kept by clearing it.
        length = (ours.bit_length() + 7) // 8
        value = theirs % (1 << (8 * length - 1)) | (1 << (8 * length - 8))
        replaced = replaced.replace(ours.to_bytes(length, "big"), value.to_bytes(length, "big"))
    cut = base64.b64decode("".join(good_rsa.split("\n")[1:-2]))[:-40]
    return [
        ("an RSA key", good_rsa, ""),
        ("a key on P-256", good_ec, ""),
        ("text and a certificate request before the key", "A key:\n" + armour("CERTIFICATE REQUEST", b"\x30\x00") + good_ec, ""),
        ("CRLF line ends", good_ec.replace("\n", "\r\n"), ""),
        ("RSA of 4096 bits", pem(rsa.generate_private_key(65537, 4096)), ""),
        ("nothing", "", "notPEM"),
        ("no PEM", "not a key", "notPEM"),
        ("a public key", RSA.public_key().public_bytes(
            ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo).decode(), "notPEM"),
        ("no end line", good_rsa.split("-----END")[0], "notPEM"),
        ("an unknown character in the base64", good_ec.replace("A", "*", 1), "notPEM"),
        ("an encrypted key", pem(RSA, encryption=password), "encrypted"),
        ("PKCS#1", pem(RSA, ser.PrivateFormat.TraditionalOpenSSL), "notPKCS8"),
        ("encrypted PKCS#1", pem(RSA, ser.PrivateFormat.TraditionalOpenSSL, password), "notPKCS8"),
        ("SEC 1", pem(EC, ser.PrivateFormat.TraditionalOpenSSL), "notPKCS8"),
        ("OpenSSH", pem(EC, ser.PrivateFormat.OpenSSH), "notPKCS8"),
        ("two keys", good_rsa + good_ec, "severalKeys"),
        ("truncated DER", armour("PRIVATE KEY", cut), "malformed"),
        ("a byte after the DER", armour("PRIVATE KEY", der(EC) + b"\x00"), "malformed"),
        ("an empty SEQUENCE", armour("PRIVATE KEY", b"\x30\x00"), "malformed"),
        ("PKCS#1 labelled as PKCS#8", armour("PRIVATE KEY", RSA.private_bytes(
            ser.Encoding.DER, ser.PrivateFormat.TraditionalOpenSSL, ser.NoEncryption())), "malformed"),
        ("Ed25519", pem(ed25519.Ed25519PrivateKey.generate()), "unsupportedType"),
        ("X25519", pem(x25519.X25519PrivateKey.generate()), "unsupportedType"),
        ("DSA", pem(dsa.generate_private_key(2048)), "unsupportedType"),
        ("P-384", pem(ec.generate_private_key(ec.SECP384R1())), "unsupportedCurve"),
        ("P-521", pem(ec.generate_private_key(ec.SECP521R1())), "unsupportedCurve"),
        ("secp256k1", pem(ec.generate_private_key(ec.SECP256K1())), "unsupportedCurve"),
        ("RSA of 1024 bits", pem(rsa.generate_private_key(65537, 1024)), "modulusBits"),
        ("RSA of 2040 bits", pem(rsa.generate_private_key(65537, 2040)), "modulusBits"),
        ("RSA of 4104 bits", pem(rsa.generate_private_key(65537, 4104)), "modulusBits"),
        ("RSA with exponent 3", pem(rsa.generate_private_key(3, 2048)), "badExponent"),
        ("a private key on P-256 with another's public half", armour("PRIVATE KEY", inconsistent_ec), "inconsistent"),
        ("an RSA key with another's private exponents", armour("PRIVATE KEY", replaced), "inconsistent"),
    ]


if __name__ == "__main__":
    write = lambda name, value: (HERE / name).write_text(json.dumps(value, indent=2) + "\n")
    write("signatures.json", {"rsa": RFC7515[1]["pem"], "ec": RFC7515[2]["pem"], "cases": rsa_cases() + ec_cases()})
    write("keys.json", [{"name": n, "pem": p, "error": e} for n, p, e in key_cases()])
