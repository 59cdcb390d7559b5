"""What is broken in authentications, their counters and their signatures: name, error, changes."""

import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from generator.authenticator import (
    ABSENT, AT, CHALLENGE, CREDENTIAL_ID, EC, ORIGIN, RSA, STRANGER, UP, UV, authenticator_data, b64, credential, fixed,
    sha256, sign,
)
from generator.both import OTHER_ID, edits

OTHER_HANDLE = fixed("other handle", 32)

AUTHENTICATIONS = [
    ("client data of a registration", "wrongType", {"client": {"kind": "webauthn.create"}}),
    ("with a new credential", "unexpectedCredentialData", {"set": AT, "rest": credential()}),
    ("one of the allowed", "", {"allowed": [OTHER_ID, CREDENTIAL_ID]}),
    ("none of the allowed", "credentialNotAllowed", {"allowed": [OTHER_ID, CREDENTIAL_ID[:-1]]}),
    ("another credential than the stored", "wrongCredential", {"stored_id": OTHER_ID}),
    ("no user handle", "noUserHandle", {"user_handle": None}),
    ("no user handle, user known", "", {"user_handle": None, "allowed": [CREDENTIAL_ID]}),
    ("null as user handle", "noUserHandle", {"edits": {"response.userHandle": None}}),
    ("null as user handle, user known", "", {"edits": {"response.userHandle": None}, "allowed": [CREDENTIAL_ID]}),
    ("another user's handle", "wrongUserHandle", {"user_handle": OTHER_HANDLE}),
    ("another user's handle, user known", "wrongUserHandle",
     {"user_handle": OTHER_HANDLE, "allowed": [CREDENTIAL_ID]}),
    ("a user handle of no bytes", "userHandleLength", {"user_handle": b""}),
    ("a user handle of 64 bytes", "wrongUserHandle", {"user_handle": fixed("handle", 64)}),
    ("a user handle of 65 bytes", "userHandleLength", {"user_handle": fixed("handle", 65)}),
    *edits(
        ("a number as user handle", "malformed(response.userHandle)", {"response.userHandle": 1}),
        ("no authenticator data", "missing(response.authenticatorData)", {"response.authenticatorData": ABSENT}),
        ("bytes as authenticator data", "malformed(response.authenticatorData)", {"response.authenticatorData": [1]}),
        ("empty authenticator data", "truncatedAuthenticatorData", {"response.authenticatorData": ""}),
        ("no signature", "missing(response.signature)", {"response.signature": ABSENT}),
        ("null as signature", "malformed(response.signature)", {"response.signature": None}),
        ("an empty signature", "invalidSignature", {"response.signature": ""}),
        ("client data of another moment", "wrongChallenge",
         {"response.clientDataJSON": b64(json.dumps(
             {"type": "webauthn.get", "challenge": "AAAA", "origin": ORIGIN}).encode())}),
        ("client data that were not signed", "invalidSignature",
         {"response.clientDataJSON": b64(json.dumps(
             {"type": "webauthn.get", "challenge": b64(CHALLENGE), "origin": ORIGIN}).encode())}),
        ("authenticator data that were not signed", "invalidSignature",
         {"response.authenticatorData": b64(authenticator_data(UP | UV, 1))}),
    ),
]

COUNTERS = [(*pair, "") for pair in ((0, 0), (0, 1), (5, 6), (5, 2**32 - 1), (2**31 - 1, 2**31))] + [
    (stored, count, f"counterWentBack({stored},{count})")
    for stored, count in (
        (1, 0), (5, 5), (5, 4), (5, 0), (2**31, 2**31 - 1), (2**32 - 1, 2**32 - 1), (2**32 - 1, 0))
]

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # the order of P-256


def numbers(change):
    """An ECDSA signature whose R and S were changed."""
    return lambda key, data: encode_dss_signature(*change(*decode_dss_signature(sign(key, data))))


def integer(number, length=None):
    length = length or number.bit_length() // 8 + 1
    return b"\x02" + bytes([length]) + number.to_bytes(length, "big")


def spelled(spell):
    """An ECDSA signature that is written in another way."""
    return lambda key, data: spell(*decode_dss_signature(sign(key, data)))


def altered(change):
    return lambda key, data: change(sign(key, data))


def sequence(content, length=None):
    return b"\x30" + (bytes([len(content)]) if length is None else length) + content


ES256 = [
    ("with the other s", "", numbers(lambda r, s: (r, N - s))),
    ("by a stranger", "invalidSignature", lambda key, data: sign(STRANGER, data)),
    ("of other data", "invalidSignature", lambda key, data: sign(key, data + b"\0")),
    ("of the hash", "invalidSignature", lambda key, data: sign(key, sha256(data))),
    ("with SHA-384", "invalidSignature",
     lambda key, data: key.sign(data, ec.ECDSA(hashes.SHA384(), deterministic_signing=True))),
    ("r and s changed round", "invalidSignature", numbers(lambda r, s: (s, r))),
    ("r is zero", "invalidSignature", numbers(lambda r, s: (0, s))),
    ("s is zero", "invalidSignature", numbers(lambda r, s: (r, 0))),
    ("all zero (CVE-2022-21449)", "invalidSignature", numbers(lambda r, s: (0, 0))),
    ("r and s are n", "invalidSignature", numbers(lambda r, s: (N, N))),
    ("s plus n", "invalidSignature", numbers(lambda r, s: (r, s + N))),
    ("as JOSE writes it", "invalidSignature", spelled(lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"))),
    ("negative numbers", "invalidSignature",
     spelled(lambda r, s: sequence(integer(N - r, 32) + b"\x02\x20" + (s | 1 << 255).to_bytes(32, "big")))),
    ("without the sign byte", "invalidSignature",
     spelled(lambda r, s: sequence(integer(r) + integer(max(s, N - s), 32)))),
    ("a sign byte that need not be", "invalidSignature",
     spelled(lambda r, s: sequence(integer(r) + integer(min(s, N - s), 33)))),
    ("a longer spelling of r", "invalidSignature", spelled(lambda r, s: sequence(integer(r, 34) + integer(s)))),
    ("a longer spelling of s", "invalidSignature", spelled(lambda r, s: sequence(integer(r) + integer(s, 34)))),
    ("a longer spelling of the length", "invalidSignature",
     altered(lambda der: b"\x30\x81" + der[1:])),
    ("of indefinite length", "invalidSignature", altered(lambda der: b"\x30\x80" + der[2:] + b"\0\0")),
    ("a byte after it", "invalidSignature", altered(lambda der: der + b"\0")),
    ("a byte after it, counted", "invalidSignature", altered(lambda der: sequence(der[2:] + b"\0"))),
    ("a third number", "invalidSignature", altered(lambda der: sequence(der[2:] + b"\x02\x01\x01"))),
    ("a set", "invalidSignature", altered(lambda der: b"\x31" + der[1:])),
    ("an octet string inside", "invalidSignature", altered(lambda der: der[:2] + b"\x04" + der[3:])),
    ("no numbers", "invalidSignature", altered(lambda der: b"\x30\0")),
    ("one number", "invalidSignature", spelled(lambda r, s: sequence(integer(r)))),
    ("numbers of no bytes", "invalidSignature", altered(lambda der: b"\x30\x04\x02\0\x02\0")),
    ("a number longer than the rest", "invalidSignature", altered(lambda der: b"\x30\x04\x02\x7f\x01\x01")),
    ("of an RSA key", "invalidSignature", lambda key, data: sign(RSA, data)),
]

RS256 = [
    ("of other data", "invalidSignature", lambda key, data: sign(key, data + b"\0")),
    ("of the hash", "invalidSignature", lambda key, data: sign(key, sha256(data))),
    ("PSS", "invalidSignature",
     lambda key, data: key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 0), hashes.SHA256())),
    ("with SHA-1", "invalidSignature", lambda key, data: key.sign(data, padding.PKCS1v15(), hashes.SHA1())),
    ("with SHA-512", "invalidSignature", lambda key, data: key.sign(data, padding.PKCS1v15(), hashes.SHA512())),
    ("a zero before it", "invalidSignature", altered(lambda sig: b"\0" + sig)),
    ("a zero after it", "invalidSignature", altered(lambda sig: sig + b"\0")),
    ("cut short", "invalidSignature", altered(lambda sig: sig[:-1])),
    ("plus the modulus", "invalidSignature", lambda key, data: (
        int.from_bytes(sign(key, data), "big") + key.public_key().public_numbers().n).to_bytes(257, "big")),
    ("all zero", "invalidSignature", lambda key, data: bytes(256)),
    ("one", "invalidSignature", lambda key, data: bytes(255) + b"\1"),
    ("of an ES256 key", "invalidSignature", lambda key, data: sign(EC, data)),
    ("very long", "invalidSignature", lambda key, data: fixed("long", 5000)),
]

SIGNATURES = {"ES256": ES256, "RS256": RS256}
