"""What is broken in registrations: name, error, changes."""

from fido2 import cbor

from generator.authenticator import (
    ABSENT, AT, EC, RSA, STRANGER, UP, UV, attestation_object, authenticator_data, b64, credential, fixed, head, sha256,
    sign,
)
from generator.both import OTHER_ID, edits

DATA = authenticator_data(UP | UV | AT, rest=credential())
FMT, STATEMENT, AUTH = b"\x63fmt\x64none", b"\x67attStmt\xa0", b"\x68authData" + head(2, len(DATA)) + DATA


def formats(*names):
    return [(f"format {name!r}", "unsupportedAttestation", {"fmt": cbor.encode(name)}) for name in names]


def objects(*rows):
    return [(f"attestation object: {name}", error, {"attestation": whole}) for name, error, whole in rows]


def statements(*rows):
    return [(f"self attestation: {name}", error, {"packed": changes}) for name, error, changes in rows]


def id_of(length, error=""):
    return f"a credential id of {length} bytes", error, {"id": fixed("id", length)}


REGISTRATIONS = [
    ("RS256", "", {"key": RSA}),
    ("a counter", "", {"count": 2**32 - 1}),
    ("client data of an authentication", "wrongType", {"client": {"kind": "webauthn.get"}}),
    ("no credential", "noCredentialData", {"data": authenticator_data(UP | UV)}),
    ("a credential without its flag", "trailingAuthenticatorData", {"clear": AT}),
    ("a flag without its credential", "truncatedAuthenticatorData", {"data": authenticator_data(UP | UV | AT)}),
    ("the id of another credential", "credentialIDMismatch",
     {"edits": {"id": b64(OTHER_ID), "rawId": b64(OTHER_ID)}}),
    id_of(16), id_of(1023), *(id_of(length, "credentialIDLength") for length in (0, 1, 15, 1024, 1100)),
    *edits(
        ("no attestation object", "missing(response.attestationObject)", {"response.attestationObject": ABSENT}),
        ("null as attestation object", "malformed(response.attestationObject)", {"response.attestationObject": None}),
        ("no transports", "", {"response.transports": ABSENT}),
        ("unknown transports", "", {"response.transports": ["pigeon"]}),
        ("a text as transports", "malformed(response.transports)", {"response.transports": "usb"}),
        ("a number as transport", "malformed(response.transports)", {"response.transports": [1]}),
        ("many transports", "tooLong(response.transports)", {"response.transports": ["usb"] * 17}),
        ("a long transport", "tooLong(response.transports)", {"response.transports": ["x" * 33]}),
    ),
    *formats("tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "packed-self", "None", "none ", ""),
    ("packed with a certificate", "unsupportedAttestation",
     {"packed": {"x5c": [fixed("certificate", 300)]}}),
    ("packed without certificates", "unsupportedAttestation", {"packed": {"x5c": []}}),
    ("none with a statement", "attestationStatement", {"statement": cbor.encode({"alg": -7, "sig": b"x"})}),
    *statements(
        ("right", "", {}),
        ("of another algorithm", "attestationAlgorithm", {"alg": -257}),
        ("without algorithm", "attestationStatement", {"alg": None}),
        ("a text as algorithm", "attestationStatement", {"alg": "ES256"}),
        ("without signature", "attestationStatement", {"sig": None}),
        ("a text as signature", "attestationStatement", {"sig": "sig"}),
        ("of another member", "attestationStatement", {"ecdaaKeyId": b"x"}),
        ("an empty signature", "attestationSignature", {"sig": b""}),
        ("by a stranger", "attestationSignature", {"key": STRANGER}),
        ("of other client data", "attestationSignature", {"sig": sign(EC, DATA + sha256(b"{}"))}),
        ("of the data alone", "attestationSignature", {"sig": sign(EC, DATA)}),
    ),
    ("self attestation: RS256", "", {"key": RSA, "packed": {}}),
    ("self attestation: of other data", "attestationSignature",
     {"count": 1, "packed": {"sig": sign(EC, DATA + sha256(b""))}}),
    *objects(
        ("nothing", "attestationObject(truncated)", b""),
        ("cut short", "attestationObject(truncated)", attestation_object(DATA)[:-1]),
        ("a byte after it", "attestationObject(trailingBytes)", attestation_object(DATA) + b"\0"),
        ("an array", "malformed(attestationObject)", b"\x83" + FMT[4:] + STATEMENT[8:] + AUTH[9:]),
        ("without format", "missing(attestationObject.fmt)", b"\xa2" + STATEMENT + AUTH),
        ("bytes as format", "malformed(attestationObject.fmt)", attestation_object(DATA, b"\x44none")),
        ("without statement", "missing(attestationObject.attStmt)", b"\xa2" + FMT + AUTH),
        ("null as statement", "malformed(attestationObject.attStmt)", attestation_object(DATA, statement=b"\xf6")),
        ("an array as statement", "malformed(attestationObject.attStmt)", attestation_object(DATA, statement=b"\x80")),
        ("without data", "missing(attestationObject.authData)", b"\xa2" + FMT + STATEMENT),
        ("a text as data", "malformed(attestationObject.authData)",
         b"\xa3" + FMT + STATEMENT + b"\x68authData\x64none"),
        ("format twice", "attestationObject(repeatedKey)", b"\xa4" + FMT + FMT + STATEMENT + AUTH),
        ("data twice", "attestationObject(repeatedKey)", b"\xa4" + FMT + STATEMENT + AUTH + AUTH),
        ("data first", "attestationObject(keyOrder)", b"\xa3" + AUTH + FMT + STATEMENT),
        ("of indefinite length", "attestationObject(indefiniteLength)", b"\xbf" + FMT + STATEMENT + AUTH + b"\xff"),
        ("tagged", "attestationObject(tag)", b"\xd9\xd9\xf7" + attestation_object(DATA)),
        ("nested", "attestationObject(tooDeep)", b"\x81" * 9000),
        ("a member of the future", "", b"\xa4" + FMT + STATEMENT + AUTH + b"\x69zzzzzzzzz\x00"),
        ("too long", "tooLong(attestationObject)", attestation_object(DATA + bytes(9216))),
    ),
]
