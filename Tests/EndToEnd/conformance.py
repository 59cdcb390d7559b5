"""A relying party as the OpenID Foundation's certification tests play it: without PKCE unless a test is about it, with a long
state and nonce, and with every answer checked each time, whatever the test is about. Authlib and joserfc judge the tokens."""

import base64
import json
import re
import secrets
import time
import typing
import urllib.parse

import joserfc.jwk
import joserfc.jwt
import jwt
import requests
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oidc.core import CodeIDToken, HybridIDToken, ImplicitIDToken

from martlet import API, Browser, Form

CALLBACK = "https://rp.example/cb"
SCOPES = ["openid", "profile", "email", "address", "phone", "offline_access"]
# Every standard claim that a user is given; preferred_username and updated_at come by themselves (Core §5.1).
EVERYTHING = {
    "name": "Anna Maria Example", "givenName": "Anna", "middleName": "Maria", "familyName": "Example", "nickname": "Anni",
    "profile": "https://example.org/anna", "picture": "https://example.org/anna.png", "website": "https://example.org/",
    "gender": "female", "birthdate": "1990-02-28", "zoneinfo": "Europe/Berlin", "locale": "de-DE",
    "email": "anna@example.org", "emailVerified": True, "phoneNumber": "+49 30 1234567", "phoneNumberVerified": False,
    "address": {
        "formatted": "Weg 1\n10115 Berlin", "streetAddress": "Weg 1", "locality": "Berlin", "region": "Berlin",
        "postalCode": "10115", "country": "Germany"},
}
# Core §5.4
CLAIMS = {
    "openid": {"sub"},
    "profile": {
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
        "gender", "birthdate", "zoneinfo", "locale", "updated_at"},
    "email": {"email", "email_verified"}, "address": {"address"}, "phone": {"phone_number", "phone_number_verified"},
}


class Login(typing.NamedTuple):
    """What a relying party has after a successful answer."""

    told: dict
    id_token: str
    claims: dict
    access_token: str | None
    tokens: dict | None


class Party:
    """A client with one response type and mode."""

    def __init__(self, server, response_type="code", form_post=False, **members):
        self.server, self.response_type, self.form_post = server, response_type, form_post
        words = self.words = response_type.split()
        grants = ["authorization_code", "refresh_token"] * ("code" in words)
        grants += ["implicit"] * ("token" in words or "code" not in words)
        self.client = server.client(**{
            "name": "Certification", "redirectUris": [CALLBACK], "allowedScopes": SCOPES, "requirePkce": False,
            "grantTypes": grants, "responseTypes": [response_type], "profile": "legacy" if "implicit" in grants else None,
            "idTokenSignedResponseAlg": None, **members})
        self.identifier = self.client["clientId"]
        self.redirect_uri = self.client["redirectUris"][0]

    def request(self, **changes):
        """The parameters of an authorization request; None leaves one out."""
        parameters = {
            "client_id": self.identifier, "redirect_uri": self.redirect_uri, "response_type": self.response_type,
            "scope": "openid", "state": secrets.token_urlsafe(96), "nonce": secrets.token_urlsafe(32),
            "response_mode": "form_post" if self.form_post else None, **changes}
        return {name: value for name, value in parameters.items() if value is not None}

    def url(self, request):
        return self.server.issuer + API + "/authorize?" + urllib.parse.urlencode(request)

    def arrive(self, browser, request, method="GET"):
        """Sends the browser, which logs in and allows whatever it is asked; the last answer it gets here, and the pages that
        it saw before."""
        if method == "POST":
            answer = browser.follow(browser.post(self.server.issuer + API + "/authorize", request))
        else:
            answer = browser.follow(browser.get(self.url(request)))
        pages = []
        while answer.status_code == 200 and Form(answer.text).action != self.redirect_uri:
            pages.append(answer)
            assert len(pages) < 5, answer.text[:2000]
            if 'name="password"' in answer.text:
                answer = browser.submit(answer, "", username=browser.user["username"], password=browser.user["password"])
            else:
                answer = browser.submit(answer, "Allow")
        return answer, pages

    def told(self, answer, request, in_query=False):
        """The parameters that reach the relying party, which must be where the response type has them (Multiple Response
        Types §5, Form Post Response Mode §2), once each, with state and iss (RFC 9207 §2)."""
        if self.form_post:
            assert answer.status_code == 200, answer.text[:2000]
            assert 'method="post"' in answer.text.lower()
            form = Form(answer.text)
            assert form.action == self.redirect_uri
            told = form.fields
        else:
            assert answer.status_code in (302, 303), (answer.status_code, answer.text[:2000])
            address = urllib.parse.urlsplit(answer.headers["Location"])
            query, fragment = urllib.parse.parse_qsl(address.query), urllib.parse.parse_qsl(address.fragment)
            registered = urllib.parse.urlsplit(self.redirect_uri)
            assert address._replace(query="", fragment="") == registered._replace(query="")
            kept = urllib.parse.parse_qsl(registered.query)
            assert query[:len(kept)] == kept
            pairs = query[len(kept):]
            if self.words != ["code"] and not in_query:
                assert not pairs
                pairs = fragment
            else:
                assert not address.fragment
            told = dict(pairs)
            assert len(told) == len(pairs)
        assert told.get("state") == request.get("state")
        assert told["iss"] == self.server.issuer
        return told

    def refusal(self, answer, request, *errors, in_query=False):
        """The error of an answer, in the form that RFC 6749 §4.1.2.1 and §4.2.2.1 give it."""
        told = self.told(answer, request, in_query)
        assert {"error", "iss"} <= set(told) <= {"error", "error_description", "error_uri", "state", "iss"}
        assert told["error"] in errors, told
        check_words(told)
        return told

    def login(self, browser, method="GET", **changes):
        """A whole login, which must succeed."""
        request = self.request(**changes)
        answer, _ = self.arrive(browser, request, method)
        return self.accept(self.told(answer, request), request)

    def accept(self, told, request, **redemption):
        """Checks a successful answer and redeems its code."""
        assert "error" not in told, told
        assert {"code", "id_token", "access_token"} & set(told) == {
            {"token": "access_token"}.get(word, word) for word in self.words}
        id_token, access_token, tokens = told.get("id_token"), told.get("access_token"), None
        first = self.judged(id_token, request, code=told.get("code"), access_token=access_token) if id_token else None
        if access_token:
            check_bearer(told)
            assert self.userinfo(access_token).status_code == 200
        if "code" in told:
            answer = self.redeem(told["code"], **redemption)
            tokens = self.tokens(answer)
            second = self.judged(tokens["id_token"], request, access_token=tokens["access_token"])
            if first:
                assert (first["iss"], first["sub"]) == (second["iss"], second["sub"])
            id_token, access_token, first = tokens["id_token"], tokens["access_token"], second
        if access_token:
            userinfo = self.userinfo(access_token)
            assert userinfo.status_code == 200 and userinfo.json()["sub"] == first["sub"]
        return Login(told, id_token, first, access_token, tokens)

    def redeem(self, code, **parameters):
        return self.token(**{
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri, **parameters})

    def token(self, **parameters):
        return self.server.token(self.client, **parameters)

    @staticmethod
    def tokens(answer):
        """A successful token response (RFC 6749 §5.1, Core §3.1.3.3)."""
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].split(";")[0] == "application/json"
        assert "no-store" in answer.headers["Cache-Control"] and "no-cache" in answer.headers["Pragma"]
        tokens = answer.json()
        check_bearer(tokens)
        return tokens

    def userinfo(self, access_token):
        return requests.get(
            self.server.issuer + API + "/userinfo", headers={"Authorization": "Bearer " + access_token}, timeout=30)

    def judged(self, token, request, **issued_with):
        """An ID token's claims, once two libraries have verified them by the published keys (Core §3.1.3.7, §3.2.2.11,
        §3.3.2.12): the key is the one that `kid` names, and at_hash and c_hash are of what came with it."""
        published = keys(self.server)
        header = jwt.get_unverified_header(token)
        [key] = [key for key in published["keys"] if key["kid"] == header["kid"]]
        assert header["alg"] == key["alg"] == self.client["idTokenSignedResponseAlg"]
        judge = {None: CodeIDToken, True: HybridIDToken, False: ImplicitIDToken}[
            None if "id_token" not in self.words or "code" not in issued_with else issued_with["code"] is not None]
        claims = JsonWebToken([header["alg"]]).decode(
            token, JsonWebKey.import_key(key), claims_cls=judge,
            claims_options={
                "iss": {"essential": True, "value": self.server.issuer},
                "aud": {"essential": True, "value": self.identifier}},
            claims_params={
                "client_id": self.identifier, "nonce": request.get("nonce"), "max_age": request.get("max_age"),
                **{name: value for name, value in issued_with.items() if value}})
        claims.validate()
        other = joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(published), algorithms=[header["alg"]])
        assert other.claims == dict(claims)
        assert claims.get("nonce") == request.get("nonce")
        assert 0 < len(claims["sub"]) <= 255 and claims["sub"].isascii()
        now = time.time()
        assert claims["iat"] <= now + 5 < claims["exp"] and claims["auth_time"] <= now + 5
        for name, text in (("c_hash", issued_with.get("code")), ("at_hash", issued_with.get("access_token"))):
            assert claims.get(name) == (half_hash(header["alg"], text) if text else None), name
        return dict(claims)


def half_hash(algorithm, text):
    """Core §3.1.3.6."""
    digest = jwt.get_algorithm_by_name(algorithm).compute_hash_digest(text.encode())
    return base64.urlsafe_b64encode(digest[:len(digest) // 2]).rstrip(b"=").decode()


def check_bearer(told):
    """RFC 6749 §5.1, §4.2.2 and the alphabets of appendix A."""
    assert told["token_type"].lower() == "bearer" and int(told["expires_in"]) > 0
    assert re.fullmatch(r"[\x20-\x7e]+", told["access_token"]) and len(told["access_token"]) >= 32


def check_words(told):
    """RFC 6749 appendix A.7-A.9: what errors may be written in."""
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", told["error"])
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", told["error_description"])
    assert urllib.parse.urlsplit(told["error_uri"]).scheme in ("http", "https")


def check_token_error(answer, error):
    """RFC 6749 §5.2, Core §3.1.3.4."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.json()["error"] == error, answer.text
    check_words(answer.json())


def check_page(answer, *words):
    """An error that the user reads: nothing redirects."""
    assert answer.status_code == 400, answer.text[:2000]
    assert "Location" not in answer.headers and answer.headers["Content-Type"].startswith("text/html")
    assert CALLBACK not in answer.text
    for word in words:
        assert word in answer.text, word


def check_userinfo(claims, scope):
    """Core §5.1, §5.4: the types of the standard claims, and that each scope brings all of its own and no other's."""
    expected = set().union(*(CLAIMS[word] for word in scope.split()))
    standard = set().union(*CLAIMS.values())
    assert set(claims) & standard == expected
    for name in expected - {"address", "email_verified", "phone_number_verified", "updated_at"}:
        assert isinstance(claims[name], str) and claims[name], name
    for name in expected & {"email_verified", "phone_number_verified"}:
        assert isinstance(claims[name], bool), name
    if "updated_at" in expected:
        assert isinstance(claims["updated_at"], int) and 1.7e9 < claims["updated_at"] <= time.time() + 5
        assert re.fullmatch(r"\d{4}(-\d\d-\d\d)?", claims["birthdate"])
    if "address" in expected:
        assert claims["address"] == {
            "formatted": "Weg 1\n10115 Berlin", "street_address": "Weg 1", "locality": "Berlin", "region": "Berlin",
            "postal_code": "10115", "country": "Germany"}


def keys(server):
    return requests.get(server.issuer + "/.well-known/jwks.json", timeout=10).json()


def metadata(server):
    answer = requests.get(server.issuer + "/.well-known/openid-configuration", timeout=10)
    assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == "application/json"
    return answer.json()


def unsigned(claims):
    """A JWT with the algorithm none."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def password_pages(pages):
    return [page for page in pages if 'name="password"' in page.text]
