"""Apache's mod_auth_openidc, unmodified from Debian, as a second real relying party."""

import html
import os
import re
import signal
import subprocess
import time

import pytest
import requests

from martlet import Browser, Form, free_port, until

CONFIGURATION = """
ServerRoot {directory}
PidFile {directory}/pid
Listen 127.0.0.1:{port}
ServerName 127.0.0.1
ErrorLog {directory}/error.log
LogLevel info
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
DocumentRoot {directory}/htdocs
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI http://127.0.0.1:{port}/protected/callback
OIDCCryptoPassphrase a-passphrase-of-the-test
OIDCCookie session_of_{port}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCResponseMode {mode}
OIDCResponseType "{type}"
OIDCProviderTokenEndpointAuth {method}
OIDCRemoteUserClaim preferred_username
<Location /protected>
    AuthType openid-connect
    Require valid-user
    Header set X-Remote-User "expr=%{{REMOTE_USER}}"
    Header set X-Claim-Email "%{{OIDC_CLAIM_email}}e"
</Location>
"""


@pytest.fixture
def apache(server, tmp_path_factory):
    processes = []

    def start(**values):
        directory = tmp_path_factory.mktemp("apache")
        for parent in [directory, *directory.parents][:3]:
            os.chmod(parent, 0o755)
        (directory / "htdocs" / "protected").mkdir(parents=True)
        (directory / "htdocs" / "protected" / "index.html").write_text("protected")
        port = values.pop("port")
        values.setdefault("type", "code")
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        (directory / "apache.conf").write_text(CONFIGURATION.format(
            directory=directory, port=port, user=user, modules="/usr/lib/apache2/modules",
            **{"issuer": server.issuer, **values}))
        process = subprocess.Popen(
            ["/usr/sbin/apache2", "-X", "-f", directory / "apache.conf"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        processes.append(process)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                requests.get(f"http://127.0.0.1:{port}/", timeout=2)
                return directory
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError((directory / "error.log").read_text())

    yield start
    for process in processes:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_mod_auth_openidc_logs_a_user_in(server, user, apache, mode, method):
    """OpenID Connect Core §3.1: login through Apache; the module verifies ID token, nonce, state and iss itself."""
    port = free_port()
    client = server.client(
        redirectUris=[f"http://127.0.0.1:{port}/protected/callback"], firstParty=True, tokenEndpointAuthMethod=method)
    directory = apache(
        port=port, client_id=client["clientId"], client_secret=client["clientSecret"], mode=mode, method=method)
    browser = Browser(server, user)
    start = browser.get(f"http://127.0.0.1:{port}/protected/index.html")
    assert start.status_code == 302, start.text
    page = browser.follow(browser.get(start.headers["Location"]))
    end = browser.submit(page, "", username=user["username"], password=user["password"])
    if mode == "form_post":
        form = Form(end.text)
        back = browser.post(form.action, form.fields)
    else:
        back = browser.get(end.headers["Location"])
    assert back.status_code == 302, (back.text, (directory / "error.log").read_text()[-3000:])
    final = browser.get(requests.compat.urljoin(back.url, back.headers["Location"]))
    assert final.status_code == 200 and final.text == "protected"
    assert final.headers["X-Remote-User"] == user["username"]
    assert final.headers["X-Claim-Email"] == "anna@example.org"


@pytest.mark.parametrize("response_type", [
    "id_token", "id_token token", "code id_token", "code token", "code id_token token"])
def test_mod_auth_openidc_takes_implicit_and_hybrid_answers(server, user, apache, response_type):
    """OpenID Connect Core §3.2, §3.3: the module verifies nonce, c_hash and at_hash itself before it lets anybody in."""
    port = free_port()
    client = server.client(
        profile="legacy", grantTypes=["authorization_code", "implicit", "refresh_token"],
        responseTypes=sorted({"code", "id_token", response_type}),
        redirectUris=[f"http://127.0.0.1:{port}/protected/callback"], firstParty=True)
    directory = apache(
        port=port, client_id=client["clientId"], client_secret=client["clientSecret"], mode="form_post",
        method="client_secret_basic", type=response_type)
    browser = Browser(server, user)
    start = browser.get(f"http://127.0.0.1:{port}/protected/index.html")
    page = browser.follow(browser.get(start.headers["Location"]))
    end = browser.submit(page, "", username=user["username"], password=user["password"])
    form = Form(end.text)
    assert set(response_type.split()) & {"code", "id_token"} <= set(form.fields), form.fields
    back = browser.post(form.action, form.fields)
    assert back.status_code == 302, (back.text, (directory / "error.log").read_text()[-3000:])
    final = browser.get(requests.compat.urljoin(back.url, back.headers["Location"]))
    assert final.status_code == 200 and final.text == "protected"
    assert final.headers["X-Remote-User"] == user["username"]


def sign_in(server, browser, port):
    """Goes to a page that Apache protects, and through the login if one is due."""
    answer = browser.get(f"http://127.0.0.1:{port}/protected/index.html")
    if answer.status_code == 302:
        page = browser.follow(browser.get(answer.headers["Location"]))
        if page.status_code == 200:
            page = browser.submit(page, "", username=browser.user["username"], password=browser.user["password"])
        back = browser.get(page.headers["Location"])
        answer = browser.get(requests.compat.urljoin(back.url, back.headers["Location"]))
    assert answer.status_code == 200 and answer.text == "protected"


def is_in(browser, port):
    return browser.get(f"http://127.0.0.1:{port}/protected/index.html").status_code == 200


@pytest.mark.parametrize("channel", ["back", "front"])
def test_mod_auth_openidc_logs_out(own_server, apache, channel):
    """RP-Initiated, Back-Channel and Front-Channel Logout 1.0 with two Apaches in one browser: logging out at the first, which
    sends its ID token along, logs out at the second."""
    server = own_server(MARTLET_EGRESS_ALLOW="127.0.0.1").start()
    ports = [free_port(), free_port()]
    for port in ports:
        callback = f"http://127.0.0.1:{port}/protected/callback"
        address = (
            {"backchannelLogoutUri": callback + "?logout=backchannel"} if channel == "back"
            else {"frontchannelLogoutUri": callback + "?logout=get", "frontchannelLogoutSessionRequired": True})
        client = server.client(
            redirectUris=[callback], firstParty=True, postLogoutRedirectUris=[f"http://127.0.0.1:{port}/"], **address)
        apache(
            port=port, client_id=client["clientId"], client_secret=client["clientSecret"], mode="query",
            method="client_secret_basic", issuer=server.issuer)
    browser = Browser(server, server.user())
    for port in ports:
        sign_in(server, browser, port)
    assert all(is_in(browser, port) for port in ports)

    home = f"http://127.0.0.1:{ports[0]}/"
    start = browser.get(f"http://127.0.0.1:{ports[0]}/protected/callback", params={"logout": home})
    assert start.status_code == 302 and "id_token_hint=" in start.headers["Location"]
    assert start.headers["Location"].startswith(server.issuer + "/api/v1/oauth2/logout?")
    end = browser.get(start.headers["Location"])
    if channel == "back":
        assert end.status_code == 303 and end.headers["Location"] == home
        until(lambda: not is_in(browser, ports[1]))
    else:
        # The browser loads the frames.
        assert end.status_code == 200, end.text
        frames = [html.unescape(address) for address in re.findall(r'<iframe [^>]*src="([^"]*)"', end.text)]
        assert len(frames) == 2 and f"2; url={home}" in end.text
        for frame in frames:
            assert browser.get(frame).status_code == 200
    assert not any(is_in(browser, port) for port in ports)
    assert "/login" in browser.get(server.issuer + "/account").headers["Location"]
