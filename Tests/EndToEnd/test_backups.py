"""docs/operating.md, done by its letter: two roles, dumps and base backups, and what is there after a restore."""

import http.server
import json
import os
import shutil
import subprocess
import threading
import time

import pytest

from cluster import BIN, Cluster
from documents import block
from martlet import Server


class Hook:
    """An endpoint that keeps the events it is told of."""

    def __init__(self):
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                hook.events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.events = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def waits_for(self, subject):
        deadline = time.monotonic() + 30
        while subject not in [event.get("subject") for event in self.events]:
            assert time.monotonic() < deadline, self.events
            time.sleep(0.05)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook():
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture
def clusters():
    clusters = [Cluster(), Cluster()]
    yield clusters
    for cluster in clusters:
        cluster.remove()


def shell(command, **environment):
    path = f"{BIN}:{os.environ['PATH']}"
    finished = subprocess.run(
        ["bash", "-euc", command], env={"PATH": path, **environment}, capture_output=True, text=True, timeout=60,
        cwd=environment.get("DIRECTORY"))
    assert finished.returncode == 0, finished.stderr


def script(url, sql):
    """Runs SQL as psql reads a file of it: each statement by itself."""
    return subprocess.run(
        ["psql", url, "-qX", "-v", "ON_ERROR_STOP=1"], input=sql, capture_output=True, text=True, timeout=60)


def two_roles(cluster):
    """Roles and database as operating.md makes them; the settings that name them."""
    superuser = cluster.url.replace("/martlet?", "/postgres?")
    assert script(superuser, "DROP DATABASE martlet").returncode == 0
    made = script(superuser, block("sql", "CREATE ROLE"))
    assert made.returncode == 0, made.stderr
    return {
        "MARTLET_DATABASE_URL": cluster.url.replace("user=owner", "user=martlet"),
        "MARTLET_OWNER_DATABASE_URL": cluster.url.replace("user=owner", "user=martlet_owner"),
        "MARTLET_EGRESS_ALLOW": "127.0.0.1",
    }


def test_the_serving_role_can_do_no_more_than_serve(own_server, cluster):
    """Contract, MARTLET_OWNER_DATABASE_URL: with two roles the audit log is append-only by rights."""
    server = own_server(**two_roles(cluster)).start()
    server.client()
    serving = server.settings["MARTLET_DATABASE_URL"]
    assert script(serving, "SELECT count(*) FROM audit_logs").returncode == 0
    for statement in (
            "UPDATE audit_logs SET actor = 'x'", "DELETE FROM audit_logs", "TRUNCATE audit_logs", "DROP TABLE clients",
            "ALTER TABLE clients ADD x int", "CREATE TABLE x ()"):
        refused = script(serving, statement)
        assert refused.returncode != 0 and ("permission denied" in refused.stderr or "owner" in refused.stderr)


def test_a_dump_restored_into_another_cluster(own_server, clusters, hook, tmp_path):
    """Everything is there, and events go on: in order for those who pull, and to the webhooks."""
    old, new = clusters
    server = own_server(**two_roles(old)).start()
    client = server.client()
    assert server.manage("POST", "/oauth2/webhooks", json={"url": hook.url}).status_code == 201
    first = server.user()["id"]
    hook.waits_for(first)
    # The old cluster has counted further than the new one will have.
    assert script(old.url, "SELECT pg_current_xact_id();\n" * 20_000).returncode == 0
    second = server.user()["id"]
    hook.waits_for(second)
    server.stop()
    shell(
        block("sh", "pg_dump"), DIRECTORY=str(tmp_path),
        MARTLET_OWNER_DATABASE_URL=server.settings["MARTLET_OWNER_DATABASE_URL"])

    server.settings = two_roles(new)
    shell(
        block("sh", "pg_restore"), DIRECTORY=str(tmp_path),
        MARTLET_OWNER_DATABASE_URL=server.settings["MARTLET_OWNER_DATABASE_URL"])
    done = script(server.settings["MARTLET_OWNER_DATABASE_URL"], block("sql", "webhook_position"))
    assert done.returncode == 0, done.stderr
    server.start()
    assert server.token(client, grant_type="client_credentials").status_code == 200
    third = server.user()["id"]
    hook.waits_for(third)
    told = [event["subject"] for event in hook.events if event["type"] == "user.created"]
    assert told == [first, second, third]
    pulled = server.manage("GET", "/oauth2/events?type=user.created&limit=200").json()["items"]
    assert [event["subject"] for event in pulled] == [first, second, third]


def test_a_base_backup_of_the_embedded_database(own_server, tmp_path):
    server = own_server().start()
    client = server.client()
    cursor = server.manage("GET", "/oauth2/events?limit=200").json()["items"][-1]["cursor"]
    data = server.directory / "data"
    shell(block("sh", "pg_basebackup"), DIRECTORY=str(tmp_path), MARTLET_DATA_DIR=str(data))
    late = server.client()
    server.stop()
    owner = (data / "postgres").stat()
    shutil.rmtree(data / "postgres")
    shutil.move(tmp_path / "backup", data / "postgres")
    for path in [data / "postgres", *(data / "postgres").rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid)
    server.start()
    assert server.token(client, grant_type="client_credentials").status_code == 200
    assert server.token(late, grant_type="client_credentials").status_code == 401
    # The cursor still means the same.
    made = server.client()["clientId"]
    deadline = time.monotonic() + 30
    while made not in [
            event["subject"] for event in server.manage("GET", f"/oauth2/events?after={cursor}").json()["items"]]:
        assert time.monotonic() < deadline
