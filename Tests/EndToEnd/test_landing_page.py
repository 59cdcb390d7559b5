"""The examples of the landing page, taken from the page as it is served and run as they are printed."""

import html
import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.parse

import pytest
import requests

from martlet import Browser, Server, until

FLOWS = ["code", "client-credentials", "device"]
TONGUES = ["curl", "python", "javascript"]
CALLBACK = "http://127.0.0.1:9099/callback"


@pytest.fixture(scope="module")
def demo():
    server = Server(MARTLET_DEMO="1").start()
    printed = server.log.read_text()
    server.secret = re.search(r"Demo client +demo +secret +(\S+)", printed)[1]
    server.person = {
        "username": "demo", "password": re.search(r"Demo user +demo +password +(\S+)", printed)[1]}
    yield server
    server.remove()


def examples(server, **headers):
    """What the page says, by the names of its blocks."""
    page = requests.get(server.issuer + "/", headers=headers, timeout=10)
    assert page.status_code == 200
    found = re.findall(r'<code id="example-([a-z-]+)">(.*?)</code></pre>', page.text, re.DOTALL)
    assert [name for name, _ in found] == [f"{flow}-{tongue}" for flow in FLOWS for tongue in TONGUES]
    return {name: html.unescape(text) for name, text in found}


class Run:
    """An example that runs; what it says can be read as it comes."""

    def __init__(self, tongue, text, folder, secret):
        name, command = {
            "curl": ("example.sh", ["bash"]), "python": ("example.py", [sys.executable, "-I"]),
            "javascript": ("example.mjs", ["node"])}[tongue]
        (folder / name).write_text(text)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
        environment.pop("CLIENT_SECRET", None)
        if secret:
            environment["CLIENT_SECRET"] = secret
        self.process = subprocess.Popen(
            [*command, name], cwd=folder, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.reader.start()

    def address(self):
        """The address that it asks to be opened."""
        return until(lambda: next((line.strip() for line in list(self.lines) if line.startswith("http")), None))

    def ended(self, status=0):
        """All that it said, once it has ended."""
        assert self.process.wait(timeout=60) == status, "".join(self.lines)
        self.reader.join()
        self.process.stdin.close()
        return "".join(self.lines)

    def tokens(self):
        return re.search(r'"access_token": ?"([^"]+)"', self.ended())[1]


@pytest.fixture
def run(tmp_path):
    """Starts examples, and ends those that a failed test left behind."""
    started = []

    def start(tongue, text, secret):
        started.append(Run(tongue, text, tmp_path, secret))
        return started[-1]

    yield start
    for example in started:
        if example.process.poll() is None:
            example.process.kill()
        example.reader.join()


def introspected(server, token):
    answer = requests.post(
        server.issuer + "/api/v1/oauth2/introspect", {"token": token}, auth=("demo", server.secret), timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("tongue", TONGUES)
def test_client_credentials(demo, run, tongue):
    example = run(tongue, examples(demo)["client-credentials-" + tongue], demo.secret)
    seen = introspected(demo, example.tokens())
    assert seen["active"] and seen["sub"] == "demo"


@pytest.mark.parametrize("tongue", TONGUES)
def test_code(demo, run, tongue):
    example = run(tongue, examples(demo)["code-" + tongue], demo.secret)
    address = example.address()
    assert address.startswith(demo.issuer + "/api/v1/oauth2/authorize?")
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)
    assert len(asked["code_challenge"][0]) == 43 and asked["redirect_uri"] == [CALLBACK]
    browser = Browser(demo, demo.person)
    answer = browser.authorize(address)
    arrival = CALLBACK + "?" + urllib.parse.urlencode(answer)
    if tongue == "curl":
        example.process.stdin.write(arrival + "\n")
        example.process.stdin.flush()
    else:
        until(lambda: listens(9099))
        assert requests.get(arrival, timeout=10).text == "You can close this page."
    seen = introspected(demo, example.tokens())
    assert seen["active"] and set(seen["scope"].split()) >= {"openid", "profile", "email"}
    assert '"demo@example.com"' in "".join(example.lines), "who signed in is told"


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("tongue", TONGUES)
def test_device(demo, run, tongue):
    example = run(tongue, examples(demo)["device-" + tongue], demo.secret)
    address = example.address()
    assert address.startswith(demo.issuer + "/device?user_code=")
    browser = Browser(demo, demo.person)
    browser.log_in()
    page = browser.follow(browser.get(address))
    done = browser.submit(page, "Allow")
    assert done.status_code == 200, done.text
    seen = introspected(demo, example.tokens())
    assert seen["active"] and "openid" in seen["scope"].split()


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("flow", FLOWS)
def test_without_a_secret_an_example_says_what_is_missing(demo, run, flow, tongue):
    example = run(tongue, examples(demo)[f"{flow}-{tongue}"], None)
    example.process.wait(timeout=60)
    example.reader.join()
    assert example.process.returncode != 0
    assert "CLIENT_SECRET" in "".join(example.lines)


def test_the_examples_are_the_same_in_every_language(demo):
    assert examples(demo) == examples(demo, **{"Accept-Language": "de"})


def test_a_shell_example_can_be_pasted(demo):
    """A terminal gives a shell one line after the other: no line may be taken for an answer to `read`."""
    text = examples(demo)["code-curl"]
    pasted = text + "\necho the shell lives on\n"
    environment = {**os.environ, "CLIENT_SECRET": demo.secret}
    shell = subprocess.run(
        ["bash", "--norc"], input=pasted, env=environment, capture_output=True, text=True, timeout=60)
    # What `read` got was the line behind the whole example, and that is no answer.
    assert "That is no answer to this request." in shell.stderr
    assert shell.stderr.count("\n") == 1


def test_without_a_demo_client_the_examples_have_a_place_for_ones_own(server, run):
    page = requests.get(server.issuer + "/", timeout=10).text
    assert "your-client-id" in page and "demo" not in page.lower()
    client = server.client(grantTypes=["client_credentials"], redirectUris=[])
    text = examples(server)["client-credentials-python"].replace("your-client-id", client["clientId"])
    token = run("python", text, client["clientSecret"]).tokens()
    assert server.introspect(client, token)["active"]
