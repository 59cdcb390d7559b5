"""examples/: built as anybody would build them, and run against a real server."""

import base64
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest
import requests

from martlet import API, ROOT, Browser, Form, free_port, until

EXAMPLES = ROOT / "examples"
# One for all of them, so that what they share is built once and stays built.
SCRATCH = ROOT / ".build" / "examples"


def swift(verb, package, *options):
    return subprocess.run(
        ["swift", verb, "--package-path", EXAMPLES / package, "--scratch-path", SCRATCH, *options],
        check=True, capture_output=True, text=True, timeout=1800).stdout


class ResourceServer:
    """examples/resource-server, guarding itself with the tokens of a server."""

    AUDIENCE = "https://contracts.example"

    def __init__(self, server, introspecting=None, directory=None, **settings):
        directory = directory or server.directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/resource"
        self.log = directory / f"resource-server-{self.port}.log"
        environment = {
            **os.environ, "ISSUER": server.issuer, "AUDIENCE": self.AUDIENCE, "LISTEN": f"127.0.0.1:{self.port}",
            **settings}
        if introspecting:
            environment |= {"CLIENT_ID": introspecting["clientId"], "CLIENT_SECRET": introspecting["clientSecret"]}
        binary = swift("build", "resource-server", "--show-bin-path").strip() + "/Contracts"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([binary], env=environment, stdout=log, stderr=log)
        until(self.is_up)

    def is_up(self):
        assert self.process.poll() is None, self.log.read_text()
        return "listening" in self.log.read_text()

    def get(self, token=None, method="GET", **options):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, self.url, headers=headers, timeout=30, **options)

    def refusal(self, token, **options):
        """Status and error of an answer that must be a refusal."""
        answer = self.get(token, **options)
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith(f'Bearer realm="{self.AUDIENCE}"'), challenge
        assert token is None or token not in challenge + answer.text
        found = re.search(r'error="([a-z_]+)"', challenge)
        return answer.status_code, found and found[1]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0, self.log.read_text()


@pytest.fixture(scope="module")
def built():
    swift("build", "resource-server")


@pytest.fixture(scope="module")
def resource_server(built, server):
    own = server.client(name="Resource server", grantTypes=["client_credentials"], redirectUris=None, mayIntrospect=True)
    service = ResourceServer(server, own)
    yield service
    service.stop()


@pytest.fixture(scope="module")
def caller(server):
    return server.client(
        grantTypes=["client_credentials", "authorization_code", "refresh_token"], firstParty=True,
        allowedResources=[ResourceServer.AUDIENCE, "https://other.example"],
        allowedScopes=["openid", "profile", "contracts:read", "contracts:write"])


def token_of(server, client, **parameters):
    answer = server.token(client, **{
        "grant_type": "client_credentials", "resource": ResourceServer.AUDIENCE, "scope": "contracts:read", **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def header_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))


def test_a_token_for_the_service_opens_it(server, resource_server, caller):
    answer = resource_server.get(token_of(server, caller))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"owner": caller["clientId"], "client": caller["clientId"], "contracts": ["C-1", "C-2"]}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_user_token_opens_it_and_names_the_user(server, resource_server, caller, browser, user):
    tokens = server.tokens(
        caller, browser, scope="openid contracts:read", resource=ResourceServer.AUDIENCE)
    answer = resource_server.get(tokens["access_token"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["owner"] == user["id"] and answer.json()["client"] == caller["clientId"]
    # RFC 8725 §3.11: the ID token of the same login is no access token.
    assert resource_server.refusal(tokens["id_token"]) == (401, "invalid_token")


def test_nothing_opens_nothing(resource_server):
    """RFC 6750 §3.1: without credentials the answer has no error."""
    assert resource_server.refusal(None) == (401, None)
    assert requests.get(resource_server.url, auth=("a", "b"), timeout=30).status_code == 401
    assert requests.get(resource_server.url + "?access_token=x", timeout=30).status_code == 400
    assert resource_server.refusal("x.y.z") == (401, "invalid_token")


def test_scopes(server, resource_server, caller):
    """RFC 6750 §3.1: a token without the scope is told which ones are needed."""
    answer = resource_server.get(token_of(server, caller), method="POST")
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="contracts:read contracts:write"' in answer.headers["WWW-Authenticate"]
    both = token_of(server, caller, scope="contracts:read contracts:write")
    assert resource_server.get(both, method="POST").status_code == 200


def test_a_foreign_audience_is_refused(server, resource_server, caller):
    """ResourceServer: the token of another service, and that of none."""
    assert resource_server.refusal(token_of(server, caller, resource="https://other.example")) == (401, "invalid_token")
    plain = server.token(caller, grant_type="client_credentials", scope="contracts:read").json()["access_token"]
    assert resource_server.refusal(plain) == (401, "invalid_token")


def test_an_expired_token_is_refused(server, resource_server):
    """ResourceServer: at its exp, and not a moment later."""
    brief = server.client(
        grantTypes=["client_credentials"], redirectUris=None, allowedResources=[ResourceServer.AUDIENCE],
        accessTokenTtl=2)
    token = token_of(server, brief)
    expires = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["exp"]
    until(lambda: time.time() >= expires)
    assert resource_server.refusal(token) == (401, "invalid_token")
    assert "expired" in resource_server.get(token).json()["error_description"]


def test_a_revoked_token_is_refused(server, resource_server, caller):
    """ResourceServer: within the five seconds that an answer of introspection counts."""
    token = token_of(server, caller)
    other = token_of(server, caller)
    assert resource_server.get(token).status_code == 200
    assert server.post("/revoke", {"token": token}, caller).status_code == 200
    refused = until(lambda: resource_server.get(token).status_code == 401 and resource_server.refusal(token), seconds=15)
    assert refused == (401, "invalid_token")
    assert "revoked" in resource_server.get(token).json()["error_description"]
    assert resource_server.get(other).status_code == 200


def test_rotation_of_keys_refuses_nothing(built, own_server):
    """ResourceServer: a service follows the rotation of signing keys without one refused request."""
    server = own_server().start()
    caller = server.client(
        grantTypes=["client_credentials"], redirectUris=None, allowedResources=[ResourceServer.AUDIENCE])
    service = ResourceServer(server)
    try:
        kids, statuses, ended = set(), [], threading.Event()

        def ask():
            while not ended.is_set():
                token = token_of(server, caller)
                kids.add(header_of(token)["kid"])
                statuses.append(service.get(token).status_code)

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        until(lambda: len(statuses) > 20)
        first = set(kids)
        # Published for less time than a service may keep the keys that it knows: the new one is looked for when it signs.
        made = json.loads(server.command("keys", "generate", "--activate-in", "15", "--json").stdout)
        until(lambda: made["kid"] in kids, seconds=60)
        seen = len(statuses)
        until(lambda: len(statuses) > seen + 20)
        ended.set()
        for asker in askers:
            asker.join()
        assert len(first) == 1 and kids == first | {made["kid"]}
        assert set(statuses) == {200}
    finally:
        service.stop()


def test_the_issuer_goes_away_and_comes_back(built, own_server):
    """Known keys go on being good; where introspection is asked for, nothing is let in unasked."""
    server = own_server().start()
    caller = server.client(
        grantTypes=["client_credentials"], redirectUris=None, allowedResources=[ResourceServer.AUDIENCE])
    offline, asking = ResourceServer(server), ResourceServer(server, caller)
    try:
        token, second = token_of(server, caller), token_of(server, caller)
        assert offline.get(token).status_code == 200 and asking.get(token).status_code == 200
        server.kill()
        assert offline.get(token).status_code == 200
        answer = asking.get(second)
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        assert "WWW-Authenticate" not in answer.headers
        server.start()
        until(lambda: asking.get(second).status_code == 200)
    finally:
        offline.stop()
        asking.stop()


def test_the_examples_start_with_one_command(built, own_server):
    """A relying party and a resource server beside a demo server, by one command."""
    server = own_server(MARTLET_DEMO="1").start()
    printed = server.log.read_text()
    secret = re.search(r"mlt_cs_[\w-]+", printed)[0]
    password = next(line.split()[-1] for line in printed.splitlines() if "  password  " in line)
    relying_party = f"127.0.0.1:{free_port()}"
    log = server.directory / "examples.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [EXAMPLES / "run", secret], stdout=output, stderr=output,
            env={**os.environ, "ISSUER": server.issuer, "RELYING_PARTY": relying_party,
                 "RESOURCE_SERVER": f"127.0.0.1:{free_port()}"})
    try:
        home = f"http://{relying_party}/"

        def is_up():
            assert process.poll() is None, log.read_text()
            try:
                return requests.get(home, timeout=5).status_code == 200
            except requests.ConnectionError:
                return False

        until(is_up, seconds=300)
        until(lambda: "listening" in log.read_text())
        visitor = Browser(server, {"username": "demo", "password": password})
        visitor.get(home)
        asked = visitor.get(home + "login").headers["Location"]
        assert "resource=http%3A%2F%2F127.0.0.1%3A9091" in asked
        page = visitor.follow(visitor.get(asked))
        page = visitor.submit(page, "", username="demo", password=password)
        if "Location" not in page.headers:
            assert Form(page.text).action
            page = visitor.submit(page, "Allow")
        logged_in = visitor.get(page.headers["Location"])
        assert logged_in.status_code == 302, logged_in.text
        assert "Demo User" in visitor.get(home).text
        contracts = visitor.get(home + "contracts")
        assert contracts.status_code == 200 and "C-1, C-2" in contracts.text, contracts.text
        # Out here and there: the next login asks for the password again.
        left = visitor.post(home + "logout", {})
        page = visitor.follow(visitor.get(left.headers["Location"]))
        assert page.headers["Location"] == home, page.text
        assert "You are not logged in" in visitor.get(home).text
        page = visitor.follow(visitor.get(visitor.get(home + "login").headers["Location"]))
        assert 'type="password"' in page.text
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, log.read_text()


def test_the_embedded_provider():
    """Library products: a package of its own embeds the provider without a socket and guards a route."""
    output = swift("test", "embedded-provider")
    assert re.search(r"Test run with \d+ tests in \d+ suites? passed", output), output[-4000:]
