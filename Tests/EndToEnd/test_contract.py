"""The contract's tables, an entry for each line: what the line says happens as it says, and broken input of four kinds
(a wrong type, an unknown member, a foreign object, no right) is refused in the contract's words.

That no route is left out is shown beside the code: WebTests' CallerTests go through the site map itself."""

import dataclasses
import datetime
import json
import re
import secrets
import typing

import pytest
import requests

from martlet import ADMIN, API, Browser, new_verifier

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


@dataclasses.dataclass
class Call:
    """One request of a line, and how it is broken. Braces in path and body stand for things of the world."""

    method: str
    path: str
    body: typing.Any = None
    wrong: dict = dataclasses.field(default_factory=dict)  # members, each with a value of a wrong type
    foreign: dict = dataclasses.field(default_factory=dict)  # members, each with the name of what is not there
    callers: str = "admin"  # who has the right: admin, owner (a user for what is theirs), account (owners alone), anybody

    @property
    def is_list(self):
        return self.method == "GET" and not self.path.rpartition("/")[2].startswith("{") and self.callers != "account"


@dataclasses.dataclass
class Line:
    words: str
    calls: tuple
    shows: typing.Callable


LINES = []


def line(words, *calls):
    """A line of the contract's table: its words, its requests, and what shows that it is kept."""

    def add(shows):
        LINES.append(Line(words, calls, shows))
        return shows

    return add


class World:
    """A thing of each kind, and those who ask for it."""

    def __init__(self, server):
        self.server = server
        self.person = server.user(name="Anna Example", email=f"{secrets.token_hex(4)}@example.org")
        self.app = server.client(
            allowedScopes=["openid", "profile", "email", "offline_access", "contracts:read", "account"])
        self.browser = Browser(server, self.person)
        self.tokens = server.tokens(self.app, self.browser, scope="openid profile")
        self.own = server.tokens(self.app, Browser(server, self.person), scope="openid account")["access_token"]
        tenant = {"name": "Tenant", "redirectUris": None, "grantTypes": ["client_credentials"]}
        self.tenant = server.client(tenantId="t" + secrets.token_hex(4), allowedScopes=["admin"], **tenant)
        self.scope = "s" + secrets.token_hex(4)
        made = [
            server.manage("POST", "/oauth2/scopes", json={"name": self.scope, "description": "Something"}),
            server.manage("POST", "/oauth2/events/webhooks", json={
                "url": "https://hooks.example.org/x", "types": ["oauth2.*"]})]
        assert [answer.status_code for answer in made] == [201, 201], [answer.text for answer in made]

        def first(path):
            return server.manage("GET", path).json()["items"][0]["id"]
        user = self.person["id"]
        self.things = {
            "client": self.app["clientId"], "user": user, "scope": self.scope, "webhook": made[1].json()["id"],
            "secret": first(f"/oauth2/clients/{self.app['clientId']}/secrets"),
            "consent": first(f"/oauth2/consents?userId={user}"), "session": first(f"/oauth2/sessions?userId={user}"),
            "application": server.asked()["id"], "token": self.tokens["access_token"], "fresh": "x" + secrets.token_hex(6), "nothing": "nothing"}

    def filled(self, value):
        """With things in place of their names in braces."""
        if isinstance(value, dict):
            return {name: self.filled(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.filled(element) for element in value]
        return re.sub(r"\{(\w+)\}", lambda name: self.things[name[1]], value) if isinstance(value, str) else value

    def send(self, method, path, body=None, **options):
        return kept(requests.request(
            method, self.server.issuer + "/api/v1" + path, json=body, timeout=30, allow_redirects=False, **options))

    def manage(self, method, path, body=None):
        return self.send(method, path, body, auth=ADMIN)

    def call(self, call, path=None, body=None):
        """The call with another path or body, by whoever may."""
        options = {"auth": ADMIN} if call.callers in ("admin", "owner") else {}
        if call.callers == "account":
            options = {"headers": {"Authorization": "Bearer " + self.own}}
        body = call.body if body is None else body
        return self.send(call.method, path or self.filled(call.path), self.filled(body), **options)


def kept(answer):
    """What the contract says of every answer of the API, whatever it is."""
    assert answer.status_code < 500, answer.text
    assert "no-store" in answer.headers["Cache-Control"] and answer.headers["X-Request-Id"]
    if answer.status_code == 204:
        assert answer.content == b""
    elif answer.status_code >= 400:
        told = answer.json()
        assert set(told) == {"error", "error_description", "error_uri"}
        text = told["error_description"]
        assert text and text.isascii() and '"' not in text and "\\" not in text
        assert told["error_uri"].endswith("/errors/" + told["error"])
    elif answer.headers["Content-Type"] == "application/json":
        judge(answer.json())
    return answer


def judge(value, name=""):
    """camelCase, times by RFC 3339 in UTC, an `id` for what a list has; protocol answers keep their RFC's spelling."""
    if isinstance(value, dict):
        if "items" in value:
            assert set(value) == {"items", "nextCursor"} and all(item["id"] for item in value["items"]), value
        for member, inner in value.items():
            judge(inner, member)
    elif isinstance(value, list):
        for inner in value:
            judge(inner)
    elif name == "time" or name.endswith("At"):
        assert value is None or TIME.fullmatch(value), (name, value)


def refused(answer, status, error=None, named=None):
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), (answer.status_code, answer.text)
    told = answer.json()
    assert error is None or told["error"] == error, told
    assert named is None or re.search(rf"'{named}'|\b{named}\b", told["error_description"]), told


@pytest.fixture(scope="module")
def world(server):
    return World(server)


# The management API's table

CLIENT = {"name": "Made", "type": "CONFIDENTIAL", "redirectUris": ["https://rp.example/cb"],
          "allowedScopes": ["openid"], "grantTypes": ["authorization_code"]}
CLIENT_WRONG = {"name": 7, "redirectUris": "https://rp.example/cb", "grantTypes": [1], "requirePkce": "yes",
                "accessTokenTtl": "1h"}
USER = {"username": "{fresh}", "password": "correct horse battery"}
USER_WRONG = {"name": 7, "emailVerified": "yes", "roles": "editor", "tenantId": []}


@line("`/api/v1/oauth2/clients` | POST, 201 with `clientSecret` once; GET list, never a secret",
      Call("POST", "/oauth2/clients", CLIENT, CLIENT_WRONG, {"allowedScopes": ["{nothing}"]}),
      Call("GET", "/oauth2/clients"))
def clients(world):
    made = world.manage("POST", "/oauth2/clients", CLIENT)
    body = made.json()
    assert made.status_code == 201 and body["id"] == body["clientId"] and body["clientSecret"].startswith("mlt_cs_")
    snake = world.manage("POST", "/oauth2/clients", {
        "client_name": "Snake", "redirect_uris": ["https://rp.example/cb"], "scope": "openid profile",
        "grant_types": ["authorization_code"], "token_endpoint_auth_method": "none"}).json()
    assert snake["type"] == "PUBLIC" and snake["allowedScopes"] == ["openid", "profile"] and "clientSecret" not in snake
    assert world.manage("POST", "/oauth2/clients", {**CLIENT, "type": None, "confidential": False}).json()[
        "type"] == "PUBLIC"
    for filters in (f"clientId={snake['id']}", f"client_id={snake['id']}", "type=PUBLIC&scope=profile"):
        found = world.manage("GET", "/oauth2/clients?limit=200&" + filters)
        assert snake["id"] in [client["id"] for client in found.json()["items"]]
        assert "mlt_cs_" not in found.text and "ecret" not in found.text


@line("`/api/v1/oauth2/clients/{clientId}` | GET, PATCH (merge), PUT (replace), DELETE",
      Call("GET", "/oauth2/clients/{client}"),
      Call("PATCH", "/oauth2/clients/{client}", {"name": "Patched"}, CLIENT_WRONG, {"allowedScopes": ["{nothing}"]}),
      Call("PUT", "/oauth2/clients/{client}", CLIENT, CLIENT_WRONG, {"allowedScopes": ["{nothing}"]}),
      Call("DELETE", "/oauth2/clients/{client}"))
def one_client(world):
    made = world.manage("POST", "/oauth2/clients", {**CLIENT, "accessTokenTtl": 60}).json()
    path = "/oauth2/clients/" + made["id"]
    merged = world.manage("PATCH", path, {"name": "Merged", "default_scopes": ["openid"]}).json()
    assert (merged["name"], merged["defaultScopes"], merged["accessTokenTtl"]) == ("Merged", ["openid"], 60)
    replaced = world.manage("PUT", path, CLIENT).json()
    assert (replaced["name"], replaced["defaultScopes"], replaced["accessTokenTtl"]) == ("Made", None, None)
    shown = world.manage("GET", path).json()
    assert shown == replaced and "clientSecret" not in shown
    assert [world.manage("DELETE", path).status_code, world.manage("GET", path).status_code] == [204, 404]


@line("`…/{clientId}/rotate-secret` | POST `{graceSeconds?}`; both secrets work until then",
      Call("POST", "/oauth2/clients/{client}/rotate-secret", {}, {"graceSeconds": "1d"}))
def rotate_secret(world):
    made = world.server.client()
    path = f"/oauth2/clients/{made['clientId']}"
    rotated = world.manage("POST", path + "/rotate-secret", {"graceSeconds": 600}).json()
    assert set(rotated) == {"clientId", "clientSecret", "previousSecretExpiresAt"}
    for secret in (made["clientSecret"], rotated["clientSecret"]):
        client = {**made, "clientSecret": secret}
        assert world.server.token(client, grant_type="client_credentials").status_code == 200
    world.manage("POST", path + "/rotate-secret", {"grace_seconds": 86_400})
    ends = [secret["expiresAt"] for secret in world.manage("GET", path + "/secrets").json()["items"]]
    # A second rotation leaves earlier ends as they are.
    assert ends[0] == rotated["previousSecretExpiresAt"] < ends[1] and ends[2] is None


@line("`…/{clientId}/secrets` | GET live secrets, oldest first; DELETE `/{secretId}`",
      Call("GET", "/oauth2/clients/{client}/secrets"), Call("DELETE", "/oauth2/clients/{client}/secrets/{secret}"))
def client_secrets(world):
    made = world.server.client()
    path = f"/oauth2/clients/{made['clientId']}/secrets"
    world.manage("POST", f"/oauth2/clients/{made['clientId']}/rotate-secret", {})
    old, current = world.manage("GET", path).json()["items"]
    for secret in (old, current):
        assert set(secret) == {"id", "createdAt", "expiresAt", "lastUsedAt", "useCount", "verdict"}
    assert old["verdict"] in ("in_use", "safe_to_remove") and current["verdict"] == "current"
    assert world.manage("DELETE", f"{path}/{old['id']}").status_code == 204
    assert [secret["id"] for secret in world.manage("GET", path).json()["items"]] == [current["id"]]


@line("`/api/v1/oauth2/scopes`, `/{scopeId}` | POST, GET, PUT, DELETE",
      Call("POST", "/oauth2/scopes", {"name": "{fresh}", "description": "x"},
           {"name": 7, "description": [], "descriptions": "x"}),
      Call("GET", "/oauth2/scopes"), Call("GET", "/oauth2/scopes/{scope}"),
      Call("PUT", "/oauth2/scopes/{scope}", {"description": "x"}, {"description": 7, "descriptions": []}),
      Call("DELETE", "/oauth2/scopes/{scope}"))
def scopes(world):
    name = "reports" + secrets.token_hex(4)
    made = world.manage("POST", "/oauth2/scopes", {"name": name, "descriptions": {"en": "Read", "de": "Lesen"}})
    path = "/oauth2/scopes/" + made.json()["id"]
    assert made.status_code == 201 and world.manage("GET", path).json() == made.json()
    refused(world.manage("POST", "/oauth2/scopes", {"name": name, "description": "x"}), 409, "conflict")
    assert world.manage("PUT", path, {"description": "Write"}).json()["descriptions"] == {"en": "Write"}
    client = world.server.client(allowedScopes=["openid", name])
    token = world.server.token(client, grant_type="client_credentials", scope=name).json()["access_token"]
    refused(world.manage("DELETE", path), 409, "conflict", "1 clients")
    assert world.server.introspect(client, token)["active"]
    assert world.manage("DELETE", path + "?force=true").status_code == 204
    assert not world.server.introspect(client, token)["active"]
    refused(world.manage("GET", path), 404, "not_found")


@line("`/api/v1/oauth2/consents`, `/{consentId}` | POST `{clientId, scopes, userId?}`, GET, DELETE",
      Call("POST", "/oauth2/consents", {"clientId": "{client}", "scopes": ["openid"], "userId": "{user}"},
           {"clientId": 7, "scopes": "openid", "userId": []},
           {"clientId": "{user}", "userId": "{client}", "scopes": ["{nothing}"]}, "owner"),
      Call("GET", "/oauth2/consents", callers="owner"), Call("GET", "/oauth2/consents/{consent}", callers="owner"),
      Call("DELETE", "/oauth2/consents/{consent}", callers="owner"))
def consents(world):
    user, client = world.server.user(), world.server.client()
    body = {"client_id": client["clientId"], "scopes": ["openid", "profile", "offline_access"], "user_id": user["id"]}
    made = world.manage("POST", "/oauth2/consents", body)
    shown = made.json()
    assert made.status_code == 201 and shown["scopes"] == body["scopes"] and shown["revokedAt"] is None
    assert shown["grantedAt"] and world.manage("GET", "/oauth2/consents/" + shown["id"]).json() == shown
    tokens = world.server.tokens(client, Browser(world.server, user), scope="openid offline_access")
    path = f"/oauth2/consents?userId={user['id']}&clientId={client['clientId']}"
    assert world.manage("DELETE", "/oauth2/consents/" + shown["id"]).status_code == 204
    # Its tokens are dead, those of offline_access among them.
    assert not any(world.server.introspect(client, tokens[kind])["active"] for kind in ("access_token", "refresh_token"))
    assert world.manage("GET", path).json()["items"] == []
    [ended] = world.manage("GET", path + "&includeRevoked=true").json()["items"]
    assert ended["id"] == shown["id"] and ended["revokedAt"] >= ended["grantedAt"]
    own = {"headers": {"Authorization": "Bearer " + world.own}}
    # Without a name it is the caller's own.
    mine = world.send("POST", "/oauth2/consents", {"clientId": client["clientId"], "scopes": ["openid"]}, **own)
    assert mine.status_code == 201 and mine.json()["userId"] == world.person["id"]


@line("`/api/v1/oauth2/tokens`, `/tokens/revoke`, `/tokens/bulk-revoke` | GET active; POST `{token}`; POST "
      "`{clientId?, userId?, grantId?, issuedBefore?, dryRun?}` → `{revoked: N, dryRun}`",
      Call("GET", "/oauth2/tokens", callers="owner"),
      Call("POST", "/oauth2/tokens/revoke", {"token": "{token}"}, {"token": 7}, {"token": "{nothing}"}, "owner"),
      Call("POST", "/oauth2/tokens/bulk-revoke", {"grantId": "1-x", "dryRun": True},
           {"clientId": 7, "userId": [], "grantId": 1, "issuedBefore": 1_700_000_000, "dryRun": "yes"}, {}, "owner"))
def tokens(world):
    client = world.server.client()
    granted = world.server.tokens(client, Browser(world.server, world.person), scope="openid offline_access")
    service = [world.server.token(client, grant_type="client_credentials").json()["access_token"] for _ in range(3)]
    listed = world.manage("GET", f"/oauth2/tokens?clientId={client['clientId']}").json()["items"]
    assert len(listed) == 5 and {token["tokenType"] for token in listed} == {"access_token", "refresh_token"}
    assert not [token for token in [*granted.values(), *service] if str(token) in json.dumps(listed)]
    assert world.manage("POST", "/oauth2/tokens/revoke", {"token": service[0]}).json() == {"revoked": 1}
    refused(world.manage("POST", "/oauth2/tokens/bulk-revoke", {}), 400, "invalid_request")
    refused(world.manage("POST", "/oauth2/tokens/bulk-revoke", {"dryRun": True}), 400, "invalid_request")

    def alive():
        every = [granted["access_token"], granted["refresh_token"], *service]
        return [world.server.introspect(client, token)["active"] for token in every]
    reach = {"client_id": client["clientId"]}
    dry = world.manage("POST", "/oauth2/tokens/bulk-revoke", {**reach, "dry_run": True}).json()
    # What it counts is what introspection calls active.
    assert dry == {"revoked": alive().count(True), "dryRun": True} and alive() == [True, True, False, True, True]
    one = world.manage("POST", "/oauth2/tokens/bulk-revoke", {"grantId": next(
        token["grantId"] for token in listed if token["grantId"])}).json()
    assert one == {"revoked": 2, "dryRun": False} and alive() == [False, False, False, True, True]
    assert world.manage("POST", "/oauth2/tokens/bulk-revoke", reach).json() == {"revoked": 2, "dryRun": False}
    assert not any(alive())
    later = world.server.token(client, grant_type="client_credentials").json()["access_token"]
    assert world.server.introspect(client, later)["active"]


@line("`/api/v1/oauth2/sessions`, `/{sessionId}` | GET, DELETE",
      Call("GET", "/oauth2/sessions", callers="owner"), Call("GET", "/oauth2/sessions/{session}", callers="owner"),
      Call("DELETE", "/oauth2/sessions/{session}", callers="owner"))
def sessions(world):
    user, client = world.server.user(), world.server.client()
    browser = Browser(world.server, user)
    within = world.server.tokens(client, browser)
    beyond = world.server.tokens(client, browser, scope="openid offline_access")
    [shown] = world.manage("GET", "/oauth2/sessions?user_id=" + user["id"]).json()["items"]
    assert shown["userId"] == user["id"] and shown["address"] == "127.0.0.1" and shown["device"]
    path = "/oauth2/sessions/" + shown["id"]
    assert world.manage("GET", path).json() == shown
    assert [world.manage("DELETE", path).status_code, world.manage("DELETE", path).status_code] == [204, 404]
    alive = [world.server.introspect(client, granted["refresh_token"])["active"] for granted in (within, beyond)]
    assert alive == [False, True] and browser.get(world.server.issuer + "/account").status_code == 303


@line("`/api/v1/oauth2/rate-limits` | GET", Call("GET", "/oauth2/rate-limits"))
def rate_limits(world):
    world.server.introspect(world.app, "x")
    found = world.manage("GET", "/oauth2/rate-limits?clientId=" + world.app["clientId"]).json()["items"]
    assert {limit["route"] for limit in found} <= {"token", "introspect"} and all(limit["burst"] == 1000 for limit in found)


HOOK = {"url": "https://hooks.example.org/{fresh}", "types": ["oauth2.*"], "description": "x"}


@line("`/api/v1/oauth2/events` | GET `?after=cursor`, `/webhooks` POST, GET, DELETE `/{id}`, GET `/{id}/deliveries`, "
      "POST `/{id}/replay`",
      Call("GET", "/oauth2/events"), Call("GET", "/oauth2/events/webhooks"),
      Call("POST", "/oauth2/events/webhooks", HOOK, {"url": 7, "types": "oauth2.*", "description": []}),
      Call("DELETE", "/oauth2/events/webhooks/{webhook}"), Call("GET", "/oauth2/events/webhooks/{webhook}/deliveries"),
      Call("POST", "/oauth2/events/webhooks/{webhook}/replay",
           {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:01Z"}, {"from": 1, "to": "yesterday"}))
def events(world):
    made = world.manage("POST", "/oauth2/events/webhooks", world.filled(HOOK))
    assert made.status_code == 201 and made.json()["secret"]
    listed = world.manage("GET", "/oauth2/events/webhooks?limit=200")
    assert made.json()["id"] in [hook["id"] for hook in listed.json()["items"]]
    assert made.json()["secret"] not in listed.text
    path = "/oauth2/events/webhooks/" + made.json()["id"]
    assert world.manage("GET", path + "/deliveries").json()["items"] == []
    assert world.manage("POST", path + "/replay", {
        "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:01Z"}).status_code == 202
    assert world.manage("DELETE", path).status_code == 204
    page = world.manage("GET", "/oauth2/events?limit=1").json()
    [event] = page["items"]
    assert event["specversion"] == "1.0" and event["source"] == world.server.issuer and event["type"]
    [after] = world.manage("GET", f"/oauth2/events?limit=1&after={page['nextCursor']}").json()["items"]
    assert after["id"] != event["id"]


@line("`/api/v1/users`, `/{userId}` | POST, GET; PUT and PATCH change what they name and leave the rest; DELETE",
      Call("POST", "/users", USER, {**USER_WRONG, "username": 7, "password": 7}), Call("GET", "/users"),
      Call("GET", "/users/{user}"), Call("PUT", "/users/{user}", {"name": "x"}, USER_WRONG),
      Call("PATCH", "/users/{user}", {"name": "x"}, USER_WRONG), Call("DELETE", "/users/{user}"))
def users(world):
    name = f"{secrets.token_hex(4)}@example.org"
    made = world.manage("POST", "/users", {
        "username": name, "password": "correct horse battery", "given_name": "Ada", "tenantId": None})
    user = made.json()
    # An address as the name is the e-mail address, too, and a user's id is the sub.
    assert made.status_code == 201 and user["email"] == name and "password" not in made.text
    granted = world.server.tokens(world.app, Browser(world.server, {**user, "password": "correct horse battery"}))
    told = requests.get(world.server.issuer + API + "/userinfo", timeout=30, headers={
        "Authorization": "Bearer " + granted["access_token"]}).json()
    assert told["sub"] == user["id"]
    path = "/users/" + user["id"]
    for method, roles in (("PUT", ["a"]), ("PATCH", ["b"])):
        changed = world.manage(method, path, {"roles": roles}).json()
        assert changed["roles"] == roles and changed["givenName"] == "Ada" and changed["email"] == name
    for filters in (f"username={name}", f"email={name}"):
        assert [each["id"] for each in world.manage("GET", "/users?" + filters).json()["items"]] == [user["id"]]
    assert [world.manage("DELETE", path).status_code, world.manage("GET", path).status_code] == [204, 404]


@line("`/api/v1/users/signup` | POST `{username, password, …}`, no credentials",
      Call("POST", "/users/signup", USER, {"username": 7, "password": 7, "name": []}, callers="anybody"))
def sign_up(world):
    name = "signup" + secrets.token_hex(4)
    made = world.send("POST", "/users/signup", {"username": name, "password": "correct horse battery"})
    assert made.status_code == 201 and made.json()["username"] == name
    # Nobody gives themselves a role or a tenant.
    for member in ({"roles": ["admin"]}, {"tenantId": "x"}, {"emailVerified": True}):
        refused(world.send("POST", "/users/signup", world.filled({**USER, **member})), 400, None, [*member][0])


@line("`/api/v1/users/profile` | GET, PUT (own)",
      Call("GET", "/users/profile", callers="account"),
      Call("PUT", "/users/profile", {"name": "Anna Example"}, {"name": 7, "locale": []}, callers="account"))
def profile(world):
    own = {"headers": {"Authorization": "Bearer " + world.own}}
    assert world.send("GET", "/users/profile", **own).json()["id"] == world.person["id"]
    changed = world.send("PUT", "/users/profile", {"nickname": "Annie"}, **own).json()
    assert changed["nickname"] == "Annie" and changed["name"] == "Anna Example"
    refused(world.send("PUT", "/users/profile", {"roles": ["admin"]}, **own), 400, None, "roles")


@line("`/api/v1/users/reset-password` | POST `{username}` or `{email}` → 202 always; `{token, newPassword}` → 204",
      Call("POST", "/users/reset-password", {"username": "{nothing}"}, {"username": 7, "email": []}, callers="anybody"))
def reset_password(world):
    address = f"{secrets.token_hex(4)}@example.org"
    world.server.user(email=address, emailVerified=True)
    for body in ({"username": "nobody-" + secrets.token_hex(4)}, {"email": address}):
        assert world.send("POST", "/users/reset-password", body).status_code == 202
    text = world.server.mail(address).get_body(("plain",)).get_content()
    token = re.search(r"\?token=(\S+)", text)[1]
    body = {"token": token, "new_password": "another horse battery"}
    assert world.send("POST", "/users/reset-password", body).status_code == 204
    refused(world.send("POST", "/users/reset-password", body), 400, None, "token")


@line("`/api/v1/users/verify-email` | POST `{token}` → 204; `{email}` → 202",
      Call("POST", "/users/verify-email", {"email": "nobody@example.org"}, {"email": 7, "token": []}, callers="anybody"))
def verify_email(world):
    address = f"{secrets.token_hex(4)}@example.org"
    user = world.server.user(email=address)
    assert world.send("POST", "/users/verify-email", {"email": address}).status_code == 202
    text = world.server.mail(address).get_body(("plain",)).get_content()
    token = re.search(r"\?token=(\S+)", text)[1]
    assert world.send("POST", "/users/verify-email", {"token": token}).status_code == 204
    assert world.manage("GET", "/users/" + user["id"]).json()["emailVerified"] is True
    refused(world.send("POST", "/users/verify-email", {"token": token}), 400, None, "token")


APPLICATION = {
    "name": "Harbour Books", "description": "A shop.", "type": "CONFIDENTIAL", "grantTypes": ["client_credentials"],
    "redirectUris": ["https://books.example/cb"], "scopes": ["contracts:read"], "resources": ["https://api.example"],
    "email": "requester@example.org"}


@line("`/api/v1/applications` | POST (no credentials) `{name, description, type, grantTypes, redirectUris, scopes, "
      "resources, email}`; GET, POST `/{id}/approve`, `/{id}/refuse` (admin)",
      Call("POST", "/applications", APPLICATION, callers="anybody", foreign={"scopes": ["no-such-scope"]}, wrong={
          "name": 7, "description": [], "type": 1, "grantTypes": "client_credentials", "redirectUris": {}, "scopes": "x",
          "resources": 0, "email": ["a@b"]}),
      Call("GET", "/applications"), Call("GET", "/applications/{application}"),
      Call("POST", "/applications/{application}/approve", {}),
      Call("POST", "/applications/{application}/refuse", {"reason": "No."}, wrong={"reason": 7}))
def applications(world):
    made = world.send("POST", "/applications", APPLICATION)
    assert made.status_code == 201, made.text
    asked = made.json()
    assert {name: asked[name] for name in APPLICATION} == APPLICATION and asked["status"] == "pending"
    assert world.manage("GET", "/applications/" + asked["id"]).json() == asked
    assert asked in world.manage("GET", "/applications?email=requester@example.org&limit=200").json()["items"]
    approved = world.manage("POST", f"/applications/{asked['id']}/approve")
    assert approved.status_code == 200, approved.text
    client = world.manage("GET", "/oauth2/clients/" + approved.json()["clientId"]).json()
    assert client["name"] == "Harbour Books" and client["allowedScopes"] == ["contracts:read"]
    refused(world.manage("POST", f"/applications/{asked['id']}/refuse"), 409, "conflict")
    other = world.send("POST", "/applications", APPLICATION).json()["id"]
    answer = world.manage("POST", f"/applications/{other}/refuse", {"reason": "No."})
    assert answer.status_code == 200 and answer.json()["reason"] == "No."
    refused(world.manage("POST", f"/applications/{other}/approve"), 409, "conflict")


@line("`/api/v1/audit-logs` | GET `?actor=&action=&from=&to=`", Call("GET", "/audit-logs"))
def audit_logs(world):
    made = world.manage("POST", "/oauth2/clients", CLIENT)
    now = datetime.datetime.now(datetime.UTC)
    span = [(now + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ") for minutes in (-5, 5)]
    query = f"actor=client:{ADMIN[0]}&action=client.create&from={span[0]}&to={span[1]}&limit=200"
    found = world.manage("GET", "/audit-logs?" + query).json()["items"]
    assert made.headers["X-Request-Id"] in [row["requestId"] for row in found]
    assert {row["action"] for row in found} == {"client.create"}
    assert world.manage("GET", f"/audit-logs?from={span[1]}").json()["items"] == []
    refused(world.manage("GET", "/audit-logs?from=yesterday"), 400, "invalid_request", "from")


CALLS = [(each, call) for each in LINES for call in each.calls]


def of_calls(condition=lambda call: True):
    chosen = [call for _, call in CALLS if condition(call)]
    assert chosen
    return pytest.mark.parametrize("call", chosen, ids=lambda call: f"{call.method} {call.path}")


@pytest.mark.parametrize("each", LINES, ids=lambda each: each.words)
def test_a_line(world, each):
    """Contract, Management API: the line as it stands."""
    each.shows(world)


@pytest.mark.parametrize("path", sorted({call.path for _, call in CALLS}))
def test_verbs_of_a_line(world, path):
    """A path has the verbs of its line and no other (RFC 9110 §15.5.6); ending all sessions of a user is beside it."""
    verbs = {call.method for _, call in CALLS if call.path == path}
    verbs |= {"DELETE"} if path == "/oauth2/sessions" else set()
    missing = next(method for method in ("PATCH", "PUT", "DELETE", "POST") if method not in verbs)
    answer = world.manage(missing, world.filled(path))
    assert answer.status_code == 405, answer.text
    assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == verbs


@of_calls()
def test_a_wrong_type(world, call):
    """400 by the member's name; lists know only numbers as their limit; what is no JSON is not guessed at."""
    for member, value in call.wrong.items():
        refused(world.call(call, body={**call.body, member: value}), 400, None, member)
    if call.body is not None:
        credentials = {} if call.callers == "anybody" else {"auth": ADMIN}
        if call.callers == "account":
            credentials = {"headers": {"Authorization": "Bearer " + world.own}}
        for content, status in (("[]", 400), ('"x"', 400), ("{", 400), ("a=b", 415)):
            kind = "application/json" if status == 400 else "application/x-www-form-urlencoded"
            headers = {**credentials.get("headers", {}), "Content-Type": kind}
            answer = kept(requests.request(
                call.method, world.server.issuer + "/api/v1" + world.filled(call.path), data=content, timeout=30,
                **{**credentials, "headers": headers}))
            refused(answer, status, "invalid_request")
    if call.is_list:
        for query in ("limit=0", "limit=201", "limit=x", "limit=", "limit=1&limit=2"):
            refused(world.call(call, world.filled(call.path) + "?" + query), 400, "invalid_request", "limit")


@of_calls(lambda call: call.body is not None or call.is_list)
def test_an_unknown_member(world, call):
    """Refused by its name, in a body as in the query of a list; and one member by two spellings is."""
    if call.is_list:
        refused(world.call(call, world.filled(call.path) + "?colour=red"), 400, "invalid_request", "colour")
        refused(world.call(call, world.filled(call.path) + "?cursor=forged"), 400, "invalid_request", "cursor")
        return
    refused(world.call(call, body={**call.body, "colour": "red"}), 400, None, "colour")
    for member in [name for name in call.body if any(map(str.isupper, name))]:
        snake = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), member)
        refused(world.call(call, body={**call.body, snake: call.body[member]}), 400, None, f"{member}|{snake}")


@of_calls(lambda call: "{" in call.path or call.foreign)
def test_a_foreign_object(world, call):
    """What is not there, or is a thing of another kind, or another's: 404 in the path, by its member's name in a body."""
    for place in re.findall(r"\{(\w+)\}", call.path):
        other = world.things["user" if place != "user" else "client"]
        for instead in ("nothing", other, "~", "a" * 300):
            path = world.filled(call.path.replace("{" + place + "}", instead))
            refused(world.call(call, path), 404, "not_found")
    for member, instead in call.foreign.items():
        answer = world.call(call, body={**call.body, member: instead})
        refused(answer, (400, 404), None, member)


@of_calls(lambda call: call.callers != "anybody")
def test_no_right(world, call):
    """Credentials come before the body: 401 with both challenges for nobody and for wrong ones, 403 for those whose right
    it is not; a user reaches what is theirs and nothing else."""
    path = world.filled(call.path)

    def sent(**options):
        return kept(requests.request(
            call.method, world.server.issuer + "/api/v1" + path, data=b"{", timeout=30, **options))
    is_owners = call.callers == "account"
    for options in ({}, {"headers": {"Authorization": "Bearer nonsense"}}, {"auth": (ADMIN[0], "wrong")}):
        answer = sent(**options)
        refused(answer, 401, "invalid_token")
        challenges = answer.headers["WWW-Authenticate"]
        assert challenges.startswith("Bearer ") and (is_owners or "Basic " in challenges)
        assert options or "error=" not in challenges
    app, tenant = ((each["clientId"], each["clientSecret"]) for each in (world.app, world.tenant))
    plain = {"Authorization": "Bearer " + world.tokens["access_token"]}
    refused(sent(headers=plain), 403, "insufficient_scope")
    if is_owners:
        return
    refused(sent(auth=app), 403, "insufficient_scope")
    own = {"Authorization": "Bearer " + world.own}
    if call.callers == "admin":
        refused(sent(headers=own), 403, "insufficient_scope")
    if "{client}" in path or "{user}" in call.path or "{client}" in call.path:
        # To an administrator of another tenant it does not exist.
        refused(world.send(call.method, path, world.filled(call.body), auth=tenant), 404, "not_found")
    elif not path.startswith(("/oauth2/clients", "/users")):
        refused(sent(auth=tenant), 403, "insufficient_scope")


@of_calls(lambda call: call.is_list)
def test_a_list_goes_on_where_it_ended(world, call):
    """`?limit=1..200&cursor=…` → `{"items": […], "nextCursor": "…"|null}`: nothing twice."""
    seen, cursor = [], None
    for _ in range(4):
        path = world.filled(call.path) + "?limit=1" + (f"&cursor={cursor}" if cursor else "")
        answer = world.call(call, path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 1
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))


# The protocol's table: (path, verbs, whom it takes)

PROTOCOL = [
    ("/.well-known/openid-configuration", "GET", "anybody"),
    ("/.well-known/oauth-authorization-server", "GET", "anybody"),
    ("/.well-known/jwks.json", "GET", "anybody"),
    (API + "/authorize", "GET POST", "anybody"),
    (API + "/token", "POST", "clients"),
    (API + "/userinfo", "GET POST", "tokens"),
    (API + "/revoke", "POST", "clients"),
    (API + "/introspect", "POST", "clients"),
    (API + "/device-authorization", "POST", "clients"),
    (API + "/logout", "GET POST", "anybody"),
    *((page, "GET POST", "anybody") for page in (
        "/login", "/consent", "/device", "/account", "/signup", "/reset-password", "/verify-email")),
    ("/", "GET", "anybody"),
    ("/health/live", "GET", "anybody"), ("/health/ready", "GET", "anybody"), ("/metrics", "GET", "anybody"),
]
ENDPOINTS = [path for path, _, callers in PROTOCOL if callers == "clients"]


def by_client(world, path, client, json_body=False, **fields):
    """What a client asks, as a form or as the same members of a JSON object."""
    body = {"json": fields} if json_body else {"data": fields}
    return requests.post(
        world.server.issuer + path, auth=(client["clientId"], client["clientSecret"]), timeout=30, **body)


@pytest.mark.parametrize("row", PROTOCOL, ids=lambda row: row[0])
def test_a_path_of_the_protocol(world, row):
    """Only these verbs, no trailing slash, and who sends nothing is told what is missing."""
    path, verbs, callers = row
    missing = "PUT" if "GET" not in verbs else "DELETE"
    wrong = requests.request(missing, world.server.issuer + path, timeout=30)
    assert wrong.status_code == 405 and set(wrong.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == set(verbs.split())
    if path != "/":
        assert requests.get(world.server.issuer + path + "/", timeout=30).status_code == 404
    if callers == "clients":
        answer = kept(requests.post(world.server.issuer + path, data={"token": "x"}, timeout=30))
        refused(answer, 401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    if callers == "tokens":
        bare = kept(requests.get(world.server.issuer + path, timeout=30))
        assert bare.status_code == 401 and bare.headers["WWW-Authenticate"].startswith("Bearer ")
        assert "error=" not in bare.headers["WWW-Authenticate"]
        wrong = requests.get(world.server.issuer + path, headers={"Authorization": "Bearer x"}, timeout=30)
        assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"] and "scope=" in wrong.headers["WWW-Authenticate"]
    if callers == "anybody" and not path.startswith(("/.well-known", "/health", "/metrics", API)):
        page = requests.get(world.server.issuer + path, timeout=30, allow_redirects=False)
        assert page.status_code in (200, 303, 400, 410)
        assert path == "/" or "no-store" in page.headers["Cache-Control"]


def test_metadata_has_an_entity_tag(world):
    """`/.well-known/openid-configuration`, `…/oauth-authorization-server` | metadata with ETag and Cache-Control"""
    texts = []
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        answer = requests.get(world.server.issuer + path, timeout=30)
        assert answer.headers["Cache-Control"] and answer.json()["issuer"] == world.server.issuer
        same = requests.get(
            world.server.issuer + path, headers={"If-None-Match": answer.headers["ETag"]}, timeout=30)
        assert same.status_code == 304 and same.content == b""
        texts.append(answer.text)
        listed = {value for name, value in answer.json().items() if name.endswith("_endpoint")}
        served = {world.server.issuer + each for each, _, _ in PROTOCOL}
        assert listed <= served and all(value not in ([], {}) for value in answer.json().values())
    # One document.
    assert texts[0] == texts[1]


def test_authorize_by_post_is_parked(world):
    """`/api/v1/oauth2/authorize` | a POST parks the request and answers 303 to a GET, where the cookies are"""
    url, _, query = world.server.authorize_url(world.app, new_verifier()).partition("?")
    answer = requests.post(url, data=query, timeout=30, allow_redirects=False, headers={
        "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 303
    assert 'name="password"' in Browser(world.server).follow(answer).text


@pytest.mark.parametrize("path", ENDPOINTS)
def test_form_and_json_mean_the_same(world, path):
    """Form-encoded, and the same members as a JSON object; unknown ones are ignored, a wrong type is not."""
    fields = {"grant_type": "client_credentials", "token": "x", "scope": "contracts:read"}
    client = world.server.client(grantTypes=[
        "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"], redirectUris=None)
    fields = {**fields, "colour": "red"}
    answers = [by_client(world, path, client, json_body, **fields) for json_body in (False, True)]
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    forms = [answer.json() if answer.content else {} for answer in answers]
    assert set(forms[0]) == set(forms[1])
    member = {"/token": "grant_type", "/device-authorization": "scope"}.get(path.removeprefix(API), "token")
    refused(kept(by_client(world, path, client, True, **{**fields, member: 7})), 400, "invalid_request", member)
    refused(kept(by_client(world, path, client, **{**fields, member: ["a", "b"]})), 400, "invalid_request", member)


def test_another_clients_things(world):
    """Foreign objects of the protocol: a code, a refresh token and an access token of another client."""
    other = world.server.client()
    verifier = new_verifier()
    code = world.server.code(world.app, world.browser, verifier, scope="openid profile")
    refused(kept(world.server.redeem(other, code, verifier)), 400, "invalid_grant")
    # The mismatch has left the code.
    granted = world.server.redeem(world.app, code, verifier).json()
    refused(kept(world.server.token(other, grant_type="refresh_token", refresh_token=granted["refresh_token"])), 400,
            "invalid_grant")
    for token in (granted["access_token"], granted["refresh_token"]):
        assert world.server.introspect(other, token) == {"active": False}
        kept(by_client(world, API + "/revoke", other, token=token))
        assert world.server.introspect(world.app, token)["active"]


def test_the_errors_have_their_pages(world):
    """`error_uri` is `{issuer}/errors/{code}`, a page about that very error."""
    codes = set()
    for answer in (
        world.send("GET", "/users"), world.send("GET", "/oauth2/nothing"), world.manage("POST", "/users", {}),
        world.send("GET", "/users", auth=(world.app["clientId"], world.app["clientSecret"])),
        by_client(world, API + "/token", world.app, grant_type="authorization_code"),
        by_client(world, API + "/token", world.app, grant_type="magic"),
    ):
        error = answer.json()
        page = requests.get(error["error_uri"], timeout=30)
        assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
        assert error["error"] in page.text
        codes.add(error["error"])
    assert len(codes) >= 5
    assert requests.get(world.server.issuer + "/errors/nonsense", timeout=30).status_code == 404


# The tables of commands and settings

VERBS = ["serve", "migrate", "keys list", "clients list", "users list", "config", "help"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb(world, verb):
    """Each has `--help` and `--json`; 2 on wrong usage, with the reason on standard error."""
    words = verb.split()
    told = world.server.command(*words, "--help")
    assert told.returncode == 0 and "--json" in told.stdout + world.server.command("help").stdout
    wrong = world.server.command(*words, "--colour", "red")
    assert wrong.returncode == 2 and "colour" in wrong.stderr and not wrong.stdout
    if verb not in ("serve", "help"):
        done = world.server.command(*words, "--json")
        assert done.returncode == 0 and json.loads(done.stdout) is not None


def test_a_refused_operation(world):
    """1 on a refused operation, with the reason on standard error and nothing on standard output."""
    for words in (["clients", "show", "nobody"], ["users", "show", "nobody"], ["clients", "rotate-secret", "nobody"]):
        finished = world.server.command(*words)
        assert finished.returncode == 1 and "no" in finished.stderr and not finished.stdout


# (variable, what it is by itself, what it cannot be)
SETTINGS = [
    ("MARTLET_ISSUER", "http://127.0.0.1:8080", "http://id.example"), ("MARTLET_BEHIND_TLS_PROXY", "0", "maybe"),
    ("MARTLET_LISTEN", "127.0.0.1:8080", "8080"), ("MARTLET_DATABASE_URL", None, "postgresql://%zz"),
    ("MARTLET_OWNER_DATABASE_URL", None, None), ("MARTLET_DATA_DIR", ".martlet", ""), ("MARTLET_KEYS_DIR", "keys", ""),
    ("MARTLET_TLS_CERT", None, "/nowhere"), ("MARTLET_TLS_KEY", None, "/nowhere"),
    ("MARTLET_TRUSTED_PROXIES", None, "10.0.0.0/99"), ("MARTLET_ADMIN_CLIENT_ID", None, "a b"),
    ("MARTLET_ADMIN_CLIENT_SECRET", None, None), ("MARTLET_EGRESS_ALLOW", None, "10.0.0.0/99"),
    ("MARTLET_REGISTRATION", "token", "maybe"), ("MARTLET_PROFILE", "default", "strict"),
    ("MARTLET_REGISTRATION_PROFILE", "default", "strict"), ("MARTLET_RATE_LIMITS", None, "token:client=1"),
    ("MARTLET_MAX_CONNECTIONS", "10000", "many"), ("MARTLET_MAX_CONNECTIONS_PER_ADDRESS", "1024", "many"),
    ("MARTLET_PASSWORD_MEMORY", "512", "much"), ("MARTLET_AUTHORIZATION_DETAILS_TYPES", None, None),
    ("MARTLET_DEMO", "0", "yes please"), ("MARTLET_LOG", "info", "loud"),
]


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row[0])
def test_a_setting(own_server, row):
    """The same names as flags; its default; a malformed value stops the start with a sentence naming it."""
    name, default, malformed = row
    server = own_server(**{name: None})
    shown = {each["setting"]: each for each in json.loads(server.command("config", "--json").stdout)}[name]
    assert shown["source"] == "default" and (default is None or shown["value"] == default)
    if malformed is not None:
        server.settings[name] = malformed
        finished = server.command("serve")
        assert finished.returncode == 2, (finished.returncode, finished.stderr[-500:])
        [sentence] = [json.loads(line)["message"] for line in finished.stderr.splitlines()][-1:]
        assert name in sentence
        if default == "0":
            return  # A flag without a value.
        server.settings[name] = None
        flag = "--" + name.removeprefix("MARTLET_").lower().replace("_", "-")
        by_flag = server.command("serve", flag, malformed)
        assert by_flag.returncode == 2 and (flag in by_flag.stderr or name in by_flag.stderr)


def test_settings_of_others(own_server):
    """An unknown one stops the start; what Kubernetes injects beside a Service of that name is ignored."""
    server = own_server(MARTLET_COLOUR="red")
    finished = server.command("serve")
    assert finished.returncode == 2 and "MARTLET_COLOUR" in finished.stderr
    server.settings = {"MARTLET_SERVICE_HOST": "10.0.0.1", "MARTLET_PORT": "tcp://10.0.0.1:80", "MARTLET_PORT_80_TCP": "x"}
    assert server.command("config").returncode == 0
