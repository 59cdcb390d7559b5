"""A table of broken requests over every endpoint: each gets the standard error that names its parameter. Never a 5xx,
never a crash."""

import base64
import json

import pytest
import requests

from martlet import ADMIN, API, Browser, new_verifier, parameters_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture(scope="module")
def world(server, user):
    """What the rows need: clients, tokens, a signed-in browser."""
    client = server.client(firstParty=True, name="World")
    public = server.public_client(firstParty=True)
    browser = Browser(server, user)
    tokens = server.tokens(client, browser)
    return {"client": client, "public": public, "browser": browser, "tokens": tokens, "other": server.client()}


def send(server, method, path, **options):
    return requests.request(method, server.issuer + path, allow_redirects=False, timeout=30, **options)


def check(answer, status, error, parameter=None):
    assert answer.status_code < 500, answer.text
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), (answer.status_code, answer.text)
    body = answer.json()
    assert body["error"] in (error if isinstance(error, tuple) else (error,)), body
    description = body["error_description"]
    assert description.isascii() and '"' not in description and "\\" not in description
    assert body["error_uri"].endswith("/errors/" + body["error"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Request-Id"]
    if parameter:
        assert parameter in description, body


# The token endpoint: (name, form fields changed, status, error, parameter)
TOKEN = [
    ("no grant_type", {"grant_type": None}, 400, "invalid_request", "grant_type"),
    ("empty grant_type", {"grant_type": ""}, 400, "invalid_request", "grant_type"),
    ("unknown grant_type", {"grant_type": "magic"}, 400, "unsupported_grant_type", "grant_type"),
    ("password", {"grant_type": "password"}, 400, "unauthorized_client", "grant_type"),
    ("implicit", {"grant_type": "implicit"}, 400, "unsupported_grant_type", "grant_type"),
    ("grant_type in other case", {"grant_type": "Client_Credentials"}, 400, "unsupported_grant_type", "grant_type"),
    ("unknown scope", {"scope": "nothing"}, 400, "invalid_scope", "scope"),
    ("scope not allowed", {"scope": "admin"}, 400, "invalid_scope", "scope"),
    ("scope with quote", {"scope": 'a"b'}, 400, "invalid_scope", "scope"),
    ("scope with backslash", {"scope": "a\\b"}, 400, "invalid_scope", "scope"),
    ("scope with é", {"scope": "é"}, 400, "invalid_scope", "scope"),
    ("scope with tab", {"scope": "a\tb"}, 400, "invalid_scope", "scope"),
    ("5,000 scopes", {"scope": " ".join(f"s{i}" for i in range(5000))}, 400, "invalid_scope", "scope"),
    ("unknown resource", {"resource": "https://api.example"}, 400, "invalid_target", "resource"),
    ("relative resource", {"resource": "/api"}, 400, "invalid_target", "resource"),
    ("resource with fragment", {"resource": "https://a.example/#x"}, 400, "invalid_target", "resource"),
    ("code: none", {"grant_type": "authorization_code", "redirect_uri": "https://rp.example/cb"}, 400,
     "invalid_request", "code"),
    ("code: no redirect_uri", {"grant_type": "authorization_code", "code": "x"}, 400, "invalid_request", "redirect_uri"),
    ("code: nonsense", {"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://rp.example/cb"}, 400,
     "invalid_grant", "code"),
    ("code: forged", {"grant_type": "authorization_code", "code": "mlt_ac_495000" + "A" * 43,
                      "redirect_uri": "https://rp.example/cb"}, 400, "invalid_grant", "code"),
    ("code: huge bucket", {"grant_type": "authorization_code", "code": "mlt_ac_" + "9" * 30 + "A" * 43,
                           "redirect_uri": "https://rp.example/cb"}, 400, "invalid_grant", "code"),
    ("code: a refresh token", {"grant_type": "authorization_code", "code": "mlt_rt_20000" + "A" * 43,
                               "redirect_uri": "https://rp.example/cb"}, 400, "invalid_grant", "code"),
    ("code: 10,000 characters", {"grant_type": "authorization_code", "code": "A" * 10000,
                                 "redirect_uri": "https://rp.example/cb"}, 400, "invalid_grant", "code"),
    ("code: short verifier", {"grant_type": "authorization_code", "code": "x", "code_verifier": "short",
                              "redirect_uri": "https://rp.example/cb"}, 400, "invalid_grant", "code_verifier"),
    ("code: SQL", {"grant_type": "authorization_code", "code": "'; DROP TABLE users; --",
                   "redirect_uri": "https://rp.example/cb"}, 400, "invalid_grant", "code"),
    ("refresh: none", {"grant_type": "refresh_token"}, 400, "invalid_request", "refresh_token"),
    ("refresh: nonsense", {"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant", "refresh"),
    ("refresh: forged", {"grant_type": "refresh_token", "refresh_token": "mlt_rt_20000" + "A" * 43}, 400,
     "invalid_grant", "refresh"),
    ("refresh: a JWT", {"grant_type": "refresh_token", "refresh_token": "a.b.c"}, 400, "invalid_grant", "refresh"),
    ("two methods", {"client_secret": "x"}, 400, "invalid_request", "client_secret"),
    ("another client_id", {"client_id": "other"}, 400, "invalid_request", "client_id"),
    ("an assertion", {"client_assertion": "x"}, (400, 401), "invalid_client", "client_assertion"),
]


@pytest.mark.parametrize("row", TOKEN, ids=lambda row: row[0])
def test_token(server, world, row):
    """RFC 6749 §5.2"""
    _, changes, status, error, parameter = row
    fields = {"grant_type": "client_credentials", **changes}
    answer = server.token(world["client"], **{name: value for name, value in fields.items() if value is not None})
    check(answer, status, error, parameter)


# Bodies as they are on the wire: (name, headers, body, status, error, parameter)
GOOD = b"grant_type=client_credentials"
BODIES = [
    ("repeated grant_type", FORM, GOOD + b"&grant_type=client_credentials", 400, "invalid_request", "grant_type"),
    ("repeated unknown", FORM, GOOD + b"&x=1&x=2", 400, "invalid_request", "x"),
    ("repeated scope", FORM, GOOD + b"&scope=a&scope=b", 400, "invalid_request", "scope"),
    ("bad percent", FORM, GOOD + b"&scope=%zz", 400, "invalid_request", "scope"),
    ("cut percent", FORM, GOOD + b"&scope=%4", 400, "invalid_request", "scope"),
    ("NUL", FORM, GOOD + b"&scope=a%00b", 400, "invalid_request", "scope"),
    ("invalid UTF-8", FORM, GOOD + b"&scope=%ff%fe", 400, "invalid_request", "scope"),
    ("overlong UTF-8", FORM, GOOD + b"&scope=%c0%af", 400, "invalid_request", "scope"),
    ("surrogate", FORM, GOOD + b"&scope=%ed%a0%80", 400, "invalid_request", "scope"),
    ("raw bytes", FORM, GOOD + b"&scope=\xff", 400, "invalid_request", "scope"),
    ("empty", FORM, b"", 400, "invalid_request", "grant_type"),
    ("no type", {}, GOOD, 415, "invalid_request", None),
    ("text/plain", {"Content-Type": "text/plain"}, GOOD, 415, "invalid_request", None),
    ("multipart", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--", 415, "invalid_request", None),
    ("another charset", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}, GOOD, 415,
     "invalid_request", None),
    ("JSON: cut", JSON, b'{"grant_type":', 400, "invalid_request", None),
    ("JSON: array", JSON, b"[]", 400, "invalid_request", None),
    ("JSON: string", JSON, b'"x"', 400, "invalid_request", None),
    ("JSON: number as grant_type", JSON, b'{"grant_type": 1}', 400, "invalid_request", "grant_type"),
    ("JSON: null as grant_type", JSON, b'{"grant_type": null}', 400, "invalid_request", "grant_type"),
    ("JSON: object as scope", JSON, b'{"grant_type":"client_credentials","scope":{}}', 400, "invalid_request", "scope"),
    ("JSON: array as scope", JSON, b'{"grant_type":"client_credentials","scope":["a"]}', 400, "invalid_request",
     "scope"),
    ("JSON: repeated", JSON, b'{"grant_type":"client_credentials","scope":"a","scope":"b"}', 400, "invalid_request",
     "scope"),
    ("JSON: depth", JSON, b'{"a":' * 5000 + b"1" + b"}" * 5000, 400, "invalid_request", None),
    ("JSON: deep array", JSON, b"[" * 30000, 400, "invalid_request", None),
    ("JSON: NUL", JSON, b'{"grant_type":"client_credentials","scope":"a\\u0000b"}', 400,
     ("invalid_request", "invalid_scope"), "scope"),
    ("JSON: lone surrogate", JSON, b'{"grant_type":"client_credentials","scope":"\\ud800"}', 400, "invalid_request",
     None),
    ("JSON: invalid UTF-8", JSON, b'{"grant_type":"client_credentials","scope":"\xff"}', 400, "invalid_request", None),
    ("JSON: trailing", JSON, b'{"grant_type":"client_credentials"} x', 400, "invalid_request", None),
    ("JSON: comment", JSON, b'{/**/"grant_type":"client_credentials"}', 400, "invalid_request", None),
    ("JSON: BOM", JSON, b'\xef\xbb\xbf{"grant_type":"client_credentials"}', 400, "invalid_request", None),
    ("too large", FORM, GOOD + b"&x=" + b"a" * 70000, 413, "invalid_request", None),
]


@pytest.mark.parametrize("row", BODIES, ids=lambda row: row[0])
@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_bodies(server, world, row, path):
    """RFC 6749 §3.2, RFC 7009 §2.1, RFC 7662 §2.1: what a body may be."""
    _, headers, body, status, error, parameter = row
    client = world["client"]
    answer = requests.post(
        server.issuer + API + path, data=body, headers=headers, auth=(client["clientId"], client["clientSecret"]),
        timeout=30)
    check(answer, status, error, parameter if path == "/token" else None)


def basic(identifier, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{identifier}:{secret}".encode()).decode()}


AUTHENTICATION = [
    ("nothing", lambda c: {}, {}),
    ("wrong secret", lambda c: basic(c["clientId"], "wrong"), {}),
    ("empty secret", lambda c: basic(c["clientId"], ""), {}),
    ("unknown client", lambda c: basic("nobody", "x"), {}),
    ("empty client", lambda c: basic("", ""), {}),
    ("not base64", lambda c: {"Authorization": "Basic !!!"}, {}),
    ("no colon", lambda c: {"Authorization": "Basic " + base64.b64encode(b"abc").decode()}, {}),
    ("invalid UTF-8", lambda c: {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()}, {}),
    ("NUL", lambda c: {"Authorization": "Basic " + base64.b64encode(b"a%00:b").decode()}, {}),
    ("Bearer", lambda c: {"Authorization": "Bearer abc"}, {}),
    ("unknown scheme", lambda c: {"Authorization": "Digest abc"}, {}),
    ("empty header", lambda c: {"Authorization": "Basic"}, {}),
    ("id alone", lambda c: {}, "id"),
    ("id and empty secret", lambda c: {}, "empty"),
    ("id and wrong secret", lambda c: {}, "wrong"),
    ("the secret's hash", lambda c: basic(c["clientId"], "mlt_cs_" + "A" * 43), {}),
]


@pytest.mark.parametrize("row", AUTHENTICATION, ids=lambda row: row[0])
@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_client_authentication(server, world, row, path):
    """RFC 6749 §5.2 invalid_client; CVE-2026-44476, CVE-2026-53512, DRUPAL-CONTRIB-2022-002, Keycloak #26110."""
    _, headers, body = row
    client = world["client"]
    fields = {"grant_type": "client_credentials", "token": "x"}
    if body in ("id", "empty", "wrong"):
        fields["client_id"] = client["clientId"]
    if body in ("empty", "wrong"):
        fields["client_secret"] = "" if body == "empty" else "wrong"
    answer = requests.post(server.issuer + API + path, data=fields, headers=headers(client), timeout=30)
    check(answer, 401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


# The authorization endpoint, errors that go back: (name, parameters changed, error, parameter)
AUTHORIZE = [
    ("no response_type", {"response_type": None}, "invalid_request", "response_type"),
    ("none", {"response_type": "none"}, "unsupported_response_type", "response_type"),
    ("code twice", {"response_type": "code code"}, "unsupported_response_type", "response_type"),
    ("response_mode unknown", {"response_mode": "web_message"}, "invalid_request", "response_mode"),
    ("response_mode empty", {"response_mode": ""}, "invalid_request", "response_mode"),
    ("form_post.jwt", {"response_mode": "form_post.jwt"}, "invalid_request", "response_mode"),
    ("scope unknown", {"scope": "openid magic"}, "invalid_scope", "scope"),
    ("scope not allowed", {"scope": "openid admin"}, "invalid_scope", "scope"),
    ("no challenge", {"code_challenge": None}, "invalid_request", "code_challenge"),
    ("no PKCE", {"code_challenge": None, "code_challenge_method": None}, "invalid_request", "code_challenge"),
    ("plain", {"code_challenge_method": "plain"}, "invalid_request", "code_challenge_method"),
    ("method left out", {"code_challenge_method": None}, "invalid_request", "code_challenge_method"),
    ("S512", {"code_challenge_method": "S512"}, "invalid_request", "code_challenge_method"),
    ("short challenge", {"code_challenge": "abc"}, "invalid_request", "code_challenge"),
    ("long challenge", {"code_challenge": CHALLENGE + "A"}, "invalid_request", "code_challenge"),
    ("padded challenge", {"code_challenge": CHALLENGE[:-1] + "="}, "invalid_request", "code_challenge"),
    ("prompt none and login", {"prompt": "none login"}, "invalid_request", "prompt"),
    ("prompt unknown", {"prompt": "create"}, "invalid_request", "prompt"),
    ("max_age negative", {"max_age": "-1"}, "invalid_request", "max_age"),
    ("max_age text", {"max_age": "soon"}, "invalid_request", "max_age"),
    ("max_age huge", {"max_age": "9" * 40}, "invalid_request", "max_age"),
    ("claims no JSON", {"claims": "{"}, "invalid_request", "claims"),
    ("claims deep", {"claims": '{"userinfo":' * 100 + "1" + "}" * 100}, "invalid_request", "claims"),
    ("claims repeated", {"claims": '{"userinfo":{},"userinfo":{}}'}, "invalid_request", "claims"),
    ("hint nonsense", {"id_token_hint": "x"}, "invalid_request", "id_token_hint"),
    ("hint alg none", {"id_token_hint": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."}, "invalid_request", "id_token_hint"),
    ("request", {"request": "x"}, "request_not_supported", "request"),
    ("request_uri", {"request_uri": "https://x.example"}, "request_uri_not_supported", "request_uri"),
    ("registration", {"registration": "{}"}, "registration_not_supported", "registration"),
    ("resource unknown", {"resource": "https://api.example"}, "invalid_target", "resource"),
    ("resource relative", {"resource": "x"}, "invalid_target", "resource"),
]


@pytest.mark.parametrize("row", AUTHORIZE, ids=lambda row: row[0])
def test_authorize_sends_back(server, world, row):
    """RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, RFC 9207 §2"""
    _, changes, error, parameter = row
    query = {
        "client_id": world["client"]["clientId"], "redirect_uri": "https://rp.example/cb", "response_type": "code",
        "scope": "openid", "state": "st", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes}
    answer = send(server, "GET", API + "/authorize", params={k: v for k, v in query.items() if v is not None})
    assert answer.status_code in (302, 303), answer.text
    assert answer.headers["Location"].startswith("https://rp.example/cb?")
    told = parameters_of(answer.headers["Location"])
    assert told["error"] == error and parameter in told["error_description"], told
    assert told["state"] == "st" and told["iss"] == server.issuer and "code" not in told


PAGES = [
    ("no client_id", {"client_id": None}),
    ("empty client_id", {"client_id": ""}),
    ("unknown client_id", {"client_id": "nobody"}),
    ("script as client_id", {"client_id": "<script>alert(1)</script>"}),
    ("no redirect_uri", {"redirect_uri": None}),
    ("empty redirect_uri", {"redirect_uri": ""}),
    ("foreign redirect_uri", {"redirect_uri": "https://evil.example/cb"}),
    ("redirect_uri with path", {"redirect_uri": "https://rp.example/cb/x"}),
    ("redirect_uri with query", {"redirect_uri": "https://rp.example/cb?x=1"}),
    ("redirect_uri with fragment", {"redirect_uri": "https://rp.example/cb#x"}),
    ("redirect_uri in other case", {"redirect_uri": "https://RP.example/cb"}),
    ("redirect_uri with user", {"redirect_uri": "https://a@rp.example/cb"}),
    ("redirect_uri with many @", {"redirect_uri": "https://a@b@rp.example/cb"}),
    ("redirect_uri with ..;", {"redirect_uri": "https://rp.example/..;/cb"}),
    ("redirect_uri javascript", {"redirect_uri": "javascript:alert(1)"}),
    ("redirect_uri data", {"redirect_uri": "DATA:text/html,x"}),
    ("redirect_uri line break", {"redirect_uri": "https://rp.example/cb\r\nX: y"}),
    ("redirect_uri backslash", {"redirect_uri": "https://rp.example\\@evil.example/cb"}),
]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row[0])
def test_authorize_shows_a_page(server, world, row):
    """RFC 6749 §4.1.2.1, RFC 9700 §4.11, CVE-2019-3778, CVE-2019-11269: an address that is not verified is never
    redirected to."""
    query = {
        "client_id": world["client"]["clientId"], "redirect_uri": "https://rp.example/cb", "response_type": "code",
        "state": "st", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **row[1]}
    answer = send(server, "GET", API + "/authorize", params={k: v for k, v in query.items() if v is not None})
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html") and "<script>alert" not in answer.text


def test_authorize_repeats(server, world):
    """RFC 6749 §3.1: a repeated parameter is refused, whatever it is."""
    base = server.authorize_url(world["client"], new_verifier())
    for name in ("client_id", "redirect_uri"):
        answer = send(server, "GET", base[len(server.issuer):] + f"&{name}=x")
        assert answer.status_code == 400 and "Location" not in answer.headers
    for name in ("state", "scope", "nonce", "response_type", "code_challenge", "unknown"):
        answer = send(server, "GET", base[len(server.issuer):] + f"&{name}=x&{name}=y")
        told = parameters_of(answer.headers["Location"])
        assert told["error"] == "invalid_request" and name in told["error_description"]


WRONG = [
    ("DELETE", "/.well-known/openid-configuration", 405), ("POST", "/.well-known/jwks.json", 405),
    ("GET", API + "/token", 405), ("PUT", API + "/token", 405), ("DELETE", API + "/token", 405),
    ("GET", API + "/revoke", 405), ("GET", API + "/introspect", 405), ("PUT", API + "/authorize", 405),
    ("DELETE", API + "/userinfo", 405), ("PATCH", API + "/userinfo", 405), ("DELETE", API + "/clients", 405),
    ("GET", API + "/token/", 404), ("GET", "/api/v1/oauth2", 404), ("GET", "/api/v2/oauth2/token", 404),
    ("GET", "//api/v1/oauth2/authorize", 404), ("GET", "/api/v1/oauth2/../oauth2/authorize", 404),
    ("GET", "/api/v1/oauth2/%61uthorize", 404), ("GET", "/.well-known/openid-configuration/", 404),
    ("GET", "/API/v1/oauth2/authorize", 404), ("GET", "/nothing", 404), ("GET", API + "/register", 404),
    ("GET", API + "/par", 404),
]


@pytest.mark.parametrize("row", WRONG, ids=lambda row: f"{row[0]} {row[1]}")
def test_methods_and_paths(server, row):
    """RFC 9110 §15.5.5, §15.5.6: no aliases, no trailing slashes; 405 names what is allowed."""
    method, path, status = row
    request = requests.Request(method, server.issuer).prepare()
    request.url = server.issuer + path
    answer = requests.Session().send(request, allow_redirects=False, timeout=30)
    assert answer.status_code == status, answer.text
    if status == 405:
        assert answer.headers["Allow"]


BEARER = ["", "x", "a.b.c", "mlt_rt_20000" + "A" * 43, "A" * 5000, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
          "é"]


@pytest.mark.parametrize("token", BEARER, ids=range(len(BEARER)))
def test_userinfo(server, token):
    """RFC 6750 §3.1"""
    answer = send(server, "GET", API + "/userinfo", headers={"Authorization": ("Bearer " + token).encode("latin-1")})
    assert answer.status_code in (400, 401)
    assert "error=" in answer.headers["WWW-Authenticate"]


def test_tampered_tokens(server, world):
    """RFC 7515 §5.2: a changed signature, payload or header is no token."""
    header, payload, signature = world["tokens"]["access_token"].split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    for token in (
        f"{header}.{payload}.{signature[:-4]}AAAA", f"{header}.{payload}A.{signature}", f"{none}.{payload}.",
        f"{header}.{payload}.{signature}=", f"{header}.{payload}.{signature}.x", world["tokens"]["id_token"],
    ):
        answer = send(server, "GET", API + "/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token
        assert server.introspect(world["client"], token) == {"active": False}


# Management bodies: (name, method, path, body, status, member)
CLIENTS = "/oauth2/clients"
MANAGEMENT = [
    ("no JSON", "POST", CLIENTS, b"{", 400, None),
    ("array", "POST", CLIENTS, b"[]", 400, None),
    ("no name", "POST", CLIENTS, {}, 400, "name"),
    ("name number", "POST", CLIENTS, {"name": 7}, 400, "name"),
    ("name empty", "POST", CLIENTS, {"name": ""}, 400, "name"),
    ("name NUL", "POST", CLIENTS, {"name": "a\x00b"}, 400, "name"),
    ("name long", "POST", CLIENTS, {"name": "a" * 5000}, 400, "name"),
    ("unknown member", "POST", CLIENTS, {"name": "a", "colour": "red"}, 400, "colour"),
    ("both spellings", "POST", CLIENTS, {"name": "a", "redirectUris": [], "redirect_uris": []}, 400, "redirectUris"),
    ("type", "POST", CLIENTS, {"name": "a", "type": "SECRET"}, 400, "type"),
    ("redirectUris text", "POST", CLIENTS, {"name": "a", "redirectUris": "https://a.example"}, 400, "redirectUris"),
    ("redirectUris wild", "POST", CLIENTS, {"name": "a", "redirectUris": ["https://*.a.example/"]}, 400, "redirectUris"),
    ("redirectUris http", "POST", CLIENTS, {"name": "a", "redirectUris": ["http://a.example/"]}, 400, "redirectUris"),
    ("redirectUris script", "POST", CLIENTS, {"name": "a", "redirectUris": ["javascript:x"]}, 400, "redirectUris"),
    ("redirectUris fragment", "POST", CLIENTS, {"name": "a", "redirectUris": ["https://a/#x"]}, 400, "redirectUris"),
    ("redirectUris user", "POST", CLIENTS, {"name": "a", "redirectUris": ["https://u@a/"]}, 400, "redirectUris"),
    ("redirectUris none", "POST", CLIENTS, {"name": "a", "grantTypes": ["authorization_code"]}, 400, "redirectUris"),
    ("grantTypes", "POST", CLIENTS, {"name": "a", "grantTypes": ["magic"]}, 400, "grantTypes"),
    ("allowedScopes", "POST", CLIENTS, {"name": "a", "grantTypes": ["client_credentials"], "allowedScopes": ["x"]},
     400, "allowedScopes"),
    ("accessTokenTtl", "POST", CLIENTS,
     {"name": "a", "grantTypes": ["client_credentials"], "accessTokenTtl": -1}, 400, "accessTokenTtl"),
    ("accessTokenTtl huge", "POST", CLIENTS,
     {"name": "a", "grantTypes": ["client_credentials"], "accessTokenTtl": 10**18}, 400, "accessTokenTtl"),
    ("accessTokenTtl float", "POST", CLIENTS,
     {"name": "a", "grantTypes": ["client_credentials"], "accessTokenTtl": 1.5}, 400, "accessTokenTtl"),
    ("unknown client", "GET", CLIENTS + "/nobody", None, 404, None),
    ("unknown client PATCH", "PATCH", CLIENTS + "/nobody", {"name": "a"}, 404, None),
    ("unknown client DELETE", "DELETE", CLIENTS + "/nobody", None, 404, None),
    ("unknown client rotate", "POST", CLIENTS + "/nobody/rotate-secret", {}, 404, None),
    ("limit 0", "GET", CLIENTS + "?limit=0", None, 400, "limit"),
    ("limit 201", "GET", CLIENTS + "?limit=201", None, 400, "limit"),
    ("limit text", "GET", CLIENTS + "?limit=x", None, 400, "limit"),
    ("cursor", "GET", CLIENTS + "?cursor=x", None, 400, "cursor"),
    ("cursor SQL", "GET", CLIENTS + "?cursor=%27%3B--", None, 400, "cursor"),
    ("username missing", "POST", "/users", {"password": "long enough it is"}, 400, "username"),
    ("password missing", "POST", "/users", {"username": "somebody"}, 400, "password"),
    ("password short", "POST", "/users", {"username": "somebody", "password": "short"}, 400, "password"),
    ("password number", "POST", "/users", {"username": "somebody", "password": 123456789012}, 400, "password"),
    ("username space", "POST", "/users", {"username": "a b", "password": "long enough it is"}, 400, "username"),
    ("username mixed", "POST", "/users", {"username": "аnna", "password": "long enough it is"}, 400, "username"),
    ("username long", "POST", "/users", {"username": "a" * 300, "password": "long enough it is"}, 400, "username"),
    ("email", "POST", "/users", {"username": "somebody", "password": "long enough it is", "email": "x"}, 400, "email"),
    ("roles", "POST", "/users", {"username": "somebody", "password": "long enough it is", "roles": "x"}, 400, "roles"),
    ("user unknown member", "POST", "/users",
     {"username": "somebody", "password": "long enough it is", "shoe": 44}, 400, "shoe"),
    ("webhook no url", "POST", "/oauth2/webhooks", {"types": ["*"]}, 400, "url"),
    ("webhook http", "POST", "/oauth2/webhooks", {"url": "http://a.example/", "types": ["*"]}, 400, "url"),
    ("webhook loopback", "POST", "/oauth2/webhooks", {"url": "https://127.0.0.1/", "types": ["*"]}, 400, "url"),
    ("webhook private", "POST", "/oauth2/webhooks", {"url": "https://10.0.0.1/", "types": ["*"]}, 400, "url"),
    ("webhook metadata", "POST", "/oauth2/webhooks", {"url": "https://169.254.169.254/", "types": ["*"]}, 400, "url"),
    ("webhook decimal", "POST", "/oauth2/webhooks", {"url": "https://2130706433/", "types": ["*"]}, 400, "url"),
    ("webhook file", "POST", "/oauth2/webhooks", {"url": "file:///etc/passwd", "types": ["*"]}, 400, "url"),
    ("webhook types", "POST", "/oauth2/webhooks", {"url": "https://a.example/", "types": ["?"]}, 400, "types"),
    ("webhook unknown type", "POST", "/oauth2/webhooks",
     {"url": "https://a.example/", "types": ["oauth2.*", "user.creatd"]}, 400, "types"),
    ("webhook unknown kind", "POST", "/oauth2/webhooks",
     {"url": "https://a.example/", "types": ["oauth.*"]}, 400, "types"),
    ("webhook unknown", "GET", "/oauth2/webhooks/nobody/deliveries", None, 404, None),
    ("events cursor", "GET", "/oauth2/events?after=x", None, 400, "after"),
]


@pytest.mark.parametrize("row", MANAGEMENT, ids=lambda row: row[0])
def test_management(server, row):
    """Contract, management API: errors name the member; CVE-2026-1518, CVE-2026-1180 at registration."""
    _, method, path, body, status, member = row
    options = {"data": body, "headers": JSON} if isinstance(body, bytes) else {"json": body} if body is not None else {}
    answer = server.manage(method, path, **options)
    assert answer.status_code == status, answer.text
    assert member is None or member in answer.json()["error_description"], answer.text


ROUTES = [
    ("GET", CLIENTS), ("POST", CLIENTS), ("GET", CLIENTS + "/x"), ("PATCH", CLIENTS + "/x"), ("PUT", CLIENTS + "/x"),
    ("DELETE", CLIENTS + "/x"), ("POST", CLIENTS + "/x/rotate-secret"), ("GET", CLIENTS + "/x/secrets"),
    ("DELETE", CLIENTS + "/x/secrets/y"), ("GET", "/users"), ("POST", "/users"), ("GET", "/users/x"),
    ("GET", "/oauth2/events"), ("GET", "/oauth2/webhooks"), ("POST", "/oauth2/webhooks"),
    ("DELETE", "/oauth2/webhooks/x"), ("POST", "/oauth2/webhooks/x/replay"),
]


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: f"{row[0]} {row[1]}")
def test_management_needs_an_administrator(server, world, row):
    """RFC 6750 §3: credentials are checked before the body; CVE-2026-20904."""
    method, path = row
    client, tokens = world["client"], world["tokens"]
    url = server.issuer + "/api/v1" + path
    nobody = requests.request(method, url, data=b"{", headers=JSON, timeout=10)
    assert nobody.status_code == 401
    assert "Bearer" in nobody.headers["WWW-Authenticate"] and "Basic" in nobody.headers["WWW-Authenticate"]
    wrong = requests.request(method, url, auth=(ADMIN[0], "wrong"), timeout=10)
    assert wrong.status_code == 401
    ordinary = requests.request(method, url, auth=(client["clientId"], client["clientSecret"]), timeout=10)
    assert ordinary.status_code == 403 and ordinary.json()["error"] == "insufficient_scope"
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    assert requests.request(method, url, headers=bearer, timeout=10).status_code == 403


def test_confusable_and_equal_names(server):
    """UTS 39: names that look or fold the same answer 409."""
    name = "zoe" + new_verifier()[:6].lower().replace("_", "a").replace("-", "b")
    server.user(username=name)
    for twin in (name.upper(), "  " + name + " ", name.replace("o", "0", 1)):
        answer = server.manage("POST", "/users", json={"username": twin, "password": "long enough it is"})
        assert answer.status_code == 409, (twin, answer.text)


def test_wrong_passwords_are_throttled_alike(own_server):
    """Contract: growing delay, 429 with Retry-After of at most 30 s, the same for unknown names (CVE-2026-4633)."""
    # Of its own: this address would have to wait at the others' logins, too.
    server = own_server().start()
    user = server.user()
    outcomes = []
    for name in (user["username"], "nobody" + new_verifier()[:8].lower().replace("_", "a").replace("-", "b")):
        browser = Browser(server, user)
        page = browser.follow(browser.get(server.issuer + "/login"))
        seen = []
        for _ in range(8):
            answer = browser.submit(page, "", username=name, password="wrong password")
            seen.append(answer.status_code)
            if answer.status_code == 429:
                assert 1 <= int(answer.headers["Retry-After"]) <= 30
        outcomes.append(seen)
    assert outcomes[0] == outcomes[1] and 429 in outcomes[0]


def test_the_server_still_serves(server, world):
    """After all of the above."""
    assert server.process.poll() is None
    assert server.token(world["client"], grant_type="client_credentials").status_code == 200
