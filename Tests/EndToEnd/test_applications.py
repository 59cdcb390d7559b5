"""Somebody asks for a client, an administrator decides, the requester collects the credentials: by API, page and
command line, with the mail as it leaves."""

import concurrent.futures
import json
import re

import pytest
import requests

from martlet import Browser, Form, link_of, until


def collect(page):
    """What the page behind a link's button shows."""
    shown = re.findall(r'<code class="secret">([^<]+)</code>', page.text)
    return dict(zip(["clientId", "clientSecret", "issuer"] if len(shown) == 3 else ["clientId", "issuer"], shown))


def test_from_the_wish_to_a_token(server):
    asked = server.asked()
    assert asked["status"] == "pending" and "clientSecret" not in asked
    assert [item["id"] for item in server.manage("GET", "/applications?email=" + asked["email"]).json()["items"]] == [
        asked["id"]]
    approved = server.manage("POST", f"/applications/{asked['id']}/approve")
    assert approved.status_code == 200 and approved.json()["status"] == "approved"
    link = link_of(server.mail(asked["email"]))
    assert link.startswith(server.issuer + "/applications/credentials?token=mlt_al_")

    stranger = requests.Session()
    for _ in range(3):
        assert stranger.head(link, timeout=10).status_code == 200
        scanned = stranger.get(link, timeout=10)
        assert scanned.status_code == 200 and "mlt_cs_" not in scanned.text
    browser = Browser(server)
    page = browser.get(link)
    shown = collect(browser.submit(page))
    assert shown["clientId"] == approved.json()["clientId"] and shown["issuer"] == server.issuer
    token = server.token(shown, grant_type="client_credentials")
    assert token.status_code == 200 and token.json()["scope"] == "contracts:read"
    assert browser.submit(page).status_code == 410
    assert browser.get(link).status_code == 410
    log = server.log.read_text()
    assert shown["clientSecret"] not in log


def test_of_many_who_open_the_link_at_once_one_gets_the_secret(server):
    asked = server.asked()
    server.manage("POST", f"/applications/{asked['id']}/approve")
    link = link_of(server.mail(asked["email"]))
    form = Form(requests.get(link, timeout=10).text)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        pages = list(pool.map(
            lambda _: requests.post(server.issuer + form.action, data=form.data(), timeout=30), range(16)))
    assert sorted(page.status_code for page in pages) == [200] + [410] * 15
    [client] = [collect(page) for page in pages if page.status_code == 200]
    assert server.token(client, grant_type="client_credentials").status_code == 200


def test_of_many_who_decide_at_once_one_does(server):
    asked = server.asked()

    def decide(number):
        act = "refuse" if number % 4 == 0 else "approve"
        return server.manage("POST", f"/applications/{asked['id']}/{act}").status_code

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(decide, range(16)))
    assert sorted(statuses) == [200] + [409] * 15
    stands = server.manage("GET", "/applications/" + asked["id"]).json()
    made = server.manage("GET", "/applications?email=" + asked["email"]).json()["items"]
    assert made == [stands] and (stands["clientId"] is None) == (stands["status"] == "refused")


def test_a_refusal_is_mailed_with_its_reason(server):
    asked = server.asked(name="Buy now")
    refused = server.manage("POST", f"/applications/{asked['id']}/refuse", json={"reason": "Which company is it?"})
    assert refused.status_code == 200 and refused.json()["clientId"] is None
    message = server.mail(asked["email"])
    text = message.get_body(("plain",)).get_content()
    assert "Which company is it?" in text and "Buy now" not in text and "mlt_" not in text
    assert server.manage("POST", f"/applications/{asked['id']}/approve").status_code == 409


def test_a_lost_link_is_replaced_by_another(server):
    asked = server.asked()
    server.manage("POST", f"/applications/{asked['id']}/approve")
    lost = link_of(server.mail(asked["email"]))
    # The mail is there before its row says so.
    resent = until(lambda: (answer := server.manage("POST", f"/applications/{asked['id']}/resend")).ok and answer)
    assert resent.json()["status"] == "approved" and "mlt_" not in resent.text
    assert requests.get(lost, timeout=10).status_code == 410
    link = link_of(server.mail(asked["email"], 2))
    assert link != lost and requests.get(lost, timeout=10).status_code == 410
    browser = Browser(server)
    shown = collect(browser.submit(browser.get(link)))
    assert server.token(shown, grant_type="client_credentials").status_code == 200
    late = server.manage("POST", f"/applications/{asked['id']}/resend")
    assert late.status_code == 409 and "collected already" in late.json()["error_description"]


def test_administrators_are_told_that_applications_wait(own_server):
    server = own_server().start()
    boss = server.user(username="boss", email="boss@example.org", roles=["admin"], locale="de")
    server.user(username="clerk", email="clerk@example.org", roles=["viewer"])
    asked = [server.asked(name="Buy now", email=f"r{number}@example.org") for number in range(3)]
    message = server.mail(boss["email"])
    text = message.get_body(("plain",)).get_content()
    assert server.issuer + "/applications" in text.split()
    assert "Antr" in text and "Buy now" not in text and asked[0]["id"] not in text
    # A full hour may have begun in between.
    assert len(server.mails(boss["email"])) <= 2 and not server.mails("clerk@example.org")


def test_by_the_command_line(server):
    def run(*arguments):
        finished = server.command("applications", *arguments, "--json")
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    one, two = server.asked(), server.asked()
    assert [item["id"] for item in run("list", "--email", one["email"])["items"]] == [one["id"]]
    assert run("list", "--email", one["email"], "--status", "refused")["items"] == []
    approved = run("approve", one["id"])
    assert approved["status"] == "approved" and approved["decidedBy"] == "cli"
    assert run("list", "--client-id", approved["clientId"])["items"] == [approved]
    assert link_of(server.mail(one["email"]))
    resent = until(
        lambda: (again := server.command("applications", "resend", one["id"], "--json")).returncode == 0 and again)
    assert json.loads(resent.stdout) == approved
    assert link_of(server.mail(one["email"], 2)) != link_of(server.mail(one["email"]))
    refused = run("refuse", two["id"], "--reason", "No.")
    assert refused["status"] == "refused" and refused["reason"] == "No."
    assert run("show", two["id"]) == refused
    table = server.command("applications", "list", "--email", two["email"])
    assert two["id"] in table.stdout and "refused" in table.stdout
    for arguments, words in [
            (["approve", two["id"]], "refused already"), (["resend", two["id"]], "not approved"), (["show", "nothing"], "no application"),
            (["list", "--status", "open"], "'status'")]:
        wrong = server.command("applications", *arguments)
        assert wrong.returncode == 1 and words in wrong.stderr
    assert server.command("applications", "approve").returncode == 2
    for verb in ["list", "show", "approve", "refuse", "resend"]:
        helped = server.command("applications", verb, "--help")
        assert helped.returncode == 0 and "applications " + verb in helped.stdout


def test_applications_survive_a_crash_with_their_mail(own_server):
    server = own_server().start()
    asked = server.asked()
    assert server.manage("POST", f"/applications/{asked['id']}/approve").status_code == 200
    server.kill()
    server.start()
    links = [link_of(message) for message in until(lambda: server.mails(asked["email"]))]
    page = requests.get(links[-1], timeout=10)
    assert page.status_code == 200


def test_the_pages_of_administrators_are_theirs_alone(server, user):
    asked = server.asked(name="Only for administrators")
    path = f"/applications/{asked['id']}"
    stranger = Browser(server)
    assert stranger.get(server.issuer + path).headers["Location"] == "/login?next=applications"
    viewer = Browser(server, user)
    viewer.log_in()
    for target in ["/applications", path]:
        page = viewer.get(server.issuer + target)
        assert page.status_code == 403 and "Only for administrators" not in page.text
        assert page.headers["Content-Type"].startswith("text/html")
    administrator = Browser(server, server.user(roles=["admin"]))
    page = administrator.follow(administrator.get(server.issuer + "/applications"))
    page = administrator.submit(
        page, "", username=administrator.user["username"], password=administrator.user["password"])
    assert page.status_code == 200 and "<h1>Applications</h1>" in page.text
    page = administrator.get(server.issuer + path)
    done = administrator.submit(page, "Approve")
    assert "approved" in done.text
    audit = server.manage("GET", "/audit-logs?action=application.approve&limit=200").json()["items"]
    [line] = [line for line in audit if line["subject"] == "application:" + asked["id"]]
    assert line["actor"] == "user:" + administrator.user["id"]


@pytest.mark.parametrize("scope", ["admin", "account"])
def test_nobody_applies_for_power(server, scope):
    body = {"name": "Power", "type": "PUBLIC", "redirectUris": ["https://x.example/cb"], "scopes": [scope],
            "email": "somebody@example.org"}
    answer = requests.post(server.issuer + "/api/v1/applications", json=body, timeout=10)
    assert answer.status_code == 400 and "'scopes'" in answer.json()["error_description"]
