"""The device flow (RFC 8628) with a client that nobody here wrote, and as a person meets it."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading

import jwt
import pytest

from martlet import Browser, until

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def agent():
    """Debian's oidc-agent with a home of its own: runs its commands."""
    home = tempfile.mkdtemp(prefix="martlet-agent-", dir="/tmp")
    environment = {**os.environ, "HOME": home, "OIDC_CONFIG_DIR": home + "/oidc"}
    os.mkdir(environment["OIDC_CONFIG_DIR"])
    said = subprocess.run(["oidc-agent"], env=environment, capture_output=True, text=True, check=True, timeout=30).stdout
    for name, value in re.findall(r"(OIDC_SOCK|OIDCD_PID)=([^;]+);", said):
        environment[name] = value

    def start(*command):
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)

    yield start
    os.kill(int(environment["OIDCD_PID"]), signal.SIGTERM)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("kind", ["PUBLIC", "CONFIDENTIAL"])
def test_oidc_agent_gets_its_tokens(server, user, agent, kind):
    """RFC 8628 §3.1-§3.5: oidc-agent shows the code, polls while the user decides, and keeps itself in tokens."""
    client = server.client(
        type=kind, redirectUris=None, grantTypes=[GRANT, "refresh_token"],
        allowedScopes=["openid", "profile", "offline_access"])
    generating = agent(
        "oidc-gen", "--flow=device", "--manual", "--prompt=none", "--confirm-default", "--no-url-call",
        "--pw-cmd=echo secret", f"--iss={server.issuer}/", "--scope=openid profile offline_access",
        f"--client-id={client['clientId']}", f"--client-secret={client.get('clientSecret', '')}", "device")
    lines = []
    reading = threading.Thread(target=lambda: lines.extend(iter(generating.stdout.readline, "")))
    reading.start()
    # Whole lines: the code may come in two pieces.
    code = until(lambda: re.search(r"enter the code: ([A-Z]{4}-[A-Z]{4})\n", "".join(lines)))[1]
    assert f"{server.issuer}/device\n" in "".join(lines)

    browser = Browser(server, user)
    page = browser.follow(browser.get(f"{server.issuer}/device?user_code={code}"))
    question = browser.submit(page, "", username=user["username"], password=user["password"])
    assert code in question.text and "Test client" in question.text
    assert "is connected" in browser.submit(question, "Allow").text

    assert generating.wait(timeout=60) == 0, "".join(lines)
    reading.join(timeout=30)
    asked = agent("oidc-token", "device")
    token = asked.communicate(timeout=60)[0].strip()
    assert asked.returncode == 0, token
    key = jwt.PyJWKClient(server.issuer + "/.well-known/jwks.json").get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=server.issuer, issuer=server.issuer)
    assert claims["sub"] == user["id"] and claims["client_id"] == client["clientId"]
    assert claims["scope"] == "openid profile offline_access"


def test_the_grant_ends_with_its_session(server, user):
    """Without offline_access what a device got ends when the user signs out where it was allowed."""
    client = server.public_client(redirectUris=None, grantTypes=[GRANT, "refresh_token"])
    begun = server.post("/device-authorization", {"scope": "openid"}, client).json()
    browser = Browser(server, user)
    browser.log_in()
    page = browser.get(begun["verification_uri_complete"])
    assert "is connected" in browser.submit(page, "Allow").text
    tokens = server.token(client, grant_type=GRANT, device_code=begun["device_code"]).json()
    userinfo = {"Authorization": "Bearer " + tokens["access_token"]}
    assert server.post("/userinfo", headers=userinfo).status_code == 200
    browser.submit(browser.get(server.issuer + "/account"), "Sign out")
    assert server.post("/userinfo", headers=userinfo).status_code == 401
    refreshed = server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


def test_a_restart_in_between(own_server):
    """Nothing of a device that waits is kept in memory: neither its code nor how often it may ask."""
    server = own_server().start()
    user = server.user()
    client = server.public_client(redirectUris=None, grantTypes=[GRANT])
    begun = server.post("/device-authorization", {"scope": "openid"}, client).json()
    poll = {"grant_type": GRANT, "device_code": begun["device_code"]}
    assert server.token(client, **poll).json()["error"] == "authorization_pending"
    # Each poll that comes too soon makes the pause longer by 5 s: in the end it is longer than any restart takes.
    refused = 0
    while refused < 30:
        refused += server.token(client, **poll).json()["error"] == "slow_down"
    server.kill()
    server.start()
    assert server.token(client, **poll).json()["error"] == "slow_down"
    browser = Browser(server, user)
    browser.log_in()
    browser.submit(browser.get(begun["verification_uri_complete"]), "Allow")
    server.kill()
    server.start()
    answer = server.token(client, **poll)
    assert answer.status_code == 200 and "refresh_token" not in answer.json()
