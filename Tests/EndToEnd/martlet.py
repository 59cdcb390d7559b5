"""A real Martlet for the tests: started as an operator starts it, spoken to as relying parties and browsers do."""

import base64
import email
import email.policy
import hashlib
import html.parser
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("MARTLET_BINARY", ROOT / ".build" / "debug" / "martlet"))
ADMIN = ("test-admin", "test-admin-secret-" + "x" * 32)
API = "/api/v1/oauth2"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=30, pause=0.1):
    """What a condition says once it is true of anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError("did not come true within %s s" % seconds)


class Server:
    """One server process with a data directory of its own."""

    def __init__(self, **settings):
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        # Where it is reached without a proxy, which keeps /health/ to itself.
        self.direct = self.issuer
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="martlet-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.settings = settings
        self.process = None
        self.log = self.directory / "log"

    def environment(self):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
        own = {
            "MARTLET_ISSUER": self.issuer,
            "MARTLET_LISTEN": f"127.0.0.1:{self.port}",
            "MARTLET_DATA_DIR": str(self.directory / "data"),
            "MARTLET_KEYS_DIR": str(self.directory / "keys"),
            "MARTLET_ADMIN_CLIENT_ID": ADMIN[0],
            "MARTLET_ADMIN_CLIENT_SECRET": ADMIN[1],
        }
        settings = {**own, **self.settings}
        return {**inherited, **{name: value for name, value in settings.items() if value is not None}}

    def command(self, *arguments, **options):
        """Runs a command of the same server and returns the finished process."""
        return subprocess.run(
            [BINARY, *arguments], env=self.environment(), capture_output=True, text=True, timeout=60,
            cwd=self.directory, **options)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve"], env=self.environment(), stdout=log, stderr=log, cwd=self.directory)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError("the server ended at its start:\n" + self.log.read_text()[-4000:])
            try:
                if requests.get(self.direct + "/health/ready", timeout=5).status_code == 200:
                    return self
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise AssertionError("the server is not ready:\n" + self.log.read_text()[-4000:])

    def kill(self):
        """What a power cut does to the server process."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=30) == 0, self.log.read_text()[-4000:]

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def logged(self, answer):
        """The log line of an answer. Lines leave in batches a few times a second."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            whole = self.log.read_text().rpartition("\n")[0]
            lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
            for line in lines:
                if line.get("requestId") == answer.headers["X-Request-Id"] and line["message"] == "request":
                    return line
            time.sleep(0.01)
        raise AssertionError("the answer has no line in the log")

    def mails(self, recipient=None):
        """The messages that have left so far, oldest first; those to one recipient."""
        folder = self.directory / "data" / "mail"
        files = sorted(folder.glob("*.eml")) if folder.is_dir() else []
        messages = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [message for message in messages if recipient in (None, address_of(message))]

    def mail(self, recipient, number=1):
        """The so-manieth message to a recipient, once it is there."""
        return until(lambda: (self.mails(recipient) + [None] * number)[number - 1])

    # What operators do

    def manage(self, method, path, **options):
        return requests.request(method, self.issuer + "/api/v1" + path, auth=ADMIN, timeout=30, **options)

    def client(self, **members):
        body = {
            "name": "Test client",
            "type": "CONFIDENTIAL",
            "redirectUris": ["https://rp.example/cb"],
            "grantTypes": ["authorization_code", "refresh_token", "client_credentials"],
            "allowedScopes": ["openid", "profile", "email", "offline_access", "contracts:read"],
            **members,
        }
        answer = self.manage("POST", "/oauth2/clients", json={k: v for k, v in body.items() if v is not None})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def public_client(self, **members):
        return self.client(**{
            "type": "PUBLIC", "grantTypes": ["authorization_code", "refresh_token"],
            "redirectUris": ["http://127.0.0.1/cb"], **members})

    def user(self, **members):
        body = {"username": "user" + secrets.token_hex(6), "password": "correct horse battery", **members}
        answer = self.manage("POST", "/users", json=body)
        assert answer.status_code == 201, answer.text
        return {**answer.json(), "password": body["password"]}

    def asked(self, **members):
        """Somebody's application for a client."""
        body = {
            "name": "Harbour Books", "description": "A shop.", "type": "CONFIDENTIAL",
            "grantTypes": ["client_credentials"], "redirectUris": [], "scopes": ["contracts:read"], "resources": [],
            "email": f"requester-{secrets.token_hex(6)}@example.org", **members}
        answer = requests.post(self.issuer + "/api/v1/applications", json=body, timeout=10)
        assert answer.status_code == 201, answer.text
        return answer.json()

    # What relying parties do

    def post(self, path, data=None, client=None, **options):
        auth = (client["clientId"], client["clientSecret"]) if client and "clientSecret" in client else None
        if client and not auth:
            data = {"client_id": client["clientId"], **(data or {})}
        return requests.post(self.issuer + API + path, data=data, auth=auth, timeout=30, **options)

    def token(self, client, **parameters):
        return self.post("/token", parameters, client)

    def introspect(self, client, token):
        answer = self.post("/introspect", {"token": token}, client)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def authorize_url(self, client, verifier=None, **parameters):
        query = {
            "client_id": client["clientId"], "redirect_uri": client["redirectUris"][0], "response_type": "code",
            "scope": "openid profile", "state": "s" + secrets.token_hex(4), **parameters}
        if verifier:
            digest = hashlib.sha256(verifier.encode()).digest()
            query["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            query["code_challenge_method"] = "S256"
        query = {name: value for name, value in query.items() if value is not None}
        return self.issuer + API + "/authorize?" + urllib.parse.urlencode(query)

    def code(self, client, browser, verifier, **parameters):
        """The code that an authorization request of this browser ends with."""
        answer = browser.authorize(self.authorize_url(client, verifier, **parameters))
        assert "code" in answer, answer
        return answer["code"]

    def redeem(self, client, code, verifier, **parameters):
        return self.token(client, **{
            "grant_type": "authorization_code", "code": code, "redirect_uri": client["redirectUris"][0],
            "code_verifier": verifier, **parameters})

    def tokens(self, client, browser, **parameters):
        """Tokens by the whole authorization code flow."""
        verifier = new_verifier()
        answer = self.redeem(client, self.code(client, browser, verifier, **parameters), verifier)
        assert answer.status_code == 200, answer.text
        return answer.json()


def address_of(message):
    return message["to"].addresses[0].addr_spec


def link_of(message):
    """The link with a secret that a message has, the same in both of its parts."""
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    [link] = [word for word in text.split() if "?token=" in word]
    assert f'href="{link}"' in html
    return link


def new_verifier():
    return secrets.token_urlsafe(48)


class Form(html.parser.HTMLParser):
    """The first form of a page: where it goes, its fields, its buttons."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.buttons, self.boxes = None, {}, [], []
        self._inside = self._done = False
        self._button = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and not self._done:
            self._inside, self.action = True, attributes.get("action")
        if not self._inside:
            return
        if tag == "input" and attributes.get("name"):
            kind = attributes.get("type", "text")
            if kind == "checkbox":
                self.boxes.append(attributes)
            elif kind != "submit":
                self.fields[attributes["name"]] = attributes.get("value", "")
        if tag == "button":
            self._button = {**attributes, "text": ""}

    def handle_data(self, data):
        if self._button is not None:
            self._button["text"] += data

    def handle_endtag(self, tag):
        if tag == "button" and self._button is not None:
            self._button["text"] = self._button["text"].strip()
            self.buttons.append(self._button)
            self._button = None
        if tag == "form" and self._inside:
            self._inside, self._done = False, True

    def data(self, button=None, **values):
        """What pressing a button sends, as (name, value) pairs."""
        pairs = [(name, value) for name, value in {**self.fields, **values}.items()]
        pairs += [
            (box["name"], box.get("value", "on")) for box in self.boxes if "checked" in box and "disabled" not in box]
        for candidate in self.buttons:
            if button and candidate["text"].startswith(button) and candidate.get("name"):
                pairs.append((candidate["name"], candidate.get("value", "")))
        return pairs


class Browser:
    """A browser without a screen: cookies, redirects and forms; it stops where the relying party's address begins."""

    def __init__(self, server, user=None):
        self.server, self.user = server, user
        self.session = requests.Session()
        self.pages = []

    def get(self, url, **options):
        return self.session.get(url, allow_redirects=False, timeout=30, **options)

    def post(self, url, data, **options):
        return self.session.post(url, data=data, allow_redirects=False, timeout=30, **options)

    def absolute(self, url):
        return urllib.parse.urljoin(self.server.issuer + "/", url)

    def follow(self, answer):
        """Follows redirects inside the server; returns the last answer."""
        for _ in range(10):
            location = answer.headers.get("Location")
            if answer.status_code not in (302, 303) or not self.absolute(location).startswith(self.server.issuer):
                return answer
            answer = self.get(self.absolute(location))
        raise AssertionError("too many redirects")

    def submit(self, page, button=None, **values):
        form = Form(page.text)
        return self.follow(self.post(self.absolute(form.action or page.url), form.data(button, **values)))

    def authorize(self, url, consent="Allow"):
        """Goes through login and consent; returns the parameters that the relying party got."""
        answer = self.follow(self.get(url))
        for _ in range(4):
            if answer.status_code in (302, 303):
                return parameters_of(answer.headers["Location"])
            assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
            self.pages.append(answer)
            if 'name="password"' in answer.text:
                answer = self.submit(
                    answer, "", username=self.user["username"], password=self.user["password"])
            else:
                answer = self.submit(answer, consent)
        raise AssertionError("no answer to the client: " + answer.text[:2000])

    def log_in(self):
        """Logs in without a request."""
        page = self.follow(self.get(self.server.issuer + "/login"))
        return self.submit(page, "", username=self.user["username"], password=self.user["password"])


def parameters_of(url):
    parts = urllib.parse.urlsplit(url)
    pairs = urllib.parse.parse_qsl(parts.query) + urllib.parse.parse_qsl(parts.fragment)
    return dict(pairs)
