"""The OpenID Foundation's certification profiles RP-Initiated, Back-Channel and Front-Channel Logout OP, module by module
under the modules' names: a login, a logout, and whether the login is over, by `prompt=none`."""

import html
import re
import secrets
import urllib.parse

import joserfc.jwk
import joserfc.jwt
import jwt
import pytest

from conformance import CALLBACK, Party, check_page, keys, metadata, unsigned
from martlet import API, Browser, Server, until
from test_logout import EVENT, Receiver

GOODBYE = "https://rp.example/post_logout_redirect"
# Response types, as the plan runs them with.
KINDS = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"]


@pytest.fixture(scope="module")
def server():
    """Of its own: it may tell relying parties at loopback addresses, and passwords are cheap."""
    server = Server(
        MARTLET_EGRESS_ALLOW="127.0.0.1", MARTLET_RATE_LIMITS="off", MARTLET_PASSWORD_COST="14",
        MARTLET_PASSWORD_MEMORY="64").start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def user(server):
    return server.user()


@pytest.fixture(scope="module", params=KINDS)
def party(request, server):
    return Party(server, request.param, postLogoutRedirectUris=[GOODBYE])


class Visit:
    """One browser that has logged in at one relying party."""

    def __init__(self, party, user):
        self.party, self.browser = party, Browser(party.server, user)
        self.login = party.login(self.browser)
        self.state = secrets.token_urlsafe(96)

    def log_out(self, **changes):
        """Sends the browser to the end_session_endpoint; the first answer that is none of its own redirects."""
        parameters = {
            "id_token_hint": self.login.id_token, "post_logout_redirect_uri": GOODBYE, "state": self.state, **changes}
        query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})
        url = metadata(self.party.server)["end_session_endpoint"]
        return self.browser.follow(self.browser.get(url + "?" + query if query else url))

    def is_over(self):
        request = self.party.request(prompt="none")
        answer, pages = self.party.arrive(self.browser, request)
        assert not pages
        told = self.party.told(answer, request)
        if "error" in told:
            self.party.refusal(answer, request, "login_required")
        return "error" in told


@pytest.fixture
def visit(party, user):
    visit = Visit(party, user)
    assert not visit.is_over()
    return visit


@pytest.fixture
def receiver():
    receiver = Receiver().up()
    yield receiver
    receiver.down()


def check_goodbye(address, visit):
    """RP-Initiated Logout §3: the registered address with state, and nothing else."""
    parts = urllib.parse.urlsplit(address)
    assert parts._replace(query="").geturl() == GOODBYE
    assert urllib.parse.parse_qsl(parts.query) == [("state", visit.state)]


def check_signed_out(page):
    assert page.status_code == 200 and "You are signed out" in page.text
    assert GOODBYE not in page.text


def confirm(visit, page):
    """The question, which has not logged anybody out yet and leads nowhere of itself; what comes after «Sign out»."""
    assert page.status_code == 200 and "Sign out" in page.text and not visit.is_over()
    return visit.browser.submit(page, "Sign out")


@pytest.mark.parametrize("kind", ["backchannel", "frontchannel", "rp-initiated"])
def test_oidcc_logout_discovery_endpoint_verification(server, kind):
    """oidcc-rp-initiated-logout-discovery-endpoint-verification, oidcc-backchannel-logout-discovery-endpoint-verification,
    oidcc-frontchannel-logout-discovery-endpoint-verification: RP-Initiated Logout §2.1, Back-Channel Logout §2.1,
    Front-Channel Logout §3."""
    told = metadata(server)
    assert told["end_session_endpoint"] == server.issuer + API + "/logout"
    if kind != "rp-initiated":
        assert told[kind + "_logout_supported"] is True and told[kind + "_logout_session_supported"] is True


def test_oidcc_rp_initiated_logout(visit):
    """oidcc-rp-initiated-logout: RP-Initiated Logout §2, §3."""
    answer = visit.log_out()
    assert answer.status_code == 303
    check_goodbye(answer.headers["Location"], visit)
    assert visit.is_over()


@pytest.mark.parametrize("uri", [
    "https://rp.example/post_logout_redirect/wrong", "https://evil.example/post_logout_redirect", CALLBACK,
    "http://rp.example/post_logout_redirect", "https://rp.example/POST_logout_redirect", "javascript:alert(1)"])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(visit, uri):
    """oidcc-rp-initiated-logout-bad-post-logout-redirect-uri: RP-Initiated Logout §2, §4."""
    check_page(visit.log_out(post_logout_redirect_uri=uri), "post_logout_redirect_uri")


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(visit):
    """oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri: RP-Initiated Logout §2; compared as strings."""
    check_page(visit.log_out(post_logout_redirect_uri=GOODBYE + "?foo=bar"), "post_logout_redirect_uri")


def test_oidcc_rp_initiated_logout_modified_id_token_hint(visit):
    """oidcc-rp-initiated-logout-modified-id-token-hint: RP-Initiated Logout §2, §4; unsigned it proves nothing."""
    bare = unsigned(visit.login.claims)
    for hint in (bare, bare + visit.login.id_token.split(".")[2], visit.login.id_token[:-8] + "AAAAAAAA"):
        check_page(visit.log_out(id_token_hint=hint), "id_token_hint")
    assert not visit.is_over()


def test_oidcc_rp_initiated_logout_bad_id_token_hint(visit):
    """oidcc-rp-initiated-logout-bad-id-token-hint: RP-Initiated Logout §2; signed by somebody else, even under the
    right kid."""
    kid = jwt.get_unverified_header(visit.login.id_token)["kid"]
    key = joserfc.jwk.RSAKey.generate_key(2048)
    for header in ({"alg": "RS256", "typ": "JWT", "kid": kid}, {"alg": "RS256", "typ": "JWT", "kid": key.thumbprint()}):
        forged = joserfc.jwt.encode(header, visit.login.claims, key)
        check_page(visit.log_out(id_token_hint=forged), "id_token_hint")
    assert not visit.is_over()


def test_oidcc_rp_initiated_logout_no_id_token_hint(visit):
    """oidcc-rp-initiated-logout-no-id-token-hint: RP-Initiated Logout §2, §3; the user is asked, and where nobody says whose
    address it is, nobody is sent there."""
    check_signed_out(confirm(visit, visit.log_out(id_token_hint=None)))
    assert visit.is_over()


def test_a_client_id_instead_of_a_hint(visit):
    """RP-Initiated Logout §2: with `client_id` the user is asked, too, and sent on once they have said so."""
    answer = confirm(visit, visit.log_out(id_token_hint=None, client_id=visit.party.identifier))
    check_goodbye(answer.headers["Location"], visit)
    assert visit.is_over()


def test_oidcc_rp_initiated_logout_no_params(visit):
    """oidcc-rp-initiated-logout-no-params: RP-Initiated Logout §2."""
    check_signed_out(confirm(visit, visit.log_out(id_token_hint=None, post_logout_redirect_uri=None, state=None)))
    assert visit.is_over()


def test_oidcc_rp_initiated_logout_only_state(visit):
    """oidcc-rp-initiated-logout-only-state: RP-Initiated Logout §2; it has nowhere to go."""
    check_signed_out(confirm(visit, visit.log_out(id_token_hint=None, post_logout_redirect_uri=None)))
    assert visit.is_over()


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(visit):
    """oidcc-rp-initiated-logout-no-post-logout-redirect-uri: RP-Initiated Logout §2; the hint is proof enough, and
    nobody is asked."""
    check_signed_out(visit.log_out(post_logout_redirect_uri=None))
    assert visit.is_over()


def test_oidcc_rp_initiated_logout_no_state(visit):
    """oidcc-rp-initiated-logout-no-state: RP-Initiated Logout §3; none sent, none told."""
    answer = visit.log_out(state=None)
    assert answer.status_code == 303 and answer.headers["Location"] == GOODBYE
    assert visit.is_over()


def test_a_session_that_is_over_already(visit):
    """RP-Initiated Logout §2, §3: a relying party that asks again gets its answer, with the same hint."""
    for _ in range(2):
        check_goodbye(visit.log_out().headers["Location"], visit)


def test_the_hint_of_another_client(visit, server):
    """RP-Initiated Logout §2: `client_id` must be whom the ID token was made for."""
    other = server.client(postLogoutRedirectUris=[GOODBYE])
    check_page(visit.log_out(client_id=other["clientId"]), "client_id")
    assert not visit.is_over()


def test_logout_by_post(visit):
    """RP-Initiated Logout §2: the endpoint takes the request as a form, too."""
    answer = visit.browser.follow(visit.browser.post(metadata(visit.party.server)["end_session_endpoint"], {
        "id_token_hint": visit.login.id_token, "post_logout_redirect_uri": GOODBYE, "state": visit.state}))
    check_goodbye(answer.headers["Location"], visit)
    assert visit.is_over()


@pytest.mark.parametrize("kind", KINDS)
def test_oidcc_backchannel_rp_initiated_logout(server, user, receiver, kind):
    """oidcc-backchannel-rp-initiated-logout: Back-Channel Logout §2.4, §2.5, §2.6."""
    party = Party(
        server, kind, postLogoutRedirectUris=[GOODBYE], backchannelLogoutUri=receiver.uri,
        backchannelLogoutSessionRequired=True)
    visit = Visit(party, user)
    check_goodbye(visit.log_out().headers["Location"], visit)
    until(lambda: receiver.received)
    [token] = receiver.tokens()
    published = keys(server)
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "RS256" and header["typ"] == "logout+jwt"
    claims = joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(published), algorithms=["RS256"]).claims
    [key] = [key for key in published["keys"] if key["kid"] == header["kid"]]
    assert claims == jwt.decode(
        token, jwt.PyJWK(key).key, algorithms=["RS256"], audience=party.identifier, issuer=server.issuer,
        options={"require": ["iss", "aud", "iat", "exp", "jti", "events"]})
    assert claims["events"] == {EVENT: {}} and "nonce" not in claims
    assert [claims[name] for name in ("sub", "sid")] == [visit.login.claims[name] for name in ("sub", "sid")]
    assert visit.is_over()


@pytest.mark.parametrize("kind", KINDS)
def test_oidcc_frontchannel_rp_initiated_logout(server, user, kind):
    """oidcc-frontchannel-rp-initiated-logout: Front-Channel Logout §2, §3; the page loads the address with iss and sid, and
    then goes on of itself, without a script."""
    address = "https://rp.example/frontchannel_logout"
    party = Party(
        server, kind, postLogoutRedirectUris=[GOODBYE], frontchannelLogoutUri=address, frontchannelLogoutSessionRequired=True)
    visit = Visit(party, user)
    page = visit.log_out()
    assert page.status_code == 200 and "<script" not in page.text
    frames = re.findall(r'<iframe[^>]*\ssrc="([^"]*)"', page.text)
    parts = urllib.parse.urlsplit(html.unescape(frames[0]))
    assert len(frames) == 1 and parts._replace(query="").geturl() == address
    assert sorted(urllib.parse.parse_qsl(parts.query)) == [("iss", server.issuer), ("sid", visit.login.claims["sid"])]
    assert "https://rp.example" in re.search(r"frame-src ([^;]*)", page.headers["Content-Security-Policy"])[1]
    [onward] = re.findall(r'<meta http-equiv="refresh" content="\d+; url=([^"]*)"', page.text)
    check_goodbye(html.unescape(onward), visit)
    assert visit.is_over()
