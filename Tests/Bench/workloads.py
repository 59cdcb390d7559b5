"""The workloads: what is asked of the server, and how many requests make one unit of it.

Each function prepares a workload on a stage, which costs time that is not measured, and returns what runs it.
"""

import dataclasses
import typing

import load
from stage import FORM, basic

TOKEN = "/api/v1/oauth2/token"
INTROSPECT = "/api/v1/oauth2/introspect"
REVOKE = "/api/v1/oauth2/revoke"
USERINFO = "/api/v1/oauth2/userinfo"
DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"


@dataclasses.dataclass
class Workload:
    name: str
    prepare: typing.Callable
    requests_per_unit: int = 1
    # Ratios of the CPU time of one unit to that of one RSA-2048 signature.
    must: float | None = None
    aim: float | None = None
    # What the first run takes until every link has prepared its statements.
    warm_up: int = 1
    # So few units a second that what server and database do when idle (they look for work now and then) would weigh.
    is_slow: bool = False


def token_request(client):
    """The arguments of same.lua and timed.lua for client_credentials."""
    return ["POST", TOKEN, "grant_type=client_credentials", "Authorization", basic(client), *FORM]


def introspection(stage):
    return [
        "POST", INTROSPECT, "token=" + stage.service_token(), "Authorization", basic(stage.service), *FORM]


def client_credentials(stage, client=None):
    request = token_request(client or stage.service)
    return lambda seconds, **options: load.wrk(
        stage.server.issuer, "same.lua", *request, seconds=seconds, expect='"access_token":"', **options)


def refresh(stage, connections=32):
    tokens = [stage.tokens()["refresh_token"] for _ in range(connections)]

    def run(seconds):
        return load.wrk(
            stage.server.issuer, "refresh.lua", TOKEN, basic(stage.site), *tokens, seconds=seconds,
            connections=connections, threads=connections)
    return run


def code_flow(stage, connections=32):
    return lambda seconds: load.wrk(
        stage.server.issuer, "code.lua", stage.authorize_path(stage.site), TOKEN, basic(stage.site), stage.cookies(),
        stage.redemption(stage.site), seconds=seconds, connections=connections, threads=connections)


def login(stage, connections=4):
    return lambda seconds: load.wrk(
        stage.server.issuer, "login.lua", stage.authorize_path(stage.asking, prompt="consent"), TOKEN,
        basic(stage.asking), stage.redemption(stage.asking), stage.user["username"], stage.user["password"],
        seconds=seconds, connections=connections, threads=connections)


def introspect(stage):
    request = introspection(stage)
    return lambda seconds: load.wrk(
        stage.server.issuer, "same.lua", *request, seconds=seconds, expect='"active":true')


def introspect_many(stage):
    """A different token each time, as many as a second makes: nothing that is known of one serves another."""
    file, service = stage.server.directory / "tokens", basic(stage.service)
    load.wrk(
        stage.server.issuer, "collect.lua", file, TOKEN, service, "grant_type=client_credentials", seconds=1)
    return lambda seconds: load.wrk(
        stage.server.issuer, "tokens.lua", INTROSPECT, service, file, "again", seconds=seconds,
        expect='"active":true')


def userinfo(stage):
    authorization = "Bearer " + stage.tokens()["access_token"]
    return lambda seconds: load.wrk(
        stage.server.issuer, "same.lua", "GET", USERINFO, "", "Authorization", authorization, seconds=seconds,
        expect='"sub":"' + stage.user["id"])


def document(path, member):
    def prepare(stage):
        return lambda seconds: load.wrk(
            stage.server.issuer, "same.lua", "GET", path, seconds=seconds, expect=f'"{member}":')
    return prepare


CLIENT_CREDENTIALS = Workload("client_credentials, RS256", client_credentials, must=1.5, aim=1.25)
OTHERS = [
    Workload("refresh_token with rotation and ID token", refresh, must=2.8, aim=2.35),
    Workload("authorization_code + PKCE, signed in", code_flow, requests_per_unit=2, must=3.2, aim=2.5),
    Workload("browser login, without scrypt", login, requests_per_unit=6, must=5, aim=3.5, warm_up=10,
        is_slow=True),
    Workload("introspect", introspect, must=0.3, aim=0.15),
    Workload("introspect, many tokens", introspect_many, must=0.3, aim=0.15),
    Workload("userinfo", userinfo, must=0.3, aim=0.15),
    Workload("discovery", document(DISCOVERY, "issuer"), must=0.07, aim=0.04),
    Workload("JWKS", document(JWKS, "keys"), must=0.07, aim=0.04),
]
