"""A storm of logins: many people, each from an address of their own, press the button at once."""

import concurrent.futures
import threading

import requests.adapters

import load
from stage import martlet

LOGINS = 64
# The server answers within 60 s, or should.
PATIENCE = 120


class FromAddress(requests.adapters.HTTPAdapter):
    """Connects from one of the loopback addresses: one address with many logins at once is throttled, as it should."""

    def __init__(self, number):
        self.address = f"127.0.1.{number + 1}"
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


class Storm:
    """Made with everybody's login page before them."""

    def __init__(self, server, users):
        self.barrier = threading.Barrier(len(users))
        self.buttons = [self.prepared(server, user, number) for number, user in enumerate(users)]

    def prepared(self, server, user, number):
        browser = martlet.Browser(server, user)
        browser.session.mount("http://", FromAddress(number))
        page = browser.follow(browser.get(server.issuer + "/login"))
        assert page.status_code == 200, page.text
        form = martlet.Form(page.text)
        url = browser.absolute(form.action or page.url)
        data = form.data("", username=user["username"], password=user["password"])

        def press():
            self.barrier.wait(timeout=60)
            return browser.session.post(url, data=data, allow_redirects=False, timeout=PATIENCE)
        return press

    def break_loose(self):
        """Returns the answers when all have come."""
        with concurrent.futures.ThreadPoolExecutor(len(self.buttons)) as pool:
            return [login.result() for login in [pool.submit(press) for press in self.buttons]]


def check(answers):
    """Each was signed in, or turned away with a time to come again; and some were signed in."""
    signed_in = 0
    for answer in answers:
        if answer.status_code == 503:
            if "Retry-After" not in answer.headers:
                raise load.Unexpected("a login got 503 without Retry-After")
        elif answer.status_code in (200, 303):
            signed_in += answer.status_code == 303
        else:
            raise load.Unexpected(f"a login got {answer.status_code}: {answer.text[:500]}")
    if not signed_in:
        raise load.Unexpected("no login of the storm got through")
    return signed_in
