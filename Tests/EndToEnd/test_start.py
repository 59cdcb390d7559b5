"""Starts that must not happen, and starts that must: settings, keys, database, certificate."""

import http.client
import json
import signal
import socket
import ssl
import subprocess
import time

import pytest

from martlet import ADMIN, BINARY


def refused(server, *arguments):
    """Runs `serve`, which must give up by itself; its exit status and what it complained of."""
    finished = server.command("serve", *arguments)
    assert finished.returncode != 0
    lines = [json.loads(line) for line in finished.stderr.splitlines()]
    return finished.returncode, lines[-1]["message"]


@pytest.mark.parametrize("settings, name", [
    ({"MARTLET_ISSUER": "http://id.example"}, "MARTLET_ISSUER"),
    ({"MARTLET_ISSUER": "https://id.example"}, "MARTLET_ISSUER"),
    ({"MARTLET_LISTEN": "8080"}, "MARTLET_LISTEN"),
    ({"MARTLET_ISUER": "https://id.example"}, "MARTLET_ISUER"),
    ({"MARTLET_PROFILE": "oauth21"}, "MARTLET_PROFILE"),
])
def test_a_bad_setting_stops_the_start_by_name(own_server, settings, name):
    """Contract, Running: an unknown or malformed setting stops the start with a sentence naming it."""
    status, message = refused(own_server(**settings))
    assert status == 2 and message.startswith(name)


def test_flags_win_over_variables(own_server):
    status, message = refused(own_server(), "--listen", "nowhere")
    assert status == 2 and message.startswith("--listen")


def test_keys_of_others_stop_the_start_with_the_fix(own_server):
    """Keys at rest: a wrong mode of directory or master key stops the start with the fix in the message."""
    server = own_server().start()
    server.stop()
    keys = server.directory / "keys"
    assert keys.stat().st_mode & 0o777 == 0o700
    assert (keys / "master.key").stat().st_mode & 0o777 == 0o600
    keys.chmod(0o750)
    assert f"chmod 700 {keys}" in refused(server)[1]
    keys.chmod(0o700)
    (keys / "master.key").chmod(0o644)
    assert f"chmod 600 {keys}/master.key" in refused(server)[1]


def test_another_master_key_stops_the_start(own_server):
    """Sealed rows need the key they were sealed under: without it, or with another, nothing starts."""
    server = own_server().start()
    server.stop()
    master = server.directory / "keys" / "master.key"
    kept = master.read_text()
    master.unlink()
    assert "master.key" in refused(server)[1]
    assert not master.exists()
    master.touch(0o600)
    master.write_text("A" * 43 + "\n")
    assert "another master key" in refused(server)[1]
    master.write_text(kept)
    server.start()


def test_a_pem_key_in_the_directory_is_imported(own_server):
    """Keys: PKCS#8 PEM import; it signs at once where there is no other key."""
    server = own_server()
    keys = server.directory / "keys"
    keys.mkdir(0o700)
    pem = keys / "signing.pem"
    pem.touch(0o600)
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", pem], check=True,
        capture_output=True)
    server.start()
    listed = json.loads(server.command("keys", "list", "--json").stdout)["items"]
    rsa = [key for key in listed if key["alg"] == "RS256"]
    assert len(rsa) == 1 and rsa[0]["state"] == "active"
    server.stop()
    server.start()
    assert json.loads(server.command("keys", "list", "--json").stdout)["items"] == listed


def test_a_database_that_is_not_there(own_server):
    """The start fails with a clear message and without the password."""
    status, message = refused(own_server(MARTLET_DATABASE_URL="postgresql://m:hunter2@127.0.0.1:1/m"))
    assert status == 1 and "cannot be reached" in message and "hunter2" not in message


@pytest.mark.parametrize("variable", ["MARTLET_DATABASE_URL", "MARTLET_OWNER_DATABASE_URL"])
@pytest.mark.parametrize("text", [
    "postgresql://m:hunter%zz2@127.0.0.1/m", "host=127.0.0.1 password=x hunter%zz2",
    "postgresql://m:hunter2/x@127.0.0.1/m", "postgresql://m:x@hunter2@127.0.0.1/m", "host=127.0.0.1 port=hunter2"])
def test_a_connection_string_that_is_none_is_named_and_not_repeated(own_server, variable, text):
    """Contract, Running: a malformed setting stops the start by its name; what libpq would say of it has the password."""
    settings = {"MARTLET_DATABASE_URL": "host=127.0.0.1", variable: text}
    server = own_server(**settings)
    status, message = refused(server)
    assert status == 2 and message.startswith(variable)
    for words in (["clients", "list"], ["migrate"]):
        command = server.command(*words)
        assert command.returncode == 2 and variable in command.stderr
        assert "hunter" not in message + command.stdout + command.stderr


def test_a_setting_that_libpq_refuses_is_not_repeated(own_server):
    """What libpq would say of it has its value, which may be a password in the wrong place."""
    server = own_server(MARTLET_DATABASE_URL="host=127.0.0.1 sslmode=hunter2")
    status, message = refused(server)
    migrate = server.command("migrate")
    assert status == 1 and "sslmode" in message and "sslmode" in migrate.stderr
    assert "hunter" not in message + migrate.stdout + migrate.stderr


def test_a_data_directory_has_one_server(own_server):
    server = own_server().start()
    status, message = refused(server)
    assert status == 1 and "in use" in message


def test_secrets_are_printed_once(own_server):
    """Contract, script/run: a second start keeps all data and prints no secret again."""
    server = own_server(MARTLET_DEMO="1", MARTLET_ADMIN_CLIENT_ID=None, MARTLET_ADMIN_CLIENT_SECRET=None)
    server.start()
    first = server.log.read_text()
    assert server.issuer in first and "/.well-known/openid-configuration" in first
    proof = next(line.strip() for line in first.splitlines() if line.strip().startswith("curl "))
    answer = subprocess.run(["bash", "-c", proof], capture_output=True, text=True, timeout=30)
    assert "access_token" in json.loads(answer.stdout)
    secrets = [word for line in first.splitlines() if "  secret  " in line for word in line.split()[-1:]]
    password = next(line.split()[-1] for line in first.splitlines() if "  password  " in line)
    assert len(secrets) == 2
    server.stop()
    server.log.unlink()
    server.start()
    second = server.log.read_text()
    assert server.issuer in second and "printed when it was made" in second
    assert not [secret for secret in [*secrets, password] if secret in second]


def test_a_given_secret_is_not_printed(own_server):
    """Contract, script/run: what the operator chose is known already; only generated secrets are printed."""
    server = own_server()
    server.start()
    log = server.log.read_text()
    assert ADMIN[0] in log and "the one in the settings" in log
    assert ADMIN[1] not in log and "printed this once" not in log


def test_a_new_administrator_secret_replaces_the_old(own_server):
    server = own_server().start()
    assert server.manage("GET", "/oauth2/clients").status_code == 200
    server.stop()
    server.settings["MARTLET_ADMIN_CLIENT_SECRET"] = "another-secret-" + "y" * 32
    server.start()
    assert server.manage("GET", "/oauth2/clients").status_code == 401
    administrator = {"clientId": ADMIN[0], "clientSecret": server.settings["MARTLET_ADMIN_CLIENT_SECRET"]}
    assert server.token(administrator, grant_type="client_credentials", scope="admin").status_code == 200


# TLS


def certificate(directory, name):
    """A self-signed certificate for localhost; its key beside it."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-keyout", directory / "key.pem",
         "-out", directory / "cert.pem"],
        check=True, capture_output=True)
    return (directory / "cert.pem").read_text()


def shown_certificate(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))


def test_native_tls_and_reload(own_server):
    """Contract, MARTLET_TLS_CERT: native TLS; SIGHUP takes over a new certificate, and keeps the old for a bad one."""
    server = own_server()
    first = certificate(server.directory, "first")
    server.settings.update({
        "MARTLET_ISSUER": f"https://localhost:{server.port}",
        "MARTLET_TLS_CERT": str(server.directory / "cert.pem"), "MARTLET_TLS_KEY": str(server.directory / "key.pem")})
    with open(server.log, "ab") as log:
        server.process = subprocess.Popen(
            [BINARY, "serve"], env=server.environment(), stdout=log, stderr=log, cwd=server.directory)
    wait_for(server, "listening")
    assert shown_certificate(server.port) == first
    connection = http.client.HTTPSConnection(
        "localhost", server.port, timeout=5, context=ssl.create_default_context(cafile=server.directory / "cert.pem"))
    connection.request("GET", "/.well-known/openid-configuration")
    answer = connection.getresponse()
    assert json.load(answer)["issuer"] == f"https://localhost:{server.port}"
    assert answer.headers["Strict-Transport-Security"]

    second = certificate(server.directory, "second")
    server.process.send_signal(signal.SIGHUP)
    wait_for(server, "reloaded certificate")
    assert shown_certificate(server.port) == second
    (server.directory / "cert.pem").write_text("no certificate")
    server.process.send_signal(signal.SIGHUP)
    wait_for(server, "reloading failed")
    assert shown_certificate(server.port) == second


def wait_for(server, words):
    deadline = time.monotonic() + 60
    while words not in server.log.read_text():
        assert time.monotonic() < deadline and server.process.poll() is None, server.log.read_text()[-4000:]
        time.sleep(0.05)
