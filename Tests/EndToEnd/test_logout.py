"""Logout as relying parties meet it: RP-initiated, and by back channel, with receivers that are down, that fail, that refuse;
the tokens are judged by PyJWT and joserfc."""

import http.server
import json
import re
import threading
import time
import urllib.parse

import joserfc.jwk
import joserfc.jwt
import jwt
import pytest
import requests

from martlet import API, Browser, Server, free_port, until

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="module")
def server():
    """Of its own: one that may reach loopback addresses."""
    server = Server(MARTLET_EGRESS_ALLOW="127.0.0.1").start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def user(server):
    return server.user()


@pytest.fixture(scope="module")
def closed_server():
    """One that lets requests out to public https addresses only."""
    server = Server().start()
    yield server
    server.remove()


class Receiver:
    """A relying party's back-channel logout endpoint, which can be down."""

    def __init__(self, *statuses):
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}/back?a=b"
        self.statuses = list(statuses)
        self.received = []
        self._server = None

    def up(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                receiver.received.append((self.path, self.headers["Content-Type"], body, time.time()))
                self.send_response(status)
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def down(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def tokens(self):
        for path, kind, body, _ in self.received:
            assert path == "/back?a=b" and kind == "application/x-www-form-urlencoded"
            [(name, token)] = urllib.parse.parse_qsl(body, strict_parsing=True)
            assert name == "logout_token"
            yield token


@pytest.fixture
def receiver():
    receivers = []

    def make(*statuses):
        receivers.append(Receiver(*statuses))
        return receivers[-1]

    yield make
    for receiver in receivers:
        receiver.down()


def judged(server, client, token):
    """The claims of a logout token that two libraries verify by the published keys alone (Back-Channel Logout §2.6)."""
    keys = requests.get(server.issuer + "/.well-known/jwks.json", timeout=10).json()
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "logout+jwt"
    [key] = [key for key in keys["keys"] if key["kid"] == header["kid"]]
    claims = jwt.decode(
        token, jwt.PyJWK(key).key, algorithms=["RS256", "ES256"], audience=client["clientId"], issuer=server.issuer,
        options={"require": ["iss", "aud", "iat", "exp", "jti"]})
    other = joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(keys), algorithms=["RS256", "ES256"])
    assert other.claims == claims
    assert claims["events"] == {EVENT: {}} and "nonce" not in claims
    assert claims["aud"] == client["clientId"] and claims["exp"] - claims["iat"] == 120
    return claims


def party(server, receiver=None, **members):
    return server.client(**{
        "firstParty": True, "postLogoutRedirectUris": ["https://rp.example/bye"],
        **({"backchannelLogoutUri": receiver.uri, "backchannelLogoutSessionRequired": True} if receiver else {}),
        **members})


def log_out(server, browser, id_token, **parameters):
    query = {"id_token_hint": id_token, "post_logout_redirect_uri": "https://rp.example/bye", "state": "s", **parameters}
    return browser.get(server.issuer + API + "/logout?" + urllib.parse.urlencode(query))


def logged(server, message, client):
    whole = server.log.read_text().rpartition("\n")[0]
    lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
    return [line for line in lines if line["message"] == message and line["clientId"] == client["clientId"]]


def unverified(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_discovery(server):
    """Each of the three specifications is announced."""
    metadata = requests.get(server.issuer + "/.well-known/openid-configuration", timeout=10).json()
    assert metadata["end_session_endpoint"] == server.issuer + API + "/logout"
    for name in ("backchannel_logout", "backchannel_logout_session", "frontchannel_logout", "frontchannel_logout_session"):
        assert metadata[name + "_supported"] is True
    assert "check_session_iframe" not in metadata


def test_logout_is_told_and_ends_the_session(server, user, receiver):
    """RP-Initiated Logout, Back-Channel Logout §2.3-2.7: all relying parties of the session are told once, prompt=none fails,
    refresh tokens end, those with offline_access stay."""
    one, other = receiver().up(), receiver().up()
    clients = [party(server, one), party(server, other, idTokenSignedResponseAlg="ES256")]
    quiet = party(server)
    browser = Browser(server, user)
    tokens = [server.tokens(client, browser, scope="openid") for client in [*clients, quiet]]
    offline = server.tokens(clients[0], browser, scope="openid offline_access")
    elsewhere = server.tokens(clients[0], Browser(server, user), scope="openid")

    answer = log_out(server, browser, tokens[2]["id_token"])
    assert answer.status_code == 303 and answer.headers["Location"] == "https://rp.example/bye?state=s"
    refused = browser.authorize(server.authorize_url(clients[0], "v" * 43, prompt="none"))
    assert refused["error"] == "login_required"
    for told, client, issued in zip((one, other), clients, tokens):
        until(lambda: told.received)
        [token] = told.tokens()
        claims = judged(server, client, token)
        hint = unverified(issued["id_token"])
        assert (claims["sub"], claims["sid"]) == (hint["sub"], hint["sid"])
        assert until(lambda: logged(server, "logout delivered", client))[0]["status"] == 200
    for issued, client, status in [
            (tokens[0], clients[0], 400), (tokens[1], clients[1], 400), (tokens[2], quiet, 400),
            (offline, clients[0], 200), (elsewhere, clients[0], 200)]:
        again = server.token(client, grant_type="refresh_token", refresh_token=issued["refresh_token"])
        assert again.status_code == status, again.text
    events = server.manage("GET", "/oauth2/events", params={"type": "oauth2.session.ended", "limit": 200}).json()["items"]
    assert [event["subject"] for event in events].count(unverified(tokens[0]["id_token"])["sid"]) == 1
    assert len(one.received) == len(other.received) == 1


def test_a_receiver_that_is_down_is_told_later_by_a_fresh_token(server, user, receiver):
    """Tries go on while nobody answers; the token that arrives at last was made for that try, by the key of that moment."""
    late = receiver()
    client = party(server, late)
    browser = Browser(server, user)
    id_token = server.tokens(client, browser)["id_token"]
    assert log_out(server, browser, id_token).status_code == 303
    until(lambda: len(logged(server, "logout failed", client)) >= 3)
    made = server.command("keys", "generate", "--activate-in", "0", "--json")
    assert made.returncode == 0, made.stderr
    kid = json.loads(made.stdout)["kid"]
    until(lambda: kid in requests.get(server.issuer + "/.well-known/jwks.json", timeout=10).text)
    up_since = time.time()
    late.up()
    until(lambda: late.received, seconds=90)
    [token] = late.tokens()
    claims = judged(server, client, token)
    assert claims["sid"] == unverified(id_token)["sid"]
    assert claims["iat"] >= int(up_since)
    assert jwt.get_unverified_header(token)["kid"] == kid
    assert "no connection" in logged(server, "logout failed", client)[0]["reason"]


def test_no_token_is_sent_twice(server, user, receiver):
    """A receiver that fails gets another token at the next try: a new jti, a new time."""
    failing = receiver(500, 503).up()
    client = party(server, failing)
    browser = Browser(server, user)
    log_out(server, browser, server.tokens(client, browser)["id_token"])
    until(lambda: len(failing.received) == 3)
    claims = [judged(server, client, token) for token in failing.tokens()]
    assert len({claim["jti"] for claim in claims}) == 3
    assert len({claim["sid"] for claim in claims}) == 1
    assert claims[2]["iat"] > claims[0]["iat"]


def test_a_refusal_is_final(server, user, receiver):
    """Back-Channel Logout §2.8."""
    refusing = receiver(400, 400).up()
    client = party(server, refusing)
    browser = Browser(server, user)
    log_out(server, browser, server.tokens(client, browser)["id_token"])
    [line] = until(lambda: logged(server, "logout given up", client))
    assert line["reason"] == "the client refused the token" and line["attempt"] == 1
    assert len(refusing.received) == 1


@pytest.mark.parametrize("way", [
    "account page", "another user's login", "the confirmed question", "a new password", "a deleted account",
    "an administrator", "an administrator who ends all", "everywhere else", "the user's own token"])
def test_whoever_ends_a_session_it_is_told(server, receiver, way):
    """Back-Channel Logout §2.3: whatever ends it."""
    told = receiver().up()
    client = party(server, told)
    browser = Browser(server, server.user())
    path = f"/users/{browser.user['id']}"
    sid = unverified(server.tokens(client, browser)["id_token"])["sid"]
    if way == "account page":
        browser.submit(browser.follow(browser.get(server.issuer + "/account")), "Sign out")
    elif way == "another user's login":
        browser.user = server.user()
        assert browser.log_in().status_code == 200
    elif way == "a new password":
        assert server.manage("PATCH", path, json={"password": "another long password"}).status_code == 200
    elif way == "a deleted account":
        assert server.manage("DELETE", path).status_code == 204
    elif way == "an administrator":
        assert server.manage("DELETE", "/oauth2/sessions/" + sid).status_code == 204
    elif way == "an administrator who ends all":
        ended = server.manage("DELETE", f"/oauth2/sessions?userId={browser.user['id']}")
        assert ended.json() == {"ended": 1}
    elif way == "everywhere else":
        other = Browser(server, browser.user)
        other.log_in()
        page = other.get(server.issuer + "/account?section=sessions")
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
        answer = other.post(server.issuer + "/account", {
            "csrf": csrf, "section": "sessions", "action": "end_other_sessions"})
        assert answer.status_code in (200, 303)
    elif way == "the user's own token":
        app = server.client(allowedScopes=["openid", "account"])
        own = server.tokens(app, Browser(server, browser.user), scope="openid account")["access_token"]
        answer = requests.delete(
            f"{server.issuer}{API}/sessions/{sid}", headers={"Authorization": "Bearer " + own}, timeout=30)
        assert answer.status_code == 204
    else:
        page = browser.get(server.issuer + API + "/logout")
        assert page.status_code == 200 and not told.received
        assert "You are signed out" in browser.submit(page, "Sign out").text
    until(lambda: told.received)
    assert [judged(server, client, token)["sid"] for token in told.tokens()] == [sid]


def test_a_power_cut_takes_no_notice_away(own_server, receiver):
    """What is to be told is written with the session's end: a server that is killed and comes back goes on."""
    server = own_server(MARTLET_EGRESS_ALLOW="127.0.0.1").start()
    late = receiver()
    client = party(server, late)
    browser = Browser(server, server.user())
    id_token = server.tokens(client, browser)["id_token"]
    assert log_out(server, browser, id_token).status_code == 303
    server.kill()
    late.up()
    server.start()
    until(lambda: late.received, seconds=90)
    claims = [judged(server, client, token) for token in late.tokens()]
    assert {claim["sid"] for claim in claims} == {unverified(id_token)["sid"]}


@pytest.mark.parametrize("uri", [
    "http://rp.example/back", "https://10.0.0.1/back", "https://localhost/back", "http://[::1]/back", "https://rp.example/#f",
    "https://user@rp.example/back", "ftp://rp.example/back", "https://0x7f.1/back", "nowhere", "https://169.254.169.254/"])
def test_what_the_guard_would_refuse_is_refused_at_registration(closed_server, uri):
    """By the member's name, at creation and at every change; snake_case is understood."""
    server = closed_server
    body = {
        "name": "A", "redirectUris": ["https://rp.example/cb"], "allowedScopes": ["openid"], "backchannel_logout_uri": uri}
    client = party(server)
    for answer in [
            server.manage("POST", "/oauth2/clients", json=body),
            server.manage("PATCH", f"/oauth2/clients/{client['clientId']}", json={"backchannelLogoutUri": uri}),
            server.manage("PUT", f"/oauth2/clients/{client['clientId']}", json=body)]:
        assert answer.status_code == 400, answer.text
        problem = answer.json()
        assert problem["error"] == "invalid_client_metadata" and "'backchannelLogoutUri'" in problem["error_description"]
        assert uri not in problem["error_description"]
    assert server.manage("GET", f"/oauth2/clients/{client['clientId']}").json()["backchannelLogoutUri"] is None


def test_the_command_line_registers_addresses(server):
    made = server.command(
        "clients", "create", "Shop", "--redirect-uri", "https://rp.example/cb", "--post-logout-redirect-uri",
        "https://rp.example/bye", "--post-logout-redirect-uri", "https://rp.example/ciao", "--backchannel-logout-uri",
        "https://rp.example/back", "--frontchannel-logout-uri", "https://rp.example/front", "--json")
    assert made.returncode == 0, made.stderr
    client = json.loads(made.stdout)
    assert client["postLogoutRedirectUris"] == ["https://rp.example/bye", "https://rp.example/ciao"]
    assert client["backchannelLogoutUri"] == "https://rp.example/back"
    assert client["frontchannelLogoutUri"] == "https://rp.example/front"
    refused = server.command(
        "clients", "create", "Shop", "--redirect-uri", "https://rp.example/cb", "--frontchannel-logout-uri",
        "https://elsewhere.example/")
    assert refused.returncode == 1 and "frontchannelLogoutUri" in refused.stderr
