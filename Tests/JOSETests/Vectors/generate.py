"""Writes jws.json beside this file, with PyPI's `cryptography` (48 or later) as the signer.

    python3 generate.py

The keys are those of RFC 7515 A.2 and A.3; every token is the same at every run. Each case names the key or keys it is
verified with (`rsa`, `ec`, or `set`: both, under the ids `r` and `e`) and the error, empty for none.
"""

import base64
import hashlib
import hmac
import json
import pathlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

HERE = pathlib.Path(__file__).parent
RFC7515 = json.loads((HERE / "rfc7515.json").read_text())
RSA = ser.load_pem_private_key(RFC7515[1]["pem"].encode(), None)
EC = ser.load_pem_private_key(RFC7515[2]["pem"].encode(), None)
STRANGER = ec.derive_private_key(20_251_121, ec.SECP256R1())
CLAIMS = b'{"iss":"https://issuer.example","sub":"1"}'
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def header(**parameters):
    return json.dumps(parameters, separators=(",", ":")).encode()


def sign_rsa(text):
    return RSA.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())


def sign_ec(text, key=EC):
    der = key.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sign_hmac(secret):
    return lambda text: hmac.new(secret, text.encode(), hashlib.sha256).digest()


def token(head, sign, claims=CLAIMS):
    text = b64(head) + "." + b64(claims)
    return text + "." + b64(sign(text))


def part(text, index, change):
    parts = text.split(".")
    parts[index] = change(parts[index])
    return ".".join(parts)


def other_spelling(text):
    """The same bytes with a bit set that encodes nothing; the text must not end on a whole group."""
    assert len(text) % 4 != 0
    return text[:-1] + DIGITS[DIGITS.index(text[-1]) | 1]


def padded_to(remainder, **parameters):
    """A header whose base64url ends on a group of this many characters."""
    fill = 0
    while len(b64(header(**parameters, x="x" * fill))) % 4 != remainder:
        fill += 1
    return header(**parameters, x="x" * fill)


def re_signed(text):
    """Signs what stands before the signature as it is, however it is written."""
    head, payload, _ = text.split(".")
    return f"{head}.{payload}." + b64(sign_rsa(f"{head}.{payload}"))


def public_pem(key):
    return key.public_key().public_bytes(ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo)


def raw(text):
    """A header given as text, correctly signed with RSA."""
    return token(text if isinstance(text, bytes) else text.encode(), sign_rsa)


def cases():
    rs256, es256 = header(alg="RS256"), header(alg="ES256")
    good, good_ec = token(rs256, sign_rsa), token(es256, sign_ec)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    der = EC.sign(b64(es256).encode() + b"." + b64(CLAIMS).encode(),
                  ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    signature = base64.urlsafe_b64decode(good_ec.split(".")[2] + "==")
    numbers = STRANGER.public_key().public_numbers()
    stranger = dict(RFC7515[2]["jwk"], x=b64(numbers.x.to_bytes(32, "big")), y=b64(numbers.y.to_bytes(32, "big")))
    two_left = padded_to(2, alg="RS256")
    three_left = padded_to(3, alg="RS256")
    claims_two_left = CLAIMS + b" " * ((1 - len(CLAIMS)) % 3)
    return [
        # --- accepted ---
        ("RS256", good, "rsa", ""),
        ("ES256", good_ec, "ec", ""),
        ("by the key's id", token(header(alg="RS256", kid="r"), sign_rsa), "set", ""),
        ("without an id, by the algorithm", good_ec, "set", ""),
        ("an unknown header parameter", token(header(alg="RS256", other={"a": [1]}), sign_rsa), "rsa", ""),
        ("the parameters in another order, with whitespace", raw(' { "typ" : "JWT",\r\n "alg" : "RS256" } '), "rsa", ""),
        ("escapes in the header", raw('{"\\u0061lg":"RS\\u003256"}'), "rsa", ""),
        ("an empty payload", token(rs256, sign_rsa, b""), "rsa", ""),
        ("a payload that is not JSON", token(rs256, sign_rsa, b"\xff\x00"), "rsa", ""),
        # --- signature ---
        ("payload changed", part(good, 1, lambda _: b64(CLAIMS.replace(b"1", b"2"))), "rsa", "invalidSignature"),
        ("header changed", part(good, 0, lambda _: b64(header(alg="RS256", kid="r"))), "rsa", "invalidSignature"),
        ("signature changed", part(good, 2, lambda p: b64(b"\x00" + base64.urlsafe_b64decode(p + "==")[1:])), "rsa",
         "invalidSignature"),
        ("signature truncated", part(good, 2, lambda p: b64(base64.urlsafe_b64decode(p + "==")[:-1])), "rsa",
         "invalidSignature"),
        ("signature empty", part(good, 2, lambda _: ""), "rsa", "invalidSignature"),
        ("signature of another token", part(good, 2, lambda _: token(rs256, sign_rsa, b"{}").split(".")[2]), "rsa",
         "invalidSignature"),
        ("payload empty", part(good, 1, lambda _: ""), "rsa", "invalidSignature"),
        ("signed by a stranger", token(es256, lambda t: sign_ec(t, STRANGER)), "ec", "invalidSignature"),
        ("ES256 in DER", part(good_ec, 2, lambda _: b64(der)), "ec", "invalidSignature"),
        ("CVE-2022-21449: ES256 of zeros", part(good_ec, 2, lambda _: b64(bytes(64))), "ec", "invalidSignature"),
        ("ES256, r zero", part(good_ec, 2, lambda _: b64(bytes(32) + signature[32:])), "ec", "invalidSignature"),
        ("ES256, s zero", part(good_ec, 2, lambda _: b64(signature[:32] + bytes(32))), "ec", "invalidSignature"),
        ("ES256, r is n", part(good_ec, 2, lambda _: b64(order.to_bytes(32, "big") + signature[32:])), "ec",
         "invalidSignature"),
        ("ES256, half a signature", part(good_ec, 2, lambda _: b64(signature[:32])), "ec", "invalidSignature"),
        # --- algorithm ---
        ("alg none, no signature", b64(header(alg="none")) + "." + b64(CLAIMS) + ".", "rsa", "unsupportedAlgorithm"),
        ("alg none, a signature", token(header(alg="none"), sign_rsa), "rsa", "unsupportedAlgorithm"),
        ("alg None", b64(header(alg="None")) + "." + b64(CLAIMS) + ".", "rsa", "unsupportedAlgorithm"),
        ("alg nOnE", b64(header(alg="nOnE")) + "." + b64(CLAIMS) + ".", "set", "unsupportedAlgorithm"),
        ("alg empty", token(header(alg=""), sign_rsa), "rsa", "unsupportedAlgorithm"),
        ("alg rs256", token(header(alg="rs256"), sign_rsa), "rsa", "unsupportedAlgorithm"),
        ("alg with a space", token(header(alg="RS256 "), sign_rsa), "rsa", "unsupportedAlgorithm"),
        ("HS256 with the public key's PEM as secret", token(header(alg="HS256"), sign_hmac(public_pem(RSA))), "rsa",
         "unsupportedAlgorithm"),
        ("HS256 with the modulus as secret", token(header(alg="HS256"), sign_hmac(
            base64.urlsafe_b64decode(RFC7515[1]["jwk"]["n"] + "=="))), "set", "unsupportedAlgorithm"),
        ("HS256 with no secret", token(header(alg="HS256"), sign_hmac(b"")), "rsa", "unsupportedAlgorithm"),
        ("RS512 that is RS256", token(header(alg="RS512"), sign_rsa), "rsa", "unsupportedAlgorithm"),
        ("EdDSA", token(header(alg="EdDSA"), sign_ec), "ec", "unsupportedAlgorithm"),
        ("alg missing", token(header(typ="JWT"), sign_rsa), "rsa", "badHeaderParameter(alg)"),
        ("alg null", token(header(alg=None), sign_rsa), "rsa", "badHeaderParameter(alg)"),
        ("alg a number", token(header(alg=256), sign_rsa), "rsa", "badHeaderParameter(alg)"),
        ("alg a list", token(header(alg=["RS256"]), sign_rsa), "rsa", "badHeaderParameter(alg)"),
        ("ALG", token(header(ALG="RS256"), sign_rsa), "rsa", "badHeaderParameter(alg)"),
        ("ES256 for an RSA key", good_ec, "rsa", "algorithmMismatch"),
        ("RS256 for a key on P-256", good, "ec", "algorithmMismatch"),
        ("PS256 for an RS256 key", token(header(alg="PS256"), sign_rsa), "rsa", "algorithmMismatch"),
        ("ES256 under the RSA key's id", token(header(alg="ES256", kid="r"), sign_ec), "set", "unknownKey"),
        ("PS256 under the id of an RS256 key", token(header(alg="PS256", kid="r"), sign_rsa), "set", "unknownKey"),
        # --- key ---
        ("an unknown id", token(header(alg="RS256", kid="x"), sign_rsa), "set", "unknownKey"),
        ("an empty id", token(header(alg="RS256", kid=""), sign_rsa), "set", "unknownKey"),
        ("an id that is canonically equivalent", token(header(alg="RS256", kid="\u212b"), sign_rsa), "set",
         "unknownKey"),
        ("an id of injection", token(header(alg="RS256", kid="../../dev/null' OR 1=1--"), sign_rsa), "set",
         "unknownKey"),
        ("an id that is a number", token(header(alg="RS256", kid=1), sign_rsa), "set", "badHeaderParameter(kid)"),
        ("typ a number", token(header(alg="RS256", typ=1), sign_rsa), "rsa", "badHeaderParameter(typ)"),
        ("jwk: a key brought along", token(header(alg="ES256", jwk=stranger), lambda t: sign_ec(t, STRANGER)), "set",
         "invalidSignature"),
        ("jku: a key to be fetched", token(header(alg="ES256", jku="https://evil.example"), lambda t: sign_ec(
            t, STRANGER)), "ec", "invalidSignature"),
        ("x5u and x5c", token(header(alg="ES256", x5u="https://evil.example", x5c=["AA=="]), lambda t: sign_ec(
            t, STRANGER)), "ec", "invalidSignature"),
        # --- critical extensions ---
        ("crit of something unknown", token(header(alg="RS256", crit=["exp"], exp=1), sign_rsa), "rsa",
         "unsupportedExtension(crit)"),
        ("crit empty", token(header(alg="RS256", crit=[]), sign_rsa), "rsa", "unsupportedExtension(crit)"),
        ("crit null", token(header(alg="RS256", crit=None), sign_rsa), "rsa", "unsupportedExtension(crit)"),
        ("b64 false, critical", token(header(alg="RS256", b64=False, crit=["b64"]), sign_rsa), "rsa",
         "unsupportedExtension(crit)"),
        ("b64 false", token(header(alg="RS256", b64=False), sign_rsa), "rsa", "unsupportedExtension(b64)"),
        ("b64 true", token(header(alg="RS256", b64=True), sign_rsa), "rsa", "unsupportedExtension(b64)"),
        # --- header ---
        ("alg twice, none first", raw('{"alg":"none","alg":"RS256"}'), "rsa", "malformedHeader"),
        ("alg twice, none last", raw('{"alg":"RS256","alg":"none"}'), "rsa", "malformedHeader"),
        ("alg twice, once escaped", raw('{"alg":"RS256","\\u0061lg":"none"}'), "rsa", "malformedHeader"),
        ("another parameter twice", raw('{"alg":"RS256","x":1,"x":1}'), "rsa", "malformedHeader"),
        ("something after the header", raw('{"alg":"RS256"}{}'), "rsa", "malformedHeader"),
        ("a NUL after the header", raw('{"alg":"RS256"}\x00'), "rsa", "malformedHeader"),
        ("a byte order mark", raw('\ufeff{"alg":"RS256"}'), "rsa", "malformedHeader"),
        ("a trailing comma", raw('{"alg":"RS256",}'), "rsa", "malformedHeader"),
        ("not UTF-8", raw(b'{"alg":"RS256","x":"\xff"}'), "rsa", "malformedHeader"),
        ("a lone surrogate", raw('{"alg":"RS256","x":"\\ud800"}'), "rsa", "malformedHeader"),
        ("UTF-16", raw('{"alg":"RS256"}'.encode("utf-16-le")), "rsa", "malformedHeader"),
        ("nested deeply", raw('{"alg":"RS256","x":' + "[" * 9 + "]" * 9 + "}"), "rsa", "malformedHeader"),
        ("an empty header", raw(""), "rsa", "malformedHeader"),
        ("a header that is a string", raw('"RS256"'), "rsa", "malformed"),
        ("a header that is an array", raw('["RS256"]'), "rsa", "malformed"),
        ("a header that is null", raw("null"), "rsa", "malformed"),
        # --- base64url ---
        ("padding after the header", re_signed(part(token(two_left, sign_rsa), 0, lambda p: p + "==")), "rsa",
         "malformed"),
        ("padding after the payload", re_signed(part(token(rs256, sign_rsa, claims_two_left), 1, lambda p: p + "==")),
         "rsa", "malformed"),
        ("padding after the signature", good + "==", "rsa", "malformed"),
        ("another spelling of the header, two left", re_signed(part(token(two_left, sign_rsa), 0, other_spelling)),
         "rsa", "malformed"),
        ("another spelling of the header, three left", re_signed(part(token(three_left, sign_rsa), 0, other_spelling)),
         "rsa", "malformed"),
        ("another spelling of the payload", re_signed(part(
            token(rs256, sign_rsa, claims_two_left), 1, other_spelling)), "rsa", "malformed"),
        ("another spelling of the signature", part(good, 2, other_spelling), "rsa", "malformed"),
        ("the alphabet of base64", part(token(rs256, sign_rsa, b'{"x":"\xfb\xff"}'), 1, lambda p: base64.b64encode(
            b'{"x":"\xfb\xff\xfe"}').decode()), "rsa", "malformed"),
        ("a lone character", re_signed(part(good, 1, lambda p: p + "AAAAA"[: (1 - len(p)) % 4])), "rsa", "malformed"),
        ("percent encoding", part(good, 1, lambda p: "%65" + p[1:]), "rsa", "malformed"),
        ("beyond ASCII", part(good, 1, lambda p: "\u00e9" + p), "rsa", "malformed"),
        ("a Kelvin sign", part(good, 1, lambda p: "\u212a" + p[1:]), "rsa", "malformed"),
        ("a NUL", part(good, 1, lambda p: p + "\x00"), "rsa", "malformed"),
        # --- whitespace ---
        ("a space before", " " + good, "rsa", "malformed"),
        ("a space after", good + " ", "rsa", "malformed"),
        ("a line end after", good + "\n", "rsa", "malformed"),
        ("a line end in the payload", part(good, 1, lambda p: p[:20] + "\r\n" + p[20:]), "rsa", "malformed"),
        ("a space at the dot", good.replace(".", " .", 1), "rsa", "malformed"),
        ("the authorization scheme before", "Bearer " + good, "rsa", "malformed"),
        # --- parts ---
        ("nothing", "", "rsa", "malformed"),
        ("two dots", "..", "rsa", "malformedHeader"),
        ("one part", good.split(".")[0], "rsa", "malformed"),
        ("two parts", ".".join(good.split(".")[:2]), "rsa", "malformed"),
        ("four parts", good + "." + good.split(".")[2], "rsa", "malformed"),
        ("a dot after", good + ".", "rsa", "malformed"),
        ("a dot before", "." + good, "rsa", "malformed"),
        ("an empty part between", good.replace(".", "..", 1), "rsa", "malformed"),
        ("five parts, as a JWE has", "a.b.c.d.e", "rsa", "malformed"),
        ("ten thousand dots", "." * 10_000, "rsa", "malformed"),
        ("no header", part(good, 0, lambda _: ""), "rsa", "malformedHeader"),
        ("the JSON serialization (RFC 7515 §7.2.2)", json.dumps(dict(zip(
            ["protected", "payload", "signature"], good.split(".")))), "rsa", "malformed"),
        ("too long", token(rs256, sign_rsa, b'"' + b"x" * 13_000 + b'"'), "rsa", "tooLong"),
    ]


if __name__ == "__main__":
    entries = [{"name": n, "token": t, "key": k, "error": e} for n, t, k, e in cases()]
    (HERE / "jws.json").write_text(json.dumps(entries, indent=2) + "\n")
