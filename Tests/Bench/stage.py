"""What the workloads need on a running server: clients, a user who is signed in, tokens."""

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"))
import martlet  # noqa: E402

FORM = ("Content-Type", "application/x-www-form-urlencoded")
VERIFIER = "bench-verifier-" + "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def basic(client):
    pair = f"{client['clientId']}:{client['clientSecret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


class Stage:
    """A server with what is registered on it."""

    def __init__(self, server):
        self.server = server
        self.service = server.client(
            name="Bench service", redirectUris=None, grantTypes=["client_credentials"],
            allowedScopes=["contracts:read"])
        self.site = server.client(name="Bench site", firstParty=True)
        self.asking = server.client(name="Bench site that asks")
        self.user = server.user(name="Bench User")
        self.browser = martlet.Browser(server, self.user)
        # Signs in; from here on the browser's cookies are enough.
        self.code()

    def code(self, client=None):
        return self.server.code(client or self.site, self.browser, VERIFIER)

    def tokens(self):
        answer = self.server.redeem(self.site, self.code(), VERIFIER)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def service_token(self):
        return self.server.token(self.service, grant_type="client_credentials").json()["access_token"]

    def cookies(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.session.cookies)

    def authorize_path(self, client, **parameters):
        url = self.server.authorize_url(client, VERIFIER, **parameters)
        return url.removeprefix(self.server.issuer)

    def redemption(self, client):
        return (
            f"grant_type=authorization_code&redirect_uri={client['redirectUris'][0]}&code_verifier={VERIFIER}")
