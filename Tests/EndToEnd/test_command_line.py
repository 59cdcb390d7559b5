"""The operator's verbs, beside a server that runs and without one."""

import json

import pytest

from martlet import Browser


def run(server, *arguments, **options):
    """A verb that succeeds; its answer as JSON."""
    finished = server.command(*arguments, "--json", **options)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_clients_from_birth_to_death(server):
    made = run(
        server, "clients", "create", "Shop", "--redirect-uri", "https://shop.example/cb", "--scope",
        "contracts:read contracts:write", "--grant-type", "client_credentials")
    token = server.token(made, grant_type="client_credentials")
    assert token.status_code == 200 and token.json()["scope"] == "contracts:read contracts:write"
    changed = run(server, "clients", "update", made["clientId"], "--metadata", '{"allowedScopes": ["contracts:read"]}')
    assert changed["allowedScopes"] == ["contracts:read"]
    rotated = run(server, "clients", "rotate-secret", made["clientId"], "--grace", "0")
    assert rotated["clientSecret"] != made["clientSecret"]
    assert server.token(made, grant_type="client_credentials").status_code == 401
    assert server.token({**made, **rotated}, grant_type="client_credentials").status_code == 200
    secrets = run(server, "clients", "secrets", made["clientId"])["items"]
    assert [secret["verdict"] for secret in secrets] == ["current"]
    run(server, "clients", "remove-secret", made["clientId"], secrets[0]["id"])
    assert server.token({**made, **rotated}, grant_type="client_credentials").status_code == 401
    shown = run(server, "clients", "show", made["clientId"])
    assert shown["name"] == "Shop" and "clientSecret" not in shown
    run(server, "clients", "delete", made["clientId"])
    gone = server.command("clients", "show", made["clientId"])
    assert gone.returncode == 1 and "no client" in gone.stderr


def test_clients_are_found_by_id_type_and_scope(server):
    made = [
        run(server, "clients", "create", f"Filtered {number}", "--scope", "contracts:write", "--grant-type",
            "client_credentials")["clientId"] for number in range(2)]
    found = run(server, "clients", "list", "--client-id", made[0])["items"]
    assert [client["clientId"] for client in found] == [made[0]]
    assert run(server, "clients", "list", "--client-id", made[0], "--type", "PUBLIC")["items"] == []
    first = run(server, "clients", "list", "--scope", "contracts:write", "--limit", "1")
    rest = run(server, "clients", "list", "--scope", "contracts:write", "--cursor", first["nextCursor"])
    seen = [client["clientId"] for client in first["items"] + rest["items"]]
    assert set(made) <= set(seen) and len(seen) == len(set(seen))
    wrong = server.command("clients", "list", "--type", "private")
    assert wrong.returncode == 1 and "'type'" in wrong.stderr


def test_users_can_log_in(server, client):
    user = run(
        server, "users", "create", "cli.user", "--name", "Command Line", "--email", "cli@example.org",
        "--email-verified", "--role", "editor", "--password-stdin", input="a password from standard input\n")
    assert "password" not in user and user["emailVerified"] is True and user["roles"] == ["editor"]
    browser = Browser(server, {**user, "password": "a password from standard input"})
    assert browser.log_in().status_code == 200
    generated = run(server, "users", "create", "cli.other")
    assert Browser(server, generated).log_in().status_code == 200
    assert run(server, "users", "show", user["id"])["name"] == "Command Line"
    assert [found["id"] for found in run(server, "users", "list", "--username", "CLI.user")["items"]] == [user["id"]]
    again = server.command("users", "create", "CLI.User")
    assert again.returncode == 1 and again.stdout == ""


def test_users_are_changed_and_removed(server):
    user = run(server, "users", "create", "cli.third", "--email", "cli.third@example.org")
    browser = Browser(server, user)
    browser.log_in()
    changed = run(server, "users", "update", user["id"], "--metadata", '{"roles": ["editor"], "name": "Third"}')
    assert changed["roles"] == ["editor"] and changed["email"] == "cli.third@example.org"
    assert browser.get(server.issuer + "/account").status_code == 200
    run(server, "users", "update", user["id"], "--password-stdin", input="another one from standard input\n")
    assert browser.get(server.issuer + "/account").status_code == 303
    assert Browser(server, {**user, "password": "another one from standard input"}).log_in().status_code == 200
    assert [found["id"] for found in run(server, "users", "list", "--search", "CLI.THI")["items"]] == [user["id"]]
    assert run(server, "users", "reset-factors", user["id"]) == {"reset": user["id"]}
    assert run(server, "users", "delete", user["id"]) == {"deleted": user["id"]}
    gone = server.command("users", "show", user["id"])
    assert gone.returncode == 1 and "no user" in gone.stderr
    both = server.command("users", "update", user["id"], "--password", "x", "--password-stdin", input="")
    assert both.returncode == 2


def test_keys_are_published_before_they_sign(server):
    """A verifier that has fetched the JWKS lately knows every key that signs (RFC 7517 §5, key rotation)."""
    before = run(server, "keys", "list")["items"]
    made = run(server, "keys", "generate", "--algorithm", "ES256")
    assert made["state"] == "published" and made["activatesAt"] > made["createdAt"]
    assert len(run(server, "keys", "list")["items"]) == len(before) + 1


def test_a_key_is_imported_once(server, tmp_path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = tmp_path / "key.pem"
    pem.write_bytes(ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    made = run(server, "keys", "import", str(pem))
    assert made["alg"] == "ES256"
    assert server.command("keys", "import", str(pem)).returncode == 1
    pem.write_text("no key")
    refused = server.command("keys", "import", str(pem))
    assert refused.returncode == 1 and str(pem) in refused.stderr


def test_verbs_work_without_a_server(own_server):
    """On a data directory that no server runs on, a verb starts the cluster for itself and stops it again."""
    server = own_server()
    assert len(run(server, "migrate")["applied"]) > 0
    made = run(server, "clients", "create", "Early", "--grant-type", "client_credentials", "--scope", "contracts:read")
    server.start()
    assert server.token(made, grant_type="client_credentials").status_code == 200
    assert run(server, "migrate")["applied"] == []


def test_config_tells_values_and_sources_without_secrets(server):
    rows = {row["setting"]: row for row in run(server, "config", "--demo")}
    assert rows["MARTLET_DEMO"]["value"] == "1" and rows["MARTLET_DEMO"]["source"] == "flag"
    assert rows["MARTLET_ISSUER"] | {"value": server.issuer, "source": "environment"} == rows["MARTLET_ISSUER"]
    assert rows["MARTLET_ADMIN_CLIENT_SECRET"]["value"] == "***"
    assert rows["MARTLET_LOG"]["source"] == "default"


@pytest.mark.parametrize("arguments", [
    [], ["fly"], ["clients"], ["clients", "create", "--fly"], ["clients", "create", "x", "--metadata", "[]"],
    ["clients", "rotate-secret", "x", "--grace", "soon"], ["serve", "--listen"], ["keys", "generate", "--bits", "512"],
])
def test_wrong_usage_exits_with_two(server, arguments):
    finished = server.command(*arguments)
    assert finished.returncode == 2 and finished.stdout == "" and finished.stderr.startswith("martlet: ")


@pytest.mark.parametrize("arguments", [
    ["help"], ["--help"], ["serve", "--help"], ["migrate", "--help"], ["clients", "--help"],
    ["clients", "create", "--help"], ["users", "--help"], ["keys", "--help"], ["config", "--help"],
    ["help", "settings"],
])
def test_help_is_everywhere(server, arguments):
    finished = server.command(*arguments)
    assert finished.returncode == 0 and finished.stdout and finished.stderr == ""
