"""Whether the time of an answer tells who has an account: medians for known and unknown users, measured by turns.

Usage: Tests/Bench/enumeration.py [TRIES [ROW…]]     rows by the beginning of their names; all of them unless named

Starts a server of its own (MARTLET_BINARY, else the debug build) with a PostgreSQL of its own and asks as a stranger
does, each time from another address, so that no wait for wrong passwords comes in between. Prints a table and ends with 1
when two medians differ by more than 5 %. Not part of the tests: a busy machine tells of its own work.
"""

import pathlib
import re
import secrets
import statistics
import sys
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"))

from martlet import Server  # noqa: E402

PASSWORD = "korrektes Pferd Batterie"
LIMIT = 0.05


def name():
    return "u" + secrets.token_hex(8)


class Stranger:
    """Asks over one connection, each time from another address."""

    def __init__(self, server):
        self.server, self.session = server, requests.Session()
        page = self.session.get(server.issuer + "/login", timeout=60)
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]

    def post(self, path, **body):
        address = ".".join(["198", "18", str(secrets.randbits(8)), str(secrets.randbits(8))])
        start = time.perf_counter()
        answer = self.session.post(
            self.server.issuer + path, timeout=60, allow_redirects=False, headers={"X-Forwarded-For": address}, **body)
        return time.perf_counter() - start, answer.status_code

    def log_in(self, username):
        return self.post("/login", data={"csrf": self.csrf, "username": username, "password": "not the password"})

    def sign_up(self, username):
        return self.post("/api/v1/users/signup", json={"username": username, "password": PASSWORD})

    def ask(self, path, member, value):
        return self.post("/api/v1/users/" + path, json={member: value})


def measure(tries, known, unknown):
    """Times of both by turns, now one first and now the other, the first of each left out; and what was answered."""
    times, answers = ([], []), (set(), set())
    for number in range(tries + 1):
        for place in (number % 2, 1 - number % 2):
            seconds, status = (known, unknown)[place]()
            answers[place].add(status)
            if number:
                times[place].append(seconds)
    return [statistics.median(part) for part in times], answers


def main():
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    server = Server(MARTLET_TRUSTED_PROXIES="127.0.0.1/32").start()
    try:
        stranger = Stranger(server)
        user = name()
        mailbox = user + "@example.org"
        server.user(username=user, email=mailbox)
        owner = name() + "@example.org"
        server.user(username=owner)
        rows = [
            ("login", lambda: stranger.log_in(user), lambda: stranger.log_in(name())),
            ("reset by name", lambda: stranger.ask("reset-password", "username", user),
             lambda: stranger.ask("reset-password", "username", name())),
            ("reset by address", lambda: stranger.ask("reset-password", "email", mailbox),
             lambda: stranger.ask("reset-password", "email", name() + "@example.org")),
            ("confirmation", lambda: stranger.ask("verify-email", "email", mailbox),
             lambda: stranger.ask("verify-email", "email", name() + "@example.org")),
            ("sign-up by name", lambda: stranger.sign_up(user), lambda: stranger.sign_up(name())),
            ("sign-up by address", lambda: stranger.sign_up(owner), lambda: stranger.sign_up(name() + "@example.org")),
        ]
        worst = 0
        print(f"{'':20}{'known':>12}{'unknown':>12}{'difference':>12}   answers")
        for words, known, unknown in rows:
            if sys.argv[2:] and not words.startswith(tuple(sys.argv[2:])):
                continue
            (one, other), answers = measure(tries, known, unknown)
            difference = one / other - 1
            worst = max(worst, abs(difference))
            print(f"{words:20}{one * 1000:9.2f} ms{other * 1000:9.2f} ms{difference:11.1%}   "
                  f"{' '.join(map(str, sorted(answers[0])))} / {' '.join(map(str, sorted(answers[1])))}", flush=True)
        return worst > LIMIT
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
