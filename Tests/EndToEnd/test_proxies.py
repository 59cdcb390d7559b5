"""Martlet behind nginx and Caddy, unmodified from Debian, with the very configurations and settings that stand in
docs/operating.md: only ports, names and certificates are put in."""

import json
import os
import re
import signal
import socket
import subprocess
import urllib.parse

import pytest
import requests
import requests.adapters

from martlet import ADMIN, API, ROOT, Browser, Server, free_port, new_verifier, until

DOCUMENT = (ROOT / "docs" / "operating.md").read_text()
BODY_LIMIT = 64 * 1024
MANAGEMENT_LIMIT = 1024 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

NGINX = """
daemon off;
master_process off;
pid {directory}/pid;
error_log {directory}/error.log info;
events {{}}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
{block}
}}
"""

# No administration port, no port 80 for redirects, no certificate authority of its own that wants to be trusted.
CADDY = """
{{
    admin off
    auto_https disable_redirects
    skip_install_trust
    default_bind 127.0.0.1
}}
{block}
"""


def documented(language):
    """The one block of this language in the document."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, language
    return blocks[0]


def documented_settings():
    """What the document gives Martlet for both proxies."""
    sentence = re.search(r"^Both with `(MARTLET_ISSUER=[^`]*)`\.$", DOCUMENT, re.MULTILINE)
    return dict(setting.split("=", 1) for setting in sentence[1].split())


def replaced(text, changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(directory, port, backend):
    block = replaced(documented("nginx"), [
        ("listen 443 ", f"listen 127.0.0.1:{port} "), ("/etc/ssl/id.example.org.pem", f"{directory}/cert.pem"),
        ("/etc/ssl/id.example.org.key", f"{directory}/key.pem"), ("id.example.org", "localhost"),
        ("127.0.0.1:8080", f"127.0.0.1:{backend}")])
    (directory / "nginx.conf").write_text(NGINX.format(directory=directory, block=block))
    return ["/usr/sbin/nginx", "-p", directory, "-e", directory / "error.log", "-c", directory / "nginx.conf"]


def caddy(directory, port, backend):
    block = replaced(documented("caddyfile"), [
        ("id.example.org {\n", f"localhost:{port} {{\n    tls {directory}/cert.pem {directory}/key.pem\n"),
        ("127.0.0.1:8080", f"127.0.0.1:{backend}")])
    (directory / "Caddyfile").write_text(CADDY.format(block=block))
    return ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", directory / "Caddyfile"]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda proxy: proxy.__name__)
def front(request, tmp_path_factory):
    """A Martlet that is reached through a proxy: its issuer is the proxy's address."""
    directory = tmp_path_factory.mktemp(request.param.__name__)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", directory / "key.pem",
         "-out", directory / "cert.pem"],
        check=True, capture_output=True)
    settings = documented_settings()
    assert settings["MARTLET_ISSUER"] == "https://id.example.org"
    server = Server(**settings)
    port = free_port()
    server.issuer = server.settings["MARTLET_ISSUER"] = f"https://localhost:{port}"
    server.certificate = directory / "cert.pem"
    homes = {name: str(directory) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = request.param(directory, port, server.port)
    process = None
    with pytest.MonkeyPatch.context() as patch, open(directory / "output", "wb") as output:
        patch.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))
        try:
            process = subprocess.Popen(
                command, env={**os.environ, **homes}, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=directory)
            until(lambda: process.poll() is not None or is_open(port))
            assert process.poll() is None, (directory / "output").read_text()
            yield server.start()
        finally:
            server.remove()
            if process:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=20)


def curl(server, url, *arguments, body=None):
    """The answer over HTTP/2: its status, its header fields as they came, its content."""
    finished = subprocess.run(
        ["curl", "--silent", "--show-error", "--http2", "--cacert", server.certificate, "--max-time", "30",
         "--dump-header", "-", *arguments, *(["--data-binary", "@-"] if body is not None else []), url],
        input=body, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    head, content = finished.stdout.replace("\r\n", "\n").split("\n\n", 1)
    status, *lines = head.split("\n")
    assert status.startswith("HTTP/2 "), status
    return int(status.split()[1]), [tuple(line.split(": ", 1)) for line in lines], content


class Http2Browser(Browser):
    """A browser that speaks HTTP/2, where cookies travel in a field each (RFC 9113 §8.2.3)."""

    def __init__(self, server, user, jar):
        super().__init__(server, user)
        self.jar, self.fields = jar, []

    def get(self, url, **options):
        return self.send(url)

    def post(self, url, data, **options):
        return self.send(url, urllib.parse.urlencode(data))

    def send(self, url, body=None):
        status, fields, content = curl(self.server, url, "--cookie", self.jar, "--cookie-jar", self.jar, body=body)
        self.fields.append(fields)
        answer = requests.Response()
        answer.status_code, answer.url, answer._content = status, url, content.encode()
        answer.headers.update(dict(fields))
        answer.encoding = "utf-8"
        return answer


def from_address(address):
    """A client with an address of its own."""
    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments, **options):
            super().init_poolmanager(*arguments, source_address=(address, 0), **options)

    session = requests.Session()
    session.mount("https://", Adapter())
    return session


def test_http2_and_discovery(front):
    """OpenID Connect Discovery §4.3: what is told through the proxy is the issuer's, and HTTP/2 tells it."""
    status, fields, content = curl(front, front.issuer + "/.well-known/openid-configuration")
    metadata = json.loads(content)
    assert status == 200 and metadata["issuer"] == front.issuer
    addresses = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) >= 6 and all(address.startswith(front.issuer + "/") for address in addresses)
    # RFC 6797 §7.1
    assert "max-age=" in dict(fields)["strict-transport-security"]


def test_a_whole_login_over_http2(front, tmp_path):
    """OpenID Connect Core §3.1 with PKCE and consent; RFC 6265bis §4.1.3.2: cookies are of this host and https alone."""
    user = front.user(name="Anna Example")
    client = front.client(name="Harbour Books")
    browser = Http2Browser(front, user, tmp_path / "jar")
    verifier = new_verifier()
    answer = browser.authorize(front.authorize_url(client, verifier))
    assert answer["iss"] == front.issuer and len(browser.pages) == 2 and "Harbour Books" in browser.pages[1].text
    tokens = front.redeem(client, answer["code"], verifier).json()
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    assert requests.get(front.issuer + API + "/userinfo", headers=bearer, timeout=10).json()["sub"] == user["id"]
    assert front.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200
    cookies = [value for fields in browser.fields for name, value in fields if name.lower() == "set-cookie"]
    assert {cookie.split("=")[0] for cookie in cookies} >= {"__Host-martlet_session"}
    for cookie in cookies:
        attributes = cookie.split("; ")[1:]
        assert cookie.startswith("__Host-martlet_"), cookie
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes), cookie
        assert not [attribute for attribute in attributes if attribute.lower().startswith("domain")]
    for fields in browser.fields:
        assert [value for name, value in fields if name.lower() == "strict-transport-security"]


FORGED_ADDRESSES = ["203.0.113.9", "127.0.0.1", "203.0.113.9, 127.0.0.1", "127.0.0.1, 203.0.113.9, 127.0.0.1", "x"]


@pytest.mark.parametrize("forged", FORGED_ADDRESSES)
def test_a_forged_address_is_not_believed(front, forged):
    """RFC 7239 §8.1: what a client says of its own address is worth nothing, what the trusted proxy says is believed."""
    headers = {"X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}", "X-Client-IP": forged}
    answer = from_address("127.0.0.2").get(front.issuer + "/login", headers=headers, timeout=10)
    assert front.logged(answer)["address"] == "127.0.0.2"


def test_the_proxy_is_believed(front):
    """The other half: from the trusted address the header counts, so the test above could fail."""
    answer = requests.get(front.direct + "/login", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=10)
    assert front.logged(answer)["address"] == "203.0.113.9"


FORGED_HOSTS = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "81",
    "X-Forwarded-Server": "evil.example", "X-Forwarded-Prefix": "/evil.example", "X-Host": "evil.example",
    "Forwarded": 'host="evil.example";proto=http', "X-Original-URL": "//evil.example/", "X-Rewrite-URL": "/evil.example",
    "X-Original-Host": "evil.example",
}


@pytest.mark.parametrize("way", ["through the proxy", "past the proxy"])
@pytest.mark.parametrize("host", [None, "evil.example", "evil.example:443"])
def test_a_forged_host_gains_nothing(front, way, host):
    """GHSA-2wmj-46rj-qm2w, CVE-2026-29067: no link, redirect, document or cookie follows what a request says of the
    host; the issuer comes from the configuration alone."""
    base = front.direct if way == "past the proxy" else front.issuer
    client = front.client()
    forged = {**FORGED_HOSTS, **({"Host": host} if host else {})}
    authorize = front.authorize_url(client, new_verifier())[len(front.issuer):]
    reached = 0
    for path in ["/", "/login", "/account", "/nothing", "/errors/invalid_request", authorize,
                 API + "/authorize?client_id=nobody", API + "/userinfo", API + "/token", "/api/v1/oauth2/clients",
                 "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]:
        with requests.Session() as session:
            plain = session.get(base + path, allow_redirects=False, timeout=10)
        with requests.Session() as session:
            answer = session.get(base + path, headers=forged, allow_redirects=False, timeout=10)
        if "X-Request-Id" not in answer.headers:
            # Caddy serves no other name than its own.
            assert host and way == "through the proxy" and not answer.content
            continue
        reached += 1
        assert "evil" not in answer.text and not [value for value in answer.headers.values() if "evil" in value]
        assert answer.status_code == plain.status_code
        assert answer.headers.get("Location", "")[:20] == plain.headers.get("Location", "")[:20]
        assert answer.headers.get("WWW-Authenticate") == plain.headers.get("WWW-Authenticate")
        assert all("; Secure" in value for value in answer.headers.get("Set-Cookie", "").split(", __Host-") if value)
        if path.startswith("/.well-known"):
            assert answer.content == plain.content and answer.json()["issuer"] == front.issuer
    assert reached == 12 or (reached == 0 and host)


def padded(size):
    """A token request of exactly so many bytes."""
    return "grant_type=client_credentials&padding=".ljust(size, "a")


def test_large_bodies(front):
    """RFC 9110 §15.5.14, RFC 9112 §9.6: what is too large is told so, however much of it is still on its way; what
    Martlet takes, the proxy takes."""
    client = front.client()

    def token(size):
        status, _, content = curl(
            front, front.issuer + API + "/token", "--user", f"{client['clientId']}:{client['clientSecret']}",
            body=padded(size))
        return status, content

    assert token(BODY_LIMIT)[0] == 200
    # More than once, because an answer that is cut off by a reset is only sometimes lost.
    for size in [BODY_LIMIT + 1, 300 * 1024] + [1000 * 1024] * 20:
        status, content = token(size)
        assert status == 413 and json.loads(content)["error"] == "invalid_request", (size, status, content)

    name = b'{"name": "' + b"a" * (MANAGEMENT_LIMIT - 12) + b'"}'
    assert len(name) == MANAGEMENT_LIMIT
    answer = requests.post(
        front.issuer + "/api/v1/oauth2/clients", data=name, headers={"Content-Type": "application/json"}, auth=ADMIN,
        timeout=30)
    assert answer.status_code == 400 and "name" in answer.json()["error_description"]


@pytest.mark.parametrize("size", [MANAGEMENT_LIMIT + 1, 4 * MANAGEMENT_LIMIT])
def test_bodies_beyond_every_limit(front, size):
    """RFC 9110 §15.5.14: refused by whoever sees it first; a proxy may cut off who goes on sending. The next request is
    served."""
    client = front.client()
    auth = (client["clientId"], client["clientSecret"])
    try:
        answer = requests.post(front.issuer + API + "/token", data=padded(size), headers=FORM, auth=auth, timeout=30)
        assert answer.status_code in (413, 502)
    except requests.ConnectionError:
        pass
    assert front.token(client, grant_type="client_credentials").status_code == 200


REFUSALS = [
    ("GET", "/nothing", {"Accept": "text/html"}, None, 404), ("GET", "/nothing", {}, None, 404),
    ("GET", API + "/authorize?client_id=nobody", {}, None, 400), ("GET", API + "/token", {}, None, 405),
    ("POST", API + "/token", FORM, "grant_type=client_credentials", 401), ("POST", API + "/token", {}, "x", 415),
    ("POST", API + "/introspect", FORM, "token=x", 401), ("GET", API + "/userinfo", {}, None, 401),
    ("GET", API + "/userinfo", {"Authorization": "Bearer x"}, None, 401), ("GET", "/api/v1/users", {}, None, 401),
    ("POST", "/login", FORM, "username=a&password=b", 403), ("GET", "/consent?request=x", {}, None, (400, 410)),
    ("OPTIONS", API + "/token", {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}, None, None),
]
# What belongs to the connection or to the proxy.
OF_THE_CONNECTION = {"date", "server", "connection", "keep-alive", "alt-svc", "via", "x-request-id", "set-cookie",
                     "content-length", "transfer-encoding"}


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row[0]} {row[1]}")
def test_refusals_come_through_as_they_are(front, row):
    """RFC 6749 §5.2, RFC 6750 §3: no proxy page stands in for an error, no field of it is lost or added."""
    method, path, headers, body, status = row

    def seen(base):
        answer = requests.request(method, base + path, headers=headers, data=body, allow_redirects=False, timeout=10)
        fields = {name.lower(): value for name, value in answer.headers.items()}
        text = answer.text.replace(fields["x-request-id"], "ID")
        # What is new on every page: the token of its forms, and the challenge for a passkey.
        text = re.sub(r'name="(csrf|challenge)" value="[^"]*"|data-options="[^"]*"', "", text)
        kept = {name: value for name, value in fields.items() if name not in OF_THE_CONNECTION}
        # How much is left is another number after every request.
        if "ratelimit" in kept:
            kept["ratelimit"] = re.sub(r";r=\d+;t=\d+", "", kept["ratelimit"])
        return answer.status_code, kept, text

    through, past = seen(front.issuer), seen(front.direct)
    assert through == past
    expected = status if isinstance(status, tuple) else (status,)
    assert status is None or through[0] in expected, through
