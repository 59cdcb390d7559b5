"""The workloads: what is asked of the server, and how many requests make one unit of it."""

import dataclasses
import typing

import load
from stage import FORM, basic

TOKEN = "/api/v1/oauth2/token"


@dataclasses.dataclass
class Workload:
    name: str
    # Runs it for some seconds on a stage; returns a load.Load.
    run: typing.Callable
    requests_per_unit: int = 1
    # Ratios of the CPU time of one unit to that of one RSA-2048 signature.
    must: float | None = None
    aim: float | None = None


def client_credentials(stage, seconds, connections=32, client=None, **options):
    return load.wrk(
        stage.server.issuer, "same.lua", "POST", TOKEN, "grant_type=client_credentials",
        "Authorization", basic(client or stage.service), *FORM, seconds=seconds, connections=connections, **options)


def refresh(stage, seconds, connections=16):
    tokens = [stage.tokens()["refresh_token"] for _ in range(connections)]
    return load.wrk(
        stage.server.issuer, "refresh.lua", TOKEN, basic(stage.site), *tokens, seconds=seconds,
        connections=connections, threads=connections)


def code_flow(stage, seconds, connections=16):
    return load.wrk(
        stage.server.issuer, "code.lua", stage.authorize_path(stage.site), TOKEN, basic(stage.site), stage.cookies(),
        stage.redemption(stage.site), seconds=seconds, connections=connections, threads=connections)


def login(stage, seconds, connections=4):
    return load.wrk(
        stage.server.issuer, "login.lua", stage.authorize_path(stage.asking, prompt="consent"), TOKEN,
        basic(stage.asking), stage.redemption(stage.asking), stage.user["username"], stage.user["password"],
        seconds=seconds, connections=connections, threads=connections)


def introspect(stage, seconds, token=None):
    return load.wrk(
        stage.server.issuer, "same.lua", "POST", "/api/v1/oauth2/introspect",
        "token=" + (token or stage.service_token()), "Authorization", basic(stage.service), *FORM, seconds=seconds)


def userinfo(stage, seconds):
    return load.wrk(
        stage.server.issuer, "same.lua", "GET", "/api/v1/oauth2/userinfo", "", "Authorization",
        "Bearer " + stage.tokens()["access_token"], seconds=seconds)


def document(path):
    return lambda stage, seconds: load.wrk(stage.server.issuer, "same.lua", "GET", path, seconds=seconds)


DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"

WORKLOADS = [
    Workload("client_credentials, RS256", client_credentials, must=1.5, aim=1.25),
    Workload("refresh_token with rotation and ID token", refresh, must=2.8, aim=2.35),
    Workload("authorization_code + PKCE, signed in", code_flow, requests_per_unit=2, must=3.2, aim=2.5),
    Workload("browser login, without scrypt", login, requests_per_unit=6, must=5, aim=3.5),
    Workload("introspect", introspect, must=0.3, aim=0.15),
    Workload("userinfo", userinfo, must=0.3, aim=0.15),
    Workload("discovery", document(DISCOVERY), must=0.07, aim=0.04),
    Workload("JWKS", document(JWKS), must=0.07, aim=0.04),
]
