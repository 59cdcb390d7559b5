"""What is broken in registrations and authentications alike: name, error, changes."""

import json

from fido2 import cbor

from generator.authenticator import ABSENT, BE, BS, CHALLENGE, CREDENTIAL_ID, ED, ORIGIN, UP, UV, b64, fixed

OTHER_ID = fixed("other id", 32)


def members(**changes):
    """Client data of these members in this order, whatever their types; absent where ABSENT."""

    def text(kind):
        data = {"type": kind, "challenge": b64(CHALLENGE), "origin": ORIGIN} | changes
        return json.dumps({k: v for k, v in data.items() if v is not ABSENT}).encode()

    return {"text": text}


def raw(before=b"", after=b"", inside=b""):
    """Client data with something before, after or inside at the end."""

    def text(kind):
        whole = members()["text"](kind)
        return before + whole[:-1] + inside + whole[-1:] + after

    return {"text": text}


def client(*rows):
    return [(f"client data: {name}", error, {"client": changes}) for name, error, changes in rows]


def edits(*rows):
    return [(f"response: {name}", error, {"edits": changes}) for name, error, changes in rows]


def extensions(*rows):
    return [(f"extensions: {name}", error, {"set": ED, "rest": rest}) for name, error, rest in rows]


ORIGINS = [
    "http://login.example.org", "https://login.example.org:443", "https://login.example.org:8443",
    "https://login.example.org/", "https://example.org", "https://a.login.example.org", "https://login.example.org.",
    "https://login.example.org.evil.example", "https://login.example.org@evil.example", "HTTPS://LOGIN.EXAMPLE.ORG",
    "https://loginxexample.org", " https://login.example.org", "https://login.example.org\0", "null", "",
    "android:apk-key-hash:" + b64(fixed("apk", 32)),
]
CHALLENGES = [
    ("another", b64(fixed("another challenge", 32))), ("with padding", b64(CHALLENGE) + "="), ("empty", ""),
    ("cut short", b64(CHALLENGE[:-1])), ("longer", b64(CHALLENGE + b"\0")), ("in upper case", b64(CHALLENGE).upper()),
    ("in hexadecimal", CHALLENGE.hex()), ("with unused bits set", b64(CHALLENGE)[:-1] + chr(ord(b64(CHALLENGE)[-1]) + 1)),
]

BOTH = [
    ("everything right", "", {}),
    *client(
        ("members of the future", "", members(crossOrigin=False, other={"keys": [1, 2.5, None]})),
        ("no crossOrigin", "", members()),
        ("a token binding", "", members(tokenBinding={"status": "present", "id": "AAAA"})),
        ("a byte order mark", "", raw(before=b"\xef\xbb\xbf")),
        ("white space", "", raw(before=b" \n", after=b"\t ")),
        ("another kind", "wrongType", {"kind": "payment.get"}),
        ("a type in capitals", "wrongType", {"kind": "WEBAUTHN.CREATE"}),
        ("no type", "missing(clientDataJSON.type)", members(type=ABSENT)),
        ("a number as type", "malformed(clientDataJSON.type)", members(type=1)),
        *((f"challenge {name}", "wrongChallenge", {"challenge": text}) for name, text in CHALLENGES),
        ("no challenge", "missing(clientDataJSON.challenge)", members(challenge=ABSENT)),
        ("null as challenge", "malformed(clientDataJSON.challenge)", members(challenge=None)),
        *((f"origin {json.dumps(origin)}", "wrongOrigin", {"origin": origin}) for origin in ORIGINS),
        ("no origin", "missing(clientDataJSON.origin)", members(origin=ABSENT)),
        ("origins", "malformed(clientDataJSON.origin)", members(origin=[ORIGIN])),
        ("cross origin", "crossOrigin", members(crossOrigin=True)),
        ("cross origin as text", "malformed(clientDataJSON.crossOrigin)", members(crossOrigin="false")),
        ("cross origin as null", "malformed(clientDataJSON.crossOrigin)", members(crossOrigin=None)),
        ("a top origin", "crossOrigin", members(crossOrigin=False, topOrigin="https://evil.example")),
        ("the type twice", "clientDataJSON(repeatedMember)", raw(inside=b',"type":"webauthn.get"')),
        ("the challenge twice", "clientDataJSON(repeatedMember)", raw(inside=b',"challenge":""')),
        ("the origin twice", "clientDataJSON(repeatedMember)", raw(inside=b',"\\u006frigin":"https://evil.example"')),
        ("nothing", "clientDataJSON(unexpectedEnd)", {"text": b""}),
        ("no JSON", "clientDataJSON(unexpectedByte)", {"text": b"type=webauthn.get"}),
        ("something after it", "clientDataJSON(trailingBytes)", raw(after=b"{}")),
        ("not UTF-8", "clientDataJSON(invalidUTF8)", raw(inside=b',"x":"\xff"')),
        ("nested", "clientDataJSON(tooDeep)", raw(inside=b',"x":' + b"[" * 4000)),
        ("an array", "malformed(clientDataJSON)", {"text": b"[]"}),
        ("too long", "tooLong(clientDataJSON)", members(x="x" * 9000)),
    ),
    *edits(
        ("no object", "malformed(credential)", "[]"),
        ("no id", "missing(id)", {"id": ABSENT}),
        ("null as id", "malformed(id)", {"id": None}),
        ("id with padding", "malformed(id)", {"id": b64(CREDENTIAL_ID) + "="}),
        ("another id", "credentialIDMismatch", {"id": b64(OTHER_ID)}),
        ("no rawId", "missing(rawId)", {"rawId": ABSENT}),
        ("bytes as rawId", "malformed(rawId)", {"rawId": list(CREDENTIAL_ID)}),
        ("another rawId", "credentialIDMismatch", {"rawId": b64(OTHER_ID)}),
        ("no type", "missing(type)", {"type": ABSENT}),
        ("a number as type", "malformed(type)", {"type": 1}),
        ("another type", "wrongCredentialType", {"type": "password"}),
        ("no response", "missing(response)", {"response": ABSENT}),
        ("a text as response", "malformed(response)", {"response": "{}"}),
        ("no client data", "missing(response.clientDataJSON)", {"response.clientDataJSON": ABSENT}),
        ("client data as object", "malformed(response.clientDataJSON)", {"response.clientDataJSON": {}}),
        ("client data not encoded", "malformed(response.clientDataJSON)", {"response.clientDataJSON": "{}"}),
        ("members of the future", "", {"x": 1, "response.x": {}}),
    ),
    *extensions(
        ("one", "", cbor.encode({"credProtect": 2})),
        ("several", "", cbor.encode({"credProtect": 2, "hmac-secret": True, "uvm": [[2, 4, 2]], "y": b"z"})),
        ("none in a map", "", b"\xa0"),
        ("a floating-point number", "", b"\xa1\x61x\xfb" + bytes(8)),
        ("four levels", "", b"\xa1\x61x\x81\x81\x81\x00"),
        ("five levels", "extensionData(tooDeep)", b"\xa1\x61x\x81\x81\x81\x81\x00"),
        ("thousands of levels", "extensionData(tooDeep)", b"\xa1\x61x" + b"\x81" * 6000),
        ("a flag and no bytes", "extensionData(truncated)", b""),
        ("cut short", "extensionData(truncated)", b"\xa1\x61x"),
        ("a length beyond everything", "extensionData(truncated)", b"\xa1\x61x\x9b" + b"\xff" * 8),
        ("not UTF-8", "extensionData(invalidUTF8)", b"\xa1\x61\xff\x00"),
        ("an array", "extensionDataNotMap", b"\x80"),
        ("a number as name", "extensionDataNotMap", b"\xa1\x01\x02"),
        ("out of order", "extensionData(keyOrder)", b"\xa2\x61b\x00\x61a\x00"),
        ("repeated", "extensionData(repeatedKey)", b"\xa2\x61a\x00\x61a\x00"),
        ("of indefinite length", "extensionData(indefiniteLength)", b"\xbf\xff"),
        ("two maps", "trailingAuthenticatorData", b"\xa0\xa0"),
    ),
    ("extensions without their flag", "trailingAuthenticatorData", {"rest": b"\xa0"}),
    ("a byte after the authenticator data", "trailingAuthenticatorData", {"rest": b"\0"}),
    ("another relying party", "wrongRelyingParty", {"rp_id": "evil.example"}),
    ("the domain above", "wrongRelyingParty", {"rp_id": "example.org"}),
    ("the origin as relying party", "wrongRelyingParty", {"rp_id": ORIGIN}),
    ("nobody present", "userNotPresent", {"clear": UP}),
    ("nobody present, nor asked to be verified", "userNotPresent", {"clear": UP | UV, "verification": "discouraged"}),
    ("not verified", "userNotVerified", {"clear": UV}),
    ("not verified, which was preferred", "", {"clear": UV, "verification": "preferred"}),
    ("not verified, which was discouraged", "", {"clear": UV, "verification": "discouraged"}),
    ("backup eligible", "", {"set": BE}),
    ("backed up", "", {"set": BE | BS}),
    ("backed up and not eligible", "backedUpWithoutEligibility", {"set": BS}),
    ("reserved flags", "", {"set": 0x22}),
    ("the authenticator data too long", "tooLong(authenticatorData)", {"rest": bytes(8192)}),
]
