"""The cost of password hashes (scrypt, RFC 7914) as a setting."""

import pathlib

from martlet import Browser

WRONG = "not the password"


def stored_cost(cluster, user):
    [[encoded]] = cluster.query(f"SELECT password_hash FROM users WHERE id = '{user['id']}'")
    return encoded.split("$")[2]


def log_in(server, user, password=None):
    browser = Browser(server, {**user, "password": password or user["password"]})
    return browser.log_in().status_code


def test_hashes_are_made_anew_when_the_cost_grows(own_server, cluster):
    """Issue: stored parameters, and a new hash at the next login; only upwards, and only with the right password."""
    server = own_server(MARTLET_DATABASE_URL=cluster.url, MARTLET_PASSWORD_COST="14", MARTLET_PASSWORD_MEMORY="16")
    server.start()
    user = server.user()
    assert stored_cost(cluster, user) == "ln=14,r=8,p=1"
    assert log_in(server, user) == 200 and stored_cost(cluster, user) == "ln=14,r=8,p=1"
    server.stop()

    server.settings |= {"MARTLET_PASSWORD_COST": "15", "MARTLET_PASSWORD_MEMORY": "32"}
    server.start()
    assert log_in(server, user, WRONG) == 403 and stored_cost(cluster, user) == "ln=14,r=8,p=1"
    assert log_in(server, user) == 200 and stored_cost(cluster, user) == "ln=15,r=8,p=1"
    assert log_in(server, user, WRONG) == 403 and log_in(server, user) == 200
    server.stop()

    server.settings |= {"MARTLET_PASSWORD_COST": "14", "MARTLET_PASSWORD_MEMORY": "16"}
    server.start()
    assert log_in(server, user) == 200 and stored_cost(cluster, user) == "ln=15,r=8,p=1"
    assert stored_cost(cluster, server.user()) == "ln=14,r=8,p=1"


def test_unknown_names_take_the_same_work(own_server, cluster):
    """CVE-2026-4633: neither a name that does not exist nor one whose hash is old can be told by the time it takes."""
    server = own_server(MARTLET_DATABASE_URL=cluster.url, MARTLET_PASSWORD_COST="14")
    server.start()
    old = server.user()
    server.stop()
    server.settings["MARTLET_PASSWORD_COST"] = "18"
    server.start()
    new = server.user()

    def work(user):
        """Ticks of processor time that hashing took: the clock on the wall tells of the machine's other work, too."""
        before = hashing_ticks(server)
        assert log_in(server, user, WRONG) == 403
        return hashing_ticks(server) - before

    known = work(new)
    assert known > 10, "a hash of this cost takes half a second"
    for user in [{"username": "nobody.at.all"}, {"username": "not a name"}, old]:
        assert 0.5 * known < work(user) < 2 * known


def hashing_ticks(server):
    ticks = 0
    for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        if (task / "comm").read_text().strip() == "scrypt":
            ticks += int(fields[11]) + int(fields[12])
    return ticks


def test_a_budget_of_memory_that_admits_no_hash_stops_the_start(server):
    finished = server.command("serve", "--password-cost", "18", "--password-memory", "255")
    assert finished.returncode == 2
    assert "--password-memory" in finished.stderr and "--password-cost=18" in finished.stderr
