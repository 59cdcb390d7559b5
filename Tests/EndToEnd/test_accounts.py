"""Accounts in their owners' hands, as a person meets them and as a program does: from sign-up to a forgotten password."""

import json
import re
import secrets
import stat
import urllib.parse

import pytest
import requests
from selenium.webdriver.common.by import By

from martlet import API, Browser, Server, address_of, link_of, new_verifier, until
from test_browser import chromium, driver  # noqa: F401, fixtures

GOOD = "korrektes Pferd Batterie"
BETTER = "noch ein langes Passwort"
USERS = "/api/v1/users"


def somebody():
    name = "u" + secrets.token_hex(6)
    return name, f"{name}@example.org"


def sign_up(server, **members):
    name, mailbox = somebody()
    body = {"username": name, "password": GOOD, "email": mailbox, **members}
    answer = requests.post(server.issuer + USERS + "/signup", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "password": body["password"]}


def can_log_in(server, user, password):
    page = Browser(server, {**user, "password": password}).log_in()
    return page.status_code == 200 and "/account" in page.url


def events(server, subject=None):
    """Types of events, oldest first; those about one subject or whose data name it."""
    items, cursor = [], None
    while True:
        page = server.manage("GET", "/oauth2/events?limit=200" + (f"&after={cursor}" if cursor else "")).json()
        items += page["items"]
        cursor = page.get("nextCursor")
        if not cursor:
            break
    return [item for item in items if subject is None or subject in (item["subject"], item["data"].get("userId"))]


def test_the_whole_life_of_an_account_in_a_browser(driver):
    """Issue: sign-up, mail link, login, another password, the other session is out, reset by mail. Without scripts."""
    server = Server(MARTLET_TRUSTED_PROXIES="127.0.0.1/32").start()
    try:
        driver.command("Emulation.setScriptExecutionDisabled", value=True)
        name, mailbox = somebody()
        client = server.client(firstParty=True, redirectUris=[server.issuer + "/"])

        def press(text):
            button = driver.find_element(By.XPATH, f"//button[normalize-space()='{text}']")
            button.click()

        def fill(**values):
            for field, value in values.items():
                driver.field(field).clear()
                driver.field(field).send_keys(value)

        def at(words):
            until(lambda: words in driver.page_source)

        # From the client's request over the sign-up, and back to it.
        driver.get(server.authorize_url(client, new_verifier(), scope="openid"))
        driver.find_element(By.LINK_TEXT, "Create an account").click()
        at("for all services")
        fill(username=name, email=mailbox, password=GOOD)
        press("Create account")
        at("We have sent you a message")
        driver.find_element(By.LINK_TEXT, "Sign in").click()
        at("to continue to")
        fill(username=name, password=GOOD)
        press("Sign in")
        until(lambda: "code=mlt_ac_" in driver.current_url)

        # The link confirms by its button alone.
        message = server.mail(mailbox)
        assert message["subject"] == "Confirm your e-mail address"
        driver.get(link_of(message))
        at(mailbox)
        assert server.manage("GET", f"/users?username={name}").json()["items"][0]["emailVerified"] is False
        press("Yes, it is mine")
        at("is confirmed")
        assert server.manage("GET", f"/users?username={name}").json()["items"][0]["emailVerified"] is True

        # Another browser, and another password here.
        elsewhere = Browser(server, {"username": name, "password": GOOD})
        elsewhere.log_in()
        assert elsewhere.get(server.issuer + "/account").status_code == 200
        driver.get(server.issuer + "/account")
        fill(current_password=GOOD, new_password=BETTER)
        press("Change the password")
        at("everything else that was signed in has been signed out")
        assert elsewhere.get(server.issuer + "/account").headers["Location"] == "/login"
        driver.get(server.issuer + "/account")
        assert name in driver.page_source
        assert server.mail(mailbox, 2)["subject"] == "Your password was changed"

        # Forgotten.
        press("Sign out")
        at("One account for many services")
        driver.get(server.issuer + "/login")
        driver.find_element(By.LINK_TEXT, "Forgotten your password?").click()
        at("We send you a link")
        fill(username=mailbox)
        press("Send the link")
        at("Look into your mail")
        link = link_of(server.mail(mailbox, 3))
        for _ in range(2):
            driver.get(link)
            at("Choose a new password")
        fill(password=GOOD)
        press("Save the password")
        at("You have a new password")
        driver.get(server.issuer + "/account")
        assert "/login" in driver.current_url, "nobody is logged in by a link"
        fill(username=name, password=GOOD)
        press("Sign in")
        at("Hello, " + name)
        driver.get(link)
        at("This link is over")
    finally:
        server.remove()


def test_a_new_password_ends_everything_whoever_sets_it(server):
    """Issue: the user's other sessions and all refresh tokens, offline ones included, with their access tokens; told by
    events in the same transaction."""
    client = server.client(firstParty=True)
    for way in ("own", "mail", "administrator put", "administrator patch"):
        user = sign_up(server)
        browser = Browser(server, user)
        online = server.tokens(client, browser, scope="openid")
        offline = server.tokens(client, browser, scope="openid offline_access", prompt="consent")
        elsewhere = Browser(server, user)
        elsewhere.log_in()
        before = len(events(server, user["id"]))
        if way == "own":
            page = browser.get(server.issuer + "/account")
            csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
            answer = browser.post(server.issuer + "/account", {
                "csrf": csrf, "action": "change-password", "current_password": GOOD, "new_password": BETTER})
            assert answer.status_code == 303 and "done=password" in answer.headers["Location"], answer.text
        elif way == "mail":
            requests.post(server.issuer + USERS + "/reset-password", json={"email": user["email"]}, timeout=30)
            token = link_of(server.mail(user["email"], 2)).partition("token=")[2]
            answer = requests.post(
                server.issuer + USERS + "/reset-password", json={"token": token, "newPassword": BETTER}, timeout=30)
            assert answer.status_code == 204
        else:
            answer = server.manage(way.split()[1].upper(), f"/users/{user['id']}", json={"password": BETTER})
            assert answer.status_code == 200
        for tokens in (online, offline):
            assert server.introspect(client, tokens["access_token"]) == {"active": False}, way
            refreshed = server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
            assert refreshed.status_code == 400 and refreshed.json()["error"] == "invalid_grant", way
        assert elsewhere.get(server.issuer + "/account").status_code == 303, way
        assert browser.get(server.issuer + "/account").status_code == (200 if way == "own" else 303), way
        assert not can_log_in(server, user, GOOD) and can_log_in(server, user, BETTER), way
        told = [item["type"] for item in events(server, user["id"])[before:]]
        assert told[0] == "user.updated", told
        assert told.count("oauth2.session.ended") == (1 if way == "own" else 2), told
        assert told.count("oauth2.token.revoked") == 2, told


def test_links_are_good_once_and_for_one(server):
    """CVE-2026-4282: one's link is not another's, neither kind passes as the other, and none is good twice."""
    one, other = sign_up(server), sign_up(server)
    for user in (one, other):
        requests.post(server.issuer + USERS + "/reset-password", json={"username": user["username"]}, timeout=30)
    confirm, reset = (link_of(server.mail(one["email"], number)).partition("token=")[2] for number in (1, 2))
    assert confirm.startswith("mlt_ev_") and reset.startswith("mlt_pr_")

    def use(path, **body):
        return requests.post(server.issuer + USERS + path, json=body, timeout=30).status_code

    assert use("/verify-email", token=reset) == 400
    assert use("/reset-password", token=confirm, newPassword=BETTER) == 400
    assert use("/reset-password", token=reset[:-1] + ("A" if reset[-1] != "A" else "B"), newPassword=BETTER) == 400
    assert [use("/reset-password", token=reset, newPassword=BETTER) for _ in range(2)] == [204, 400]
    assert not can_log_in(server, other, BETTER) and can_log_in(server, other, GOOD)


def test_the_secret_of_a_link_is_nowhere_but_in_the_mail(own_server, cluster):
    """Neither in the database nor, outside development, in the log."""
    server = own_server(
        MARTLET_DATABASE_URL=cluster.url, MARTLET_PASSWORD_COST="14", MARTLET_ISSUER="https://id.example",
        MARTLET_BEHIND_TLS_PROXY="1", MARTLET_TRUSTED_PROXIES="127.0.0.1/32")
    server.start()
    name, mailbox = somebody()
    for path, body in (("/signup", {"username": name, "password": GOOD, "email": mailbox}),
                       ("/reset-password", {"username": name})):
        assert requests.post(server.direct + USERS + path, json=body, timeout=30).status_code in (201, 202)
    links = [link_of(server.mail(mailbox, number)) for number in (1, 2)]
    assert all(link.startswith("https://id.example/") for link in links)
    until(lambda: server.log.read_text().count('"message":"mail sent"') == 2)
    tables = [row[0] for row in cluster.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")]
    assert "mails" in tables and "password_resets" in tables
    stored = "\n".join(str(cluster.query(f'SELECT t::text FROM "{table}" t')) for table in tables)
    for link in links:
        secret = link.partition("token=")[2]
        assert secret not in stored and secret[-43:] not in stored
        assert secret not in server.log.read_text()
    assert mailbox not in server.log.read_text() and "no mail leaves" in server.log.read_text()


def test_in_development_mail_is_a_file_and_its_link_in_the_log(server):
    user = sign_up(server)
    link = link_of(server.mail(user["email"]))
    line = until(lambda: [line for line in server.log.read_text().splitlines() if link in line])[0]
    entry = json.loads(line)
    assert entry["message"] == "mail laid down" and entry["to"] == user["email"]
    folder = server.directory / "data" / "mail"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


PROGRAM = """#!/bin/sh
# Fails as often as the file beside it has letters, then takes the message.
if [ -s "$0.fail" ]; then printf '%s' "$(tail -c +2 "$0.fail")" > "$0.fail"; echo 'try later' >&2; exit 75; fi
for word in "$@"; do printf '%s\\n' "$word"; done > "$0.args"
cat > "$0.message"
"""


def test_mail_leaves_by_the_program_that_the_operator_names(own_server):
    """RFC 5322 by the interface of sendmail(8): no shell, explicit recipient; what fails is tried again, over a restart."""
    server = own_server(MARTLET_PASSWORD_COST="14", MARTLET_MAIL_FROM="Bücherei <konto@books.example>")
    program = server.directory / "sendmail"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    failing = server.directory / "sendmail.fail"
    failing.write_text("x" * 50)
    server.settings["MARTLET_SENDMAIL"] = str(program)
    server.start()
    user = sign_up(server, email="-oQ/tmp/x@example.org")
    until(lambda: "mail failed" in server.log.read_text())
    log = server.log.read_text()
    assert "status 75: it asks to try again later" in log
    assert "try later" not in log, "the words of the program may name whom the mail is for"
    server.kill()
    failing.write_text("")
    server.start()
    message = until(lambda: (server.directory / "sendmail.message").exists(), seconds=120)
    assert message
    arguments = (server.directory / "sendmail.args").read_text().splitlines()
    assert arguments == ["-i", "-f", "konto@books.example", "--", "-oQ/tmp/x@example.org"]
    import email
    import email.policy

    read = until(lambda: email.message_from_bytes(
        (server.directory / "sendmail.message").read_bytes(), policy=email.policy.default))
    assert read["from"].addresses[0].display_name == "Bücherei" and address_of(read) == user["email"]
    token = link_of(read).partition("token=")[2]
    answer = requests.post(server.issuer + USERS + "/verify-email", json={"token": token}, timeout=30)
    assert answer.status_code == 204
    assert not (server.directory / "data" / "mail").exists()


@pytest.mark.parametrize("setting, value, words", [
    ("MARTLET_SENDMAIL", "/nonexistent/sendmail", "cannot be run"),
    ("MARTLET_SENDMAIL", "sendmail -t", "absolute path"),
    ("MARTLET_MAIL_FROM", "nobody", "must be an e-mail address"),
    ("MARTLET_SIGNUP", "maybe", "on or off"),
])
def test_settings_that_cannot_be_meant_stop_the_start(own_server, setting, value, words):
    server = own_server(**{setting: value})
    finished = server.command("serve")
    assert finished.returncode in (1, 2) and setting in finished.stderr + finished.stdout
    assert words in finished.stderr + finished.stdout


def test_templates_of_the_operators_own(own_server):
    server = own_server(MARTLET_PASSWORD_COST="14")
    words = server.directory / "words"
    words.mkdir()
    (words / "verify-email.en.txt").write_text("Subject: Welcome to the library\n\nHere: {{lnik}}\n")
    server.settings["MARTLET_MAIL_TEMPLATES"] = str(words)
    finished = server.command("serve")
    assert finished.returncode == 1 and "verify-email.en.txt" in finished.stderr + finished.stdout
    (words / "verify-email.en.txt").write_text("Subject: Welcome to the library\n\nHere:\n{{link}}\n")
    server.start()
    user = sign_up(server)
    message = server.mail(user["email"])
    assert message["subject"] == "Welcome to the library" and link_of(message)


def test_a_forged_host_leads_no_link_elsewhere(server):
    """GHSA-2wmj-46rj-qm2w, CVE-2026-29067: links of mail begin with the issuer, whatever the request calls the server."""
    user = sign_up(server)
    server.mail(user["email"])
    requests.post(
        server.issuer + USERS + "/reset-password", json={"username": user["username"]}, timeout=30,
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert link_of(server.mail(user["email"], 2)).startswith(server.issuer + "/reset-password?token=")


def test_nobody_learns_who_has_an_account(server):
    """CVE-2026-4633: status, body and header fields are the same for known and unknown names and addresses."""
    user = sign_up(server)
    name, mailbox = somebody()

    def told(answer):
        fields = {name: value for name, value in answer.headers.items() if name not in ("Date", "X-Request-Id")}
        return answer.status_code, answer.text, fields

    for path, known, unknown in (
        ("/reset-password", {"username": user["username"]}, {"username": name}),
        ("/reset-password", {"email": user["email"]}, {"email": mailbox}),
        ("/verify-email", {"email": user["email"]}, {"email": mailbox}),
    ):
        answers = [requests.post(server.issuer + USERS + path, json=body, timeout=30) for body in (known, unknown)]
        assert told(answers[0]) == told(answers[1]), path
    for who in (user["username"], user["email"], name, mailbox):
        browser = Browser(server)
        page = browser.get(server.issuer + "/reset-password")
        assert told(browser.submit(page, username=who))[1] == told(browser.get(server.issuer + "/reset-password?sent=1"))[1]

    # An address as the name: taken or not, the answer is the same, and the owner hears of it. (An address of its own:
    # what was asked about the other one may be answered only now.)
    mailbox = somebody()[1]
    taken = sign_up(server, username=mailbox, email=mailbox)
    server.mail(mailbox)
    again = requests.post(
        server.issuer + USERS + "/signup", json={"username": mailbox, "password": BETTER}, timeout=30)
    fresh = requests.post(
        server.issuer + USERS + "/signup", json={"username": somebody()[1], "password": BETTER}, timeout=30)
    assert again.status_code == fresh.status_code == 201 and again.json().keys() == fresh.json().keys()
    assert server.mail(mailbox, 2)["subject"] == "You already have an account"
    assert can_log_in(server, taken, GOOD) and not can_log_in(server, taken, BETTER)


def test_a_mailbox_is_not_flooded(server):
    """As often as one asks, in whatever way, so much mail leaves and no more; the answers stay the same."""
    user = sign_up(server)
    server.mail(user["email"])
    for _ in range(12):
        answer = requests.post(
            server.issuer + USERS + "/reset-password", json={"email": user["email"].upper()}, timeout=30)
        assert answer.status_code == 202
    # Orders are seen to one after the other: when somebody else's later one has left, none of these is left.
    later = sign_up(server)
    server.mail(later["email"])
    until(lambda: "martlet_mails_waiting 0" in requests.get(server.issuer + "/metrics", timeout=10).text)
    assert len(server.mails(user["email"])) == 1 + 5


def test_a_client_with_scope_account_is_always_asked_for(server):
    """Contract: only for clients that list it; always asked, also of first-party clients; one's own profile alone."""
    client = server.client(firstParty=True, allowedScopes=["openid", "account"])
    user = sign_up(server)
    browser = Browser(server, user)
    tokens = server.tokens(client, browser, scope="openid account")
    assert any("Allow" in page.text and "account" in page.text.lower() for page in browser.pages[1:])
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    profile = requests.get(server.issuer + USERS + "/profile", headers=bearer, timeout=30).json()
    assert profile["username"] == user["username"] and profile["emailVerified"] is False
    changed = requests.put(
        server.issuer + USERS + "/profile", headers=bearer, timeout=30,
        json={**profile, "name": "Zoë", "address": {"country": "DE"}, "phone_number": "+49 30 1234567"})
    assert changed.status_code == 200 and changed.json()["phoneNumber"] == "+49 30 1234567"
    for path in (f"/{user['id']}", "", "?username=x"):
        assert requests.get(server.issuer + USERS + path, headers=bearer, timeout=30).status_code == 403
    other = server.client(firstParty=True)
    answer = browser.authorize(server.authorize_url(other, new_verifier(), scope="openid account"))
    assert answer["error"] == "invalid_scope"
